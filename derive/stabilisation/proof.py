"""Proof of what the search found: every piece equals what was stated, on the range where it is used."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Final

from derive.fuel import PIECE, Fuel
from derive.proof.scalar import prove_equal
from derive.proof.verdict import Proof, Verdict
from derive.rules.accuracy import DEFINITIONS, PAGES, PARTIAL
from derive.rules.engine import Step, read_rules
from derive.spec.domain import Domain
from derive.stabilisation.equality import released
from derive.stabilisation.moves import BY_ARITHMETIC, BY_PARTS, Moves
from derive.stabilisation.pool import Candidate
from derive.term import Term, free_symbols

BY_STEPS: Final = "by the steps, each of them proved"


class Prover:
    """Verdicts on candidates of one formula; a form proved on the whole domain is proved on every part of it."""

    def __init__(self, stated: Term, domain: Domain, moves: Moves | None = None) -> None:
        self.stated, self.domain, self.moves = stated, domain, moves or Moves(domain)
        self.known: dict[tuple[Term, Term, Term | None], Proof] = {}

    def proof(self, candidate: Candidate, condition: Term | None) -> Proof:
        """Whether the candidate equals the formula where `condition` holds: by its normal form on the whole domain,
        then on the part, then by its derivation."""
        if candidate.approximation is None:
            return self.equality(candidate.form, candidate.steps, condition)
        # What is approximated is the form before the last step.
        *steps, last = candidate.steps
        found = self.equality(last.before, tuple(steps), condition)
        return replace(found, evidence=candidate.approximation.within)

    def equality(self, form: Term, steps: tuple[Step, ...], condition: Term | None) -> Proof:
        if form == self.stated:
            return Proof(Verdict.PROVED, evidence="the formula itself")
        if all(map(self.follows, steps)):
            return self.by_steps(steps)
        found = self.ask(self.stated, form, None)
        if found.verdict is not Verdict.PROVED and condition is not None:
            found = self.ask(self.stated, form, condition)
        if found.verdict is not Verdict.UNDECIDED:
            return found
        known = all(self.follows(step) or self.is_proved(step) for step in steps)
        return self.by_steps(steps) if known else found

    def by_steps(self, steps: tuple[Step, ...]) -> Proof:
        """What follows from steps each of which is proved."""
        partial = any(step.rule in partial_rules() for step in steps)
        exceptions = ("points at which the form has no value",) if partial else ()
        hypotheses = self.domain.hypotheses(free_symbols(self.stated) & self.domain.names())
        return Proof(Verdict.PROVED, hypotheses, exceptions, evidence=BY_STEPS)

    def follows(self, step: Step) -> bool:
        """Whether a step is an instance of a proved rule: of what it says, not of what it is called."""
        if step.rule not in proved_rules():
            return False
        return step.after == self.moves.plain(step.before) or step in self.moves.steps(step.before)

    def is_proved(self, step: Step) -> bool:
        return self.ask(step.before, step.after, None).verdict is Verdict.PROVED

    def ask(self, stated: Term, form: Term, condition: Term | None) -> Proof:
        key = (stated, form, condition)
        if key not in self.known:
            domain = self.domain if condition is None else self.domain.related(condition)
            # An exponent held where its exponential is 0 by rounding is taken as if it were not.
            loose, held = released(form, domain)
            if loose is None:
                self.known[key] = Proof(Verdict.UNDECIDED, message=f"{held} is held where that may matter")
            else:
                self.known[key] = _without_holes(prove_equal(stated, loose, domain, Fuel(PIECE)))
        return self.known[key]


def _without_holes(proof: Proof) -> Proof:
    """A form that has no value where the formula has one is not the formula."""
    return replace(proof, verdict=Verdict.UNDECIDED, message="; ".join(proof.holes)) if proof.holes else proof


@cache
def _names(*pages: str) -> frozenset[str]:
    return frozenset(rule.name for page in pages for rule in read_rules(page))


@cache
def proved_rules() -> frozenset[str]:
    """The names of the rules that are equalities, each of them proved."""
    return _names(DEFINITIONS, *PAGES) | {BY_ARITHMETIC, BY_PARTS}


@cache
def partial_rules() -> frozenset[str]:
    """Of these, the names of those whose right side may have no value at a point."""
    return _names(PARTIAL)
