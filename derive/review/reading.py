"""The lines of a document as Terms: what each member writes, or why it cannot be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from derive.errors import FormulaError
from derive.notation.latex_reader import LatexReader
from derive.notation.latex_stream import PRIMED, Names
from derive.notation.latex_tokens import tokens
from derive.review.context import member_tokens
from derive.review.documents import ARROWS, Member, SourceLine
from derive.term import Term, subterms

Warnings = tuple[tuple[int, str], ...]  # offset and message


@dataclass(frozen=True)
class Reading:
    """A member with the Term that it writes; `problem` says why there is none, at `column` of the document."""

    member: Member
    written: Term | None
    problem: str = ""
    column: int = 0
    warnings: Warnings = ()
    names: tuple[str, ...] = ()  # the first name of a member that cannot be read

    @property
    def states(self) -> bool:
        """Whether a statement begins with this member: it is a left side."""
        return self.member.relation == "" or self.member.relation in ARROWS


@dataclass(frozen=True)
class FormulaRow:
    """A line and its readings. `condition` is what the line says that it holds for."""

    line: SourceLine
    readings: tuple[Reading, ...]
    condition: Term | None = None
    problem: str = ""

    @property
    def left(self) -> Reading | None:
        """The left side, where one stands on this line."""
        first = self.readings[0] if self.readings else None
        return first if first is not None and first.states and first.written is not None else None

    @property
    def chains(self) -> tuple[FormulaRow, ...]:
        """The line cut where another statement begins: `a = b \\qquad c = d` holds two."""
        cuts = [at for at, reading in enumerate(self.readings) if at and reading.states]
        ends = [*cuts, len(self.readings)]
        return tuple(
            replace(self, readings=self.readings[low:high]) for low, high in zip([0, *cuts], ends, strict=True)
        )


def read_rows(lines: Sequence[SourceLine], names: Names) -> list[FormulaRow]:
    return [_read_row(line, names) for line in lines]


def _read_row(line: SourceLine, names: Names) -> FormulaRow:
    readings = tuple(_read_member(member, names) for member in line.members)
    if line.condition is None:
        return FormulaRow(line, readings)
    text, offset = line.condition
    try:
        reader = LatexReader(tokens(text.replace("&", " "), offset), names)
        condition = reader.condition()
        reader.expect_end()
    except FormulaError as problem:
        return FormulaRow(line, readings, problem=f"the condition: {problem}")
    return FormulaRow(line, readings, condition)


def _read_member(member: Member, names: Names) -> Reading:
    try:
        reader = LatexReader(member_tokens(member), names, member.text)
        written = reader.expression()
        reader.expect_end()
    except FormulaError as problem:
        column = member.offset if problem.column is None else problem.column
        said = _unbalanced(member.text) or str(problem)
        return Reading(member, None, said, column, names=_begins_with(member, names))
    return Reading(member, written, warnings=tuple(reader.warnings))


def _begins_with(member: Member, names: Names) -> tuple[str, ...]:
    try:
        reader = LatexReader(member_tokens(member), names)
        name = reader.name()
        return () if name is None else (reader.subscript(name)[0],)
    except FormulaError:
        return ()


def _unbalanced(text: str) -> str:
    """Which bracket has no partner, or ""."""
    for opening, closing in ("()", "[]", "{}"):
        missing = text.count(opening) - text.count(closing)
        if missing:
            return f"brackets do not balance: {abs(missing)} {closing if missing > 0 else opening} missing"
    return ""


def is_name(written: Term | None) -> bool:
    """`f(x)`, `y`, `p_k`: something that a definition can define."""
    if written is None:
        return False
    if written.head == "apply":
        return all(part.head in ("sym", "index", "transpose") for part in written.args)
    if written.head == "index":
        return written.args[0].head in ("sym", "apply") and all(part.head == "sym" for part in written.args[1:])
    return written.head == "sym" and written is not PRIMED


def name_of(name: Term) -> str:
    return (name.args[0] if name.head == "index" else name).name


def slopes(rows: Sequence[FormulaRow]) -> Iterator[Term]:
    """The left sides that are derivatives."""
    for row in rows:
        if row.left is not None and row.left.written is not None and row.left.written.head == "der":
            yield row.left.written
        for reading in row.readings[1:]:
            if reading.written is not None and reading.written.head == "der" and is_name(reading.written.args[0]):
                yield reading.written


def written_terms(rows: Sequence[FormulaRow]) -> list[Term]:
    return [reading.written for row in rows for reading in row.readings if reading.written is not None]


def has_derivative(written: Term) -> bool:
    return any(node.head == "der" for node in subterms(written))
