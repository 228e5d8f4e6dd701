"""From a core to its polynomial: fitted, rounded, bounded; and the file that keeps them all."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any, Final

import mpmath
from flint import arb, arb_series, ctx

from derive.approximation.bound import error_bound
from derive.approximation.lattice import rounded
from derive.approximation.remez import DIGITS, minimax
from derive.elementary.cores import CORES, PRECISIONS, Core, Polynomial, Setting

Real = Any
BITS: Final = 600
NEAR: Final = Fraction(1, 10**12)  # of 0, where the function is its value at 0
STEP: Final = Fraction(1, 1000)  # of an interval on one side of 0, left out by the fit of an even polynomial


def fit(core: Core, setting: Setting) -> Polynomial:
    """The polynomial of a core for one setting, with its proved bound."""
    powers = core.powers(setting)
    with mpmath.workdps(DIGITS):
        low, high = _real(core.low or core.high * STEP), _real(core.high)

        def weight(x: Real) -> Real:
            return max(abs(x), _real(NEAR)) ** core.weight

        best = minimax(lambda x: _value(core, x), weight, powers, low, high)
        coefficients = rounded(best, powers, weight, low, high, PRECISIONS[setting])
    return Polynomial(tuple(coefficients), error_bound(core, coefficients, powers))


def fitted() -> str:
    """All of them, as the file that keeps them has them."""
    found = {
        core.name: {
            setting: {"coefficients": [float(c).hex() for c in kept.coefficients], "bound": kept.bound.hex()}
            for setting in core.terms
            for kept in [fit(core, setting)]
        }
        for core in CORES
    }
    return json.dumps(found, indent=2) + "\n"


def _value(core: Core, x: Real) -> Real:
    """numerator(x)/x^power."""
    with ctx.workprec(BITS):
        if abs(x) < _real(NEAR):
            previous, ctx.cap = ctx.cap, core.power + 1
            try:
                return _middle(core.numerator(arb_series([0, 1], prec=core.power + 1))[core.power])
            finally:
                ctx.cap = previous
        place = arb(mpmath.nstr(x, DIGITS))
        return _middle(core.numerator(place) / place**core.power)


def _middle(ball: Any) -> Real:
    return mpmath.mpf(ball.mid().str(DIGITS, radius=False))


def _real(value: Fraction) -> Real:
    return mpmath.mpf(value.numerator) / value.denominator
