"""The holes of a claim in a cell: where it has no value though the function has a derivative."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from derive.calculus.derivative import depends
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.field import Element, OutOfReach, Singular
from derive.proof.algebra.normal import Normaliser
from derive.proof.algebra.real import Grounds, demands, shortened
from derive.proof.algebra.removable import NoDerivative, limit_at
from derive.proof.algebra.signs import NeedSign
from derive.proof.algebra.syntactic_signs import syntactically_positive
from derive.proof.kinks.boundary import Restriction, restricted_facts, solve
from derive.proof.verdict import Hole, derivative_said
from derive.spec.domain import Domain
from derive.term import Term, substitute


@dataclass(frozen=True)
class Smooth:
    """A cell in which nothing turns: the function, its derivative and the claim, as they are there."""

    reader: Normaliser
    domain: Domain
    variable: Term | None
    body: Term
    slope: Term
    ends: Mapping[int, Normaliser]  # roots that were taken to be positive, with what was known before
    is_empty: Callable[[Normaliser], bool]

    def holes(self, rests_on: Grounds) -> Iterator[Hole | str]:
        """Where the claim has no value and the function has a derivative; a sentence where it has a kink instead."""
        function = _unconditional(self.body, self.reader)
        taken = set(zeros(self.reader, function.nonzero))
        for number, divisor in zeros(self.reader, rests_on.nonzero).items():
            if number not in taken and self._may_be_zero(number):
                yield from self._at_zero(number, divisor)
        poles = [self.reader.read(part) for part in function.no_pole]
        for part in rests_on.no_pole:
            yield from self._at_poles(part, poles)

    def _may_be_zero(self, number: int) -> bool:
        """Whether a polynomial may be zero where the function does not end."""
        if number not in self.ends:
            return self.reader.signs.find(number) is None
        return self.variable is None or not depends(self.reader.written(number), self.variable)

    def _at_zero(self, number: int, divisor: Term) -> Iterator[Hole | str]:
        reader = self.ends.get(number, self.reader)
        if self.is_empty(reader.assuming(number, 0)):
            return
        where = solve(reader, number, self.variable)
        if where is None:
            yield Hole((f"{shortened(divisor)} = 0",))
            return
        found = self._derivative_at(number, where)
        place = f"{where[0]} = {where[1]}"
        if isinstance(found, Term):
            yield Hole((place,), derivative_said(found))
        elif found is not Singular:
            yield Hole((place,)) if found is None else f"{place}, where the function may have a kink"

    def _derivative_at(self, number: int, where: Restriction) -> Term | type[Exception] | None:
        """The derivative on a zero set; Singular where the function has no value, NoDerivative where it bends."""
        domain, signs = restricted_facts(self.domain, self.reader, number, where)
        on = Normaliser.under(Facts(domain, signs), self.reader.field.fuel)
        try:
            on.read(substitute(self.body, dict([where])))
        except Singular:
            return Singular
        except (NeedSign, OutOfReach):
            return None
        try:
            return on.write(on.read(substitute(self.slope, dict([where]))))
        except (NeedSign, OutOfReach):
            return None
        except Singular:
            pass  # the limit is left
        try:
            found = limit_at(self.slope, where, self.reader, on) if where[0] == self.variable else None
        except NoDerivative:
            return NoDerivative
        except (NeedSign, OutOfReach, Singular):
            return None
        return None if found is None else on.form(found) or found

    def _at_poles(self, part: Term, taken: list[Element]) -> Iterator[Hole | str]:
        """Where a term is 0, -1, -2, ... and the function has no pole of its own."""
        reader = self.reader
        mine = reader.read(part)
        if reader.surely_positive(mine):
            return
        apart = [reader.field.subtract(mine, other).rational for other in taken]
        below = [int(gap) for gap in apart if gap is not None and gap.denominator == 1]
        if not below:
            yield Hole((f"{shortened(part)} = 0, -1, -2, ...",))
            return
        # mine = other + gap, so other's poles are mine less the gap: those above them are left.
        for step in range(max(below), 0):
            place = reader.field.add(mine, Element(Fraction(-(step + 1))))
            yield from self._where_zero(place, part)

    def _where_zero(self, element: Element, part: Term) -> Iterator[Hole | str]:
        numbers = [number for number, exponent in element.factors if exponent > 0]
        for number in numbers:
            if self._may_be_zero(number):
                yield from self._at_zero(number, part)


def zeros(reader: Normaliser, terms: Iterable[Term]) -> dict[int, Term]:
    """The polynomials that vanish where one of `terms` does, each with that term."""
    found: dict[int, Term] = {}
    for part in terms:
        if syntactically_positive(part, reader.range_of):
            continue
        try:
            found |= {number: part for number, exponent in reader.read(part).factors if exponent > 0}
        except (NeedSign, OutOfReach, Singular):
            continue
    # A root vanishes with what is under it, and sin**2 may have become 1 - cos**2.
    for number, part in list(found.items()):
        relation = reader.field.relations.get(reader.field.slot_of.get(number, -1))
        if relation is not None:
            found |= {factor: part for factor, _ in reader.field.from_polynomial(relation[1]).factors}
    return found


def _unconditional(root: Term, reader: Normaliser) -> Grounds:
    """What is not 0, or no pole, wherever a term has a value."""
    found = Grounds()
    for _, condition in demands(root):
        for part in condition.args if condition.head == "and" else (condition,):
            if part.head == "ne":
                found.nonzero.append(part.args[0] - part.args[1] if part.args[1].head != "num" else part.args[0])
            elif part.head == "or" and part.args[-1].head == "ne" and part.args[-1].args[0].head == "floor":
                found.no_pole.append(part.args[-1].args[1])
    return found
