"""Strata of points with their truth, and errors in bits."""

from __future__ import annotations

import numpy as np
import pytest

from derive.notation.text import read_text
from derive.spec.domain import Domain, read_domain
from derive.stabilisation.points import ALL_FLOATS, EVERYDAY
from derive.stabilisation.samples import Sample, draw
from derive.values.formats import FLOAT32, FLOAT64, Format


def sample_of(text: str, domain: Domain | None = None, count: int = 64, format_: Format = FLOAT64) -> Sample:
    return draw([read_text(text)], domain or Domain(), format_, count=count)


def test_the_same_points_every_time() -> None:
    one, other = sample_of("exp(x) + y"), sample_of("exp(x) + y")
    np.testing.assert_array_equal(one.columns["x"], other.columns["x"])
    np.testing.assert_array_equal(one.truth, other.truth)
    assert [part.stop - part.start for part in one.strata.values()] == [64, 64]


def test_points_lie_in_the_domain_and_the_formula_has_a_value_there() -> None:
    sample = sample_of("log(x - y)", read_domain(["y > 1", "x > y"]))
    assert (sample.columns["y"] > 1).all()
    assert (sample.columns["x"] > sample.columns["y"]).all()
    assert not np.isnan(sample.truth).any()


def test_all_floats_reach_from_end_to_end() -> None:
    sample = sample_of("x")
    magnitudes = np.abs(sample.columns["x"][sample.strata[ALL_FLOATS]])
    assert magnitudes.min() < 1e-250
    assert magnitudes.max() > 1e250


def test_a_range_is_kept_to() -> None:
    sample = draw([read_text("x + y")], Domain(), FLOAT64, (2.0, 3.0), 64)
    everyday = sample.columns["y"][sample.strata[EVERYDAY]]
    assert everyday.min() >= 2
    assert everyday.max() <= 3


@pytest.mark.parametrize("format_", [FLOAT32, FLOAT64], ids=lambda format_: format_.name)
def test_bits_count_the_numbers_between(format_: Format) -> None:
    truth = np.array([1.0, 1.0, 1.0, 1.0, -format_.largest], format_.dtype)
    sample = Sample(format_, {"x": truth}, truth, {ALL_FLOATS: slice(0, 5)})
    values = np.array([*format_.steps(truth[:3], 0), np.nan, format_.largest], format_.dtype)
    values[1:2], values[2:3] = format_.steps(truth[1:2], 1), format_.steps(truth[2:3], -7)
    bits = sample.bits(values)
    np.testing.assert_allclose(bits[:4], [0, 1, 3, sample.worst])
    assert sample.worst - 1 < bits[4] < sample.worst


def test_another_form_tells_what_balls_of_the_first_do_not() -> None:
    form = read_text("log(1 + exp(x))")
    helped = draw([form, read_text("max(x, 0) + log1p(exp(-abs(x)))")], Domain(), FLOAT64, count=64)
    huge = helped.columns["x"] > 1e250
    assert huge.any()
    np.testing.assert_array_equal(helped.truth[huge], helped.columns["x"][huge])
