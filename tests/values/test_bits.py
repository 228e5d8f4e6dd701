"""Distances in bits."""

import numpy as np
import pytest

from derive.values.bits import bits_between

COUNTS = [0, 1, 2, 3, 6, 7, 8, 1000, 1023, 1024, 2**31, 2**53, 2**62 + 12345]


@pytest.mark.parametrize("count", COUNTS)
def test_they_are_the_logarithm_to_base_two(count: int) -> None:
    found = bits_between(np.array([-(count // 2)]), np.array([count - count // 2]))
    assert found[0] == pytest.approx(np.log2(1.0 + count), abs=2e-7)


def test_powers_of_two_are_exact_and_farther_is_more() -> None:
    zero = np.zeros(63, np.int64)
    assert bits_between(zero, 2 ** np.arange(63) - 1).tolist() == list(range(63))
    counts = np.arange(5000)
    assert np.all(np.diff(bits_between(np.zeros(5000, np.int64), counts)) > 0)


def test_the_whole_line_of_float64_is_a_distance() -> None:
    end = np.array([2**62 + 2**61])
    assert bits_between(-end, end)[0] == pytest.approx(np.log2(3.0 * 2**62), abs=2e-7)
