"""Points lie in their domain, and the simplest come first."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.fuel import Fuel
from derive.notation.text import read_text
from derive.proof.refute.breakpoints import breakpoints
from derive.proof.refute.points import Points, _a_few_of, between, simplest_between
from derive.proof.refute.strata import strata
from derive.spec.domain import Interval, read_domain
from derive.term import symbol

rationals = st.fractions(min_value=-50, max_value=50, max_denominator=60)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(rationals, rationals)
def test_the_simplest_rational_between_has_the_smallest_denominator(a: Fraction, b: Fraction) -> None:
    low, high = min(a, b), max(a, b)
    if low == high:
        return
    found = simplest_between(low, high)
    assert low < found < high
    smaller = range(1, found.denominator)
    assert not any((low * q).__floor__() + 1 < high * q for q in smaller)


@pytest.mark.parametrize(("low", "high", "value"), [(None, None, 0), (None, -3, -4), (20, None, 21), (-1, 1, 0)])
def test_the_simplest_rational_in_an_unbounded_interval(low: int | None, high: int | None, value: int) -> None:
    ends = [None if end is None else Fraction(end) for end in (low, high)]
    assert simplest_between(*ends) == value


DOMAINS = ["0<x<1, y>2", "x<y", "x + y = 1", "x integer, 0<y<1/1000", "Or(x<-1, x>1), y in {1, 2}", "x>1e6, y<-1e-9"]


@pytest.mark.parametrize("sentence", DOMAINS)
def test_points_satisfy_the_hypotheses(sentence: str) -> None:
    domain = read_domain([sentence])
    points = Points(["x", "y"], domain, strata(domain, symbol("x"), ["x", "y"], Fuel()), Fuel())
    found = list(islice(points.thorough([read_text("x - 2*y")]), 60))
    assert found
    assert all(points.holds_at(point) for point in found)


def test_every_region_between_breakpoints_has_a_point() -> None:
    places = [Fraction(0), Fraction(1, 10**9), Fraction(6)]
    found = between(places, Interval())
    for low, high in [(None, 0), (0, Fraction(1, 10**9)), (Fraction(1, 10**9), 6), (6, None)]:
        assert any((low is None or low < value) and (high is None or value < high) for value in found)


@pytest.mark.parametrize(
    ("turning", "root"),
    [("x - 1/3", Fraction(1, 3)), ("x**2 - 2", Fraction(141421356, 10**8)), ("exp(x) - 2", Fraction(693147, 10**6)),
     ("abs(x - 5) - 1e-7", Fraction(5)), ("Piecewise((x, x > 0), (exp(x) - 1, True)) - 3", Fraction(3))],
)  # fmt: skip
def test_a_breakpoint_is_found(turning: str, root: Fraction) -> None:
    terms = [read_text(turning), read_text("x - 5")]
    found = breakpoints(terms, "x", {"x": Fraction(0)}, Interval(), Fuel())
    assert min(abs(place - root) for place in found) < Fraction(1, 10**5)


@pytest.mark.parametrize(
    "sentence", ["x integer, 100 < x < 104", "x integer, 1000 < x", "0.00111 < x < 0.00112", "x < -5000"]
)
def test_a_range_without_everyday_numbers_has_points_too(sentence: str) -> None:
    domain = read_domain([sentence])
    points = Points(["x"], domain, strata(domain, symbol("x"), ["x"], Fuel()), Fuel())
    found = {point["x"] for point in points.everyday()}
    assert found
    assert all(value in domain.range("x") for value in found)
    assert "integer" not in sentence or all(value.denominator == 1 for value in found)
    assert "integer" in sentence or len(found) > 2 or domain.range("x").low is None


def test_a_few_points_lie_inside_and_are_whole_where_that_is_asked_for_and_possible() -> None:
    interval = Interval(Fraction(100), Fraction(104))
    for whole in (True, False):
        found = _a_few_of(interval, whole)
        assert all(value in interval for value in found)
        assert all(value.denominator == 1 for value in found) == whole
    assert len(_a_few_of(interval, False)) == 4
    assert _a_few_of(Interval(Fraction(3), Fraction(3), False, False), False) == [3]
    assert _a_few_of(Interval(Fraction(1, 3), Fraction(2, 3)), True)


def test_there_are_points_close_to_each_breakpoint_on_both_sides_and_far_from_all() -> None:
    places = [Fraction(-2), Fraction(0), Fraction(6)]
    found = between(places, Interval())
    for place in places:
        for side in (-1, 1):
            gaps = sorted(side * (value - place) for value in found if side * (value - place) > 0)
            assert gaps[0] <= Fraction(1, 10**8)
            assert any(Fraction(1, 10**4) < gap < Fraction(1, 10) for gap in gaps)
    assert min(found) <= -1000
    assert max(found) >= 1000
