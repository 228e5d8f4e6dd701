"""The strata into which the hypotheses divide a domain: alternatives, listed values and solutions of equations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from derive.calculus.derivative import depends
from derive.fuel import Fuel
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.field import OutOfReach, Singular
from derive.proof.algebra.normal import Normaliser
from derive.proof.algebra.signs import NeedSign
from derive.proof.kinks.smooth import NoSmoothValue, holds, smooth
from derive.proof.refute.equations import Equations
from derive.proof.refute.stratum import Stratum, truth, without
from derive.spec.domain import Domain
from derive.term import ZERO, Term, relation, symbol, term

MAX_STRATA: Final = 32  # of one domain
MAX_DEPTH: Final = 24  # divisions, one within the other
WEAK: Final = ("le", "ge")


class TooMany(ArithmeticError):  # noqa: N818 - the answer is UNDECIDED, not an error
    """The hypotheses have more alternatives than are looked at one by one."""


def strata(domain: Domain, variable: Term | None, names: list[str], fuel: Fuel) -> list[Stratum]:
    """Strata that cover `domain` together; none, where the hypotheses are seen to contradict each other.

    `names`: those of the claim; listed values of others are left as they are.
    """
    division = _Division(variable, _few_choices(domain, names), fuel)
    if not division.divides(domain):
        return [Stratum(domain)]
    return division.whole(domain)


def is_empty(domain: Domain, fuel: Fuel) -> bool:
    """Whether no point is seen to satisfy a domain, its kinks taken apart too."""
    return not _Division(None, sorted(domain.names()), fuel, finely=True).whole(domain)


def _few_choices(domain: Domain, names: list[str]) -> list[str]:
    """The names of which few combinations of values are listed, or a single value is known."""
    chosen, count = list[str](), 1
    for name in names:
        more = len(domain.values.get(name, (None,)))
        if count * more <= MAX_STRATA:
            chosen.append(name)
            count *= more
    return chosen


class _Division(Equations):
    def __init__(self, variable: Term | None, names: list[str], fuel: Fuel, finely: bool = False) -> None:
        super().__init__(variable, fuel)
        self.names, self.finely, self.count = names, finely, 0

    def whole(self, domain: Domain) -> list[Stratum]:
        """The strata of a domain, or the domain as it is where these are too many."""
        try:
            return [self.finished(part) for part in self.of(Stratum(domain), 0)]
        except TooMany:
            return [Stratum(domain, unsolved=tuple(fact for fact in domain.relations if fact.head == "eq"))]

    def finished(self, here: Stratum) -> Stratum:
        """`here` with its roots written out; equations with values that move with the variable are hypotheses again."""
        values = here.values()
        variable = self.variable
        moving = {name for name, value in values.items()
                  if variable is not None and (name is variable or depends(value, variable))}  # fmt: skip
        names = {root.name.name for root in here.roots}
        ranges = {name: interval for name, interval in here.domain.ranges.items() if name not in names}
        domain = replace(here.domain, ranges=ranges, relations=())
        ties = (relation("eq", name, values[name]) for name, _ in here.solved if name in moving)
        for fact in (*map(here.without_roots, here.domain.relations), *ties):
            domain = domain if truth(fact) else domain.related(fact)
        unsolved = tuple(map(here.without_roots, here.unsolved))
        return replace(here, domain=domain, fixed=frozenset(values.keys() - moving), unsolved=unsolved)

    def divides(self, domain: Domain) -> bool:
        """Whether a domain has anything that would be taken apart."""
        heads = {fact.head for fact in domain.relations}
        pinned = any(interval.only is not None for interval in domain.ranges.values())
        listed = any(name in domain.values for name in self.names)
        return bool(heads & {"or", "eq", *WEAK}) or pinned or listed

    def of(self, here: Stratum, depth: int) -> Iterator[Stratum]:
        self.fuel.spend()
        if depth > MAX_DEPTH:
            raise TooMany
        steps = (self.by_contradiction, self.by_alternatives, self.by_listed, self.by_equation, self.by_touching)
        for step in (*steps, self.by_kinks) if self.finely else steps:
            parts = step(here)
            if parts is not None:
                for part in parts:
                    yield from self.of(part, depth + 1)
                return
        if Normaliser.under(Facts(here.domain), self.fuel).signs.contradictory():
            return
        self.count += 1
        if self.count > MAX_STRATA:
            raise TooMany
        yield here

    # Each step: the parts that a stratum divides into, or None where it has nothing to do.

    def by_contradiction(self, here: Stratum) -> list[Stratum] | None:
        empty = any(interval.empty for interval in here.domain.ranges.values())
        return [] if empty or any(truth(fact) is False for fact in here.domain.relations) else None

    def by_alternatives(self, here: Stratum) -> list[Stratum] | None:
        for fact in here.domain.relations:
            if fact.head == "or":
                rest = without(here.domain, fact)
                return [replace(here, domain=rest.related(part)) for part in fact.args]
        return None

    def by_listed(self, here: Stratum) -> list[Stratum] | None:
        """A name that takes finitely many values, or a single one."""
        for name, interval in here.domain.ranges.items():
            if interval.only is not None and name not in here.domain.values:
                return self.solve(here, symbol(name), term(interval.only))
        for name in self.names:
            if name in here.domain.values:
                listed = map(term, here.domain.values[name])
                return [part for value in listed for part in self.solve(here, symbol(name), value)]
        return None

    def by_equation(self, here: Stratum) -> list[Stratum] | None:
        for fact in here.domain.relations:
            if fact.head == "eq" and fact not in here.unsolved:
                rest = replace(here, domain=without(here.domain, fact))
                return self.equation(rest, fact)
        return None

    def by_touching(self, here: Stratum) -> list[Stratum] | None:
        """Inequalities that are not strict, and that the others leave no room: `x <= y, y <= x`."""
        for fact in here.domain.relations:
            if fact.head in WEAK:
                strict = relation("lt" if fact.head == "le" else "gt", *fact.args)
                inner = without(here.domain, fact).related(strict)
                if Normaliser.under(Facts(inner), self.fuel).signs.contradictory():
                    edge = without(here.domain, fact).related(relation("eq", *fact.args))
                    return [replace(here, domain=edge)]
        return None

    def by_kinks(self, here: Stratum) -> list[Stratum] | None:
        """Where a condition turns on a sign, the parts in which that is known; none, where one does not hold."""
        reader: Normaliser = Normaliser.under(Facts(here.domain), self.fuel)
        for fact in here.domain.relations:
            try:
                if not holds(fact, reader, lambda part: smooth(part, reader)):
                    return []
            except NeedSign as question:
                asked = reader.written(question.number)
                facts = [relation(head, asked, ZERO) for head in ("gt", "lt", "eq")]
                if not set(facts) & set(here.domain.relations) and fact not in facts:
                    return [replace(here, domain=here.domain.related(each)) for each in facts]
            except NoSmoothValue:
                return []
            except (OutOfReach, Singular):
                continue
        return None
