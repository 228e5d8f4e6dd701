"""What C programs compute with, while they run on symbols: numbers, pointers, and the state of memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.code.library import applied
from derive.code.tracer import as_number, is_condition
from derive.errors import UnsupportedError
from derive.term import TRUE, ZERO, Term, cases, free_symbols, rational_value, substitute, symbol, term


@dataclass(frozen=True)
class Number:
    """A value; `whole` for C's integers. A condition counts as 1 or 0."""

    formula: Term
    whole: bool = False

    @property
    def condition(self) -> Term:
        return self.formula if is_condition(self.formula) else Term("ne", (self.formula, ZERO))

    @property
    def amount(self) -> Term:
        return as_number(self.formula)

    def converted(self, whole: bool) -> Number:
        """As C converts it: a real number loses its fraction where it becomes an integer."""
        if not whole or self.whole:
            return Number(self.amount if not whole else self.formula, whole)
        value = rational_value(self.amount)
        cut = term(int(value)) if value is not None else applied("trunc", self.amount)
        assert cut is not None
        return Number(cut, True)


@dataclass(frozen=True)
class Pointer:
    """A place in an array that the program was given."""

    array: str
    offset: Term = ZERO

    def at(self, index: Term) -> Term:
        return index if self.offset is ZERO else self.offset if index is ZERO else self.offset + index


@dataclass(frozen=True)
class Reference:
    """The address of a variable."""

    cell: int


Value = Number | Pointer | Reference


@dataclass(frozen=True)
class Write:
    """`array[index] = value`, for every value of `bound` where it is not None."""

    array: str
    index: Term
    value: Term
    bounds: tuple[str, ...] = ()

    def read(self, index: Term) -> Term | None:
        """The value at an index, if this write is known to have stored it."""
        if not self.bounds:
            return self.value if index is self.index else None
        for name in sorted(free_symbols(index)):
            other = {symbol(self.bounds[-1]): symbol(name)}
            if substitute(self.index, other) is index:
                return substitute(self.value, other)
        return None


@dataclass
class State:
    """Memory: the variables' cells, whether each holds an integer, and what was written to arrays."""

    cells: dict[int, Value] = field(default_factory=dict)
    whole: dict[int, bool] = field(default_factory=dict)
    writes: tuple[Write, ...] = ()

    def copy(self) -> State:
        return State(dict(self.cells), self.whole, self.writes)

    def declare(self, whole: bool, value: Value | None = None) -> int:
        cell = len(self.whole)
        self.whole[cell] = whole
        if value is not None:
            self.assign(cell, value)
        return cell

    def assign(self, cell: int, value: Value) -> None:
        self.cells[cell] = value.converted(self.whole[cell]) if isinstance(value, Number) else value

    def record(self, new: Write) -> None:
        """One more write; those that it overwrites are forgotten."""
        kept = (old for old in self.writes if old.array != new.array or new.read(old.index) is None)
        self.writes = (*kept, new)

    def written(self, array: str) -> bool:
        return any(write.array == array for write in self.writes)

    def merge(self, condition: Term, other: State) -> None:
        """This state where the condition holds, `other` elsewhere."""
        for cell, value in self.cells.items():
            there = other.cells.get(cell, value)
            if isinstance(value, Number) and isinstance(there, Number):
                self.cells[cell] = either(condition, value, there)
            elif there != value:
                raise UnsupportedError("a pointer depends on a condition")
        mine = {(write.array, write.index): write for write in self.writes}
        theirs = {(write.array, write.index): write for write in other.writes}
        joined = []
        for place in mine | theirs:
            # What is not written keeps its value.
            kept = Write(*place, symbol(place[0])[place[1]])
            one, two = mine.get(place, kept), theirs.get(place, kept)
            chosen = one.value if one.value is two.value else cases((one.value, condition), otherwise=two.value)
            joined.append(Write(*place, chosen, one.bounds or two.bounds))
        self.writes = tuple(joined)


def either(condition: Term, one: Number, other: Number) -> Number:
    """The value of `condition ? one : other`."""
    if condition is TRUE or one == other:
        return one
    return Number(cases((one.amount, condition), otherwise=other.amount), one.whole and other.whole)
