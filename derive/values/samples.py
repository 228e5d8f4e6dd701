"""Where samples come from: all bit patterns, the range that users live in, and the edges."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from derive.spec.domain import Interval
from derive.values.formats import FLOAT64, Floats, Format

Random = np.random.Generator
INSIDE: Final = 0
OUTSIDE: Final = 2
SMALL, LARGE = 1e-6, 200.0  # of moderate magnitudes


@dataclass(frozen=True)
class SampleRange:
    """The numbers of a format that lie in an interval, and where users live in it.

    everyday: the range that a spec states, else None. values: the only values there are, where they
    are finitely many. whole: whether only integers count.
    """

    interval: Interval
    format_: Format
    everyday: tuple[float, float] | None = None
    values: tuple[Fraction, ...] = ()
    whole: bool = False

    @property
    def lowest(self) -> float:
        """The least finite number of the format inside."""
        if self.interval.low is None:
            return -self.format_.largest
        return self._inwards(self.interval.low, 1)

    @property
    def highest(self) -> float:
        """The greatest finite number of the format inside."""
        if self.interval.high is None:
            return self.format_.largest
        return self._inwards(self.interval.high, -1)

    def _inwards(self, end: Fraction, step: int) -> float:
        value = np.array([float(end)], self.format_.dtype)
        while Fraction(float(value[0])) not in self.interval:
            value = self.format_.steps(value, step)
        return float(value[0])

    def place(self, values: Floats) -> NDArray[np.int8]:
        """For each value: INSIDE; 1 or -1, an open end or an infinity, approached from above or below; or OUTSIDE."""
        found = np.full(values.shape, OUTSIDE, np.int8)
        found[(values >= self.lowest) & (values <= self.highest)] = INSIDE
        low, high = self.interval.low, self.interval.high
        found[(values == (-math.inf if low is None else _held(low))) & (found != INSIDE)] = 1
        found[(values == (math.inf if high is None else _held(high))) & (found != INSIDE)] = -1
        return found

    def patterns(self, count: int, random: Random) -> Floats:
        """One number from each of `count` equal parts of the line of bit patterns inside, in order."""
        if self.values or self.whole:
            return self.common(count, random)
        ends = self.format_.ordinals(np.array([self.lowest, self.highest], self.format_.dtype))
        first, width = int(ends[0]), int(ends[1]) - int(ends[0])
        # Unsigned: float64 has more bit patterns than an int64 can count.
        step = np.uint64(max(width // count, 1))
        offsets = np.arange(count, dtype=np.uint64) * step + random.integers(0, step, count, dtype=np.uint64)
        offsets = np.minimum(offsets, np.uint64(width))
        return self.format_.from_ordinals((offsets + np.uint64(first % 2**64)).view(np.int64))

    def common(self, count: int, random: Random) -> Floats:
        """Numbers as users have them: from the stated range, else a mixture of moderate magnitudes."""
        if self.values:
            return random.choice(np.array([float(value) for value in self.values]), count).astype(self.format_.dtype)
        drawn = self._drawn(count, random)
        with np.errstate(under="ignore"):
            found = (np.rint(drawn) if self.whole else drawn).astype(self.format_.dtype)
        inside: Floats = np.clip(found, self.lowest, self.highest)
        return inside

    def _drawn(self, count: int, random: Random) -> NDArray[np.float64]:
        if self.everyday is not None:
            return random.uniform(*self.everyday, count)
        low, high = self.interval.low, self.interval.high
        kind = random.integers(0, 5, count)
        small = _magnitudes(count, random)
        if low is not None and high is not None:
            span = float(high - low)
            near_an_end = np.minimum(small / LARGE, 0.5) * span
            wide = random.uniform(float(low), float(high), count)
            return np.select([kind < 3, kind == 3], [wide, float(low) + near_an_end], float(high) - near_an_end)
        wide, normal = random.uniform(-20, 20, count), _about_zero(count, random)
        mixed = np.select([kind < 2, kind == 2], [wide, normal], small * random.choice((-1.0, 1.0), count))
        if low is None and high is None:
            return mixed
        magnitudes: NDArray[np.float64] = np.abs(mixed)
        return float(low) + magnitudes if low is not None else float(high or 0) - magnitudes

    def special(self, thresholds: Iterable[Fraction] = ()) -> Floats:
        """Edges of the format, of the interval (and beyond it), of overflow, and `thresholds` with their neighbours."""
        if self.values:
            return np.array([*map(float, self.values), math.nan], self.format_.dtype)
        format_ = self.format_
        logs = [math.log(2.0) * exponent for exponent in (format_.overflow, format_.lowest, self._normal_exponent)]
        magnitudes = [format_.smallest, format_.smallest_normal, format_.largest, 0.5, 1.0, 2.0, *map(abs, logs)]
        magnitudes += [abs(log) / 2 for log in logs]
        ends = [float(end) for end in (self.interval.low, self.interval.high) if end is not None]
        centres = [*magnitudes, *(-m for m in magnitudes), 0.0, *ends, *map(float, thresholds)]
        with np.errstate(over="ignore", under="ignore"):
            middle = np.array(centres).astype(format_.dtype)
        around = [format_.steps(middle, count) for count in (-2, -1, 1, 2)]
        found = np.unique(np.concatenate([middle, *around]))
        if self.whole:
            found = np.unique(np.rint(found[np.abs(found) < 2.0**20]))
        return np.concatenate([found, np.array([-0.0, math.inf, -math.inf, math.nan], format_.dtype)])

    @property
    def _normal_exponent(self) -> int:
        return math.frexp(self.format_.smallest_normal)[1] - 1


def _magnitudes(count: int, random: Random) -> NDArray[np.float64]:
    """From SMALL to LARGE, about as many between every two powers of two; exact, so the same on every processor."""
    low, high = map(int, FLOAT64.ordinals(np.array([SMALL, LARGE])))
    return FLOAT64.from_ordinals(random.integers(low, high, count)).astype(np.float64)


def _about_zero(count: int, random: Random) -> NDArray[np.float64]:
    """Nearly normal: the sum of twelve uniform numbers, less 6."""
    found = np.full(count, -6.0)
    for column in random.random((12, count)):
        found += column
    return found


def _held(end: Fraction) -> float:
    """`end` as a float64; NaN, which nothing equals, where no binary number is `end`."""
    return float(end) if Fraction(float(end)) == end else math.nan


def few(values: Floats, count: int) -> Floats:
    """At most `count` of `values`, evenly spread, with those that are not finite kept."""
    finite, rest = values[np.isfinite(values)], values[~np.isfinite(values)]
    if len(values) <= count:
        return values
    chosen = np.linspace(0, len(finite) - 1, max(count - len(rest), 1)).astype(int)
    return np.concatenate([finite[np.unique(chosen)], rest])


def cartesian(columns: list[Floats]) -> list[Floats]:
    """Every combination of the columns' values."""
    grid: Any = np.meshgrid(*columns, indexing="ij")
    return [part.ravel() for part in grid]
