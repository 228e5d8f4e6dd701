"""Roots, and lengths."""

from __future__ import annotations

from typing import Final

from derive.elementary.record import EVERYWHERE, Ball, Elementary
from derive.errors import Undetermined


def _cbrt(u: Ball) -> Ball:
    if u.is_zero():
        return u
    if u >= 0:
        return u.root(3)
    if u < 0:
        return -((-u).root(3))
    raise Undetermined


FUNCTIONS: Final = (
    Elementary(
        name="sqrt",
        derivative="1/(2*sqrt(u))",
        ball=lambda u: u.sqrt(),
        real="u >= 0",
        ends=(("0", "0"), ("oo", "oo")),
        monotone=1,
        sign_of_argument=True,
        equals="u**(1/2)",
        series=lambda u: u.sqrt(),
        never_constant=True,
        commands=("sqrt",),
        latex_form=(r"\sqrt{{{}}}", "power", "any"),
        pretty="√",
        libm="sqrt",
        numpy="sqrt",
        exact_in_ieee=True,
        temporary="root",
    ),
    Elementary(
        name="rsqrt",
        derivative="-rsqrt(u)/(2*u)",
        ball=lambda u: u.rsqrt(),
        real="u > 0",
        ends=(("0", "oo"), ("oo", "0")),
        monotone=-1,
        positive=EVERYWHERE,
        equals="u**(-1/2)",
        series=lambda u: u.rsqrt(),
        kernel_form="1/sqrt(u)",
        sympy="",
    ),
    Elementary(
        name="cbrt",
        derivative="1/(3*cbrt(u)**2)",
        ball=_cbrt,
        real=EVERYWHERE,
        ends=(("-oo", "-oo"), ("oo", "oo")),
        monotone=1,
        reflection="-w",
        sign_of_argument=True,
        pieces=("-(-u)**(1/3)", "0", "u**(1/3)"),
        latex_form=(r"\sqrt[3]{{{}}}", "power", "any"),
        pretty="∛",
        sympy="",
        sympy_form="sign(u)*abs(u)**(1/3)",
        libm="cbrt",
        numpy="cbrt",
        scipy=("cbrt",),
    ),
    Elementary(
        name="hypot",
        arity=2,
        derivative="u/hypot(u, v)",
        derivative_v="v/hypot(u, v)",
        ball=lambda u, v: (u * u + v * v).sqrt(),
        real="u**2 + v**2 >= 0",
        implied=("u**2 + v**2",),
        equals="sqrt(u**2 + v**2)",
        sympy="",
        libm="hypot",
        numpy="hypot",
    ),
)
