"""Documents as displays, displays as lines, lines as members of a chain; each with its place.

Markdown, LaTeX and notebooks come to the same: text between display delimiters. No formula is
read here; the members are text, cut at the relations that stand outside every bracket.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from derive.errors import DeriveError, reading

ENVIRONMENTS: Final = (
    "align", "aligned", "alignat", "gather", "gathered", "split", "equation", "eqnarray", "multline", "displaymath",
)  # fmt: skip
CELLS: Final = ("cases", "matrix", "array", "dcases", "rcases", "pmatrix", "bmatrix", "vmatrix", "smallmatrix")
RELATIONS: Final = (
    "\\Leftrightarrow", "\\Longrightarrow", "\\Rightarrow", "\\implies", "\\therefore", "\\propto", "\\approx",
    "\\equiv", "\\coloneqq", "\\triangleq", "\\iff", "\\to", ":=", "=",
)  # fmt: skip
ARROWS: Final = ("Rightarrow", "Longrightarrow", "implies", "therefore", "iff", "Leftrightarrow", "to")
OPENING: Final = "{(["
CLOSING: Final = "})]"
DISPLAY: Final = re.compile(
    r"\$\$(?P<dollars>.*?)\$\$|\\\[(?P<brackets>.*?)\\\]"
    rf"|\\begin\{{(?P<name>(?:{'|'.join(ENVIRONMENTS)})\*?)\}}(?P<body>.*?)\\end\{{(?P=name)\}}",
    re.DOTALL,
)

TAG: Final = re.compile(r"\\(begin|end)\{(\w+)\*?\}")
# What is passed over whole: tags, escaped brackets, words.
OPAQUE: Final = re.compile(rf"{TAG.pattern}|\\[{{}},;]|\\(text\w*|mbox|tag|label)\s*\{{[^{{}}]*\}}")
# An alignment mark behind which neither a relation nor a sign stands.
OTHER_CHAIN: Final = re.compile(
    r"&\s*(?![&=<>+\-\s]|\\(?:Rightarrow|implies|propto|approx|equiv|quad|qquad|cdot|times))"
)
# A gap between two equations on one line.
APART: Final = re.compile(r"(?:[,;]?\s*\\qquad|[,;]\s*\\quad)(?=[^=&]*[^<>!&]=)")
REMARK: Final = re.compile(
    r"&&|\\(text\w*|mbox)\s*\{\s*(?:(?P<word>if|for|when)\b[\s~]*\}|[^{}]*[^\w{}][^{}]*\})|\(\s*\\text\s*\{|\\text\s*\{[^{}]*$"
)
# A row whose formulas are empty, and whose reason is the rest of the one above.
REASON_GOES_ON: Final = re.compile(r"\s*&\s*&&\s*\\text\s*\{")
EDGE: Final = re.compile(
    rf"(\s|&|\\(begin|end)\{{(?:{'|'.join(ENVIRONMENTS)})\*?\}}(\{{\d+\}})?|\\[,;]|\\q?quad|\\nonumber|\\notag)+"
)


@dataclass(frozen=True)
class Member:
    """One side of a relation, in pieces where it goes on over lines.

    `relation` is what stands before it (`=` as "=", `\\propto` as "propto"), or "". Offsets count in the
    document's text.
    """

    relation: str
    pieces: tuple[tuple[str, int], ...]

    @property
    def text(self) -> str:
        return " ".join(text for text, _ in self.pieces)

    def moved(self, offset: int) -> Member:
        """The same member, `offset` further on."""
        return replace(self, pieces=tuple((text, at + offset) for text, at in self.pieces))

    @property
    def offset(self) -> int:
        return self.pieces[-1][1]


@dataclass(frozen=True)
class SourceLine:
    """A printed line: its display, its number in the document, and the members of the chain on it.

    `condition` is the text behind `if`, with its offset. A line that stops in the middle of a formula
    `goes_on`: the line that completes the formula has it as a member.
    """

    display: int
    number: int
    members: tuple[Member, ...]
    offset: int
    condition: tuple[str, int] | None = None
    goes_on: bool = False


@dataclass(frozen=True)
class Document:
    """`text` is what offsets count in; `header` is the front matter, if there is one, and `body` where it ends."""

    name: str
    text: str
    header: str
    lines: tuple[SourceLine, ...]
    body: int = 0

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, both 1-based, of an offset."""
        before = self.text[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def read_document(path: Path) -> Document:
    """The displays of a Markdown, LaTeX or notebook file. Raises DeriveError where it cannot be read."""
    try:
        with reading(path):
            text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as problem:
        raise DeriveError(f"{path}: not text in UTF-8 (byte {problem.start}): save it as UTF-8") from problem
    if path.suffix == ".ipynb":
        text = _notebook_text(text, path)
    return parse_document(text, str(path))


def parse_document(text: str, name: str) -> Document:
    header, start = _front_matter(text)
    body = without_comments(text)
    lines = tuple(_lines(body, start, bare=name.endswith(".tex")))
    return Document(name, text, header, lines, start)


def _notebook_text(text: str, path: Path) -> str:
    """The Markdown cells of a notebook, joined."""
    try:
        cells = json.loads(text)["cells"]
        return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise DeriveError(f"{path}: is not a Jupyter notebook") from problem


def _front_matter(text: str) -> tuple[str, int]:
    found = re.match(r"---\s*\n(.*?)\n---\s*\n", text, re.DOTALL)
    return (found[1], found.end()) if found else ("", 0)


def without_comments(text: str) -> str:
    """LaTeX comments blanked out, so that offsets stay."""
    return re.sub(r"(?<!\\)%[^\n]*", lambda found: " " * len(found.group()), text)


def _lines(text: str, start: int, bare: bool) -> Iterator[SourceLine]:
    displays = list(DISPLAY.finditer(text, start))
    if not displays and bare and text[start:].strip():
        # A file that is included inside a display has no delimiters of its own.
        yield from _display_lines(text, start, len(text), 1, 0)
        return
    number = 0
    for count, found in enumerate(displays, 1):
        group = next(name for name in ("dollars", "brackets", "body") if found.group(name) is not None)
        for line in _display_lines(text, found.start(group), found.end(group), count, number):
            number = line.number
            yield line


def _display_lines(text: str, start: int, end: int, display: int, number: int) -> Iterator[SourceLine]:
    waiting: SourceLine | None = None
    for low, high in _rows(text, start, end):
        if REASON_GOES_ON.match(text, low, high):
            continue
        remark = _remark(text, low, high)
        members = tuple(members_of(text, low, remark.start() if remark else high))
        if not members:
            continue
        number += 1
        condition = (text[remark.end() : high], remark.end()) if remark and remark["word"] else None
        line = SourceLine(display, number, members, members[0].offset, condition)
        if waiting is not None and _continues(waiting.members[-1], members[0]):
            first = members[0]
            begun = waiting.members[-1]
            joined = replace(first, relation=begun.relation, pieces=begun.pieces + first.pieces)
            yield replace(waiting, members=waiting.members[:-1], goes_on=True)
            line = replace(line, members=(joined, *members[1:]))
        elif waiting is not None and _stands_alone(waiting, members[0]):
            yield replace(waiting, members=(), goes_on=True)
            line = replace(line, members=(*waiting.members, *members))
        elif waiting is not None:
            yield waiting
        waiting = line
    if waiting is not None:
        yield waiting


def _continues(before: Member, after: Member) -> bool:
    """Whether a line goes on with the formula before it: a sign or a dot begins it, or a bracket is still open."""
    if after.relation:
        return False
    closes = _open_brackets(before.text) > 0 > _open_brackets(after.text)
    return closes or re.match(r"[+\-/]|\\(cdot|times|[bB]igg?/)", after.text) is not None


def _stands_alone(waiting: SourceLine, after: Member) -> bool:
    """Whether a line is the left side of the one below it and no more."""
    return after.relation == "=" and len(waiting.members) == 1 and not waiting.members[0].relation


def _open_brackets(text: str) -> int:
    return sum(text.count(mark) for mark in OPENING) - sum(text.count(mark) for mark in CLOSING)


def _rows(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The spans between line breaks that stand outside cases and matrices."""
    depth, low = 0, start
    for found in re.finditer(r"\\begin\{(\w+)\*?\}(\[\w\])?|\\end\{(\w+)\*?\}|\\\\(\[[^\]]*\])?", text[start:end]):
        opened, closed = found[1], found[3]
        if opened or closed:
            if (opened or closed) in CELLS:
                depth += 1 if opened else -1
        elif depth == 0:
            yield low, start + found.start()
            low = start + found.end()
    yield low, end


def members_of(text: str, low: int, high: int) -> Iterator[Member]:
    """The row cut at its relations; environment tags, alignment marks and blanks are no part of a member."""
    relation, begin = "", low
    for position, found in [*_relations(text, low, high), (high, "")]:
        if (member := _trimmed(text, begin, position, relation)) is not None:
            yield member
        elif relation and found.lstrip("\\") in ARROWS:
            found = relation
        relation = found.lstrip("\\") if found in RELATIONS else ""
        begin = position + len(found)


def _remark(text: str, low: int, high: int) -> re.Match[str] | None:
    """Where words begin behind the row's formulas: a reason, or a condition, which `word` opens."""
    for found in REMARK.finditer(text, low, high):
        before = text[low : found.start()]
        tags = TAG.findall(before)
        inside = sum(1 if tag == "begin" else -1 for tag, name in tags if name in CELLS)
        if not inside and before.count("{") == before.count("}") and before.strip(" &\n"):
            return found
    return None


def _relations(text: str, low: int, high: int) -> Iterator[tuple[int, str]]:
    """The relations of a row that stand outside every bracket and every cell; "&" where another chain begins."""
    depth, cells, position, related = 0, 0, low, high
    while position < high:
        if skipped := OPAQUE.match(text, position, high):
            tag = TAG.match(text, position)
            cells += (1 if tag[1] == "begin" else -1) if tag and tag[2] in CELLS else 0
            position = skipped.end()
            continue
        character = text[position]
        depth += (character in OPENING) - (character in CLOSING)
        word = next((name for name in RELATIONS if text.startswith(name, position)), None)
        whole = word and not (word[-1].isalpha() and text[position + len(word) : position + len(word) + 1].isalpha())
        compound = character == "=" and text[position - 1] in "<>!"
        aligned = text[low:position].rstrip().endswith("&")
        if word and whole and not compound and cells == 0 and (depth <= 0 or aligned):
            yield position, word
            depth = 0
            position += len(word)
            related = position
            continue
        if cells == 0 and depth <= 0 and related < high and (apart := APART.match(text, position, high)):
            yield position, apart.group()
            position = apart.end()
            continue
        if (
            character == "&"
            and cells == 0
            and text[related:position].strip(" &")
            and OTHER_CHAIN.match(text, position, high)
        ):
            yield position, "&"
        position += 1


def _trimmed(text: str, low: int, high: int, relation: str) -> Member | None:
    """The span without tags and marks at its ends; None where nothing is left."""
    if opening := EDGE.match(text, low, high):
        low = opening.end()
    while high > low and (closing := re.search(EDGE.pattern + r"$", text[low:high])):
        high = low + closing.start()
    return Member(relation, ((text[low:high], low),)) if high > low else None
