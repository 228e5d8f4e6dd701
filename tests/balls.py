"""Points at which tables are tried, and narrow balls at them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Final

import pytest
from flint import arb, ctx

from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.spec.domain import Interval
from derive.term import Term, symbol
from derive.values.balls import enclose

U, V = symbol("u"), symbol("v")
HALF: Final = [Fraction(text) for text in "1/20 1/3 1/2 4/5 19/20 1 21/20 3/2 2 5/2 3 7".split()]
LINE: Final = sorted([-at for at in HALF] + [Fraction(0)] + HALF)
PAIRS: Final = list(product([Fraction(text) for text in "-2 -3/2 -1 -1/2 0 1/2 1 3/2 2 3".split()], repeat=2))
BITS: Final = 400
STEP: Final = Fraction(1, 2**80)


@pytest.fixture(autouse=True)
def many_digits() -> Iterator[None]:
    with ctx.workprec(BITS):
        yield


def points(arity: int) -> Iterator[dict[str, Fraction]]:
    if arity == 1:
        yield from ({"u": at} for at in LINE)
    else:
        yield from ({"u": u, "v": v} for u, v in PAIRS)


def value(root: Term, point: Mapping[str, Fraction], bits: int = BITS) -> arb | None:
    """A narrow ball, or None where there is no real value."""
    try:
        found = enclose(root, point, bits)
    except (Undefined, Undetermined, UnsupportedError, ZeroDivisionError):
        return None
    return found if found.is_finite() else None


def close(left: arb, right: arb, digits: int = 25) -> bool:
    return bool(abs(left - right) <= arb(10) ** -digits * (1 + abs(left)))


def to_arb(end: Fraction | None) -> arb:
    assert end is not None
    return arb(end.numerator) / end.denominator


def assert_inside(values: Sequence[arb | None], interval: Interval) -> None:
    for found in values:
        if found is not None:
            for end, is_open, way in ((interval.low, interval.low_open, 1), (interval.high, interval.high_open, -1)):
                if end is not None:
                    above = way * (found - to_arb(end))
                    assert not above < 0, (found, interval)
                    assert not (is_open and above <= 0), (found, interval)
