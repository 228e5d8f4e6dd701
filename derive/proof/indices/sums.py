"""Normal forms of indexed terms: what the scalar tower does, and the laws of sums besides.

A sum is linear and closed: the numerator of its body is multiplied out, what does not depend on the
index comes out, and each product that is left is one generator, keyed by a form in which neither
bound names nor the order of summation matter. Components of a bound index stand for all of them, so
nothing is ever concluded from a case split on the sign of one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from copy import copy
from fractions import Fraction
from itertools import islice, permutations, product
from typing import Final, Self

from derive.calculus.derivative import times
from derive.calculus.indices import Range, extent, index_names
from derive.fuel import Fuel
from derive.proof.algebra.division import Below, Exponents, InIndex
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.field import ONE, ZERO, Element, Generator, OutOfReach
from derive.proof.algebra.signs import NeedSign, Signs
from derive.proof.indices.conditions import KINKED, sign_of
from derive.proof.indices.known import IndexFacts
from derive.proof.indices.laws import Laws
from derive.proof.indices.order import BOUND, IndexOrder
from derive.proof.indices.products import product_over
from derive.proof.indices.summed import Summed, components
from derive.proof.indices.universal import Universal
from derive.spec.domain import NONNEGATIVE, POSITIVE, Domain, Interval
from derive.term import ONE as ONE_TERM
from derive.term import Term, free_symbols, rational_value, substitute, symbol, term

MAX_ORDERS: Final = 24  # orders of summation that are compared
MAX_VALUES: Final = 4  # of a component, of which the polynomial is used


class IndexReader(IndexFacts):
    """Reads indexed Terms as Elements. Raises NeedPlace, as NeedSign, where more must be known."""

    def __init__(self, fuel: Fuel) -> None:
        super().__init__(fuel)
        self.summed: dict[int, Summed] = {}  # by slot
        self.spans: dict[tuple[Element, Element], int] = {}  # the ranges met so far
        self.settle(Domain(), IndexOrder({}))

    @classmethod
    def over(cls, domain: Domain, indices: IndexOrder, fuel: Fuel) -> IndexReader:
        scalars = {name: interval for name, interval in domain.ranges.items() if name not in domain.axes}
        reader = cls.under(Facts(Domain(scalars, (), domain.integers, domain.values)), fuel)
        assert isinstance(reader, cls)
        reader.settle(domain, indices)
        reader.integers |= {*indices.sizes, *indices.ranges}
        for fact in domain.relations:
            loose = index_names(fact) - indices.names
            if loose:
                reader.universal.append(Universal.of(fact, loose, domain))
            else:
                reader.learn(fact)
        return reader

    def settle(self, domain: Domain, indices: IndexOrder) -> None:
        """Take up a domain and the ranges of its free indices."""
        self.domain, self.indices = domain, copy(indices)
        self.indices.ranges = dict(indices.ranges)
        self.laws = Laws(domain, self.indices, self.bound_name, self.used)
        for size in indices.sizes:
            self.narrow(size, Fraction(indices.least(size)))
        for name, (first, _) in indices.ranges.items():
            self.narrow(name, rational_value(first))

    # Reading

    def _read(self, node: Term) -> Element:
        kind = {"sum": self._sum, "product": self._product, "maximum": self._maximum,
                "index": self._component, "delta": self._delta}  # fmt: skip
        if node.head in kind:
            return kind[node.head](node)
        return KINKED[node.head](self, node) if node.head in KINKED else super()._read(node)

    def _component(self, node: Term) -> Element:
        base, *given = node.args
        matrix = base.args[0] if base.head == "inv" else base
        indices = list(map(self.indices.settled, given))
        if {(matrix.name, "spd"), (matrix.name, "symmetric")} & self.domain.properties and len(indices) == 2:
            ordered = sorted(indices, key=str)
            if ordered != indices:
                self.used.add(f"{matrix.name} symmetric")
            indices = ordered
        node = Term("index", (base, *indices))
        only = self.domain.range(base.name).only if base.head == "sym" else None
        if only is not None:
            return Element(only)
        generator = self.opaque(node, self._index_key(node))
        if base.head == "sym":
            self.signs.ranges.narrow(generator.slot, self.domain.range(base.name))
            self._list_values(generator, self.domain.values.get(base.name, ()))
        return self.field.element(generator)

    def _list_values(self, generator: Generator, values: tuple[Fraction, ...]) -> None:
        """A component that takes finitely many whole values is a root of their polynomial."""
        if not values:
            return
        self.signs.ranges.narrow(generator.slot, Interval(min(values), max(values), False, False))
        is_new = generator.slot not in self.field.relations and len(values) <= MAX_VALUES
        if is_new and all(value.denominator == 1 for value in values):
            mine, whole = self.field.polynomial(generator), self.field.context.constant(1)
            for value in values:
                whole *= mine - int(value)
            self.field.relate(generator, len(values), mine ** len(values) - whole, inverted=False)

    def is_zero(self, element: Element) -> bool:
        """Whether an element vanishes, by what is known of components with listed values too."""
        return element.is_zero or (bool(self.domain.values) and not self.field.numerator(element))

    def _delta(self, node: Term) -> Element:
        left, right = node.args
        order = self.indices.compare(left, right)
        if 0 not in order or order == {0}:
            return ONE if 0 in order else ZERO
        self.indices.ask(left, right)
        apart = self.field.subtract(self.read(left), self.read(right))
        return self.zero_or_one(("delta", frozenset((apart, self.field.scale(apart, -1)))), node)

    def zero_or_one(self, key: Hashable, written: Term) -> Element:
        """The generator of what is 0 or 1, so that its powers are itself."""
        generator = self.field.generator(key, written)
        self.field.relate(generator, 2, self.field.polynomial(generator))
        return self.field.element(generator)

    # Binders

    def bound_name(self, along: Range, taken: set[str]) -> str:
        """The first name for an index over a range that is not taken; equal ranges share their names."""
        span = self.spans.setdefault((self.read(along[0]), self.read(along[1])), len(self.spans))
        level = 1
        while f"{BOUND}{span}.{level}" in taken:
            level += 1
        name = f"{BOUND}{span}.{level}"
        self.integers |= {name}
        self.indices.ranges[name] = along
        self.narrow(name, rational_value(along[0]))
        return name

    def opened(self, node: Term) -> tuple[str, Term]:
        """A binder's bound name in canonical spelling, and its body in that name."""
        body, bound, *along = node.args
        name = self.bound_name((along[0], along[1]), set(free_symbols(node)))
        return name, substitute(body, {bound: symbol(name)})

    def _sum(self, node: Term) -> Element:
        name, body = self.opened(node)
        return self.total(self.guarded(body), name)

    def _maximum(self, node: Term) -> Element:
        name, body = self.opened(node)
        return self.field.element(self.binder("maximum", (name,), self.guarded(body)))

    def _product(self, node: Term) -> Element:
        name, body = self.opened(node)
        return product_over(self, body, name)

    def guarded(self, body: Term) -> Element:
        """The body of a binder; a sign that would be asked of a bound index is out of reach."""
        try:
            return self.read(body)
        except NeedSign as question:
            if self.is_bound(question.number):
                asked = self.write_polynomial(self.field.polynomials[question.number])
                raise OutOfReach(f"the sign of {asked} for every index") from None
            raise

    def magnitude(self, of: Element) -> Element:
        """The absolute value; where its sign differs from one index to the next, times that sign."""
        try:
            return super().magnitude(of)
        except NeedSign as question:
            if self.recall(question.number):
                return self.magnitude(of)
            if not self.is_bound(question.number):
                raise
            return self.field.multiply(of, sign_of(self, of))

    def _with_signs(self, signs: Signs) -> Self:
        other = super()._with_signs(signs)
        other.reread = dict(self.reread)
        return other

    def reread_at(self, body: Term) -> Element:
        """A part of what was read before, written out and moved to a place: a factor beside it may be 0 there.

        A root or a logarithm is then that of the absolute value, as everywhere in normal forms.
        """
        before, self.is_strict = self.is_strict, False
        if before:
            self.memo, self.reread = self.reread, self.memo
        try:
            return self.guarded(body)
        finally:
            if before:
                self.memo, self.reread = self.reread, self.memo
            self.is_strict = before

    def sign_of(self, element: Element, written: Term | None = None) -> int:
        """As for scalars; what is positive at every place is so at those that are asked about."""
        try:
            return super().sign_of(element, written)
        except NeedSign as question:
            if self.recall(question.number):
                return self.sign_of(element, written)
            raise

    def power(self, base: Element, exponent: Element) -> Element:
        return self._read_pow(base, exponent)

    # Sums

    def total(self, body: Element, name: str) -> Element:
        """The sum of `body` over the range of `name`."""
        view = InIndex(self.field, name)
        parts = [self.field.multiply(coefficient, self.closed(powers, below, name))
                 for powers, coefficient, below in view.products(body)]  # fmt: skip
        return self.field.multiply(view.outside(body), self.field.total(parts))

    def closed(self, powers: Exponents, below: Below, name: str) -> Element:
        """The sum of one product over `name`: sums inside it are opened, then the laws apply."""
        names, pieces = [name], list[tuple[Term, int]]()
        factors = [self.field.generators[slot].term for slot, power in enumerate(powers) if power]
        factors += (self.write_polynomial(self.field.polynomials[number]) for number, _ in below)
        free = frozenset().union(*map(free_symbols, factors))
        for slot, power in enumerate(powers):
            if slot in self.summed:
                for _ in range(power):
                    inner = self.renamed_apart(self.summed[slot], {*names, *free})
                    names += inner.names
                    pieces += inner.pieces
            elif power:
                pieces.append((self.field.generators[slot].term, power))
        pieces += [(self.write_polynomial(self.field.polynomials[number]), -e) for number, e in below]
        found = [self.product_of(part) for part in self.laws.apply(Summed(tuple(names), tuple(pieces)))]
        return self.field.total(found)

    def renamed_apart(self, whole: Summed, names: set[str]) -> Summed:
        """`whole` with other bound names than `names`."""
        for name in whole.names:
            if name in names:
                whole = self.laws.along(whole, name, self.indices.ranges[name], taken={*names, *whole.names})
        return whole

    def count(self, name: str) -> Element:
        """How many places the range of an index has."""
        along = self.indices.ranges[name]
        if not self.laws.is_counted(along):
            raise OutOfReach(f"the range {along[0]}..{along[1]} may end before it begins")
        return self.read(extent(along))

    def product_of(self, whole: Summed) -> Element:
        """A sum that no law simplifies: the product of sums that share no index."""
        found = [Element(Fraction(whole.factor))]
        for part in components(whole):
            body = self.reread_at(_written(part.pieces))
            if not part.names:
                found.append(body)
            elif not part.pieces:
                found += map(self.count, part.names)
            else:
                found.append(self.in_order(part))
        return self.field.multiply(*found)

    def in_order(self, whole: Summed) -> Element:
        """A sum as a number times a generator, in the order of summation that gives the first of all forms."""
        forms = [(self.reread_at(_written(other.pieces)), other) for other in islice(self.orders(whole), MAX_ORDERS)]
        body, chosen = min(forms, key=lambda form: form[0].factors)
        generator = self.binder("sum", chosen.names, Element(Fraction(1), body.factors))
        self.summed.setdefault(generator.slot, chosen)
        return self.field.scale(self.field.element(generator), body.coefficient)

    def orders(self, whole: Summed) -> Iterator[Summed]:
        """`whole` with its bound names exchanged among equal ranges in every way."""
        if any(set(whole.names) & free_symbols(end) for name in whole.names for end in self.indices.ranges[name]):
            yield whole
            return
        outside = frozenset().union(*(free_symbols(piece) for piece, _ in whole.pieces)) - set(whole.names)
        groups: dict[str, list[str]] = {}
        for name in whole.names:
            groups.setdefault(name.partition(".")[0], []).append(name)
        for choice in product(*(permutations(members) for members in groups.values())):
            by: dict[str, str] = {}
            for members in choice:
                for name in members:
                    by[name] = self.bound_name(self.indices.ranges[name], {*outside, *by.values()})
            pieces = (
                (substitute(piece, {symbol(a): symbol(b) for a, b in by.items()}), e) for piece, e in whole.pieces
            )
            yield Summed(tuple(sorted(by.values())), tuple(pieces))

    def binder(self, kind: str, names: tuple[str, ...], body: Element) -> Generator:
        """The generator of a closed sum, product or maximum; it has the sign that its body has everywhere."""
        written = self.write(body)
        for name in names:
            written = Term(kind, (written, symbol(name), *self.indices.ranges[name]))
        generator = self.field.generator((kind, names, body), written)
        for find_sign, interval in ((self.signs.of, NONNEGATIVE), (self.signs.of_at_zeros_too, POSITIVE)):
            try:
                if find_sign(body) > 0:
                    self.signs.ranges.narrow(generator.slot, interval)
            except NeedSign:
                break
        return generator


def _written(pieces: Iterable[tuple[Term, int]]) -> Term:
    whole: Term = ONE_TERM
    for piece, exponent in pieces:
        whole = times(whole, piece if exponent == 1 else piece ** term(exponent))
    return whole
