"""A formula that vanishes like an exponential, with that exponential as a factor.

Where z = e^u is subnormal, x*tanh(z) has few digits left, long before its value is subnormal itself. Here it is
e^(u/2)*(e^(u/2)*(x*(tanh(z)/z))), and the last quotient is its limit where z is 0 by rounding.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from derive.calculus.derivative import times
from derive.elementary.table import column
from derive.notation.text import read_text
from derive.term import ONE, ZERO, Term, cases, relation, subterms

# Functions that are 0 at 0, and their slopes there.
SLOPES: Final[dict[str, Term]] = {head: read_text(slope) for head, slope in column("slope_at_zero").items()}
EXPONENTIALS: Final = ("exp", "expdiff")


def with_factored_exponential(root: Term) -> Iterator[Term]:
    """`root` with an exponential as a factor, for each that it vanishes like."""
    for node in list(subterms(root)):
        if node.head in EXPONENTIALS:
            quotient = _quotient(root, node)
            if quotient is not None and quotient is not ONE:
                half = Term(node.head, tuple(part / 2 for part in node.args))
                yield half * (half * quotient)


def _quotient(root: Term, z: Term) -> Term | None:
    """root/z, written without a division of what vanishes but in functions' quotients; None where it has none."""
    if root == z:
        return ONE
    if root.head in ("add", "sub"):
        parts = [_quotient(part, z) for part in root.args]
        return None if None in parts else Term(root.head, tuple(part for part in parts if part is not None))
    if root.head == "neg":
        inner = _quotient(root.args[0], z)
        return None if inner is None else -inner
    if root.head == "mul":
        left, right = root.args
        inner = _quotient(left, z)
        if inner is not None:
            return times(inner, right)
        inner = _quotient(right, z)
        return None if inner is None else times(left, inner)
    if root.head == "div":
        inner = _quotient(root.args[0], z)
        return None if inner is None else inner / root.args[1]
    if root.head in SLOPES:
        (argument,) = root.args
        inner = _quotient(argument, z)
        return None if inner is None else times(_slope(root, argument), inner)
    return None


def _slope(value: Term, argument: Term) -> Term:
    """f(w)/w, and its limit where w is 0."""
    return cases((SLOPES[value.head], relation("eq", argument, ZERO)), otherwise=value / argument)
