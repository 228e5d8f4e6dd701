"""Signs that a term shows as it is written: squares, exponentials, and sums of what is not negative.

Normal forms lose them: (u - 1)**2 + 1 multiplied out is a polynomial like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from derive.elementary.record import EVERYWHERE
from derive.elementary.table import named
from derive.spec.domain import REALS, Interval
from derive.term import RELATIONS, ZERO, Term, rational_value, rebuild, subterms, transform

ALWAYS_POSITIVE: Final = named(lambda function: function.positive == EVERYWHERE)
KEEPS_SIGN: Final = named(lambda function: function.sign_of_argument)


def syntactically_positive(root: Term, range_of: Callable[[str], Interval]) -> bool:
    """Whether `root` > 0 is plain from how it is written and from the ranges of its symbols."""
    return _least_signs(root, range_of) == 1


def syntactically_nonnegative(root: Term) -> bool:
    """Whether `root` >= 0 is plain from how it is written, whatever its symbols are."""
    return _least_signs(root, lambda _: REALS) is not None


def without_vanishing_roots(root: Term) -> Term:
    """Comparisons of a root with 0 as those of what is under it, where that is plainly not negative.

    A root's generator counts as positive; what is under it shows where it vanishes.
    """

    def plain(side: Term) -> Term:
        while side.head == "sqrt" and syntactically_nonnegative(side.args[0]):
            side = side.args[0]
        return side

    def visit(node: Term) -> Term:
        compares = node.head in RELATIONS and ZERO in node.args
        return rebuild(node, tuple(map(plain, node.args))) if compares else node

    return transform(root, visit)


def _least_signs(root: Term, range_of: Callable[[str], Interval]) -> int | None:
    """1 where `root` > 0, 0 where `root` >= 0, None where neither is plain."""
    found: dict[Term, int | None] = {}
    for node in subterms(root):
        found[node] = _least_sign(node, [found[child] for child in node.args], range_of)
    return found[root]


def _least_sign(node: Term, signs: list[int | None], range_of: Callable[[str], Interval]) -> int | None:
    head = node.head
    if head == "num":
        return 1 if node.number else 0
    if head == "sym":
        interval = range_of(node.name)
        if interval.is_positive():
            return 1
        return 0 if interval.low is not None and interval.low >= 0 else None
    if head == "const":
        return 1 if node.name in ("pi", "E") else None
    if head in ALWAYS_POSITIVE:
        return 1
    if head == "pow":
        return _power(node, signs[0])
    if head in KEEPS_SIGN:
        return signs[0]
    if head == "sum":
        return None if signs[0] is None else 0
    if head == "abs":
        return 1 if signs[0] == 1 else 0
    return _arithmetic(node, signs)


def _power(node: Term, base: int | None) -> int | None:
    if base == 1:
        return 1
    order = rational_value(node.args[1])
    if order is None or order <= 0:
        return None
    even = order.denominator == 1 and order.numerator % 2 == 0
    return 0 if even or base == 0 else None


def _arithmetic(node: Term, signs: list[int | None]) -> int | None:
    known = [sign for sign in signs if sign is not None]
    if node.head == "mul" and node.args[0] is node.args[1] and not known:
        return 0
    if node.head not in ("add", "mul", "div") or len(known) < len(signs):
        return None
    if node.head == "add":
        return max(known)
    # A quotient is defined only where its denominator is not 0.
    return min(known) if node.head == "mul" else known[0]
