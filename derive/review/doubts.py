"""Whether a document bears a verdict: nothing is refuted that rests on what the document leaves open.

A refutation stands only where it stands under every reading: whatever open names mean, however far a sum
runs of which the document does not say it, under every condition in the sentences about it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from derive.calculus.indices import index_names
from derive.proof.verdict import Proof, Verdict
from derive.review.conditions import Condition, under
from derive.review.guesses import array_ranks, plain_names
from derive.review.meaning import base_of
from derive.review.questions import DocumentClaim, DocumentProver
from derive.review.reading import FormulaRow
from derive.term import ZERO, Term, free_symbols, substitute, symbol


@dataclass(frozen=True)
class Doubts:
    """`open` names with the sentence that would settle each; `size`: how far sums run that do not say it.

    `known`: names of the front matter, which a line may bring in. `sizes`: names that end other sums.
    """

    prover: DocumentProver
    open: Mapping[str, str]
    size: str
    sizes: frozenset[str]
    conditions: Sequence[Condition]
    known: frozenset[str]

    def of(self, proof: Proof, expected: Term, claim: DocumentClaim, written: Term, is_argument: bool) -> str:
        """Why the document does not bear `proof` of `written` against what is `expected`, or ""."""
        if proof.verdict is Verdict.PROVED:
            name = self.prover.supposed(proof)
            return f"it holds if the components of {name} add up to 1: say that they do" if name else ""
        return (
            self.of_names(expected, claim.variable, written)
            or (self.of_sizes(claim, written) if _is_refuted(proof) else "")
            or self.of_numbers(expected, written, is_argument)
            or (self.of_conditions(claim, written) if _is_refuted(proof) else "")
        )

    def of_names(self, expected: Term, variable: Term | None, written: Term) -> str:
        mine, theirs = plain_names([expected]), plain_names([written])
        own = {base_of(variable).name} if variable is not None else set()
        for name in sorted((mine | theirs) & self.open.keys() - own):
            return self.open[name]
        if new := sorted(theirs - mine - self.known):
            return f"{new[0]} is not defined: say what it is, as in {new[0]} = ..."
        return ""

    def of_numbers(self, expected: Term, written: Term, is_argument: bool) -> str:
        """Numbers where names are expected: an example, perhaps, worked at values that sentences give."""
        if plain_names([written]) or not (names := sorted(plain_names([expected]))):
            return ""
        if written is ZERO:
            return f"an equation to be solved for {', '.join(names)}, perhaps"
        if is_argument:
            return ""
        return f"a number stands here for a formula in {', '.join(names)}: say at which values"

    def of_sizes(self, claim: DocumentClaim, written: Term) -> str:
        size = symbol(self.size)
        if self.known or self.size not in free_symbols(written) | free_symbols(claim.value):
            return ""
        roots = (claim.value, written)
        others = frozenset().union(*map(free_symbols, roots)) - set(array_ranks(roots)) | self.sizes
        others -= frozenset().union(*map(index_names, roots))
        for name in sorted(others - {self.size}):
            sides = tuple(substitute(side, {size: symbol(name)}) for side in roots)
            if not _is_refuted(self.prover.same(sides[1], sides[0], claim.where)):
                return f"it holds if the sums run to {name}: say how far they run, as in \\sum_{{k=1}}^{{{name}}}"
        return ""

    def of_conditions(self, claim: DocumentClaim, written: Term) -> str:
        for condition in self.conditions:
            if condition.names & (free_symbols(claim.value) | free_symbols(written)) and self.fails_under(
                condition, claim, written
            ):
                return f"the text says {condition.text.strip()}: say beside the line for what it holds"
        return ""

    def fails_under(self, condition: Condition, claim: DocumentClaim, written: Term) -> bool:
        """Whether the refutation is none where the condition holds."""
        for alternative in condition.alternatives:
            (expected, mine), where = under(alternative, (claim.value, written))
            if _is_refuted(self.prover.same(mine, expected, claim.where if where is None else where)):
                return False
        return True


def _is_refuted(proof: Proof) -> bool:
    return proof.verdict is Verdict.REFUTED


def conditions_about(row: FormulaRow, spans: Sequence[tuple[int, int]], found: Sequence[Condition]) -> list[Condition]:
    """Of the conditions `found` those in the sentences about the display of `row`, whose `spans` are given."""
    low, high = spans[row.line.display - 1] if row.line.display <= len(spans) else (0, 0)
    return [condition for condition in found if condition.everywhere or low <= condition.offset < high]
