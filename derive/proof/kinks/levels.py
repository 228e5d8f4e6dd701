"""Where a floor keeps one value: a part of space, in which it is that value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from derive.elementary.table import STEPPED
from derive.proof.algebra.field import Element, OutOfReach, Singular
from derive.proof.algebra.normal import Normaliser
from derive.proof.algebra.signs import NeedSign
from derive.proof.kinks.smooth import NoSmoothValue, smooth
from derive.term import Term, call, rational_value, relation, substitute, subterms

MAX_TERMS_KEPT: Final = 6  # terms of a polynomial whose sign is carried over


@dataclass(frozen=True)
class Level:
    """That floor(inside) = value, off the integers; `element` is what `inside` reads as."""

    number: int
    element: Element
    inside: Term
    value: Term

    @property
    def is_empty(self) -> bool:
        """Whether the value is a number that no floor has."""
        value = rational_value(self.value)
        return value is not None and value.denominator != 1

    @property
    def conditions(self) -> tuple[Term, Term]:
        return relation("lt", self.value, self.inside), relation("lt", self.inside, self.value + 1)

    def part(self, reader: Normaliser) -> Fraction | None:
        """How far the argument lies above the floor, where that is a number."""
        return reader.read(self.inside - self.value).rational

    def put(self, root: Term, reader: Normaliser) -> Term:
        """`root` with the value for the floor, and for what differs from it by a sign or an integer."""
        steps = [node for node in subterms(root) if node.head in STEPPED]
        return substitute(root, {node: found for node in steps if (found := self._value_of(node, reader)) is not None})

    def _value_of(self, node: Term, reader: Normaliser) -> Term | None:
        found = self.differs(node, reader)
        if found is None:
            return None
        # floor(-u) is -floor(u) - 1, and the ceiling is one more than the floor.
        sign, apart = found
        below = self.value if sign > 0 else -self.value - 1
        moved = below + apart + (1 if node.head == "ceiling" else 0)
        return reader.form(moved) or moved

    def differs(self, node: Term, reader: Normaliser) -> tuple[int, int] | None:
        """The argument of a step as that of the floor, up to a sign, and an integer; None where it is another."""
        inside = reader.read(smooth(node.args[0], reader))
        for sign in (1, -1):
            apart = reader.field.subtract(inside, reader.field.scale(self.element, sign)).rational
            if apart is not None and apart.denominator == 1:
                return sign, int(apart)
        return None

    def known(self, reader: Normaliser) -> tuple[tuple[Term, int], ...]:
        """The signs that are known beside this one, as they read where the floor has its value."""
        by = {call("floor", self.inside): self.value}
        few = [(other, sign) for other, sign in reader.signs.known.items()
               if other != self.number and sign and len(reader.field.polynomials[other]) <= MAX_TERMS_KEPT]  # fmt: skip
        return tuple((substitute(reader.written(other), by), sign) for other, sign in few)


def level(reader: Normaliser, number: int) -> Level | None:
    """The floor that a polynomial determines where it is 0, and its value there."""
    field = reader.field
    polynomial = field.polynomials[number]
    for slot in reversed(field.slots(polynomial)):
        generator = field.generators[slot]
        slope = polynomial.derivative(slot)
        if not (isinstance(generator.key, tuple) and generator.key[0] == "frac") or not slope.is_constant():
            continue
        rest = polynomial - slope * field.polynomial(generator)
        inside = generator.term.args[0]
        step = call("floor", inside)
        if any(step in subterms(field.generators[other].term) for other in field.slots(rest)):
            continue
        # 0 = slope*(u - floor(u)) + rest
        element = generator.key[1]
        apart = field.divide(field.from_polynomial(rest), field.from_polynomial(slope))
        return Level(number, element, inside, reader.write(field.add(element, apart)))
    return None


def at_integers(inside: Term, steps: Iterable[Term], reader: Normaliser) -> dict[Term, Term]:
    """Steps of one argument, or of what differs from it by a sign or an integer, as they are where it is an integer."""
    found = {node: node.args[0] for node in steps if node.args[0] is inside}
    try:
        whole = Level(-1, reader.read(smooth(inside, reader)), inside, inside)
        found |= {node: node.args[0] for node in steps if whole.differs(node, reader) is not None}
    except (NeedSign, NoSmoothValue, OutOfReach, Singular):
        pass  # only what is written alike
    return found
