"""`Format`: a binary floating-point format, its ulp, and its numbers as a line of integers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ordinals = NDArray[np.int64]


def nearest_float(value: Fraction) -> float:
    """The double nearest to a rational; an infinity where it is too large for any."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


@dataclass(frozen=True)
class Format:
    """A format of `precision` significant bits.

    `lowest` is the exponent of the smallest subnormal, 2^lowest; from 2^overflow on, a magnitude is
    infinite. Arrays that come in or go out have the NumPy dtype `dtype` unless said otherwise.
    """

    name: str
    precision: int
    lowest: int
    overflow: int
    _bits: str  # the signed integer of the same width

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(self.name)

    @property
    def largest(self) -> float:
        return float(np.finfo(self.dtype).max)

    @property
    def smallest_normal(self) -> float:
        return float(np.finfo(self.dtype).smallest_normal)

    @property
    def smallest(self) -> float:
        """The smallest subnormal: no ulp is less."""
        return 2.0**self.lowest

    def ulp(self, values: Floats) -> NDArray[np.float64]:
        """The distance from each value to the next one away from zero; at infinity, that below it."""
        # Cut off before it is rounded, so that nothing overflows.
        rounded = np.minimum(np.abs(values), 2.0 ** (self.overflow - 1)).astype(self.dtype)
        with np.errstate(under="ignore"):
            found: NDArray[np.float64] = np.spacing(rounded).astype(np.float64)
        return found

    def ordinals(self, values: Floats) -> Ordinals:
        """Where each value stands on the line of the format: 0 for both zeros, then 1, 2, ... outwards.

        Neighbouring numbers have neighbouring ordinals. NaN has no place: it must not be given.
        """
        bits = np.ascontiguousarray(values, dtype=self.dtype).view(self._bits).astype(np.int64)
        sign = np.int64(np.iinfo(self._bits).min)
        return np.where(bits < 0, sign - bits, bits)

    def from_ordinals(self, ordinals: Ordinals) -> Floats:
        """The values that stand at `ordinals`, infinities included."""
        ordinals = np.asarray(ordinals, dtype=np.int64)
        sign = np.int64(np.iinfo(self._bits).min)
        bits = np.where(ordinals < 0, sign - ordinals, ordinals).astype(self._bits)
        return bits.view(self.dtype)

    def steps(self, values: Floats, count: int) -> Floats:
        """The numbers `count` places above each value (below, where negative), stopping at infinity."""
        end = int(self.ordinals(np.array([np.inf], self.dtype))[0])
        return self.from_ordinals(np.clip(self.ordinals(values) + count, -end, end))

    def hex(self, value: float) -> str:
        """The bit pattern: 0x3f800000 is 1 in float32."""
        width = self.dtype.itemsize
        pattern = int(np.array([value], self.dtype).view(f"u{width}")[0])
        return f"0x{pattern:0{2 * width}x}"


FLOAT32: Final = Format("float32", 24, -149, 128, "int32")
FLOAT64: Final = Format("float64", 53, -1074, 1024, "int64")
FORMATS: Final = {format_.name: format_ for format_ in (FLOAT32, FLOAT64)}
