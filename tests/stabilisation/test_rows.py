"""Forms of functions of rows: a dominant component, ties, masks, and rows whose squares overflow."""

from __future__ import annotations

import numpy as np
import pytest
from emitted import module

from derive import Spec, size, vector
from derive.codegen.kernel import Dtype, Kernel
from derive.codegen.lower import lower
from derive.proof.verdict import Verdict
from derive.runtime import load_kernels
from derive.spec.statement import Function, name_function
from derive.stabilisation.forms import orders, prove_form, stabilise

K = size("K")
row, other = vector("x", K), vector("y", K)
INF = float("inf")
TOTAL = "Sum(exp(x[k]), (k, 1, K))"
NORM = "sqrt(Sum(x[k]**2, (k, 1, K)))"
BODIES = {
    "normaliser": f"log({TOTAL})",
    "log_share": f"x[i] - log({TOTAL})",
    "weighted": "log(Sum(y[k]*exp(x[k]), (k, 1, K)))",
    "mean": f"Sum(y[k]*exp(x[k]), (k, 1, K))/{TOTAL}",
    "information": f"-Sum(exp(x[k])/Sum(exp(x[j]), (j, 1, K))*log(exp(x[k])/{TOTAL.replace('k', 'l')}), (k, 1, K))",
    "direction": f"x[i]/{NORM}",
    "standard": "x[i]/sqrt(Sum(x[k]**2, (k, 1, K))/K + 1/100000)",
    "cosine": f"Sum(x[k]*y[k], (k, 1, K))/({NORM}*{NORM.replace('x', 'y')})",
}


def stated(name: str) -> Function:
    inputs = (row, other) if "y[" in BODIES[name] else (row,)
    return name_function(Spec(BODIES[name], inputs=inputs, wrt=(row,)), name, f"test_rows.py:1: {name}")


def lowered(function: Function) -> tuple[Kernel, ...]:
    return lower(function, {("forward", ""): stabilise(function, "forward", "").body})


def forward(name: str, *values: list[float]) -> np.ndarray:
    """By NumPy; no flag is raised where all values are finite."""
    kernels = module(stated(name), lowered(stated(name)))
    finite = np.isfinite(np.array(values)).all()
    with np.errstate(all="raise" if finite else "ignore", under="ignore"):
        return np.asarray(getattr(kernels, name)(*map(np.array, values)))


@pytest.mark.parametrize("name", BODIES)
def test_every_form_of_a_row_is_proved(name: str) -> None:
    function = stated(name)
    for order, wrt in orders(function):
        assert prove_form(stabilise(function, order, wrt), function.domain).verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, -40.0], np.exp(-40.0)), ([-700.0, 0.0, -60.0], np.exp(-60.0)), ([0.0, 0.0], np.log(2.0)),
        ([1e4, 1e4, 0.0], 1e4 + np.log(2.0)), ([5.0], 5.0), ([-INF, 0.0, -50.0], np.exp(-50.0)),
    ],
)  # fmt: skip
def test_what_a_dominant_component_leaves_keeps_its_digits(values: list[float], expected: float) -> None:
    np.testing.assert_allclose(forward("normaliser", values), expected, rtol=4e-16)
    largest = max(values)
    if largest == 0:
        np.testing.assert_allclose(forward("log_share", values), np.array(values) - expected, rtol=4e-16)


def test_a_component_that_outgrows_all_others_leaves_a_share_of_1() -> None:
    assert forward("log_share", [INF, 0.0, 1.0]).tolist() == [0.0, -INF, -INF]


@pytest.mark.parametrize("scale", [1e-170, 1.0, 1e170, 5e307])
def test_squares_that_overflow_or_underflow_do_not_matter(scale: float) -> None:
    x = [0.6 * scale, -0.8 * scale]
    np.testing.assert_allclose(forward("direction", x), [0.6, -0.8], rtol=4e-16)
    np.testing.assert_allclose(forward("cosine", x, x), 1.0, rtol=4e-16)
    if scale > 1:
        np.testing.assert_allclose(forward("standard", x), np.sqrt(2) * np.array([0.6, -0.8]), rtol=4e-16)


def test_the_direction_of_a_row_with_one_infinite_component_is_that_component() -> None:
    assert forward("direction", [3.0, -INF, 2.0]).tolist() == [0.0, -1.0, 0.0]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_c_rows_are_computed_as_widely_as_their_sums(dtype: Dtype) -> None:
    """A product of two components overflows float32, and not the result."""
    function = name_function(
        Spec("x[i]*Sum(x[k]*y[k], (k, 1, K))/Sum(y[k]**2, (k, 1, K))", inputs=(row, other)), "f", "f"
    )
    kernels = load_kernels(function, lowered(function))
    found = kernels.forward(np.array([[3e20, 1e10]], dtype), np.array([[1e20, 2e20]], dtype))
    np.testing.assert_allclose(found, np.array([[3e20, 1e10]]) * (3e40 + 2e30) / 5e40, rtol=1e-6)
