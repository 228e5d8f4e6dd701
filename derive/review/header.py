"""The front matter of a document: what is differentiated, in what, and what its names stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derive.calculus.axes import with_axes
from derive.errors import DeriveError, FormulaError
from derive.notation.text import read_text
from derive.review.documents import Document
from derive.review.provable import obstacle
from derive.spec.domain import Domain
from derive.term import Term, free_symbols, subterms, symbol


@dataclass(frozen=True)
class Header:
    """The front matter: what is differentiated, in what, under which hypotheses.

    `hypotheses`: arrays that add up to 1. `different`: indices that are said to differ. `notes`: what was not read.
    """

    function: Term | None = None
    variable: Term | None = None
    definitions: tuple[tuple[Term, Term], ...] = ()
    hypotheses: tuple[str, ...] = ()
    different: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_indexed(self) -> bool:
        return self.function is not None and any(node.head == "index" for node in subterms(self.function))

    @property
    def names(self) -> frozenset[str]:
        return frozenset().union(*(free_symbols(part) for part in (self.function, self.variable) if part is not None))


def read_header(document: Document) -> Header:
    """The front matter's `function`, `wrt` and `definitions`. Raises DeriveError for a formula that cannot be read."""
    definitions, hypotheses, notes = _read_prose(_value(document.header, "definitions"))
    different = tuple(re.findall(r"\b(\w)\s*(?:!=|≠|\\neq?)\s*(\w)\b", document.header))
    function, variable = _formula(document, "function"), _formula(document, "wrt")
    _check(document, function, variable)
    return Header(function, variable, definitions, hypotheses, different, notes)


def _check(document: Document, function: Term | None, variable: Term | None) -> None:
    """Raises DeriveError where the front matter's function or variable is no function or variable."""
    if variable is not None and not (
        variable.head == "sym" or (variable.head == "index" and all(part.head == "sym" for part in variable.args))
    ):
        raise DeriveError(f"{document.name}: wrt: write a name or a component, such as x or x[i], and not {variable}")
    if function is not None:
        roots = (function,) if variable is None else (function, variable)
        if problem := obstacle(roots, with_axes(Domain(), roots).axes):
            raise DeriveError(f"{document.name}: function: {problem}")


def _value(header: str, key: str) -> str:
    found = re.search(rf"^{key}:\s*(.*)$", header, re.MULTILINE)
    return found[1].strip().strip("\"'") if found else ""


def _formula(document: Document, key: str) -> Term | None:
    written = _value(document.header, key)
    if not written:
        return None
    try:
        return read_text(written)
    except FormulaError as problem:
        raise DeriveError(f"{document.name}: {key}: {problem}") from problem


Prose = tuple[tuple[tuple[Term, Term], ...], tuple[str, ...], tuple[str, ...]]


def _read_prose(prose: str) -> Prose:
    """Definitions, hypotheses and what remains of a sentence such as `p = softmax(o), uses sum_i y_i = 1`."""
    definitions, hypotheses, notes = [], [], []
    for phrase in filter(None, map(str.strip, _phrases(prose))):
        if summed := re.search(r"\b[Ss]um(?:_?\w*\s+|\()(\w+?)(?:_\w+)?\)?\s*=\s*1$", phrase):
            hypotheses.append(summed[1])
        elif (equation := _equation(phrase)) is not None:
            definitions.append(equation)
        else:
            notes.append(f"definitions: not read as a formula: {phrase}")
    return tuple(definitions), tuple(hypotheses), tuple(notes)


def _phrases(prose: str) -> Iterator[str]:
    """The sentence cut at commas outside brackets, and at the words that open a phrase."""
    depth = start = 0
    for found in re.finditer(r"[(\[]|[)\]]|[;,]|\b(?:with|where|uses|and)\b", prose):
        mark = found.group()
        depth += (mark in "([") - (mark in ")]")
        if depth == 0 and mark not in "([)]":
            yield prose[start : found.start()]
            start = found.end()
    yield prose[start:]


def _equation(phrase: str) -> tuple[Term, Term] | None:
    left, equals, right = phrase.partition("=")
    applied = re.fullmatch(r"\s*([A-Za-z]\w*)\(\s*(\w+(?:\s*,\s*\w+)*)\s*\)\s*", left)
    try:
        if applied is not None:
            name: Term | None = Term("apply", tuple(map(symbol, re.split(r"\s*,\s*", applied[2]))), applied[1])
        else:
            name = read_text(left) if equals else None
        body = read_text(right) if equals else None
    except FormulaError:
        return None
    return (name, body) if name is not None and body is not None and name.head in ("sym", "index", "apply") else None
