"""What is known of indexed terms: equations, orders, and hypotheses for every place, learnt when they are asked for."""

from __future__ import annotations

from fractions import Fraction

from derive.calculus.indices import Range
from derive.fuel import Fuel
from derive.proof.algebra.facts import strict_order
from derive.proof.algebra.field import Element, OutOfReach, Singular
from derive.proof.algebra.normal import Normaliser
from derive.proof.algebra.signs import NeedSign
from derive.proof.indices.demands import IndexedDemand
from derive.proof.indices.order import BOUND, IndexOrder
from derive.proof.indices.universal import Universal
from derive.spec.domain import Interval
from derive.term import Term, free_symbols, subterms, symbol


class IndexFacts(Normaliser):
    """The facts of a reader of indexed terms."""

    indices: IndexOrder

    def __init__(self, fuel: Fuel) -> None:
        super().__init__(fuel)
        self.used: set[str] = set()  # the hypotheses that were needed
        self.still: str | None = None  # the variable's name, if signs that it does not move are to be right at 0 too
        self.everywhere: tuple[IndexedDemand, ...] = ()  # what is positive at each place
        self.universal: list[Universal] = []  # hypotheses for every place
        self.recalling = False
        self.reread: dict[Term, Element] = {}  # the memo of what is not read strictly

    def narrow(self, name: str, low: Fraction | None) -> None:
        """An index or a size is at least `low`."""
        if low is not None:
            self.signs.ranges.narrow(self.symbol(symbol(name)).slot, Interval(low, low_open=False))

    def learn(self, fact: Term) -> None:
        """An inequality, or an equation in which a sum or a component stands alone; others are not used."""
        self.learn_order(fact)
        if fact.head == "eq":
            try:
                self._learn_equation(self.read(fact.args[0] - fact.args[1]))
            except (NeedSign, OutOfReach, Singular):
                return

    def _learn_equation(self, element: Element) -> None:
        """`element` = 0, solved for the latest generator that occurs with the coefficient 1 or -1, and once."""
        numbers = [number for number, exponent in element.factors if exponent > 0]
        if len(numbers) != 1:
            return
        polynomial = self.field.polynomials[numbers[0]]
        for slot in reversed(self.field.slots(polynomial)):
            generator = self.field.generators[slot]
            slope = polynomial.derivative(slot)
            if (
                generator.term.head in ("sum", "product", "index")
                and slope * slope == 1
                and slot not in self.field.relations
            ):
                self.field.relate(generator, 1, self.field.polynomial(generator) - polynomial * slope)
                self.memo.clear()  # of what was read before the equation was known
                self.reread.clear()
                return

    def learn_relation(self, relation: Term) -> None:
        """One more fact: a comparison of values, taken strictly since single points do not matter."""
        for smaller, larger in strict_order((relation,)):
            self.learn_positive(larger - smaller)

    def is_bound(self, number: int) -> bool:
        """Whether a polynomial has a bound index in it."""
        asked = self.write_polynomial(self.field.polynomials[number])
        return any(name.startswith(BOUND) for name in free_symbols(asked))

    def is_still(self, number: int) -> bool:
        """Whether a polynomial is one that the variable does not move, where that is told apart."""
        return self.still is not None and self.still not in free_symbols(self.written(number))

    def recall(self, number: int) -> bool:
        """Learn what is positive at the places that a polynomial mentions; whether its sign is then known."""
        if not self.recalling:
            asked, self.recalling = self.written(number), True
            self.learn_universal(self.indices_in(number))
            for one in self.everywhere:
                for positive in one.instances(self.indices, asked):
                    self.learn_positive(positive)
            self.recalling = False
        return self.signs.find(number) is not None

    def learn_universal(self, indices: list[Term]) -> None:
        """Learn what the hypotheses for every place say of some places."""
        waiting, self.universal = self.universal, []  # none is read by means of itself
        for universal in waiting:
            for fact, where in universal.at(indices):
                if all(self.lies_in(place, along) for place, along in where):
                    self.learn_order(fact)
        self.universal = waiting

    def indices_in(self, number: int) -> list[Term]:
        """The places of the components that a polynomial mentions."""
        asked = self.write_polynomial(self.field.polynomials[number])
        found = {place for node in subterms(asked) if node.head == "index" for place in node.args[1:]}
        return sorted(found, key=str)

    def lies_in(self, place: Term, along: Range) -> bool:
        """Whether a place certainly lies in a range."""
        return -1 not in self.indices.compare(place, along[0]) | self.indices.compare(along[1], place)

    def assumed_sign(self, number: int) -> int | None:
        """The sign of a polynomial, as it is known or as the hypotheses for every place tell it."""
        known = self.signs.find(number)
        if known is None and self.universal:
            self.learn_universal(self.indices_in(number))
            known = self.signs.find(number)
        return known
