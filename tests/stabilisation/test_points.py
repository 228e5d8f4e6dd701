"""Points to try forms at: before they underflow, and next to where they turn."""

from __future__ import annotations

import numpy as np
import pytest

from derive.notation.text import read_text
from derive.spec.domain import Domain
from derive.stabilisation.points import critical_points, underflow_thresholds


def test_the_places_are_before_the_last_value_in_each_format_and_direction() -> None:
    places = list(underflow_thresholds(read_text("exp(-abs(x))"), Domain()))
    assert [at["x"].dtype for at in places] == ["float32", "float32", "float64", "float64"]
    assert [float(at["x"][0]) for at in places] == pytest.approx([103.97, -103.97, 745.13, -745.13], abs=0.01)


@pytest.mark.parametrize("formula", ["x**2", "tanh(x)", "2", "x - x"])
def test_what_does_not_underflow_has_none(formula: str) -> None:
    assert not list(underflow_thresholds(read_text(formula), Domain()))


def test_other_variables_stand_still() -> None:
    (first, *_) = underflow_thresholds(read_text("a*exp(-abs(x))"), Domain())
    assert len(set(first["a"])) == 1
    assert len(set(first["x"])) == len(first["x"])


def test_the_numbers_next_to_a_turn_are_looked_at_in_every_format() -> None:
    found = list(critical_points(read_text("min(x, 3) + exp(x)"), Domain()))
    assert [at["x"].dtype.name for at in found] == ["float32", "float64"]
    for at in found:
        assert {np.nextafter(at["x"].dtype.type(3), at["x"].dtype.type(side)) for side in (0, 9)} | {3.0} <= {*at["x"]}
    assert not list(critical_points(read_text("exp(x)"), Domain()))
