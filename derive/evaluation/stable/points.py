"""Whether a form has the values of what was stated at single points, which a proof over intervals may leave out."""

from __future__ import annotations

from collections.abc import Iterator

from derive.limits.turning import suspect_points
from derive.limits.values import NoValue, are_equal, value_at
from derive.proof.verdict import Proof, Verdict
from derive.spec.domain import Domain
from derive.term import BINDERS, Term, free_symbols, subterms, term
from derive.values.one_sided import Indeterminate


def with_points(proof: Proof, stated: Term, form: Term, domain: Domain) -> Proof:
    """`proof` that a form equals what was stated, REFUTED where it does not at a place where one of them turns, or may
    have no value."""
    if proof.verdict is not Verdict.PROVED or any(node.head in (*BINDERS, "index") for node in subterms(stated)):
        return proof
    found = next(_faults(stated, form, domain), None)
    return proof if found is None else Proof(Verdict.REFUTED, message=found)


def _faults(stated: Term, form: Term, domain: Domain) -> Iterator[str]:
    for name in sorted(free_symbols(stated) & free_symbols(form)):
        mine = set(suspect_points(stated, name, domain))
        for place in sorted({*mine, *suspect_points(form, name, domain)}):
            try:
                wanted = value_at(stated, name, term(place), domain)
                own = value_at(form, name, term(place), domain)
            except NoValue:
                if _is_known(stated, name, term(place), domain):
                    yield f"at {name} = {term(place)} it has no value, and what is stated has one"
                continue
            except Indeterminate:
                continue
            # Elsewhere a form may be an approximation.
            if place in mine and are_equal(wanted, own, domain) is False:
                yield f"at {name} = {term(place)} it is {own}, and what is stated is {wanted}"


def _is_known(stated: Term, name: str, place: Term, domain: Domain) -> bool:
    try:
        value_at(stated, name, place, domain)
    except (NoValue, Indeterminate):
        return False
    return True
