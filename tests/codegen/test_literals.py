"""Literals: rounded once, and as short as they can be."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.codegen.literals import nearest_float32, shortest_float32, shortest_float64


@settings(derandomize=True)
@given(st.floats(width=32, allow_nan=False, allow_infinity=False, min_value=0.0))
def test_a_float32_reads_back_and_no_shorter_text_does(value: float) -> None:
    text = shortest_float32(value)
    assert np.float32(text) == value
    assert text == shortest_float32(float(np.float32(text)))
    digits = len(text.partition("e")[0].replace(".", "").strip("0"))
    assert digits <= len(np.format_float_scientific(np.float32(value), unique=True).partition("e")[0])


@settings(derandomize=True)
@given(st.floats(allow_nan=False, allow_infinity=False, min_value=0.0))
def test_a_float64_reads_back(value: float) -> None:
    assert float(shortest_float64(value)) == value


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1.0"), (0.5, "0.5"), (1e10, "1e10"), (0.1, "0.1"), (1e-45, "1e-45")]
)
def test_literals_look_as_a_person_writes_them(value: float, text: str) -> None:
    assert shortest_float32(float(np.float32(value))) == text


@settings(derandomize=True)
@given(st.fractions(min_value=0, max_value=10**30))
def test_a_rational_is_rounded_to_the_nearest_float32(value: Fraction) -> None:
    found = np.float32(nearest_float32(value))
    gap = abs(Fraction(float(found)) - value)
    for neighbour in (np.nextafter(found, np.float32(0)), np.nextafter(found, np.float32(np.inf))):
        assert gap <= abs(Fraction(float(neighbour)) - value)


def test_rounding_happens_once() -> None:
    just_above_a_midpoint = 1 + Fraction(1, 2**24) + Fraction(1, 2**80)
    assert nearest_float32(just_above_a_midpoint) == 1 + 2.0**-23


def test_what_is_too_large_is_infinite() -> None:
    assert nearest_float32(Fraction(10) ** 39) == math.inf
