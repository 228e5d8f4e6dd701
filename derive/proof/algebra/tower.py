"""`Tower`: what the generators of a Field stand for: exponentials, logarithms, roots, angles, functions."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Final

from derive.proof.algebra.field import MAX_GENERATORS, ONE, ZERO, Element, Field, Generator, Polynomial
from derive.spec.domain import POSITIVE, Interval
from derive.term import Term, call, term

if TYPE_CHECKING:
    from derive.proof.algebra.powers import Powers

MAX_DIRECTIONS: Final = 12  # summands of an exponent that become generators of their own
Direction = tuple[
    tuple[int, ...], int
]  # a monomial (powers may be negative), and the number of the polynomial it is divided by


class Tower:
    """What the generators stand for: exponents, logarithms, roots, angles, arguments of functions."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.exponents: dict[int, Element] = {}  # of an exponential or a root: its logarithm
        self.logarithms: dict[int, int | Element] = {}  # of log|p|: p
        self.units: set[int] = set()  # of what is 1 or -1
        self.inverses: dict[int, Element] = {}  # of W: exp(W)
        self.arguments: dict[int, tuple[str, tuple[Element, ...]]] = {}
        # How finely a direction is divided so far; a division found too late is `late`: reading again finds it in time.
        self.finest: dict[tuple[str, Term], int] = {}
        self.used: dict[Hashable, int] = {}
        self.late = False

    def directions(self, argument: Element, write: Callable[[Element], Term]) -> list[tuple[Direction, Fraction]]:
        """`argument` as a sum of rational multiples of monomials, each over its share of the denominator.

        What the generators of the denominator multiply is divided by it, group by group, so that
        (x**2 + 1)*g/(x**2 + 1) is g whatever else is in the sum.
        """
        if argument.is_zero:
            return []
        field = self.field
        above, below = field.fraction(argument)
        content = int(below.content())
        shared = tuple(map(int, below.term_content().monoms()[0]))
        below = below / (field.context.from_dict({shared: 1}) * content)
        parts = self._divided(above, below)
        if len(parts) > MAX_DIRECTIONS:
            return [self._whole(argument, write(Element(Fraction(1), argument.factors)))]
        return [
            ((tuple(p - s for p, s in zip(powers, shared, strict=True)), number), Fraction(coefficient, content))
            for powers, number, coefficient in parts
        ]

    def _divided(self, above: Polynomial, below: Polynomial) -> list[tuple[tuple[int, ...], int, int]]:
        """(monomial, number of the polynomial it is divided by, coefficient) triples that add up to above/below."""
        one = self.field.number(self.field.context.constant(1))
        if below.is_one():
            return [(tuple(map(int, powers)), one, int(c)) for powers, c in above.to_dict().items()]
        inside, found = self.field.slots(below), []
        for outside, part in self._grouped(above, inside).items():
            quotient, rest = divmod(part, below)
            if quotient * below + rest != part:
                quotient, rest = self.field.context.constant(0), part
            for piece, number in ((quotient, one), (rest, self.field.number(below))):
                for powers, c in piece.to_dict().items():
                    found.append((tuple(int(p) + o for p, o in zip(powers, outside, strict=True)), number, int(c)))
        return found

    def _grouped(self, above: Polynomial, inside: list[int]) -> dict[tuple[int, ...], Polynomial]:
        """The terms of a polynomial by their powers of generators that are not `inside`."""
        groups: dict[tuple[int, ...], dict[tuple[int, ...], int]] = {}
        for powers, coefficient in above.to_dict().items():
            outer = tuple(0 if slot in inside else int(power) for slot, power in enumerate(powers))
            inner = tuple(int(power) if slot in inside else 0 for slot, power in enumerate(powers))
            groups.setdefault(outer, {})[inner] = int(coefficient)
        return {outer: self.field.context.from_dict(part) for outer, part in groups.items()}

    def _whole(self, argument: Element, written: Term) -> tuple[Direction, Fraction]:
        """An argument with too many terms stays in one piece, with a generator as its name."""
        primitive = Element(Fraction(1), argument.factors)
        name = self.field.generator(("whole", primitive), written)
        if all(exponent > 0 for _, exponent in argument.factors):
            self.field.relate(name, 1, self.field.numerator(primitive))
        alone = tuple(int(slot == name.slot) for slot in range(MAX_GENERATORS))
        return (alone, self.field.number(self.field.context.constant(1))), argument.coefficient

    def bare_slot(self, direction: Direction) -> int:
        """The slot of the generator that a direction is, or -1."""
        powers, below = direction
        alone = sum(map(abs, powers)) == 1 and sum(powers) == 1 and self.field.polynomials[below].is_one()
        return powers.index(1) if alone else -1

    def is_slot_of(self, direction: Direction, key: Hashable) -> bool:
        generator = self.field.by_key.get(key)
        return generator is not None and self.bare_slot(direction) == generator.slot

    def element_of(self, direction: Direction) -> Element:
        powers, below = direction
        variables = [
            self.field.element(self.field.generators[slot], power) for slot, power in enumerate(powers) if power
        ]
        return self.field.divide(
            self.field.multiply(*variables), self.field.from_polynomial(self.field.polynomials[below])
        )

    def exponential(self, direction: Direction, order: int, reader: Powers) -> tuple[Generator, int]:
        """The generator exp(direction/n), n a multiple of `order`; an older, coarser one becomes its power."""
        kind = ("exp", direction)
        old, new = self._refined("exp", kind, reader.write(self.element_of(direction)), order)
        exponent = self.field.scale(self.element_of(direction), Fraction(1, new))
        generator = self.field.generator((kind, new), call("exp", reader.write(exponent)))
        self.exponents[generator.slot] = exponent
        if old not in (None, new):
            coarse = self.field.by_key[(kind, old)]
            self.field.relate(coarse, 1, self.field.polynomial(generator) ** (new // (old or 1)))
        return generator, new

    def root(self, base: Element, positive: Polynomial, order: int, reader: Powers) -> Element:
        """base**(1/order) for what is positive, as a power of the finest root used so far."""
        kind, written = ("root", base), reader.write(base)
        old, new = self._refined("root", kind, written, order)
        name = call("sqrt", written) if new == 2 else written ** term(Fraction(1, new))
        generator = self.field.generator((kind, new), name)
        reader.signs.ranges.narrow(generator.slot, POSITIVE)
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
        old, new = self._refined("turn", kind, reader.write(self.element_of(direction)) * multiple, order)
        angle = reader.write(self.field.scale(self.element_of(direction), Fraction(multiple, new)))
        cosine = self.field.generator((kind, new, "cos"), call("cos", angle))
        sine = self.field.generator((kind, new, "sin"), call("sin", angle))
        unit = Interval(Fraction(-1), Fraction(1), False, False)
        for generator in (cosine, sine):
            reader.signs.ranges.narrow(generator.slot, unit)
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

    def _refined(self, name: str, kind: Hashable, written: Term, order: int) -> tuple[int | None, int]:
        """The division in use so far, and the one to use now."""
        old = self.used.get(kind)
        self.finest[name, written] = self.used[kind] = lcm(self.finest.get((name, written), 1), old or 1, order)
        self.late = self.late or old not in (None, self.used[kind])
        return old, self.used[kind]
