"""The attack's own differentiation: a rule a line, piece by piece where a function has pieces."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from .formula import Node, fill

ZERO: Final[Node] = ("num", Fraction(0))
ONE: Final[Node] = ("num", Fraction(1))
# The derivative of each function in its argument u.
RULES: Final = {
    "exp": "exp(u)", "log": "1/u", "sqrt": "1/(2*sqrt(u))", "expm1": "exp(u)", "log1p": "1/(1 + u)",
    "sin": "cos(u)", "cos": "-sin(u)", "tan": "1 + tan(u)**2", "asin": "1/sqrt(1 - u**2)", "acos": "-1/sqrt(1 - u**2)",
    "atan": "1/(1 + u**2)", "sinh": "cosh(u)", "cosh": "sinh(u)", "tanh": "1 - tanh(u)**2", "asinh": "1/sqrt(1 + u**2)",
    "atanh": "1/(1 - u**2)", "erf": "2*exp(-u**2)/sqrt(pi)", "erfc": "-2*exp(-u**2)/sqrt(pi)", "abs": "sign(u)",
    "cbrt": "1/(3*cbrt(u)**2)", "loggamma": "digamma(u)", "gamma": "gamma(u)*digamma(u)", "digamma": "polygamma(1, u)",
    "sign": "0", "floor": "0", "ceiling": "0", "heaviside": "0",
}  # fmt: skip


def slope(node: Node, name: str) -> Node:
    """The derivative in a name, off kinks and jumps."""
    if not depends(node, name):
        return ZERO
    match node:
        case ("name", _):
            return ONE
        case ("neg", part):
            return negative(slope(part, name))
        case ("add", left, right):
            return plus(slope(left, name), slope(right, name))
        case ("sub", left, right):
            return minus(slope(left, name), slope(right, name))
        case ("mul", left, right):
            return plus(times(slope(left, name), right), times(left, slope(right, name)))
        case ("div", left, right):
            if not depends(right, name):
                return ("div", slope(left, name), right)
            above = minus(times(slope(left, name), right), times(left, slope(right, name)))
            return ("div", above, ("pow", right, ("num", Fraction(2))))
        case ("pow", base, exponent):
            return _power(node, base, exponent, name)
        case ("cases", *parts):
            branches = [slope(part, name) if at % 2 == 0 else part for at, part in enumerate(parts)]
            return ("cases", *branches)
        case ("call", ("max" | "min") as head, left, right):
            order = ">" if head == "max" else "<"
            return ("cases", slope(left, name), ("rel", order, left, right), slope(right, name), ("true",))
        case ("call", function, part):
            return times(fill(RULES[function], part), slope(part, name))
    raise ValueError(f"no rule for {node[0]}")


def _power(node: Node, base: Node, exponent: Node, name: str) -> Node:
    if not depends(exponent, name):
        lower: Node = ("num", exponent[1] - 1) if exponent[0] == "num" else ("sub", exponent, ONE)
        powered = base if lower == ONE else ("pow", base, lower)
        return times(times(exponent, powered), slope(base, name))
    if not depends(base, name):
        return times(times(node, ("call", "log", base)), slope(exponent, name))
    inner = plus(times(slope(exponent, name), ("call", "log", base)), ("div", times(exponent, slope(base, name)), base))
    return times(node, inner)


def depends(node: Node, name: str) -> bool:
    return node == ("name", name) or any(depends(part, name) for part in node[1:] if isinstance(part, tuple))


def plus(left: Node, right: Node) -> Node:
    return right if left == ZERO else left if right == ZERO else ("add", left, right)


def minus(left: Node, right: Node) -> Node:
    return left if right == ZERO else negative(right) if left == ZERO else ("sub", left, right)


def times(left: Node, right: Node) -> Node:
    if ZERO in (left, right):
        return ZERO
    return right if left == ONE else left if right == ONE else ("mul", left, right)


def negative(part: Node) -> Node:
    return part[1] if part[0] == "neg" else ZERO if part == ZERO else ("neg", part)
