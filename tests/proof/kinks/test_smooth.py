"""Terms made smooth where signs are known, and what their signs turn on."""

from __future__ import annotations

import pytest

from derive.fuel import Fuel
from derive.notation.text import read_text
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.normal import Normaliser
from derive.proof.algebra.signs import NeedSign
from derive.proof.kinks.smooth import NoSmoothValue, smooth, turning_terms
from derive.spec.domain import read_domain


def reader(*assume: str) -> Normaliser:
    return Normaliser.under(Facts(read_domain(assume)), Fuel())


@pytest.mark.parametrize(
    ("text", "assume", "wanted"),
    [
        ("abs(x) + sign(x)", "x > 0", "x + 1"),
        ("abs(x) + sign(x)", "x < 0", "-x + -1"),
        ("max(x, y) - min(x, y)", "x > y", "x - y"),
        ("Piecewise((x, x > 1), (y, True))", "x > 2", "x"),
        ("Piecewise((x, x > 1), (y, True))", "x < 0", "y"),
        ("Piecewise((x, Or(x > 0, y > 0)), (y, True))", "x > 0", "x"),
        ("Piecewise((x, And(x > 0, y > 0)), (2*y, True))", "x < 0", "2*y"),
        ("abs(abs(x) - 2*x)", "x > 0", "-(x - 2*x)"),
        ("(x - x)**y", "y > 0", "0"),
        ("(x - x)**(y - y)", "", "1"),
        ("x**y", "x > 0", "x**y"),
        ("exp(x)*y", "", "exp(x)*y"),
    ],
)
def test_every_branch_is_chosen_by_the_signs_that_are_known(text: str, assume: str, wanted: str) -> None:
    assert smooth(read_text(text), reader(*filter(None, [assume]))) is read_text(wanted)


@pytest.mark.parametrize("text", ["abs(x)", "Piecewise((x, And(x > 0, y > 0)), (2*y, True))", "(x - x)**y"])
def test_a_sign_that_is_not_known_is_asked_for(text: str) -> None:
    with pytest.raises(NeedSign):
        smooth(read_text(text), reader())


@pytest.mark.parametrize(
    ("text", "assume"),
    [("Piecewise((x, x > 1), (y, x > 0))", "x < 0"), ("(x - x)**y", "y < 0"), ("heaviside(x - x)", "y < 0")],
)
def test_where_no_branch_holds_there_is_no_value(text: str, assume: str) -> None:
    with pytest.raises(NoSmoothValue):
        smooth(read_text(text), reader(assume))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("abs(x)*sign(y)", {"x", "y"}),
        ("max(x, y) + floor(2*z)", {"x - y", "2*z"}),
        ("Piecewise((1, x > 2), (abs(y), Eq(z, 1)), (0, True))", {"x - 2", "y", "z - 1"}),
        ("max(x, x)", set()),
        ("exp(x)", set()),
    ],
)
def test_a_term_turns_on_what_its_kinks_steps_and_conditions_compare(text: str, wanted: set[str]) -> None:
    assert {str(part) for part in turning_terms(read_text(text))} == wanted
