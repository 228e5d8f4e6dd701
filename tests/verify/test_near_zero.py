"""Beside 0 a formula is c x and a little more, on the side that is said: as Arb sees it at many bits."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.notation.text import read_text
from derive.values.balls import enclose
from derive.verify.near_zero import REACH, SMALL, Line, near_zero

PLACES = [Fraction(sign * m, 2**e) for sign in (1, -1) for m, e in ((1, REACH), (3, 130), (1, 149), (2**23 - 1, 149))]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x/(1 + exp(-x))", Line(Fraction(1, 2), 1, 1)),
        ("(exp(x) - exp(-x))/(exp(x) + exp(-x))", Line(Fraction(1), 1, -1)),
        ("3*x - x**2", Line(Fraction(3), -1, -1)),
        ("-x/8 + x**3", Line(Fraction(-1, 8), -1, 1)),
        ("expm1(x)", Line(Fraction(1), 1, 1)),
        ("log(1 + x)", Line(Fraction(1), -1, -1)),
        ("x + x**5", Line(Fraction(1), -1, 1)),
    ],
)
def test_the_line_and_the_sides_are_right(text: str, line: Line) -> None:
    formula = read_text(text)
    assert near_zero(formula) == line
    for x in PLACES:
        beyond = enclose(formula, {"x": x}, 2000) - enclose(read_text(f"({line.slope})*x"), {"x": x}, 2000)
        side = line.after if x > 0 else line.before
        assert beyond * side > 0
        assert abs(beyond) * 2**SMALL < abs(float(line.slope * x))


@pytest.mark.parametrize(
    "text",
    [
        "exp(x)",
        "x**2",
        "2*x",
        "x/3 + x**2",
        "abs(x) + x**2",
        "log(x)",
        "1/x",
        "max(x, 0)",
        "pi*x + x**2",
        "0",
        "x + x**9",
    ],
)
def test_where_nothing_is_known_nothing_is_said(text: str) -> None:
    assert near_zero(read_text(text)) is None
