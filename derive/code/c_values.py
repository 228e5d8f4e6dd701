"""What C programs compute with, while they run on symbols: numbers, pointers, and the state of memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from derive.code.c_types import BOOL, DOUBLE, INT, CType, PointerType
from derive.code.elements import as_number, is_condition
from derive.code.library import applied
from derive.code.paths import settled
from derive.errors import UnsupportedError
from derive.term import TRUE, ZERO, Term, cases, rational_value, substitute, symbol, term


@dataclass(frozen=True)
class Number:
    """A value of one of C's types. A condition counts as 1 or 0.

    span: for a whole number, ends between which it surely lies.
    wraps: whether it is the formula's value only up to a multiple of 2**bits; it may then be added to, and
        count elements or steps, but have no value.
    """

    formula: Term
    kind: CType = DOUBLE
    span: tuple[int, int] = (0, 0)
    wraps: bool = False

    @property
    def condition(self) -> Term:
        self.refuse_wrapping()
        return self.formula if is_condition(self.formula) else Term("ne", (self.formula, ZERO))

    @property
    def amount(self) -> Term:
        """The formula of the value."""
        self.refuse_wrapping()
        return self.place

    @property
    def place(self) -> Term:
        """The formula, as an index or as the end of a loop: a program that wraps there reaches outside its arrays."""
        return as_number(self.formula)

    @property
    def constant(self) -> int | None:
        value = rational_value(self.place)
        return int(value) if value is not None and value.denominator == 1 else None

    def refuse_wrapping(self) -> None:
        if self.wraps:
            raise UnsupportedError(
                f"{self.place} may lie outside {self.kind} and wrap around; compute it in a signed or a real type"
            )

    def converted(self, kind: CType) -> Number:
        """As C converts it. Raises UnsupportedError where the value may not fit."""
        if kind == self.kind:
            return self
        if kind is BOOL:
            return truth(self.condition, BOOL)
        if not kind.whole:
            return Number(self.amount, kind)
        if not self.kind.whole:
            return self._cut(kind)
        least, greatest = kind.span
        if not self.wraps and least <= self.span[0] and self.span[1] <= greatest:
            return Number(self.formula, kind, self.span)
        if not kind.signed and kind.bits >= self.kind.bits and not self.wraps:
            return Number(self.formula, kind, kind.span, wraps=True)
        self.refuse_wrapping()
        raise UnsupportedError(f"{self.place} of the type {self.kind} may not fit into {kind}")

    def _cut(self, kind: CType) -> Number:
        """A real number without its fraction; outside the type's range C says nothing."""
        value = rational_value(self.amount)
        if value is None:
            found = applied("trunc", self.amount)
            assert found is not None
            return Number(found, kind, kind.span)
        return whole(int(value), kind)


def whole(value: int, kind: CType = INT) -> Number:
    if not kind.span[0] <= value <= kind.span[1]:
        raise UnsupportedError(f"{value} does not fit into {kind}")
    return Number(term(value), kind, (value, value))


def unknown(formula: Term, kind: CType) -> Number:
    """A value of which no more is known than its type."""
    return Number(formula, kind, kind.span if kind.whole else (0, 0))


def truth(condition: Term, kind: CType = INT) -> Number:
    known = settled(condition)
    return Number(condition, kind, (0, 1) if known is None else (int(known), int(known)))


@dataclass(frozen=True)
class Pointer:
    """A place in an array that the program was given."""

    array: str
    target: CType = DOUBLE
    offset: Term = ZERO

    def at(self, index: Term) -> Term:
        return index if self.offset is ZERO else self.offset if index is ZERO else self.offset + index


@dataclass(frozen=True)
class Reference:
    """The address of a variable."""

    cell: int


Value = Number | Pointer | Reference


@dataclass(frozen=True)
class Counter:
    """A loop's index, and its first and last value."""

    name: str
    first: Term
    last: Term


@dataclass(frozen=True)
class Write:
    """`array[index] = value`, at every step of the loops in `counters`, the outermost first."""

    array: str
    index: Term
    value: Term
    counters: tuple[Counter, ...] = ()

    def covers(self, other: Write) -> bool:
        """Whether this write stores wherever `other` did."""
        return self.read(other.index, other.counters) is not None

    def reaches(self, index: Term, counting: tuple[Counter, ...]) -> bool:
        """Whether this write stores at an index that loops `counting` run through, in the same step around both."""
        return len(counting) == len(self.counters) and self.read(index, counting) is not None

    def read(self, index: Term, counting: tuple[Counter, ...]) -> Term | None:
        """The value at an index, if this write surely stored it; `counting` are the loops around the reader."""
        around = counting[len(counting) - len(self.counters) :]
        names = {symbol(mine.name): symbol(other.name) for mine, other in zip(self.counters, around, strict=False)}
        mine = [(substitute(counter.first, names), substitute(counter.last, names)) for counter in self.counters]
        if mine != [(other.first, other.last) for other in around] or substitute(self.index, names) is not index:
            return None
        return substitute(self.value, names)


