"""A function of an argument that is rounded: evaluated on a grid, and corrected by its derivative for what is left.

g(s*x) = g(w) + g'(w)*(s*x - w), nearly, for w = s*x cut off after some bits; w is exact, and what is left is computed
with s in two parts. Where g falls steeply, the rounding of s*x alone would cost many digits.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import Final

from flint import arb, ctx

from derive.differentiate import derivative
from derive.rewrite import replace_everywhere
from derive.search.approximations import Approximation
from derive.term import ONE, Term, call, free_symbols, rational_value, substitute, subterms, symbol, term
from derive.truth.columns import Points, evaluate
from derive.truth.enclose import BALLS, enclose

RULE: Final = "argument in two parts"
FRACTION_BITS: Final = 34  # of w
SHORT: Final = 2**7  # the denominator of the first part of 1/s, so that w times it is exact
STEEP: Final = {"erfc": 27}  # functions, and how far out they are worth it: farther, they round to 0 or a constant
CELLS: Final = 64  # for each unit of the argument, where the bound is taken
BITS: Final = 128


def two_parts(form: Term, name: str) -> Iterator[Approximation]:
    """`form` with a steep function of a multiple of the variable written so."""
    for node in subterms(form):
        if node.head in STEEP and free_symbols(node) == {name}:
            scale = _scale(node.args[0], symbol(name))
            if scale is not None and rational_value(scale) is None:
                yield _written(form, node, scale, symbol(name))


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


def _written(form: Term, node: Term, scale: Term, variable: Term) -> Approximation:
    middle = enclose(1 / scale, {}, BITS).mid()
    first = term(Fraction(round(float(middle) * SHORT), SHORT))
    grid = term(2**FRACTION_BITS)
    kept = call("floor", node.args[0] * grid) / grid
    left = ((variable - kept * first) - kept * (ONE / scale - first)) * scale
    slope = substitute(derivative(Term(node.head, (symbol("w"),)), symbol("w")), {symbol("w"): kept})
    reach = Fraction(STEEP[node.head]) / Fraction(abs(float(enclose(scale, {}, BITS).mid()))).limit_denominator(10**6)
    replaced = replace_everywhere(form, node, Term(node.head, (kept,)) + slope * left)
    return Approximation(replaced, -reach, reach, _bound(node.head), f"of {node}", RULE)


@cache
def _bound(head: str) -> float:
    """The largest |g''|/(2|g|) within reach, times the square of the grid's width: what the correction leaves."""
    u = symbol("u")
    second = derivative(derivative(Term(head, (u,)), u), u)
    worst = arb(0)
    with ctx.workprec(BITS):
        for cell in range(-STEEP[head] * CELLS, STEEP[head] * CELLS):
            ball = (arb(cell) + arb("0.5 +/- 0.51")) / CELLS
            ratio = abs(_at(second, ball)) / abs(BALLS[head](ball)) / 2
            worst = worst.max(ratio)
        return float((worst / arb(4) ** FRACTION_BITS).upper())


def _at(formula: Term, ball: arb) -> arb:
    """A formula in u over a ball."""
    return evaluate(formula, Points(1, {"u": [ball]}))[0]
