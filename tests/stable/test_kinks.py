"""Where derivatives jump, what a spec has to say about it, and how the stated value enters a form."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb

from derive import Spec, real, size, vector
from derive.domain import Domain, read_domain
from derive.errors import SpecError
from derive.notation.text import read_text
from derive.spec import Function, name_function
from derive.stable.kinks import (
    at_points,
    jumps,
    resolved,
    second_derivative,
    smoothed,
    stated_derivative,
    twice_differentiable,
)
from derive.stable.pieces import by_intervals, held_in_pieces
from derive.term import symbol, term
from derive.truth.enclose import enclose

x, y, a = real("x y a")


def function(body: str, **stated: object) -> Function:
    return name_function(Spec(body, inputs=(x,), **stated), "mine", "mine.py:3: mine")


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ("max(x, 0)",                                    {0: ("max",)}),
        ("max(0, x)**2",                                 {}),
        ("x*abs(x)",                                     {}),
        ("abs(2*x - 3)",                                 {Fraction(3, 2): ("abs",)}),
        ("min(max(x, -1), 1)",                           {-1: ("max",), 1: ("min",)}),
        ("x*min(max(x + 3, 0), 6)/6",                    {-3: ("max",), 3: ("min",)}),
        ("Piecewise((x, x > 0), (exp(x) - 1, True))",    {}),
        ("Piecewise((x, x > 0), (2*(exp(x) - 1), True))", {0: ("Piecewise",)}),
        ("Piecewise((1, x > 2), (0, True))",             {2: ("Piecewise",)}),
        ("sign(x)",                                      {0: ("sign",)}),
        ("log(1 + exp(x))",                              {}),
    ],
)  # fmt: skip
def test_the_points_at_which_a_derivative_jumps(body: str, places: dict[int, tuple[str, ...]]) -> None:
    assert dict(jumps(read_text(body), symbol("x"), Domain())) == places


def test_a_kink_outside_the_domain_is_none() -> None:
    assert not list(jumps(read_text("max(x, 0)"), symbol("x"), read_domain(["x > 0"])))


def test_a_kink_without_a_value_is_an_error_that_says_what_to_write() -> None:
    with pytest.raises(SpecError) as caught:
        stated_derivative(function("max(x, 0)"), "x")
    assert str(caught.value) == (
        "mine.py:3: mine: the body has a kink at x = 0 (max) and no value is stated for the derivative there.\n"
        "  Say which you mean:  Spec(..., kinks={x: {0: 0}})"
    )


def test_a_stated_value_is_taken() -> None:
    _, values = stated_derivative(function("max(x, 0)", kinks={x: {0: "1/2"}}), "x")
    assert values == {0: term(Fraction(1, 2))}


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        ("Piecewise((1, x >= 0), (0, x < 0), (nan, True))", "0", "Piecewise((1, x > 0), (0, x <= 0), (nan, True))"),
        ("Piecewise((1, x > 0), (0, x < 0), (nan, True))", "1", "Piecewise((1, x >= 0), (0, x < 0), (nan, True))"),
        ("Piecewise((1, x >= 0), (exp(x), True))", "1", "Piecewise((1, x >= 0), (exp(x), True))"),
        ("Piecewise((1, x >= 0), (y, x < 0), (nan, True))", "1/2",
         "Piecewise((1/2, x == 0), (1, x > 0), (y, x < 0), (nan, True))"),
        ("exp(x)", "2", "Piecewise((2, x == 0), (exp(x), True))"),
    ],
)  # fmt: skip
def test_a_value_at_a_point_joins_the_branch_that_has_it(form: str, value: str, expected: str) -> None:
    assert str(at_points(read_text(form), symbol("x"), {Fraction(0): read_text(value)})) == expected


def test_branches_are_resolved_where_the_domain_decides() -> None:
    nested = read_text("abs(min(max(x, 0), 6)) + sign(x - 1)")
    assert str(resolved(nested, read_domain(["1 < x < 6"]))) == "x + 1"
    assert str(resolved(nested, Domain())) == "min(max(x, 0), 6) + sign(x - 1)"


def test_a_derivative_is_written_out_between_its_kinks() -> None:
    slope = read_text("(min(max(x + 3, 0), 6) + x*Piecewise((1, And(x > -3, x < 3)), (0, True)))/6")
    pieces = by_intervals(slope, "x", Domain())
    assert str(pieces) == "Piecewise((0, x < -3), ((3 + 2*x)/6, x < 3), (1, x >= 3), (nan, True))"
    held = held_in_pieces(pieces, "x")
    assert str(held.args[2]) == "(3 + 2*max(min(x, 3), -3))/6"


@pytest.mark.parametrize("formula", ["sign(x)", "sign(x - y) + sign(x - 1)", "exp(x)"])
def test_other_formulas_are_left_in_one_piece(formula: str) -> None:
    assert by_intervals(read_text(formula), "x", Domain()) == read_text(formula)


def test_where_kinks_cancel_the_derivative_is_that_of_either_side() -> None:
    smooth = read_text("max(x, 0) + log(1 + exp(-abs(x)))")
    assert {place: str(value) for place, value in smoothed(smooth, "x", Domain()).items()} == {
        0: "1 - 1/(1 + exp(-0))*exp(-0)"
    }
    assert not smoothed(read_text("x*abs(x)"), "x", Domain())
    assert not smoothed(read_text("max(x, 0)"), "x", Domain())


@pytest.mark.parametrize(
    ("body", "smooth"),
    [
        ("log(1 + exp(x))",                                       True),
        ("max(x, 0)**3",                                          True),
        ("x**2*abs(x)",                                           True),
        ("max(x, 0) + log(1 + exp(-abs(x)))",                     True),
        ("max(x, 0)",                                             False),
        ("x*abs(x)",                                              False),
        ("Piecewise((x, x > 0), (exp(x) - 1, True))",             False),
        ("Piecewise((x**2, abs(x) <= 1), (2*abs(x) - 1, True))",  False),
        ("max(exp(x) - 2, 0)**3",                                 False),  # its kink is not among those that are found
    ],
)  # fmt: skip
def test_there_is_a_second_derivative_where_nothing_jumps(body: str, smooth: bool) -> None:
    assert twice_differentiable(function(body)) == (("x",) if smooth else ())


def test_second_derivatives_are_those_in_arrays() -> None:
    spec = Spec("exp(a*x) + max(x - y, 0)**3 + y**2", inputs=(x, y), params=(a,), wrt=(y, x, a))
    assert twice_differentiable(name_function(spec, "mine", "mine.py:3: mine")) == ()
    spec = Spec("exp(a*x)*y", inputs=(x, y), params=(a,), wrt=(y, x, a))
    assert twice_differentiable(name_function(spec, "mine", "mine.py:3: mine")) == ("y", "x")
    row = vector("x", size("K"))
    rows = Spec("x[i]**2", inputs=(row,))
    assert twice_differentiable(name_function(rows, "mine", "mine.py:3: mine")) == ()


def test_where_kinks_cancel_so_do_those_of_the_second_derivative() -> None:
    _, values = second_derivative(function("max(x, 0) + log(1 + exp(-abs(x)))"), "x")
    assert list(values) == [0]
    assert enclose(values[Fraction(0)], {}, 64).contains(arb(0.25))
