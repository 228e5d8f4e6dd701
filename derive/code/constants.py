"""Floating-point constants of code: the exact numbers that they stand for."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import Final

from derive.notation.text import read_text
from derive.term import INFINITY, NAN, Term, decimal, term
from derive.truth.enclose import enclose

# What code rounds to a float; small multiples of these are recognised too.
BASES: Final = (
    "1", "pi", "sqrt(pi)", "1/pi", "1/sqrt(pi)", "sqrt(2)", "sqrt(3)", "sqrt(2*pi)", "1/sqrt(2*pi)", "sqrt(2/pi)",
    "exp(1)", "log(2)", "1/log(2)", "log(10)", "1/log(10)", "log(pi)", "log(2*pi)", "pi**2",
)  # fmt: skip
LARGEST: Final = 12  # of the numerator and the denominator of a multiple
LEAST_DIGITS: Final = {53: 15, 24: 7}  # fewer decimal digits are a number meant as written


def constant(written: str, exact: bool = True, bits: int = 53) -> Term:
    """The number that the decimal `written` stands for, in code with a significand of `bits` bits.

    With `exact`, a decimal with all the digits of the format, within an ulp of a small multiple of
    pi, sqrt(2), log(2), ... or of a small fraction, is read as that; any other number, and every
    number without `exact`, is the decimal as it is written.
    """
    if "inf" in written or "nan" in written:
        return NAN if "nan" in written else -INFINITY if written.startswith("-") else INFINITY
    value = Fraction(written)
    if value < 0:
        return -constant(written.lstrip("-"), exact, bits)
    digits = len(written.lower().partition("e")[0].replace(".", "").strip("0"))
    if exact and digits >= LEAST_DIGITS[bits]:
        ulp = Fraction(2) ** _exponent(value, bits)
        near = (round(value / ulp) + off for off in (0, 1, -1))
        known = next((found for place in near if (found := _known(bits).get(place * ulp))), None)
        if known is not None:
            return known
    return decimal(value)


def _exponent(value: Fraction, bits: int) -> int:
    """That of the last place of a positive value in a significand of `bits` bits."""
    exponent = value.numerator.bit_length() - value.denominator.bit_length() - bits
    return exponent + 1 if value / Fraction(2) ** exponent >= 2**bits else exponent


@cache
def _known(bits: int) -> dict[Fraction, Term]:
    """Every recognised constant under the float that it rounds to; the simplest where two agree."""
    found: dict[Fraction, Term] = {}
    for ratio in _ratios():
        for base in map(read_text, BASES):
            exact = base if ratio == 1 else term(ratio) if base is term(1) else term(ratio) * base
            value = _value(exact)
            ulp = Fraction(2) ** _exponent(value, bits)
            found.setdefault(round(value / ulp) * ulp, exact)
    return found


def _ratios() -> Iterator[Fraction]:
    sizes = range(1, LARGEST + 1)
    ratios = {Fraction(above, below) for above in sizes for below in sizes}
    yield from sorted(ratios, key=lambda ratio: (ratio.numerator + ratio.denominator, ratio))


def _value(exact: Term) -> Fraction:
    significand, exponent = enclose(exact, {}, 256).mid().man_exp()
    return Fraction(int(significand)) * Fraction(2) ** int(exponent)
