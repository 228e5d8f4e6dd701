"""Samples: inside their ranges, spread over the bit patterns, and at every edge."""

import math
from fractions import Fraction

import numpy as np
import pytest

from derive.spec.domain import REALS, Interval
from derive.values.formats import FLOAT32, FLOAT64, FORMATS, Format
from derive.values.rows import EVERYDAY, SCORES, WEIGHTS, kinds, row
from derive.values.samples import INSIDE, OUTSIDE, SampleRange, cartesian, few

every_format = pytest.mark.parametrize("format_", FORMATS.values(), ids=FORMATS)
UNIT = Interval(Fraction(0), Fraction(1))
THIRD = Interval(Fraction(1, 3), None)


@every_format
def test_ends_of_a_range_are_the_last_numbers_inside(format_: Format) -> None:
    open_, closed = SampleRange(UNIT, format_), SampleRange(Interval(Fraction(0), Fraction(1), False, False), format_)
    assert (open_.lowest, open_.highest) == (format_.smallest, 1 - 2.0**-format_.precision)
    assert (closed.lowest, closed.highest) == (0.0, 1.0)
    assert Fraction(SampleRange(THIRD, format_).lowest) > Fraction(1, 3)
    assert SampleRange(REALS, format_).highest == format_.largest


def test_places_tell_the_inside_from_open_ends_and_from_beyond() -> None:
    values = np.array([0.5, 0.0, -0.0, 1.0, -1e-45, 2.0, np.inf, -np.inf, np.nan], np.float32)
    assert SampleRange(UNIT, FLOAT32).place(values).tolist() == [INSIDE, 1, 1, -1, *[OUTSIDE] * 5]
    assert SampleRange(REALS, FLOAT32).place(values).tolist() == [*[INSIDE] * 6, -1, 1, OUTSIDE]
    assert SampleRange(THIRD, FLOAT32).place(np.array([1 / 3], np.float32)).tolist() == [INSIDE]  # rounds upwards
    assert SampleRange(THIRD, FLOAT64).place(np.array([1 / 3])).tolist() == [OUTSIDE]  # rounds downwards


@every_format
@pytest.mark.parametrize("interval", [REALS, UNIT, THIRD], ids=["reals", "unit", "above a third"])
def test_bit_patterns_are_spread_evenly_over_the_line(format_: Format, interval: Interval) -> None:
    range_ = SampleRange(interval, format_)
    found = range_.patterns(1000, np.random.default_rng(0))
    assert (range_.place(found) == INSIDE).all()
    ordinals = [int(ordinal) for ordinal in format_.ordinals(found)]
    gaps = np.diff(np.array(ordinals, dtype=object))
    first, last = format_.ordinals(np.array([range_.lowest, range_.highest], format_.dtype)).tolist()
    assert max(gaps) <= 2 * (last - first) // 1000 + 2
    assert min(gaps) > 0


@every_format
@pytest.mark.parametrize("interval", [REALS, UNIT, THIRD, Interval(high=Fraction(-2))], ids=str)
def test_everyday_samples_lie_inside(format_: Format, interval: Interval) -> None:
    range_ = SampleRange(interval, format_)
    assert (range_.place(range_.common(2000, np.random.default_rng(0))) == INSIDE).all()


def test_everyday_samples_keep_to_what_a_spec_states() -> None:
    random = np.random.default_rng(0)
    found = SampleRange(REALS, FLOAT32, everyday=(-2.0, 3.0)).common(500, random)
    assert found.min() >= -2
    assert found.max() <= 3
    assert set(SampleRange(REALS, FLOAT32, values=(Fraction(-1), Fraction(1))).common(50, random)) == {-1.0, 1.0}
    assert not np.mod(SampleRange(REALS, FLOAT32, whole=True).common(50, random), 1).any()


@every_format
def test_special_samples_hold_every_edge_and_its_neighbours(format_: Format) -> None:
    found = SampleRange(UNIT, format_).special([Fraction(1, 4)])
    edges = [0.0, 1.0, 0.25, -1.0, format_.smallest, format_.smallest_normal, format_.largest]
    for edge in np.array(edges, format_.dtype):
        for wanted in (edge, *(format_.steps(np.array([edge]), step)[0] for step in (-2, -1, 1, 2))):
            assert wanted in found
    assert np.isnan(found).any()
    assert {-math.inf, math.inf} <= set(found.tolist())
    assert np.signbit(found[found == 0]).any()
    overflow = format_.overflow * math.log(2)
    assert np.nanmin(np.abs(found - overflow)) <= format_.ulp(np.array([overflow]))[0]


def test_samples_are_the_same_each_time() -> None:
    first, second = (SampleRange(REALS, FLOAT32).patterns(100, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first, second)


def test_few_keeps_what_is_not_finite() -> None:
    found = few(np.array([*range(100), np.nan, np.inf]), 12)
    assert len(found) <= 12
    assert np.isnan(found).sum() == np.isinf(found).sum() == 1


def test_cartesian_pairs_everything() -> None:
    a, b = cartesian([np.arange(2.0), np.arange(3.0)])
    assert len(set(zip(a, b, strict=True))) == 6


@pytest.mark.parametrize("interval", [REALS, UNIT, Interval(Fraction(0), None, False)], ids=str)
def test_everyday_rows_lie_inside(interval: Interval) -> None:
    range_ = SampleRange(interval, FLOAT32)
    for kind in kinds(range_):
        made = row(kind, range_, 10, np.random.default_rng(0))
        assert made.shape == (10,)
        assert kind.stratum != EVERYDAY or (range_.place(made) == INSIDE).all()


def test_rows_go_wrong_in_every_way() -> None:
    random = np.random.default_rng(0)
    for range_, kinds_ in ((SampleRange(REALS, FLOAT32), SCORES), (SampleRange(UNIT, FLOAT32), WEIGHTS)):
        rows = np.concatenate([row(kind, range_, 10, random) for kind in kinds_])
        assert np.isnan(rows).any()
        assert np.isinf(rows).any()
    assert {kind.name for kind in WEIGHTS} >= {"soft", "one-hot", "zeros"}
    assert {kind.name for kind in SCORES} >= {"equal", "dominant", "huge", "masked"}
