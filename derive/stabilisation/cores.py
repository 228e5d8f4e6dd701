"""Exponents as rational multiples of a core: which exponentials of a formula are powers of one."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import gcd, lcm
from typing import Final

from derive.elementary.table import KINKED as TURNING
from derive.term import Term, rational_value
from derive.values.ratio import ARITHMETIC

KINKED: Final = (*TURNING, "cases")
EXPONENTIALS: Final = ("exp", "expm1")
LOGARITHMS: Final = ("log", "log1p")
TRANSPARENT: Final = (*ARITHMETIC, *EXPONENTIALS, *LOGARITHMS, *KINKED)


def visible(root: Term) -> Iterator[Term]:
    """The nodes that folding sees through, once each, parents first."""
    seen, stack = set[Term](), [root]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            yield node
            stack += reversed(node.args) if node.head in TRANSPARENT else ()


def cores(root: Term) -> list[Term]:
    """What the exponents in a formula are multiples of, outermost first; then variables that a kink turns on."""
    exponents, turned = dict[Term, None](), dict[Term, None]()
    for node in visible(root):
        if node.head in EXPONENTIALS:
            exponents.setdefault(split(node.args[0])[1])
        elif node.head in KINKED:
            leaves = _leaves(node.args[1] if node.head == "cases" else node)
            turned.update(dict.fromkeys(leaves if len(leaves) == 1 else ()))
    varying = [core for core in exponents if rational_value(core) is None]
    varying.sort(key=lambda core: sum(_is_inside(other, core) for other in varying), reverse=True)
    return list(dict.fromkeys([*varying, *turned]))


def _is_inside(inner: Term, outer: Term) -> bool:
    return any(node.head == "exp" and split(node.args[0])[1] == inner for node in visible(outer))


def _leaves(node: Term) -> list[Term]:
    if node.head in ("sym", "index"):
        return [node]
    return list(dict.fromkeys(leaf for part in node.args for leaf in _leaves(part)))


def split(exponent: Term) -> tuple[Fraction, Term]:
    """A rational factor, and what it multiplies."""
    if exponent.head == "neg":
        factor, core = split(exponent.args[0])
        return -factor, core
    if exponent.head == "mul":
        for number, other in (exponent.args, exponent.args[::-1]):
            if value := rational_value(number):
                factor, core = split(other)
                return factor * value, core
    if exponent.head == "div" and (value := rational_value(exponent.args[1])):
        factor, core = split(exponent.args[0])
        return factor / value, core
    return Fraction(1), exponent


def multiple(exponent: Term, core: Term) -> Fraction | None:
    """The rational number of times that `exponent` is `core`, if there is one."""
    factor, inner = split(exponent)
    if inner.head == core.head == "sub" and inner.args == core.args[::-1]:
        return -factor
    return factor if inner == core else None


def common_unit(root: Term, core: Term) -> Fraction:
    """The largest rational of which every factor of `core` in an exponent is a whole multiple."""
    exponents = [node.args[0] for node in visible(root) if node.head in EXPONENTIALS]
    factors = [abs(factor) for exponent in exponents if (factor := multiple(exponent, core))]
    if not factors:
        return Fraction(1)
    below = lcm(*(factor.denominator for factor in factors))
    return Fraction(gcd(*(int(factor * below) for factor in factors)), below)
