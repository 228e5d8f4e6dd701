"""The range of a Term encloses its values, and conditions are decided by it."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive.errors import Undetermined
from derive.notation.text import read_text
from derive.spec.domain import REALS, Domain, Interval, read_domain
from derive.term import Term, call, symbol, term
from derive.values.balls import enclose, to_ball
from derive.values.intervals import MONOTONE, bound, closure, decide, possible_signs, range_of, whole_range

HALF_OPEN = read_domain(["0 < p < 1", "0 <= y <= 1", "a > 0", "s in {-1, 1}"])


@pytest.mark.parametrize(
    ("formula", "low", "low_open", "high", "high_open"),
    [
        ("exp(-abs(x))",             0, True, 1, False),
        ("1/(1 + exp(-x))",          0, True, 1, True),
        ("p*(1 - p)",                0, True, 1, True),
        ("y*log(p)",                 None, True, 0, False),
        ("-expm1(-2*abs(x))",        0, False, 1, True),
        ("x**2",                     0, False, None, True),
        ("1 + s",                    0, False, 2, False),
        ("exp(-exp(min(x, 9)))",     0, True, 1, True),
        ("Sum(exp(x[k]), (k, 1, K))", 0, True, None, True),
        ("floor(16*min(abs(x), 4))", 0, False, 64, False),
        ("Piecewise((x, x > 2), (3, True))", 2, True, None, True),
        ("Piecewise((x, p > 1), (3, p < 1), (x, True))", None, True, None, True),
        ("a**-1",                    0, True, None, True),
        ("p**-2",                    1, True, None, True),
        ("(-p)**-3",                 None, True, -1, True),
        ("(2 + y)**-1*6",            2, False, 3, False),
        ("x**-1",                    None, True, None, True),
        ("x**65",                    None, True, None, True),
        ("x**66",                    0, False, None, True),
        ("x**(1/2)",                 0, False, None, True),
        ("a**(1/2)",                 0, True, None, True),
        ("a**x",                     0, True, None, True),
        ("x**y",                     None, True, None, True),
        ("ceiling(y/2)",             0, False, 1, False),
        ("Product(exp(x[k]), (k, 1, K))", 0, True, None, True),
        ("Sum(abs(x[k]), (k, 1, K))", 0, False, None, True),
        ("Sum(-exp(x[k]), (k, 1, K))", None, True, None, True),
        ("Maximum(tanh(x[k]), (k, 1, K))", -1, True, 1, True),
        ("sin(x) + cos(2*x)",        -2, False, 2, False),
        ("sqrt(y - 2)",              None, True, None, True),
        ("exp(x - oo)",              0, True, None, True),
    ],
)  # fmt: skip
def test_the_range_of_a_formula(
    formula: str, low: int | None, low_open: bool, high: int | None, high_open: bool
) -> None:
    found = range_of(read_text(formula), HALF_OPEN)
    assert (found.low, found.low_open, found.high, found.high_open) == (low, low_open, high, high_open)


EVERYWHERE = [head for head, (_, defined, _, _) in MONOTONE.items() if defined == REALS]


def larger(parts: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    unary, binary = (*EVERYWHERE, "abs", "sign", "floor", "neg"), ("add", "sub", "mul", "max", "min")
    return st.one_of(
        st.builds(lambda head, u: Term(head, (u,)), st.sampled_from(unary), parts),
        st.builds(lambda head, u, v: Term(head, (u, v)), st.sampled_from(binary), parts, parts),
    )


LEAVES = st.one_of(st.just(symbol("x")), st.fractions(-3, 3, max_denominator=4).map(term))


@given(st.recursive(LEAVES, larger, max_leaves=6), st.fractions(-2, 2, max_denominator=8))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_a_value_lies_in_the_range(formula: Term, at: Fraction) -> None:
    found = range_of(formula, Domain().related(read_text("And(x >= -2, x <= 2)")))
    try:
        value = enclose(formula, {"x": at}, 200)
    except Undetermined:
        assume(False)
    assert found.low is None or not value < to_ball(found.low)
    assert found.high is None or not value > to_ball(found.high)


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ("exp(x) == 0", False),
        ("p > 0", True),
        ("p > 1/2", None),
        ("And(y >= 0, y <= 1)", True),
        ("Or(p > 1, x > 0)", None),
        ("Not(p < 1)", False),
        ("abs(x) == oo", False),
        ("x != oo", True),
        ("x <= oo", True),
        ("x > oo", False),
        ("And(x == 0, abs(x) == oo)", False),
        ("-x < oo", True),
        ("x >= -oo", None),
        ("x - oo == 0", False),
        ("s == 2", False),
        ("exp(x) >= 0", True),
        ("x**2 < 0", False),
        ("x**2 > 0", None),
        ("pi > 3", True),
        ("pi < 4", True),
        ("E > 3", False),
    ],
)
def test_conditions(condition: str, answer: bool | None) -> None:
    assert decide(read_text(condition), HALF_OPEN) is answer


def test_a_branch_is_taken_into_account_where_its_condition_holds() -> None:
    assert range_of(symbol("x"), Domain().related(read_text("x >= 2"))).low == 2


ENDS = st.one_of(st.none(), st.fractions(-3, 3, max_denominator=2))


def interval(low: Fraction | None, high: Fraction | None, low_open: bool, high_open: bool) -> Interval:
    return Interval(low, high, low is None or low_open, high is None or high_open)


INTERVALS = st.builds(interval, ENDS, ENDS, st.booleans(), st.booleans()).filter(lambda found: not found.empty)
NEAR, FAR = Fraction(1, 10**12), Fraction(10**6)


def numbers_in(interval: Interval) -> list[Fraction]:
    """Its ends, or numbers near those that it lacks; what is far out; and around 0."""
    low = -FAR if interval.low is None else interval.low + NEAR * interval.low_open
    high = FAR if interval.high is None else interval.high - NEAR * interval.high_open
    return [at for at in (low, high, Fraction(0), NEAR, -NEAR) if low <= at <= high]


OPERATIONS = {
    "x + y": lambda x, y: x + y, "x - y": lambda x, y: x - y, "x*y": lambda x, y: x * y, "-x": lambda x, y: -x,
    "abs(x)": lambda x, y: abs(x), "max(x, y)": max, "min(x, y)": min, "x**2": lambda x, y: x**2,
    "x**3": lambda x, y: x**3, "Piecewise((x, z > 0), (y, True))": lambda x, y: x,
}  # fmt: skip


@pytest.mark.parametrize("text", OPERATIONS)
@given(INTERVALS, INTERVALS)
@settings(max_examples=150, derandomize=True, deadline=None)
def test_an_operation_reaches_the_ends_of_its_range_and_nothing_beyond(text: str, x: Interval, y: Interval) -> None:
    found = range_of(read_text(text), Domain({"x": x, "y": y}))
    operation = OPERATIONS[text]
    values = [operation(u, v) for u in numbers_in(x) for v in numbers_in(y)]
    values += numbers_in(y) if "Piecewise" in text else []
    assert all(value in found for value in values)
    for end, is_open, nearest in ((found.low, found.low_open, min(values)), (found.high, found.high_open, max(values))):
        if end is None:
            assert is_open
            assert abs(nearest) >= FAR / 10
        else:
            assert abs(nearest - end) < Fraction(1, 10**4)
            assert (nearest == end) == (not is_open)


@given(INTERVALS, INTERVALS)
@settings(max_examples=150, derandomize=True, deadline=None)
def test_a_quotient_reaches_the_ends_of_its_range_where_the_divisor_keeps_its_sign(x: Interval, y: Interval) -> None:
    assume(not x.empty and (y.is_positive() or y.is_negative()))
    found = range_of(read_text("x/y"), Domain({"x": x, "y": y}))
    values = [u / v for u in numbers_in(x) for v in numbers_in(y)]
    assert all(value in found for value in values)
    for end, nearest in ((found.low, min(values)), (found.high, max(values))):
        assert abs(nearest) >= FAR / 10 if end is None else abs(nearest - end) < Fraction(1, 10**4)


@given(INTERVALS)
@settings(derandomize=True)
def test_the_signs_of_an_interval_are_those_of_its_numbers(x: Interval) -> None:
    assert possible_signs(x) == {(at > 0) - (at < 0) for at in numbers_in(x)}


@given(INTERVALS)
@settings(derandomize=True)
def test_a_closure_has_the_ends_that_are_finite(x: Interval) -> None:
    found = closure(x)
    assert (found.low, found.high) == (x.low, x.high)
    assert all(end is None or end in found for end in (x.low, x.high))
    assert (found.low_open, found.high_open) == (x.low is None, x.high is None)


POINTS = [Fraction(n, 4) for n in range(-9, 10)]


@pytest.mark.parametrize("head", MONOTONE)
def test_a_monotone_function_reaches_its_values_at_the_ends(head: str) -> None:
    direction, defined, *_ = MONOTONE[head]
    inside = [at for at in POINTS if at in defined and at not in (defined.low, defined.high)]
    for low, high in pairwise(inside):
        for low_open, high_open in ((True, False), (False, True)):
            found = range_of(call(head, symbol("x")), Domain({"x": Interval(low, high, low_open, high_open)}))
            values = [enclose(call(head, at), {}, 200) for at in (low, high)[::direction]]
            for end, value, way in zip((found.low, found.high), values, (1, -1), strict=True):
                assert end is not None
                assert not way * (to_ball(end) - value) > 0
                assert abs(to_ball(end) - value) < 1e-15 * (1 + abs(value))
            assert (found.low_open, found.high_open) == (low_open, high_open)[::direction]


@pytest.mark.parametrize("head", MONOTONE)
def test_the_whole_range_of_a_monotone_function_is_what_it_reaches_from_end_to_end(head: str) -> None:
    _, defined, *_ = MONOTONE[head]
    found = range_of(call(head, symbol("x")), Domain({"x": defined}))
    assert whole_range(head) == found
    beyond = [at for at in POINTS if at not in defined]
    assert all(range_of(call(head, at), Domain()) == REALS for at in beyond)


def test_the_whole_range_of_another_function_is_its_record_s_or_everything() -> None:
    assert whole_range("sin") == Interval(Fraction(-1), Fraction(1), False, False)
    assert whole_range("gamma") == REALS


@pytest.mark.parametrize(("text", "exact"), [("pi/2", math.pi / 2), ("-1/E", -1 / math.e), ("3/4", 0.75)])
def test_a_bound_is_rounded_outwards_to_thousandths(text: str, exact: float) -> None:
    low, high = bound(text, -1), bound(text, 1)
    assert low is not None
    assert high is not None
    assert float(low) <= exact <= float(high)
    assert high - low in (0, Fraction(1, 1000))
    assert bound("oo", 1) is bound("-oo", -1) is None
