"""Conditions and kinks as polynomials in indicators, each of which is right off the surface where it jumps."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from derive.calculus.indices import holds_after
from derive.proof.algebra.field import ONE, ZERO, Element, OutOfReach
from derive.proof.algebra.signs import NeedSign
from derive.proof.indices.order import affine
from derive.relations import OPPOSITE, SIGNS
from derive.term import CONDITIONS, Term, branches, call, free_symbols

if TYPE_CHECKING:
    from derive.proof.indices.sums import IndexReader

HALF: Final = Fraction(1, 2)


def indicator(reader: IndexReader, condition: Term) -> Element:
    """1 where `condition` holds, 0 where it does not."""
    field, head, args = reader.field, condition.head, condition.args
    if head in ("true", "false"):
        return ONE if head == "true" else ZERO
    if head == "not":
        return field.subtract(ONE, indicator(reader, args[0]))
    if head == "and":
        return field.multiply(*(indicator(reader, part) for part in args))
    if head == "or":
        return field.subtract(ONE, field.multiply(*(field.subtract(ONE, indicator(reader, part)) for part in args)))
    if is_place(reader, args[0]) and is_place(reader, args[1]):
        return _placed(reader, head, *args)
    if head in ("eq", "ne"):
        raise OutOfReach(f"the condition {condition} singles out a surface")
    larger, smaller = args if head in ("gt", "ge") else args[::-1]
    found = sign(reader, larger - smaller)
    square = field.multiply(found, found)
    # Right for a sign of 0 too.
    if head in ("gt", "lt"):
        return field.scale(field.add(square, found), HALF)
    return field.add(ONE, field.scale(field.subtract(found, square), HALF))


def is_place(reader: IndexReader, side: Term) -> bool:
    """Whether a side of a relation is made of indices and sizes."""
    return affine(side) is not None and free_symbols(side) <= reader.indices.names


def _placed(reader: IndexReader, head: str, left: Term, right: Term) -> Element:
    order, holds = reader.indices.compare(left, right), SIGNS[head]
    if order <= holds or not order & holds:
        return ONE if order <= holds else ZERO
    if head in ("eq", "ne"):
        same = reader.read(Term("delta", (left, right)))
        return same if head == "eq" else reader.field.subtract(ONE, same)
    if head in ("lt", "gt"):
        return reader.field.subtract(ONE, _placed(reader, "ge" if head == "lt" else "le", left, right))
    larger, smaller = (left, right) if head == "ge" else (right, left)
    reader.indices.ask(larger, smaller)
    key = ("after", reader.field.subtract(reader.read(larger), reader.read(smaller)))
    return reader.zero_or_one(key, holds_after(larger, smaller))


def sign(reader: IndexReader, of: Term) -> Element:
    return sign_of(reader, reader.read(of))


def sign_of(reader: IndexReader, element: Element) -> Element:
    """The sign, a factor at a time; that of a component of a bound index stays a generator."""
    if element.is_zero:
        return ZERO
    found = ONE
    for number, exponent in element.factors:
        if exponent % 2:
            found = reader.field.multiply(found, _sign_of_factor(reader, number))
        elif reader.is_still(number):
            # An even power is not positive where it is 0.
            found = reader.field.multiply(found, reader.field.power(_sign_of_factor(reader, number), 2))
    return found if element.coefficient > 0 else reader.field.scale(found, -1)


def _sign_of_factor(reader: IndexReader, number: int) -> Element:
    known = reader.assumed_sign(number)
    if known is not None:
        return Element(Fraction(known)) if known else ZERO
    if not reader.is_bound(number) and not reader.is_still(number):
        raise NeedSign(reader.signs.root_of(number))
    field = reader.field
    generator = field.generator(("sign", number), call("sign", reader.write_polynomial(field.polynomials[number])))
    if reader.is_still(number) or _vanishes_where_places_meet(reader, number):
        field.relate(generator, 3, field.polynomial(generator))
    else:
        field.relate(generator, 2, field.context.constant(1))
        reader.tower.units.add(generator.slot)
        reader.signs.products[frozenset((number, field.number(field.polynomial(generator))))] = 1
    return field.element(generator)


def _vanishes_where_places_meet(reader: IndexReader, number: int) -> bool:
    """Whether a polynomial, such as x[k] - x[j], is zero where its components are all at one place."""
    field, firsts, merged = reader.field, dict[Term, int](), dict[tuple[int, ...], int]()
    for powers, coefficient in field.polynomials[number].to_dict().items():
        together = [0] * len(powers)
        for slot, power in enumerate(powers):
            if power:
                written = field.generators[slot].term
                base = written.args[0] if written.head == "index" else written
                together[firsts.setdefault(base, slot)] += int(power)
        merged[tuple(together)] = merged.get(tuple(together), 0) + int(coefficient)
    return not any(merged.values())


def _cases(reader: IndexReader, node: Term) -> Element:
    field, total, none = reader.field, ZERO, ONE
    inside = reader.fork()  # knows that no earlier branch is in force
    for value, condition in branches(node):
        holds = indicator(reader, condition)
        here = field.multiply(none, holds)
        if not here.is_zero:
            total = field.add(total, field.multiply(here, _under(inside, condition).read(value)))
        none = field.multiply(none, field.subtract(ONE, holds))
        if condition.head in OPPOSITE:
            inside.learn_relation(Term(OPPOSITE[condition.head], condition.args))
    if not none.is_zero:
        raise OutOfReach("a case for which no branch holds")
    return total


def _under(reader: IndexReader, condition: Term) -> IndexReader:
    """A reader that knows that a condition holds, so that the value of its branch is read where it is needed."""
    inner = reader.fork()
    for part in condition.args if condition.head == "and" else (condition,):
        inner.learn_relation(part)
    return inner


def _absolute(reader: IndexReader, node: Term) -> Element:
    return _magnitude(reader, reader.read(node.args[0]))


def _magnitude(reader: IndexReader, element: Element) -> Element:
    """The absolute value, a factor at a time; one that the variable does not move is right where it is zero too."""
    field, found = reader.field, Element(abs(element.coefficient))
    for number, exponent in element.factors:
        part = Element(Fraction(1), ((number, exponent),))
        if exponent % 2 and reader.signs.find(number) is None and reader.is_still(number):
            made = field.generator(("abs", number), call("abs", reader.write_polynomial(field.polynomials[number])))
            field.relate(made, 2, field.polynomials[number] ** 2)
            part = field.multiply(field.power(Element(Fraction(1), ((number, 1),)), exponent - 1), field.element(made))
        elif exponent % 2:
            part = field.multiply(part, _sign_of_factor(reader, number))
        found = field.multiply(found, part)
    return found


def _step(reader: IndexReader, node: Term) -> Element:
    found = sign(reader, node.args[0])
    if found.is_zero:
        raise OutOfReach("heaviside(0) has no value")
    return reader.field.scale(reader.field.add(ONE, found), HALF)


def _extreme(reader: IndexReader, node: Term) -> Element:
    left, right = node.args
    apart = _magnitude(reader, reader.read(left - right))
    both = reader.read(left + right)
    towards = reader.field.scale(apart, 1 if node.head == "max" else -1)
    return reader.field.scale(reader.field.add(both, towards), HALF)


KINKED: Final[dict[str, Callable[[IndexReader, Term], Element]]] = {
    "cases": _cases, "abs": _absolute, "heaviside": _step, "max": _extreme, "min": _extreme,
    "sign": lambda reader, node: sign(reader, node.args[0]),
    **dict.fromkeys(CONDITIONS, indicator),
}  # fmt: skip
