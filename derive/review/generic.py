"""Whether what is proved holds for every value of a variable, or only where an equation puts that variable.

A document that differentiates in x and later writes x = a/2 has solved for x; a formula in x holds only if it
holds for every x.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from derive.errors import UnsupportedError
from derive.proof.verdict import Verdict
from derive.review.claims import claimed
from derive.review.guesses import plain_names
from derive.review.meaning import Meaning
from derive.review.questions import DocumentClaim, DocumentProver
from derive.review.settled import Settled
from derive.term import Term


def only_at(
    left: Term | None, before: Term | None, written: Term, meaning: Meaning, settled: Settled, prover: DocumentProver
) -> str:
    """The variable at whose value alone `written` is what stands before it, or what is claimed; or ""."""
    free = settled.variables & meaning.definitions.keys()
    expected, closed = _sides(left, before, written, _without(meaning, free), settled)
    if not free or expected is None or closed is None:
        return ""
    # Where one side alone speaks of a variable, the other has its value put in.
    free = free & plain_names([expected.value]) & plain_names([closed])
    expected, closed = _sides(left, before, written, _without(meaning, free), settled)
    if not free or expected is None or closed is None:
        return ""
    return "" if prover.ask(expected, closed).verdict is Verdict.PROVED else min(free)


def _sides(
    left: Term | None, before: Term | None, written: Term, meaning: Meaning, settled: Settled
) -> tuple[DocumentClaim | None, Term | None]:
    try:
        expected = DocumentClaim(meaning.close(before)) if before is not None else None
        if before is None and left is not None:
            expected = claimed(left, meaning, settled)[0]
        return expected, meaning.close(written)
    except UnsupportedError:
        return None, None


def _without(meaning: Meaning, names: Collection[str]) -> Meaning:
    return replace(meaning, definitions={name: each for name, each in meaning.definitions.items() if name not in names})
