"""Simple zeros of a formula in one variable: where digits are lost however it is written, but for one form."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from typing import Final

import numpy as np
from flint import arb, ctx

from derive.errors import Undefined, Undetermined
from derive.stabilisation.samples import Sample
from derive.stabilisation.series import Zero
from derive.term import Term
from derive.values.balls import enclose, to_ball
from derive.values.formats import Floats, Format

BITS: Final = 420
MIN_WIDTH: Final = Fraction(1, 2**300)  # how far apart, relatively, signs may become too small to be told
MAX_HALVINGS: Final = 400
NEIGHBOUR_COUNT: Final = 48
MAX_STEPS: Final = 4  # numbers of a format on either side of a zero
AGREEING_DIGITS: Final = {"float64": 15, "float32": 6}  # by which the nearest of them agree with a zero
MAX_ZEROS: Final = 3  # zeros of one formula; an oscillating one has too many to treat one by one


def simple_zeros(stated: Term, name: str, sample: Sample, formats: Sequence[Format]) -> list[Zero]:
    """The zeros that changes of sign in a sample lead to, for use in `formats`; none where there are too many."""
    places = sample.columns[name].astype(np.float64)
    order = np.argsort(places, kind="stable")
    signs = np.sign(sample.truth.astype(np.float64))[order]
    changes = np.flatnonzero(signs[1:] * signs[:-1] < 0)
    if len(changes) > MAX_ZEROS:
        return []
    ends = [(places[order[at]], places[order[at + 1]]) for at in changes]
    found = (zero_between(stated, name, Fraction(low), Fraction(high), formats) for low, high in ends)
    return [zero for zero in found if zero is not None]


def zero_between(stated: Term, name: str, low: Fraction, high: Fraction, formats: Collection[Format]) -> Zero | None:
    """The zero between two points of opposite signs; None where it is 0, a pole, or cannot be told."""
    start = _sign(stated, name, low)
    if low < 0 < high or not start:
        return None
    for _ in range(MAX_HALVINGS):
        middle = (low + high) / 2
        sign = _sign(stated, name, middle)
        if sign is None and high - low < MIN_WIDTH * abs(middle):
            break
        if sign is None:
            return None
        if sign == 0:
            low = high = middle
            break
        low, high = (middle, high) if sign == start else (low, middle)
    middle = (low + high) / 2
    nearest = rounded(middle, min(formats, key=_width))
    if _sign(stated, name, nearest) == 0:
        return Zero(to_ball(nearest), (nearest,))
    with ctx.workprec(BITS):
        ball = to_ball(middle) + arb(0, 1) * to_ball(high - low)
    return Zero(ball, tuple(split(middle, formats)))


def split(value: Fraction, formats: Collection[Format]) -> Iterator[Fraction]:
    """Numbers of the formats that add up to nearly `value`, the last of them as a short decimal.

    What is left of it once the first is subtracted, which is one of every format, is known to each in its own digits.
    """
    widths = sorted(formats, key=_width)
    for format_ in widths:
        part = rounded(value, format_)
        value -= part
        if part:
            yield part
    if value:
        yield Fraction(repr(float(rounded(value, widths[-1]))))


def _width(format_: Format) -> int:
    return format_.precision


def rounded(value: Fraction, format_: Format) -> Fraction:
    return Fraction(float(format_.dtype.type(float(value))))


def _sign(stated: Term, name: str, at: Fraction) -> int | None:
    try:
        value = enclose(stated, {name: at}, BITS)
    except (Undefined, Undetermined):
        return None
    if value.is_zero() or not value.is_finite():
        return 0 if value.is_zero() else None
    return 1 if value > 0 else -1 if value < 0 else None


def neighbourhood(zero: Zero, format_: Format) -> Floats:
    """Numbers ever nearer to a zero, on either side, the last those next to it."""
    middle = float(sum(zero.parts))
    steps = np.arange(NEIGHBOUR_COUNT)
    away = 10.0 ** (-AGREEING_DIGITS[format_.name] * (steps + 0.5) / NEIGHBOUR_COUNT)
    near = np.array(middle * (1 + np.where(steps % 2, away, -away)), format_.dtype)
    nearest = np.array([middle], format_.dtype)
    return np.concatenate([near, *(format_.steps(nearest, k) for k in range(-MAX_STEPS, MAX_STEPS + 1))])
