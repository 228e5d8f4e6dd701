"""Decimal literals: the shortest text that reads back as the nearest number of a format."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from fractions import Fraction


def nearest_float32(value: Fraction) -> float:
    """`value` rounded once to float32, as a Python float; infinite where it is too large."""
    near = float(value)
    # Rounding twice can go wrong at a midpoint alone, whose neighbours round to either side.
    candidates = [_to_float32(v) for v in (near, math.nextafter(near, -math.inf), math.nextafter(near, math.inf))]
    finite = [candidate for candidate in candidates if math.isfinite(candidate)]
    return min(finite, key=lambda candidate: abs(Fraction(candidate) - value), default=math.inf)


def _to_float32(value: float) -> float:
    try:
        rounded: float = struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)
    return rounded


def signed(literal: Callable[[Fraction], str], value: Fraction) -> str:
    """The literal of a number; targets have none of a negative one."""
    return literal(value) if value >= 0 else f"-{literal(-value)}"


def shortest_float32(value: float) -> str:
    """The fewest digits that read back as this float32."""
    texts = (f"{value:.{digits}g}" for digits in range(1, 10))
    return _with_point(next(text for text in texts if _to_float32(float(text)) == value))


def shortest_float64(value: float) -> str:
    return _with_point(repr(value))


def _with_point(text: str) -> str:
    """`text` as a float's: 1 becomes 1.0, 1e+10 becomes 1e10."""
    mantissa, exponent, power = text.partition("e")
    if exponent:
        return f"{mantissa}e{int(power)}"
    return text if "." in text else f"{text}.0"
