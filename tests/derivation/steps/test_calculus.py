"""One rule of calculus at a time, named."""

from __future__ import annotations

import pytest

from derive.calculus.products import tidy
from derive.derivation.steps.calculus import Differentiation, der, effort, has_derivatives
from derive.notation.text import read_text


@pytest.mark.parametrize(
    ("body", "after", "reason"),
    [
        ("x*sin(x)", "sin(x) + x*Derivative(sin(x), x)", "product rule"),
        ("sin(x)/x", "(Derivative(sin(x), x)*x - sin(x))/x**2", "quotient rule"),
        ("1/sin(x)", "-1/sin(x)**2*Derivative(sin(x), x)", "reciprocal rule"),
        ("sin(x)**3", "3*sin(x)**2*Derivative(sin(x), x)", "power and chain rules"),
        ("exp(sin(x))", "exp(sin(x))*Derivative(sin(x), x)", "exp and chain rules"),
        ("x**3", "3*x**2", "power rule"),
        ("2**x", "2**x*log(2)", "exponential rule"),
        ("x**x", "x**x*Derivative(x*log(x), x)", "exponential and chain rules"),
        ("y*sin(x)", "y*cos(x)", "constant factor and sin rules"),
        ("-sin(x)/y", "-cos(x)/y", "constant factor and sin rules"),
        ("sin(x) - cos(x) + y", "Derivative(sin(x), x) - Derivative(cos(x), x)", "sum rule"),
        ("-(sin(x) + cos(x))", "-(Derivative(sin(x), x) + Derivative(cos(x), x))", "sum rule"),
        ("max(sin(x), y)", "Piecewise((Derivative(sin(x), x), sin(x) > y), (0, True))", "case by case"),
        (
            "Piecewise((x, x > 0), (sin(x), True))",
            "Piecewise((1, x > 0), (Derivative(sin(x), x), True))",
            "case by case",
        ),
    ],
)
def test_the_first_line_applies_one_rule(body: str, after: str, reason: str) -> None:
    line = Differentiation()
    assert tidy(line.advance(der(read_text(body), read_text("x")), is_first=True)) is read_text(after)
    assert line.reason == reason


@pytest.mark.parametrize(
    ("body", "variable", "after", "remark"),
    [
        ("Sum(exp(x[k]), (k, 1, K))", "x[j]", "Derivative(exp(x[j]), x[j])",
         "only the term `k == j` depends on `x[j]`"),
        ("Sum(exp(x[k])*x[1], (k, 1, K))", "x[j]", "Sum(Derivative(exp(x[k])*x[1], x[j]), (k, 1, K))", "sum rule"),
        ("Sum(x[k]*x[i], (k, 1, K))", "x[k]", "Sum(Derivative(x[k_1]*x[i], x[k]), (k_1, 1, K))", "sum rule"),
    ],
)  # fmt: skip
def test_a_sum_keeps_the_terms_that_depend_on_the_variable(body: str, variable: str, after: str, remark: str) -> None:
    line = Differentiation()
    assert line.advance(der(read_text(body), read_text(variable)), is_first=True) is read_text(after)
    assert line.reason == remark


@pytest.mark.parametrize(
    ("body", "rules"),
    [("x", 0), ("y", 0), ("exp(x)", 0), ("exp(-x)", 1), ("exp(2*x)", 1), ("1 + exp(x)", 0), ("log(1 + exp(x))", 1),
     ("x*sin(x)", 2), ("(y - x)**2", 1)],
)  # fmt: skip
def test_effort_counts_the_rules_that_a_person_would_notice(body: str, rules: int) -> None:
    assert effort(read_text(body), read_text("x")) == rules


def test_an_easy_derivative_is_finished_on_one_line() -> None:
    line = Differentiation()
    found = line.advance(der(read_text("exp(-x) + x"), read_text("x")), is_first=False)
    assert not has_derivatives(found)
    assert line.reason == "sum, exp and chain rules"
