"""Distances in bits, from operations that IEEE defines: the same on every processor, as NumPy's logarithm is not."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

STEPS: Final = 1024  # of the table, over which a logarithm is linear to 2e-7
TABLE_BITS: Final = 128


def bits_between(low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.float64]:
    """log2(1 + high - low) of ordinals, `low` <= `high`; within 2e-7."""
    # The line of float64 is longer than an int64 counts.
    apart = high.view(np.uint64) - low.view(np.uint64)
    mantissa, exponent = np.frexp(1.0 + apart.astype(np.float64))
    position = (2.0 * mantissa - 1.0) * STEPS
    place = position.astype(np.intp)
    table = _logarithms()
    within = position - place
    return (exponent - 1) + (table[place] + within * (table[place + 1] - table[place]))


@cache
def _logarithms() -> NDArray[np.float64]:
    """log2(1 + k/STEPS), rounded from balls."""
    with ctx.workprec(TABLE_BITS):
        return np.array([float((1 + arb(k) / STEPS).log() / arb(2).log()) for k in range(STEPS + 2)])
