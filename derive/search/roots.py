"""Simple zeros of a formula in one variable: where digits are lost however it is written, but for one form."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import numpy as np
from flint import arb, ctx

from derive.search.approximations import Root
from derive.search.samples import Sample
from derive.term import Term
from derive.truth.enclose import Undefined, Undetermined, enclose, to_ball

BITS: Final = 420
HALVINGS: Final = 400
NEIGHBOURS: Final = 48
DIGITS: Final = {"float64": 15, "float32": 6}  # by which the nearest of them agree with a zero
MOST: Final = 3  # zeros of one formula; an oscillating one has too many to treat one by one


def roots(stated: Term, name: str, sample: Sample) -> list[Root]:
    """The zeros that changes of sign in a sample lead to; none where there are too many."""
    places = sample.columns[name].astype(np.float64)
    order = np.argsort(places, kind="stable")
    signs = np.sign(sample.truth.astype(np.float64))[order]
    changes = np.flatnonzero(signs[1:] * signs[:-1] < 0)
    if len(changes) > MOST:
        return []
    ends = [(places[order[at]], places[order[at + 1]]) for at in changes]
    found = (_root(stated, name, Fraction(low), Fraction(high), sample) for low, high in ends)
    return [root for root in found if root is not None]


def _root(stated: Term, name: str, low: Fraction, high: Fraction, sample: Sample) -> Root | None:
    """The zero between two points of opposite signs; None where it is 0, a pole, or cannot be told."""
    start = _sign(stated, name, low)
    if low < 0 < high or not start:
        return None
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        sign = _sign(stated, name, middle)
        if sign is None:
            return None
        if sign == 0:
            low = high = middle
            break
        low, high = (middle, high) if sign == start else (low, middle)
    middle = (low + high) / 2
    nearest = float(sample.format_.dtype.type(float(middle)))
    if _sign(stated, name, Fraction(nearest)) == 0:
        return Root(arb(nearest), nearest, 0.0)
    rest = float(sample.format_.dtype.type(float(middle - Fraction(nearest))))
    with ctx.workprec(BITS):
        ball = to_ball(middle) + arb(0, 1) * to_ball(high - low)
    return Root(ball, nearest, rest)


def _sign(stated: Term, name: str, at: Fraction) -> int | None:
    try:
        value = enclose(stated, {name: at}, BITS)
    except (Undefined, Undetermined):
        return None
    if value.is_zero() or not value.is_finite():
        return 0 if value.is_zero() else None
    return 1 if value > 0 else -1 if value < 0 else None


def neighbourhood(root: Root, format_name: str) -> Iterator[float]:
    """Numbers ever nearer to a zero, on either side."""
    digits = DIGITS[format_name]
    for step in range(NEIGHBOURS):
        away = 10.0 ** (-digits * (step + 0.5) / NEIGHBOURS)
        yield root.high * (1 + (away if step % 2 else -away))
