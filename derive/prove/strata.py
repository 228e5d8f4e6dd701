"""`Stratum`: a part of a domain on which the equations among the hypotheses are solved, each for one symbol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from derive.differentiate import depends
from derive.domain import POSITIVE, Domain, Interval
from derive.fuel import Fuel
from derive.prove.field import OutOfReach, Polynomial, Singular
from derive.prove.normal import Facts, Normaliser
from derive.prove.signs import NeedSign
from derive.prove.smooth import NoValue, holds, smooth
from derive.prove.values import sign_at
from derive.term import (
    RELATIONS,
    ZERO,
    Term,
    call,
    free_symbols,
    rational_value,
    relation,
    substitute,
    subterms,
    symbol,
    term,
)

MOST_STRATA: Final = 32  # of one domain
DEEPEST: Final = 24  # divisions, one within the other
MOST_TERMS: Final = 12  # of an equation that is solved
WEAK: Final = ("le", "ge")
ARITHMETIC: Final = ("num", "sym", "add", "sub", "mul", "div", "neg", "pow")
HOLDS: Final = {"lt": (-1,), "le": (-1, 0), "gt": (1,), "ge": (1, 0), "eq": (0,), "ne": (-1, 1)}


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
        if count * more <= MOST_STRATA:
            chosen.append(name)
            count *= more
    return chosen


class _Division:
    def __init__(self, variable: Term | None, names: list[str], fuel: Fuel, finely: bool = False) -> None:
        self.variable, self.names, self.fuel, self.finely = variable, names, fuel, finely
        self.count = 0

    def whole(self, domain: Domain) -> list[Stratum]:
        """The strata of a domain, or the domain as it is where these are too many."""
        try:
            return list(self.of(Stratum(domain), 0))
        except TooMany:
            return [Stratum(domain, unsolved=tuple(fact for fact in domain.relations if fact.head == "eq"))]

    def divides(self, domain: Domain) -> bool:
        """Whether a domain has anything that would be taken apart."""
        heads = {fact.head for fact in domain.relations}
        pinned = any(interval.only is not None for interval in domain.ranges.values())
        listed = any(name in domain.values for name in self.names)
        return bool(heads & {"or", "eq", *WEAK}) or pinned or listed

    def of(self, here: Stratum, depth: int) -> Iterator[Stratum]:
        self.fuel.spend()
        if depth > DEEPEST:
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
        if self.count > MOST_STRATA:
            raise TooMany
        yield here

    # Each step: the parts that a stratum divides into, or None where it has nothing to do.

    def by_contradiction(self, here: Stratum) -> list[Stratum] | None:
        empty = any(interval.empty for interval in here.domain.ranges.values())
        return [] if empty or any(_truth(fact) is False for fact in here.domain.relations) else None

    def by_alternatives(self, here: Stratum) -> list[Stratum] | None:
        for fact in here.domain.relations:
            if fact.head == "or":
                rest = _without(here.domain, fact)
                return [replace(here, domain=rest.related(part)) for part in fact.args]
        return None

    def by_listed(self, here: Stratum) -> list[Stratum] | None:
        """A name that takes finitely many values, or a single one."""
        done = dict(here.solved)
        for name in self.names:
            if symbol(name) in done:
                continue
            values, only = here.domain.values.get(name), here.domain.range(name).only
            if values is None and only is None:
                continue
            found = [only] if values is None else values
            return [
                part for value in found if value is not None for part in self.solve(here, symbol(name), term(value))
            ]
        return None

    def by_equation(self, here: Stratum) -> list[Stratum] | None:
        done = {relation("eq", name, here.without_roots(value)) for name, value in here.solved}
        for fact in here.domain.relations:
            if fact.head == "eq" and fact not in done and fact not in here.unsolved:
                rest = replace(here, domain=_without(here.domain, fact))
                return self.equation(rest, fact)
        return None

    def by_touching(self, here: Stratum) -> list[Stratum] | None:
        """Inequalities that are not strict, and that the others leave no room: `x <= y, y <= x`."""
        for fact in here.domain.relations:
            if fact.head in WEAK:
                strict = relation("lt" if fact.head == "le" else "gt", *fact.args)
                inner = _without(here.domain, fact).related(strict)
                if Normaliser.under(Facts(inner), self.fuel).signs.contradictory():
                    edge = _without(here.domain, fact).related(relation("eq", *fact.args))
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
            except NoValue:
                return []
            except (OutOfReach, Singular):
                continue
        return None

    # Equations

    def equation(self, here: Stratum, fact: Term) -> list[Stratum]:
        """The parts of `here` in which an equation holds, one factor of it at a time."""
        reader: Normaliser = Normaliser.under(Facts(here.domain), self.fuel)
        try:
            sides = [smooth(side, reader) for side in fact.args]
            element = reader.read(sides[0] - sides[1])
            if element.is_zero:
                return [here]
            factors = [number for number, e in element.factors if e > 0 and reader.signs.find(number) is None]
        except NeedSign as question:
            asked = reader.written(question.number)
            cut = [here.domain.related(relation(head, asked, ZERO)) for head in ("gt", "lt", "eq")]
            return [replace(here, domain=replace(part, relations=(*part.relations, fact))) for part in cut]
        except (NoValue, OutOfReach, Singular):
            return [_given_up(here, fact)]
        found: list[Stratum] = []
        for number in factors:
            parts = self.factor(here, reader, number)
            if parts is None:
                return [_given_up(here, fact)]
            found += parts
        return found

    def factor(self, here: Stratum, reader: Normaliser, number: int) -> list[Stratum] | None:
        """The parts of `here` in which an irreducible polynomial vanishes; None where it is not solved."""
        polynomial = reader.field.polynomials[number]
        if len(polynomial) > MOST_TERMS:
            return None
        choices = sorted(self.choices(reader, number), key=lambda choice: choice[0])
        if not choices:
            return None
        (_, degree, name, slot) = choices[0]
        parts = [reader.write_polynomial(part) for part in _coefficients(polynomial, slot, degree)]
        return self.linear(here, name, *parts) if degree == 1 else self.quadratic(here, name, *parts)

    def choices(self, reader: Normaliser, number: int) -> Iterator[tuple[tuple[bool, ...], int, Term, int]]:
        """The symbols that a polynomial may be solved for, each with how hard that is."""
        polynomial = reader.field.polynomials[number]
        named = [reader.field.generators[slot] for slot in reader.field.slots(polynomial)]
        moves = any(self.variable is not None and depends(found.term, self.variable) for found in named)
        for found in named:
            degree = int(polynomial.degrees()[found.slot])
            if found.term.head != "sym" or degree > 2:
                continue
            if any(depends(other.term, found.term) for other in named if other is not found):
                continue
            leading = _coefficients(polynomial, found.slot, degree)[0]
            certain = reader.field.from_polynomial(leading).rational is not None
            surely = certain or all(
                reader.signs.find(factor) in (-1, 1) for factor, _ in reader.field.from_polynomial(leading).factors
            )
            mine = found.term is self.variable
            # A root of what moves with the variable is the last choice.
            yield (degree == 2 and moves and not mine, not surely, degree == 2, mine), degree, found.term, found.slot

    def linear(self, here: Stratum, name: Term, slope: Term, rest: Term) -> list[Stratum]:
        """Where slope*name + rest = 0: the slope is not 0, or both are."""
        if rational_value(slope) is not None:
            return self.solve(here, name, -rest / slope if rest is not ZERO else ZERO)
        off = replace(here, domain=here.domain.related(relation("ne", slope, ZERO)))
        both = here.domain.related(relation("eq", slope, ZERO)).related(relation("eq", rest, ZERO))
        return [*self.solve(off, name, -rest / slope), replace(here, domain=both)]

    def quadratic(self, here: Stratum, name: Term, leading: Term, middle: Term, rest: Term) -> list[Stratum]:
        """Where leading*name**2 + middle*name + rest = 0, by the roots; then where the leading coefficient is 0."""
        found: list[Stratum] = []
        if rational_value(leading) is None:
            edge = here.domain.related(relation("eq", leading, ZERO)).related(
                relation("eq", middle * name + rest, ZERO)
            )
            found.append(replace(here, domain=edge))
            here = replace(here, domain=here.domain.related(relation("ne", leading, ZERO)))
        square = self.plain(middle**2 / 4 - leading * rest)
        root = Root(symbol(f"#root{len(here.roots)}"), square)
        inside = replace(here, domain=here.domain.related(relation("gt", square, ZERO)), roots=(*here.roots, root))
        for sign in (1, -1):
            found += self.solve(inside, name, (-middle / 2 + sign * root.name) / leading)
        meeting = replace(here, domain=here.domain.related(relation("eq", square, ZERO)))
        return [*found, *self.solve(meeting, name, -middle / (2 * leading))]

    def is_out(self, domain: Domain, roots: tuple[Root, ...]) -> bool:
        """Whether conditions on roots are seen to fail, where each is known to be positive."""
        for root in roots:
            domain = domain.narrowed(root.name.name, POSITIVE)
        return Normaliser.under(Facts(domain), self.fuel).signs.contradictory()

    def plain(self, part: Term) -> Term:
        """A rational function in normal form; anything else as it is, since log(1 - a) may become log(a - 1)."""
        if any(node.head not in ARITHMETIC for node in subterms(part)):
            return part
        return Normaliser.under(Facts(), self.fuel).form(part) or part

    def solve(self, here: Stratum, name: Term, value: Term) -> list[Stratum]:
        """`here` where `name` equals `value`; nothing, where that is out of its range."""
        value = self.plain(value)
        solved = tuple((other, self.plain(substitute(was, {name: value}))) for other, was in here.solved)
        roots = tuple(replace(root, square=self.plain(substitute(root.square, {name: value}))) for root in here.roots)
        after = replace(here, solved=(*solved, (name, value)), roots=roots)
        if roots and self.is_out(_put(here.domain, name, value), roots):
            return []
        written = after.values()[name]
        moves = self.variable is not None and depends(written, self.variable)
        domain = _put(here.domain, name, written)
        if name is self.variable or moves:
            number = rational_value(written)
            if name is self.variable and number is not None:
                domain = domain.narrowed(name.name, Interval(number, number, low_open=False, high_open=False))
            else:
                tie = relation("eq", name, written)
                domain = replace(domain, relations=(*domain.relations, tie))
            return [replace(after, domain=domain)]
        return [replace(after, domain=domain, fixed=after.fixed | {name})]


def _given_up(here: Stratum, fact: Term) -> Stratum:
    domain = replace(here.domain, relations=(*here.domain.relations, fact))
    return replace(here, domain=domain, unsolved=(*here.unsolved, fact))


def _without(domain: Domain, fact: Term) -> Domain:
    return replace(domain, relations=tuple(other for other in domain.relations if other is not fact))


def _put(domain: Domain, name: Term, value: Term) -> Domain:
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
        if _truth(fact) is not True:
            after = after.related(fact)
    whole, number = name.name in domain.integers, rational_value(value)
    if whole and number is not None and number.denominator != 1:
        after = after.related(relation("lt", term(1), term(0)))
    return after


def _truth(fact: Term) -> bool | None:
    """Whether a condition without symbols holds; None where it has some, or where it is not certain."""
    if fact.head in ("or", "and"):
        found = [_truth(part) for part in fact.args]
        decisive = fact.head == "or"
        return decisive if decisive in found else None if None in found else not decisive
    if fact.head in ("true", "false"):
        return fact.head == "true"
    if fact.head not in RELATIONS or free_symbols(fact):
        return None
    sign = sign_at(fact.args[0] - fact.args[1], {})
    return None if sign is None else sign in HOLDS[fact.head]


def _coefficients(polynomial: Polynomial, slot: int, degree: int) -> list[Polynomial]:
    """The coefficients of the powers of one generator, the highest first."""
    context = polynomial.context()
    parts: list[dict[tuple[int, ...], int]] = [{} for _ in range(degree + 1)]
    for powers, coefficient in polynomial.to_dict().items():
        parts[degree - int(powers[slot])][(*powers[:slot], 0, *powers[slot + 1 :])] = coefficient
    return [context.from_dict(part) for part in parts]
