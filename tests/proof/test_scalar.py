"""Boundaries between pieces, needles, constraints, messages and deadlines."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb

from derive.calculus.derivative import derivative
from derive.fuel import Fuel
from derive.notation.text import read_text
from derive.proof.algebra.values import value_at
from derive.proof.api import prove
from derive.proof.scalar import prove_equal, prove_gradient
from derive.proof.verdict import Verdict
from derive.spec.domain import read_domain
from derive.term import symbol
from derive.values.balls import to_ball

REFUTED, PROVED, UNDECIDED = Verdict.REFUTED, Verdict.PROVED, Verdict.UNDECIDED


def verdict(function: str, claim: str, assume: str = "") -> Verdict:
    return prove(function, "x", claim, assume).verdict


# A single point, or a set that no sample meets, at which the function is differentiable and the claim wrong.
SINGLE_POINTS = [
    ("x**2", "Piecewise((5, Eq(x, 7/13)), (2*x, True))", ""),
    ("x**2", "Piecewise((5, Eq(3*x, y)), (2*x, True))", ""),
    ("x**2", "Piecewise((5, And(Eq(x, 0), Eq(y, 0))), (2*x, True))", ""),
    ("x**2*y", "Piecewise((5, Eq(y, 0)), (2*x*y, True))", ""),
    ("x**2*y", "Piecewise((5, Eq(y, 0)), (2*x*y, True))", "0<=y<=1"),
    ("x**2", "Piecewise((5, x <= 0), (2*x, True))", "x>=0"),
    ("Piecewise((x**2, x < 1), (2*x - 1, True))", "Piecewise((2*x, x < 1), (5, Eq(x, 1)), (2, True))", ""),
    ("Piecewise((a*x, x > 0), (x, True))", "Piecewise((a, x > 0), (1, x < 0), (7, True))", ""),
    ("x**2", "2*x*(ceiling(x) - floor(x))", ""),
    ("x", "Piecewise((1, (x - 7/31)**2 > 0), (0, True))", ""),
    ("x", "Piecewise((1, (x**3 - y)**2*(x + y)**4 > 0), (0, True))", ""),
]


@pytest.mark.parametrize(("function", "claim", "assume"), SINGLE_POINTS)
def test_a_wrong_value_at_one_point_is_refuted(function: str, claim: str, assume: str) -> None:
    assert verdict(function, claim, assume) is REFUTED


# The same at points that no rational number is: there is no witness to show.
IRRATIONAL_POINTS = ["Eq(x**2, 2)", "Eq(x**3 - x, 1)", "Eq(x*exp(x), 1)", "(x**2 - 2)**2 <= 0"]


@pytest.mark.parametrize("condition", IRRATIONAL_POINTS)
def test_a_wrong_value_at_an_irrational_point_is_not_proved(condition: str) -> None:
    assert verdict("x**2", f"Piecewise((5, {condition}), (2*x, True))") is UNDECIDED


# A piece with a gap, which the function fills: its derivative there, and a wrong one.
FILLED = [
    ("Piecewise((sin(x)/x, Ne(x, 0)), (1, True))", "(x*cos(x) - sin(x))/x**2", "0", "1", ""),
    ("Piecewise((1, Eq(x, 0)), ((exp(x) - 1)/x, True))", "(x*exp(x) - exp(x) + 1)/x**2", "1/2", "1/3", ""),
    ("Piecewise((0, Eq(x, 0)), (1/tanh(x) - 1/x, True))", "1/x**2 - 1/sinh(x)**2", "1/3", "0", ""),
    ("Piecewise((log(y), Eq(x, 0)), ((y**x - 1)/x, True))", "(x*y**x*log(y) - y**x + 1)/x**2", "log(y)**2/2", "log(y)",
     "y>0"),
    ("Piecewise((x**2*log(x), x > 0), (0, True))", "Piecewise((2*x*log(x) + x, x > 0), (0, True))", "0", "1", ""),
]  # fmt: skip


@pytest.mark.parametrize(("function", "beside", "right", "wrong", "assume"), FILLED)
def test_a_filled_gap_has_one_derivative(function: str, beside: str, right: str, wrong: str, assume: str) -> None:
    assert verdict(function, f"Piecewise(({beside}, Ne(x, 0)), ({right}, True))", assume) is PROVED
    assert verdict(function, f"Piecewise(({beside}, Ne(x, 0)), ({wrong}, True))", assume) is not PROVED


# The value at 0, where the formula of the derivative has none, or a part of the function is zero all along.
AT_ZERO = [
    ("abs(x)**p", "p*abs(x)**(p - 1)*sign(x)", "p > 1"),
    ("Max(x, 0)**1.5", "1.5*sqrt(Max(x, 0))", ""),
    ("sqrt(x**2*y**2)", "abs(y)*sign(x)", "-1 < y < 1"),
    ("sqrt(x**4)", "2*x", ""),
]


@pytest.mark.parametrize(("function", "beside", "assume"), AT_ZERO)
def test_the_derivative_at_zero_is_zero(function: str, beside: str, assume: str) -> None:
    right, wrong = (f"Piecewise(({beside}, Ne(x, 0)), ({value}, True))" for value in (0, 1))
    assert verdict(function, right, assume) is PROVED
    assert verdict(function, wrong, assume) is not PROVED


@pytest.mark.parametrize("function", ["Max(x, 0)**1.5", "sqrt(Max(x, 0))", "asin(Min(1, Max(0, x)))"])
def test_a_root_of_zero_is_real(function: str) -> None:
    slope = derivative(read_text(function), symbol("x"))
    needle = read_text("Piecewise((1, And(x < -17/3, x > -17/3 - 1e-9)), (0, True))")
    assert prove(function, "x", slope + needle).verdict is not PROVED


def test_a_gap_that_is_filled_wrongly_is_a_jump() -> None:
    filled = "Piecewise((0, Eq(x, 0)), (y/x, True))"
    assert prove(filled, "x", "Piecewise((7, Eq(x, 0)), (-y/x**2, True))", "y>0").almost_everywhere
    assert verdict(filled, "Piecewise((0, Eq(x, 0)), (-y/x**2, True))") is PROVED
    assert verdict(filled, "Piecewise((7, Eq(x, 0)), (-y/x**2, True))") is REFUTED  # y may be 0


NEEDLES = [
    "Piecewise((10**(-30), And(x > 1/3, x < 1/3 + 10**(-9))), (0, True))",
    "Piecewise((10**(-30), abs(x - 0.123456) < 5*10**(-10)), (0, True))",
    "Piecewise((10**(-30), (x - 0.123456)**2 < 10**(-18)), (0, True))",
    "10**(-30)*Max(0, 1 - 10**9*abs(x - 1/7))",
    "10**(-60)*x",
    "1e-200",
]


@pytest.mark.parametrize("needle", NEEDLES)
@pytest.mark.parametrize(("function", "gradient"), [("x**3", "3*x**2"), ("log(1 + exp(x))", "1/(1 + exp(-x))")])
def test_a_needle_is_found(function: str, gradient: str, needle: str) -> None:
    assert verdict(function, f"{gradient} + {needle}") is REFUTED


@pytest.mark.parametrize("threshold", [20, 40, 700])
def test_a_thresholded_tail_is_refuted(threshold: int) -> None:
    claim = f"Piecewise((1, x > {threshold}), (1/(1 + exp(-x)), True))"
    proof = prove("log(1 + exp(x))", "x", claim)
    assert proof.verdict is REFUTED
    assert proof.witness is not None
    assert proof.witness.point["x"] > threshold


FAR_OR_NEAR = [
    "x**2 + y**2 < 1e-6",
    "And(x > y**2, y > 30)",
    "And(x > exp(y), y > 10)",
    "And(x > 1000, y < -1000)",
]


@pytest.mark.parametrize("region", FAR_OR_NEAR)
def test_a_difference_in_a_region_of_several_variables_is_found(region: str) -> None:
    assert verdict("x*y", f"y + Piecewise((1, {region}), (0, True))") is REFUTED


def test_a_sign_that_changes_near_the_end_of_a_range_is_found() -> None:
    assert verdict("abs(cos(x))", "-sin(x)", "-2 < x < 2") is REFUTED


def test_a_difference_inside_a_box_is_found() -> None:
    box = "Piecewise((1, And(x > 123.4, x < 123.5, y < -77.1, y > -77.2)), (0, True))"
    assert verdict("x*y", f"y + {box}") is REFUTED


KINKS = [
    ("max(x, 0)", "heaviside(x)", "", "x = 0, where max(x, 0) has a kink (left 0, right 1)"),
    ("max(x, a)", "Piecewise((1, x > a), (0, True))", "", "x = a, where max(x, a) has a kink (left 0, right 1)"),
    ("Piecewise((0, x < 0), (1, True))", "0", "", "x = 0, where Piecewise((0, x < 0), (1, True)) jumps"),
    ("sqrt(x**2)", "sign(x)", "", "x = 0, where sqrt(x**2) has a kink (left -1, right 1)"),
    ("abs(x)**(1/2)", "sign(x)/(2*sqrt(abs(x)))", "", "x = 0, where abs(x)**(1/2) has a kink"),
    ("x - floor(x)", "1", "", "integer values of x, where floor(x) jumps"),
]


@pytest.mark.parametrize(("function", "claim", "assume", "exception"), KINKS)
def test_a_point_without_a_derivative_is_listed(function: str, claim: str, assume: str, exception: str) -> None:
    proof = prove(function, "x", claim, assume)
    assert (proof.verdict, proof.exceptions) == (PROVED, (exception,))


SMOOTH_ACROSS = [
    ("abs(x)**3", "3*x*abs(x)"),
    ("max(x, 0)**3", "3*max(x, 0)**2"),
    ("x**2*sign(x)", "2*x*sign(x)"),
    ("Piecewise((x**2, x < 1), (2*x - 1, True))", "Piecewise((2*x, x < 1), (2, True))"),
    ("abs(sin(x))**3", "3*abs(sin(x))**2*sign(sin(x))*cos(x)"),
    ("abs(x**2 - 2)**3", "6*x*(x**2 - 2)*abs(x**2 - 2)"),
    ("abs(exp(-x) + sin(x))**3", "3*abs(exp(-x) + sin(x))**2*sign(exp(-x) + sin(x))*(cos(x) - exp(-x))"),
]


@pytest.mark.parametrize(("function", "claim"), SMOOTH_ACROSS)
def test_pieces_that_join_smoothly_leave_no_exception(function: str, claim: str) -> None:
    proof = prove(function, "x", claim)
    assert (proof.verdict, proof.exceptions) == (PROVED, ())


# Functions whose one-sided derivatives agree for some signs of the parameters only.
JOINED_FOR_SOME_SIGNS = [
    "max(abs(exp(x) - 1)*b*x, a*x)",
    "min(x**2 - 1, abs(x**2 - 1)*a*x)",
    "abs(x)*max(sin(x), x - a)*sign(a*x)",
    "min(-x, x*sign(x - 1))",
]


@pytest.mark.parametrize("function", JOINED_FOR_SOME_SIGNS)
def test_a_witness_on_a_boundary_is_one_where_the_derivative_exists(function: str) -> None:
    body = read_text(function)
    domain = read_domain(["b>0"])
    proof = prove_gradient(body, symbol("x"), derivative(body, symbol("x")), domain, Fuel())
    if proof.witness is None:
        return
    # Beside the witness, on both sides, the slope is the derivative that the witness states.
    point, step = dict(proof.witness.point), Fraction(1, 10**12)
    for side in (-step, step):
        beside = value_at(derivative(body, symbol("x")), {**point, "x": point["x"] + side}, 256)
        assert beside is not None
        assert abs(beside - to_ball(Fraction(proof.witness.derivative))) < arb(1e-6)


NOT_PROVED = [
    ("x*log(abs(x)) - x", "log(x)"),  # no value for x < 0
    ("x", "1 + 0/(sqrt(3 + 2*sqrt(2)) - 1 - sqrt(2))"),  # a divisor that is zero, unseen
    ("x", "(sqrt(3 + 2*sqrt(2)) - 1 - sqrt(2))/(sqrt(3 + 2*sqrt(2)) - 1 - sqrt(2))"),
]


@pytest.mark.parametrize(("function", "claim"), NOT_PROVED)
def test_a_claim_without_a_value_is_not_proved(function: str, claim: str) -> None:
    assert verdict(function, claim) is UNDECIDED


def test_a_ladder_of_forty_branches_is_climbed() -> None:
    ladders = (", ".join(f"({k}{rest}, x < {k})" for k in range(40)) for rest in ("*x", ""))
    function, claim = (f"Piecewise({ladder}, (0, True))" for ladder in ladders)
    assert verdict(function, claim) is PROVED


def test_an_equation_among_the_hypotheses_is_used() -> None:
    assert verdict("x*y", "1 - x", "x + y = 1") is PROVED
    assert verdict("x*y", "1 + x", "x + y = 1") is REFUTED
    assert verdict("x**2/a", "2*x*b", "a*b = 1") is PROVED
    assert verdict("x**2/a", "x*b", "a*b = 1") is REFUTED


def test_names_with_few_values_are_proved_value_by_value() -> None:
    assert verdict("max(0, 1 - s*x)", "Piecewise((-s, s*x < 1), (0, True))", "s in {-1, 1}") is PROVED
    assert verdict("s**2*x", "1", "s in {-1, 1}") is PROVED
    assert verdict("s**2*x", "1", "s in {-1, 1, 2}") is REFUTED
    assert verdict("x**n", "n*x**(n - 1)", "n integer") is PROVED


def test_more_combinations_of_values_than_are_tried_are_still_covered() -> None:
    listed = ", ".join(f"{name} in {{0, 1, 2, 3}}" for name in "abc")
    claim = "a + b + c + Piecewise((1, And(Eq(a, 3), Eq(b, 3), Eq(c, 3))), (0, True))"
    assert verdict("(a + b + c)*x", claim, listed) is not PROVED
    assert verdict("(a + b + c)*x", "a + b + c", listed) is PROVED


def test_a_refutation_says_what_may_be_wrong() -> None:
    sign = prove("-(y*log(p) + (1-y)*log(1-p))", "p", "(1-y)/(1-p) + y/p", "0<p<1")
    assert sign.message == "the claim is larger by 2*y/p: a sign?  (1 - y)/(1 - p) - y/p is PROVED"
    assert sign.witness is not None
    assert (sign.witness.derivative, sign.witness.claim) == ("2/3", "2")
    factor = prove("(p - y)**2", "p", "p - y")
    assert factor.message == "the claim is 1/2 times the derivative: a factor 2?  2*(p - y) is PROVED"
    region = prove("Piecewise((x, x > 0), (a*(exp(x) - 1), True))", "x", "Piecewise((1, x > 0), (exp(x), True))", "a>0")
    assert region.message == "the claim is 1/a times the derivative, for x < 0"


def test_the_gap_of_a_rounded_constant_reads_as_that() -> None:
    proof = prove("erf(x)", "x", "1.1283791671*exp(-x**2)")
    assert proof.gap == pytest.approx(4e-12, rel=0.1)


def test_equality_is_judged_at_single_points_too() -> None:
    domain = read_domain([])
    left = read_text("abs(x)")
    assert prove_equal(left, read_text("max(x, -x)"), domain, Fuel()).verdict is PROVED
    wrong = read_text("Piecewise((5, Eq(x, 0)), (abs(x), True))")
    assert prove_equal(left, wrong, domain, Fuel()).verdict is REFUTED


HARD = [
    ("exp(exp(exp(exp(x))))", "exp(exp(exp(exp(x))))*exp(exp(exp(x)))*exp(exp(x))"),
    ("(1 + x + y + z)**500", "500*(1 + x + y + z)**498"),
    ("acos(cos(x))", "1"),
    ("+".join(f"sin({k}*x)**{k}" for k in range(1, 16)), "x"),
    ("*".join(f"abs(x - {k})" for k in range(12)), "sign(x)"),
    ("x**1000000 + 1/(1 + x**999999)", "1000000*x**999999"),
    ("exp(" * 40 + "x" + ")" * 40, "x"),
    ("floor(" * 16 + "x" + ")" * 16 + "*x", "x"),
    ("log(" + "+".join(f"exp({'x' * k})" for k in range(1, 60)) + ")", "exp(x)"),
]


@pytest.mark.parametrize(("function", "claim"), HARD)
def test_fuel_bounds_what_would_not_end(function: str, claim: str) -> None:
    assert prove(function, "x", claim, fuel=10_000).verdict is not PROVED


@pytest.mark.parametrize(
    "guard", ["sqrt(x**2 + y**2) > 0", "Ne(sqrt(x**2 + y**2), 0)", "0 < sqrt(sqrt(x**4 + Abs(y)))"]
)
def test_a_wrong_value_where_a_root_vanishes_is_refuted(guard):
    wrong, right = (f"Piecewise((2*x, {guard}), ({value}, True))" for value in (5, 0))
    assert prove("x**2", "x", wrong).verdict == "REFUTED"
    assert prove("x**2", "x", right).verdict != "REFUTED"
