"""Folding: landmarks, by the shape of what comes out."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.calculus.derivative import derivative
from derive.notation.text import read_text
from derive.spec.domain import read_domain
from derive.stabilisation.cores import common_unit, cores, multiple
from derive.stabilisation.fold import fold
from derive.term import symbol

Z = "exp(-abs(x))"
LOGISTIC = "1/(1 + exp(-x))"


def folded(formula: str, *assume: str) -> str:
    return str(fold(read_text(formula), read_domain(assume)))


def folded_slope(formula: str) -> str:
    return str(fold(derivative(read_text(formula), symbol("x")), read_domain(())))


def test_sides_that_differ_are_branches() -> None:
    assert folded(LOGISTIC) == f"Piecewise((1/(1 + {Z}), x >= 0), ({Z}/(1 + {Z}), True))"


def test_an_even_formula_has_no_branch() -> None:
    assert folded_slope(LOGISTIC) == f"{Z}/(1 + {Z}*(2 + {Z}))"


def test_an_odd_formula_has_its_sign_above_and_one_less_as_expm1() -> None:
    less = "expm1(-2*min(abs(x), 400))"
    expected = f"Piecewise((-{less}, x >= 0), ({less}, True))/(2 + {less})"
    assert folded("(exp(x) - exp(-x))/(exp(x) + exp(-x))") == folded("tanh(x)") == expected


def test_on_one_side_of_zero_there_is_no_branch_and_no_absolute_value() -> None:
    assert folded(LOGISTIC, "x > 0") == "1/(1 + exp(-x))"
    assert folded(LOGISTIC, "x < 0") == "exp(--x)/(1 + exp(--x))".replace("--x", "-(-x)")


def test_a_logarithm_splits_off_its_multiple_of_the_exponent() -> None:
    assert folded("log(1 + exp(x))") == f"Piecewise((x + log1p({Z}), x >= 0), (log1p({Z}), True))"
    assert folded(f"log({LOGISTIC})") == f"Piecewise((-log1p({Z}), x >= 0), (x - log1p({Z}), True))"
    assert folded("log(exp(x) + exp(-x))") == f"abs(x) + log1p({Z}**2)"


def test_logarithms_of_two_sides_add_up_without_cancelling() -> None:
    loss = f"-(y*log({LOGISTIC}) + (1 - y)*log(1 - {LOGISTIC}))"
    assert folded(loss, "0 <= y <= 1") == f"Piecewise((x*(1 - y) + log1p({Z}), x >= 0), (log1p({Z}) - x*y, True))"


def test_a_product_with_what_underflows_is_rounded_once_and_has_its_limit() -> None:
    h = "exp(-abs(x)/2)"
    assert folded("x/(1 + exp(-x))") == (
        f"Piecewise((x/(1 + {h}**2), x >= 0), (Piecewise((0, {h} == 0), ({h}*x/(1 + {h}**2)*{h}, True)), True))"
    )


def test_a_kink_at_zero_folds_too() -> None:
    assert folded_slope("x/(1 + abs(x))") == "1/(1 + abs(x))/(1 + abs(x))"
    assert folded("Piecewise((x, x > 0), (exp(x) - 1, True))") == "Piecewise((x, x >= 0), (expm1(-abs(x)), True))"


def test_nan_is_passed_on_where_a_branch_does_not_mention_the_variable() -> None:
    assert folded("max(x, 0)") == "Piecewise((0, x < 0), (x, True))"
    assert folded("sign(x)*y") == "Piecewise((y, x >= 0), (-y, x < 0), (nan, True))"


def test_an_exponent_that_may_overflow_is_clamped_where_it_still_matters() -> None:
    assert folded("tanh(exp(x))") == "(-expm1(-2*exp(min(x, 8))))/(2 + expm1(-2*exp(min(x, 8))))"


@pytest.mark.parametrize(
    "formula", ["exp(x)", "x*exp(-x)", "sinh(x)", "cosh(x)", "(y - x)**2", "exp(x) + y", "max(x, y)"]
)
def test_what_gains_nothing_stays_as_it_is(formula: str) -> None:
    assert folded(formula) == formula


def test_exponents_are_multiples_of_a_core() -> None:
    x = symbol("x")
    assert multiple(read_text("-2*x/3"), x) == Fraction(-2, 3)
    assert multiple(read_text("b - a"), read_text("a - b")) == -1
    assert multiple(read_text("x + 1"), x) is None
    assert common_unit(read_text("exp(x/2) + exp(-x/3)"), x) == Fraction(1, 6)
    assert cores(read_text("tanh(x) + exp(-2*exp(x))"))[0] == read_text("exp(x)")