@dataclass
class State:
    """Memory: the variables' cells and their types, why some have no value, and what was written to arrays."""

    cells: dict[int, Value] = field(default_factory=dict)
    kinds: dict[int, CType | PointerType] = field(default_factory=dict)
    lost: dict[int, str] = field(default_factory=dict)
    writes: tuple[Write, ...] = ()
    counting: tuple[Counter, ...] = ()
    reads: set[tuple[str, Term, tuple[Counter, ...]]] = field(default_factory=set)

    def copy(self) -> State:
        return replace(self, cells=dict(self.cells), lost=dict(self.lost))

    def become(self, other: State) -> None:
        self.cells, self.lost, self.writes = other.cells, other.lost, other.writes

    def declare(self, kind: CType | PointerType, value: Value | None = None) -> int:
        cell = len(self.kinds)
        self.kinds[cell] = kind
        if value is not None:
            self.assign(cell, value)
        return cell

    def assign(self, cell: int, value: Value) -> None:
        self.cells[cell] = self.fitting(self.kinds[cell], value)

    def fitting(self, kind: CType | PointerType, value: Value) -> Value:
        """A value as something of this type holds it."""
        if isinstance(value, Number):
            if isinstance(kind, PointerType):
                raise UnsupportedError("a number where a pointer is wanted is not read")
            return value.converted(kind)
        target = value.target if isinstance(value, Pointer) else self.kinds[value.cell]
        if not isinstance(kind, PointerType) or kind.target != target:
            raise UnsupportedError("a pointer to one type where another is wanted is not read")
        return value

    def forget(self, cell: int, reason: str) -> None:
        """The variable has no value that is known."""
        self.cells.pop(cell, None)
        self.lost[cell] = reason

    def record(self, new: Write) -> None:
        """One more write; those that it overwrites are forgotten."""
        kept = (old for old in self.writes if old.array != new.array or not new.covers(old))
        self.writes = (*kept, new)

    def load(self, array: str, index: Term) -> Term:
        """An element's value: what was last written there, or what the caller put there."""
        self.reads.add((array, index, self.counting))
        return self.peek(array, index, self.counting)

    def peek(self, array: str, index: Term, counting: tuple[Counter, ...]) -> Term:
        of_array = [write for write in self.writes if write.array == array]
        if not of_array:
            return symbol(array)[index]
        found = of_array[-1].read(index, counting)
        if found is None:
            raise UnsupportedError(f"{array} is read where it was not surely written")
        return found

    def merge(self, condition: Term, other: State) -> None:
        """This state where the condition holds, `other` elsewhere."""
        for cell in {**self.cells, **other.cells}:
            value, there = self.cells.get(cell), other.cells.get(cell)
            if isinstance(value, Number) and isinstance(there, Number):
                self.cells[cell] = either(condition, value, there)
            elif value is None or there is None:
                unset = self.lost.get(cell) or other.lost.get(cell)
                self.forget(cell, unset or "is read, but has a value under a condition only")
            elif there != value:
                raise UnsupportedError("a pointer depends on a condition")
        self.writes = tuple(self._joined(condition, other))

    def _joined(self, condition: Term, other: State) -> list[Write]:
        """The writes of both; where one side does not write, it keeps what was there."""
        mine = {(write.array, write.index): write for write in self.writes}
        theirs = {(write.array, write.index): write for write in other.writes}
        if [place for place in mine if place in theirs] != [place for place in theirs if place in mine]:
            raise UnsupportedError("an array is written in one order or another, as a condition has it")
        joined = []
        for place in mine | theirs:
            one, two = mine.get(place), theirs.get(place)
            counters = (one or two or Write(*place, ZERO)).counters
            if one and two and one.counters != two.counters:
                raise UnsupportedError(f"{place[0]} is written by one loop or another, as a condition has it")
            values = [
                side.peek(*place, (*side.counting, *counters)) if write is None else write.value
                for side, write in ((self, one), (other, two))
            ]
            chosen = values[0] if values[0] is values[1] else cases((values[0], condition), otherwise=values[1])
            joined.append(Write(*place, chosen, counters))
        return joined


def either(condition: Term, one: Number, other: Number) -> Number:
    """One value or the other of the same type, as a condition has it."""
    if condition is TRUE or one == other:
        return one
    if one.kind != other.kind or one.wraps or other.wraps:
        one.refuse_wrapping()
        other.refuse_wrapping()
        raise UnsupportedError(f"a {one.kind} or a {other.kind}, as a condition has it, is not read")
    span = (min(one.span[0], other.span[0]), max(one.span[1], other.span[1]))
    return Number(cases((one.amount, condition), otherwise=other.amount), one.kind, span)
