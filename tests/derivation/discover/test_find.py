"""Closed forms are found in terms of the function itself, are proved, and have a value wherever the slope has one."""

from __future__ import annotations

import pytest
from stepping import stated

from derive import Spec, Sum, exp, index, size, vector
from derive.calculus.derivative import derivative
from derive.calculus.products import tidy
from derive.derivation.discover.find import Discovery, candidates, discover
from derive.derivation.steps.views import same_line
from derive.notation.text import read_text
from derive.proof.verdict import Verdict
from derive.spec.statement import Function
from derive.term import Term


def slope(function: Function) -> Term:
    return tidy(derivative(function.body, read_text(function.wrt[0])))


def found(function: Function) -> list[Discovery]:
    return discover(function, read_text(function.wrt[0]), slope(function), slope(function))


@pytest.mark.parametrize(
    ("body", "assume", "form"),
    [
        ("1/(1 + exp(-x))", "", "f*(1 - f)"),
        ("(exp(x) - exp(-x))/(exp(x) + exp(-x))", "", "1 - f**2"),
        ("x/(1 + exp(-x))", "", "(1 + f*exp(-x))/(1 + exp(-x))"),
        ("log(1 + exp(x))", "", "1 - exp(-f)"),
        ("-log(1 + exp(-x))", "", "1 - exp(f)"),
        ("log(1 + exp(3*x))/3", "", "1 - exp(-3*f)"),
        ("exp(-x**2/2)", "", "-f*x"),
        ("sqrt(x)", "x > 0", "1/(2*f)"),
        ("sqrt(1 + x**2) - 1", "", "x/(1 + f)"),
        ("tan(x)", "", "1 + f**2"),
        ("1 - exp(-exp(x))", "", "exp(x)*(1 - f)"),
        ("7/(1 + exp(-2*(x - 3)))", "", "2*f*(1 - f/7)"),
        ("Piecewise((x, x > 0), (3*(exp(x) - 1), True))", "", "Piecewise((1, x > 0), (f + 3, True))"),
        ("x/(1 + exp(-1.702*x))", "", "(1 + 1.702*f*exp(-1.702*x))/(1 + exp(-1.702*x))"),
        ("x**3", "", "3*x**2"),
    ],
)
def test_the_shortest_proved_form_comes_first(body: str, assume: str, form: str) -> None:
    best, *_ = found(stated("f", Spec(body, assume=assume)))
    assert same_line(best.formula, read_text(form))
    assert best.proof.verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("body", "form"),
    [("x/(1 + exp(-x))", "(f + x*f - f**2)/x"), ("x**3", "3*f/x"), ("x*exp(x)", "f + f/x")],
)
def test_a_form_without_a_value_where_the_slope_has_one_is_none(body: str, form: str) -> None:
    everywhere, positive = (found(stated("f", Spec(body, inputs="x", assume=assume))) for assume in ("", "x > 0"))
    assert not any(same_line(it.formula, read_text(form)) for it in everywhere)
    assert all(not it.proof.exceptions for it in (*everywhere, *positive))


def test_what_elimination_offers_is_not_believed_before_it_is_proved() -> None:
    # Of x = f**2 both roots are roots: 1/(2*f) and -1/(2*f) satisfy the same equation.
    function = stated("f", Spec("x/(1 + abs(x))", kinks={"x": {0: 1}}))
    assert all(it.proof.verdict is Verdict.PROVED for it in found(function))
    assert len(found(function)) <= len([*candidates(function, read_text("x"), slope(function))]) + 1


def test_components_are_eliminated_together() -> None:
    K, (i, k) = size("K"), index("i k")  # noqa: N806 - as it is written
    v = vector("v", K)
    function = stated("f", Spec(exp(v[i]) / Sum(exp(v[k]), (k, 1, K))))
    reached = read_text("(exp(v[i])*KroneckerDelta(i, j)*Sum(exp(v[k]), (k, 1, K)) - exp(v[i])*exp(v[j]))"
                        "/Sum(exp(v[k]), (k, 1, K))**2")  # fmt: skip
    best, *_ = discover(function, read_text("v[j]"), reached, reached)
    assert same_line(best.formula, read_text("f[i]*(KroneckerDelta(i, j) - f[j])"))
