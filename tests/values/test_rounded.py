"""What candidates come to: each operation rounded once, functions rounded correctly."""

from __future__ import annotations

import math

import numpy as np
import pytest

from derive.errors import UnsupportedError
from derive.notation.text import read_text
from derive.stabilisation.samples import truth_at
from derive.values.formats import FLOAT32, FLOAT64, Format
from derive.values.ieee import FUNCTIONS
from derive.values.rounded import Machine, constant

POINTS = [-745.2, -30.0, -1.0, -0.3, -1e-9, 5e-324, 1e-300, 1e-9, 0.3, 0.9, 1.5, 7.0, 30.0, 710.5, 1e10]
CALLS = ["exp(x)", "expm1(x)", "log(x)", "log1p(x)", "tanh(x)", "sin(x)", "atan(x)", "erfc(x)", "cbrt(x)", "cosh(x)"]


@pytest.mark.parametrize("format_", [FLOAT32, FLOAT64], ids=lambda format_: format_.name)
@pytest.mark.parametrize("text", CALLS)
def test_functions_are_correctly_rounded(text: str, format_: Format) -> None:
    columns = {"x": np.array(POINTS, format_.dtype)}
    truth, known = truth_at([read_text(text)], columns, format_)
    found = Machine(format_, columns).value(read_text(text))
    assert found.dtype == format_.dtype
    assert known.sum() >= 7
    np.testing.assert_array_equal(found[known], truth[known])


def test_each_operation_is_rounded() -> None:
    machine = Machine(FLOAT64, {"x": np.array([1e-20, 0.1])})
    np.testing.assert_array_equal(machine.value(read_text("(1 + x) - 1")), [0.0, 0.10000000000000009])
    np.testing.assert_array_equal(machine.value(read_text("x**3")), [1e-20 * 1e-20 * 1e-20, 0.1 * 0.1 * 0.1])


def test_a_constant_is_rounded_once() -> None:
    assert constant(read_text("1/3 + 1/5")) == 8 / 15
    assert constant(read_text("sqrt(2*pi)"), FLOAT32) == float(np.float32(math.sqrt(2 * math.pi)))
    assert math.isnan(constant(read_text("log(-1)")))


def test_infinities_and_poles_are_as_ieee_says() -> None:
    columns = {"x": np.array([-np.inf, 0.0, np.inf, np.nan])}
    machine = Machine(FLOAT64, columns)
    with np.errstate(all="ignore"):
        for head in ("exp", "log", "tanh", "atan"):
            np.testing.assert_array_equal(machine.value(read_text(f"{head}(x)")), FUNCTIONS[head](columns["x"]))


def test_branches_are_taken_in_order() -> None:
    machine = Machine(FLOAT64, {"x": np.array([-1.0, 0.5, 2.0])})
    np.testing.assert_array_equal(machine.value(read_text("Piecewise((1, x < 0), (2, x < 1))")), [1, 2, np.nan])


def test_what_no_kernel_computes_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="det"):
        Machine(FLOAT64, {"x": np.array([1.0])}).value(read_text("det(x)"))
