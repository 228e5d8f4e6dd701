"""`Tower`: what the generators of a Field stand for: exponentials, logarithms, roots, angles, functions."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Final

from derive.domain import POSITIVE, Interval
from derive.prove.field import ONE, SLOTS, ZERO, Element, Field, Generator, Polynomial
from derive.term import Term, call, term

if TYPE_CHECKING:
    from derive.prove.powers import Powers

MOST_DIRECTIONS: Final = 12  # summands of an exponent that become generators of their own
Direction = tuple[tuple[int, ...], int]  # a monomial, and the number of the polynomial it is divided by


class Tower:
    """What the generators stand for: exponents, logarithms, roots, angles, arguments of functions."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.exponents: dict[int, Element] = {}  # of an exponential or a root: its logarithm
        self.logarithms: dict[int, int | Element] = {}  # of log|p|: p
        self.inverses: dict[int, Element] = {}  # of W: exp(W)
        self.arguments: dict[int, tuple[str, tuple[Element, ...]]] = {}
        self.finest: dict[tuple[str, Hashable], int] = {}  # how finely a direction is divided so far

    def directions(self, argument: Element, write: Callable[[Element], Term]) -> list[tuple[Direction, Fraction]]:
        """`argument` as a sum of rational multiples of monomials, each over its share of the denominator."""
        if argument.is_zero:
            return []
        field = self.field
        above, below = field.fraction(argument)
        content = int(below.content())
        below = below / content
        quotient, rest = (above, field.context.constant(0)) if below.is_one() else divmod(above, below)
        if len(quotient) + len(rest) > MOST_DIRECTIONS or quotient * below + rest != above:
            return [self._whole(argument, write(Element(Fraction(1), argument.factors)))]
        one = field.context.constant(1)
        parts = [(self._direction(powers, one), Fraction(int(c), content)) for powers, c in quotient.to_dict().items()]
        parts += [(self._direction(powers, below), Fraction(int(c), content)) for powers, c in rest.to_dict().items()]
        return parts

    def _direction(self, powers: tuple[int, ...], below: Polynomial) -> Direction:
        monomial = self.field.context.from_dict({powers: 1})
        if not below.is_one():
            shared = monomial.gcd(below)
            monomial, below = monomial / shared, below / shared
        return tuple(map(int, monomial.monoms()[0])), self.field.number(below)

    def _whole(self, argument: Element, written: Term) -> tuple[Direction, Fraction]:
        """An argument with too many terms stays in one piece, with a generator as its name."""
        primitive = Element(Fraction(1), argument.factors)
        name = self.field.generator(("whole", primitive), written)
        if all(exponent > 0 for _, exponent in argument.factors):
            self.field.relate(name, 1, self.field.numerator(primitive))
        one = self.field.context.constant(1)
        return self._direction(tuple(int(slot == name.slot) for slot in range(SLOTS)), one), argument.coefficient

    def bare_slot(self, direction: Direction) -> int:
        """The slot of the generator that a direction is, or -1."""
        powers, below = direction
        if not self.field.polynomials[below].is_one() or sum(powers) != 1:
            return -1
        return powers.index(1)

    def is_slot_of(self, direction: Direction, key: Hashable) -> bool:
        generator = self.field.by_key.get(key)
        return generator is not None and self.bare_slot(direction) == generator.slot

    def element_of(self, direction: Direction) -> Element:
        powers, below = direction
        monomial = self.field.from_polynomial(self.field.context.from_dict({powers: 1}))
        return self.field.divide(monomial, self.field.from_polynomial(self.field.polynomials[below]))

    def exponential(self, direction: Direction, order: int, reader: Powers) -> tuple[Generator, int]:
        """The generator exp(direction/n), n a multiple of `order`; an older, coarser one becomes its power."""
        kind = ("exp", direction)
        old = self.finest.get(kind)
        new = self._refined(kind, order)
        exponent = self.field.scale(self.element_of(direction), Fraction(1, new))
        generator = self.field.generator((kind, new), call("exp", reader.write(exponent)))
        self.exponents[generator.slot] = exponent
        if old not in (None, new):
            coarse = self.field.by_key[(kind, old)]
            self.field.relate(coarse, 1, self.field.polynomial(generator) ** (new // (old or 1)))
        return generator, new

    def root(self, base: Element, positive: Polynomial, order: int, reader: Powers) -> Element:
        """base**(1/order) for what is positive, as a power of the finest root used so far."""
        kind = ("root", base)
        old = self.finest.get(kind)
        new = self._refined(kind, order)
        written = reader.write(base)
        name = call("sqrt", written) if new == 2 else written ** term(Fraction(1, new))
        generator = self.field.generator((kind, new), name)
        reader.signs.narrow_slot(generator.slot, POSITIVE)
        if old != new:
            self.exponents[generator.slot] = self.field.scale(reader.logarithm(base), Fraction(1, new))
            self.field.relate(generator, new, positive)
            if old is not None:
                coarse = self.field.by_key[(kind, old)]
                self.field.relate(coarse, 1, self.field.polynomial(generator) ** (new // old))
        return self.field.element(generator, new // order)

    def circular(
        self, direction: Direction, order: int, reader: Powers, multiple: int = 1
    ) -> tuple[Element, Element, int]:
        """cos and sin of multiple*direction/n as elements, and n."""
        kind = ("turn", (direction, multiple))
        old = self.finest.get(kind)
        new = self._refined(kind, order)
        angle = reader.write(self.field.scale(self.element_of(direction), Fraction(multiple, new)))
        cosine = self.field.generator((kind, new, "cos"), call("cos", angle))
        sine = self.field.generator((kind, new, "sin"), call("sin", angle))
        unit = Interval(Fraction(-1), Fraction(1), False, False)
        for generator in (cosine, sine):
            reader.signs.narrow_slot(generator.slot, unit)
        if old != new:
            self.field.relate(sine, 2, 1 - self.field.polynomial(cosine) ** 2, inverted=False)
        found = self.field.element(cosine), self.field.element(sine)
        if old is not None and old != new:
            self._relate_coarse_turn(kind, old, new, found, reader)
        return (*found, new)

    def _relate_coarse_turn(
        self, kind: tuple[str, Hashable], old: int, new: int, fine: tuple[Element, Element], reader: Powers
    ) -> None:
        total = (ONE, ZERO)
        for _ in range(new // old):
            total = reader.compose(total, fine)
        for name, value in zip(("cos", "sin"), total, strict=True):
            coarse = self.field.by_key[(kind, old, name)]
            self.field.relate(coarse, 1, self.field.numerator(value) * int(value.coefficient))

    def _refined(self, kind: tuple[str, Hashable], order: int) -> int:
        self.finest[kind] = lcm(self.finest.get(kind, 1), order)
        return self.finest[kind]
