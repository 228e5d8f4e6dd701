"""Floating-point constants of code: the exact numbers that they stand for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Final

from derive.notation.text import read_text
from derive.term import INFINITY, NAN, ONE, Term, decimal, rational_value, term
from derive.values.balls import enclose, to_fraction

# What code rounds to a float; small multiples of these are recognised too.
BASES: Final = (
    "1", "pi", "sqrt(pi)", "1/pi", "1/sqrt(pi)", "sqrt(2)", "sqrt(3)", "sqrt(2*pi)", "1/sqrt(2*pi)", "sqrt(2/pi)",
    "exp(1)", "log(2)", "1/log(2)", "log(10)", "1/log(10)", "log(pi)", "log(2*pi)", "pi**2",
)  # fmt: skip
MAX_MULTIPLE: Final = 12  # of the numerator and the denominator of a multiple
SINGLE: Final = 24  # bits of the significand of float
DOUBLE: Final = 53
MIN_DIGITS: Final = {DOUBLE: 15, SINGLE: 7}  # fewer decimal digits are a number meant as written


@dataclass(frozen=True)
class Constants:
    """How the constants of code are read.

    exact: whether a decimal with all the digits of its format, within an ulp of a small multiple of pi,
        sqrt(2), log(2), ..., or nearest to a small fraction, is read as that; else it is the decimal as written.
    known: terms without variables that the code is known to round; a constant that rounds one of them is that one.
    """

    exact: bool = True
    known: tuple[Term, ...] = ()

    def read(self, written: str, bits: int = DOUBLE) -> Term:
        """The number for which a decimal stands, in code with a significand of `bits` bits."""
        if "inf" in written or "nan" in written:
            return NAN if "nan" in written else -INFINITY if written.startswith("-") else INFINITY
        value = Fraction(written)
        if value <= 0:
            return -self.read(written.lstrip("-"), bits) if value else decimal(value)
        for number in self.known:
            exact = _value(number)
            if _rounded(abs(exact), bits) == _rounded(value, bits):
                return number if exact > 0 else -number
        digits = len(written.lower().partition("e")[0].replace(".", "").strip("0"))
        near = _near(value, bits) if self.exact and digits >= MIN_DIGITS[bits] else None
        return decimal(value) if near is None else near


EXACT: Final = Constants()


def _near(value: Fraction, bits: int) -> Term | None:
    """The recognised constant within an ulp of a positive value; a fraction only where it is the nearest."""
    ulp = _ulp(value, bits)
    for off in (0, 1, -1):
        found = _recognised(bits).get((round(value / ulp) + off) * ulp)
        if found is not None and (off == 0 or rational_value(found) is None):
            return found
    return None


def _rounded(value: Fraction, bits: int) -> Fraction:
    if not value:
        return value
    ulp = _ulp(value, bits)
    return round(value / ulp) * ulp


def _ulp(value: Fraction, bits: int) -> Fraction:
    """That of a positive value, where the exponent's range is no limit."""
    exponent = value.numerator.bit_length() - value.denominator.bit_length() - bits
    return Fraction(2) ** (exponent + 1 if value / Fraction(2) ** exponent >= 2**bits else exponent)


@cache
def _recognised(bits: int) -> dict[Fraction, Term]:
    """Every recognised constant under the float that it rounds to; the simplest where two agree."""
    found: dict[Fraction, Term] = {}
    for ratio in _ratios():
        for base in map(read_text, BASES):
            exact = base if ratio == 1 else term(ratio) if base is ONE else term(ratio) * base
            found.setdefault(_rounded(_value(exact), bits), exact)
    return found


def _ratios() -> Iterator[Fraction]:
    sizes = range(1, MAX_MULTIPLE + 1)
    ratios = {Fraction(above, below) for above in sizes for below in sizes}
    yield from sorted(ratios, key=lambda ratio: (ratio.numerator + ratio.denominator, ratio))


def _value(exact: Term) -> Fraction:
    return to_fraction(enclose(exact, {}, 256).mid())
