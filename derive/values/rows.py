"""Rows of vectors: scores, weights and probabilities as they occur, and as they go wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from derive.values.formats import Floats
from derive.values.samples import Random, SampleRange

EVERYDAY, FAR, SPECIAL = "everyday", "far", "special"
SampleRow = NDArray[np.float64]
Maker = Callable[[int, Random], SampleRow]


@dataclass(frozen=True)
class Kind:
    """One way in which rows occur, and the stratum under which it is reported."""

    name: str
    stratum: str
    make: Maker


def _one_hot(length: int, random: Random) -> SampleRow:
    row = np.zeros(length)
    row[random.integers(length)] = 1.0
    return row


def _with(value: float, count: int, make: Maker) -> Maker:
    """A row with `value` in `count` places."""

    def made(length: int, random: Random) -> SampleRow:
        row = make(length, random)
        row[random.permutation(length)[:count]] = value
        return row

    return made


def _normal(length: int, random: Random) -> SampleRow:
    drawn: SampleRow = random.normal(size=length)
    return drawn


def _soft(length: int, random: Random) -> SampleRow:
    weights = random.exponential(size=length)
    return np.asarray(weights / weights.sum())


def _dominant(length: int, random: Random) -> SampleRow:
    return random.normal(size=length) + 60.0 * _one_hot(length, random)


def _masked(length: int, random: Random) -> SampleRow:
    return np.where(random.random(length) < 0.5, -np.inf, random.normal(size=length))


def _confident(length: int, random: Random) -> SampleRow:
    return np.where(_one_hot(length, random) > 0, 1.0, 10.0 ** random.uniform(-30, -1, length))


# Rows of any sign.
SCORES: Final = (
    Kind("normal", EVERYDAY, _normal),
    Kind("wide", EVERYDAY, lambda length, random: random.uniform(-100, 100, length)),
    Kind("equal", EVERYDAY, lambda length, random: np.full(length, random.normal())),
    Kind("dominant", EVERYDAY, _dominant),
    Kind("huge", FAR, lambda length, random: random.uniform(-1e4, 1e4, length)),
    Kind("huge and equal", FAR, lambda length, random: np.full(length, random.choice((-1e4, 1e4)))),
    Kind("masked", SPECIAL, _masked),
    Kind("one masked", SPECIAL, _with(-np.inf, 1, _normal)),
    Kind("one infinite", SPECIAL, _with(np.inf, 1, _normal)),
    Kind("one NaN", SPECIAL, _with(np.nan, 1, _normal)),
)
# Rows of one sign: labels and probabilities.
WEIGHTS: Final = (
    Kind("soft", EVERYDAY, _soft),
    Kind("one-hot", EVERYDAY, _one_hot),
    Kind("confident", EVERYDAY, _confident),
    Kind("moderate", EVERYDAY, lambda length, random: random.uniform(0, 10, length)),
    Kind("saturated", SPECIAL, _one_hot),
    Kind("zeros", SPECIAL, lambda length, random: np.zeros(length)),
    Kind("one zero", SPECIAL, _with(0.0, 1, _soft)),
    Kind("one negative", SPECIAL, _with(-0.5, 1, _soft)),
    Kind("one infinite", SPECIAL, _with(np.inf, 1, _soft)),
    Kind("one NaN", SPECIAL, _with(np.nan, 1, _soft)),
)


def kinds(range_: SampleRange) -> tuple[Kind, ...]:
    """How rows with components in `range_` occur."""
    signed = range_.interval.low is None or range_.interval.low < 0
    return SCORES if signed else WEIGHTS


def row(kind: Kind, range_: SampleRange, length: int, random: Random) -> Floats:
    """A row of `kind`; an everyday one lies inside the range (and within the range that a spec states)."""
    with np.errstate(under="ignore", over="ignore"):
        made = kind.make(length, random).astype(range_.format_.dtype)
    if kind.stratum != EVERYDAY:
        return made
    low, high = range_.everyday or (range_.lowest, range_.highest)
    inside: Floats = np.clip(made, max(low, range_.lowest), min(high, range_.highest))
    return inside
