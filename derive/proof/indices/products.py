"""Products over an index: constants to the power of the extent, exponentials as sums, the rest closed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from derive.proof.algebra.division import InIndex
from derive.proof.algebra.field import ONE, Element, OutOfReach
from derive.proof.indices.order import difference, reduced
from derive.proof.indices.summed import Summed, solved
from derive.term import FALSE, TRUE, Term, free_symbols, substitute, subterms, symbol, term

if TYPE_CHECKING:
    from derive.proof.indices.sums import IndexReader


def product_over(reader: IndexReader, body: Term, name: str) -> Element:
    """The product of `body` over the range of `name`.

    Where a condition singles out one place, that place's factor is exchanged for the usual one.
    """
    for condition in subterms(body):
        place = _singled_out(condition, name)
        if place is None:
            continue
        if reader.laws.guards(place, reader.indices.ranges[name]) != []:
            raise OutOfReach(f"a product whose factor at {place} differs, which may lie outside it")
        usual, here = (substitute(body, {condition: value}) for value in _values(condition))
        exchanged = substitute(here / usual, {symbol(name): place})
        return reader.field.multiply(product_over(reader, usual, name), reader.read(exchanged))
    return _by_factors(reader, reader.guarded(body), name)


def _singled_out(condition: Term, name: str) -> Term | None:
    """The place that `k = place`, in any of its spellings, singles out."""
    if condition.head not in ("delta", "eq", "ne") or name not in free_symbols(condition):
        return None
    found = solved(reduced(difference(*condition.args)), (name,))
    return None if found is None else found[1]


def _values(condition: Term) -> tuple[Term, Term]:
    """What `condition` is at every other place, and at its own."""
    if condition.head == "delta":
        return term(0), term(1)
    return (FALSE, TRUE) if condition.head == "eq" else (TRUE, FALSE)


def _by_factors(reader: IndexReader, body: Element, name: str) -> Element:
    field, constant, parts = reader.field, Element(body.coefficient), list[Element]()
    for number, exponent in body.factors:
        slot = field.slot_of.get(number, -1)
        if not InIndex(field, name).depends(number):
            constant = field.multiply(constant, Element(Fraction(1), ((number, exponent),)))
        elif slot in reader.tower.exponents:
            parts.append(reader.exponential(reader.total(field.scale(reader.tower.exponents[slot], exponent), name)))
        else:
            parts += _over_ranges(reader, number, exponent, name)
    if constant != ONE:
        parts.append(reader.power(constant, reader.count(name)))
    return field.multiply(*parts) if parts else ONE


def _over_ranges(reader: IndexReader, number: int, exponent: int, name: str) -> Iterator[Element]:
    """The product of a polynomial over the range of `name`, as products over ranges that are comparable."""
    written = reader.write_polynomial(reader.field.polynomials[number])
    for part in reader.laws.on_whole_axes(Summed((name,), ((written, 1),))):
        body = reader.reread_at(part.pieces[0][0])
        if part.names:
            body = reader.field.element(reader.binder("product", part.names, body))
        yield reader.field.power(body, exponent * part.factor)
