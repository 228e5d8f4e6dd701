"""Which formulas read as the same line, and how products and sums are taken apart."""

from __future__ import annotations

import pytest

from derive.derivation.steps.views import addends, as_product, same_line, tidy, write_sum
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


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("x*2*x", "2*x**2"),
        ("x*1 + 0", "x"),
        ("a - -b", "a + b"),
        ("2*x/(4*y)", "x/(2*y)"),
        ("y*(1/x)", "y/x"),
        ("1/x*Derivative(x**2, x)", "1/x*Derivative(x**2, x)"),
        ("0*x", "0"),
        ("exp(0*x)", "1"),
        ("1.702*x*3", "5.106*x"),
        ("3*x/8", "3*x/8"),
    ],
)
def test_tidying_keeps_the_order_of_writing(text: str, tidied: str) -> None:
    assert tidy(read_text(text)) is read_text(tidied)
    assert tidy(read_text(tidied)) is read_text(tidied)


def test_a_sum_is_its_signed_terms() -> None:
    root = read_text("a - b*c + (d - e) - (f - g)")
    parts = [(sign, str(part)) for sign, part in addends(root)]
    assert parts == [(1, "a"), (-1, "b*c"), (1, "d"), (-1, "e"), (-1, "f - g")]
    assert write_sum(addends(root)) is read_text("a - b*c + d - e - (f - g)")


def test_a_product_is_its_coefficient_and_its_factors() -> None:
    found = as_product(read_text("-3*x**2*y/(2*z)"))
    assert found.coefficient == -3 / read_fraction("2")
    assert {str(base): exponent for base, exponent in found.above.items()} == {"x": 2, "y": 1}
    assert {str(base): exponent for base, exponent in found.below.items()} == {"z": 1}


def read_fraction(text: str) -> object:
    from fractions import Fraction

    return Fraction(text)
