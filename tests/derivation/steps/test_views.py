"""Which formulas read as the same line."""

from __future__ import annotations

import pytest

from derive.derivation.steps.views import same_line
from derive.notation.text import read_text


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("x*y", "y*x"),
        ("a + b - c", "b - c + a"),
        ("x*x", "x**2"),
        ("2*x*3", "6*x"),
        ("-(x*y)", "(-x)*y"),
        ("-x/y", "-(x/y)"),
        ("y*(1/x)", "y/x"),
        ("exp(x)*exp(x)", "exp(2*x)"),
        ("exp(x)*exp(-x)", "1"),
        ("(2*s**2)**2", "4*s**4"),
        ("x**1", "x"),
        ("KroneckerDelta(i, j)", "KroneckerDelta(j, i)"),
        ("Piecewise((1, x > 0), (0, True))", "Piecewise((1, x > 0), (0, x <= 0))"),
        ("exp(-(x*y))", "exp(-y*x)"),
    ],
)
def test_trivial_writing_deserves_no_line(left: str, right: str) -> None:
    assert same_line(read_text(left), read_text(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("x - y", "y - x"),
        ("-(x - y)", "y - x"),
        ("1 + x - 1", "x"),
        ("a/b*(c/d)", "a*c/(b*d)"),
        ("x**-2", "1/x**2"),
        ("(x/y)**2", "x**2/y**2"),
        ("x*(y + 1)", "x*y + x"),
        ("x/(2*x)", "1/2"),
        ("Piecewise((1, x > 0), (0, True))", "Piecewise((1, x > 0), (0, x < 0))"),
        ("Derivative(x*y, x)", "Derivative(y, x)*x"),
    ],
)
def test_what_a_person_would_write_out_is_a_line(left: str, right: str) -> None:
    assert not same_line(read_text(left), read_text(right))
