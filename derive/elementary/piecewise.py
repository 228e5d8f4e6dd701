"""Functions with kinks, jumps and steps. Their derivatives hold off these; a spec states the value there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from derive.elementary.record import EVERYWHERE, Ball, Elementary
from derive.errors import Undetermined


def _sign(u: Ball) -> Ball:
    if u.is_zero():
        return type(u)(0)
    if u > 0 or u < 0:
        return type(u)(1 if u > 0 else -1)
    raise Undetermined


def _heaviside(u: Ball) -> Ball:
    if u > 0 or u < 0:
        return type(u)(1 if u > 0 else 0)
    raise Undetermined


def _whole(step: Callable[[Ball], Ball]) -> Callable[[Ball], Ball]:
    def value(u: Ball) -> Ball:
        found = step(u)
        if not found.is_exact():
            raise Undetermined
        return found

    return value


FUNCTIONS: Final = (
    Elementary(
        name="abs",
        derivative="sign(u)",
        ball=abs,
        real=EVERYWHERE,
        range="[0, oo)",
        reflection="w",
        kink="kink",
        pieces=("-u", "0", "u"),
        spellings=("Abs", "fabs"),
        commands=("abs",),
        latex_form=(r"\left|{}\right|", "atom", "any"),
        pretty_form=("|{}|", "atom", "any"),
        sympy="Abs",
        libm="fabs",
        numpy="abs",
        exact_in_ieee=True,
        temporary="size",
    ),
    Elementary(
        name="sign",
        derivative="0",
        ball=_sign,
        real=EVERYWHERE,
        range="[-1, 1]",
        reflection="-w",
        kink="jump",
        pieces=("-1", "0", "1"),
        spellings=("sgn",),
        commands=("sign", "sgn"),
        numpy="sign",
        exact_in_ieee=True,
        helper="sign_of",
    ),
    Elementary(
        name="heaviside",
        derivative="0",
        ball=_heaviside,
        real=EVERYWHERE,
        range="[0, 1]",
        kink="jump",
        pieces=("0", "", "1"),
        spellings=("Heaviside",),
        sympy="Heaviside",
    ),
    Elementary(
        name="floor",
        derivative="0",
        ball=_whole(lambda u: u.floor()),
        real=EVERYWHERE,
        kink="steps",
        latex_form=(r"\left\lfloor {} \right\rfloor", "atom", "any"),
        libm="floor",
        numpy="floor",
        exact_in_ieee=True,
    ),
    Elementary(
        name="ceiling",
        derivative="0",
        ball=_whole(lambda u: u.ceil()),
        real=EVERYWHERE,
        kink="steps",
        spellings=("ceil",),
        latex_form=(r"\left\lceil {} \right\rceil", "atom", "any"),
        libm="ceil",
        numpy="ceil",
        exact_in_ieee=True,
    ),
    # Where the two arguments meet there is a kink, off it one of them is chosen.
    Elementary(
        name="max",
        arity=2,
        derivative="Piecewise((1, u > v), (0, True))",
        derivative_v="Piecewise((0, u > v), (1, True))",
        ball=lambda u, v: u.max(v),
        real=EVERYWHERE,
        kink="kink",
        pieces=("v", "u", "u"),
        spellings=("Max", "maximum"),
        commands=("max",),
        latex="max",
        sympy="Max",
        numpy="maximum",
        exact_in_ieee=True,
        helper="maximum",
    ),
    Elementary(
        name="min",
        arity=2,
        derivative="Piecewise((1, u < v), (0, True))",
        derivative_v="Piecewise((0, u < v), (1, True))",
        ball=lambda u, v: u.min(v),
        real=EVERYWHERE,
        kink="kink",
        pieces=("u", "u", "v"),
        spellings=("Min", "minimum"),
        commands=("min",),
        latex="min",
        sympy="Min",
        numpy="minimum",
        exact_in_ieee=True,
        helper="minimum",
    ),
)
