"""Proof of what the search found: every piece equals what was stated, on the range where it is used."""

from __future__ import annotations

from derive.domain import Domain
from derive.prove.field import Deadline
from derive.prove.scalar import prove_equal
from derive.prove.verdict import Proof, Verdict
from derive.search.beam import Candidate
from derive.stable.proof import released
from derive.term import Term


class Prover:
    """Verdicts on candidates of one formula; a form proved on the whole domain is proved on every part of it."""

    def __init__(self, stated: Term, domain: Domain) -> None:
        self.stated, self.domain = stated, domain
        self.known: dict[tuple[Term, Term | None], Proof] = {}

    def proof(self, candidate: Candidate, condition: Term | None, seconds: float) -> Proof:
        """Whether the candidate equals the formula where `condition` holds, everywhere on the domain first."""
        if candidate.form == self.stated:
            return Proof(Verdict.PROVED, evidence="the formula itself")
        if candidate.approximation is not None:
            return Proof(Verdict.PROVED, evidence=candidate.approximation.within)
        found = self.ask(candidate.form, None, seconds)
        if found.verdict is Verdict.PROVED or condition is None:
            return found
        return self.ask(candidate.form, condition, seconds)

    def ask(self, form: Term, condition: Term | None, seconds: float) -> Proof:
        if (form, condition) not in self.known:
            domain = self.domain if condition is None else self.domain.related(condition)
            # An exponent held where its exponential is 0 by rounding is taken as if it were not.
            loose, held = released(form, domain)
            if loose is None:
                proof = Proof(Verdict.UNDECIDED, message=f"{held} is held where that may matter")
            else:
                proof = prove_equal(self.stated, loose, domain, Deadline(seconds))
            self.known[form, condition] = proof
        return self.known[form, condition]
