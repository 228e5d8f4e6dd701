"""Claims without indices: a search for a witness, and a proof cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice, product
from time import monotonic
from typing import Final

from derive.differentiate import derivative
from derive.domain import Domain
from derive.errors import UnsupportedError
from derive.prove.cells import Cells, Failure, Findings, equations
from derive.prove.field import Deadline, OutOfTime
from derive.prove.normal import Facts, Normaliser
from derive.prove.points import Points
from derive.prove.refute import Difference, Refuter
from derive.prove.smooth import STEPPED
from derive.prove.values import rational_at
from derive.prove.verdict import Proof, Verdict
from derive.term import Term, free_symbols, size, substitute, subterms, symbol, term

MOST_COMBINATIONS: Final = 32  # of names that take finitely many values
PROOF_SHARE: Final = 0.6  # of the time left; the rest is for the search for a witness
LONGEST_EVIDENCE: Final = 100  # characters


def prove_gradient(body: Term, variable: Term, claim: Term, domain: Domain, deadline: Deadline) -> Proof:
    """Whether d body / d variable = claim for every point of `domain` at which body is differentiable."""
    return _timed(body, variable, claim, domain, deadline)


def prove_equal(left: Term, right: Term, domain: Domain, deadline: Deadline) -> Proof:
    """Whether left = right for every point of `domain` at which left is defined."""
    return _timed(left, None, right, domain, deadline)


def _timed(body: Term, variable: Term | None, claim: Term, domain: Domain, deadline: Deadline) -> Proof:
    start = monotonic()
    try:
        proof = _prove(body, variable, claim, domain, deadline)
    except OutOfTime as problem:
        proof = Proof(Verdict.UNDECIDED, message=f"{problem}; tried: a search for a witness, normal forms cell by cell")
    except UnsupportedError as problem:
        proof = Proof(Verdict.UNDECIDED, message=str(problem))
    return replace(proof, seconds=monotonic() - start)


def _prove(body: Term, variable: Term | None, claim: Term, domain: Domain, deadline: Deadline) -> Proof:
    slope = body if variable is None else derivative(body, variable)
    names = free_symbols(body) | free_symbols(claim)
    first = variable.name if variable is not None and variable.head == "sym" else min(names, default="x")
    given = equations(Normaliser.under(Facts(domain), deadline), domain, variable)
    points = Points([first, *sorted(names - {first})], domain, given, deadline)
    refuter = Refuter(body, slope, claim, points, deadline)
    found = refuter.quick()
    if found is not None:
        return _refuted(found)
    findings = Findings()
    try:
        for fixed in _combinations(names, domain):
            _explore(findings, fixed, (body, variable, claim), domain, deadline.share(PROOF_SHARE))
    except OutOfTime:
        findings.failures.append(Failure("normal forms took too long"))
    _note_steps(findings, body, variable, claim)
    has_value = refuter.undefined_at is None or any("no value" in sentence for sentence in findings.exceptions)
    if not findings.failures and refuter.compared and has_value:
        return _proved(findings, domain, names)
    found = _on_boundaries(findings.failures, refuter) or refuter.thorough()
    return _refuted(found) if found is not None else _undecided(findings, refuter)


def _combinations(names: frozenset[str], domain: Domain) -> Iterator[dict[str, Fraction]]:
    """Every choice for the names that take finitely many values."""
    listed = {name: domain.values[name] for name in sorted(names) if name in domain.values}
    choices = product(*listed.values())
    for choice in islice(choices, MOST_COMBINATIONS):
        yield dict(zip(listed, choice, strict=True))


def _explore(
    findings: Findings,
    fixed: dict[str, Fraction],
    claim: tuple[Term, Term | None, Term],
    domain: Domain,
    deadline: Deadline,
) -> None:
    values = {symbol(name): term(value) for name, value in fixed.items()}
    body, variable, claimed = claim
    inner = replace(
        domain,
        values={name: found for name, found in domain.values.items() if name not in fixed},
        relations=tuple(substitute(fact, values) for fact in domain.relations),
    )
    pieces = substitute(body, values), variable, substitute(claimed, values)
    found = Cells(*pieces, inner, deadline, title=str(body)).explore()
    said = "".join(f" ({name} = {value})" for name, value in fixed.items())
    findings.failures += found.failures
    findings.exceptions.update({f"{sentence}{said}": None for sentence in found.exceptions})
    findings.forms.update(found.forms)


def _note_steps(findings: Findings, body: Term, variable: Term | None, claim: Term) -> None:
    """A floor jumps where its argument is an integer; what holds between integers is not judged there."""
    for node in (*subterms(body), *subterms(claim)):
        if node.head in STEPPED and (variable is None or free_symbols(variable) & free_symbols(node)):
            findings.exceptions[f"integer values of {node.args[0]}, where {node} jumps"] = None


def _on_boundaries(failures: list[Failure], refuter: Refuter) -> Difference | None:
    """A witness on a boundary on which the function is differentiable and the claim is not its derivative."""
    for failure in failures:
        if failure.where is None or failure.slope is None:
            continue
        name, value = failure.where
        for point in refuter.points.everyday(60):
            place = rational_at(value, point)
            on = {**point, name.name: place} if place is not None else {}
            found = refuter.compare(failure.slope, on) if on and refuter.points.holds_at(on) else None
            if found is not None:
                return found
    return None


def _proved(findings: Findings, domain: Domain, names: frozenset[str]) -> Proof:
    forms = list(findings.forms)
    written = str(forms[0]) if len(forms) == 1 and size(forms[0]) <= LONGEST_EVIDENCE else ""
    evidence = f"both sides are {written}" if 0 < len(written) <= LONGEST_EVIDENCE else ""
    return Proof(
        Verdict.PROVED,
        hypotheses=tuple(dict.fromkeys(domain.hypotheses(names))),
        exceptions=tuple(findings.exceptions),
        evidence=evidence,
    )


def _refuted(found: Difference) -> Proof:
    return Proof(Verdict.REFUTED, witness=found.witness, gap=found.gap)


def _undecided(findings: Findings, refuter: Refuter) -> Proof:
    reasons = list(dict.fromkeys(failure.reason for failure in findings.failures))[:3]
    said = "; ".join(reasons) or "no point was found at which both sides have a value"
    if refuter.undefined_at is not None:
        place = ", ".join(f"{name} = {value}" for name, value in refuter.undefined_at.items())
        said = f"the claim has no value at {place}; {said}"
    return Proof(Verdict.UNDECIDED, message=f"{said}; no witness among the points tried")
