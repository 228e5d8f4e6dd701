"""Faults of notation: what is wrong with how a line is written, not with what it says."""

from __future__ import annotations

from collections.abc import Sequence

from derive.notation.latex_stream import PRIMED
from derive.review.reading import FormulaRow, Warnings
from derive.term import BINDERS, RELATIONS, TRUE, Term, branches, rational_value, subterms


def warnings_of(rows: Sequence[FormulaRow]) -> list[Warnings]:
    """The faults of each line, with their places."""
    found: list[list[tuple[int, str]]] = [[] for _ in rows]
    for faults, row in zip(found, rows, strict=True):
        for reading in row.readings:
            faults += reading.warnings
            if reading.written is not None:
                faults += ((reading.member.offset, said) for said in _gaps(reading.written))
    _changed_names(rows, found)
    return [tuple(dict.fromkeys(faults)) for faults in found]


def _gaps(written: Term) -> list[str]:
    """Cases that leave out the point at which they meet: x > 0 and x < 0."""
    said = []
    for node in subterms(written):
        if node.head != "cases":
            continue
        conditions = [condition for _, condition in branches(node)]
        if TRUE in conditions:
            continue
        strict = {condition.args for condition in conditions if condition.head in ("lt", "gt")}
        for left, right in strict:
            heads = {c.head for c in conditions if c.head in RELATIONS and c.args == (left, right)}
            if heads == {"lt", "gt"} and rational_value(right) is not None:
                said.append(f"undefined at {left} = {right}: no case says what the value is there")
    return said


def _changed_names(rows: Sequence[FormulaRow], found: list[list[tuple[int, str]]]) -> None:
    """A name that carries an index in one place and none in another."""
    indexed: set[str] = set()
    for row in rows:
        for reading in row.readings:
            if reading.written is None:
                continue
            indexed |= {node.args[0].name for node in subterms(reading.written) if _is_component(node)}
    for faults, row in zip(found, rows, strict=True):
        for reading in row.readings:
            if reading.written is None or not row.readings or reading.states:
                continue
            bases = {
                node.args[0] for node in subterms(reading.written) if node.head in ("index", "apply") and node.args
            }
            for node in subterms(reading.written):
                if node.head == "sym" and node.name in indexed and node not in bases and node is not PRIMED:
                    faults.append((reading.member.offset, f"{node.name} stands here without its index"))


def _is_component(node: Term) -> bool:
    return node.head == "index" and node.args[0].head == "sym" and node.head not in BINDERS
