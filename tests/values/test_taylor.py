"""Expansions: the coefficients, what is left beyond them, and where there are none."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import pytest
from flint import arb, ctx

from derive.notation.text import read_text
from derive.values.balls import enclose, to_ball
from derive.values.taylor import BITS, Laurent, NoSeries, TaylorFold, polynomial

RADIUS: Final = Fraction(1, 16)


def expansion(text: str, centre: int | Fraction = 0, order: int = 6) -> Laurent:
    return TaylorFold(to_ball(Fraction(centre)), to_ball(RADIUS), order).of(read_text(text))


@pytest.mark.parametrize(
    ("text", "centre", "low", "parts"),
    [
        ("exp(x)", 0, 0, "1 1 1/2 1/6 1/24"),
        ("-sin(x) + 3", 0, 0, "3 -1 0 1/6 0"),
        ("sqrt(1 + x)", 0, 0, "1 1/2 -1/8 1/16"),
        ("x**3 - x", 2, 0, "6 11 6 1 0"),
        ("x**-2", 0, -2, "1 0 0"),
        ("x**-2", 1, 0, "1 -2 3 -4"),
        ("1/sin(x)", 0, -1, "1 0 1/6 0"),
        ("(exp(x) - 1)/x", 0, 0, "1 1/2 1/6 1/24"),
        ("exp(x)/x - 1/x", 0, -1, "0 1 1/2 1/6"),
        ("x/(exp(x) - 1)", 0, 0, "1 -1/2 1/12 0"),
        ("(1 - cos(x))/x**2", 0, 0, "1/2 0 -1/24 0"),
        ("(1/x + 1)*(1/x + x)", 0, -2, "1 1 1 1 0"),
        ("1/x**2 + 1/sin(x)", 0, -2, "1 1 0 1/6"),
        ("(1/x)/(1 + x)", 0, -1, "1 -1 1 -1"),
        ("abs(x)", 3, 0, "3 1 0"),
        ("abs(x)", -3, 0, "3 -1 0"),
        ("max(x, 2*x)", 1, 0, "2 2 0"),
        ("min(x, 2*x)", 1, 0, "1 1 0"),
        ("heaviside(x)*x", 1, 0, "1 1 0"),
        ("Piecewise((x, x < 0), (x**2, x >= 0))", 1, 0, "1 2 1 0"),
        ("Piecewise((x, Ne(x, 0)), (1, True))", 1, 0, "1 1 0"),
        ("Piecewise((x, Eq(x, 0)), (2*x, True))", 1, 0, "2 2 0"),
    ],
)
def test_the_coefficients_are_those_of_the_formula(text: str, centre: int, low: int, parts: str) -> None:
    found = expansion(text, centre)
    assert found.low == low
    for part, wanted in zip(found.parts, map(Fraction, parts.split()), strict=False):
        assert part.overlaps(to_ball(wanted))
        assert part.rad() < 1e-40
    assert found.rest.is_finite()


@pytest.mark.parametrize(
    "text", ["exp(x)", "1/sin(x)", "(exp(x) - 1)/x", "exp(x)/x - 1/x", "(1/x + 1)*(1/sin(x) + x)", "x/(exp(x) - 1)"]
)
@pytest.mark.parametrize("at", [RADIUS, -RADIUS, RADIUS / 3])
def test_what_is_left_is_small_and_holds_what_is_missing(text: str, at: Fraction) -> None:
    found = expansion(text)
    with ctx.workprec(BITS):
        t = to_ball(at)
        total = (polynomial(found.parts, t) + found.rest * t ** len(found.parts)) * t**found.low
        assert total.overlaps(enclose(read_text(text), {"x": at}, BITS))
        assert total.rad() < 1e-4


@pytest.mark.parametrize("text", ["exp(x)", "1/sin(x)", "exp(x)/x - 1/x"])
def test_more_terms_leave_less(text: str) -> None:
    found = [expansion(text, 0, order) for order in (3, 6, 9)]
    left = [(one.rest * to_ball(RADIUS) ** len(one.parts)).abs_upper() for one in found]
    assert left[0] > left[1] > left[2]


def test_the_number_of_terms_is_what_was_asked_for() -> None:
    before = ctx.cap
    assert len(expansion("exp(x)", 0, 3).parts) == 3
    assert ctx.cap == before


def test_leading_zeros_alone_are_stripped() -> None:
    found = Laurent(1, (arb(0), arb(2), arb(0)), arb(0)).stripped()
    assert (found.low, found.parts) == (2, (2, 0))
    kept = Laurent(1, (arb(2), arb(0)), arb(0))
    assert kept.stripped() is kept
    with pytest.raises(NoSeries):
        Laurent(0, (arb(0),), arb(0)).stripped()


@pytest.mark.parametrize(
    ("text", "centre"),
    [
        ("abs(x)", 0),
        ("log(x)", 0),
        ("log(x)", -1),
        ("sqrt(x)", 0),
        ("x**(1/2)", 1),
        ("x**13", 1),
        ("x**x", 1),
        ("cbrt(x)", 1),
        ("exp(1/x)", 0),
        ("1/(x - x)", 0),
        ("heaviside(x)", 0),
        ("1/(16*x - 1/2)", 0),
        ("Piecewise((1, x > 0), (2, True))", 0),
        ("Piecewise((1, x > 2), (2, x < 0))", 1),
        ("Piecewise((1, And(x > 0, x < 2)), (2, True))", 1),
        ("Sum(x*k, (k, 1, 3))", 1),
    ],
)
def test_where_there_is_no_expansion_none_is_given(text: str, centre: int) -> None:
    with pytest.raises(NoSeries):
        expansion(text, centre)


def test_a_power_up_to_the_twelfth_is_multiplied_out() -> None:
    assert expansion("x**12", 0, 14).parts[12] == 1
    assert expansion("x**1*2").parts[1] == 2
