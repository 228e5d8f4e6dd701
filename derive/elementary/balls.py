"""What several functions need of Arb's balls."""

from __future__ import annotations

from derive.elementary.record import Ball


def whole_power(base: Ball, order: int) -> Ball:
    """`base**order`; by squaring where the ball contains 0, since flint's power is not a number there."""
    if order <= 0 or not base.contains(0):
        return base**order
    found = type(base)(1)
    while order:
        found = found * base if order & 1 else found
        base, order = base * base, order >> 1
    return found
