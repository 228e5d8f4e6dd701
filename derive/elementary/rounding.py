"""What rounding drops: of operations 0 in real numbers; in a number format, what their results are off by."""

from __future__ import annotations

from typing import Final

from derive.elementary.record import EVERYWHERE, Ball, Elementary
from derive.errors import Undetermined


def _dropped(u: Ball) -> Ball:
    """What the float64 nearest to a number leaves of it."""
    nearest = float(u)
    if float(u.lower()) != nearest or float(u.upper()) != nearest:
        raise Undetermined
    return u - nearest


FUNCTIONS: Final = (
    Elementary(
        name="sum_error",
        arity=2,
        derivative="0",
        derivative_v="0",
        ball=lambda u, v: type(u)(0),
        real=EVERYWHERE,
        range="[0, 0]",
        equals="0",
        sympy="",
        error_of="add",
        helper="sum_error",
        temporary="lost",
    ),
    Elementary(
        name="product_error",
        arity=2,
        derivative="0",
        derivative_v="0",
        ball=lambda u, v: type(u)(0),
        real=EVERYWHERE,
        range="[0, 0]",
        equals="0",
        sympy="",
        error_of="mul",
        helper="product_error",
        temporary="lost",
    ),
    Elementary(
        name="quotient_error",
        arity=2,
        derivative="0",
        derivative_v="0",
        ball=lambda u, v: type(u)(0),
        real=EVERYWHERE,
        range="[0, 0]",
        equals="0",
        sympy="",
        error_of="div",
        helper="quotient_error",
        temporary="lost",
    ),
    Elementary(
        name="rounding_error",
        ball=_dropped,
        real=EVERYWHERE,
        sympy="",
        derivative="1",
        error_of="num",
        temporary="lost",
    ),
)
