"""Correctly rounded values, against decimal arithmetic and NumPy's own rounding."""

from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx
from numpy.typing import NDArray

from derive.notation.text import read_text
from derive.values.ball_columns import Points
from derive.values.formats import FLOAT32, FLOAT64, FORMATS, Floats, Format
from derive.values.rounding import Rounded, correctly_rounded, round_ball, round_balls

every_format = pytest.mark.parametrize("format_", FORMATS.values(), ids=FORMATS)


def rounded(formula: str, values: Floats, format_: Format, *others: str, bits: tuple[int, ...] = (80, 320)) -> Rounded:
    def points(places: NDArray[np.intp]) -> Points:
        return Points(len(places), {"x": [arb(float(value)) for value in values[places]]})

    return correctly_rounded([read_text(text) for text in (formula, *others)], points, len(values), format_, bits)


def everywhere(format_: Format, count: int = 400) -> Floats:
    end = int(format_.ordinals(np.array([format_.largest], format_.dtype))[0])
    return format_.from_ordinals(np.array([-end + 2 * end * k // (count - 1) for k in range(count)]))


@pytest.mark.parametrize("value", [0.1, -1e-3, 3.0, 1e-42, 87.5, -103.2, 88.6])
def test_exp_is_rounded_to_nearest_and_its_excess_is_exact(value: float) -> None:
    x = np.array([value], np.float32)
    found = rounded("exp(x)", x, FLOAT32)
    with localcontext(prec=60):
        exact = Decimal(float(x[0])).exp()
        assert found.nearest[0] == np.float32(float(exact))
        excess = (exact - Decimal(float(found.nearest[0]))) / Decimal(float(FLOAT32.ulp(found.nearest)[0]))
    assert found.excess[0] == pytest.approx(float(excess), abs=1e-7)  # ulp


def test_a_product_of_float32_is_rounded_as_float64_rounds_it() -> None:
    x = np.random.default_rng(1).normal(size=2000).astype(np.float32)
    wide = x.astype(np.float64) ** 2  # exact in float64
    found = rounded("x*x", x, FLOAT32)
    assert np.array_equal(found.nearest, wide.astype(np.float32))
    assert np.array_equal(found.excess, (wide - found.nearest) / FLOAT32.ulp(found.nearest))


@every_format
def test_what_the_format_holds_has_no_excess(format_: Format) -> None:
    x = everywhere(format_)
    found = rounded("x", x, format_)
    assert np.array_equal(found.nearest, x)
    assert not found.excess.any()


@every_format
@pytest.mark.parametrize("times", [Fraction(1, 3), Fraction(3, 4), Fraction(1, 2), Fraction(5, 4)])
def test_the_vectorised_rounding_agrees_with_integers(format_: Format, times: Fraction) -> None:
    with ctx.workprec(120):
        balls = [arb(times.numerator) * arb(float(x)) / times.denominator for x in everywhere(format_)]
        nearest, excess = round_balls(balls, format_)
        slowly = np.array([round_ball(ball, format_) for ball in balls])
    assert np.array_equal(nearest, slowly[:, 0])
    assert np.abs(excess - slowly[:, 1]).max() < 1e-9  # ulp


@every_format
def test_ties_go_to_even(format_: Format) -> None:
    even, odd = 2 ** (format_.precision - 1), 2 ** (format_.precision - 1) + 1
    with ctx.workprec(80):
        assert round_ball(arb(2 * even + 1) / 2, format_) == (even, 0.5)
        assert round_ball(arb(2 * odd + 1) / 2, format_) == (odd + 1, -0.5)
        assert round_ball(-arb(2 * odd + 1) / 2, format_) == (-odd - 1, 0.5)


def test_a_tie_below_a_power_of_two_is_not_crossed_by_rounding_twice() -> None:
    with ctx.workprec(200):
        tie = 1 - arb(2) ** -25
        nearest, excess = round_balls([tie, tie - arb(2) ** -70, tie + arb(2) ** -70], FLOAT32)
    assert nearest.tolist() == [1.0, 1 - 2.0**-24, 1.0]
    assert excess.tolist() == pytest.approx([-0.25, 0.5, -0.25], abs=1e-12)  # ulp


@every_format
def test_overflow_begins_half_an_ulp_above_the_largest(format_: Format) -> None:
    largest = arb(format_.largest)
    half = arb(2) ** (format_.overflow - format_.precision - 1)
    with ctx.workprec(200):
        assert round_ball(largest + half, format_) == (np.inf, 0)
        assert round_ball(largest + half * arb("0.999").mid(), format_)[0] == format_.largest


@every_format
def test_half_of_the_smallest_subnormal_is_where_zero_begins(format_: Format) -> None:
    half = arb(2) ** (format_.lowest - 1)
    with ctx.workprec(200):
        assert round_ball(half, format_) == (0.0, 0.5)
        assert round_ball(half * (1 + arb(2) ** -80), format_)[0] == format_.smallest
        assert round_ball(half / 4, format_)[0] == 0.0


@every_format
def test_a_ball_that_straddles_a_tie_is_not_rounded(format_: Format) -> None:
    tie = 1 + arb(2) ** -format_.precision
    assert np.isnan(round_ball(arb(tie, arb(2) ** -90), format_)[0])
    assert np.isnan(round_balls([arb(tie, arb(2) ** -90)], format_)[0][0])
    assert round_ball(arb(1, arb(2) ** -60), format_)[0] == 1.0
    assert np.isnan(round_ball(arb(1, 1), format_)[0])


def test_precision_rises_until_cancellation_is_overcome() -> None:
    x = np.array([1e-30], np.float32)
    assert not rounded("(1 + x) - 1", x, FLOAT32, bits=(80,)).known[0]
    found = rounded("(1 + x) - 1", x, FLOAT32, bits=(80, 160))
    assert found.known[0]
    assert found.nearest[0] == x[0]


def test_a_tie_that_no_precision_tells_from_its_neighbours_is_a_tie() -> None:
    tie = np.array([1 + 2.0**-24])
    assert not rounded("exp(log(x))", tie, FLOAT32, bits=(80, 640)).known[0]
    found = rounded("exp(log(x))", tie, FLOAT32, bits=(80, 1280))
    assert found.known[0]
    assert abs(found.excess[0]) == 0.5


def test_an_equal_form_decides_where_the_first_overflows() -> None:
    x = np.array([-1e200, 2.0])
    assert rounded("1/(1 + exp(-x))", x, FLOAT64).known.tolist() == [False, True]
    helped = rounded("1/(1 + exp(-x))", x, FLOAT64, "exp(x)/(1 + exp(x))")
    assert helped.known.all()
    assert helped.nearest[0] == 0.0


def test_huge_exponents_cost_nothing() -> None:
    x = np.array([3e38, -3e38], np.float32)
    assert rounded("exp(x)", x, FLOAT32).nearest.tolist() == [np.inf, 0.0]
