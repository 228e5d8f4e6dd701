"""What a document declares: its front matter, and which of its names are functions, arrays and words.

Names are declared by how they are used, before any formula is read, so that the reader never has to
guess between an application and a product.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from derive.audit.documents import Document, Member
from derive.errors import DeriveError, FormulaError
from derive.notation.latex_reader import LatexReader
from derive.notation.latex_stream import Names
from derive.notation.latex_tokens import FUNCTION_COMMANDS, GREEK, GREEK_FUNCTIONS, Token, tokens
from derive.notation.text import read_text
from derive.term import FUNCTIONS, Term, free_symbols, subterms

if TYPE_CHECKING:
    from derive.spec import Function

INDEX_LETTERS: Final = frozenset("i j k l m n q r s t c d".split())
NO_ARRAY: Final = frozenset({"delta", "log", "max", "min", "1"})
INDEXING: Final = ("sum", "prod", "delta", "neq")  # tokens of a document that tells components apart


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
    def names(self) -> frozenset[str]:
        return frozenset().union(*(free_symbols(part) for part in (self.function, self.variable) if part is not None))


def read_header(document: Document) -> Header:
    """The front matter's `function`, `wrt` and `definitions`. Raises DeriveError for a formula that cannot be read."""
    definitions, hypotheses, notes = _read_prose(_value(document.header, "definitions"))
    different = tuple(re.findall(r"\b(\w)\s*(?:!=|≠|\\neq?)\s*(\w)\b", document.header))
    function, variable = _formula(document, "function"), _formula(document, "wrt")
    return Header(function, variable, definitions, hypotheses, different, notes)


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
    for phrase in filter(None, map(str.strip, re.split(r"[;,](?![^([]*[)\]])|\bwith\b|\bwhere\b|\buses\b", prose))):
        if summed := re.search(r"\b[Ss]um(?:_?\w*\s+|\()(\w+?)(?:_\w+)?\)?\s*=\s*1$", phrase):
            hypotheses.append(summed[1])
        elif (equation := _equation(phrase)) is not None:
            definitions.append(equation)
        else:
            notes.append(f"definitions: not read as a formula: {phrase}")
    return tuple(definitions), tuple(hypotheses), tuple(notes)


def _equation(phrase: str) -> tuple[Term, Term] | None:
    left, equals, right = phrase.partition("=")
    try:
        name, body = (read_text(left), read_text(right)) if equals else (None, None)
    except FormulaError:
        return None
    return (name, body) if name is not None and body is not None and name.head in ("sym", "index", "apply") else None


# -- names


@dataclass(frozen=True)
class Use:
    """A name where it stands: how it is applied and indexed. `alone`: nothing else is in the member."""

    name: str
    subscript: tuple[Token, ...]
    primes: int
    arguments: tuple[Token, ...] | None
    alone: bool

    @property
    def is_application(self) -> bool:
        """Whether what stands in brackets is an argument and not a factor."""
        if self.arguments is None:
            return False
        if self.name in FUNCTION_COMMANDS:
            # The document's own: \\cos(u, v) for the similarity of vectors.
            return FUNCTIONS[FUNCTION_COMMANDS[self.name]] == 1 and _separated(self.arguments)
        plain = all(token.kind != "mark" or token.text in "{}_,;" for token in self.arguments)
        letters = [token for token in self.arguments if token.kind == "letter" or token.text in GREEK]
        listed = _separated(self.arguments)
        is_word = len(self.name.split("_")[0]) > 2 and self.name not in GREEK
        return bool(self.primes) or listed or (plain and bool(letters)) or is_word


def declared_names(members: Sequence[Member], header: Header) -> Names:
    """The functions, arrays and words among the names of a document."""
    streams = [stream for member in members if (stream := _stream(member)) is not None]
    words = frozenset(word for stream in streams for word in _words(stream))
    uses = [use for stream in streams for use in _uses(stream, Names(words=words))]
    indexed = header.function is not None and any(node.head == "index" for node in subterms(header.function))
    defined = frozenset(use.name for use in uses if use.alone)
    functions = frozenset(use.name for use in uses if use.is_application) - header.names
    functions |= _conventional(uses, header)
    functions -= frozenset(GREEK_FUNCTIONS) - defined
    is_scalar = not indexed if header.function is not None else _is_scalar(streams, uses)
    letters = INDEX_LETTERS | frozenset(name for name in header.names if indexed and len(name) == 1)
    arrays = frozenset() if is_scalar else frozenset(use.name for use in uses if _indices(use, letters))
    values = frozenset(use.name for use in uses if use.arguments is None and not use.primes) & functions
    return Names(functions, arrays - NO_ARRAY - functions, words | functions, values, scalar=is_scalar)


