"""Which intermediates of float64 are pairs: those on which the result hangs, and no others."""

from __future__ import annotations

import numpy as np
import pytest

from derive.notation.text import read_text
from derive.spec.domain import Domain
from derive.stabilisation.precise import MAX_UNITS, condition_numbers, most_precise, serves, units_off
from derive.stabilisation.samples import Sample, draw
from derive.term import subterms
from derive.values.formats import FLOAT32, FLOAT64


def sample(text: str, everyday: tuple[float, float] = (-300.0, 300.0)) -> Sample:
    return draw([read_text(text)], Domain(), FLOAT64, everyday, 128)


def test_a_condition_number_is_that_of_the_operation() -> None:
    points = {"x": np.linspace(1.0, 50.0, 200)}
    found = condition_numbers(read_text("exp(x/10)*(x + 1)"), points)
    numbers = {str(node): round(number, 2) for node, number in found.items()}
    assert numbers == {"x/10": 5.0, "x + 1": 1.0, "exp(x/10)*(x + 1)": 1.0}


@pytest.mark.parametrize("text", ["exp(x/10)", "exp(-(x*x)/2)", "1/(1 + exp(-3*x))"])
def test_what_loses_digits_is_computed_in_pairs(text: str) -> None:
    form, points = read_text(text), sample(text, (-30.0, 30.0) if "x*x" in text else (-200.0, 200.0))
    found = most_precise([form], points)
    assert units_off(form, points)[1] > 2 * MAX_UNITS
    assert units_off(found, points)[0] == 0
    assert units_off(found, points)[1] <= MAX_UNITS


@pytest.mark.parametrize("text", ["x + 1", "exp(-abs(x))/(1 + exp(-abs(x)))", "tanh(x)", "x*x"])
def test_what_loses_none_stays_as_it_is(text: str) -> None:
    form = read_text(text)
    assert most_precise([form], sample(text)) is form


def test_what_no_pair_makes_good_stays_as_it_is() -> None:
    form = read_text("sqrt(x**2 + 1) - abs(x)")
    found = most_precise([form], sample(str(form), (0.0, 1e6)))
    assert not any(node.head.endswith("_error") for node in subterms(found))


def test_a_value_that_overflows_too_soon_serves_for_no_kernel() -> None:
    text = "x/2*2"
    points = draw([read_text(text)], Domain(), FLOAT64, None, 128)
    large = {"x": np.array([1.5e308, 1.0])}
    overflowing = Sample(FLOAT64, large, np.array([1.5e308, 1.0]), {})
    assert serves(read_text(text), [points, overflowing])
    assert not serves(read_text("x*2/2"), [overflowing])


def test_floats_are_judged_as_they_are_computed_in_double() -> None:
    text = "(x + 1) - x"
    points = draw([read_text("1 + 0*x")], Domain(), FLOAT32, (1.0, 1e6), 64)
    everyday = Sample(FLOAT32, {"x": points.columns["x"][64:]}, points.truth[64:], {})
    assert serves(read_text(text), [everyday])
