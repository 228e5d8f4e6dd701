"""Which zero sets are boundaries: those that are shown to have no interior along the variable."""

from __future__ import annotations

from contextlib import suppress

import pytest

from derive.fuel import Fuel
from derive.notation.text import read_text
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.normal import Normaliser
from derive.proof.algebra.nowhere_dense import has_interior, is_nowhere_dense, moves
from derive.proof.algebra.signs import NeedSign
from derive.proof.api import prove
from derive.proof.verdict import Verdict
from derive.spec.domain import read_domain
from derive.term import symbol

PROVED, REFUTED = Verdict.PROVED, Verdict.REFUTED
LITTLE = 20_000  # fuel, where no witness is to be found
X = symbol("x")


def polynomial(text: str) -> tuple[Normaliser, int]:
    """A reader, and the number of the one polynomial above in what a formula reads as."""
    facts = Facts(read_domain(["-1 < x < 1"])) if "asin(x)" in text else Facts()
    reader, asked = Normaliser.under(facts, Fuel()), read_text(text)
    while True:
        try:
            (number,) = [number for number, exponent in reader.read(asked).factors if exponent > 0]
            return reader, number
        except NeedSign as question:  # where its functions have a value
            reader = reader.assuming(question.number, 1)


THIN = [
    "x - 3", "x**2 - y", "x*y - 1", "exp(x) - y", "exp(-x) + sin(x)", "x*exp(x) - 1", "sin(x) - x/2", "log(x) - x + y",
    "sin(x) + cos(x)", "atan(x) - 1/2", "atan(x) + x", "gamma(x) - 2", "erf(x**2) - 1/2", "lambertw(x) - 1",
    "besselj(0, x)", "asin(x) - x", "sqrt(x**2 + 1) - x - 1/3", "besselj(0, x) - x", "exp(x) - exp(x**2) - 1/2",
    "x - floor(x) - 1/2",
    "floor(x) - 2*x + 1/3", "digamma(x) - y",
]  # fmt: skip


@pytest.mark.parametrize("vanishing", THIN)
def test_a_set_of_points_is_seen_to_be_one(vanishing: str) -> None:
    reader, number = polynomial(vanishing)
    assert is_nowhere_dense(reader, number, X)
    assert not has_interior(reader, number, X)


THICK = [
    "atan(x) + atan(1/x) - pi/2", "floor(x) - 3", "floor(2*x) - 2*floor(x)",
    "lambertw(x*exp(x)) - x", "atan(x) - asin(x/sqrt(1 + x**2))", "floor(x)*y - 1", "floor(x) + floor(-x/2)",
    "atan(x) - 2*atan(x/(1 + sqrt(1 + x**2)))",
]  # fmt: skip


@pytest.mark.parametrize("vanishing", THICK)
def test_a_set_that_may_be_an_interval_is_not_called_a_boundary(vanishing: str) -> None:
    reader, number = polynomial(vanishing)
    with suppress(NeedSign):  # a question is no answer
        assert not is_nowhere_dense(reader, number, X)


# Polynomials that vanish all along the variable where those in the parameters do.
@pytest.mark.parametrize(("vanishing", "asked"), [
    ("x*y + a", "ay"), ("(x - 1)*y + a", "ay"), ("exp(x*y) - b", "by"), ("a*sin(x) - b", "ab"), ("y*atan(x) - a", "ay"),
    ("a*gamma(x) - b", "ab"), ("x**2*a*b - c", "abc"),
])  # fmt: skip
def test_what_vanishes_for_some_parameters_asks_for_them(vanishing: str, asked: str) -> None:
    reader, number = polynomial(vanishing)
    with pytest.raises(NeedSign) as question:
        is_nowhere_dense(reader, number, X)
    assert str(reader.written(question.value.number)) in asked


@pytest.mark.parametrize(("inside", "expected"), [
    ("x", True), ("x/3 + y", True), ("x**2", True), ("exp(x)", True), ("y", False), ("floor(x)/2", False),
    ("atan(x) + atan(1/x)", False), ("x - (x - floor(x))", False),
])  # fmt: skip
def test_a_step_moves_where_its_argument_does(inside: str, expected: bool) -> None:
    assert moves(Normaliser.under(Facts(), Fuel()), read_text(inside), X) is expected


def gated(condition: str, function: str = "x**2") -> str:
    return f"Piecewise(({function}, {condition}), (x, True))"


