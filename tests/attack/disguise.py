"""Formulas rewritten by identities that hold wherever their left side has a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from random import Random
from typing import Final

from .formula import Node, fill

Way = tuple[int, ...]  # from a root to a part of it

# A head or a function, and what it may be written as; u, v stand for its arguments.
IDENTITIES: Final[dict[str, tuple[str, ...]]] = {
    "add": ("v + u", "u - (-v)", "-(-u - v)"),
    "sub": ("u + (-v)", "-(v - u)", "-v + u"),
    "mul": ("v*u", "(-u)*(-v)", "u*v/2 + u*v/2", "((u + v)**2 - (u - v)**2)/4", "2*u*v - v*u"),
    "neg": ("(-1)*u", "u - 2*u", "0 - u"),
    "exp": ("exp(u/2)**2", "1/exp(-u)", "exp(u - 1)*E", "cosh(u) + sinh(u)", "expm1(u) + 1"),
    "log": ("2*log(sqrt(u))", "-log(1/u)", "log(u/2) + log(2)"),
    "sqrt": ("u**(1/2)", "sqrt(4*u)/2", "2*sqrt(u/4)"),
    "sin": ("2*sin(u/2)*cos(u/2)", "-sin(-u)", "cos(u - pi/2)"),
    "cos": ("1 - 2*sin(u/2)**2", "cos(-u)", "2*cos(u/2)**2 - 1"),
    "tanh": ("(exp(2*u) - 1)/(exp(2*u) + 1)", "1 - 2/(exp(2*u) + 1)", "sinh(u)/cosh(u)", "-tanh(-u)"),
    "sinh": ("(exp(u) - exp(-u))/2", "2*sinh(u/2)*cosh(u/2)"),
    "cosh": ("(exp(u) + exp(-u))/2", "1 + 2*sinh(u/2)**2"),
    "atan": ("-atan(-u)", "2*atan(u/(1 + sqrt(1 + u**2)))"),
    "erf": ("1 - erfc(u)", "-erf(-u)"),
    "abs": ("sqrt(u**2)", "Max(u, -u)", "Piecewise((u, u >= 0), (-u, True))", "Abs(-u)", "u*sign(u)",
            "Max(u, 0) + Max(-u, 0)"),
    "max": ("Max(v, u)", "(u + v + Abs(u - v))/2", "Piecewise((u, u >= v), (v, True))", "-Min(-u, -v)",
            "v + Max(u - v, 0)"),
    "min": ("Min(v, u)", "(u + v - Abs(u - v))/2", "-Max(-u, -v)", "u - Max(u - v, 0)"),
    "sign": ("-sign(-u)", "Piecewise((1, u > 0), (-1, u < 0), (0, True))", "sign(3*u)", "sign(u**3)"),
    "floor": ("-ceiling(-u)", "floor(u + 1) - 1"),
    "ceiling": ("-floor(-u)", "ceiling(u - 2) + 2"),
}  # fmt: skip
GROWING: Final = 400  # characters, about; a formula that long is left alone


def ways(node: Node, here: Way = ()) -> Iterator[tuple[Way, Node]]:
    """Every part of a tree that is a number, off conditions, with the way to it."""
    yield here, node
    for at, part in enumerate(node[1:], 1):
        if not isinstance(part, tuple) or part[0] in ("rel", "and", "or", "not", "true", "false"):
            continue
        if node[0] in ("Sum", "Product", "Maximum", "index", "delta") and not (at == 1 and node[0] == "Sum"):
            continue
        yield from ways(part, (*here, at))


def edited(node: Node, way: Way, edit: Callable[[Node], Node]) -> Node:
    if not way:
        return edit(node)
    at, *rest = way
    return (*node[:at], edited(node[at], tuple(rest), edit), *node[at + 1 :])


def disguised(node: Node, rng: Random, times: int) -> Node:
    """`node` written otherwise."""
    for _ in range(times):
        if len(str(node)) > 10 * GROWING:
            break
        choices = [(way, part) for way, part in ways(node) if _kind(part) in IDENTITIES]
        if not choices:
            break
        way, _ = rng.choice(choices)
        node = edited(node, way, lambda part: _rewritten(part, rng))
    return node


def _kind(part: Node) -> str:
    return str(part[1]) if part[0] == "call" else str(part[0])


def _rewritten(part: Node, rng: Random) -> Node:
    arguments = part[2:] if part[0] == "call" else part[1:]
    return fill(rng.choice(IDENTITIES[_kind(part)]), *arguments)


def number(value: Fraction | int) -> Node:
    """A number as it is written: a negative one with its sign before it."""
    value = Fraction(value)
    found: Node = ("num", Fraction(abs(value.numerator)))
    if value.denominator != 1:
        found = ("div", found, ("num", Fraction(value.denominator)))
    return ("neg", found) if value < 0 else found
