"""Witnesses are checked anew: hypotheses, a derivative on both sides, and values that are apart."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.notation.text import read_text
from derive.proof.algebra.values import value_at
from derive.proof.api import prove
from derive.proof.refute.recheck import StatedClaim, slope_at
from derive.proof.refute.recheck_arrays import Arrays
from derive.proof.verdict import Verdict
from derive.spec.domain import Domain, read_domain
from derive.term import Term, substitute, symbol, term

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED
X = symbol("x")

SLOPES = [
    ("x**2", "3", "6"),
    ("x**2*y", "3", "12"),
    ("Abs(x)", "-2", "-1"),
    ("x*Abs(x)", "0", "0"),
    ("Abs(x)**3 + x", "0", "1"),
    ("Max(x, 0)**2", "0", "0"),
    ("Piecewise((x**2, x < 1), (2*x - 1, True))", "1", "2"),
    ("Piecewise((2, x < 1), (3, True))*(x - 1)**2", "1", "0"),
    ("sign(x)*log(1 + Abs(x))", "0", "1"),
    ("Max(x, 0) + log(1 + exp(-Abs(x)))", "0", "1/2"),
    ("floor(x)*(x - 2)**2", "2", "0"),
    ("floor(x)*x", "5/2", "2"),
    ("floor(floor(x)/2)*x", "7/2", "1"),
    ("Piecewise((x**2, Eq(floor(x), 3)), (x, True))", "7/2", "7"),
    ("Piecewise((x, Eq(x*y, x + x)), (7, True))", "3", "1"),  # y is 2
    ("Piecewise((0, Eq(x, 0)), (y*0/x, True))", "0", "0"),
    ("Abs(x - 1/3)*(x - 1/3)*y", "1/3", "0"),
    ("Min(x**3, x**5)", "0", "0"),
]


@pytest.mark.parametrize(("function", "place", "expected"), SLOPES)
def test_a_derivative_that_exists_is_found(function: str, place: str, expected: str) -> None:
    point = {"x": Fraction(place), "y": Fraction(2)}
    slope = slope_at(read_text(function), X, point)
    assert slope is not None
    apart = value_at(slope - term(Fraction(expected)), point, 128)
    assert apart is not None
    assert abs(apart) < 1e-20


@pytest.mark.parametrize(("function", "place"), [
    ("Abs(x)", "0"), ("floor(x)", "2"), ("sign(x)", "0"), ("heaviside(x)*x", "0"), ("sqrt(x**2)", "0"),
    ("cbrt(x)", "0"),
    ("Piecewise((7, Eq(x, 0)), (x, True))", "0"), ("Piecewise((x, x < 1), (2*x - 1, True))", "1"), ("log(x)", "0"),
    ("x**(3/2)", "0"), ("asin(x)", "1"), ("ceiling(2*x)*x", "1/2"), ("Max(x, y)", "2"), ("x*floor(x - y)", "4"),
    ("Piecewise((cos(Abs(x + 1/10)), x < -2), (exp(x/2 - 1), True))*Abs(x + 2)", "-2"), ("exp(Abs(x - 1/3))", "1/3"),
    ("Piecewise((sin(x), x < 1), (exp(-x), True))", "1"), ("1/x", "0"), ("Abs(x - y)*y", "2"),
])  # fmt: skip
def test_a_derivative_that_may_not_exist_is_none(function: str, place: str) -> None:
    assert slope_at(read_text(function), X, {"x": Fraction(place), "y": Fraction(2)}) is None


@pytest.mark.parametrize(("assume", "place", "admitted"), [
    ("x in {1, 2}", "1", True), ("x in {1, 2}", "3/2", False), ("x integer", "1/2", False), ("x > 0", "0", False),
    ("x >= 0", "0", True), ("x**2 > 3", "2", True), ("x**2 > 4", "2", False), ("Ne(x, 2)", "2", False),
    ("exp(x) > 1", "1", True), ("exp(x) >= 1", "0", True), ("floor(x) >= 2", "3/2", False),
])  # fmt: skip
def test_every_hypothesis_is_checked(assume: str, place: str, admitted: bool) -> None:
    stated = StatedClaim(read_text("x**2"), X, read_text("2*x"), read_domain([assume]))
    assert stated.admits({"x": Fraction(place)}) is admitted


RIGHT_AT_LISTED = [
    ("x**2", "2*x", "1, 2, 3"),
    ("x**2", "2*x + (x - 1)*(x - 2)*(x - 3)", "1, 2, 3"),
    ("x**3 - x", "3*x**2 - 1", "-1, 0, 1"),
    ("exp(x)", "1 + x*(E - 1)", "0, 1"),
    ("Abs(x)", "x", "-1, 1"),
    ("x*floor(x)", "floor(x)", "1/2, 3/2"),
    ("Piecewise((x**2, x > 1), (5, True))", "2*x - 4 + 4*sign(x - 1)", "3"),
    ("x**2*y", "2*x*y + (x - 2)*y", "2"),
]


@pytest.mark.parametrize(("function", "claim", "listed"), RIGHT_AT_LISTED)
def test_a_variable_with_listed_values_is_differentiated_first(function: str, claim: str, listed: str) -> None:
    assert prove(function, "x", claim, f"x in {{{listed}}}").verdict is not REFUTED
    wrong = prove(function, "x", f"{claim} + 1", f"x in {{{listed}}}")
    assert wrong.verdict is REFUTED
    assert wrong.witness is not None
    assert wrong.witness.point["x"] in map(Fraction, listed.split(","))


@pytest.mark.parametrize(("function", "claim", "listed"), RIGHT_AT_LISTED[:6])
def test_a_claim_that_is_right_at_each_listed_value_is_proved(function: str, claim: str, listed: str) -> None:
    assert prove(function, "x", claim, f"x in {{{listed}}}").verdict is PROVED


def test_a_jump_at_a_listed_value_is_told() -> None:
    proof = prove("Piecewise((1, x < 2), (3, True))", "x", "0", "x in {1, 2, 3}")
    assert proof.verdict is PROVED
    assert any("x = 2" in sentence for sentence in proof.exceptions)


# The claim is the derivative beside each kink and jump, and may be anything on it.
BESIDE = [
    ("floor(x)", "Piecewise((7, Eq(floor(x), x)), (0, True))"),
    ("x*floor(x)", "floor(x) + Piecewise((3, Eq(x, 2)), (0, True))"),
    ("sign(x)", "Piecewise((5, Eq(x, 0)), (0, True))"),
    ("floor(x - 2)*x**2", "Piecewise((2*x*floor(x - 2), Ne(x, -2)), (7, True))"),
    ("(x - floor(x))*exp(x)", "Piecewise(((1 + x - floor(x))*exp(x), (x - 2)**2 > 0), (7, True))"),
    ("Piecewise((cos(Abs(x + 1/10)), x < -2), (exp(x/2 - 1), True))*Abs(x + 2)",
     "Piecewise((-sin(Abs(x + 1/10))*sign(x + 1/10)*Abs(x + 2) + cos(Abs(x + 1/10))*sign(x + 2), x < -2), "
     "(exp(x/2 - 1)/2*Abs(x + 2) + exp(x/2 - 1)*sign(x + 2), True))"),
    ("Max(0, 1 - Abs(x))*exp(x)",
     "Piecewise((exp(x)*(1 - Abs(x)) - exp(x)*sign(x), Abs(x) < 1), (0, True))"),
    ("Max(sin(x), cos(2))*Abs(x - 2)",
     "Piecewise((cos(x), sin(x) > cos(2)), (0, True))*Abs(x - 2) + Max(sin(x), cos(2))*sign(x - 2)"),
]  # fmt: skip


@pytest.mark.parametrize(("function", "claim"), BESIDE)
def test_no_witness_lies_on_a_kink_or_a_jump(function: str, claim: str) -> None:
    assert prove(function, "x", claim, fuel=30_000).verdict is not REFUTED


# The function is smooth where its formula turns, and the claim is wrong there and nowhere else.
@pytest.mark.parametrize(("function", "claim"), [
    ("sign(x)*log(1 + Abs(x))", "sign(x)**2/(1 + Abs(x))"),
    ("sign(x - 2*a)*log(1 + Abs(x - 2*a))", "sign(x - 2*a)**2/(1 + Abs(x - 2*a))"),
    ("Max(x, 0) + log(1 + exp(-Abs(x)))", "Piecewise((1, x > 0), (0, True)) - sign(x)*exp(-Abs(x))/(1 + exp(-Abs(x)))"),
    ("sign(x)*(exp(Abs(x)) - 1)", "sign(x)**2*exp(Abs(x))"),
    ("sign(3*x + 1/3)*sinh(Abs(3*x + 1/3))", "3*sign(3*x + 1/3)**2*cosh(3*x + 1/3)"),
])  # fmt: skip
def test_a_kink_that_cancels_is_no_excuse(function: str, claim: str) -> None:
    assert prove(function, "x", claim).verdict is REFUTED


def total(body: str) -> str:
    return f"Sum({body}, (k, 0, K - 1))"


# Hypotheses on arrays, with a claim that is right under them and one that is not.
ON_ARRAYS = [
    (total("x[k]**2"), "2*x[j]**2", "3*x[j]", "x in {0, 1}"),
    (total("y[k]**2*x[k]"), "y[j]", "2 - y[j]", "y in {0, 1}"),
    (total("y[k]**2*x[k]"), "1", "y[j]", "y in {-1, 1}"),
    (total("Abs(t[k])*x[k]"), "t[j]", "-t[j]", "t[i] > 0"),
    (total("Abs(t[k])*x[k]"), "t[j]", "-t[j]", "t[k] > 0"),
    (total("Abs(x[k])"), "-1", "1", "x[i] < 0"),
    (total("Abs(x[k] - y[k])"), "1", "-1", "x[i] > y[i]"),
    (total("x[k]*Abs(t[k] - 1)"), "t[j] - 1", "1 - t[j]", "t[i]**2 > 4, t[i] > 0"),
    (total("Abs(x[k] - x[0])"), "1 - K*KroneckerDelta(j, 0)", "1", "x[i] < x[i + 1]"),
    (total("x[k]*t[k]*(t[k] - 1)*(t[k] - 2)"), "0", "t[j] - 3", "t integer, 0 <= t <= 2"),
]  # fmt: skip


@pytest.mark.parametrize(("function", "right", "wrong", "assume"), ON_ARRAYS)
def test_a_witness_satisfies_what_is_assumed_of_arrays(function: str, right: str, wrong: str, assume: str) -> None:
    assert prove(function, "x[j]", right, assume, fuel=20_000).verdict is not REFUTED
    assert prove(function, "x[j]", wrong, assume).verdict is REFUTED


def arrays(assume: str, *names: str, size: str = "K - 1", place: int = 2) -> Arrays:
    domain = Domain()
    for name in names:
        domain = domain.with_axes(name, (term(0), read_text(size)))
    body = read_text(total("x[k]**2"))
    return Arrays(body, read_text("2*x[0]"), read_domain([assume], domain), {"K": place})


@pytest.mark.parametrize(("assume", "values", "admitted"), [
    ("x in {0, 1}", "0 1", True), ("x in {0, 1}", "0 1/2", False), ("x > 0", "1 0", False), ("x[i] > 0", "1 -1", False),
    ("x[i] > 0", "1 2", True), ("Sum(x) = 1", "1/3 2/3", True), ("Sum(x) = 1", "1/3 1/3", False),
    ("x one-hot", "0 1", True), ("x one-hot", "1 1", False), ("x simplex", "1/3 2/3", True),
    ("x simplex", "-1 2", False),
    ("x integer", "1 1/2", False), ("x[i] < x[i + 1]", "1 2", True), ("x[i] < x[i + 1]", "2 1", False),
    ("K > 2", "1 1", False), ("exp(x[i]) > 2", "1 1", True), ("exp(x[i]) > 2", "1 0", False),
])  # fmt: skip
def test_hypotheses_are_checked_on_the_arrays_as_stated(assume: str, values: str, admitted: bool) -> None:
    point = {f"x[{at}]": Fraction(value) for at, value in enumerate(values.split())}
    written = read_text("a**2 + b**2"), read_text("2*a")
    at = {symbol("a"): "x[0]", symbol("b"): "x[1]"}
    body, claim = (_renamed(part, at) for part in written)
    assert arrays(assume, "x").agrees(point, body, claim) is admitted


def test_a_formula_that_is_not_the_one_stated_is_seen() -> None:
    point = {"x[0]": Fraction(1), "x[1]": Fraction(2)}
    body, claim = (_renamed(read_text(text), {symbol("a"): "x[0]"}) for text in ("a**2 + 5", "2*a"))
    assert not arrays("K >= 1", "x").agrees(point, body, claim)


def _renamed(root: Term, names: dict[Term, str]) -> Term:
    return substitute(root, {old: symbol(new) for old, new in names.items()})
