"""What is wrong with a line beside its value: a name that belongs to another function, another body differentiated."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from derive.errors import UnsupportedError
from derive.proof.verdict import Proof, Verdict
from derive.review.context import catalogued
from derive.review.guesses import plain_names
from derive.review.meaning import Meaning
from derive.review.questions import DocumentClaim, DocumentProver
from derive.review.reading import FormulaRow
from derive.term import Term, fresh, symbol

MIN_LETTERS: Final = 4  # letters of a name that means one function alone


def misnamed(row: FormulaRow, meaning: Meaning, prover: DocumentProver) -> Proof | None:
    """A refutation where the line gives the name of a known function of one argument to another one."""
    written = row.readings[-1].written
    for reading in row.readings[:-1]:
        name = reading.written
        if written is None or name is None or name.head != "apply" or len(name.name) < MIN_LETTERS:
            continue
        if name.name not in catalogued() or not len(name.args) == len(catalogued()[name.name].inputs) == 1:
            continue
        try:
            known, body = replace(meaning, definitions={}).close(name), meaning.close(written)
        except UnsupportedError:
            continue
        proof = prover.same(body, known)
        # A function with parameters of its own may bear the name.
        if proof.verdict is Verdict.REFUTED and plain_names([body]) <= plain_names([known]):
            return replace(proof, message=f"{name.name} is the name of another function, {known}")
    return None


def misdifferentiated(claim: DocumentClaim, written: Term, meaning: Meaning, prover: DocumentProver) -> Proof | None:
    """A refutation where a line differentiates another function than the one defined, in some component."""
    if claim.variable is None or claim.variable.head != "index" or written.head != "der":
        return None
    place = claim.variable.args[1]
    if place.head != "sym":
        return None
    body = meaning.expand(meaning.entry(written.args[0]))
    variable = claim.variable.args[0][(symbol(fresh(place.name, {place.name})), *claim.variable.args[2:])]
    try:
        proof = prover.ask(DocumentClaim(claim.body, variable), DocumentClaim(body, variable).value)
    except UnsupportedError:
        return None
    if proof.verdict is not Verdict.REFUTED or plain_names([body]) - plain_names([claim.body]):
        return None
    return replace(proof, message="what is differentiated here is not the function as it is defined")
