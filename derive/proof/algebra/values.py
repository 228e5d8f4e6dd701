"""Values of terms at points as Arb encloses them, `None` where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from flint import arb

from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.term import Term
from derive.values.balls import enclose, exact

BITS: Final = 128  # at which a sign is looked for
FAILURES = (Undetermined, Undefined, UnsupportedError, ZeroDivisionError, OverflowError)


def value_at(root: Term, point: Mapping[str, Fraction], bits: int) -> arb | None:
    """A finite ball around the value of `root`, or None where there is none at this precision."""
    try:
        found = enclose(root, point, bits)
    except FAILURES:
        return None
    return found if found.is_finite() else None


def rational_at(root: Term, point: Mapping[str, Fraction]) -> Fraction | None:
    """The value where rational arithmetic alone gives it."""
    try:
        return exact(root, point)
    except FAILURES:
        return None


def sign_at(root: Term, point: Mapping[str, Fraction], bits: int = BITS) -> int | None:
    """-1, 0 or 1 where certain."""
    value = rational_at(root, point)
    if value is not None:
        return (value > 0) - (value < 0)
    found = value_at(root, point, bits)
    if found is None:
        return None
    return 1 if found > 0 else -1 if found < 0 else 0 if found.is_zero() else None


def shown(root: Term, point: Mapping[str, Fraction], bits: int, digits: int) -> str:
    """The value: exact where rational and short, else decimals of which every digit is right."""
    value = rational_at(root, point)
    if value is not None and max(value.numerator.bit_length(), value.denominator.bit_length()) <= 4 * digits:
        return str(value)
    found = value_at(root, point, bits)
    assert found is not None
    if found.is_integer():
        return str(found.unique_fmpz())
    return f"{found.str(digits, radius=False)}..."
