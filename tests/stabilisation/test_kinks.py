"""Where derivatives jump, what a spec has to say about it, and how the stated value enters a form."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb

from derive import Spec, real, size, vector
from derive.errors import SpecError
from derive.limits.sides import by_sides, resolved
from derive.limits.turning import at_points, solved
from derive.notation.text import read_text
from derive.spec.domain import Domain, read_domain
from derive.spec.statement import Function, name_function
from derive.stabilisation.kinks import (
    filled,
    mismatches,
    second_derivative,
    smoothed,
    stated_derivative,
    twice_differentiable,
)
from derive.term import free_symbols, symbol, term, transform
from derive.values.balls import enclose

x, y, a = real("x y a")


def function(body: str, **stated: object) -> Function:
    return name_function(Spec(body, inputs=(x,), **stated), "mine", "mine.py:3: mine")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("max(x, 0)", "has a kink at x = 0 (max; its slope is 0 on the left and 1 on the right) and no value is stated "
         "for the derivative there.\n  Say which you mean:  Spec(..., kinks={x: {0: 0}})"),
        ("abs(x - 3/2)", "has a kink at x = 3/2 (abs; its slope is -1 on the left and 1 on the right)"),
        ("abs(exp(x) - 1)", "has a kink at x = 0 (abs; its slope is -1 on the left and 1 on the right)"),
        ("sqrt(abs(x))", "has a kink at x = 0 (abs; its slope is -oo on the left and oo on the right)"),
        ("max(x, a*x)", "has a kink at x = 0 (max; its slope is a on the left and 1 on the right)"),
        ("Piecewise((x, x > 0), (2*(exp(x) - 1), True))", "has a kink at x = 0 (Piecewise; its slope is 2 on the left"),
        ("sign(x)", "jumps at x = 0 (sign; from -1 to 1), so that it has no derivative there"),
        ("Piecewise((1, x > 2), (0, True))", "jumps at x = 2 (Piecewise; from 0 to 1)"),
        ("Piecewise((sin(x)/x, x != 0), (2, True))", "jumps at x = 0 (quotient, Piecewise; its value there is not"),
        ("Piecewise((x*sin(1/x), x != 0), (0, True))", "whether the body has a kink at x = 0"),
    ],
)  # fmt: skip
def test_a_kink_without_a_value_is_an_error_that_says_what_to_write(body: str, said: str) -> None:
    stated = {"params": (a,), "assume": "0 < a < 1"} if "a*x" in body else {}
    with pytest.raises(SpecError) as caught:
        stated_derivative(function(body, **stated), "x")
    assert str(caught.value).startswith("mine.py:3: mine: ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        "max(0, x)**2", "x*abs(x)", "log(1 + exp(x))", "Piecewise((x, x > 0), (exp(x) - 1, True))",
        "max(x, 0) + log(1 + exp(-abs(x)))", "sign(x)*log(1 + abs(x))", "sign(x)*(exp(abs(x)) - 1)",
        "abs(x)*(exp(x) - 1)", "max(x, 0) - x/2 + log(cosh(x/2)) - abs(x)/2",
        "Piecewise((sin(x)/x, x != 0), (1, True))",
        "Piecewise(((exp(x) - 1)/x, x != 0), (1, True))", "Piecewise((exp(-1/x**2), x != 0), (0, True))",
        "Piecewise((x**2/2, abs(x) <= a), (a*(abs(x) - a/2), True))",
        "Piecewise((a**2/6*(1 - (1 - (x/a)**2)**3), abs(x) <= a), (a**2/6, True))",
        "Piecewise((x**2, x < 1), (2*x - 1, True))", "1/abs(x)", "log(abs(x))",
    ],
)  # fmt: skip
def test_where_kinks_cancel_no_value_is_asked_for(body: str) -> None:
    stated = {"params": (a,), "assume": "a > 0"} if "a" in free_symbols(read_text(body)) else {}
    stated_derivative(function(body, **stated), "x")


@pytest.mark.parametrize(
    ("body", "place", "value", "said"),
    [
        ("Piecewise((x**2, x < 1), (2*x - 1, True))", 1, "0", "the body is smooth there, and its slope is 2, not 0"),
        ("Piecewise(((exp(x) - 1)/x, x != 0), (1, True))", 0, "0", "its slope is 1/2, not 0"),
        ("sin(x)", 0, "0", "its slope is 1, not 0"),
        ("x**2", 3, "0", "its slope is 6, not 0"),
        ("max(x, 0)", 0, "2", "cannot be 2: the slope is 0 on the left and 1 on the right"),
        ("max(x, 0)", 0, "-1/10", "state a value from 0 to 1"),
        ("-abs(x)", 0, "3/2", "the slope is 1 on the left and -1 on the right"),
        ("max(x, 0)", 1, "0", "its slope is 1, not 0"),
    ],
)  # fmt: skip
def test_a_value_that_the_derivative_cannot_have_is_refused(body: str, place: int, value: str, said: str) -> None:
    with pytest.raises(SpecError, match="the kink stated at x = ") as caught:
        stated_derivative(function(body, kinks={x: {place: value}}), "x")
    assert said in str(caught.value)


def test_a_kink_stated_outside_the_domain_is_refused() -> None:
    with pytest.raises(SpecError, match="x = -1 is outside the domain"):
        stated_derivative(function("log(x)", kinks={x: {-1: 0}}, assume="x > 0"), "x")


@pytest.mark.parametrize("value", ["0", "1", "1/2"])
def test_a_value_between_the_slopes_is_taken(value: str) -> None:
    assert stated_derivative(function("max(x, 0)", kinks={x: {0: value}}), "x")[1] == {0: read_text(value)}


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


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("x > x/8", "x > 0"),
        ("-x < x/8", "x > 0"),
        ("2*x - 3*x >= x", "x <= 0"),
        ("(3*x + 1)/2 <= 2*x - 1/4 + 3/4", "x >= 0"),
        ("x > x/8 + 7", "x > 8"),
        ("Ne(x, 2*x)", "Ne(x, 0)"),
        ("x > x**2/x", "x > x**2/x"),
        ("x > x*x/x", "x > x*x/x"),
        ("x**2 > x", "x**2 > x"),
        ("x > y*x", "x > y*x"),
        ("exp(x) > 2*exp(x)", "exp(x) > 2*exp(x)"),
    ],
)
def test_multiples_of_one_variable_are_compared_as_that_variable_is(condition: str, expected: str) -> None:
    stated, wanted = (read_text(f"Piecewise((1, {part}), (0, True))") for part in (condition, expected))
    assert transform(stated, solved) == wanted


@pytest.mark.parametrize(
    ("body", "there"),
    [
        ("max(x, 0) + log(1 + exp(-abs(x)))", {0: "1/2"}),
        ("sign(x)*log(1 + abs(x))", {0: "1"}),
        ("Piecewise(((exp(x) - 1)/x, x != 0), (1, True))", {0: "1/2"}),
        ("x/(exp(x) - 1)", {0: "-1/2"}),
        ("x*abs(x)", {}),
        ("max(x, 0)", {}),
    ],
)
def test_where_kinks_cancel_the_derivative_is_that_of_either_side(body: str, there: dict[int, str]) -> None:
    assert {place: str(value) for place, value in smoothed(read_text(body), "x", Domain()).items()} == there


def test_a_value_is_the_limit_where_the_formula_has_none() -> None:
    assert {p: str(v) for p, v in filled(read_text("sin(x)/x + (1 - cos(y))"), "x", Domain()).items()} == {
        0: "1 + (1 - cos(y))"
    }
    assert not filled(read_text("1/x"), "x", Domain())
    assert not filled(read_text("abs(x)/x"), "x", Domain())


def test_what_turns_is_taken_from_each_side() -> None:
    slope = read_text("Piecewise((1, x > 0), (0, True)) - exp(-abs(x))*sign(x)/(1 + exp(-abs(x)))")
    sided = by_sides(slope, "x", {Fraction(0): term(Fraction(1, 2))}, Domain())
    assert str(sided) == ("Piecewise((exp(x)/(1 + exp(x)), x < 0), (1 - exp(-x)/(1 + exp(-x)), True))")


def test_values_that_a_form_lacks_are_found() -> None:
    stated = read_text("Piecewise((sin(x)/x, x != 0), (1, True))")
    assert list(mismatches(read_text("sin(x)/x"), stated, "x", Domain())) == [(0, term(1), None)]
    assert not list(mismatches(stated, stated, "x", Domain()))


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
