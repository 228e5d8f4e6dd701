"""What a document settles of its names, and what it leaves open: no verdict rests on a guess.

A name is settled where the document defines it, takes it as an argument, or differentiates in it. For every
other name the report says which sentence would settle it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from derive.calculus.indices import index_names
from derive.notation.latex_stream import PRIMED
from derive.notation.latex_tokens import GREEK
from derive.review.context import catalogued
from derive.review.guesses import plain_names
from derive.review.header import Header
from derive.review.meaning import Meaning, base_of
from derive.review.prose import Prose
from derive.review.questions import ANY
from derive.review.reading import FormulaRow, is_name, name_of, written_terms
from derive.term import ONE, Term, free_symbols, subterms

# What else people call the function of the catalogue that a Greek letter writes.
ALSO_CALLED: Final = {"sigma": ("logistic",)}


@dataclass(frozen=True)
class Settled:
    """`variables`: names that are arguments, or that are differentiated in. `sizes`: names that end sums.
    `open`: why a name has no known meaning.
    """

    variables: frozenset[str] = frozenset()
    sizes: frozenset[str] = frozenset()
    open: Mapping[str, str] = field(default_factory=dict)


def find_settled(
    rows: Sequence[FormulaRow], meaning: Meaning, header: Header, prose: Prose, sizes: frozenset[str]
) -> Settled:
    """What `rows` settle of the names in them, for a document that has no front matter."""
    variables = frozenset(_variables(rows, meaning))
    found: dict[str, str] = {}
    known = variables | meaning.definitions.keys() | header.names | sizes
    for row in rows:
        for name, why in _left_open(row, known):
            found.setdefault(name, why)
    for root in written_terms(rows):
        for name, why in _undefined_in(root, known):
            found.setdefault(name, why)
    return Settled(variables, sizes, {**found, **conventions(rows, meaning, header, prose)})


def _variables(rows: Sequence[FormulaRow], meaning: Meaning) -> Iterator[str]:
    """Arguments of the functions that are defined, and what is differentiated in."""
    for definition in meaning.definitions.values():
        yield from (base_of(param).name for param in definition.params if base_of(param).head == "sym")
    for root in written_terms(rows):
        for node in subterms(root):
            if node.head == "der" and node.args[1] is not PRIMED and base_of(node.args[1]).head == "sym":
                yield base_of(node.args[1]).name


def _left_open(row: FormulaRow, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Names of which a line says something that is no definition that can be used."""
    first = row.readings[0] if row.readings else None
    if first is None or not first.states or len(row.readings) < 2:
        return
    if first.written is None:
        unread = (name for name in first.names if name not in known)
        yield from ((name, f"the line that begins with {name} cannot be read") for name in unread)
        return
    left = first.written
    if left.head == "der" or adds_up(left, row.readings[1].written):
        return
    names = [name_of(left)] if is_name(left) else sorted(free_symbols(left) - index_names(left) | bases(left))
    if is_name(left) and is_assigned(name_of(left), row):
        return
    # A name on both sides is not what the line is about.
    again = frozenset(
        name for part in row.readings[1:] if part.written is not None for name in plain_names([part.written])
    )
    for name in names:
        if name not in known | again:
            yield name, f"a line says what {first.member.text} is, and none what {name} is: write {name} = ..."


def bases(root: Term) -> frozenset[str]:
    return frozenset(
        node.args[0].name for node in subterms(root) if node.head == "index" and node.args[0].head == "sym"
    )


def is_assigned(name: str, row: FormulaRow) -> bool:
    """Whether a line gives a name a new value that is made of its old one."""
    return any(
        node.head in ("sym", "apply") and node.name == name
        for reading in row.readings[1:]
        if reading.written is not None
        for node in subterms(reading.written)
    )


def _undefined_in(root: Term, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Quantities that are differentiated and that nothing defines."""
    for node in subterms(root):
        if node.head == "der" and is_name(node.args[0]) and name_of(node.args[0]) not in known:
            name = name_of(node.args[0])
            yield name, f"{name} is differentiated and not defined: write {name} = ..."


def conventions(rows: Sequence[FormulaRow], meaning: Meaning, header: Header, prose: Prose) -> dict[str, str]:
    """Greek letters that are taken for a known function by custom, where the document does not say so."""
    found = {}
    for root in written_terms(rows):
        for node in subterms(root):
            if node.head != "apply" or node.name not in GREEK or node.name not in catalogued():
                continue
            function = catalogued()[node.name]
            called = (function.name.replace("_", " "), function.name, *ALSO_CALLED.get(node.name, ()))
            if node.name in meaning.definitions or prose.mentions(*called) or _is_logistic(header.function):
                continue
            found[node.name] = f"{node.name} is not defined: say that it is the {called[0]}"
    return found


def _is_logistic(function: Term | None) -> bool:
    """Whether the front matter's function is made of 1 + e^u, as all functions are that a letter writes."""
    sums = (node.args for node in subterms(function) if node.head == "add") if function is not None else ()
    return any(ONE in parts and any(part.head == "exp" for part in parts) for parts in sums)


def adds_up(left: Term, right: Term | None) -> str:
    """The array of which an equation says that its components add up to 1, or ""."""
    if right is not ONE or left.head != "sum" or left.args[0].head != "index":
        return ""
    base, *places = left.args[0].args
    return base.name if base.head == "sym" and places == [left.args[1]] else ""


def wholes(
    rows: Sequence[FormulaRow], prose: Prose, inlines: Sequence[FormulaRow], defined: Collection[str]
) -> tuple[str, ...]:
    """Arrays of which the document says that their components add up to 1; ANY where it does not say which."""
    found = [
        adds_up(row.left.written, row.readings[1].written)
        for row in (*rows, *inlines)
        if row.left is not None and row.left.written is not None and len(row.readings) > 1
    ]
    for start, end in prose.sentences_of_ones():
        said = [row for row in inlines if start <= row.line.offset < end]
        names = {name_of(root) for root in written_terms(said) if is_name(root)} - set(defined)
        found += sorted(names) or [ANY]
    return tuple(dict.fromkeys(filter(None, found)))
