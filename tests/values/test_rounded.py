"""What candidates come to: each operation rounded once, functions rounded correctly."""

from __future__ import annotations

import math

import numpy as np
import pytest

from derive.errors import UnsupportedError
from derive.notation.text import read_text
from derive.stabilisation.samples import truth_at
from derive.term import Term, symbol, term
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


@pytest.mark.parametrize(
    ("text", "failing"),
    [
        ("x + 1", []),
        ("1/x", [0.0]),
        ("1/x - 1/x", [0.0]),
        ("log(x)", [-1.0, 0.0]),
        ("x*1e200*1e200", [-1.0, 2.0]),
        ("1/(x*1e200*1e200)", [-1.0, 0.0, 2.0]),
        ("exp(-1/x**2)", []),
        ("exp(1/x**2)", [0.0]),
        ("exp(-1/x**2) + 0*log(x)", [-1.0, 0.0]),
        ("Piecewise((1/x, x > 0), (0, True))", []),
        ("Piecewise((1/x, x < 1), (0, True))", [0.0]),
        ("Piecewise((1, 1/x > 1/2), (0, True))", [0.0]),
        ("Piecewise((1, x < 1), (2, 1/x > 1/4))", []),
        ("Piecewise((1, x < 0), (log(x), x < 1), (1/x, True))", [0.0]),
    ],
)
def test_an_operation_fails_where_it_overflows_or_has_no_value_and_matters(text: str, failing: list[float]) -> None:
    x = np.array([-1.0, 0.0, 2.0])
    found = Machine(FLOAT64, {"x": x}).failed(read_text(text))
    assert x[found].tolist() == failing


@pytest.mark.parametrize("order", [-4, -3, -2, -1, 1, 2, 3, 4, 5, -5, 0])
def test_small_powers_are_products_and_others_are_rounded_once(order: int) -> None:
    x = np.array([0.1, -1.7, 3.3])
    if order == 0 or abs(order) > 4:
        wanted = truth_at([read_text(f"x**{order}")], {"x": x}, FLOAT64)[0]
    else:
        product = {1: x, 2: x * x, 3: x * x * x, 4: (x * x) * (x * x)}[abs(order)]
        wanted = product if order > 0 else 1 / product
    np.testing.assert_array_equal(Machine(FLOAT64, {"x": x}).value(read_text(f"x**({order})")), wanted)


def test_far_exponents_are_infinite_or_0_at_once() -> None:
    machine = Machine(FLOAT64, {"x": np.array([1e300, -1e300])})
    for text in ("exp(x)", "exp2(x)", "expm1(x) + 1"):
        assert machine.value(read_text(text)).tolist() == [np.inf, 0]
    assert machine.value(Term("expdiff", (symbol("x"), term(1)))).tolist() == [np.inf, 0]


def test_what_has_no_variable_is_a_column_too() -> None:
    machine = Machine(FLOAT32, {"x": np.zeros(3, np.float32)})
    for text, value in (("1/3", 1 / 3), ("exp(1)", math.e), ("oo", math.inf), ("-oo", -math.inf)):
        found = machine.value(read_text(text))
        assert (found.dtype, found.tolist()) == (np.float32, [float(np.float32(value))] * 3)
    assert machine.value(read_text("Piecewise((1, True))")).tolist() == [1, 1, 1]
    with pytest.raises(UnsupportedError, match="y has no value"):
        machine.value(read_text("y + 1"))
