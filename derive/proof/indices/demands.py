"""What an indexed term demands of its parts to have a value, for each place of the indices bound about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Final

from derive.calculus.indices import Range
from derive.proof.algebra.real import demand
from derive.proof.indices.order import IndexOrder
from derive.relations import opposite
from derive.term import BINDERS, RELATIONS, Term, branches, free_symbols, substitute, subterms

MAX_INSTANCES: Final = 64  # of one demand that are looked at

Within = tuple[tuple[Term, Range], ...]  # indices bound about a part, the outermost first, and their ranges


@dataclass(frozen=True)
class IndexedDemand:
    """`part` is positive (gt), not negative (ge), not 0 (ne) or no pole, for each place of the indices about it.

    `given`: comparisons under which that is so, since a branch is in force only there.
    """

    kind: str
    part: Term
    within: Within = ()
    given: tuple[Term, ...] = ()

    @property
    def bound(self) -> frozenset[str]:
        """The indices that occur in the part."""
        return free_symbols(self.part) & {index.name for index, _ in self.within}

    def put(self, by: Mapping[Term, Term]) -> IndexedDemand:
        """The same with free indices replaced."""
        within = tuple((index, (substitute(first, by), substitute(last, by))) for index, (first, last) in self.within)
        return replace(self, part=substitute(self.part, by), within=within)

    def instances(self, indices: IndexOrder, at: Term) -> list[Term]:
        """What is demanded at the places that another term mentions, as far as these surely lie in the ranges."""
        if not self.bound:
            return [self.part]
        mentioned = {place for node in subterms(at) if node.head == "index" for place in node.args[1:]}
        found = []
        for choice in islice(product(sorted(mentioned, key=str), repeat=len(self.within)), MAX_INSTANCES):
            by: dict[Term, Term] = {}
            for (index, along), place in zip(self.within, choice, strict=True):
                first, last = (substitute(end, by) for end in along)
                if -1 in indices.compare(place, first) | indices.compare(last, place):
                    break
                by[index] = place
            else:
                found.append(substitute(self.part, by))
        return found


def indexed_demands(root: Term, branches_too: bool) -> list[IndexedDemand]:
    """What a term demands, of arguments before functions; inside of branches, not always in force, only if asked."""
    return list(reversed(dict.fromkeys(_walk(root, (), (), branches_too))))


def _walk(root: Term, within: Within, given: tuple[Term, ...], branches_too: bool) -> Iterator[IndexedDemand]:
    stack, seen = [root], set[Term]()
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.head in BINDERS:
            body, bound, first, last = node.args
            yield from _walk(body, (*within, (bound, (first, last))), given, branches_too)
            stack += (first, last)
            continue
        if node.head == "cases":
            stack.append(node.args[1])
            if branches_too:
                yield from _of_branches(node, within, given)
            continue
        yield from _parts(demand(node), within, given)
        stack += node.args


def _of_branches(node: Term, within: Within, given: tuple[Term, ...]) -> Iterator[IndexedDemand]:
    for value, condition in branches(node):
        yield from _walk(value, within, (*given, *_facts(condition)), True)
        given = (*given, *(opposite(part) for part in _facts(condition) if len(_facts(condition)) == 1))


def _facts(condition: Term) -> tuple[Term, ...]:
    if condition.head == "and":
        return tuple(part for each in condition.args for part in _facts(each))
    return (condition,) if condition.head in RELATIONS else ()


def _parts(condition: Term, within: Within, given: tuple[Term, ...]) -> Iterator[IndexedDemand]:
    if condition.head == "and":
        for part in condition.args:
            yield from _parts(part, within, given)
    elif condition.head in ("gt", "ge", "ne"):
        left, right = condition.args
        yield IndexedDemand(
            condition.head, left if right.head == "num" and not right.number else left - right, within, given
        )
    elif condition.head == "or" and condition.args[-1].head == "ne" and condition.args[-1].args[0].head == "floor":
        yield IndexedDemand("pole", condition.args[-1].args[1], within, given)