def _stream(member: Member) -> list[Token] | None:
    try:
        return member_tokens(member)
    except FormulaError:
        return None


def member_tokens(member: Member) -> list[Token]:
    return [token for text, offset in member.pieces for token in tokens(text, offset)]


def _words(stream: Sequence[Token]) -> Iterator[str]:
    """Runs of letters that are applied, or that are all of a member: `elu(x)`, `FL(p)`, `loss`."""
    run: list[Token] = []
    for token in [*stream, Token("end", "", -1)]:
        if token.kind == "letter" and (not run or token.column == run[-1].column + 1):
            run.append(token)
            continue
        word = "".join(letter.text for letter in run)
        applied = token.text == "(" or (token.text == "}" and word.isupper())
        whole = len(word) == len(stream) or (applied and (len(word) > 2 or word.isupper()))
        # xlog(x) is a product; softsign(x) is a word.
        if len(word) > 1 and whole and not any(word.endswith(f) and len(word) - len(f) < 3 for f in FUNCTION_COMMANDS):
            yield word
        run = [token] if token.kind == "letter" else []


def _uses(stream: list[Token], names: Names) -> Iterator[Use]:
    place = 0
    while place < len(stream):
        reader = LatexReader(stream[place:], names)
        try:
            name = reader.name()
            # What stands in a subscript or in brackets is looked at too.
            place += max(1, reader.place)
            if name is not None:
                yield _use(reader, name, stream)
        except FormulaError:
            place += 1


def _use(reader: LatexReader, name: str, stream: list[Token]) -> Use:
    start = reader.place
    if reader.accept("_"):
        reader.script_tokens()
    subscript = tuple(reader.stream[start : reader.place])
    label = name
    if any(token.kind == "text" for token in subscript) or not _is_indexing(subscript):
        reader.place = start
        label = reader.subscript(name)[0]
    primes = reader.primes()
    if reader.accept("^") and reader.next.kind == "number":
        reader.take()
    arguments = _bracketed(reader)
    return Use(label, subscript, primes, arguments, len(reader.stream) == len(stream) == reader.place)


def _is_indexing(subscript: Sequence[Token]) -> bool:
    letters = [token.text for token in subscript if token.kind == "letter"]
    return all(token.kind in ("letter", "number") or token.text in "_{},+-" for token in subscript) and (
        not any(letter.isupper() for letter in letters)
    )


def _bracketed(reader: LatexReader) -> tuple[Token, ...] | None:
    if not reader.accept("("):
        return None
    depth, start = 1, reader.place
    while depth and reader.next.kind != "end":
        depth += {"(": 1, ")": -1}.get(reader.take().text, 0)
    return tuple(reader.stream[start : reader.place - 1])


def _separated(arguments: Sequence[Token]) -> bool:
    """Whether a comma or a bar stands outside every inner bracket."""
    depth = 0
    for token in arguments:
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if depth == 0 and token.text in (",", ";", "mid", "Vert"):
            return True
    return sum(token.text == "|" for token in arguments) == 1


def _indices(use: Use, letters: Iterable[str]) -> bool:
    found = [token.text for token in use.subscript if token.kind == "letter"]
    return bool(found) and set(found) <= set(letters)


def _is_scalar(streams: Iterable[Sequence[Token]], uses: Iterable[Use]) -> bool:
    """Whether subscripts only say "of this example": no sums, and no name with two different indices."""
    if any(token.text in INDEXING for stream in streams for token in stream):
        return False
    seen: dict[str, set[str]] = {}
    for use in uses:
        if _indices(use, INDEX_LETTERS):
            seen.setdefault(use.name, set()).add("".join(token.text for token in use.subscript))
    return all(len(found) == 1 for found in seen.values())


# -- names that the field knows


def _conventional(uses: Iterable[Use], header: Header) -> frozenset[str]:
    """Names of known functions that the document only ever applies."""
    bare = {use.name for use in uses if use.arguments is None and not use.primes}
    applied = {use.name for use in uses if use.arguments is not None}
    return frozenset(applied - bare - header.names - set(FUNCTION_COMMANDS)) & set(catalogued())


@cache
def catalogued() -> dict[str, Function]:
    """The functions of derive's own catalogue, by name and by the command that writes them."""
    from derive import catalogue

    found = {function.name: function for function in catalogue()}
    commands = {function.latex[1:]: function for function in catalogue() if function.latex[1:] in GREEK}
    return {**commands, **found}
