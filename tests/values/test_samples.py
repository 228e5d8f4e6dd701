"""Samples: inside their ranges, spread over the bit patterns, and at every edge."""

import math
from fractions import Fraction

import numpy as np
import pytest

from derive.spec.domain import REALS, Interval
from derive.values.formats import FLOAT32, FLOAT64, FORMATS, Format
from derive.values.rows import EVERYDAY, FAR, SCORES, SPECIAL, WEIGHTS, Kind, kinds, row
from derive.values.samples import (
    INSIDE,
    LARGE,
    OUTSIDE,
    SMALL,
    SampleRange,
    _about_zero,
    _magnitudes,
    cartesian,
    few,
)

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


def test_moderate_numbers_lie_on_both_sides_of_0_and_about_it() -> None:
    found = SampleRange(REALS, FLOAT64).common(20_000, np.random.default_rng(0))
    assert abs(np.mean(found > 0) - 0.5) < 0.02
    assert np.abs(found).max() <= LARGE
    for low, high in ((0, 1e-3), (1e-3, 0.1), (0.1, 1), (1, 4), (4, 20), (20, LARGE)):
        assert np.mean((low < np.abs(found)) & (np.abs(found) <= high)) > 0.03
    nearly_normal = _about_zero(20_000, np.random.default_rng(0))
    assert abs(nearly_normal.mean()) < 0.03
    assert abs(nearly_normal.std() - 1) < 0.03
    assert np.abs(nearly_normal).max() <= 6


@pytest.mark.parametrize("end", [-3, 0, 5])
def test_numbers_of_a_half_line_are_as_far_from_its_end_as_moderate_ones_from_0(end: int) -> None:
    for interval, away in ((Interval(low=Fraction(end)), 1), (Interval(high=Fraction(end)), -1)):
        found = away * (SampleRange(interval, FLOAT64).common(5000, np.random.default_rng(0)) - end)
        assert found.min() >= 0
        assert found.max() <= LARGE
        assert np.median(found) == pytest.approx(1.5, abs=0.3)


def test_numbers_of_a_bounded_range_are_spread_and_crowd_at_both_ends() -> None:
    found = SampleRange(Interval(Fraction(-2), Fraction(6)), FLOAT64).common(10_000, np.random.default_rng(0))
    counts, _ = np.histogram(found, bins=8, range=(-2, 6))
    assert counts.min() > 500
    assert abs(found.mean() - 2) < 0.2
    assert np.sum(found < -2 + 1e-6) > 100
    assert np.sum(found > 6 - 1e-6) > 100


def test_magnitudes_fill_every_octave() -> None:
    found = _magnitudes(20_000, np.random.default_rng(0))
    assert SMALL <= found.min() < 2 * SMALL
    assert LARGE / 2 < found.max() <= LARGE
    counts = np.bincount((np.log2(found) - math.log2(SMALL)).astype(int))[:-1]
    assert counts.max() < 1.3 * counts.min()


def test_special_samples_of_whole_numbers_and_of_finitely_many_are_such() -> None:
    whole = SampleRange(REALS, FLOAT32, whole=True).special([Fraction(5, 2)])
    finite = whole[np.isfinite(whole)]
    assert not np.mod(finite, 1).any()
    assert np.abs(finite).max() < 2**20
    assert {0, 1, 2, 87, 89} <= set(finite.tolist())
    few_values = SampleRange(REALS, FLOAT32, values=(Fraction(-1), Fraction(1))).special()
    assert few_values[:-1].tolist() == [-1, 1]
    assert np.isnan(few_values[-1])


def test_special_samples_hold_where_exponentials_leave_the_format_and_half_way() -> None:
    found = SampleRange(REALS, FLOAT64).special()
    for power in (2.0**-1074, 2.0**-1022):
        for wanted in (-math.log(power), math.log(power), math.log(power) / 2):
            assert np.nanmin(np.abs(found - wanted)) < 1e-12


def test_patterns_of_a_range_of_few_values_are_these() -> None:
    found = SampleRange(REALS, FLOAT32, values=(Fraction(-1), Fraction(1))).patterns(50, np.random.default_rng(0))
    assert set(found.tolist()) == {-1, 1}
    assert not np.mod(SampleRange(REALS, FLOAT32, whole=True).patterns(50, np.random.default_rng(0)), 1).any()


def test_few_of_few_are_all_and_few_of_many_reach_both_ends() -> None:
    assert few(np.arange(5.0), 5).tolist() == [0, 1, 2, 3, 4]
    found = few(np.arange(100.0), 12)
    assert len(found) == 12
    assert (found[0], found[-1]) == (0, 99)
    assert np.ptp(np.diff(found)) <= 1
    assert np.isnan(few(np.array([1.0, 2.0, np.nan, np.nan, np.nan]), 2)).sum() == 3


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


