"""A steep function of a rounded argument: what rounding takes off the argument is given back by the derivative.

g(s*x) = g(u) + g'(u)*(s*x - u) where u is s*x as it is rounded. In exact arithmetic the last factor is 0; computed
from parts of s and x whose product is exact, it is what was rounded off.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import frexp
from typing import Final

from derive.calculus.derivative import derivative
from derive.term import ONE, Term, call, free_symbols, rational_value, substitute, symbol, term
from derive.values.balls import enclose

STEEP: Final = ("erfc",)
HEAD_UNITS: Final = 64  # s*x is cut off after so many parts of 1, or half of it
MAX_HEAD: Final = 64  # in magnitude: what is cut off has 13 bits at most
SCALE_BITS: Final = 12  # bits of the first part of s; in float32 too, the product of both is exact
BITS: Final = 128


def compensated(node: Term) -> Iterator[Term]:
    """A steep function of a multiple of a variable, with its argument's rounding made good."""
    if node.head not in STEEP or len(free_symbols(node)) != 1:
        return
    variable = symbol(next(iter(free_symbols(node))))
    scale = _scale(node.args[0], variable)
    if scale is None or rational_value(scale) is not None:
        return
    size, exponent = frexp(float(enclose(scale, {}, BITS).mid()))
    unit = Fraction(2) ** exponent
    rounded_scale = term(Fraction(round(size * 2**SCALE_BITS), 2**SCALE_BITS) * unit)
    clamped = call("max", call("min", variable, term(MAX_HEAD / unit)), term(-MAX_HEAD / unit))
    head = call("floor", clamped * term(HEAD_UNITS * unit)) / term(HEAD_UNITS * unit)
    lost = ((head * rounded_scale - node.args[0]) + (variable - head) * rounded_scale) + variable * (
        scale - rounded_scale
    )
    slope = derivative(Term(node.head, (symbol("w"),)), symbol("w"))
    yield node + substitute(slope, {symbol("w"): node.args[0]}) * lost


def _scale(argument: Term, variable: Term) -> Term | None:
    """s, where the argument is s times the variable."""
    if argument == variable:
        return ONE
    if argument.head == "neg":
        inner = _scale(argument.args[0], variable)
        return None if inner is None else -inner
    if argument.head not in ("mul", "div"):
        return None
    left, right = argument.args
    if not free_symbols(right):
        inner = _scale(left, variable)
        return None if inner is None else Term(argument.head, (inner, right))
    if argument.head == "mul" and not free_symbols(left):
        inner = _scale(right, variable)
        return None if inner is None else left * inner
    return None
