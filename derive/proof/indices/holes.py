"""Holes and kinks of claims in index notation: where roots end, and where a claim divides by what may be zero."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from derive.calculus.derivative import depends, derivative
from derive.proof.algebra.field import Element, OutOfReach, Singular
from derive.proof.algebra.real import shortened
from derive.proof.algebra.signs import NeedSign
from derive.proof.algebra.syntactic_signs import syntactically_positive
from derive.proof.indices.demands import IndexedDemand, indexed_demands
from derive.proof.indices.order import NeedOrder
from derive.proof.indices.sums import IndexReader
from derive.proof.kinks.boundary import solve
from derive.proof.kinks.holes import zeros
from derive.proof.verdict import Hole, derivative_said
from derive.term import Term, substitute, symbol

UNREAD = (NeedSign, NeedOrder, OutOfReach, Singular)


@dataclass(frozen=True)
class Values:
    """A claim that was proved, its function, and a reader that knows what makes the function real."""

    reader: IndexReader
    body: Term
    variable: Term
    slope: Term
    claim: Term
    ends: Mapping[int, Term]  # roots taken to be positive, though the function has a value at their zeros

    def holes(self) -> Iterator[Hole]:
        """Where the claim has no value though the function may have a derivative."""
        function = [one for one in indexed_demands(self.body, branches_too=False) if one.kind in ("ne", "pole", "gt")]
        for one in indexed_demands(self.claim, branches_too=True):
            if one.kind == "ne":
                yield from self._zero(one, [other for other in function if other.kind != "pole"])
            elif one.kind == "pole":
                yield from self._pole(one, [other for other in function if other.kind == "pole"])

    def _zero(self, one: IndexedDemand, function: list[IndexedDemand]) -> Iterator[Hole]:
        reader, part = opened(self.reader, one)
        if syntactically_positive(part, reader.range_of):
            return
        try:
            found = zeros(reader, [part]) if not reader.read(part).is_zero else {}
        except UNREAD:
            if part not in {other for each in function for other in each.instances(reader.indices, part)}:
                yield Hole((f"{shortened(one.part)} = 0",))
            return
        left = [number for number in found if self._may_be_zero(reader, number)]
        if left:
            taken = {number for each in function for other in each.instances(reader.indices, part)
                     for number in zeros(reader, [other])}  # fmt: skip
            yield from (self._hole(reader, one, number) for number in left if number not in taken)

    def _may_be_zero(self, reader: IndexReader, number: int) -> bool:
        if number in self.ends:
            return not depends(reader.written(number), self.variable)
        return reader.signs.find(number) is None and not (reader.recall(number) and reader.signs.find(number))

    def _hole(self, reader: IndexReader, one: IndexedDemand, number: int) -> Hole:
        where = solve(reader, number, None)
        place = f"{where[0]} = {where[1]}" if where else f"{shortened(one.part)} = 0"
        try:
            slope = reader.read(self.slope)
        except UNREAD:
            return Hole((place,))
        form = reader.write(slope)
        divisors = [other.part for other in indexed_demands(form, branches_too=True) if other.kind == "ne"]
        singular = where is not None or number in zeros(reader, divisors)
        return Hole((place,), "" if singular else derivative_said(form))

    def _pole(self, one: IndexedDemand, function: list[IndexedDemand]) -> Iterator[Hole]:
        reader, part = opened(self.reader, one)
        try:
            mine = reader.read(part)
            if reader.surely_positive(mine):
                return
            for each in function:
                for other in each.instances(reader.indices, part):
                    apart = reader.field.subtract(mine, reader.read(other)).rational
                    if apart is not None and apart.denominator == 1 and apart >= 0:
                        return
        except UNREAD:
            pass
        yield Hole((f"{shortened(one.part)} = 0, -1, -2, ...",))


def opened(reader: IndexReader, one: IndexedDemand) -> tuple[IndexReader, Term]:
    """A part with bound names of the reader for its indices, and a reader that knows what holds in its branch."""
    by: dict[Term, Term] = {}
    for index, (first, last) in one.within:
        along = substitute(first, by), substitute(last, by)
        by[index] = symbol(reader.bound_name(along, {name.name for name in by.values()}))
    inner = reader.fork()
    for fact in one.given:
        inner.learn_relation(substitute(fact, by))
    return inner, substitute(one.part, by)


def ends_of(reader: IndexReader, real: Iterable[IndexedDemand]) -> dict[int, Term]:
    """Learns what makes a function real; the polynomials among these that may be zero, each with a term for it."""
    found: dict[int, Term] = {}
    for one in real:
        if one.kind == "ge":
            inner, part = opened(reader, one)
            try:
                unknown = inner.signs.unknown(inner.read(part))
            except UNREAD:
                unknown = frozenset()
            if not syntactically_positive(part, inner.range_of):
                found |= dict.fromkeys(unknown, one.part)
        if not one.bound:
            reader.learn_positive(one.part)
    return found


def kinks(reader: IndexReader, body: Term, variable: Term, ends: Mapping[int, Term]) -> Iterator[str]:
    """Where roots end and the function may have a kink."""
    excluded = {number for one in indexed_demands(body, branches_too=False) if one.kind in ("ne", "gt")
                for inner, part in [opened(reader, one)] for number in zeros(inner, [part])}  # fmt: skip
    for number, written in ends.items():
        if number not in excluded and depends(written, variable) and not _changes_sign(reader, written, variable):
            yield f"{shortened(written)} = 0, where the function may have a kink"


def _changes_sign(reader: IndexReader, part: Term, variable: Term) -> bool:
    """Whether a root ends where it is zero: its slope there is not zero, or it is a single component."""
    if part.head == "index":
        return True
    try:
        slope: Element = reader.read(derivative(part, variable))
        return reader.signs.of(slope) != 0
    except UNREAD:
        return False
