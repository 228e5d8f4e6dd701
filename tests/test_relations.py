"""Relations and conditions against Python's own comparisons."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.relations import (
    COMPARISONS,
    FLIPPED,
    OPPOSITE,
    ORDERS,
    SIDE,
    SIGNS,
    STRICT,
    WEAK,
    affirmed,
    decided,
    opposite,
    settled,
    sign,
    truth_of,
)
from derive.term import RELATIONS, Term, subterms, symbol, term

NUMBERS = (-2, Fraction(-1, 2), 0, Fraction(1, 2), 3)
TRUTHS = {"a": True, "b": False, "c": None}


@pytest.mark.parametrize("head", RELATIONS)
def test_the_tables_agree_with_python(head: str) -> None:
    for left in NUMBERS:
        for right in NUMBERS:
            holds = COMPARISONS[head](left, right)
            assert holds == (sign(left - right) in SIGNS[head])
            assert holds != COMPARISONS[OPPOSITE[head]](left, right)
            assert holds == COMPARISONS[FLIPPED[head]](right, left)
            if head in ORDERS:
                assert COMPARISONS[STRICT[head]](left, right) == (holds and left != right)
                assert COMPARISONS[WEAK[head]](left, right) == (holds or left == right)
                assert not holds or (left - right) * SIDE[head] >= 0


@pytest.mark.parametrize("head", RELATIONS)
def test_what_possible_signs_tell(head: str) -> None:
    for signs in ((-1,), (0,), (1,), (-1, 0), (0, 1), (-1, 1), (-1, 0, 1)):
        holding = {one in SIGNS[head] for one in signs}
        assert truth_of(head, signs) == (holding.pop() if len(holding) == 1 else None)


def conditions() -> st.SearchStrategy[Term]:
    leaves = st.one_of(
        st.sampled_from([Term("true"), Term("false")]),
        st.builds(lambda name, head: Term(head, (symbol(name), term(0))), st.sampled_from("abc"), st.just("gt")),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(lambda part: Term("not", (part,)), inner),
            st.builds(lambda head, parts: Term(head, tuple(parts)), st.sampled_from(["and", "or"]),
                      st.lists(inner, min_size=2, max_size=3)),
        ),
        max_leaves=8,
    )  # fmt: skip


def known(relation: Term) -> bool | None:
    found = TRUTHS[relation.args[0].name]
    return found if relation.head == "gt" or found is None else not found


class UnclearError(Exception):
    pass


def raising(relation: Term) -> bool:
    found = known(relation)
    if found is None:
        raise UnclearError
    return found


@given(conditions())
@settings(max_examples=200, derandomize=True, deadline=None)
def test_conditions_are_decided_as_their_parts_tell(condition: Term) -> None:
    found = decided(condition, known)
    assert decided(affirmed(condition), known) == found
    assert all(node.head != "not" for node in subterms(affirmed(condition)))
    assert decided(opposite(condition), known) == (None if found is None else not found)
    # With either value for what is unknown, the condition has the value that was told.
    guesses = ({**TRUTHS, "c": guess} for guess in (True, False))
    both = {decided(condition, lambda one, truths=truths: truths[one.args[0].name] == (one.head == "gt"))
            for truths in guesses}  # fmt: skip
    assert found is None or both == {found}
    if found is None:
        with pytest.raises(UnclearError):
            settled(condition, raising, UnclearError)
    else:
        assert settled(condition, raising, UnclearError) == found