# No rational point shows that an equation of these holds, on an interval or everywhere.
@pytest.mark.parametrize("condition", [
    "Eq(atan(x) + atan(1/x), pi/2)", "Eq(asin(sin(x)), x)", "Eq(acos(cos(x)), x)", "Eq(atan(tan(x)), x)",
    "asin(sin(x)) >= x", "atan(x) >= asin(x/sqrt(1 + x**2))", "Eq(atan(x), 2*atan(x/(1 + sqrt(1 + x**2))))",
    "acos(cos(x)) <= x", "Eq(asin(x) + asin(sqrt(1 - x**2)), pi/2)",
])  # fmt: skip
def test_inverse_functions_may_agree_on_an_interval(condition: str) -> None:
    assert prove(gated(condition), "x", "1", "0 < x < 1", fuel=LITTLE).verdict is not PROVED


@pytest.mark.parametrize(("strict", "weak"), [
    ("asin(sin(x)) > x", "asin(sin(x)) >= x"), ("atan(x) + atan(1/x) > pi/2", "atan(x) + atan(1/x) >= pi/2"),
    ("acos(cos(x)) < x", "acos(cos(x)) <= x"), ("floor(x)*y > y", "floor(x)*y >= y"),
    ("floor(x) > y", "floor(x) >= y"),
])  # fmt: skip
def test_a_strict_order_is_not_a_weak_one(strict: str, weak: str) -> None:
    for condition, wrong in ((weak, PROVED), (strict, REFUTED)):
        claim = f"Piecewise((2*x, {condition}), (1, True))"
        assert prove(gated(strict), "x", claim, "x != 0", fuel=LITTLE).verdict is not wrong


# The surface holds a whole line along the variable where parameters are 0.
@pytest.mark.parametrize("condition", [
    "Eq((x - 1)*y + a, 0)", "Eq(x*y, a)", "Eq(floor(x), y)", "Eq(y*sin(x), a)", "Eq(x*(y - 2)*a, (y - 2)*a*z)",
])  # fmt: skip
def test_a_line_within_a_surface_is_judged(condition: str) -> None:
    assert prove(gated(condition), "x", "1").verdict is REFUTED


# Two conditions that change at once, at points that are no rational numbers.
@pytest.mark.parametrize("condition", [
    "And(Eq(x, y), Eq(x**3 - x, 1))", "And(Eq(2*x, y), Eq(y**2, 2))", "And(Eq(x, y), Eq(exp(x)*x, 1))",
    "And(Eq(x + y, 1), Eq(x**2, 3))", "And(x >= y, x <= y, Eq(x**3, 2))",
])  # fmt: skip
def test_a_wrong_value_where_two_conditions_meet_is_not_proved(condition: str) -> None:
    claim = f"Piecewise((5, {condition}), (2*x, True))"
    assert prove("x**2", "x", claim, fuel=LITTLE).verdict is not PROVED


# A jump whose size is a parameter is none where that is 0.
@pytest.mark.parametrize(("function", "beside"), [
    ("Piecewise((y, x > 0), (0, True))", "0"), ("Piecewise((x + a - b, x > 0), (x, True))", "1"),
    ("y*sign(x)", "0"), ("Piecewise((y**2, x < 0), (y, True))", "0"), ("x*y + (y - 1)*sign(x)", "y"),
])  # fmt: skip
def test_a_jump_of_zero_is_no_exception(function: str, beside: str) -> None:
    wrong = f"Piecewise(({beside}, Ne(x, 0)), (7, True))"
    assert prove(function, "x", wrong).verdict is REFUTED
    assert prove(function, "x", beside).verdict is PROVED


@pytest.mark.parametrize(("function", "claim"), [
    ("Max(w*x + b, 0)", "Piecewise((w, w*x + b > 0), (0, True))"),
    ("Abs(a*x - b)", "a*sign(a*x - b)"),
    ("Max(exp(a*x), b)", "Piecewise((a*exp(a*x), exp(a*x) > b), (0, True))"),
    ("Max(0, 1 - x*y)**2", "-2*y*Max(0, 1 - x*y)"),
    ("Abs(gamma(x) - 2)**3", "3*(gamma(x) - 2)*Abs(gamma(x) - 2)*gamma(x)*digamma(x)"),
])  # fmt: skip
def test_kinks_that_parameters_move_are_still_proved(function: str, claim: str) -> None:
    assert prove(function, "x", claim, "x > 0").verdict is PROVED