def drawn(kind: Kind, range_: SampleRange, length: int = 10) -> np.ndarray:
    random = np.random.default_rng(0)
    return np.array([row(kind, range_, length, random) for _ in range(200)])


ANY, UNIT_CLOSED = SampleRange(REALS, FLOAT64), SampleRange(Interval(Fraction(0), Fraction(1), False, False), FLOAT64)


@pytest.mark.parametrize("kind", SCORES, ids=lambda kind: kind.name)
def test_scores_lie_on_both_sides_of_0(kind: Kind) -> None:
    found = drawn(kind, ANY)
    finite = found[np.isfinite(found)]
    assert finite.min() < -1 < 1 < finite.max()
    assert (kind.stratum == SPECIAL) == (not np.isfinite(found).all())
    assert (found == found[:, :1]).all() == ("equal" in kind.name)
    assert (np.abs(finite).max() > 1000) == (kind.stratum == FAR)


@pytest.mark.parametrize(("name", "value"), [("one infinite", np.inf), ("one masked", -np.inf), ("one NaN", np.nan)])
def test_what_is_odd_in_one_place_is_so_in_any_but_in_one_alone(name: str, value: float) -> None:
    (kind,) = (kind for kind in SCORES if kind.name == name)
    odd = ~np.isfinite(drawn(kind, ANY))
    assert (odd.sum(axis=1) == 1).all()
    assert odd.any(axis=0).all()
    np.testing.assert_equal(drawn(kind, ANY)[odd], value)


@pytest.mark.parametrize(
    ("kinds_", "name", "low", "high"),
    [(SCORES, "wide", -100, 100), (SCORES, "huge", -1e4, 1e4), (WEIGHTS, "moderate", 0, 10)],
)
def test_rows_fill_the_range_that_is_theirs(kinds_: tuple[Kind, ...], name: str, low: float, high: float) -> None:
    (kind,) = (kind for kind in kinds_ if kind.name == name)
    found, edge = drawn(kind, ANY), (high - low) / 50
    assert low <= found.min() < low + edge
    assert high - edge < found.max() <= high


def test_a_dominant_score_stands_far_above_the_others() -> None:
    (kind,) = (kind for kind in SCORES if kind.name == "dominant")
    ordered = np.sort(drawn(kind, ANY), axis=1)
    assert (ordered[:, -1] - ordered[:, -2] > 45).all()
    assert (np.abs(ordered[:, :-1]) < 10).all()


def test_about_half_of_a_masked_row_is_masked() -> None:
    (kind,) = (kind for kind in SCORES if kind.name == "masked")
    assert np.mean(drawn(kind, ANY) == -np.inf) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("kind", WEIGHTS, ids=lambda kind: kind.name)
def test_weights_are_of_one_sign_but_where_they_go_wrong(kind: Kind) -> None:
    found = drawn(kind, UNIT_CLOSED)
    assert (np.nanmin(found) < 0) == (kind.name == "one negative")
    assert kind.stratum == SPECIAL or np.isfinite(found).all()
    assert (np.nanmax(found) > 0) == (kind.name != "zeros")
    if kind.name in ("soft", "one-hot"):
        assert np.allclose(found.sum(axis=1), 1)


def test_a_confident_row_has_one_certainty_and_traces_of_the_rest() -> None:
    (kind,) = (kind for kind in WEIGHTS if kind.name == "confident")
    ordered = np.sort(drawn(kind, UNIT_CLOSED), axis=1)
    assert (ordered[:, -1] == 1).all()
    assert 0.05 < ordered[:, :-1].max() <= 0.1
    assert 1e-30 <= ordered.min() < 5e-30


@pytest.mark.parametrize(
    ("name", "is_odd"),
    [("one zero", lambda found: found == 0), ("one negative", lambda found: found < 0),
     ("one infinite", np.isposinf), ("one NaN", np.isnan)],
)  # fmt: skip
def test_a_weight_goes_wrong_in_one_place(name: str, is_odd) -> None:
    (kind,) = (kind for kind in WEIGHTS if kind.name == name)
    assert (is_odd(drawn(kind, UNIT_CLOSED)).sum(axis=1) == 1).all()


def test_rows_of_one_sign_are_weights_and_others_scores() -> None:
    assert kinds(SampleRange(Interval(low=Fraction(0)), FLOAT64)) is WEIGHTS
    assert kinds(SampleRange(Interval(low=Fraction(-1)), FLOAT64)) is kinds(ANY) is SCORES
    assert kinds(SampleRange(Interval(high=Fraction(1)), FLOAT64)) is SCORES


def test_everyday_rows_keep_to_what_a_spec_states_and_others_do_not() -> None:
    stated = SampleRange(REALS, FLOAT64, everyday=(-2.0, 3.0))
    for kind in SCORES:
        found = drawn(kind, stated)
        assert (kind.stratum == EVERYDAY) == (
            np.nanmin(found) >= -2 and np.nanmax(found) <= 3 and not np.isnan(found).any()
        )
