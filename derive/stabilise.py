"""Evaluation forms: what a kernel evaluates, found by named rules and equal to what was stated.

The room carries the name of a function: `derive.stabilise(...)` is `derive.search.api.stabilise`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from derive.differentiate import times
from derive.domain import Domain
from derive.errors import UnsupportedError
from derive.kernel import Order
from derive.prove.verdict import Proof, Verdict
from derive.rewrite import Rule, Step, read_rules, rewrite, rewrite_once
from derive.rules import stability
from derive.spec import Function
from derive.stable.fold import fold
from derive.stable.guards import at_ends, flattened, keeping_nan, within
from derive.stable.kinks import at_points, second_derivative, smoothed, stated_derivative, twice_differentiable
from derive.stable.limits import at_infinity
from derive.stable.pieces import by_intervals, held_in_pieces
from derive.stable.proof import prove_steps, prove_whole
from derive.term import BINDERS, Term, subterms, symbol
from derive.vjp import upstream_name, vjp

if TYPE_CHECKING:
    from derive.search.found import Found


@dataclass(frozen=True)
class EvaluationForm:
    """What a kernel evaluates, as written, and the steps that lead to it from what was stated."""

    stated: Term
    body: Term
    steps: tuple[Step, ...]


def orders(function: Function) -> tuple[tuple[Order, str], ...]:
    """The kernels that a function has, as `stabilise` takes them: forward, vjps and second derivatives."""
    vjps: list[tuple[Order, str]] = [("vjp", name) for name in function.wrt]
    return ("forward", ""), *vjps, *(("d2", name) for name in twice_differentiable(function))


def stabilise(function: Function, order: Order, wrt: str) -> EvaluationForm:
    """The evaluation form of a function (`wrt` is not used), of its vjp or its second derivative in `wrt`.

    Derivatives are those of the stated definition, never of a kernel. Raises SpecError where the
    derivative jumps and the spec states no value there.
    """
    if order == "forward":
        return stabilise_term(function.body, function.domain)
    if order == "d2":
        second, values = second_derivative(function, wrt)
        form = stabilise_term(second, function.domain, wrt)
        return replace(form, stated=at_points(form.stated, symbol(wrt), values))
    if not function.elementwise:
        return stabilise_term(vjp(function, wrt), function.domain)
    slope, values = stated_derivative(function, wrt)
    form = stabilise_term(slope, function.domain, wrt, values)
    upstream = symbol(upstream_name(function))
    stated = at_points(form.stated, symbol(wrt), smoothed(function.body, wrt, function.domain))
    steps = tuple(Step(s.rule, times(upstream, s.before), times(upstream, s.after)) for s in form.steps)
    return EvaluationForm(times(upstream, stated), times(upstream, form.body), steps)


def stabilise_term(
    stated: Term, domain: Domain, variable: str = "", kinks: Mapping[Fraction, Term] | None = None
) -> EvaluationForm:
    """A form of `stated` that is equal to it on `domain`, accurate and total.

    For a derivative, `variable` is what it was taken in; `kinks` are the values that it is to have at single points.
    """
    chain = _Chain(stated, domain)
    if variable:
        chain.change("piece by piece", lambda root: by_intervals(root, variable, domain))
    chain.rules(stability.PREPARE)
    chain.rules(stability.SHIFT)
    chain.change("fold the exponential", lambda root: fold(root, domain))
    if variable:
        chain.change("no product out of its interval", lambda root: held_in_pieces(root, variable))
    chain.rules(stability.POLISH)
    chain.rules(stability.SQUARES)
    chain.rules(stability.JOIN)
    if kinks:
        stated = at_points(stated, symbol(variable), kinks)
        chain.change("value at a kink", lambda root: at_points(root, symbol(variable), kinks))
    chain.rules_once(stability.GUARD)
    chain.change("limit at infinity", lambda root: at_infinity(root, stated, domain))
    chain.change("limit at the ends of the domain", lambda root: at_ends(root, domain))
    chain.change("nothing outside the domain", lambda root: within(root, domain))
    chain.change("NaN where a variable is", keeping_nan)
    chain.change("branches in one list", flattened)
    return EvaluationForm(stated, chain.root, tuple(chain.steps))


class _Chain:
    """A formula on its way, and the steps so far."""

    def __init__(self, root: Term, domain: Domain) -> None:
        self.root, self.domain, self.steps = root, domain, list[Step]()

    def rules(self, page: str) -> None:
        self.root, steps = rewrite(self.root, _rules(page), self.domain)
        self.steps += steps

    def rules_once(self, page: str) -> None:
        self.root, steps = rewrite_once(self.root, _rules(page), self.domain)
        self.steps += steps

    def change(self, rule: str, change: Callable[[Term], Term]) -> None:
        after = change(self.root)
        if after != self.root:
            self.steps.append(Step(rule, self.root, after))
            self.root = after


@cache
def _rules(page: str) -> tuple[Rule, ...]:
    return read_rules(page)


def prove_form(form: EvaluationForm, domain: Domain) -> Proof:
    """Whether a form equals what was stated: as a whole, or where it has sums, step by step."""
    if any(node.head in BINDERS for node in subterms(form.body)):
        return prove_steps(form.steps, domain)
    return prove_whole(form.body, form.stated, domain)


def proved(function: Function, order: Order, wrt: str) -> EvaluationForm:
    """As `stabilise`. Raises UnsupportedError for a form that is not proved, unless the spec accepts UNDECIDED."""
    form = stabilise(function, order, wrt)
    proof = prove_form(form, function.domain)
    accepted = proof.verdict is Verdict.UNDECIDED and function.accept_undecided
    if proof.verdict is not Verdict.PROVED and not accepted:
        derivative_in = {"vjp": "derivative", "d2": "second derivative"}
        what = "the definition" if order == "forward" else f"the {derivative_in[order]} in {wrt}"
        advice = (
            'Where you know that it is equal, say why:  Spec(..., accept_undecided="...")'
            if proof.verdict is Verdict.UNDECIDED
            else "This is a fault of derive's: please report it with the spec."
        )
        raise UnsupportedError(
            f"{function.where}: the form for kernels, {form.body}, is not proved equal to {what}: {proof.verdict}"
            f"{proof.message and f' ({proof.message})'}.\n  {advice}"
        )
    return form


class _Room(ModuleType):
    def __call__(self, *args: Any, **options: Any) -> Found:
        from derive.search.api import stabilise as find

        return find(*args, **options)


sys.modules[__name__].__class__ = _Room
