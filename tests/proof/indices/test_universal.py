"""Hypotheses about components: those of every place are ranges of an array, the others stay."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.calculus.axes import occurrences
from derive.notation.text import read_text
from derive.proof.indices.universal import Universal, gathered, positive_part, without_own_facts
from derive.spec.domain import Domain, Interval
from derive.term import symbol, term

ROW = (term(1), symbol("K"))


def domain(*facts: str) -> Domain:
    stated = Domain(relations=tuple(map(read_text, facts))).with_axes("t", ROW).with_axes("y", ROW)
    return stated.with_axes("A", ROW, ROW)


@pytest.mark.parametrize(
    ("fact", "low", "high"),
    [("t[i] > 0", 0, None), ("t[k] < 3", None, 3), ("2 > t[i]", None, 2)],
)
def test_what_is_said_of_every_component_is_the_range_of_the_array(
    fact: str, low: int | None, high: int | None
) -> None:
    found = gathered(domain(fact), {"j", "K"})
    assert found.relations == ()
    assert (found.range("t").low, found.range("t").high) == (low, high)


def test_components_of_matrices_and_closed_ends_too() -> None:
    found = gathered(domain("A[i, j] >= 0", "A[i, j] <= 1"), set())
    assert found.range("A") == Interval(Fraction(0), Fraction(1), False, False)


@pytest.mark.parametrize(
    "fact",
    [
        "t[j] > 0",
        "t[1] > 0",
        "t[i] > y[i]",
        "t[i] < t[i + 1]",
        "A[i, i] > 0",
        "x > y",
        "t[i]**2 + t[i] > 1",
        "t[i] != 0",
    ],
)
def test_what_is_said_of_one_place_of_two_or_of_more_than_a_range_stays(fact: str) -> None:
    stated = domain(fact.replace("t[i] != 0", "Ne(t[i], 3)"))
    found = gathered(stated, {"j", "K"})
    assert found.relations == stated.relations
    assert found.ranges == stated.ranges


def test_values_that_every_component_takes_are_those_of_the_array() -> None:
    two = "Or(Eq(t[i], 0), Eq(t[i], 1))"
    assert gathered(domain(two), set()).values["t"] == (0, 1)
    assert gathered(domain(two, "Or(Eq(t[k], 1), Eq(t[k], 2))"), set()).values["t"] == (1,)
    assert "t" not in gathered(domain("Or(Eq(t[i], 0), t[i] > 1)"), set()).values
    assert "t" not in gathered(domain("Or(Eq(t[i], 0), Eq(t[i], x))"), set()).values


def test_a_fact_holds_at_every_choice_of_its_indices() -> None:
    stated = domain()
    found = Universal.of(read_text("A[i, j] > t[i]"), ["i", "j", "n"], stated)
    assert found.ranges == ((symbol("i"), ROW), (symbol("j"), ROW))
    facts = [(str(fact), [str(place) for place, _ in places]) for fact, places in found.at([symbol("p"), term(2)])]
    assert facts == [
        ("A[p, p] > t[p]", ["p", "p"]),
        ("A[p, 2] > t[p]", ["p", "2"]),
        ("A[2, p] > t[2]", ["2", "p"]),
        ("A[2, 2] > t[2]", ["2", "2"]),
    ]
    assert all(along == ROW for _, places in found.at([term(1)]) for _, along in places)
    assert list(occurrences(found.fact))


def test_facts_at_the_claim_s_own_indices_are_taken_out() -> None:
    stated = domain("t[j] > 0", "t[i] > 0", "x > 0", "t[K] > 1")
    rest, own = without_own_facts(stated, {"K"}, {"j", "K"})
    assert own == [read_text("t[j] > 0")]
    assert rest.relations == tuple(map(read_text, ("t[i] > 0", "x > 0", "t[K] > 1")))


@pytest.mark.parametrize(
    ("fact", "positive"), [("x > y", "x - y"), ("x < y", "y - x"), ("x >= y", None), ("Eq(x, y)", None)]
)
def test_a_strict_inequality_says_what_is_positive(fact: str, positive: str | None) -> None:
    assert positive_part(read_text(fact)) == (None if positive is None else read_text(positive))
