"""The algebras agree: whatever gives a formula a value gives it the same one, as far as it can tell."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Final

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.calculus.derivative import derivative
from derive.elementary.table import TABLE
from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.spec.domain import Domain, Interval
from derive.term import Term, branches, call, cases, relation, symbol, term
from derive.values.ball_columns import Points, evaluate
from derive.values.balls import Balls, enclose, to_ball
from derive.values.fold import METHODS, Fold
from derive.values.formats import FLOAT64
from derive.values.ieee import FUNCTIONS
from derive.values.ieee import evaluate as ieee
from derive.values.intervals import range_of
from derive.values.limits import Calculus
from derive.values.one_sided import Indeterminate, OneSided
from derive.values.rounded import Machine
from derive.values.taylor import Laurent, NoSeries, TaylorFold

X: Final = symbol("x")
BITS: Final = 200
# What every algebra has.
UNARY: Final = sorted(name for name in FUNCTIONS if name in TABLE and TABLE[name].arity == 1)
BINARY: Final = ("add", "sub", "mul", "div", "max", "min", "hypot")
NUMBERS: Final = st.fractions(-3, 3, max_denominator=8)


def larger(parts: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    return st.one_of(
        st.builds(call, st.sampled_from(UNARY), parts),
        st.builds(lambda head, u, v: Term(head, (u, v)), st.sampled_from(BINARY), parts, parts),
        st.builds(lambda u, n: u ** term(n), parts, st.sampled_from((2, 3, -1))),
        st.builds(lambda u, v, w, kind: cases((u, relation(kind, w, term(1))), otherwise=v), parts, parts, parts,
                  st.sampled_from(("lt", "ge", "ne"))),
    )  # fmt: skip


FORMULAS: Final = st.recursive(st.one_of(st.just(X), NUMBERS.map(term)), larger, max_leaves=7)


def ball(root: Term, at: Fraction) -> arb | None:
    try:
        found = enclose(root, {"x": at}, BITS)
    except (Undefined, Undetermined, UnsupportedError):
        return None
    return found if found.is_finite() and found.rel_accuracy_bits() > 60 else None


@given(FORMULAS, NUMBERS)
@settings(max_examples=300, derandomize=True, deadline=None)
def test_every_algebra_agrees_with_balls(root: Term, at: Fraction) -> None:
    known = ball(root, at)
    if known is None:
        return
    exact = Balls({"x": at}).rationals.value(root)
    assert exact is None or known.overlaps(to_ball(exact))
    with ctx.workprec(BITS):
        (column,) = evaluate(root, Points(1, {"x": [to_ball(at)]}))
        assert not column.is_finite() or column.overlaps(known)
        try:
            limit = Calculus({"x": OneSided(to_ball(at))}).limit(root, {})
        except (Indeterminate, UnsupportedError):
            limit = known
        assert limit.overlaps(known)
    interval = range_of(root, Domain({"x": Interval(at, at, False, False)}))
    low, high = interval.low, interval.high
    assert low is None or not known < to_ball(low)
    assert high is None or not known > to_ball(high)


@given(FORMULAS, st.sampled_from([Fraction(n, 8) for n in range(-24, 25)]))
@settings(max_examples=300, derandomize=True, deadline=None)
def test_machines_agree_with_balls_to_rounding(root: Term, at: Fraction) -> None:
    known = ball(root, at)
    columns = {"x": np.array([float(at)])}
    with np.errstate(all="ignore"):
        rounded, plain = (float(value[0]) for value in (Machine(FLOAT64, columns).value(root), ieee(root, columns)))
    # Where operations are well conditioned both machines are near the value, and so near each other.
    if known is not None and math.isfinite(rounded) and abs(rounded - float(known)) < 1e-9 * (1 + abs(rounded)):
        assert not math.isfinite(plain) or abs(plain - rounded) < 1e-6 * (1 + abs(rounded)) or is_steep(root)


def is_steep(root: Term) -> bool:
    """Whether a step or a branch may turn a last digit into another value."""
    return any(node.head in ("cases", "floor", "ceiling", "sign") for node in _nodes(root))


def _nodes(root: Term) -> list[Term]:
    return [root, *(inner for part in root.args for inner in _nodes(part))]


@given(FORMULAS, NUMBERS, st.fractions(0, Fraction(1, 16)))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_an_expansion_contains_the_values_around_its_centre(root: Term, at: Fraction, step: Fraction) -> None:
    try:
        found = TaylorFold(to_ball(at), to_ball(Fraction(1, 16)), 4).of(root)
    except (NoSeries, Undefined, Undetermined, UnsupportedError):
        return
    known = ball(root, at + step)
    if known is not None and step:
        with ctx.workprec(BITS):
            t = to_ball(step)
            total = found.rest * t ** len(found.parts) + sum(
                (part * t**k for k, part in enumerate(found.parts)), arb(0)
            )
            assert known.overlaps(total * t**found.low)


def test_a_head_without_a_meaning_is_an_error() -> None:
    class Nothing(Fold[int]):
        def number(self, node: Term) -> int:
            return int(node.number)

    assert Nothing().value(term(3)) == 3
    for root in (X, X + 1, call("sin", term(1)), cases((term(1), relation("lt", X, term(0))), otherwise=2)):
        with pytest.raises(UnsupportedError):
            Nothing().value(root)
    assert all(hasattr(Fold, method) for method in METHODS.values())


def test_a_shared_part_is_computed_once() -> None:
    asked: list[Term] = []

    class Counting(Fold[int]):
        operations = {"add": lambda a, b: a + b}  # noqa: RUF012 - the shape that algebras have

        def symbol(self, node: Term) -> int:
            asked.append(node)
            return 1

    root = X
    for _ in range(30):
        root = root + root
    assert Counting().value(root) == 2**30
    assert asked == [X]
    assert branches(cases((X, relation("lt", X, term(0))), otherwise=1))


def coefficient(found: Laurent, power: int) -> arb:
    """A Taylor coefficient, as far as it is kept; what is below the first is 0."""
    at = power - found.low
    return arb(0) if at < 0 else found.parts[at]


@given(FORMULAS, NUMBERS)
@settings(max_examples=300, derandomize=True, deadline=None)
def test_a_derivative_is_that_of_the_series(root: Term, at: Fraction) -> None:
    slope = derivative(root, X)
    known = ball(slope, at)
    try:
        found = TaylorFold(to_ball(at), to_ball(Fraction(1, 16)), 4).of(root)
    except (NoSeries, Undefined, Undetermined, UnsupportedError):
        return
    if known is not None and found.low >= 0:
        with ctx.workprec(BITS):
            assert known.overlaps(coefficient(found, 1))
