"""Where values fade, and forms that are 0 too soon."""

from __future__ import annotations

import numpy as np
import pytest

from derive.notation.text import read_text
from derive.spec.domain import Domain
from derive.stabilisation.places import fading_places, outlasts, turning_places

FADING = "8*exp(-abs(x))*(exp(-abs(x))/(1 + exp(-2*abs(x))))"


def test_the_places_are_before_the_last_value_in_each_format_and_direction() -> None:
    places = list(fading_places(read_text("exp(-abs(x))"), Domain()))
    assert [at["x"].dtype for at in places] == ["float32", "float32", "float64", "float64"]
    assert [float(at["x"][0]) for at in places] == pytest.approx([103.97, -103.97, 745.13, -745.13], abs=0.01)


@pytest.mark.parametrize("formula", ["x**2", "tanh(x)", "2", "x - x"])
def test_what_does_not_fade_has_none(formula: str) -> None:
    assert not list(fading_places(read_text(formula), Domain()))


def test_other_variables_stand_still() -> None:
    (first, *_) = fading_places(read_text("a*exp(-abs(x))"), Domain())
    assert len(set(first["a"])) == 1
    assert len(set(first["x"])) == len(first["x"])


@pytest.mark.parametrize(
    ("form", "lasts"),
    [
        ("8*exp(-2*abs(x))/(1 + exp(-2*abs(x)))", False),  # the factor of 8 comes too late
        ("exp(-abs(x))**2*(8/(1 + exp(-2*abs(x))))", False),
        ("exp(-abs(x))*(8*exp(-abs(x))/(1 + exp(-2*abs(x))))", True),
        ("exp(-abs(x)/2)**4*8", False),
    ],
)
def test_a_form_that_is_0_too_soon_is_told(form: str, lasts: bool) -> None:
    other = read_text(FADING)
    assert outlasts(read_text(form), other, list(fading_places(other, Domain()))) is lasts


def test_the_numbers_next_to_a_turn_are_looked_at_in_every_format() -> None:
    found = list(turning_places(read_text("min(x, 3) + exp(x)"), Domain()))
    assert [at["x"].dtype.name for at in found] == ["float32", "float64"]
    for at in found:
        assert {np.nextafter(at["x"].dtype.type(3), at["x"].dtype.type(side)) for side in (0, 9)} | {3.0} <= {*at["x"]}
    assert not list(turning_places(read_text("exp(x)"), Domain()))
