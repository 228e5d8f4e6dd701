"""What a document declares: which of its names are functions, arrays and words.

Names are declared by how they are used, before any formula is read, so that the reader never has to
guess between an application and a product.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from derive.calculus.indices import index_names
from derive.errors import FormulaError
from derive.notation.latex_reader import LatexReader
from derive.notation.latex_stream import Names
from derive.notation.latex_tokens import FUNCTION_COMMANDS, GREEK, GREEK_FUNCTIONS, Token, tokens
from derive.review.documents import Member
from derive.review.header import Header
from derive.review.indexing import PUNCTUATION, Indexing, Stream, bound_letters, find_indexing, is_letter, places, sets
from derive.term import BINDERS, FUNCTIONS, fresh, subterms, symbol

if TYPE_CHECKING:
    from derive.spec.statement import Function

SIZES: Final = ("K", "N", "M", "n", "m", "D", "T")
BOLD: Final = ("mathbf", "boldsymbol", "bm", "vec", "symbf", "pmb")
NO_ARRAY: Final = frozenset({"delta", "1", *FUNCTION_COMMANDS})
INDEXING: Final = ("sum", "prod", "delta", "neq")  # tokens of a document that tells components apart


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


def declared_names(members: Sequence[Member], header: Header, said: Sequence[str] = ()) -> tuple[Names, ...]:
    """The functions, arrays and words among the names of a document; `said`: formulas inside its sentences.

    Two readings, where letters tell names apart (`x_a`, `x_b`) and nothing says whether they are indices.
    """
    streams = [stream for member in members if (stream := _stream(member)) is not None]
    words = frozenset(word for stream in streams for word in _words(stream))
    everywhere = [*streams, *filter(None, map(_tokens, said))]
    bound = frozenset(letter for stream in everywhere for letter in bound_letters(stream))
    uses = [use for stream in streams for use in _uses(stream, Names(words=words), bound)]
    told = [use for stream in everywhere for use in _uses(stream, Names(words=words), bound)]
    runs_over = {each for stream in streams for each in sets(stream)}
    found = [_indexing(everywhere, told, header)]
    if found[0].open:
        found.append(_indexing(everywhere, told, header, found[0].open))
    applied = frozenset(use.name for use in told if use.is_application)
    # Beside another set, or a range, a set may be a part of the indices.
    whole = next(iter(runs_over)) if len(runs_over) == 1 else ""
    names = (_names(streams, uses, words, applied, header, indexing, _size_name(everywhere)) for indexing in found)
    return tuple(replace(each, whole=whole) for each in names)


def _names(
    streams: Sequence[Stream],
    uses: Sequence[Use],
    words: frozenset[str],
    applied: frozenset[str],
    header: Header,
    found: Indexing,
    size: str,
) -> Names:
    defined = frozenset(use.name for use in uses if use.alone)
    functions = applied - header.names
    functions |= _conventional(uses, header)
    functions -= frozenset(GREEK_FUNCTIONS) - defined
    is_scalar = not header.is_indexed if header.function is not None else _is_scalar(streams, uses, found)
    arrays = frozenset() if is_scalar else found.arrays
    values = frozenset(use.name for use in uses if use.arguments is None and not use.primes) & functions
    names = Names(functions, arrays - NO_ARRAY - functions, words | functions, values, scalar=is_scalar)
    return names if header.function is not None else replace(names, last=symbol(size))


def _indexing(
    streams: Sequence[Stream], uses: Sequence[Use], header: Header, more: frozenset[str] = frozenset()
) -> Indexing:
    known = [header.function, header.variable] if header.is_indexed else []
    nodes = [node for root in known if root is not None for node in subterms(root)]
    arrays = frozenset(node.args[0].name for node in nodes if node.head == "index" and node.args[0].head == "sym")
    indices = frozenset(name for root in known if root is not None for name in index_names(root))
    indices |= frozenset(node.args[1].name for node in nodes if node.head in BINDERS)
    scripts = [(use.name, use.subscript) for use in uses if use.name not in NO_ARRAY]
    return find_indexing(streams, scripts, indices | more, arrays)


def _size_name(streams: Sequence[Stream]) -> str:
    """A name for how far a sum runs of which the document does not say it: one that nothing else has."""
    taken = {token.text for stream in streams for token in stream}
    return next((name for name in SIZES if name not in taken), fresh("size", taken))


def _tokens(text: str) -> list[Token] | None:
    try:
        return tokens(text)
    except FormulaError:
        return None


def _stream(member: Member) -> list[Token] | None:
    try:
        return member_tokens(member)
    except FormulaError:
        return None


def member_tokens(member: Member) -> list[Token]:
    return [token for text, offset in member.pieces for token in tokens(text, offset)]


def bold_names(member: Member, names: Names) -> Iterator[str]:
    """Names that are printed bold, or under an arrow: vectors and matrices."""
    stream = _stream(member) or []
    for place, token in enumerate(stream):
        if token.kind == "command" and token.text in BOLD:
            reader = LatexReader(stream[place:], names)
            try:
                if (name := reader.name()) is not None:
                    yield reader.subscript(name)[0]
            except FormulaError:
                continue


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


def _uses(stream: list[Token], names: Names, bound: frozenset[str]) -> Iterator[Use]:
    place = 0
    while place < len(stream):
        reader = LatexReader(stream[place:], names)
        try:
            name = reader.name()
            # What stands in a subscript or in brackets is looked at too.
            place += max(1, reader.place)
            if name is not None:
                yield _use(reader, name, stream, bound)
        except FormulaError:
            place += 1


def _use(reader: LatexReader, name: str, stream: list[Token], bound: frozenset[str]) -> Use:
    start = reader.place
    while reader.at("_") or reader.labels_ahead():
        reader.take()
        reader.script_tokens()
    subscript = tuple(reader.stream[start : reader.place])
    label = name
    if any(token.kind == "text" for token in subscript) or not _is_indexing(subscript, bound):
        reader.place = start
        label = reader.subscript(name)[0]
    primes = reader.primes()
    if reader.accept("^") and reader.next.kind == "number":
        reader.take()
    arguments = _bracketed(reader)
    return Use(label, subscript, primes, arguments, len(reader.stream) == len(stream) == reader.place)


def _is_indexing(subscript: Sequence[Token], bound: frozenset[str]) -> bool:
    letters = list(places(subscript))
    plain = all(is_letter(token) or token.kind == "number" or token.text in PUNCTUATION for token in subscript)
    return plain and not any(letter.isupper() and letter not in bound for letter in letters)


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


def _is_scalar(streams: Iterable[Stream], uses: Sequence[Use], found: Indexing) -> bool:
    """Whether subscripts only say "of this example": nothing is an index, and each name has one subscript at most."""
    if found.indices or found.open or any(token.text in INDEXING for stream in streams for token in stream):
        return False
    bare = {use.name for use in uses if not use.subscript}
    return not any(use.name in bare for use in uses if use.subscript and any(places(use.subscript)))


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
