"""What hypotheses come to by themselves: which contradict each other, and which no proof made use of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from derive.fuel import Fuel
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.field import OutOfReach, Singular
from derive.proof.algebra.normal import Normaliser
from derive.proof.algebra.signs import NeedSign
from derive.proof.refute.strata import is_empty
from derive.proof.refute.stratum import Stratum
from derive.relations import ORDERS
from derive.spec.domain import Domain, Interval
from derive.term import Term, relation, symbol, term

MAX_FACTS: Final = 12  # of which those that contradict each other are looked for


def contradiction(domain: Domain, fuel: Fuel) -> str:
    """The hypotheses of a domain that contradict each other, as few as are found; empty where none are seen to."""
    facts = list(_facts(domain))
    if len(facts) > MAX_FACTS or not _excluded(facts, domain, fuel):
        return ""
    for fact in list(facts):
        fewer = [other for other in facts if other is not fact]
        if _excluded(fewer, domain, fuel):
            facts = fewer
    if len(facts) == 1:
        return f"nothing satisfies {facts[0]}"
    return f"{', '.join(map(str, facts[:-1]))} and {facts[-1]} contradict each other"


def _facts(domain: Domain) -> Iterator[Term]:
    """Everything that is assumed, a condition each."""
    for name, interval in sorted(domain.ranges.items()):
        yield from _ends(symbol(name), interval)
    for name, values in sorted(domain.values.items()):
        yield Term("or", tuple(relation("eq", symbol(name), term(value)) for value in values))
    yield from domain.relations


def _ends(name: Term, interval: Interval) -> Iterator[Term]:
    if interval.only is not None:
        yield relation("eq", name, term(interval.only))
        return
    if interval.low is not None:
        yield relation("gt" if interval.low_open else "ge", name, term(interval.low))
    if interval.high is not None:
        yield relation("lt" if interval.high_open else "le", name, term(interval.high))


def _excluded(facts: Iterable[Term], domain: Domain, fuel: Fuel) -> bool:
    """Whether no point satisfies the facts."""
    alone = Domain(integers=domain.integers)
    for fact in facts:
        alone = alone.related(fact)
    return is_empty(alone, fuel)


def unused(domain: Domain, parts: Iterable[Stratum], fuel: Fuel) -> tuple[str, ...]:
    """Hypotheses that cannot be made use of, a sentence each."""
    given_up = {fact: None for part in parts for fact in part.unsolved}
    reader: Normaliser = Normaliser.under(Facts(replace(domain, relations=())), fuel)
    for fact in domain.relations:
        if fact.head in ORDERS:
            try:
                reader.read(fact.args[0] - fact.args[1])
            except (NeedSign, OutOfReach, Singular):
                given_up[fact] = None
    return tuple(f"the hypothesis {fact} was not used" for fact in given_up)
