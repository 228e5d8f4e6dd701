"""Constants of helpers: right to the last digit, and exact where exactness is meant."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb, ctx, fmpq

from derive.codegen.machine import LOG_2, Words
from derive.values.formats import FLOAT32, FLOAT64


def test_the_logarithm_of_2_has_all_its_digits() -> None:
    with ctx.workprec(300):
        assert abs(arb(2).log() - arb(fmpq(LOG_2.numerator, LOG_2.denominator))) < arb(10) ** -76


@pytest.mark.parametrize("format_", [FLOAT32, FLOAT64], ids=["float32", "float64"])
def test_a_multiple_of_the_first_part_of_a_logarithm_is_exact(format_) -> None:
    found = Words(format_, str, str).constants()
    high, low = Fraction(found["log_2_high"]), Fraction(found["log_2_low"])
    assert high + low == LOG_2
    for power in (1, 3, 2 * format_.overflow - 1):
        assert (high * power).numerator.bit_length() <= format_.precision


def test_exponentials_of_a_wide_format_end_where_a_power_of_2_is_0() -> None:
    low = Fraction(Words(FLOAT64, str, str, wide=True).constants()["exp_low"])
    assert -1023.5 < low / LOG_2 < -1022.5
