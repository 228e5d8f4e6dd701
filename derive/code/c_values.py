"""What C programs compute with, while they run on symbols: numbers, pointers, and the state of memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

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

    def reaches(self, index: Term) -> bool:
        """Whether an index is one at which this write stores, in the same step of the loops around both."""
        inner = [symbol(counter.name) for counter in self.counters[-1:]]
        renamed = [{counter: symbol(name)} for counter in inner for name in free_symbols(index)]
        return index is self.index or any(substitute(self.index, names) is index for names in renamed)

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
    """Memory: the variables' cells, whether each holds an integer, and what was written to arrays."""

    cells: dict[int, Value] = field(default_factory=dict)
    whole: dict[int, bool] = field(default_factory=dict)
    writes: tuple[Write, ...] = ()
    counting: tuple[Counter, ...] = ()
    reads: set[tuple[str, Term]] = field(default_factory=set)

    def copy(self) -> State:
        return replace(self, cells=dict(self.cells))

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
        kept = (old for old in self.writes if old.array != new.array or not new.covers(old))
        self.writes = (*kept, new)

    def load(self, array: str, index: Term) -> Term:
        """An element's value: what was last written there, or what the caller put there."""
        self.reads.add((array, index))
        of_array = [write for write in self.writes if write.array == array]
        if not of_array:
            return symbol(array)[index]
        found = of_array[-1].read(index, self.counting)
        if found is None:
            raise UnsupportedError(f"{array} is read where it was not surely written")
        return found

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
            # Where one side does not write, it keeps what was there.
            one = mine.get(place) or Write(*place, self.load(*place))
            two = theirs.get(place) or Write(*place, other.load(*place))
            chosen = one.value if one.value is two.value else cases((one.value, condition), otherwise=two.value)
            joined.append(Write(*place, chosen, one.counters or two.counters))
        self.writes = tuple(joined)


def either(condition: Term, one: Number, other: Number) -> Number:
    """The value of `condition ? one : other`."""
    if condition is TRUE or one == other:
        return one
    return Number(cases((one.amount, condition), otherwise=other.amount), one.whole and other.whole)
