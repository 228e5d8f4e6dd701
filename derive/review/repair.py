"""One edit that makes a wrong line right: a sign, a factor, an exponent, an index, a quotient upside down."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from derive.calculus.indices import index_names
from derive.errors import UnsupportedError
from derive.proof.verdict import Verdict
from derive.review.guesses import agree
from derive.review.meaning import Meaning
from derive.review.questions import DocumentClaim, DocumentProver
from derive.rules.engine import replace_everywhere
from derive.term import BINDERS, ONE, Term, rational_value, rebuild, size, substitute, subterms, symbol, term

MAX_EDITS: Final = 60
MAX_SUBTERMS: Final = 80  # distinct subterms of a line that is edited


def repair(written: Term, target: Term, meaning: Meaning, prover: DocumentProver) -> str:
    """What to change in `written` so that it is proved to be `target`, as a phrase; "" where no one edit does."""
    if size(written) > MAX_SUBTERMS:
        return ""
    for said, edited in islice(edits(written), MAX_EDITS):
        try:
            closed = meaning.close(edited)
        except UnsupportedError:
            continue
        if agree(closed, target, meaning) and prover.ask(DocumentClaim(target), closed).verdict is Verdict.PROVED:
            return f"{said}?  {edited} is PROVED"
    return ""


def edits(written: Term) -> Iterator[tuple[str, Term]]:
    """`written` with one thing changed, and what that is; what people get wrong most often first."""
    yield from _signs_of_terms(written)
    yield "the sign", written.args[0] if written.head == "neg" else -written
    indexing = {symbol(name) for name in index_names(written)}
    indexing |= {node.args[1] for node in subterms(written) if node.head in BINDERS}
    for node in subterms(written):
        for said, other in _local(node, written) if node not in indexing else ():
            yield said, replace_everywhere(written, node, other)
    yield "a factor 2", term(2) * written
    yield "a factor 1/2", written / 2


def _signs_of_terms(written: Term) -> Iterator[tuple[str, Term]]:
    words = ("first", "second", "third", "fourth", "fifth", "sixth")
    for node in reversed(list(subterms(written))):
        if node.head not in ("add", "sub"):
            continue
        depth, left = 1, node.args[0]
        while left.head in ("add", "sub"):
            depth, left = depth + 1, left.args[0]
        other = "sub" if node.head == "add" else "add"
        said = f"the sign of the {words[depth]} term" if depth < len(words) else "the sign of a term"
        yield said, replace_everywhere(written, node, Term(other, node.args))
        if depth == 1:
            flipped = left.args[0] if left.head == "neg" else -left
            yield (
                "the sign of the first term",
                replace_everywhere(written, node, rebuild(node, (flipped, node.args[1]))),
            )


def _local(node: Term, written: Term) -> Iterator[tuple[str, Term]]:
    if node.head == "neg":
        yield "a sign", node.args[0]
    if node.head == "exp":
        exponent = node.args[0]
        yield "the sign of an exponent", Term("exp", (exponent.args[0] if exponent.head == "neg" else -exponent,))
    if node.head == "pow" and (power := rational_value(node.args[1])) is not None:
        for step in (1, -1):
            yield "an exponent", node.args[0] ** term(power + step)
        yield "the sign of an exponent", node.args[0] ** term(-power)
    if node.head == "div":
        yield "a quotient upside down", node.args[1] / node.args[0]
    if node.head in ("index", "delta"):
        yield from _other_indices(node, written)
    if node.head == "mul" and node.args[0].head == "num" and node.args[0] is not ONE:
        yield f"the factor {node.args[0]}", node.args[1]
    if node.head == "mul" and node.args[1] is not ONE:
        yield "a factor too many", node.args[0]
    if node.head in ("sym", "index", "sum", "div", "add", "sub") and node is not written:
        yield "a square", node ** term(2)


def _other_indices(node: Term, written: Term) -> Iterator[tuple[str, Term]]:
    for place in node.args[1 if node.head == "index" else 0 :]:
        for name in sorted(index_names(written) - {str(place)}):
            yield f"the index of {node}", substitute(node, {place: symbol(name)})
