"""What the audit asks of the prover, and the hypotheses that it may ask under."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

from derive.calculus.derivative import derivative
from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.fuel import REMARK, Fuel
from derive.proof.api import prove_equal, prove_terms
from derive.proof.verdict import Proof, Verdict, Witness
from derive.review.components import Axes
from derive.review.guesses import array_ranks
from derive.review.provable import MATRIX, obstacle
from derive.spec.domain import POSITIVE, Domain
from derive.term import ONE, TRUE, ZERO, Term, branches, cases, free_symbols, rational_value, relation, subterms, term
from derive.values.balls import enclose

# Where cases are looked at that may leave a region out: no round number, on which cases usually meet.
PLACES: Final = tuple(Fraction(n, 7) for n in (2, -2, 5, -5, 10, -10, 4, -4, 17, -17, 31, -31, 1))
TRIALS: Final = 39
ANY: Final = "*"  # for an array: some array, which the document does not name
SUPPOSED: Final = re.compile(r"under Sum\((\w+)\) = 1")


@dataclass(frozen=True)
class DocumentClaim:
    """What a line claims of what it writes: to be `body`, or the derivative of `body` in `variable`.

    `where`: the condition under which it is claimed.
    """

    body: Term
    variable: Term | None = None
    where: Term | None = None

    @property
    def value(self) -> Term:
        return self.body if self.variable is None else derivative(self.body, self.variable)


@dataclass
class DocumentProver:
    """Answers, remembered.

    `wholes`: arrays of which the front matter says that they add up to 1. `axes`: the ranges of arrays.
    """

    wholes: tuple[str, ...] = ()
    axes: Axes = field(default_factory=dict)
    answers: dict[tuple[DocumentClaim, Term], Proof] = field(default_factory=dict)

    def ask(self, claim: DocumentClaim, written: Term) -> Proof:
        """Whether `written` is what is claimed, under sum-to-one hypotheses where it needs them."""
        if (claim, written) not in self.answers:
            self.answers[claim, written] = self._ask(claim, written)
        return self.answers[claim, written]

    def _ask(self, claim: DocumentClaim, written: Term) -> Proof:
        if claim.where is not None:
            written = cases((written, claim.where), otherwise=claim.value)
        if problem := obstacle((claim.body, written), self.axes):
            return Proof(Verdict.UNDECIDED, message=problem)
        if (gap := gap_in(written, claim.value)) is not None:
            return Proof(Verdict.REFUTED, witness=gap, message="no case holds there")
        domain = replace(natural_domain((claim.body, written)), axes=self.axes)
        proof = _prove(claim, written, domain)
        if proof.verdict is Verdict.PROVED:
            return proof
        labels = label_arrays((claim.body, written), claim.variable)
        for name in [*self.wholes, *labels]:
            if name not in labels:
                continue
            under = replace(domain, properties=domain.properties | {(name, "simplex")})
            found = _prove(claim, written, under)
            if found.verdict is not Verdict.REFUTED:
                return replace(found, message=f"under Sum({name}) = 1") if found.verdict is Verdict.PROVED else found
        return proof

    def supposed(self, proof: Proof) -> str:
        """The array of which a proof supposes that it adds up to 1, where the document does not say so; or ""."""
        found = SUPPOSED.fullmatch(proof.message)
        return found[1] if found and not {found[1], ANY} & set(self.wholes) else ""

    def same(self, written: Term, expected: Term, where: Term | None = None) -> Proof:
        """Whether two members are equal wherever `written` has a value."""
        return self.ask(DocumentClaim(expected, where=where), written)

    def constant(self, ratio: Term, variable: Term) -> Proof:
        """Whether `ratio` does not depend on `variable`."""
        return self.ask(DocumentClaim(ratio, variable), ZERO)


def _prove(claim: DocumentClaim, written: Term, domain: Domain) -> Proof:
    try:
        if claim.variable is None:
            # The right side of an equation is what the prover calls the claim; here it is what is written.
            return turned(prove_equal(written, claim.body, domain, Fuel(REMARK)))
        proof = prove_terms(claim.body, claim.variable, written, domain, Fuel(REMARK))
        if proof.verdict is not Verdict.UNDECIDED:
            return proof
        # A line may have no value at single points at which the derivative has one.
        weaker = prove_equal(written, claim.value, domain, Fuel(REMARK))
        return replace(weaker, exceptions=(*weaker.exceptions, proof.message)) if _is_proved(weaker) else proof
    except UnsupportedError as problem:
        return Proof(Verdict.UNDECIDED, message=str(problem))


def turned(proof: Proof) -> Proof:
    """`proof` with the sides of its witness exchanged."""
    if proof.witness is None:
        return proof
    point, derivative, claim = proof.witness.point, proof.witness.derivative, proof.witness.claim
    return replace(proof, witness=Witness(point, derivative=claim, claim=derivative))


def _is_proved(proof: Proof) -> bool:
    return proof.verdict is Verdict.PROVED


def natural_domain(roots: Iterable[Term]) -> Domain:
    """Where logarithms, roots and powers that are not whole have a value."""
    domain = Domain()
    for part in (part for root in roots for node in subterms(root) for part in _positive(node)):
        if part.head == "sym":
            domain = domain.narrowed(part.name, POSITIVE)
        elif part.head == "index" and part.args[0].head == "sym":
            domain = domain.narrowed(part.args[0].name, POSITIVE)
        elif free_symbols(part) and all(node.head not in ("index", "sum", *MATRIX) for node in subterms(part)):
            domain = domain.related(relation("gt", part, term(0)))
    return domain


def _positive(node: Term) -> tuple[Term, ...]:
    if node.head in ("log", "sqrt"):
        return node.args
    if (node.head == "pow" and (exponent := rational_value(node.args[1])) is None) or (
        node.head == "pow" and exponent is not None and exponent.denominator != 1
    ):
        return node.args[:1]
    return ()


def gap_in(written: Term, target: Term) -> Witness | None:
    """A point, off the boundaries, at which no case of `written` holds and at which `target` has a value."""
    open_cases = [node for node in subterms(written) if node.head == "cases" and node.args[-1] is not TRUE]
    names = sorted(free_symbols(written) | free_symbols(target))
    has_arrays = any(node.head in ("index", *MATRIX) for side in (written, target) for node in subterms(side))
    for node in open_cases:
        holds = cases(*((ONE, condition) for _, condition in branches(node)), otherwise=ZERO)
        for trial in range(0 if has_arrays else TRIALS):
            point = {name: PLACES[(trial * (1 + 2 * at) + at) % len(PLACES)] for at, name in enumerate(names)}
            try:
                if not enclose(holds, point).is_zero():
                    continue
                value = enclose(target, point)
            except (Undefined, Undetermined, UnsupportedError):
                continue
            return Witness(point, value.str(10, radius=False), "no value")
    return None


def label_arrays(roots: Iterable[Term], variable: Term | None) -> list[str]:
    """Vectors that are not differentiated: the ones that may hold labels or weights."""
    found = list(roots)
    mine = variable.args[0].name if variable is not None and variable.head == "index" else ""
    return sorted(name for name, rank in array_ranks(found).items() if rank == 1 and name != mine)
