"""Proof that a form is what was stated: as a whole, piece by piece or step by step, and at single points.

Clamps are taken as if they were not there, where it is shown that e^u rounds to 0 in every format beyond them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Final

from derive.fuel import KERNEL, PIECE, Fuel
from derive.limits.values import are_equal
from derive.proof.api import prove_equal
from derive.proof.verdict import Proof, Verdict
from derive.rules.accuracy import DEFINITIONS, PAGES, PARTIAL
from derive.rules.engine import Step, read_rules
from derive.spec.domain import Domain
from derive.stabilisation.clamps import without_clamps
from derive.stabilisation.kinks import mismatches
from derive.stabilisation.moves import BY_ARITHMETIC, BY_RECIPROCAL, Moves
from derive.stabilisation.series import Approximation
from derive.stabilisation.underflow import UNDERFLOW_EXPONENT
from derive.term import (
    BINDERS,
    INFINITY,
    RELATIONS,
    TRUE,
    Term,
    branches,
    cases,
    free_symbols,
    fresh,
    substitute,
    subterms,
    symbol,
    term,
    transform,
)
from derive.values.intervals import decide

BY_STEPS: Final = "by the steps, each of them proved"
BY_ROUNDING: Final = f"e^u = 0 for u < -{UNDERFLOW_EXPONENT}, by rounding"


def prove_whole(form: Term, stated: Term, domain: Domain) -> Proof:
    """Whether `form` equals `stated` for every point of `domain` at which `stated` is defined."""
    loose = without_clamps(form, domain)
    proof = _equal(_on_numbers(stated, domain), _on_numbers(loose, domain), domain)
    return proof if loose == form else replace(proof, hypotheses=(*proof.hypotheses, BY_ROUNDING))


def prove_completion(body: Term, clamped: Term, found: Term, domain: Domain) -> Proof:
    """Whether `body` equals `clamped`, and that equals `found` but for its clamps."""
    if found != clamped:
        loose = _equal(without_clamps(found, domain), without_clamps(clamped, domain), domain)
        if loose.verdict is not Verdict.PROVED:
            return loose
    return _equal(clamped, _on_numbers(body, domain), domain)


def _on_numbers(form: Term, domain: Domain) -> Term:
    """`form` without branches that are taken nowhere, or at infinity or NaN alone: points of a domain are numbers."""

    def visit(node: Term) -> Term:
        if node.head != "cases":
            return node
        left: list[tuple[Term, Term]] = []
        for value, condition in branches(node):
            holds = decide(condition, domain)
            if holds or (holds is None and INFINITY not in set(subterms(condition))):
                left.append((value, TRUE if holds else condition))
        return left[0][0] if left[0][1] == TRUE else cases(*left)

    return transform(form, visit)


def _equal(stated: Term, form: Term, domain: Domain, fuel: int = KERNEL) -> Proof:
    """Outside sums components of rows are numbers like any others."""
    if not any(node.head in BINDERS for side in (stated, form) for node in subterms(side)):
        components = [node for side in (stated, form) for node in subterms(side) if node.head == "index"]
        scalars, names = dict[Term, Term](), {*free_symbols(stated), *free_symbols(form)}
        for component in dict.fromkeys(components):
            scalars[component] = symbol(fresh(component.args[0].name, names))
            names.add(scalars[component].name)
            domain = domain.narrowed(scalars[component].name, domain.range(component.args[0].name))
        stated, form = substitute(stated, scalars), substitute(form, scalars)
    return prove_equal(stated, form, domain, Fuel(fuel))


# Step by step


def prove_steps(steps: tuple[Step, ...], domain: Domain) -> Proof:
    """Whether every step leads to an equal formula, shown where the two differ."""
    proof = Proof(Verdict.PROVED)
    for step in steps:
        proof = _prove_change(step.before, step.after, domain)
        if proof.verdict is not Verdict.PROVED:
            return replace(proof, message=f"{step.rule}: {proof.message}")
    return proof


def _prove_change(before: Term, after: Term, domain: Domain) -> Proof:
    """As narrowly as the two differ: part by part where that suffices, else as a whole."""
    pairs = [(one, other, where) for one, other, where in _parts(before, after, domain) if one != other]
    proofs = [_prove_change(*pair) for pair in pairs]
    if proofs and all(proof.verdict is Verdict.PROVED for proof in proofs):
        return proofs[0]
    return prove_whole(after, before, domain)


def _parts(before: Term, after: Term, domain: Domain) -> list[tuple[Term, Term, Domain]]:
    """The children of two terms that are built alike, each with where it is used; else nothing."""
    same = {"cases": slice(1, None, 2), **dict.fromkeys(BINDERS, slice(1, None))}.get(before.head, slice(0, 0))
    alike = (before.head, before.data, len(before.args)) == (after.head, after.data, len(after.args))
    if not alike or before.head in RELATIONS or before.args[same] != after.args[same]:
        return []
    if before.head != "cases":
        return [(one, other, domain) for one, other in zip(before.args, after.args, strict=True)]
    return [
        (one, other, domain if condition.head == "true" else domain.related(condition))
        for (one, condition), (other, _) in zip(branches(before), branches(after), strict=True)
    ]


# Piece by piece


class Prover:
    """Verdicts on candidates of one formula; a form proved on the whole domain is proved on every part of it."""

    def __init__(self, stated: Term, domain: Domain, moves: Moves | None = None) -> None:
        self.stated, self.domain, self.moves = stated, domain, moves or Moves(domain)
        self.known: dict[tuple[Term, Term, Term | None], Proof] = {}

    def proof(
        self, form: Term, steps: tuple[Step, ...], condition: Term | None, approximation: Approximation | None = None
    ) -> Proof:
        """Whether a form equals the formula where `condition` holds: by its normal form on the whole domain, then on
        the part, then by its derivation; of one that approximates, whether the form that it approximates does."""
        if approximation is None:
            return self.equality(form, steps, condition)
        *before, last = steps
        return replace(self.equality(last.before, tuple(before), condition), evidence=approximation.within)

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
        partial = any(step.rule in _names(PARTIAL) for step in steps)
        exceptions = ("points at which the form has no value",) if partial else ()
        hypotheses = self.domain.hypotheses(free_symbols(self.stated) & self.domain.names())
        return Proof(Verdict.PROVED, hypotheses, exceptions, evidence=BY_STEPS)

    def follows(self, step: Step) -> bool:
        """Whether a step is an instance of a proved rule: of what it says, not of what it is called."""
        if step.rule not in _names(DEFINITIONS, *PAGES) | {BY_ARITHMETIC, BY_RECIPROCAL}:
            return False
        return step.after == self.moves.plain(step.before) or step in self.moves.steps(step.before)

    def is_proved(self, step: Step) -> bool:
        return self.ask(step.before, step.after, None).verdict is Verdict.PROVED

    def ask(self, stated: Term, form: Term, condition: Term | None) -> Proof:
        key = (stated, form, condition)
        if key not in self.known:
            domain = self.domain if condition is None else self.domain.related(condition)
            proof = _equal(stated, without_clamps(form, domain), domain, PIECE)
            # A form that has no value where the formula has one is not the formula.
            holes = "; ".join(proof.holes)
            self.known[key] = replace(proof, verdict=Verdict.UNDECIDED, message=holes) if holes else proof
        return self.known[key]


@cache
def _names(*pages: str) -> frozenset[str]:
    return frozenset(rule.name for page in pages for rule in read_rules(page))


# At single points


def with_points(proof: Proof, stated: Term, form: Term, domain: Domain) -> Proof:
    """`proof` that a form equals what was stated, REFUTED where it does not at a place where one of them turns, or may
    have no value: a proof over intervals may leave single points out."""
    if proof.verdict is not Verdict.PROVED or any(node.head in (*BINDERS, "index") for node in subterms(stated)):
        return proof
    found = next(_faults(stated, form, domain), None)
    return proof if found is None else Proof(Verdict.REFUTED, message=found)


def _faults(stated: Term, form: Term, domain: Domain) -> Iterator[str]:
    for name in sorted(free_symbols(stated) & free_symbols(form)):
        for place, wanted, own in sorted(mismatches(form, stated, name, domain), key=lambda found: found[0]):
            if own is None:
                yield f"at {name} = {term(place)} it has no value, and what is stated has one"
            elif are_equal(wanted, own, domain) is False:
                yield f"at {name} = {term(place)} it is {own}, and what is stated is {wanted}"
