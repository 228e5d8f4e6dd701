"""Normal forms: a smooth Term as an Element of a field whose generators are functions.

exp, log, sin, cos and powers are taken apart until their relations are polynomial; every other
function stands for itself, keyed by the normal form of its arguments. An element that is 0 is a proof
that the term vanishes wherever it is defined under the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from copy import copy
from fractions import Fraction
from typing import Final, Self

from derive.elementary.record import EVERYWHERE
from derive.elementary.table import TABLE, column
from derive.fuel import Fuel
from derive.notation.formulas import filled, formula
from derive.proof.algebra import recurrences
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.field import MAX_GENERATORS, ONE, ZERO, Element, Field, Generator, OutOfReach, Singular
from derive.proof.algebra.floors import Floors
from derive.proof.algebra.real import demand, doubt, holds, learn_real, shortened
from derive.proof.algebra.signs import NeedSign, Signs
from derive.proof.algebra.syntactic_signs import syntactically_positive
from derive.proof.algebra.tower import Tower
from derive.proof.algebra.values import sign_at
from derive.proof.algebra.writing import product_of
from derive.spec.domain import POSITIVE, REALS, Interval
from derive.term import FUNCTIONS, PI, TRUE, Term, rational_value, subterms, symbol
from derive.values.intervals import whole_range

PI_RANGE: Final = Interval(Fraction(314159265, 10**8), Fraction(314159266, 10**8))
ARITHMETIC: Final[dict[str, Callable[..., Element]]] = {
    "add": Field.add, "sub": Field.subtract, "mul": Field.multiply, "div": Field.divide,
}  # fmt: skip
MAX_RANGES: Final = MAX_GENERATORS // 2  # that are facts; the rest of a long list of names is not used
MAX_READINGS: Final = 4  # of a term, each with the divisions that the one before found late


def is_zero(residual: Term, facts: Facts, fuel: Fuel | None = None) -> bool | None:
    """Whether a smooth term vanishes wherever it is defined under `facts`.

    True is a proof. False: it is another element of the field of its functions, so it differs
    somewhere unless these functions have a relation that is not known here. None: not decided.
    """
    reader = Normaliser.under(facts, fuel or Fuel())
    found: bool | None = None
    for _ in range(MAX_READINGS):
        try:
            found = None if not learn_real(residual, reader) else vanishes(reader, residual)
        except (OutOfReach, Singular, NeedSign):
            found = None
        if found or not reader.tower.late:
            break
        reader = reader.refined(facts)
    return found


def vanishes(reader: Normaliser, residual: Term, depth: int = 0) -> bool | None:
    """As `is_zero`, under what `reader` knows; signs that are not known are tried both ways."""
    try:
        return reader.read(residual).is_zero
    except NeedSign as question:
        if depth == 6:
            return None
        found = [vanishes(reader.assuming(question.number, sign), residual, depth + 1) for sign in (1, -1)]
        return found[0] if found[0] == found[1] else None


def normal_form(of: Term, facts: Facts, fuel: Fuel | None = None) -> Term | None:
    """`of` written from its normal form; None where it has none, or where that depends on a sign."""
    return Normaliser.under(facts, fuel or Fuel()).form(of)


class Normaliser(Floors):
    """Reads Terms as Elements, under the signs known; raises NeedSign where one more is needed."""

    def __init__(self, fuel: Fuel) -> None:
        self.field = Field(fuel, self.write_polynomial)
        self.signs = Signs(self.field, self.same_sign)
        self.memo: dict[Term, Element] = {}
        self.tower = Tower(self.field)
        self.integers: frozenset[str] = frozenset()
        self.is_strict = True  # nothing is read that has no value

    @classmethod
    def under(cls, facts: Facts, fuel: Fuel) -> Self:
        reader = cls(fuel)
        reader.integers = facts.domain.integers
        spans = {name: Interval(min(found), max(found), False, False) for name, found in facts.domain.values.items()}
        for name, interval in [*facts.domain.ranges.items(), *spans.items()]:
            if len(reader.field.generators) < MAX_RANGES:
                reader.signs.ranges.narrow(reader.symbol(symbol(name)).slot, interval)
        for fact in facts.domain.relations:
            reader.learn_order(fact)
        for known, sign in facts.signs:
            reader.learn_positive(known if sign > 0 else -known)
        return reader

    def refined(self, facts: Facts) -> Self:
        """A new reader that divides exponents, roots and angles as finely as this one had to in the end."""
        other = self.under(facts, self.field.fuel)
        other.tower.finest = dict(self.tower.finest)
        return other

    def assuming(self, number: int, sign: int) -> Self:
        """This reader, under one more fact; what was read already stays read."""
        return self._with_signs(self.signs.assuming(number, sign))

    def beyond(self, number: int, sign: int) -> Self:
        """As `assuming`, on a side of the zeros of a polynomial on which the hypotheses need not hold."""
        return self._with_signs(self.signs.beyond(number, sign))

    def fork(self) -> Self:
        """This reader, whose facts are its own from now on."""
        return self._with_signs(self.signs.copy())

    def _with_signs(self, signs: Signs) -> Self:
        other = copy(self)
        other.signs = signs
        other.signs.same_sign = other.same_sign
        other.memo = dict(self.memo)
        return other

    def learn_order(self, fact: Term) -> None:
        """An inequality of the hypotheses, which holds on its boundary too where it is not strict."""
        if fact.head in ("lt", "le", "gt", "ge"):
            smaller, larger = fact.args if fact.head in ("lt", "le") else fact.args[::-1]
            if fact.head in ("lt", "gt"):
                self.learn_positive(larger - smaller)
            else:
                self.learn_nonnegative(larger - smaller)

    def learn_nonnegative(self, part: Term) -> None:
        """One more fact: `part` >= 0. A fact that cannot be read is not used."""
        try:
            self.signs.learn_nonnegative(self.read(part))
        except (NeedSign, OutOfReach, Singular):
            return

    def learn_positive(self, positive: Term) -> None:
        """One more fact: `positive` > 0. A fact that cannot be read is not used."""
        try:
            self.signs.learn_positive(self.read(positive))
        except (NeedSign, OutOfReach, Singular):
            return

    def range_of(self, name: str) -> Interval:
        """The range of a symbol, as far as it is known here."""
        generator = self.field.by_key.get(symbol(name))
        return self.signs.ranges.of(generator.slot) if generator is not None else REALS

    def holds_at(self, point: Mapping[str, Fraction]) -> bool:
        """Whether everything that is known of signs and ranges certainly holds at a point."""
        signs = [(self.written(number), sign) for number, sign in tuple(self.signs.known.items())]
        for numbers, sign in self.signs.products.items():
            signs.append((product_of([self.written(number) for number in sorted(numbers)]), sign))
        symbols = [(found.term.name, self.signs.ranges.of(found.slot)) for found in self.field.generators
                   if found.term.head == "sym"]  # fmt: skip
        inside = all(point[name] in interval for name, interval in symbols if name in point)
        return inside and all(sign_at(written, point) == sign for written, sign in signs)

    def sign(self, of: Term) -> int:
        """The sign of a term, where powers are 0 too; raises NeedSign."""
        for node in subterms(of):
            if node.head == "pow" and rational_value(node.args[1]) is None:
                self.signs.of_at_zeros_too(self.read(node.args[0]))
        return self.signs.of_at_zeros_too(self.read(of))

    def sign_of(self, element: Element, written: Term | None = None) -> int:
        """The sign of an element, also where only the way in which it is written shows it; raises NeedSign."""
        try:
            return self.signs.of(element)
        except NeedSign:
            if written is None or not syntactically_positive(written, self.range_of):
                raise
        self.signs.learn_positive(element)
        return 1

    def require(self, node: Term) -> None:
        """Nothing is read that has no value: raises Singular, or OutOfReach where that is not known, or NeedSign."""
        condition = demand(node) if self.is_strict else TRUE
        found = condition is TRUE or holds(condition, self)
        if found is None:
            raise OutOfReach(doubt(node, condition))
        if not found:
            raise Singular(f"{shortened(node)} has no real value there")

    # Reading

    def read(self, node: Term) -> Element:
        # The left spine of a long sum or product is walked, not descended.
        spine = [node]
        while spine[-1] not in self.memo and spine[-1].head in ARITHMETIC:
            spine.append(spine[-1].args[0])
        for part in reversed(spine):
            if part not in self.memo:
                self.field.fuel.spend()
                self.memo[part] = self._read(part)
        return self.memo[node]

    def _read(self, node: Term) -> Element:
        field, head = self.field, node.head
        if head == "num":
            return Element(node.number)
        if head in ("sym", "const"):
            return self._constant(node) if head == "const" else field.element(self.symbol(node))
        if head in FUNCTIONS or _is_root(node):
            self.require(node)
        if head in EQUAL:
            for text in TABLE[head].implied:
                self.learn_positive(filled(text, node))
            return self.read(filled(EQUAL[head], node))
        if head == "index":
            return field.element(self.opaque(node, self._index_key(node)))
        if head in ("sum", "product", "maximum", "delta", "det", "apply", "cases"):
            return field.element(self.opaque(node, node))
        if head == "log" and node.args[0].head == "abs":
            return self.logarithm(self.read(node.args[0].args[0]))
        parts = [self.read(child) for child in node.args]
        if head in ARITHMETIC:
            return ARITHMETIC[head](field, *parts)
        reader = getattr(self, f"_read_{head}", None)
        if reader is not None:
            found: Element = reader(*parts)
            return found
        return self.function_of(head, parts)

    def symbol(self, node: Term) -> Generator:
        return self.field.generator(node, node)

    def _constant(self, node: Term) -> Element:
        if node.name == "E":
            return self.exponential(ONE)
        if node is not PI:
            raise OutOfReach(f"{node} is not a number")
        generator = self.field.generator(PI, PI)
        self.signs.ranges.narrow(generator.slot, PI_RANGE)
        return self.field.element(generator)

    def _index_key(self, node: Term) -> Hashable:
        base = node.args[0]
        return ("index", base, *(self.read(index) for index in node.args[1:]))

    def _read_neg(self, part: Element) -> Element:
        return self.field.scale(part, -1)

    def power(self, base: Element, exponent: Element) -> Element:
        """base**exponent; raises NeedSign where the base may be negative and the exponent may be broken."""
        return self._read_pow(base, exponent)

    def _read_pow(self, base: Element, exponent: Element) -> Element:
        order = exponent.rational
        if order is not None and order.denominator == 1:
            return ONE if order == 0 else self.field.power(base, int(order))
        if base.is_zero:
            sign = self.signs.of_at_zeros_too(exponent)
            if sign >= 0:
                return ZERO if sign else ONE
            raise Singular("0 to a power that is not positive")
        if order is None and self.is_integer(exponent) and not self.surely_positive(base):
            return self._integer_power(base, exponent)
        if self.is_strict and self.sign_of(base) < 0:
            raise Singular("a root, or a power with a broken exponent, of what is negative")
        return self.exponential(self.field.multiply(exponent, self.logarithm(base)))

    def _read_exp(self, argument: Element) -> Element:
        return self.exponential(argument)

    def _read_log(self, argument: Element) -> Element:
        return self.logarithm(argument)

    def _read_sin(self, argument: Element) -> Element:
        return self.cos_sin(argument)[1]

    def _read_cos(self, argument: Element) -> Element:
        return self.cos_sin(argument)[0]

    def _read_cbrt(self, argument: Element) -> Element:
        sign = self.signs.of(argument)
        root = self.exponential(self.field.scale(self.logarithm(argument), Fraction(1, 3))) if sign else ZERO
        return self.field.scale(root, sign)

    def surely_positive(self, element: Element) -> bool:
        try:
            return self.signs.of(element) > 0
        except NeedSign:
            return False

    def _integer_power(self, base: Element, exponent: Element) -> Element:
        """base**n for a symbolic integer n and a base of any sign."""
        rest, whole = recurrences.split_integer(self.field, exponent)
        written = self.write(base) ** self.write(rest)
        unknown = self.field.element(self.field.generator(("pow", base, rest), written))
        return self.field.multiply(unknown, self.field.power(base, whole))

    # Functions that stand for themselves

    def function_of(self, head: str, parts: list[Element]) -> Element:
        function = TABLE.get(head)  # None for a derivative that is not taken, and its like
        if function is not None and function.odd:
            if parts[0].is_zero:
                return ZERO
            if parts[0].coefficient < 0:
                return self.field.scale(self.function_of(head, [self.field.scale(parts[0], -1)]), -1)
        if function is not None and function.at_zero and parts[0].is_zero:
            return self.read(formula(function.at_zero))
        reduced = recurrences.reduce(self, head, parts)
        return self.stand_in(head, parts) if reduced is None else reduced

    def stand_in(self, head: str, parts: list[Element]) -> Element:
        """The generator of head(parts), with what is known of its range."""
        written = Term(head, tuple(map(self.write, parts)))
        generator = self.field.generator((head, *parts), written)
        if generator.slot not in self.tower.arguments:
            self.tower.arguments[generator.slot] = (head, tuple(parts))
        self._note_range(generator, head, parts)
        if head == "lambertw":
            self.tower.inverses[generator.slot] = self.field.divide(parts[0], self.field.element(generator))
        return self.field.element(generator)

    def _note_range(self, generator: Generator, head: str, parts: list[Element]) -> None:
        self.signs.ranges.narrow(generator.slot, whole_range(head))
        condition = TABLE[head].positive if head in TABLE else ""
        if condition == EVERYWHERE or (condition and self.surely_positive(parts[-1])):
            self.signs.ranges.narrow(generator.slot, POSITIVE)
        if head == "polygamma" and all(map(self.surely_positive, parts)):
            order = parts[0].rational
            if order is not None and int(order) % 2:
                self.signs.ranges.narrow(generator.slot, POSITIVE)

    def opaque(self, node: Term, key: Hashable) -> Generator:
        return self.field.generator(key, node)

    def form(self, of: Term) -> Term | None:
        """`of` written from its normal form; None where it has none, or where that depends on a sign."""
        try:
            return self.write(self.read(of))
        except (OutOfReach, Singular, NeedSign):
            return None


EQUAL: Final = column("equals")


def _is_root(node: Term) -> bool:
    """Whether a power is not one of a whole number."""
    order = rational_value(node.args[1]) if node.head == "pow" else None
    return node.head == "pow" and (order is None or order.denominator != 1)
