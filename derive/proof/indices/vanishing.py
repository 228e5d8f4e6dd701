"""Whether a residual in index notation vanishes: place by place and sign by sign."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from derive.calculus.derivative import derivative, minus
from derive.calculus.indices import index_names
from derive.fuel import Fuel
from derive.proof.algebra.field import OutOfReach, Singular
from derive.proof.algebra.normal import MAX_READINGS
from derive.proof.algebra.signs import NeedSign
from derive.proof.algebra.tower import Tower
from derive.proof.indices.demands import IndexedDemand
from derive.proof.indices.order import IndexOrder, NeedOrder
from derive.proof.indices.sums import IndexReader
from derive.spec.domain import Domain
from derive.term import ZERO, Term, free_symbols, rational_value, relation, substitute, subterms, symbol, term

MAX_ASSUMPTIONS: Final = 6  # about places, and about signs, one upon the other
MAX_MESSAGE: Final = 300  # characters
STAND_IN: Final = symbol("#")


@dataclass(frozen=True)
class Residual:
    """`slope - claim`, wherever each of `positive` is positive and each of `equations` holds.

    everywhere: what is positive at each place of the indices about it.
    """

    slope: Term
    claim: Term
    positive: tuple[Term, ...] = ()
    everywhere: tuple[IndexedDemand, ...] = ()
    equations: tuple[Term, ...] = ()

    def at(self, name: str, place: Term) -> Residual:
        """The residual at one place."""
        by = {symbol(name): place}

        def put(part: Term) -> Term:
            return substitute(part, by)

        everywhere = tuple(one.put(by) for one in self.everywhere)
        rest = tuple(map(put, self.positive)), everywhere, tuple(map(put, self.equations))
        return Residual(put(self.slope), put(self.claim), *rest)

    def reader(
        self,
        domain: Domain,
        indices: IndexOrder,
        fuel: Fuel,
        finer: Tower | None = None,
        learned: bool = True,
        still: str | None = None,
    ) -> IndexReader:
        """A reader that knows what holds, or is about to learn what is positive."""
        reader = IndexReader.over(domain, indices, fuel)
        reader.still = still
        if finer is not None:
            reader.tower.finest = dict(finer.finest)
        reader.everywhere = self.everywhere
        for equation in self.equations:
            reader.learn(equation)
        for positive in self.positive if learned else ():
            reader.learn_positive(positive)
        return reader


@dataclass
class Attempt:
    """A proof that a residual vanishes, place by place and sign by sign."""

    domain: Domain
    fuel: Fuel
    used: set[str] = field(default_factory=set)
    still: str | None = None  # as an IndexReader has it
    left: str = ""  # what did not vanish, or why it is not known

    def vanishes(self, residual: Residual, indices: IndexOrder, depth: int = 0) -> bool:
        """Whether the residual vanishes at all places, off the surfaces on which conditions change."""
        try:
            try:
                return self.in_readings(residual, indices)
            except NeedOrder as question:
                return depth < MAX_ASSUMPTIONS and self.by_indices(residual, indices, question, depth)
        except (OutOfReach, Singular) as problem:
            self.left = str(problem)
            return False

    def in_readings(self, residual: Residual, indices: IndexOrder) -> bool:
        """What a first reading divides too coarsely, a later one divides as finely as it turned out to need."""
        finer: Tower | None = None
        for _ in range(MAX_READINGS):
            reader = residual.reader(self.domain, indices, self.fuel, finer, still=self.still)
            if self.by_signs(reader, minus(residual.slope, residual.claim), 0):
                self.used |= reader.used
                return True
            if not reader.tower.late:
                break
            finer = reader.tower
        return False

    def by_indices(self, residual: Residual, indices: IndexOrder, question: NeedOrder, depth: int) -> bool:
        left, right = question.left, question.right
        for sign in sorted(indices.compare(left, right)):
            if sign:
                found = self.vanishes(residual, indices.assuming(left, right, sign), depth + 1)
            else:
                name, place, inner = indices.meeting(left, right)
                found = self.vanishes(residual.at(name, place), inner, depth + 1)
            if not found:
                return False
        return True

    def by_signs(self, reader: IndexReader, residual: Term, depth: int) -> bool:
        try:
            found = reader.read(residual)
        except NeedSign as question:
            if reader.recall(question.number):
                return self.by_signs(reader, residual, depth)
            if depth == MAX_ASSUMPTIONS:
                raise OutOfReach("too many signs to tell apart") from None
            # Sizes and indices are whole: where something made of them is 0 is no boundary, but a case of its own.
            is_placed = free_symbols(reader.written(question.number)) <= reader.indices.names
            sides = [reader.assuming(question.number, sign) for sign in ((1, 0, -1) if is_placed else (1, -1))]
            return all(side.signs.contradictory() or self.by_signs(side, residual, depth + 1) for side in sides)
        if reader.is_zero(found):
            return True
        self.left = f"the two sides differ by {reader.shown(found)}, as far as is known"
        return False

    def vanishes_on(self, surfaces: list[Term], residual: Residual, indices: IndexOrder) -> bool:
        """Whether the residual vanishes on a surface that settles one component of an array."""
        if len(surfaces) == 1 and index_names(surfaces[0]) <= indices.names:
            for component, value in _settled(surfaces[0]):
                # Conditions of the claim are decided as written; sums keep the component as it was, and what
                # vanishes for every value of these vanishes for theirs.
                claim = substitute(residual.claim, {component: value})
                on = replace(residual, claim=claim, equations=(relation("eq", component, value),))
                if self.vanishes(on, indices):
                    return True
        self.left = f"where {surfaces[0]} = 0 the claim may have a value of its own"
        return False

    def bends_on(self, surface: Term, residual: Residual, indices: IndexOrder, depth: int = 0) -> bool:
        """Whether on a surface the slopes of the two sides differ, or the claim is right where they agree.

        On a kink the claim may be anything.
        """
        if not index_names(surface) <= indices.names:
            return True  # one for each place; they are told as such
        try:
            reader = IndexReader.over(self.domain, indices, self.fuel)
            read = reader.read(surface)
            if len(read.factors) != 1:
                return not read.is_zero and not read.factors
            number = read.factors[0][0]
            return any(self._bends_at({component: value}, reader, number, residual, indices)
                       for component, value in _settled(surface))  # fmt: skip
        except NeedOrder as question:
            return depth < MAX_ASSUMPTIONS and self._bends_by_indices(surface, residual, indices, question, depth)
        except Singular:
            return True  # a formula has no value there
        except (NeedSign, OutOfReach):
            return False

    def _bends_by_indices(
        self, surface: Term, residual: Residual, indices: IndexOrder, question: NeedOrder, depth: int
    ) -> bool:
        left, right = question.left, question.right
        for sign in sorted(indices.compare(left, right)):
            if sign:
                found = self.bends_on(surface, residual, indices.assuming(left, right, sign), depth + 1)
            else:
                name, place, inner = indices.meeting(left, right)
                here = substitute(surface, {symbol(name): place})
                found = self.bends_on(here, residual.at(name, place), inner, depth + 1)
            if not found:
                return False
        return True

    def _bends_at(
        self, here: dict[Term, Term], reader: IndexReader, number: int, residual: Residual, indices: IndexOrder
    ) -> bool:
        on = IndexReader.over(self.domain, indices, self.fuel)
        above, below = (_beside(reader.assuming(number, sign), residual.slope, here, on) for sign in (1, -1))
        kink = on.read(substitute(minus(above, below), here))
        uncertain = [n for n, exponent in kink.factors if exponent > 0 and not on.signs.find(n)]
        if not kink.is_zero and not uncertain:
            return True
        off = on.read(substitute(minus(residual.claim, above), here))
        if kink.is_zero or off.is_zero:
            return off.is_zero
        left = on.field.numerator(off)
        return not any(divmod(left, on.field.polynomials[n])[1] for n in uncertain)

    def message(self) -> str:
        return self.left if len(self.left) <= MAX_MESSAGE else f"{self.left[:MAX_MESSAGE]}…"


def _beside(reader: IndexReader, slope: Term, here: dict[Term, Term], on: IndexReader) -> Term:
    """The slope on one side of a surface, close to it: other signs are what they are on the surface."""
    for _ in range(MAX_ASSUMPTIONS):
        try:
            return reader.write(reader.read(slope))
        except NeedSign as question:
            sign = on.signs.of(on.read(substitute(reader.written(question.number), here)))
            if sign == 0:
                raise OutOfReach("two conditions change at once") from None
            reader = reader.assuming(question.number, sign)
    raise OutOfReach("too many signs to tell apart")


def _settled(surface: Term) -> Iterator[tuple[Term, Term]]:
    """Components in which `surface` is linear, and their values on it."""
    for node in subterms(surface):
        if node.head == "index" and node.args[0].head == "sym":
            line = substitute(surface, {node: STAND_IN})
            slope = rational_value(derivative(line, STAND_IN))
            if slope:
                yield node, substitute(line, {STAND_IN: ZERO}) * term(-1 / slope)
