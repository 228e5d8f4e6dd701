"""What every room needs to know of indices: their names, their ranges, and sums that are known."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from typing import Final

from derive.spec.domain import Domain
from derive.term import (
    BINDERS,
    ONE,
    Term,
    cases,
    free_symbols,
    rational_value,
    rebuild,
    relation,
    substitute,
    subterms,
    symbol,
    term,
    transform,
)

Range = tuple[Term, Term]  # first and last index, inclusive
WHOLE: Final = ("simplex", "onehot")  # properties of a vector whose components add up to 1


def index_names(root: Term) -> frozenset[str]:
    """The free names by which `root` picks components."""
    inside = {
        name
        for node in subterms(root)
        if node.head in ("index", "delta")
        for place in (node.args[1:] if node.head == "index" else node.args)
        for name in free_symbols(place)
    }
    return frozenset(inside) & free_symbols(root)


def extent(along: Range) -> Term:
    """How many indices a range holds: `K` for 1..K and for 0..K-1."""
    first, last = along
    start, stop = rational_value(first), rational_value(last)
    if start is not None and stop is not None:
        return term(stop - start + 1)
    if start is None:
        return last - first + 1
    whole, step = last, Fraction(0)
    if last.head == "sub" and (taken := rational_value(last.args[1])) is not None:
        whole, step = last.args[0], -taken
    more = step + 1 - start
    return whole if more == 0 else whole + more if more > 0 else whole - -more


def alpha(root: Term) -> Term:
    """`root` with bound names that depend on its shape alone: two spellings of a sum become one."""
    height: dict[Term, int] = {}
    done: dict[Term, Term] = {}
    for node in subterms(root):
        args = tuple(done[child] for child in node.args)
        height[node] = max((height[child] for child in node.args), default=0)
        if node.head in BINDERS:
            height[node] += 1
            # Binders inside have smaller heights, so the name is free in the body.
            bound = symbol(f"#{height[node]}")
            args = (substitute(args[0], {node.args[1]: bound}), bound, *args[2:])
        done[node] = rebuild(node, args)
    return done[root]


def holds_after(larger: Term, smaller: Term) -> Term:
    """The indicator of one place at or after another."""
    return cases((ONE, relation("ge", larger, smaller)), otherwise=0)


def shared(root: Term) -> Term:
    """`root` with one spelling for all its reductions that differ in bound names alone.

    The spelling kept is one whose bound names clash with none that encloses any of them.
    """
    around: dict[Term, set[Term]] = {}  # a class of reductions, and the bound symbols about them
    members: dict[Term, list[Term]] = {}
    for node in subterms(root):
        if node.head in BINDERS:
            members.setdefault(alpha(node), []).append(node)
            for inside in subterms(node.args[0]):
                if inside.head in BINDERS:
                    around.setdefault(alpha(inside), set()).add(node.args[1])
    spelling: dict[Term, Term] = {}
    for kind, found in members.items():
        if len(found) > 1:
            free = (node for node in found if around.get(kind, set()).isdisjoint(subterms(node)))
            spelling[kind] = next(free, found[0])
    return transform(root, lambda node: spelling.get(alpha(node), node) if node.head in BINDERS else node)


def closed_total(total: Term, domain: Domain) -> Term:
    """`total`, a sum, or the value that a hypothesis gives it: 1 for the components of a simplex."""
    body, bound, first, last = total.args
    if body.head == "index" and body.args[-1] is bound and bound not in body.args[:-1]:
        name = body.args[0].name
        whole = domain.axes.get(name, ())[-1:] == ((first, last),)
        if whole and any((name, word) in domain.properties for word in WHOLE):
            return ONE
    mine = alpha(total)
    for fact in domain.relations:
        if fact.head == "eq":
            for side, other in permutations(fact.args):
                if side.head == "sum" and alpha(side) is mine:
                    return other
    return total
