"""Moves of algebra keep the value, whatever formula they meet; their names say what was done."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.calculus.products import tidy
from derive.derivation.steps.moves import MOVES, rewritings
from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.notation.text import read_text
from derive.spec.domain import Domain
from derive.term import Term, call, symbol, term
from derive.values.balls import enclose, exact

ANYWHERE = Domain()
POINT = {"x": Fraction(2, 7), "y": Fraction(9, 5), "v": (Fraction(1, 2), Fraction(-3, 4)), "i": Fraction(1),
         "j": Fraction(2), "K": Fraction(2)}  # fmt: skip
LEAVES = st.sampled_from(("x", "y", "1", "2", "3", "v[i]", "v[j]", "KroneckerDelta(i, j)")).map(read_text)


def level(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    arithmetic = st.builds(
        lambda head, a, b: Term(head, (a, b)), st.sampled_from(("add", "sub", "mul", "div")), inner, inner
    )
    return st.one_of(
        arithmetic,
        arithmetic,
        inner.map(lambda a: -a),
        inner.map(lambda a: call("exp", a)),
        inner.map(lambda a: call("log", call("exp", a))),
        st.builds(lambda a, n: a ** term(n), inner, st.sampled_from((-2, -1, 2, 3))),
    )


def value(root: Term) -> object:
    """A ball, or None where the formula has no value at POINT."""
    try:
        found = enclose(root, POINT, bits=300, first_index=1)
    except (Undefined, Undetermined, UnsupportedError):
        return None
    return found if found.is_finite() and found.rad() < 1e-40 else None


@given(level(level(level(LEAVES))))
@settings(derandomize=True, max_examples=150, deadline=None)
def test_every_move_keeps_the_value(root: Term) -> None:
    before = value(root)
    assert before is None or value(tidy(root)) is None or before.overlaps(value(tidy(root)))  # type: ignore[attr-defined]
    for turn in rewritings(root, ANYWHERE):
        after = value(turn.after)
        assert before is None or after is None or before.overlaps(after), turn  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("before", "after", "there", "back"),
    [
        ("(1 + x)**-2*y", "y/(1 + x)**2", "write as a fraction", "write as a power"),
        ("1/x*(y/x)", "y/x**2", "multiply the fractions", "split the fraction"),
        ("(x/y)**2", "x**2/y**2", "power of the fraction", "write as one power"),
        ("1 - 1/x", "(x - 1)/x", "common denominator", "split the fraction"),
        ("x*y/(x*2)", "y/2", "cancel `x`", "extend the fraction by `x`"),
        ("1 + x - 1", "x", "collect like terms `1`", "add and subtract `1`"),
        ("2*x + 3*x", "5*x", "collect like terms", "add and subtract"),
        ("x*(y + 1)", "x*y + x", "multiply out", "factor out"),
        ("x*y + x", "x*(y + 1)", "factor out `x`", "multiply out"),
        ("(x + 1)**2", "x**2 + 2*x + 1", "expand the power", "write as a power"),
        ("-(x - y)", "y - x", "distribute the sign", "factor out the sign"),
        ("exp(x)*exp(y)", "exp(x + y)", "multiply exponentials", "split the exponential"),
        ("1/(1 + exp(-x))", "exp(x)/(exp(x) + 1)", "extend by `exp(x)`", "divide above and below by `exp(x)`"),
        (
            "KroneckerDelta(i, j)*v[i]",
            "KroneckerDelta(i, j)*v[j]",
            "one index for two, by δ",
            "one index for two, by δ",
        ),
        ("Sum(KroneckerDelta(k, j)*v[k], (k, 1, K))", "v[j]", "contract δ", "expand by δ"),
        ("Sum(x*v[k], (k, 1, K))", "x*Sum(v[k], (k, 1, K))", "sum term by term", "one sum"),
        ("x*sign(x)", "abs(x)", "sign and modulus", "sign and modulus"),
    ],
)
def test_a_move_has_a_name_either_way(before: str, after: str, there: str, back: str) -> None:
    wanted = tidy(read_text(after))
    found = {(turn.there, turn.back) for turn in rewritings(read_text(before), ANYWHERE) if turn.after == wanted}
    assert (there, back) in found


def test_an_outer_case_settles_an_inner_one() -> None:
    before = read_text("Piecewise((1, x > 0), (Piecewise((x, x > 0), (y, True)) + 1, True))")
    after = read_text("Piecewise((1, x > 0), (y + 1, True))")
    assert after in {turn.after for turn in rewritings(before, ANYWHERE)}


def test_an_identity_is_used_under_its_condition_alone() -> None:
    root, split = read_text("log(x*y)"), read_text("log(x) + log(y)")
    positive = ANYWHERE.related(read_text("x > 0")).related(read_text("y > 0"))
    assert split not in {turn.after for turn in rewritings(root, ANYWHERE)}
    assert split in {turn.after for turn in rewritings(root, positive)}


def test_no_two_moves_share_their_work() -> None:
    assert len({move.at for move in MOVES}) == len(MOVES)
    assert symbol("x") not in {turn.after for turn in rewritings(symbol("x"), ANYWHERE)}


@pytest.mark.parametrize("base", ["x - y", "1 - x", "-x + 2", "x - y - z", "-x - y", "2*x - 3*y + 1", "x*y - z"])
@pytest.mark.parametrize("exponent", [2, 3])
def test_every_move_keeps_the_sign_of_each_part_of_a_power(base: str, exponent: int) -> None:
    root = read_text(f"({base})**{exponent}")
    places = [dict(zip("xyz", map(Fraction, at), strict=True)) for at in ((2, 3, 5), (-1, 4, 2), (3, -2, -7))]
    moved = [turn for turn in rewritings(root, ANYWHERE) if turn.there == "expand the power"]
    assert moved
    for turn in moved:
        assert [exact(turn.after, place) for place in places] == [exact(root, place) for place in places]
