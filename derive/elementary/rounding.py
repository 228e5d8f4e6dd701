"""What is another thing in a number format than in real numbers: what rounding drops, and factors that are held."""

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
    # u, held so near 0 that its product with v does not overflow: a product that large is that large still.
    Elementary(
        name="held",
        arity=2,
        derivative="1",
        derivative_v="0",
        ball=lambda u, v: u,
        real=EVERYWHERE,
        equals="u",
        sympy="",
        holds="mul",
        helper="held",
        temporary="held",
    ),
    # u, held so far from 0 that v divided by it does not overflow: 0 alone is moved by more than rounding.
    Elementary(
        name="parted",
        arity=2,
        derivative="1",
        derivative_v="0",
        ball=lambda u, v: u,
        real=EVERYWHERE,
        equals="u",
        sympy="",
        holds="div",
        helper="parted",
        temporary="held",
    ),
)
