"""Balls in columns, against the enclosures of one point at a time."""

from fractions import Fraction

import pytest
from flint import arb

from derive.errors import UnsupportedError
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
        "x**2*Sum(k*x, (k, 1, 3)) + 2**x",
        "Maximum(x*k, (k, -1, 1))",
    ],
)
def test_scalars_agree_with_the_enclosure_of_each_point(formula: str) -> None:
    term = read_text(formula)
    for value, found in zip(SCALARS, evaluate(term, Points(len(SCALARS), {"x": column(SCALARS)})), strict=True):
        assert found.is_finite()
        assert found.overlaps(enclose(term, {"x": value}))


@pytest.mark.parametrize(
    "formula",
    [
        "exp(x[i])/Sum(exp(x[k]), (k, 1, K))",
        "x[i] - Maximum(x[k], (k, 1, K))",
        "Sum(x[k]*KroneckerDelta(i, k), (k, 1, K))",
        "Sum(Piecewise((x[k], k < i), (0, True)), (k, 1, K))",
        "Product(x[k], (k, 1, K))*x[i]",
        "Product(1 + x[k]**2, (k, 1, K))",
        "Product(x[k], (k, 3, 2)) + Sum(x[k], (k, 3, 2))",
        "i*Sum(k*x[i], (k, 1, K - 1)) + pi",
        "Piecewise((x[K - i + 1], And(i > 1, Or(i <= 3, False))), (i, Not(Eq(i, K))), (x[2*i - K], True))",
        "Piecewise((x[-(-i)], x[i] > 0), (x[1], True))",
    ],
)
def test_rows_agree_with_the_enclosure_of_each_component(formula: str) -> None:
    term, row = read_text(formula), SCALARS[1:]
    points = Points(len(row), {}, {"x": (column(row), 1)}, {"i": list(range(1, len(row) + 1)), "K": len(row)})
    for place, found in enumerate(evaluate(term, points), 1):
        at = {"x": tuple(row), "i": Fraction(place), "K": Fraction(len(row))}
        assert found.is_finite()
        assert found.overlaps(enclose(term, at, first_index=1))


def test_what_cannot_be_decided_is_not_finite() -> None:
    (found,) = evaluate(read_text("Piecewise((1, x > 0), (2, True))"), Points(1, {"x": [arb(0, 1)]}))
    assert not found.is_finite()
    (found,) = evaluate(read_text("log(x)"), Points(1, {"x": [arb(-1)]}))
    assert not found.is_finite()


def test_a_root_of_nothing_is_nothing() -> None:
    (found,) = evaluate(read_text("x**(1/3)"), Points(1, {"x": [arb(0)]}))
    assert found.is_zero()


def test_a_relation_between_balls_that_meet_is_not_decided() -> None:
    for text in ("x > 0", "x >= 0", "x < 0", "x <= 0", "Eq(x, 0)", "Ne(x, 0)"):
        (found,) = evaluate(read_text(f"Piecewise((1, {text}), (2, True))"), Points(1, {"x": [arb(0, 1)]}))
        assert not found.is_finite()


def test_a_connective_is_decided_by_one_part_where_that_is_enough() -> None:
    root = read_text("Piecewise((1, And(x > 0, y > 0)), (2, Or(x > 0, y < 0)), (3, True))")
    assert evaluate(root, Points(1, {"x": [arb(0, 1)], "y": [arb(-1)]})) == [2]


def test_the_greatest_of_nothing_is_below_everything() -> None:
    assert evaluate(read_text("Maximum(x[k], (k, 2, 1))"), Points(1, {}, {"x": ([arb(1)], 1)})) == [-arb.pos_inf()]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("y", "y has no value"),
        ("A[i, i]", "components of vectors"),
        ("x[i/2]", "not an integer index"),
        ("det(x)", "det"),
        ("Sum(x[k], (k, 1, i))", "must not depend on an index"),
        ("Piecewise((1, x[i] > y), (2, True))", "y has no value"),
    ],
)
def test_what_has_no_column_is_refused(text: str, said: str) -> None:
    points = Points(2, {}, {"x": (column(SCALARS), 1), "A": (column(SCALARS), 1)}, {"i": [1, 2]})
    with pytest.raises(UnsupportedError, match=said):
        evaluate(read_text(text), points)
