"""Floors and ceilings: comparisons with numbers, what jumps, and what an exception says."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.notation.text import read_text
from derive.proof.algebra.values import sign_at
from derive.proof.api import prove
from derive.proof.kinks.steps import equation, line, plain, without_steps
from derive.proof.verdict import Verdict
from derive.term import cases, subterms

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED

CONDITIONS = [
    "floor(x) > 1", "floor(x) >= 3/2", "2*floor(x) < 3", "-floor(x) <= 1/2", "Eq(floor(x), 2)", "Ne(floor(x), -1)",
    "Eq(floor(x), 1/2)", "Eq(2*floor(x) - 3, 1)", "ceiling(x) > 1", "ceiling(x) >= 1/2", "ceiling(x) < 1",
    "3 - ceiling(x) >= 1", "Eq(ceiling(x), 0)", "Ne(ceiling(x), 1)", "0 < floor(x/3)", "Eq(floor(floor(x)/2), 1)",
    "Eq(x - floor(x), x)", "floor(2*x - 1/2) <= -2",
]  # fmt: skip
PLACES = [Fraction(at, 4) for at in range(-18, 19)]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_comparison_of_a_floor_with_a_number_is_one_of_its_argument(condition: str) -> None:
    before, after = (
        cases((1, found), otherwise=0) for found in (read_text(condition), without_steps(read_text(condition)))
    )
    assert not any(node.head in ("floor", "ceiling") for node in subterms(after))
    for place in PLACES:
        assert sign_at(before, {"x": place}) == sign_at(after, {"x": place}) is not None


@pytest.mark.parametrize("function", ["sign(floor(x))", "Abs(floor(x) - 1)", "Max(floor(x), 2)", "Min(ceiling(x), 1/2)",
                                      "Abs(3 - 2*ceiling(x))", "Max(1, floor(x/2))"])  # fmt: skip
def test_what_turns_on_a_floor_keeps_its_values(function: str) -> None:
    before, after = read_text(function), without_steps(read_text(function))
    assert after is not before
    for place in PLACES:
        assert sign_at(before - after, {"x": place}) == 0


@pytest.mark.parametrize("condition", ["floor(x) + log(y) > log(y)", "Eq(floor(x), y)", "floor(x)*x > 1",
                                       "floor(x) > floor(y)", "floor(x) + sqrt(x) >= sqrt(x)"])  # fmt: skip
def test_a_comparison_with_more_than_a_number_stays(condition: str) -> None:
    # What may have no value must stay: where it has none, the condition has none.
    assert without_steps(read_text(condition)) is read_text(condition)


@pytest.mark.parametrize(("vanishing", "said"), [
    ("x - (x - floor(x)) - 3", "floor(x) = 3"), ("2*floor(x/h) - 1", "floor(x/h) = 1/2"),
    ("x - (x - ceiling(x)) + 2", "ceiling(x) = -2"), ("x - (x - floor(x)) - y", "floor(x) - y = 0"),
    ("x - 3", "x - 3 = 0"), ("floor(2*x) - 2*floor(x)", "floor(2*x) - 2*floor(x) = 0"),
])  # fmt: skip
def test_an_exception_reads_as_a_person_writes_it(vanishing: str, said: str) -> None:
    assert equation(read_text(vanishing)) == said


def test_like_terms_are_put_together() -> None:
    assert str(plain(read_text("x - (x - floor(x))"))) == "floor(x)"
    assert line(read_text("3*floor(x) - 6")) == (read_text("floor(x)"), 3, -6)
    assert line(read_text("floor(x)*floor(x)")) is None


def gated(condition: str) -> str:
    return f"Piecewise((x**2, {condition}), (x, True))"


# Conditions that hold on intervals, each with the places at which the function jumps.
ON_INTERVALS = [
    ("Eq(floor(x), 3)", "", {"x = 3", "x = 4"}),
    ("Eq(ceiling(x), 2)", "", {"x = 2"}),  # at 1 both pieces are 1, with different slopes
    ("Eq(floor(x/h), 0)", "h > 0", None),
    ("Eq(floor(x + y), 1)", "", None),
    ("Eq(sign(floor(x)), 0)", "", None),
    ("And(floor(x) <= 2, floor(x) >= 2)", "", {"x = 2", "x = 3"}),
    ("Not(Or(floor(x) > 1, floor(x) < 1))", "", None),
    ("Eq(floor(2*x), 2*floor(x))", "", None),
    ("floor(x)**2 <= 0", "", None),
    ("Eq(Max(floor(x), 4), 4)", "", None),
    ("Eq(floor(x), y)", "", None),
    ("Eq(ceiling(x) - floor(x), 1)", "", None),
]


@pytest.mark.parametrize(("condition", "assume", "places"), ON_INTERVALS)
def test_a_condition_that_holds_on_an_interval_is_no_boundary(
    condition: str, assume: str, places: set[str] | None
) -> None:
    assert prove(gated(condition), "x", "1", assume).verdict is REFUTED
    right = prove(gated(condition), "x", f"Piecewise((2*x, {condition}), (1, True))", assume)
    assert right.verdict is not REFUTED
    if places is not None:
        assert right.verdict is PROVED
        assert places <= {sentence.split(",")[0] for sentence in right.exceptions}


@pytest.mark.parametrize(("function", "claim", "expected"), [
    ("Piecewise((x**2, floor(x) > 0), (x, True))", "Piecewise((2*x, floor(x) >= 0), (1, True))", REFUTED),
    ("Piecewise((x**2, floor(x) > 0), (x, True))", "Piecewise((2*x, x >= 1), (1, True))", PROVED),
    ("Piecewise((x**2, ceiling(x) < 3), (x, True))", "Piecewise((2*x, ceiling(x) <= 3), (1, True))", REFUTED),
    ("x*sign(floor(x))", "sign(floor(x))", PROVED),
    ("x*sign(floor(x))", "Piecewise((1, x > 0), (-1, True))", REFUTED),
    ("x*sign(ceiling(x) - 2)", "Piecewise((1, x >= 2), (-1, True))", REFUTED),
    ("x*Abs(floor(x))", "Abs(floor(x))", PROVED),
    ("x*Abs(floor(x))", "floor(x)", REFUTED),
    ("x*floor(x + 1)", "floor(x) + 1", PROVED),
    ("x*floor(floor(x))", "floor(x)", PROVED),
    ("x*floor(floor(x)/2)", "floor(floor(x)/2)", PROVED),
    ("Abs(x - floor(x + 1/2))", "sign(x - floor(x + 1/2))", PROVED),
    ("x*sqrt(floor(x) - 3)", "Piecewise((7, Eq(floor(x), 3)), (sqrt(floor(x) - 3), True))", REFUTED),
])  # fmt: skip
def test_a_function_of_floors_has_its_own_gradient_alone(function: str, claim: str, expected: Verdict) -> None:
    assert prove(function, "x", claim).verdict is expected


# At integers the claim is wrong, and some of these are no rational numbers: there may be no witness to show.
@pytest.mark.parametrize(("function", "claim"), [
    ("x**2", "2*x*(ceiling(x*sqrt(2) + pi) - floor(x*sqrt(2) + pi))"),
    ("x**2", "Piecewise((5, Eq(floor(x*pi + 1/7), x*pi + 1/7)), (2*x, True))"),
    ("x**2", "Piecewise((5, Eq(ceiling(exp(x)), exp(x))), (2*x, True))"),
    ("x*y", "y*(ceiling(y*sqrt(3) + pi) - floor(y*sqrt(3) + pi))"),
    ("x*floor(x)", "Piecewise((5, Eq(floor(x), x)), (floor(x), True))"),
    ("x**2", "2*x*floor(x)/floor(x)"),
    ("x**2", "2*x*floor(y)/floor(y)"),
])  # fmt: skip
def test_a_wrong_value_where_a_floor_jumps_is_not_proved(function: str, claim: str) -> None:
    assert prove(function, "x", claim).verdict is not PROVED


@pytest.mark.parametrize(("function", "claim"), [
    ("x*floor(y)", "floor(y)"), ("x*(floor(y) + ceiling(-y))", "0"), ("x*floor(-y)", "-ceiling(y)"),
    ("x*floor(y)*floor(2*y)", "floor(2*y)*floor(y)"),
])  # fmt: skip
def test_a_floor_of_a_parameter_needs_no_exception(function: str, claim: str) -> None:
    proof = prove(function, "x", claim)
    assert (proof.verdict, proof.exceptions) == (PROVED, ())
