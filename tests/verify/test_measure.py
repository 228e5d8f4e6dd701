"""Errors in ulp, and what counts as a fault."""

import numpy as np
import pytest

from derive.values.formats import FLOAT32, FLOAT64, FORMATS, Format
from derive.verify.answers import Expected
from derive.verify.measure import Faults, StratumErrors, errors_in_ulp, measure

every_format = pytest.mark.parametrize("format_", FORMATS.values(), ids=FORMATS)
INF, NAN = float("inf"), float("nan")


def truth(format_: Format, nearest: list[float], excess: float = 0.0, scale: float = 0.0) -> Expected:
    values = np.array(nearest, format_.dtype)
    yes = np.ones(len(values), np.bool_)
    return Expected(values, np.full(len(values), excess), yes, yes, np.full(len(values), scale))


def stratum(got: list[float], right: Expected, format_: Format = FLOAT32, contract: float = 4.0) -> StratumErrors:
    values = np.array(got, format_.dtype)
    return measure("some", values, right, {"x": np.arange(len(got), dtype=format_.dtype)}, format_, contract)


@every_format
@pytest.mark.parametrize("value", ["smallest", "smallest_normal", "largest", "one"])
@pytest.mark.parametrize("steps", [-3, -1, 0, 2])
def test_steps_from_the_answer_are_counted_in_ulp(format_: Format, value: str, steps: int) -> None:
    exact = 1.5 if value == "one" else getattr(format_, value)
    steps = -abs(steps) if value == "largest" else steps
    right = truth(format_, [exact, -exact])
    got = format_.steps(right.nearest[:1], steps)
    assert errors_in_ulp(np.append(got, -got), right, format_).tolist() == [abs(steps)] * 2


@every_format
def test_the_excess_is_part_of_the_error(format_: Format) -> None:
    right = truth(format_, [1.5], excess=0.25)
    got = format_.steps(right.nearest, -1)
    assert errors_in_ulp(got, right, format_).tolist() == [1.25]


@every_format
def test_infinity_is_the_number_after_the_largest(format_: Format) -> None:
    assert errors_in_ulp(np.array([INF], format_.dtype), truth(format_, [format_.largest]), format_) == [1.0]
    assert errors_in_ulp(np.array([format_.largest], format_.dtype), truth(format_, [INF]), format_) == [1.0]
    assert errors_in_ulp(np.array([INF], format_.dtype), truth(format_, [-INF]), format_) > 2.0**format_.precision
    assert errors_in_ulp(np.array([INF], format_.dtype), truth(format_, [INF]), format_) == [0.0]


def test_an_error_counts_in_ulp_of_the_largest_term_where_there_is_one() -> None:
    right = truth(FLOAT32, [2.0**-20], scale=1.0)
    assert errors_in_ulp(np.array([2.0**-20 + 2.0**-22], np.float32), right, FLOAT32).tolist() == [2.0]


@pytest.mark.parametrize(
    ("got", "right", "fault"),
    [
        (NAN, 1.0, "nan"), (1.0, NAN, "number"), (INF, 1.0, "inf"), (0.0, 1e-30, "zero"), (1e-30, -1e-30, "sign"),
        (NAN, NAN, ""), (INF, INF, ""), (-0.0, 0.0, ""), (0.0, 1e-45, ""), (NAN, INF, "nan"), (0.0, INF, "zero"),
    ],
)  # fmt: skip
def test_faults_are_told_from_rounding(got: float, right: float, fault: str) -> None:
    found = stratum([got], truth(FLOAT32, [right])).faults
    assert found == (Faults(**{fault: 1}) if fault else Faults())


def test_a_sign_lost_in_cancellation_is_no_fault_within_the_contract() -> None:
    assert stratum([2.0**-23], truth(FLOAT32, [-(2.0**-23)], scale=1.0)).faults.total == 0
    assert stratum([2.0**-20], truth(FLOAT32, [-(2.0**-20)], scale=1.0)).faults.sign == 1


def test_the_worst_point_is_named_and_a_fault_comes_before_it() -> None:
    found = stratum([1.0, 1.5, 2.0], truth(FLOAT32, [1.0, 1.0, 2.0]))
    assert found.where == {"x": "1.0 (0x3f800000)"}
    assert found.worst == 2.0**22
    assert stratum([1.0, 1.5, NAN], truth(FLOAT32, [1.0, 1.0, 2.0])).where == {"x": "2.0 (0x40000000)"}


def test_what_nobody_knows_is_counted_and_not_judged() -> None:
    right = truth(FLOAT64, [1.0, 1.0])
    unknown = Expected(right.nearest, right.excess, np.array([True, False]), right.inside, right.scale)
    found = stratum([1.0, 7.0], unknown, FLOAT64)
    assert (found.points, found.unchecked, found.worst, found.faults.total) == (2, 1, 0.0, 0)


def test_strata_join() -> None:
    small, large = (stratum([got], truth(FLOAT32, [1.0])) for got in (1.0, 1.5))
    both = small.joined(large)
    assert (both.points, both.worst, both.where) == (2, large.worst, large.where)
    assert both.mean == large.worst / 2


def test_an_infinity_for_a_zero_is_counted_without_a_warning() -> None:
    with np.errstate(all="raise"):
        assert stratum([INF], truth(FLOAT32, [0.0])).faults == Faults(inf=1)
