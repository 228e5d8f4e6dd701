"""Which formulas read the same to a person, and how much there is to write of one."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from derive.calculus.products import SUMS, addends, as_product, tidy
from derive.relations import OPPOSITE
from derive.term import BINDERS, FUNCTIONS, TRUE, Term, branches, cases, rebuild, relation, subterms

COMPARED: Final = {"gt": "positive", "lt": "positive", "ge": "nonnegative", "le": "nonnegative"}


def same_line(left: Term, right: Term) -> bool:
    """Whether two terms differ in nothing that deserves a line."""
    return key(left) == key(right)


@lru_cache(maxsize=20_000)
def key(root: Term) -> str:
    """A text that is the same for terms that differ only in order and in trivial writing."""
    root = tidy(root)
    if root.head in ("add", "sub"):
        return f"({' '.join(sorted(('-' if sign < 0 else '+') + key(part) for sign, part in addends(root)))})"
    if root.head in ("mul", "div", "neg", "pow"):
        product = as_product(root)
        if product.above != {root: 1}:
            above, below = (
                " ".join(sorted(f"{key(base)}^{exponent}" for base, exponent in factors.items()))
                for factors in (product.above, product.below)
            )
            return f"[{product.coefficient} {above} / {below}]"
    if root.head in COMPARED:
        larger, smaller = root.args if root.head in ("gt", "ge") else root.args[::-1]
        return f"{COMPARED[root.head]}{key(larger - smaller)}"
    if root.head == "cases":
        root = _last_otherwise(root)
    parts = list(map(key, root.args))
    if root.head in ("delta", "and", "or", "eq", "ne"):
        parts.sort()
    return f"{root.head}{root.data or ''}{{{' '.join(parts)}}}"


def effort(root: Term, known: frozenset[Term]) -> int:
    """How much there is to write: names, numbers, signs and functions; products have none, exponents are small.

    An exponential takes some thought where nothing in it is `known`.
    """
    if root.head == "index":
        return 1
    if root.head in BINDERS:
        return 1 + effort(root.args[0], known)
    if root.head == "pow" and root.args[1].head == "num":
        return 1 + (root.args[0].head in SUMS) + effort(root.args[0], known)
    strange = root.head == "exp" and known.isdisjoint(subterms(root))
    return (
        (root.head != "mul") + (root.head in FUNCTIONS) + 2 * strange + sum(effort(part, known) for part in root.args)
    )


def exponentials_in(root: Term) -> frozenset[Term]:
    return frozenset(node for node in subterms(root) if node.head == "exp")


def _last_otherwise(piecewise: Term) -> Term:
    """Two cases of which the second is the opposite of the first: the second is `otherwise`."""
    rows = branches(piecewise)
    if len(rows) == 2 and rows[0][1].head in OPPOSITE:
        condition = rows[0][1]
        if rows[1][1] is TRUE or key(rows[1][1]) == key(relation(OPPOSITE[condition.head], *condition.args)):
            return cases(rows[0], otherwise=rows[1][0])
    return rebuild(piecewise, piecewise.args)
