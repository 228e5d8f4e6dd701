"""Which letters of a document are indices, and which names carry them: from how the document uses them.

A letter is an index where a sum binds it, a delta or a condition compares it, a range is given for it, or
it stands where another index of the same array stands. No letter is one by custom.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from derive.notation.latex_tokens import GREEK, Token

Stream = Sequence[Token]

BINDING: Final = ("sum", "prod")
CHOOSING: Final = ("max", "min", "argmax", "argmin")  # an index where a range or a set is given
OPENING_RANGE: Final = ("=", "in", "neq", "ne")
COMPARING: Final = ("=", "neq")
DOTS: Final = ("dots", "ldots", "cdots", "dotsc")
EDGES: Final = frozenset(("&", "\\", "end", *"{}(),[]."))
PUNCTUATION: Final = frozenset("_^{}()[],+-")


@dataclass(frozen=True)
class Indexing:
    """`indices`: letters that pick components. `arrays`: names that carry them.

    `open`: letters that tell names apart (`x_a`, `x_b`) and of which nothing says whether they are indices.
    """

    indices: frozenset[str] = frozenset()
    arrays: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()


def find_indexing(
    streams: Sequence[Stream], subscripts: Iterable[tuple[str, Stream]], indices: frozenset[str], arrays: frozenset[str]
) -> Indexing:
    """The indexing of the names with `subscripts`, given letters and names that are known."""
    found = [(name, letters) for name, script in subscripts if (letters := tuple(places(script)))]
    indices |= frozenset(letter for stream in streams for letter in bound_letters(stream))
    subscripted = {letter for _, letters in found for letter in letters}
    indices |= frozenset(letter for stream in streams for letter in compared_letters(stream)) & subscripted
    while True:
        more = arrays | {name for name, letters in found if indices & set(letters)}
        beside = {letter for name, letters in found if name in more for letter in letters if not letter.isupper()}
        if more == arrays and beside <= indices:
            break
        indices, arrays = indices | beside, more
    told_apart: dict[str, set[tuple[str, ...]]] = {}
    for name, letters in found:
        if name not in arrays and not any(letter.isupper() for letter in letters):
            told_apart.setdefault(name, set()).add(letters)
    opened = {letter for several in told_apart.values() if len(several) > 1 for each in several for letter in each}
    return Indexing(frozenset(indices), frozenset(arrays), frozenset(opened))


def is_letter(token: Token) -> bool:
    return token.kind == "letter" or (token.kind == "command" and token.text in GREEK)


def places(script: Stream) -> Iterator[str]:
    """The letters of a script that may list indices; none for a word or a formula."""
    if all(is_letter(token) or token.kind == "number" or token.text in PUNCTUATION for token in script):
        yield from (token.text for token in script if is_letter(token))


def bound_letters(stream: Stream) -> Iterator[str]:
    """Letters over which sums and products run, and letters for which a range is declared."""
    for place, token in enumerate(stream):
        if token.kind == "command" and token.text in (*BINDING, *CHOOSING):
            script = lower_limit(stream[place + 1 :])
            opened = next((at for at, part in enumerate(script) if part.text in OPENING_RANGE), None)
            if opened is not None or token.text in BINDING:
                yield from (part.text for part in script[:opened] if is_letter(part))
            if opened is not None and script[opened].text in ("neq", "ne"):
                yield from (part.text for part in script[opened:] if is_letter(part))
        if is_letter(token) and is_range(stream[place + 1 :]):
            yield token.text


def lower_limit(stream: Stream) -> Stream:
    """The subscript of a big operator, which may stand behind its superscript."""
    place = 0
    while place < len(stream) and stream[place].text in ("_", "^"):
        end = place + 2
        if place + 1 < len(stream) and stream[place + 1].text == "{":
            depth = 1
            while end < len(stream) and depth:
                depth += {"{": 1, "}": -1}.get(stream[end].text, 0)
                end += 1
        if stream[place].text == "_":
            return stream[place + 1 : end]
        place = end
    return ()


def sets(stream: Stream) -> Iterator[str]:
    """The sets over which sums run: B in `\\sum_{i \\in B}`; "" for a range with a first and a last index."""
    for place, token in enumerate(stream):
        if token.kind == "command" and token.text in BINDING:
            script = [part.text for part in lower_limit(stream[place + 1 :])]
            if "in" in script:
                yield "".join(script[script.index("in") + 1 : -1])
            elif "=" in script:
                yield ""


def is_range(stream: Stream) -> bool:
    """Whether `= 1, ..., n` or `\\in \\{1, ..., n\\}` follows."""
    texts = [token.text for token in stream[:8]]
    return texts[:1] in (["="], ["in"]) and any(dots in texts for dots in DOTS)


def compared_letters(stream: Stream) -> Iterator[str]:
    """Letters that a delta or a condition compares: `\\delta_{ij}`, `i = j`, `i \\neq j`."""
    for place, token in enumerate(stream):
        if token.text == "delta":
            script = lower_limit(stream[place + 1 :])
            letters = [part for part in script if part.text not in "{},="]
            if len(letters) == 2 and all(map(is_letter, letters)):
                yield from (part.text for part in letters)
        if token.text in COMPARING and 0 < place < len(stream) - 1:
            sides = stream[place - 1], stream[place + 1]
            before = stream[place - 2] if place > 1 else None
            after = stream[place + 2] if place + 2 < len(stream) else None
            if all(map(is_letter, sides)) and _is_edge(before) and _is_edge(after):
                yield from (side.text for side in sides)


def _is_edge(token: Token | None) -> bool:
    return token is None or token.kind == "text" or token.text in EDGES
