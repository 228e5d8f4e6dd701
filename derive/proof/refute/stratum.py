"""`Stratum`: a part of a domain on which the equations among the hypotheses are solved, each for one symbol."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from derive.proof.algebra.values import sign_at
from derive.relations import SIGNS, decided
from derive.spec.domain import Domain
from derive.term import RELATIONS, Term, call, free_symbols, rational_value, relation, substitute, term

ROOT: Final = "#root"  # begins the names that stand for roots


@dataclass(frozen=True)
class Root:
    """A square root in the solution of an equation: `name` stands for it, and its square is `square`."""

    name: Term
    square: Term


@dataclass(frozen=True)
class Stratum:
    """`domain`, where each symbol of `solved` equals its value, which roots may occur in.

    fixed: the solved symbols whose values do not move with the variable; they are gone from `domain`.
    unsolved: equations that no symbol is solved for.
    """

    domain: Domain
    solved: tuple[tuple[Term, Term], ...] = ()
    roots: tuple[Root, ...] = ()
    fixed: frozenset[Term] = frozenset()
    unsolved: tuple[Term, ...] = ()

    def values(self) -> dict[Term, Term]:
        """What each solved symbol equals, with its roots written out."""
        written: dict[Term, Term] = {}
        for root in self.roots:
            written[root.name] = call("sqrt", substitute(root.square, written))
        return {name: substitute(value, written) for name, value in self.solved}

    def put(self) -> dict[Term, Term]:
        """What is to be put in for the symbols that are fixed here."""
        return {name: value for name, value in self.values().items() if name in self.fixed}

    def without_roots(self, part: Term) -> Term:
        """`part` with its roots written out."""
        written: dict[Term, Term] = {}
        for root in self.roots:
            written[root.name] = call("sqrt", substitute(root.square, written))
        return substitute(part, written)


def without(domain: Domain, fact: Term) -> Domain:
    return replace(domain, relations=tuple(other for other in domain.relations if other is not fact))


def put_in(domain: Domain, name: Term, value: Term) -> Domain:
    """What is assumed, with a value in the place of a name; its range is a condition on the value."""
    values = {other: listed for other, listed in domain.values.items() if other != name.name}
    ranges = {other: interval for other, interval in domain.ranges.items() if other != name.name}
    facts = [substitute(fact, {name: value}) for fact in domain.relations]
    interval = domain.range(name.name)
    if interval.low is not None:
        facts.append(relation("gt" if interval.low_open else "ge", value, term(interval.low)))
    if interval.high is not None:
        facts.append(relation("lt" if interval.high_open else "le", value, term(interval.high)))
    if name.name in domain.values:
        facts.append(Term("or", tuple(relation("eq", value, term(one)) for one in domain.values[name.name])))
    after = replace(domain, ranges=ranges, values=values, relations=())
    for fact in facts:
        if truth(fact) is not True:
            after = after.related(fact)
    whole, number = name.name in domain.integers, rational_value(value)
    if whole and number is not None and number.denominator != 1:
        after = after.related(relation("lt", term(1), term(0)))
    return after


def truth(fact: Term) -> bool | None:
    """Whether a condition without symbols holds; None where it has some, or where it is not certain."""
    return decided(fact, _related)


def _related(relation: Term) -> bool | None:
    if relation.head not in RELATIONS or free_symbols(relation):
        return None
    sign = sign_at(relation.args[0] - relation.args[1], {})
    return None if sign is None else sign in SIGNS[relation.head]
