"""Evaluation forms: what a kernel evaluates, found by named rules and equal to what was stated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Final, Literal

from derive.differentiate import times
from derive.domain import Domain
from derive.prove.verdict import Proof
from derive.rewrite import Rule, Step, read_rules, rewrite, rewrite_once
from derive.rules import stability
from derive.spec import Function
from derive.stable.fold import fold
from derive.stable.guards import at_ends, flattened, within
from derive.stable.kinks import at_points, stated_derivative
from derive.stable.limits import at_infinity
from derive.stable.proof import prove_steps, prove_whole
from derive.term import BINDERS, Term, cases, relation, subterms, symbol, term
from derive.vjp import upstream_name, vjp

Kinks = Mapping[Term, Mapping[Fraction, Term]]
Stage = Callable[[Term, Domain], tuple[Term, tuple[Step, ...]]]


@dataclass(frozen=True)
class EvaluationForm:
    """What a kernel evaluates, as written, and the steps that lead to it from what was stated."""

    stated: Term
    body: Term
    steps: tuple[Step, ...]


@cache
def _rules(page: str) -> tuple[Rule, ...]:
    return read_rules(page)


def _by_rules(page: str) -> Stage:
    return lambda root, domain: rewrite(root, _rules(page), domain)


def _in_one_step(rule: str, change: Callable[[Term, Domain], Term]) -> Stage:
    def stage(root: Term, domain: Domain) -> tuple[Term, tuple[Step, ...]]:
        after = change(root, domain)
        return after, (Step(rule, root, after),) if after != root else ()

    return stage


def _with_values(kink: tuple[Term, Mapping[Fraction, Term]]) -> Callable[[Term, Domain], Term]:
    return lambda root, _: at_points(root, *kink)


FINDING: Final[tuple[Stage, ...]] = (
    _by_rules(stability.PREPARE),
    _by_rules(stability.SHIFT),
    _in_one_step("fold the exponential", fold),
    _by_rules(stability.POLISH),
    _by_rules(stability.JOIN),
)
GUARDING: Final[tuple[Stage, ...]] = (
    lambda root, domain: rewrite_once(root, _rules(stability.GUARD), domain),
    _in_one_step("limit at infinity", at_infinity),
    _in_one_step("limit at the ends of the domain", at_ends),
    _in_one_step("nothing outside the domain", within),
    _in_one_step("branches in one list", lambda root, _: flattened(root)),
)


def stabilise_term(root: Term, domain: Domain, kinks: Kinks = MappingProxyType({})) -> EvaluationForm:
    """A form of `root` that is equal to it on `domain`, accurate and total.

    kinks: the values it is to have at single points of a variable.
    """
    steps: list[Step] = []
    stated = root
    for variable, values in kinks.items():
        stated = cases(
            *((value, relation("eq", variable, term(place))) for place, value in values.items()), otherwise=stated
        )
    stages = [*FINDING, *(_in_one_step("value at a kink", _with_values(kink)) for kink in kinks.items()), *GUARDING]
    for stage in stages:
        root, taken = stage(root, domain)
        steps += taken
    return EvaluationForm(stated, root, tuple(steps))


def stabilise(function: Function, order: Literal["forward", "vjp"], wrt: str) -> EvaluationForm:
    """The evaluation form of a function (`wrt` is not used) or of its vjp in `wrt`.

    The vjp is that of the stated definition, never of a kernel. Raises SpecError where the
    derivative jumps and the spec states no value there.
    """
    if order == "forward":
        return stabilise_term(function.body, function.domain)
    if not function.elementwise:
        return stabilise_term(vjp(function, wrt), function.domain)
    slope, values = stated_derivative(function, wrt)
    form = stabilise_term(slope, function.domain, {symbol(wrt): values} if values else {})
    upstream = symbol(upstream_name(function))
    steps = tuple(Step(s.rule, times(upstream, s.before), times(upstream, s.after)) for s in form.steps)
    return EvaluationForm(times(upstream, form.stated), times(upstream, form.body), steps)


def prove_form(form: EvaluationForm, domain: Domain) -> Proof:
    """Whether a form equals what was stated: as a whole, or where it has sums, step by step."""
    if any(node.head in BINDERS for node in subterms(form.body)):
        return prove_steps(form.steps, domain)
    return prove_whole(form.body, form.stated, domain)
