"""Gradients of rows against differences of their functions: what agrees, and every slip that is planted."""

from __future__ import annotations

import pytest
from forms import FORMS
from hypothesis import given, settings
from hypothesis import strategies as st

import derive
from derive import Spec, size, vector
from derive.calculus.vjp import vjp
from derive.errors import DeriveError
from derive.notation.text import read_text
from derive.spec.statement import Function, name_function
from derive.stabilisation.gradients import LENGTH, TRIALS, comparisons, slips
from derive.tree import build

FUNCTIONS = [*derive.catalogue(), *(form.function for form in FORMS.values())]
PAIRS = [(function, name) for function in FUNCTIONS for name in function.wrt if name in function.inputs]


@pytest.mark.parametrize(("function", "name"), PAIRS, ids=[f"{it.name} {name}" for it, name in PAIRS])
def test_every_gradient_is_a_derivative(function: Function, name: str) -> None:
    found = list(comparisons(function, name, vjp(function, name)))
    assert found
    assert not list(slips(function, name))


def of_rows(body: str) -> Function:
    spec = Spec(body, inputs=(vector("x", size("K")),), params=("t",), assume="t > 0")
    return name_function(spec, "rows", "test")


# Coefficients and quotients in which a gradient may lose a factor.
FACTORS = st.sampled_from([
    "2*x[i]/t", "x[i]", "(-x[i])/t", "exp(x[i])/Sum(exp(x[k]), (k, 1, K))", "x[i]*(t/t)", "3*t", "x[i]/K", "1/(2*t)",
    "Sum((2*x[k]/t)**2, (k, 1, K))", "Sum(x[k], (k, 1, K))/K", "sqrt(1 + x[i]**2)", "Sum(x[k]**2/t, (k, 1, K))**-1",
    "(x[i] - Sum(x[k]/K, (k, 1, K)))", "x[i]*(1 + K/K)",
])  # fmt: skip


@given(st.lists(FACTORS, min_size=1, max_size=3), st.lists(FACTORS, min_size=0, max_size=2))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_gradients_of_products_and_sums_of_rows_are_derivatives(factors: list[str], more: list[str]) -> None:
    body = " + ".join(filter(None, ("*".join(f"({it})" for it in part) for part in (factors, more))))
    function = of_rows(f"x[i]*0 + {body}")
    assert [str(it) for it in slips(function, "x")] == []


def test_a_slip_of_a_factor_is_seen() -> None:
    function = of_rows("2*x[i]/t")
    right, wrong = read_text("2*g[j]/t"), read_text("4*g[j]/t")
    assert all(it.agrees for it in comparisons(function, "x", right))
    found = [str(it) for it in comparisons(function, "x", wrong) if not it.agrees]
    assert len(found) == TRIALS * LENGTH
    assert "it is" in found[0]
    assert "x = (" in found[0]


def test_a_build_stops_at_a_gradient_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    function = of_rows("2*x[i]/t")
    monkeypatch.setattr("derive.stabilisation.gradients.vjp", lambda *_: read_text("4*g[j]/t"))
    with pytest.raises(DeriveError, match=r"the gradient in x is not the derivative: at t = .*: this is a fault"):
        build.study(function)
