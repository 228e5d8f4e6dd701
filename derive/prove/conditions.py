"""Conditions and kinks as polynomials in indicators, each of which is right off the surface where it jumps."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from derive.indices import holds_after
from derive.prove.field import ONE, ZERO, Element, OutOfReach
from derive.prove.places import affine
from derive.prove.signs import NeedSign
from derive.term import RELATIONS, Term, branches, call, free_symbols

if TYPE_CHECKING:
    from derive.prove.sums import IndexReader

HALF: Final = Fraction(1, 2)
HOLDS: Final = {"lt": {-1}, "le": {-1, 0}, "gt": {1}, "ge": {0, 1}, "eq": {0}, "ne": {-1, 1}}


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
    return field.scale(field.add(ONE, sign(reader, larger - smaller)), HALF)


def is_place(reader: IndexReader, side: Term) -> bool:
    """Whether a side of a relation is made of indices and sizes."""
    return affine(side) is not None and free_symbols(side) <= reader.places.names


def _placed(reader: IndexReader, head: str, left: Term, right: Term) -> Element:
    order, holds = reader.places.order(left, right), HOLDS[head]
    if order <= holds or not order & holds:
        return ONE if order <= holds else ZERO
    if head in ("eq", "ne"):
        same = reader.read(Term("delta", (left, right)))
        return same if head == "eq" else reader.field.subtract(ONE, same)
    if head in ("lt", "gt"):
        return reader.field.subtract(ONE, _placed(reader, "ge" if head == "lt" else "le", left, right))
    larger, smaller = (left, right) if head == "ge" else (right, left)
    reader.places.ask(larger, smaller)
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
    return found if element.coefficient > 0 else reader.field.scale(found, -1)


def _sign_of_factor(reader: IndexReader, number: int) -> Element:
    known = reader.assumed_sign(number)
    if known is not None:
        return Element(Fraction(known)) if known else ZERO
    if not reader.is_bound(number):
        raise NeedSign(reader.signs.root_of(number))
    base = reader.write_polynomial(reader.field.polynomials[number])
    generator = reader.field.generator(("sign", number), call("sign", base))
    reader.field.relate(generator, 2, reader.field.context.constant(1))
    return reader.field.element(generator)


def _cases(reader: IndexReader, node: Term) -> Element:
    field, total, none = reader.field, ZERO, ONE
    for value, condition in branches(node):
        holds = indicator(reader, condition)
        here = field.multiply(none, holds)
        if not here.is_zero:
            total = field.add(total, field.multiply(here, reader.read(value)))
        none = field.multiply(none, field.subtract(ONE, holds))
    if not none.is_zero:
        raise OutOfReach("a case for which no branch holds")
    return total


def _absolute(reader: IndexReader, node: Term) -> Element:
    return reader.field.multiply(reader.read(node.args[0]), sign(reader, node.args[0]))


def _step(reader: IndexReader, node: Term) -> Element:
    return reader.field.scale(reader.field.add(ONE, sign(reader, node.args[0])), HALF)


def _extreme(reader: IndexReader, node: Term) -> Element:
    left, right = node.args
    apart = reader.field.multiply(reader.read(left - right), sign(reader, left - right))
    both = reader.read(left + right)
    towards = reader.field.scale(apart, 1 if node.head == "max" else -1)
    return reader.field.scale(reader.field.add(both, towards), HALF)


KINKED: Final[dict[str, Callable[[IndexReader, Term], Element]]] = {
    "cases": _cases, "abs": _absolute, "heaviside": _step, "max": _extreme, "min": _extreme,
    "sign": lambda reader, node: sign(reader, node.args[0]),
    **dict.fromkeys((*RELATIONS, "and", "or", "not", "true", "false"), indicator),
}  # fmt: skip
