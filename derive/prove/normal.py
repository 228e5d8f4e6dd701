"""Normal forms: a smooth Term as an Element of a field whose generators are functions.

exp, log, sin, cos and powers are taken apart until their relations are polynomial; every other
function stands for itself, keyed by the normal form of its arguments. An element that is 0 is a proof
that the term vanishes wherever it is defined under the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from math import lcm
from typing import Any, Final

from flint import fmpz

from derive.domain import POSITIVE, Domain, Interval
from derive.notation.text import read_text
from derive.prove import recurrences, special
from derive.prove.field import (
    ONE,
    SLOTS,
    ZERO,
    Deadline,
    Element,
    Field,
    Generator,
    OutOfReach,
    OutOfTime,
    Polynomial,
    Singular,
)
from derive.prove.signs import NeedSign, Signs
from derive.term import PI, Term, call, substitute, symbol, term

MOST_DIRECTIONS: Final = 12  # summands of an exponent that become generators of their own
MOST_TURNS: Final = 64  # multiples of an angle that are expanded
WIDEST_FACTORED: Final = 80  # bits of a number whose prime factors are looked for
PI_RANGE: Final = Interval(Fraction(314159265, 10**8), Fraction(314159266, 10**8))
Direction = tuple[tuple[int, ...], int]  # a monomial, and the number of the polynomial it is divided by


@dataclass(frozen=True)
class Facts:
    """What is known where an identity is to hold: a domain, and terms known to be > 0 (1) or < 0 (-1)."""

    domain: Domain = field(default_factory=Domain)
    signs: tuple[tuple[Term, int], ...] = ()


def is_zero(residual: Term, facts: Facts, deadline: Deadline | None = None) -> bool | None:
    """Whether a smooth term vanishes wherever it is defined under `facts`.

    True is a proof. False: it is another element of the field of its functions, so it differs
    somewhere unless these functions have a relation that is not known here. None: not decided.
    """
    deadline = deadline or Deadline()
    try:
        return vanishes(Normaliser.under(facts, deadline), residual)
    except OutOfTime:
        raise
    except (OutOfReach, Singular):
        return None


def vanishes(reader: Normaliser, residual: Term, depth: int = 0) -> bool | None:
    """As `is_zero`, under what `reader` knows; signs that are not known are tried both ways."""
    try:
        return reader.read(residual).is_zero
    except NeedSign as question:
        if depth == 6:
            return None
        found = [vanishes(reader.assuming(question.number, sign), residual, depth + 1) for sign in (1, -1)]
        return found[0] if found[0] == found[1] else None


def normal_form(of: Term, facts: Facts, deadline: Deadline | None = None) -> Term | None:
    """`of` written from its normal form; None where it has none, or where that depends on a sign."""
    return Normaliser.under(facts, deadline or Deadline()).form(of)


class Normaliser:
    """Reads Terms as Elements, under the signs known; raises NeedSign where one more is needed."""

    def __init__(self, deadline: Deadline) -> None:
        self.field = Field(deadline, self.write_polynomial)
        self.signs = Signs(self.field, self.same_sign)
        self.memo: dict[Term, Element] = {}
        self.tower = Tower(self.field)
        self.integers: frozenset[str] = frozenset()

    @classmethod
    def under(cls, facts: Facts, deadline: Deadline) -> Normaliser:
        reader = cls(deadline)
        reader.integers = facts.domain.integers
        for name, interval in facts.domain.ranges.items():
            reader.signs.narrow_slot(reader.symbol(symbol(name)).slot, interval)
        for name, values in facts.domain.values.items():
            span = Interval(min(values), max(values), False, False)
            reader.signs.narrow_slot(reader.symbol(symbol(name)).slot, span)
        for left, right in _strict_order(facts.domain.relations):
            reader.learn_positive(right - left)
        for known, sign in facts.signs:
            reader.learn_positive(known if sign > 0 else -known)
        return reader

    def assuming(self, number: int, sign: int) -> Normaliser:
        """This reader, under one more fact; what was read already stays read."""
        other = Normaliser.__new__(Normaliser)
        other.field, other.tower, other.integers = self.field, self.tower, self.integers
        other.signs = self.signs.assuming(number, sign)
        other.signs.same_sign = other.same_sign
        other.memo = dict(self.memo)
        return other

    def learn_positive(self, positive: Term) -> None:
        """One more fact: `positive` > 0. A fact that cannot be read is not used."""
        try:
            self.signs.learn_positive(self.read(positive))
        except (NeedSign, OutOfReach, Singular):
            return

    def sign(self, of: Term) -> int:
        """The sign of a term; raises NeedSign."""
        return self.signs.of(self.read(of))

    # Reading

    def read(self, node: Term) -> Element:
        if node not in self.memo:
            self.field.deadline.check()
            self.memo[node] = self._read(node)
        return self.memo[node]

    def _read(self, node: Term) -> Element:
        field, head = self.field, node.head
        if head == "num":
            return Element(node.number)
        if head in ("sym", "const"):
            return self._constant(node) if head == "const" else field.element(self.symbol(node))
        if head in special.REWRITTEN:
            return self.read(substitute(_rewriting(head), dict(zip(_ARGUMENTS, node.args, strict=False))))
        if head == "index":
            return field.element(self.opaque(node, self._index_key(node)))
        if head in ("sum", "product", "maximum", "delta", "det", "apply", "cases"):
            return field.element(self.opaque(node, node))
        reader = getattr(self, f"_read_{head}", None)
        parts = [self.read(child) for child in node.args]
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
        self.signs.narrow_slot(generator.slot, PI_RANGE)
        return self.field.element(generator)

    def _index_key(self, node: Term) -> Hashable:
        base = node.args[0]
        return ("index", base, *(self.read(index) for index in node.args[1:]))

    def _read_add(self, left: Element, right: Element) -> Element:
        return self.field.add(left, right)

    def _read_sub(self, left: Element, right: Element) -> Element:
        return self.field.subtract(left, right)

    def _read_mul(self, left: Element, right: Element) -> Element:
        return self.field.multiply(left, right)

    def _read_div(self, left: Element, right: Element) -> Element:
        return self.field.divide(left, right)

    def _read_neg(self, part: Element) -> Element:
        return self.field.scale(part, -1)

    def _read_pow(self, base: Element, exponent: Element) -> Element:
        order = exponent.rational
        if order is not None and order.denominator == 1:
            return ONE if order == 0 else self.field.power(base, int(order))
        if base.is_zero:
            if self.signs.of(exponent) > 0:
                return ZERO
            raise Singular("0 to a power that is not positive")
        if order is None and self._is_integer(exponent) and not self.surely_positive(base):
            return self._integer_power(base, exponent)
        return self.exponential(self.field.multiply(exponent, self.logarithm(base)))

    def _read_exp(self, argument: Element) -> Element:
        return self.exponential(argument)

    def _read_log(self, argument: Element) -> Element:
        return self.logarithm(argument)

    def _read_sin(self, argument: Element) -> Element:
        return self.turn(argument)[1]

    def _read_cos(self, argument: Element) -> Element:
        return self.turn(argument)[0]

    def _read_cbrt(self, argument: Element) -> Element:
        sign = self.signs.of(argument)
        root = self.exponential(self.field.scale(self.logarithm(argument), Fraction(1, 3))) if sign else ZERO
        return self.field.scale(root, sign)

    def _read_floor(self, argument: Element) -> Element:
        """u less its fractional part, which lies in (0, 1) off the integers."""
        if self._is_integer(argument):
            return argument
        return self.field.subtract(argument, self.fractional_part(argument))

    def _read_ceiling(self, argument: Element) -> Element:
        return self.field.scale(self._read_floor(self.field.scale(argument, -1)), -1)

    def fractional_part(self, argument: Element) -> Element:
        if argument.coefficient < 0:
            # frac(-u) = 1 - frac(u) off the integers.
            return self.field.subtract(ONE, self.fractional_part(self.field.scale(argument, -1)))
        written = self.write(argument)
        part = self.field.generator(("frac", argument), written - call("floor", written))
        self.signs.narrow_slot(part.slot, Interval(Fraction(0), Fraction(1)))
        return self.field.element(part)

    def _is_integer(self, element: Element) -> bool:
        if element.coefficient.denominator != 1 or any(e < 0 for _, e in element.factors):
            return False
        slots = {s for n, _ in element.factors for s in self.field.slots(self.field.polynomials[n])}
        names = [self.field.generators[slot].term for slot in slots]
        return all(name.head == "sym" and name.name in self.integers for name in names)

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

    # exp, log, and powers

    def logarithm(self, of: Element) -> Element:
        """log|of| as a sum over prime numbers and irreducible factors."""
        if of.is_zero:
            raise Singular("the logarithm of 0")
        parts = self._log_number(abs(of.coefficient))
        for number, exponent in of.factors:
            parts.append(self.field.scale(self._log_factor(number), exponent))
        return self.field.total(parts)

    def _log_number(self, value: Fraction) -> list[Element]:
        parts = []
        for whole, sign in ((value.numerator, 1), (value.denominator, -1)):
            for prime, exponent in prime_factors(whole):
                parts.append(self.field.scale(self._log_prime(prime), sign * exponent))
        return parts

    def _log_prime(self, prime: int) -> Element:
        generator = self.field.generator(("log of prime", prime), call("log", prime))
        self.tower.logarithms[generator.slot] = prime
        low = Fraction(prime.bit_length() - 1) * Fraction(69314, 100000)
        self.signs.narrow_slot(generator.slot, Interval(low=low))
        return self.field.element(generator)

    def _log_factor(self, number: int) -> Element:
        slot = self.field.slot_of.get(number)
        if slot in self.tower.exponents:
            return self.tower.exponents[slot]
        polynomial = self.field.polynomials[number]
        generator = self.field.generator(("log of polynomial", number), call("log", self.write_polynomial(polynomial)))
        self.tower.logarithms[generator.slot] = self.field.from_polynomial(polynomial)
        return self.field.element(generator)

    def exponential(self, argument: Element) -> Element:
        """exp of a sum, as a product of powers of generators."""
        parts = [self._exp_part(direction, by) for direction, by in self.tower.directions(argument, self.write)]
        return self.field.multiply(*parts) if parts else ONE

    def _exp_part(self, direction: Direction, by: Fraction) -> Element:
        slot = self.tower.bare_slot(direction)
        if slot in self.tower.logarithms:
            return self._power_of(self.tower.logarithms[slot], by)
        if slot in self.tower.inverses and by.denominator == 1:
            return self.field.power(self.tower.inverses[slot], int(by))
        generator, order = self.tower.exponential(direction, by.denominator, self)
        self.signs.narrow_slot(generator.slot, POSITIVE)
        return self.field.element(generator, int(by * order))

    def _power_of(self, base: int | Element, exponent: Fraction) -> Element:
        """|base|**exponent, for a prime number or an irreducible factor."""
        if isinstance(base, int):
            whole = Element(Fraction(base))
            positive = self.field.context.constant(base)
        else:
            whole = base
            even = exponent.denominator == 1 and int(exponent) % 2 == 0
            if not even:
                sign = self.signs.of(base)
                whole = self.field.scale(base, sign)
            positive = self.field.numerator(whole) * (-1 if whole.coefficient < 0 else 1)
        integral = exponent.numerator // exponent.denominator
        result = self.field.power(whole, integral)
        fraction = exponent - integral
        if fraction:
            root = self.tower.root(whole, positive, fraction.denominator, self)
            result = self.field.multiply(result, self.field.power(root, fraction.numerator))
        return result

    # sin and cos

    def turn(self, angle: Element) -> tuple[Element, Element]:
        """(cos, sin) of a sum of angles, by the addition formulas."""
        cosine, sine = ONE, ZERO
        for direction, by in self.tower.directions(angle, self.write):
            c, s = self._turn_part(direction, by)
            cosine, sine = self._compose((cosine, sine), (c, s))
        return cosine, sine

    def _compose(self, a: tuple[Element, Element], b: tuple[Element, Element]) -> tuple[Element, Element]:
        f = self.field
        return (
            f.subtract(f.multiply(a[0], b[0]), f.multiply(a[1], b[1])),
            f.add(f.multiply(a[1], b[0]), f.multiply(a[0], b[1])),
        )

    def _turn_part(self, direction: Direction, by: Fraction) -> tuple[Element, Element]:
        quarters = by * 2
        if self.tower.is_slot_of(direction, PI) and quarters.denominator == 1:
            c, s = ((1, 0), (0, 1), (-1, 0), (0, -1))[int(quarters) % 4]
            return Element(Fraction(c)), Element(Fraction(s))
        cosine, sine, order = self.tower.circular(direction, by.denominator, self)
        count = int(by * order)
        if abs(count) > MOST_TURNS:
            # A large multiple is an angle of its own.
            cosine, sine, _ = self.tower.circular(direction, by.denominator, self, multiple=abs(count))
            return cosine, sine if count > 0 else self.field.scale(sine, -1)
        step = (cosine, sine if count > 0 else self.field.scale(sine, -1))
        found = (ONE, ZERO)
        for _ in range(abs(count)):
            found = self._compose(found, step)
        return found

    # Functions that stand for themselves

    def function_of(self, head: str, parts: list[Element]) -> Element:
        if head in special.ODD:
            if parts[0].is_zero:
                return ZERO
            if parts[0].coefficient < 0:
                return self.field.scale(self.function_of(head, [self.field.scale(parts[0], -1)]), -1)
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
        if head in special.RANGES:
            self.signs.narrow_slot(generator.slot, special.RANGES[head])
        if head in special.POSITIVE and all(map(self.surely_positive, parts[-1:])):
            self.signs.narrow_slot(generator.slot, POSITIVE)
        if head == "polygamma" and all(map(self.surely_positive, parts)):
            order = parts[0].rational
            if order is not None and int(order) % 2:
                self.signs.narrow_slot(generator.slot, POSITIVE)

    def opaque(self, node: Term, key: Hashable) -> Generator:
        return self.field.generator(key, node)

    # Signs that follow from what generators stand for

    def same_sign(self, number: int) -> Element | None:
        """A simpler element with the sign of a polynomial, or None."""
        polynomial = self.field.polynomials[number]
        slot = self.field.slot_of.get(number)
        if slot is not None:
            return self._same_sign_as_generator(slot)
        try:
            return self._compared_by_logarithms(polynomial) or self._compared_by_exponentials(polynomial)
        except (OutOfReach, NeedSign):
            return None

    def _same_sign_as_generator(self, slot: int) -> Element | None:
        if slot in self.tower.logarithms:
            inside = self.tower.logarithms[slot]
            if isinstance(inside, int):
                return ONE
            # log|p| has the sign of p**2 - 1; (p - 1)(p + 1) factor.
            return self.field.subtract(self.field.multiply(inside, inside), ONE)
        head, parts = self.tower.arguments.get(slot, ("", ()))
        return parts[0] if head in special.SIGN_OF_ARGUMENT else None

    def _compared_by_logarithms(self, polynomial: Polynomial) -> Element | None:
        """a - b has the sign of log a - log b where both terms are products of positive generators."""
        if len(polynomial) != 2:
            return None
        if not any(slot in self.tower.exponents for slot in self.field.slots(polynomial)):
            return None
        sides = []
        for powers, coefficient in polynomial.to_dict().items():
            term_ = self.field.from_polynomial(self.field.context.from_dict({powers: coefficient}))
            if any(self.signs.find(n) != 1 for n, e in term_.factors):
                return None
            sides.append(term_)
        signs = {1 if side.coefficient > 0 else -1 for side in sides}
        if len(signs) == 1:
            return None
        sides.sort(key=lambda side: -side.coefficient)
        return self.field.subtract(self.logarithm(sides[0]), self.logarithm(sides[1]))

    def _compared_by_exponentials(self, polynomial: Polynomial) -> Element | None:
        """A rational combination of logarithms has the sign of its exponential less 1."""
        slots = self.field.slots(polynomial)
        if polynomial.total_degree() != 1 or not all(slot in self.tower.logarithms for slot in slots):
            return None
        found = self.exponential(self.field.from_polynomial(polynomial))
        return self.field.subtract(found, ONE)

    # Writing

    def form(self, of: Term) -> Term | None:
        """`of` written from its normal form; None where it has none, or where that depends on a sign."""
        try:
            return self.write(self.read(of))
        except OutOfTime:
            raise
        except (OutOfReach, Singular, NeedSign):
            return None

    def write(self, element: Element) -> Term:
        """A Term for an element: coefficient, factors above, factors below."""
        above: list[Term] = []
        below: list[Term] = []
        value = element.coefficient
        for number, exponent in element.factors:
            base = self.write_polynomial(self.field.polynomials[number])
            written = base if abs(exponent) == 1 else base ** term(abs(exponent))
            (above if exponent > 0 else below).append(written)
        if abs(value.numerator) != 1 or not above:
            above.insert(0, term(abs(value.numerator)))
        if value.denominator != 1:
            below.insert(0, term(value.denominator))
        found = _product(above)
        if below:
            found = found / _product(below)
        return -found if value < 0 else found

    def written(self, number: int) -> Term:
        """The polynomial with this number as a Term."""
        return self.write_polynomial(self.field.polynomials[number])

    def write_polynomial(self, polynomial: Polynomial) -> Term:
        total: Term | None = None
        for powers, coefficient in polynomial.to_dict().items():
            size = abs(int(coefficient))
            factors = [self._written_power(slot, int(power)) for slot, power in enumerate(powers) if power]
            part = _product(([term(size)] if size != 1 or not factors else []) + factors)
            if total is None:
                total = part if coefficient > 0 else -part
            else:
                total = total + part if coefficient > 0 else total - part
        return term(0) if total is None else total

    def _written_power(self, slot: int, power: int) -> Term:
        base = self.field.generators[slot].term
        if base.head == "exp" and power != 1:
            inner = self.tower.exponents[slot]
            return call("exp", self.write(self.field.scale(inner, power)))
        return base if power == 1 else base ** term(power)


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
        if len(quotient) + len(rest) > MOST_DIRECTIONS or not _exact(quotient, below, rest, above):
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

    def exponential(self, direction: Direction, order: int, reader: Normaliser) -> tuple[Generator, int]:
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

    def root(self, base: Element, positive: Polynomial, order: int, reader: Normaliser) -> Element:
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
        self, direction: Direction, order: int, reader: Normaliser, multiple: int = 1
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
            self.field.relate(sine, 2, 1 - self.field.polynomial(cosine) ** 2)
        found = self.field.element(cosine), self.field.element(sine)
        if old is not None and old != new:
            self._relate_coarse_turn(kind, old, new, found, reader)
        return (*found, new)

    def _relate_coarse_turn(
        self, kind: tuple[str, Hashable], old: int, new: int, fine: tuple[Element, Element], reader: Normaliser
    ) -> None:
        total = (ONE, ZERO)
        for _ in range(new // old):
            total = reader._compose(total, fine)
        for name, value in zip(("cos", "sin"), total, strict=True):
            coarse = self.field.by_key[(kind, old, name)]
            self.field.relate(coarse, 1, self.field.numerator(value) * int(value.coefficient))

    def _refined(self, kind: tuple[str, Hashable], order: int) -> int:
        self.finest[kind] = lcm(self.finest.get(kind, 1), order)
        return self.finest[kind]


def prime_factors(value: int) -> list[tuple[int, int]]:
    """Prime factors with exponents; a number too large to factor stands as one factor."""
    if value == 1:
        return []
    if value.bit_length() <= WIDEST_FACTORED:
        return [(int(prime), int(exponent)) for prime, exponent in fmpz(value).factor()]
    found = []
    for prime in (2, 3, 5, 7, 11, 13):
        count = 0
        while value % prime == 0:
            value, count = value // prime, count + 1
        if count:
            found.append((prime, count))
    return [*found, (value, 1)] if value > 1 else found


_ARGUMENTS: Final = (symbol("u"), symbol("v"))


@cache
def _rewriting(head: str) -> Term:
    return read_text(special.REWRITTEN[head])


def _product(factors: list[Term]) -> Term:
    product = factors[0] if factors else term(1)
    for factor in factors[1:]:
        product = product * factor
    return product


def _exact(quotient: Any, below: Any, rest: Any, above: Any) -> bool:
    return bool(quotient * below + rest == above)


def _strict_order(relations: tuple[Term, ...]) -> list[tuple[Term, Term]]:
    """(smaller, larger) for each comparison, taken strictly: facts of the interior."""
    found = []
    for relation in relations:
        if relation.head in ("lt", "le"):
            found.append((relation.args[0], relation.args[1]))
        elif relation.head in ("gt", "ge"):
            found.append((relation.args[1], relation.args[0]))
    return found
