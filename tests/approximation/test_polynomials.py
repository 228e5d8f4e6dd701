"""Polynomials for elementary functions: that fits are the best, that bounds hold, that the file has what fits give."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest

from derive.approximation.bound import error_bound
from derive.approximation.fit import fit
from derive.approximation.lattice import rounded
from derive.approximation.remez import minimax
from derive.elementary.cores import CORES, PRECISIONS, polynomials

PAIRS = [(core, setting) for core in CORES for setting in core.terms]
IDS = [f"{core.name} {setting}" for core, setting in PAIRS]


def test_the_best_line_for_a_square_is_half_a_unit_away() -> None:
    constant, slope = minimax(lambda x: x * x, lambda _: mpmath.mpf(1), [0, 1], mpmath.mpf(-1), mpmath.mpf(1))
    assert abs(constant - 0.5) < 1e-30
    assert abs(slope) < 1e-30


def test_a_polynomial_is_found_again() -> None:
    found = minimax(lambda x: 3 - x + 2 * x**3, lambda _: mpmath.mpf(1), [0, 1, 3], mpmath.mpf(0), mpmath.mpf(1))
    assert [mpmath.nstr(c, 12) for c in found] == ["3.0", "-1.0", "2.0"]


@pytest.mark.parametrize(("core", "setting"), PAIRS, ids=IDS)
def test_the_bound_that_is_kept_is_what_arb_proves(core, setting) -> None:
    kept = polynomials()[core.name][setting]
    assert error_bound(core, kept.coefficients, core.powers(setting)) == kept.bound
    # An ulp of what is computed is 2^(1 - precision) of it at least half the time: the bound is below a half.
    assert kept.bound < 2.0 ** -PRECISIONS[setting]


@pytest.mark.parametrize(("core", "setting"), PAIRS, ids=IDS)
def test_coefficients_are_numbers_of_the_format(core, setting) -> None:
    for coefficient in polynomials()[core.name][setting].coefficients:
        assert coefficient.numerator.bit_length() <= PRECISIONS[setting]


@pytest.mark.parametrize("core", CORES, ids=lambda core: core.name)
def test_the_file_has_what_a_fit_gives(core) -> None:
    assert fit(core, "float32") == polynomials()[core.name]["float32"]


@pytest.mark.parametrize(("core", "setting"), PAIRS, ids=IDS)
def test_a_slip_in_a_coefficient_is_seen(core, setting) -> None:
    kept = polynomials()[core.name][setting]
    slipped = list(kept.coefficients)
    slipped[1] += slipped[1] / 2**10
    assert error_bound(core, slipped, core.powers(setting)) > 4 * kept.bound


def test_the_bound_is_no_less_than_the_error_anywhere() -> None:
    (core,) = (core for core in CORES if core.name == "exp")
    kept = polynomials()["exp"]["float32"]
    with mpmath.workdps(50):
        for step in range(1, 400):
            r = mpmath.mpf(core.high.numerator) / core.high.denominator * (mpmath.mpf(step) / 200 - 1)
            if r:
                value = sum(mpmath.mpf(c.numerator) / c.denominator * r**n for n, c in enumerate(kept.coefficients))
                assert abs(r) * abs(value - (mpmath.exp(r) - 1 - r) / r**2) <= kept.bound


def test_rounding_together_beats_rounding_one_by_one() -> None:
    with mpmath.workdps(40):
        low, high = mpmath.mpf(0), mpmath.mpf(1)
        best = minimax(mpmath.exp, lambda _: mpmath.mpf(1), [0, 1, 2, 3, 4], low, high)
        together = rounded(best, [0, 1, 2, 3, 4], lambda _: mpmath.mpf(1), low, high, 8)
        alone = [Fraction(int(mpmath.nint(c * 2**7)), 2**7) for c in best]

        def value(coefficients: list[Fraction], x: mpmath.mpf) -> mpmath.mpf:
            return sum(mpmath.mpf(c.numerator) / c.denominator * x**n for n, c in enumerate(coefficients))

        def worst(coefficients: list[Fraction]) -> float:
            points = (mpmath.mpf(n) / 200 for n in range(201))
            return float(max(abs(value(coefficients, x) - mpmath.exp(x)) for x in points))

        assert worst(together) < worst(alone)
