"""Claims without indices: a search for a witness, and a proof cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from time import monotonic
from typing import Final

from derive.calculus.derivative import derivative
from derive.errors import UnsupportedError
from derive.fuel import Fuel, OutOfFuel
from derive.proof.algebra.syntactic_signs import without_vanishing_roots
from derive.proof.algebra.values import BITS, rational_at, value_at
from derive.proof.kinks.boundary import Restriction
from derive.proof.kinks.cells import Cells, Failure, Findings
from derive.proof.kinks.steps import plainly, without_steps
from derive.proof.refute.completion import Point
from derive.proof.refute.consistency import contradiction, unused
from derive.proof.refute.points import Points
from derive.proof.refute.recheck import StatedClaim
from derive.proof.refute.repair import explain, repaired
from derive.proof.refute.strata import strata
from derive.proof.refute.stratum import Stratum
from derive.proof.refute.witness import Difference, Refuter
from derive.proof.verdict import Hole, Proof, Verdict
from derive.spec.domain import Domain
from derive.term import Term, free_symbols, rational_value, size, substitute

PROOF_SHARE: Final = 0.6  # of the fuel left; the rest is for the search for a witness
REPAIR_SHARE: Final = 0.3  # of the fuel left, for a suggestion once a claim is refuted
MAX_EVIDENCE: Final = 100  # characters


def prove_gradient(body: Term, variable: Term, claim: Term, domain: Domain, fuel: Fuel) -> Proof:
    """Whether d body / d variable = claim for every point of `domain` at which body is differentiable."""
    return _settled(body, variable, claim, domain, fuel)


def prove_equal(left: Term, right: Term, domain: Domain, fuel: Fuel) -> Proof:
    """Whether left = right for every point of `domain` at which left is defined."""
    return _settled(left, None, right, domain, fuel)


def _settled(body: Term, variable: Term | None, claimed: Term, domain: Domain, fuel: Fuel) -> Proof:
    start = monotonic()
    stated = StatedClaim(body, variable, claimed, domain)
    body, claimed = (without_steps(without_vanishing_roots(part)) for part in (body, claimed))
    domain = plainly(domain)
    try:
        slope = body if variable is None else derivative(body, variable)
        proof = _ScalarClaim(body, variable, slope, claimed, domain, stated).settle(fuel)
    except OutOfFuel as problem:
        proof = Proof(Verdict.UNDECIDED, message=f"{problem}; tried: a search for a witness, normal forms cell by cell")
    except UnsupportedError as problem:
        proof = Proof(Verdict.UNDECIDED, message=str(problem))
    return replace(proof, seconds=monotonic() - start)


@dataclass(frozen=True)
class _ScalarClaim:
    """`slope`, the derivative of `body` in `variable` off its kinks, is claimed to be `claimed`."""

    body: Term
    variable: Term | None
    slope: Term
    claimed: Term
    domain: Domain
    stated: StatedClaim

    @cached_property
    def names(self) -> list[str]:
        """The symbols of the claim, the variable first."""
        names = sorted(free_symbols(self.stated.body) | free_symbols(self.stated.claim))
        return sorted(names, key=lambda name: self.variable is None or name != self.variable.name)

    def settle(self, fuel: Fuel) -> Proof:
        parts = strata(self.domain, self.variable, self.names, fuel)
        refuter = self.refuter(parts, fuel)
        found = refuter.quick()
        if found is not None:
            return self.refuted(found, parts, fuel)
        findings = self.explored(parts, fuel)
        if self.is_shown(findings, parts, refuter):
            return self.proved(findings, refuter.seen)
        clash = "" if refuter.points.found else contradiction(self.domain, fuel)
        if clash:
            return Proof(Verdict.UNDECIDED, message=clash)
        found = _on_boundaries(findings.failures, refuter) or refuter.thorough()
        if found is not None:
            return self.refuted(found, parts, fuel)
        return _undecided(findings, refuter, unused(self.domain, parts, fuel))

    def is_shown(self, findings: Findings, parts: list[Stratum], refuter: Refuter) -> bool:
        """Whether the claim holds in every cell, and both sides have a value at some point of the domain."""
        has_value = refuter.undefined_at is None or bool(findings.holes)
        if findings.failures or findings.is_vacuous or not has_value:
            return False
        return bool(refuter.compared) or any(refuter.meets(part) for part in parts)

    def refuter(self, parts: list[Stratum], fuel: Fuel) -> Refuter:
        points = Points(self.names, self.domain, parts, fuel)
        return Refuter(self.stated, self.body, self.slope, self.claimed, points, fuel)

    # Proof

    def explored(self, parts: list[Stratum], fuel: Fuel) -> Findings:
        """What the cells of every stratum came to."""
        whole = Findings()
        try:
            for part in parts:
                fixed = part.put()
                found = self.cells(part, fuel.share(PROOF_SHARE)).explore()
                said = "".join(f" ({name} = {value})" for name, value in fixed.items())
                places = tuple((name, value) for name, value in fixed.items() if rational_value(value) is not None)
                whole.failures += [replace(failure, where=(*failure.where, *places)) for failure in found.failures]
                whole.exceptions |= {f"{sentence}{said}": None for sentence in found.exceptions}
                whole.holes |= {_on_all(hole, fixed): None for hole in found.holes}
                whole.forms |= found.forms
                whole.is_vacuous = whole.is_vacuous and found.is_vacuous
        except OutOfFuel:
            whole.failures.append(Failure("normal forms took too many operations"))
        return whole

    def cells(self, part: Stratum, fuel: Fuel) -> Cells:
        fixed = part.put()
        body, claimed = (substitute(side, fixed) for side in (self.body, self.claimed))
        return Cells(body, self.variable, claimed, part.domain, fuel, title=str(self.stated.body))

    def proved(self, findings: Findings, seen: list[Point]) -> Proof:
        """The verdict; the common form is shown where there is one, and where it has a value."""
        forms = list(findings.forms)
        is_short = len(forms) == 1 and size(forms[0]) <= MAX_EVIDENCE
        has_value = is_short and all(value_at(forms[0], point, BITS) is not None for point in seen)
        of = "the derivative" if self.variable is not None else "what it is claimed to equal"
        written = str(forms[0]) if has_value else ""
        return Proof(
            Verdict.PROVED,
            hypotheses=tuple(dict.fromkeys(self.domain.hypotheses(self.names))),
            exceptions=tuple(findings.exceptions),
            holes=tuple(dict.fromkeys(hole.sentence(of) for hole in findings.holes)),
            evidence=f"both sides are {written}" if 0 < len(written) <= MAX_EVIDENCE else "",
        )

    # Refutation

    def refuted(self, found: Difference, parts: list[Stratum], fuel: Fuel) -> Proof:
        """The verdict with its witness; what may be wrong is said where that is found quickly."""
        brief, said = fuel.share(REPAIR_SHARE), []
        try:
            said.append(explain(self.slope, self.claimed, self.domain, found.point, brief))
            said.append(repaired(self.claimed, lambda it: self.claiming(it).is_proved(parts, brief, found.point)))
        except OutOfFuel:
            pass  # the verdict stands without a suggestion
        return Proof(Verdict.REFUTED, witness=found.witness, gap=found.gap, message=": ".join(filter(None, said)))

    def claiming(self, edited: Term) -> _ScalarClaim:
        return replace(self, claimed=edited, stated=replace(self.stated, claim=edited))

    def is_proved(self, parts: list[Stratum], fuel: Fuel, point: Mapping[str, Fraction]) -> bool:
        """`point`: where other claims were refuted, and this one may be too."""
        refuter = self.refuter(parts, fuel)
        if refuter.differs_at(point) or refuter.quick() is not None:
            return False
        if not refuter.compared or refuter.undefined_at is not None:
            return False
        return self.is_shown(self.explored(parts, fuel), parts, refuter)


def _on_all(hole: Hole, fixed: Mapping[Term, Term]) -> Hole:
    for name, value in fixed.items():
        hole = hole.on(f"{name} = {value}")
    return hole


def _on_boundaries(failures: list[Failure], refuter: Refuter) -> Difference | None:
    """A witness on a boundary on which the function is differentiable and the claim is not its derivative."""
    for failure in failures:
        if not failure.where or failure.slope is None:
            continue
        for point in refuter.points.everyday(60):
            on = _moved(point, failure.where)
            if on is None or not refuter.points.holds_at(on) or not all(known.holds_at(on) for known in failure.within):
                continue
            found = refuter.compare(failure.slope, on)
            if found is not None:
                return found
    return None


def _moved(point: Point, where: tuple[Restriction, ...]) -> Point | None:
    """A point moved onto boundaries."""
    for name, value in reversed(where):
        place = rational_at(value, point)
        if place is None:
            return None
        point = {**point, name.name: place}
    return point


def _undecided(findings: Findings, refuter: Refuter, unused: tuple[str, ...]) -> Proof:
    reasons = list(dict.fromkeys(failure.reason for failure in findings.failures))[:3]
    if not refuter.points.found:
        reasons.append("no rational point was found that satisfies the hypotheses")
    said = "; ".join(reasons) or "no point was found at which both sides have a value"
    if refuter.undefined_at is not None:
        place = ", ".join(f"{name} = {value}" for name, value in refuter.undefined_at.items())
        said = f"the claim has no value at {place}; {said}"
    tried = () if not refuter.points.found else ("no witness among the points tried",)
    return Proof(Verdict.UNDECIDED, message="; ".join((said, *unused, *tried)))
