"""Limits are found exactly, by counted steps, or not at all."""

from __future__ import annotations

import pytest
from flint import arb

from derive.fuel import Fuel
from derive.limits.approach import at_end, one_sided
from derive.notation.text import read_text
from derive.spec.domain import Domain, read_domain
from derive.term import INFINITY, Term, term
from derive.values.balls import enclose
from derive.values.one_sided import Indeterminate

AT_ZERO = [
    ("sin(x)/x", "1", "1"), ("(exp(x) - 1)/x", "1", "1"), ("abs(x)/x", "-1", "1"), ("(1 - cos(x))/x**2", "1/2", "1/2"),
    ("(tan(x) - x)/x**3", "1/3", "1/3"), ("(x - sin(x))/x**3", "1/6", "1/6"), ("tanh(x)/x", "1", "1"),
    ("exp(-1/x**2)", "0", "0"), ("exp(1/x)", "0", "oo"), ("1/x", "-oo", "oo"), ("x*log(abs(x))", "0", "0"),
    ("sqrt(abs(x))", "0", "0"), ("cbrt(x)/x", "oo", "oo"), ("erf(x)/x", "2/sqrt(pi)", "2/sqrt(pi)"),
    ("(exp(a*x) - 1)/x", "a", "a"), ("log(1 + a*x)/x", "a", "a"), ("(sqrt(1 + x) - 1)/x", "1/2", "1/2"),
    ("asin(1 - x**2)", "pi/2", "pi/2"), ("acosh(1 + x**2)/x", "-sqrt(2)", "sqrt(2)"),
    ("Piecewise((x**2, abs(x) < a), (7, True))", "0", "0"), ("max(x, a*x)/x", "a", "1"),
    ("floor(x)", "-1", "0"), ("ceiling(2 - x)", "3", "2"), ("floor(abs(x))", "0", "0"), ("floor(1/2 + x)", "0", "0"),
    ("digamma(1 + x)", "digamma(1)", "digamma(1)"), ("atan(1/x)", "-pi/2", "pi/2"),
]  # fmt: skip
AT_ENDS = [
    ("x*tanh(exp(x))", "0", "oo"), ("x*(1 + erf(x/sqrt(2)))/2", "0", "oo"), ("log(1 + exp(x)) - x", "oo", "0"),
    ("exp(x)/x**10", "0", "oo"), ("x + sqrt(x**2 + 4)", "0", "oo"), ("x*(pi/2 - atan(x))", "-oo", "1"),
    ("exp(x**2)*erfc(x)*x", "-oo", "1/sqrt(pi)"), ("(1 + 1/x)**x", "exp(1)", "exp(1)"),
    ("x*tanh(log(1 + exp(x)))", "0", "oo"), ("exp(-x)*sinh(x)", "-oo", "1/2"), ("erf(x)*x - x", "oo", "0"),
    ("exp(exp(x))/exp(x*exp(x))", "1", "0"), ("asinh(x) - log(2*abs(x))", "-oo", "0"), ("exp(-a*x)*x", "-oo", "0"),
    ("x**2/(1 + x**2)", "1", "1"), ("log(log(2 + abs(x)))/log(2 + abs(x))", "0", "0"), ("x*exp(-x**2)", "0", "0"),
]  # fmt: skip
DOMAIN = read_domain(["0 < a < 1"])


def same(found: Term, wanted: str) -> bool:
    expected = read_text(wanted)
    if expected in (INFINITY, -INFINITY) or found in (INFINITY, -INFINITY):
        return found is expected
    point = {"a": term(1).number / 3}
    return bool((enclose(found, point) - enclose(expected, point)).contains(arb(0)))


@pytest.mark.parametrize(("formula", "below", "above"), AT_ZERO)
def test_limits_from_both_sides_of_0(formula: str, below: str, above: str) -> None:
    for side, wanted in ((-1, below), (1, above)):
        assert same(one_sided(read_text(formula), "x", term(0), side, DOMAIN), wanted)


@pytest.mark.parametrize(("formula", "low", "high"), AT_ENDS)
def test_limits_at_both_ends_of_the_line(formula: str, low: str, high: str) -> None:
    for sign, wanted in ((-1, low), (1, high)):
        assert same(at_end(read_text(formula), "x", sign, DOMAIN), wanted)


@pytest.mark.parametrize(
    "formula",
    [
        "sin(1/x)",
        "max(x, b*x)/x",
        "log(x)",
        "exp(b/x)",
        "Piecewise((1, x > b), (0, True))",
        "floor(b + x)",
        "gamma(x)*x",
    ],
)
def test_what_is_not_found_is_said_to_be_indeterminate(formula: str) -> None:
    with pytest.raises(Indeterminate):
        one_sided(read_text(formula), "x", term(0), -1, Domain())


def test_work_is_bounded_by_count() -> None:
    nested = "x"
    for _ in range(4):
        nested = f"log(1 + exp({nested}))*tanh({nested})"
    assert at_end(read_text(nested), "x", 1, DOMAIN) is INFINITY
    with pytest.raises(Indeterminate):
        at_end(read_text(nested), "x", 1, DOMAIN, Fuel(300))
