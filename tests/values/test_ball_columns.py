"""Balls in columns, against the enclosures of one point at a time."""

from fractions import Fraction

import pytest
from flint import arb

from derive.notation.text import read_text
from derive.values.ball_columns import Points, evaluate
from derive.values.balls import enclose

SCALARS = [Fraction(-5, 2), Fraction(-1, 8), Fraction(0), Fraction(1, 3), Fraction(1), Fraction(7)]


def column(values: list[Fraction]) -> list[arb]:
    return [arb(value.numerator) / value.denominator for value in values]


@pytest.mark.parametrize(
    "formula",
    [
        "1/(1 + exp(-x))",
        "max(x, 0) + abs(x)*min(x, 2)",
        "x**3 - 2*x**2",
        "Piecewise((x, x > 1/2), (-x, And(x < 0, x > -2)), (1, True))",
        "Piecewise((1, Or(x > 0, Not(x < -1))), (0, True))",
        "Sum(x**k, (k, 1, 4))",
        "erf(x) + tanh(x)",
    ],
)
def test_scalars_agree_with_the_enclosure_of_each_point(formula: str) -> None:
    term = read_text(formula)
    for value, found in zip(SCALARS, evaluate(term, Points(len(SCALARS), {"x": column(SCALARS)})), strict=True):
        assert found.overlaps(enclose(term, {"x": value}))


@pytest.mark.parametrize(
    "formula",
    [
        "exp(x[i])/Sum(exp(x[k]), (k, 1, K))",
        "x[i] - Maximum(x[k], (k, 1, K))",
        "Sum(x[k]*KroneckerDelta(i, k), (k, 1, K))",
        "Sum(Piecewise((x[k], k < i), (0, True)), (k, 1, K))",
        "Product(x[k], (k, 1, K))*x[i]",
    ],
)
def test_rows_agree_with_the_enclosure_of_each_component(formula: str) -> None:
    term, row = read_text(formula), SCALARS[1:]
    points = Points(len(row), {}, {"x": (column(row), 1)}, {"i": list(range(1, len(row) + 1)), "K": len(row)})
    for place, found in enumerate(evaluate(term, points), 1):
        at = {"x": tuple(row), "i": Fraction(place), "K": Fraction(len(row))}
        assert found.overlaps(enclose(term, at, first_index=1))


def test_what_cannot_be_decided_is_not_finite() -> None:
    (found,) = evaluate(read_text("Piecewise((1, x > 0), (2, True))"), Points(1, {"x": [arb(0, 1)]}))
    assert not found.is_finite()
    (found,) = evaluate(read_text("log(x)"), Points(1, {"x": [arb(-1)]}))
    assert not found.is_finite()


def test_a_root_of_nothing_is_nothing() -> None:
    (found,) = evaluate(read_text("x**(1/3)"), Points(1, {"x": [arb(0)]}))
    assert found.is_zero()
