"""The formats' lines of integers, and their ulp."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.values.formats import FLOAT32, FLOAT64, FORMATS, Format, nearest_float

FLOATS = {"float32": st.floats(width=32, allow_nan=False), "float64": st.floats(allow_nan=False)}
every_format = pytest.mark.parametrize("format_", FORMATS.values(), ids=FORMATS)


@every_format
def test_both_zeros_stand_at_zero(format_: Format) -> None:
    assert format_.ordinals(np.array([0.0, -0.0], format_.dtype)).tolist() == [0, 0]


@every_format
def test_neighbours_have_neighbouring_ordinals(format_: Format) -> None:
    values = np.array([0, 1, -1, format_.smallest, format_.smallest_normal, 1e30], format_.dtype)
    above = np.nextafter(values, np.array(np.inf, format_.dtype))
    assert (format_.ordinals(above) - format_.ordinals(values)).tolist() == [1] * len(values)
    assert np.array_equal(format_.steps(values, 1), above)


@pytest.mark.parametrize("name", FLOATS)
def test_ordinals_keep_order_and_come_back(name: str) -> None:
    format_ = FORMATS[name]

    @settings(derandomize=True, max_examples=200)
    @given(FLOATS[name], FLOATS[name])
    def check(a: float, b: float) -> None:
        values = np.array([a, b], format_.dtype)
        first, second = format_.ordinals(values).tolist()
        assert (first < second) == (a < b)
        assert np.array_equal(format_.from_ordinals(np.array([first, second])), values)

    check()


@every_format
def test_an_ulp_is_never_less_than_the_smallest_subnormal(format_: Format) -> None:
    values = np.array([0, format_.smallest, format_.smallest_normal, 1, np.inf], format_.dtype)
    unit = 2.0 ** (1 - format_.precision)
    widest = 2.0 ** (format_.overflow - format_.precision)
    assert format_.ulp(values).tolist() == [format_.smallest] * 3 + [unit, widest]


def test_steps_stop_at_infinity() -> None:
    assert FLOAT32.steps(np.array([FLOAT32.largest], np.float32), 5).tolist() == [np.inf]
    assert FLOAT64.steps(np.array([-FLOAT64.largest]), -5).tolist() == [-np.inf]


def test_bit_patterns_read_as_hexadecimal() -> None:
    assert FLOAT32.hex(1.0) == "0x3f800000"
    assert FLOAT64.hex(-0.0) == "0x8000000000000000"


def test_values_beyond_the_format_have_the_ulp_at_infinity() -> None:
    with np.errstate(all="raise"):
        assert FLOAT32.ulp(np.array([1e300, -np.inf])).tolist() == [2.0**104] * 2


def test_a_rational_too_large_for_a_double_is_infinite() -> None:
    assert nearest_float(Fraction(1, 3)) == 1 / 3
    assert nearest_float(Fraction(10) ** 400) == np.inf
    assert nearest_float(-(Fraction(10) ** 400)) == -np.inf
