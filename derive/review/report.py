"""An audit as people, machines and pull requests read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from derive.proof.verdict import Verdict, Witness
from derive.review.documents import Document
from derive.review.judgement import Judgement

MAX_WIDTH: Final = 100  # characters of a line that is quoted
BAD: Final = (Verdict.REFUTED, Verdict.UNDECIDED)


@dataclass(frozen=True, repr=False)
class Audit:
    """A judgement of each line of a document; printed, it is what `derive audit` prints."""

    document: Document
    judgements: tuple[Judgement, ...]
    notes: tuple[str, ...] = ()

    def holds(self) -> bool:
        """Whether every line that says something could be read and is proved."""
        bad = (Verdict.REFUTED, Verdict.UNDECIDED)
        return all(judgement.read and judgement.verdict not in bad for judgement in self.judgements)

    def __str__(self) -> str:
        return "\n".join([*text_lines(self), summary([self])])

    def __repr__(self) -> str:
        return f"<Audit {self.document.name}: {summary([self])}>"

    def _repr_markdown_(self) -> str:
        return f"```text\n{self}\n```"


def kind_of(judgement: Judgement) -> str:
    """The word that opens a line of the report; REFUTED is the one to look for."""
    if not judgement.read:
        return "unread"
    if judgement.verdict is None:
        return "-"
    return "REFUTED" if judgement.verdict is Verdict.REFUTED else str(judgement.verdict).lower()


def text_lines(audit: Audit) -> Iterator[str]:
    """A line for each line of the document, its evidence under it; then its faults of notation."""
    for note in audit.notes:
        yield f"{audit.document.name}: note: {note}"
    for judgement in audit.judgements:
        yield f"{_place(audit, judgement.offset)}  {kind_of(judgement):<9} {_said(judgement)}".rstrip()
        if judgement.verdict is Verdict.REFUTED:
            yield from _quoted(audit, judgement)
        for offset, warning in judgement.warnings:
            yield f"{_place(audit, offset)}  warning   {warning}"


def summary(audits: list[Audit]) -> str:
    """How many lines of each kind: `4 lines: 2 proved, 1 refuted, 1 unread`."""
    found = [judgement for audit in audits for judgement in audit.judgements]
    names = {"-": "with nothing to check", "REFUTED": "refuted"}
    counts = Counter(names.get(kind_of(judgement), kind_of(judgement)) for judgement in found)
    kinds = ("proved", "refuted", "undecided", "unread", "with nothing to check")
    parts = [f"{counts[kind]} {kind}" for kind in kinds if counts[kind]]
    warned = sum(len(judgement.warnings) for judgement in found)
    parts += [f"{warned} {'warning' if warned == 1 else 'warnings'}"] if warned else []
    return f"{len(found)} {'line' if len(found) == 1 else 'lines'}: {', '.join(parts) or 'nothing to check'}"


def _place(audit: Audit, offset: int) -> str:
    line, column = audit.document.place(offset)
    return f"{audit.document.name}:{line}:{column}"


def _said(judgement: Judgement) -> str:
    if judgement.verdict is Verdict.PROVED:
        checks = [name for name, verdict in (("value", judgement.value), ("step", judgement.step)) if verdict]
        return ", ".join(checks) + (f"  {judgement.message}" if judgement.message else "")
    failed = [
        name for name, verdict in (("value", judgement.value), ("step", judgement.step))
        if verdict is judgement.verdict and verdict is not None
    ]  # fmt: skip
    return ": ".join(part for part in (", ".join(failed), judgement.message) if part)


def _quoted(audit: Audit, judgement: Judgement) -> Iterator[str]:
    """The line as it is written, a mark under what is wrong, and the point that shows it."""
    line, column = audit.document.place(judgement.offset)
    written = audit.document.text.splitlines()[line - 1]
    start = 0 if column <= MAX_WIDTH else column - MAX_WIDTH // 2
    yield f"  {line:>4} │ {'…' if start else ''}{written[start : start + MAX_WIDTH]}"
    shown = f"at {_point(judgement.witness)}" if judgement.witness else ""
    yield f"       │ {' ' * (column - 1 - start + bool(start))}^  {shown}".rstrip()


def _point(witness: Witness) -> str:
    point = ", ".join(f"{name} = {value}" for name, value in witness.point.items())
    return f"{point}:  {witness.claim} here, {witness.derivative} expected"


def records(audit: Audit) -> Iterator[dict[str, Any]]:
    """An object for each line: `n` counts lines in the order printed, `line` is the line of the file."""
    for judgement in audit.judgements:
        witness = judgement.witness
        yield {
            "file": audit.document.name,
            "line": audit.document.place(judgement.line.offset)[0],
            "display": judgement.line.display,
            "n": judgement.line.number,
            "read": judgement.read,
            "value": judgement.value and str(judgement.value),
            "step": judgement.step and str(judgement.step),
            "message": judgement.message,
            "witness": {name: str(value) for name, value in witness.point.items()} if witness else None,
            "warnings": [warning for _, warning in judgement.warnings],
        }


def github_lines(audit: Audit) -> Iterator[str]:
    """Annotations for a pull request: errors, then warnings."""
    for judgement in audit.judgements:
        if not judgement.read or judgement.verdict in BAD:
            level = "error" if judgement.verdict is Verdict.REFUTED else "warning"
            yield _annotation(audit, level, judgement.offset, f"{kind_of(judgement)}: {_said(judgement)}")
        for offset, warning in judgement.warnings:
            yield _annotation(audit, "warning", offset, warning)


def _annotation(audit: Audit, level: str, offset: int, message: str) -> str:
    line, column = audit.document.place(offset)
    escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{level} file={audit.document.name},line={line},col={column}::{escaped}"
