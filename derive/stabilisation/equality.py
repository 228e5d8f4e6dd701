"""Proof that an evaluation form is what was stated: exactly, but for exponents held where e^u is 0 by rounding."""

from __future__ import annotations

from dataclasses import replace

from derive.elementary.table import POWERS_OF_E
from derive.fuel import KERNEL, Fuel
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.normal import normal_form
from derive.proof.api import prove_equal
from derive.proof.verdict import Proof, Verdict
from derive.rules.engine import Step
from derive.spec.domain import Domain
from derive.stabilisation.layout import NOTHING
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
    rational_value,
    relation,
    substitute,
    subterms,
    symbol,
    term,
    transform,
)
from derive.values.intervals import decide, range_of


def prove_whole(form: Term, stated: Term, domain: Domain) -> Proof:
    """Whether `form` equals `stated` for every point of `domain` at which `stated` is defined.

    An exponent that is held at some distance is taken as if it were not, where it is shown that e^u rounds
    to 0 in every format from there on; the hypotheses say so.
    """
    loose, held = released(form, domain)
    proof = _equal(_finite(stated, domain), _finite(loose, domain), domain)
    return replace(proof, hypotheses=(*proof.hypotheses, f"e^u = 0 for u < -{NOTHING}, by rounding")) if held else proof


def prove_completion(body: Term, held: Term, found: Term, domain: Domain) -> Proof:
    """Whether `body` equals `held`, which is `found` but for what is held where that changes no rounded value."""
    if found != held:
        loose = _equal(released(found, domain)[0], released(held, domain)[0], domain)
        if loose.verdict is not Verdict.PROVED:
            return loose
    return _equal(held, _finite(body, domain), domain)


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
    pairs = [(mine, other, where) for mine, other, where in _parts(before, after, domain) if mine != other]
    proofs = [_prove_change(*pair) for pair in pairs]
    if proofs and all(proof.verdict is Verdict.PROVED for proof in proofs):
        return proofs[0]
    return prove_whole(after, before, domain)


def _finite(form: Term, domain: Domain) -> Term:
    """`form` without branches that are taken nowhere, or at infinity or NaN alone: points of a domain are finite."""

    def visit(node: Term) -> Term:
        if node.head != "cases":
            return node
        kept: list[tuple[Term, Term]] = []
        for value, condition in branches(node):
            holds = decide(condition, domain)
            if holds or (holds is None and INFINITY not in set(subterms(condition))):
                kept.append((value, TRUE if holds else condition))
        return kept[0][0] if kept[0][1] == TRUE else cases(*kept)

    return transform(form, visit)


def _equal(stated: Term, form: Term, domain: Domain) -> Proof:
    if any(node.head in BINDERS for side in (stated, form) for node in subterms(side)):
        return prove_equal(stated, form, domain, Fuel(KERNEL))
    components = [node for side in (stated, form) for node in subterms(side) if node.head == "index"]
    scalars, names = dict[Term, Term](), {*free_symbols(stated), *free_symbols(form)}
    for component in dict.fromkeys(components):
        scalars[component] = symbol(fresh(component.args[0].name, names))
        names.add(scalars[component].name)
        domain = domain.narrowed(scalars[component].name, domain.range(component.args[0].name))
    return prove_equal(substitute(stated, scalars), substitute(form, scalars), domain, Fuel(KERNEL))


def _parts(before: Term, after: Term, domain: Domain) -> list[tuple[Term, Term, Domain]]:
    """The children of two terms that are built alike, each with where it is used; else nothing."""
    kept = {"cases": slice(1, None, 2), **dict.fromkeys(BINDERS, slice(1, None))}.get(before.head, slice(0, 0))
    alike = (before.head, before.data, len(before.args)) == (after.head, after.data, len(after.args))
    if not alike or before.head in RELATIONS or before.args[kept] != after.args[kept]:
        return []
    if before.head != "cases":
        return [(mine, other, domain) for mine, other in zip(before.args, after.args, strict=True)]
    return [
        (mine, other, domain if condition.head == "true" else domain.related(condition))
        for (mine, condition), (other, _) in zip(branches(before), branches(after), strict=True)
    ]


Held = tuple[Term, Term, tuple[Domain, ...]]  # min(u, c) or max(u, c); u; and the domains beyond c


def released(form: Term, domain: Domain) -> tuple[Term, bool]:
    """`form` with no variable held where that changes no rounded value; and whether any was."""
    loose = form
    for node in subterms(form):
        found = _held(node, domain)
        if found is not None and _is_moot(loose, found, guarded=False):
            loose = substitute(loose, {found[0]: found[1]})
    # What holds a variable that is held already shows only now.
    return (loose, False) if loose == form else (released(loose, domain)[0], True)


def _held(node: Term, domain: Domain) -> Held | None:
    """A variable, or its absolute value, held at a number."""
    if node.head not in ("min", "max"):
        return None
    inner, end = node.args[0], rational_value(node.args[1])
    variable = inner.args[0] if inner.head == "abs" else inner
    if end is None or variable.head != "sym":
        return None
    beyond = [relation("ge" if node.head == "min" else "le", variable, term(end))]
    beyond += [relation("le", variable, term(-end))] if inner.head == "abs" else []
    return node, inner, tuple(domain.related(side) for side in beyond)


def exponent(node: Term) -> Term:
    """Of an exponential, one by the name of `expdiff` among them."""
    return node.args[0] - node.args[1] if node.head == "expdiff" else node.args[0]


def _is_moot(node: Term, held: Held, guarded: bool) -> bool:
    """Whether holding changes no rounded value of `node`; guarded: nothing here is evaluated beyond."""
    kept, loose, beyond = held
    if kept not in set(subterms(node)):
        return True
    if node == kept:
        return guarded
    if node.head in POWERS_OF_E:
        power = exponent(node)
        powers = (power, substitute(power, {kept: loose}))
        return guarded or all(vanishes(part, side) for part in powers for side in beyond)
    if node.head in RELATIONS:
        relations = (node, substitute(node, {kept: loose}))
        decided = [{decide(part, side) for part in relations} for side in beyond]
        return guarded or all(len(answers) == 1 and None not in answers for answers in decided)
    if node.head == "cases":
        return _cases_are_moot(node, held, guarded)
    return all(_is_moot(part, held, guarded) for part in node.args)


def _cases_are_moot(node: Term, held: Held, guarded: bool) -> bool:
    for value, condition in branches(node):
        taken_out = condition.head == "eq" and condition.args[0].head in POWERS_OF_E
        if taken_out:
            power = exponent(condition.args[0])
            taken_out = all(vanishes(power, side) for side in held[2])
        if not (taken_out or _is_moot(condition, held, guarded)) or not _is_moot(value, held, guarded):
            return False
        guarded = guarded or taken_out
    return True


def vanishes(power: Term, beyond: Domain) -> bool:
    """Whether e^power is 0 by rounding, all over a domain."""
    for written in (power, normal_form(power, Facts(beyond))):
        high = range_of(written, beyond).high if written is not None else None
        if high is not None and high <= -NOTHING:
            return True
    return False
