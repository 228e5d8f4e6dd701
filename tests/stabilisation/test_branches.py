"""Branches by dynamic programming, and cuts that people can read."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.stabilisation.branches import Choice, Line, choices, plainly_cut, shortest
from derive.stabilisation.judge import Judge
from derive.stabilisation.pool import Candidate
from derive.stabilisation.samples import Sample
from derive.stabilisation.series import Approximation
from derive.term import Term, call, symbol
from derive.values.formats import FLOAT64

X = symbol("x")
PLACES = np.linspace(-2.0, 2.0, 41)
JUDGE = Judge([Sample(FLOAT64, {"x": PLACES}, PLACES, {"all floats": slice(0, 41)})])


def candidate(form: Term, bits: np.ndarray, approximation: Approximation | None = None) -> Candidate:
    return Candidate(form, (), bits, 1, approximation)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
@settings(derandomize=True, max_examples=200, deadline=None)
def test_a_cut_lies_in_its_gap(one: float, other: float) -> None:
    low, high = sorted((one, other))
    if low < high:
        assert Fraction(low) < shortest(low, high) <= Fraction(high)


@pytest.mark.parametrize(("low", "high", "cut"), [(0.3312, 0.3389, "0.335"), (-5.0, 7.0, "0"), (-9.9, -9.1, "-9.5")])
def test_a_cut_is_short(low: float, high: float, cut: str) -> None:
    assert shortest(low, high) == Fraction(cut)


def test_the_better_form_is_used_on_each_side() -> None:
    left = candidate(call("exp", X), np.where(PLACES < 0.45, 0.0, 20.0))
    right = candidate(call("log", X), np.where(PLACES < 0.45, 20.0, 0.0))
    (found,) = [choice for choice in choices([left, right], X, JUDGE) if choice.key == X]
    assert found.pieces == (left, right)
    assert 0.4 < found.cuts[0] <= 0.5


def test_a_branch_that_gains_little_is_not_made() -> None:
    left = candidate(call("exp", X), np.where(PLACES < 0, 0.0, 0.01))
    right = candidate(call("log", X), np.where(PLACES < 0, 0.01, 0.0))
    assert all(choice.key is None for choice in choices([left, right], X, JUDGE))


def test_an_approximation_is_used_within_its_bounds_alone() -> None:
    near = Approximation(X, call("sin", X), Fraction(-9, 20), Fraction(9, 20), 0.0)
    series = candidate(near.form, np.where(np.abs(PLACES) < 0.45, 0.0, 64.0), near)
    exact = candidate(call("cos", X), np.where(np.abs(PLACES) < 0.9, 30.0, 0.0))
    found = list(choices([series, exact], X, JUDGE))
    assert {choice.key for choice in found} == {None, X, call("abs", X)}
    for choice in found:
        if choice.key is not None:
            assert all(abs(cut) <= Fraction(9, 20) for cut in choice.cuts)
    assert Line(X, JUDGE).joined([series]) is None


def test_a_cut_has_few_digits_where_that_does_as_well() -> None:
    pieces = candidate(call("exp", X), np.zeros(PLACES.shape)), candidate(call("exp", X), np.zeros(PLACES.shape))
    for cut in (Fraction(-99999999, 10**8), Fraction(12345678, 10**8)):
        (found,) = plainly_cut(Choice(pieces, X, (cut,)), JUDGE).cuts
        assert found == round(cut, 1)


def test_a_cut_stays_within_what_is_proved() -> None:
    near = Approximation(X, call("sin", X), Fraction(-4567, 10**4), Fraction(4567, 10**4), 0.0)
    series, exact = candidate(near.form, np.zeros(PLACES.shape), near), candidate(X, np.zeros(PLACES.shape))
    choice = Choice((series, exact), call("abs", X), (Fraction(45669, 10**5),))
    (cut,) = plainly_cut(choice, JUDGE).cuts
    assert cut <= near.high
