"""The range of a Term encloses its values, and conditions are decided by it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive.errors import Undetermined
from derive.notation.text import read_text
from derive.spec.domain import REALS, Domain, read_domain
from derive.term import Term, symbol, term
from derive.values.balls import enclose, to_ball
from derive.values.intervals import MONOTONE, decide, range_of

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
    ],
)
def test_conditions(condition: str, answer: bool | None) -> None:
    assert decide(read_text(condition), HALF_OPEN) is answer


def test_a_branch_is_taken_into_account_where_its_condition_holds() -> None:
    assert range_of(symbol("x"), Domain().related(read_text("x >= 2"))).low == 2
