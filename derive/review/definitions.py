"""What the lines and the sentences of a document define, and what they define in two ways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from derive.errors import UnsupportedError
from derive.proof.verdict import Verdict
from derive.review.context import catalogued
from derive.review.documents import ARROWS
from derive.review.meaning import Definition, Meaning
from derive.review.questions import DocumentProver
from derive.review.reading import FormulaRow, has_derivative, is_name, name_of
from derive.term import Term, subterms

WEAK: Final = ("approx", "propto", "to")  # relations that define nothing


def definitions_in(row: FormulaRow) -> Iterator[tuple[Term, Term]]:
    """The names that a line defines, each with its body: `y = f(x) = body`."""
    left = row.left.written if row.left else None
    if row.readings and row.readings[0].member.relation in ARROWS:
        return  # what follows from something is no definition
    if row.condition is not None or row.problem or any(part.member.relation in WEAK for part in row.readings[1:2]):
        return
    if left is not None and left.head == "log" and left.args[0].head == "apply" and len(row.readings) > 1:
        body = row.readings[1].written
        if is_name(left.args[0]) and body is not None and not has_derivative(body):
            yield left.args[0], Term("exp", (body,))
    if not is_name(left):
        return
    equal = [part for part in row.readings if part.member.relation not in WEAK]
    written = [reading.written for reading in equal]
    names = [name for name in written if name is not None and is_name(name) and name is not written[-1]]
    bodies = [body for body in written[1:] if body is not None and body not in names and not has_derivative(body)]
    if bodies:
        yield from ((name, bodies[0]) for name in names if not _occurs(name, bodies[0]) and is_pattern(name))


def is_pattern(name: Term) -> bool:
    """Whether every place in a name is another one: `K_{ii} = 1` does not say what `K_{ij}` is."""
    places = (*name.args[1:], *name.args[0].args) if name.head == "index" else name.args
    return len(set(places)) == len(places)


def _occurs(name: Term, body: Term) -> bool:
    """Whether a body uses the name itself, as `w = w - eta g` does: an assignment, not a definition."""
    label = name_of(name)
    return any(node.head in ("sym", "apply") and node.name == label for node in subterms(body))


def defined(meaning: Meaning, name: Term, body: Term) -> Meaning:
    label = name_of(name)
    head, places = (name.args[0], name.args[1:]) if name.head == "index" else (name, ())
    return meaning.defining(label, Definition(body, head.args, places))


def without_contested(meaning: Meaning, inlines: Sequence[FormulaRow]) -> tuple[Meaning, dict[str, str]]:
    """`meaning` without the names of which a sentence says otherwise than what defines them, and why."""
    found: dict[str, str] = {}
    prover = DocumentProver((), meaning.axes)
    for row in inlines:
        for name, body in definitions_in(row):
            if name_of(name) in found or _is_abstract(body, meaning):
                continue
            try:
                said, known = meaning.close(body), meaning.close(name)
            except UnsupportedError:
                continue
            if said is not known and prover.same(said, known).verdict is not Verdict.PROVED:
                found[name_of(name)] = f"{name_of(name)} is said to be two things: say on a line which one holds"
    kept = {name: each for name, each in meaning.definitions.items() if name not in found}
    return replace(meaning, definitions=kept), found


def _is_abstract(body: Term, meaning: Meaning) -> bool:
    """Whether a body only says on what a quantity depends: `L = g(y)`."""
    known = meaning.definitions.keys() | catalogued().keys()
    return any(node.head == "apply" and node.name not in known for node in subterms(body))
