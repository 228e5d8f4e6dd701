"""Enclosures at one point: what they hold of arrays, sums and branches, and what they refuse."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import pytest
from flint import ctx

from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.notation.text import read_text
from derive.values.balls import Component, enclose, exact, to_ball

ROW: Final = (Fraction(3), Fraction(-1, 2), Fraction(4, 3))
MATRIX: Final = ((Fraction(2), Fraction(1)), (Fraction(1, 2), Fraction(3)))
POINT: Final[dict[str, Component]] = {"x": ROW, "A": MATRIX, "K": Fraction(3), "i": Fraction(2), "t": Fraction(1, 3)}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x[2]", "-1/2"),
        ("x[i + 1]", "4/3"),
        ("A[1, 2]", "1"),
        ("A[2, 1]", "1/2"),
        ("Sum(x[k]**2, (k, 1, K))", "397/36"),
        ("Sum(x[k], (k, 2, 1))", "0"),
        ("Product(x[k], (k, 1, K))", "-2"),
        ("Product(x[k], (k, 2, 1))", "1"),
        ("Maximum(x[k], (k, 1, K))", "3"),
        ("t**3 - t**-2", "-242/27"),
        ("max(t, 1/2)*min(t, 1/2) + abs(-t) + sign(t - 1)", "-1/2"),
        ("floor(5*t) + ceiling(5*t)", "3"),
        ("Piecewise((1, t > 1), (2, And(t > 0, t <= 1/3)), (3, True))", "2"),
        ("Piecewise((1, Ne(t, 1/3)), (2, Eq(t, 1/3)))", "2"),
        ("0**0", "1"),
    ],
)
def test_rational_arithmetic_is_exact_and_a_ball_holds_what_it_gives(text: str, value: str) -> None:
    root, wanted = read_text(text), Fraction(value)
    assert exact(root, POINT, 1) == wanted
    found = enclose(root, POINT, first_index=1)
    assert found.overlaps(to_ball(wanted))
    assert found.rad() < 1e-30


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("KroneckerDelta(i, 2)", "1"),
        ("KroneckerDelta(i, 3)", "0"),
        ("det(A)", "11/2"),
        ("inv(A)[1, 2]", "-2/11"),
        ("inv(A)[2, 1]", "-1/11"),
        ("exp(log(2)*t*3)", "2"),
        ("Sum(exp(0*x[k]), (k, 1, K))", "3"),
        ("Product(exp(0*x[k])*2, (k, 1, K))", "8"),
        ("Maximum(exp(log(x[k]**2)), (k, 1, K))", "9"),
        ("0**t", "0"),
        ("sqrt(2)**(4*t - 4/3)", "1"),
        ("8**t", "2"),
        ("(exp(1) - exp(1))**2", "0"),
        ("Piecewise((1, exp(t) < 1), (2, exp(t) > 2), (3*exp(0*t), True))", "3"),
        ("sign(exp(t) - 1)", "1"),
        ("floor(exp(t))", "1"),
    ],
)
def test_a_ball_holds_what_rational_arithmetic_does_not_give(text: str, value: str) -> None:
    found = enclose(read_text(text), POINT, first_index=1)
    assert exact(read_text(text), POINT, 1) is None
    assert found.overlaps(to_ball(Fraction(value)))
    assert found.rad() < 1e-30


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("x[4]", UnsupportedError),
        ("x[0]", UnsupportedError),
        ("x[t]", UnsupportedError),
        ("A[1, 3]", UnsupportedError),
        ("y", UnsupportedError),
        ("x + 1", UnsupportedError),
        ("Sum(x[k], (k, 1, N))", UnsupportedError),
        ("Sum(t, (k, 1, sqrt(2)))", UnsupportedError),
        ("Maximum(x[k], (k, 2, 1))", Undefined),
        ("(-t)**(1/2)", Undefined),
        ("Piecewise((1, t > 1), (2, t < 0))", Undefined),
        ("Piecewise((1, exp(t) > exp(t)), (2, True))", Undetermined),
        ("sign(exp(t) - exp(t))", Undetermined),
    ],
)
def test_what_has_no_value_or_is_not_decided_is_said(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        enclose(read_text(text), POINT, first_index=1)


def test_a_jump_is_decided_by_rational_arithmetic_where_balls_meet() -> None:
    assert enclose(read_text("sign(t + t + t - 1)"), POINT) == 0
    assert enclose(read_text("floor(t + t + t)"), POINT) == 1
    assert enclose(read_text("Piecewise((1, t + t + t > 1), (2, True))"), POINT) == 2


@pytest.mark.parametrize("text", ["1/(t - 1/3)", "(t - 1/3)**-1", "log(t - 1/3)"])
def test_at_a_pole_no_number_is_exact_and_no_ball_is_finite(text: str) -> None:
    assert exact(read_text(text), POINT) is None
    assert not enclose(read_text(text), POINT).is_finite()


def test_more_bits_make_a_narrower_ball_and_leave_the_precision_as_it_was() -> None:
    before = ctx.prec
    radii = [enclose(read_text("exp(t)"), POINT, bits).rad() for bits in (40, 80, 400)]
    assert radii[0] > radii[1] > radii[2]
    assert ctx.prec == before
    with pytest.raises(UnsupportedError):
        enclose(read_text("y"), POINT, 400)
    assert ctx.prec == before
