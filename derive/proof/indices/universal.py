"""`Universal`: a hypothesis about components whose index stands for every place, such as `t[i] > 0`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

from derive.calculus.axes import free_ranges, occurrences
from derive.calculus.indices import Range, index_names
from derive.spec.domain import Domain
from derive.term import Term, rational_value, substitute, subterms, symbol


@dataclass(frozen=True)
class Universal:
    """`fact` holds for each choice of its indices along their ranges."""

    fact: Term
    ranges: tuple[tuple[Term, Range], ...]

    @classmethod
    def of(cls, fact: Term, names: Iterable[str], domain: Domain) -> Universal:
        axes: dict[str, list[Range | None]] = {name: list(axes) for name, axes in domain.axes.items()}
        found = free_ranges(axes, [each for each in occurrences(fact) if each[0].args[0].name in axes])
        return cls(fact, tuple((symbol(name), found[name]) for name in sorted(names) if name in found))

    def at(self, indices: Iterable[Term]) -> Iterator[tuple[Term, list[tuple[Term, Range]]]]:
        """The fact with each index at each of `indices`, and the places with the ranges that they must lie in."""
        for choice in product(list(indices), repeat=len(self.ranges)):
            by = {index: place for (index, _), place in zip(self.ranges, choice, strict=True)}
            yield substitute(self.fact, by), [(by[index], along) for index, along in self.ranges]


def gathered(domain: Domain, taken: set[str]) -> Domain:
    """`domain`, where what is said of every single component of an array is its range, or the values it takes.

    taken: names that are indices or sizes of the claim, and so do not stand for every place.
    """
    rest = list[Term]()
    whole = replace(domain, relations=())
    for fact in domain.relations:
        array = _every_component(fact, taken)
        plain = None if array is None else substitute(fact, {array: symbol(array.args[0].name)})
        if array is None or plain is None:
            rest.append(fact)
            continue
        name = array.args[0].name
        listed = _listed(plain, symbol(name))
        after = whole.related(plain)
        if listed is not None:
            known = whole.values.get(name, listed)
            whole = replace(whole, values={**whole.values, name: tuple(v for v in listed if v in known)})
        elif after.relations == whole.relations:
            whole = after
        else:
            rest.append(fact)
    return replace(whole, relations=tuple(rest))


def _every_component(fact: Term, taken: set[str]) -> Term | None:
    """The component that a fact speaks of, if it speaks of one alone and each index of it is any."""
    found = {node for node in subterms(fact) if node.head == "index"}
    if len(found) != 1:
        return None
    (node,) = found
    indices = node.args[1:]
    is_any = all(place.head == "sym" and place.name not in taken for place in indices)
    return node if is_any and len(set(indices)) == len(indices) and node.args[0].head == "sym" else None


def _listed(fact: Term, name: Term) -> tuple[Fraction, ...] | None:
    """The values of `Or(t == 0, t == 1)`."""
    parts = fact.args if fact.head == "or" else ()
    values = [rational_value(part.args[1]) if part.head == "eq" and part.args[0] is name else None for part in parts]
    known = tuple(sorted({value for value in values if value is not None}))
    return known if known and None not in values else None


def without_own_facts(domain: Domain, sizes: set[str], indices: set[str]) -> tuple[Domain, list[Term]]:
    """The domain without facts about components at the claim's own indices, and these."""
    own = [fact for fact in domain.relations if index_names(fact) - sizes and index_names(fact) & indices]
    return replace(domain, relations=tuple(fact for fact in domain.relations if fact not in own)), own


def positive_part(fact: Term) -> Term | None:
    """What a strict inequality says is positive."""
    if fact.head not in ("lt", "gt"):
        return None
    smaller, larger = fact.args if fact.head == "lt" else fact.args[::-1]
    return larger - smaller
