"""Evaluation forms: what a kernel evaluates, found by search or locked, equal to what was stated, and total."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

from derive.calculus.derivative import times
from derive.calculus.vjp import upstream_name, vjp
from derive.elementary.table import column
from derive.errors import NotProvedError
from derive.evaluation.search.kept import Answer, Question
from derive.evaluation.stable.chain import Chain, by_rules, completed, held_back
from derive.evaluation.stable.kinks import (
    filled,
    second_derivative,
    smoothed,
    stated_derivative,
    twice_differentiable,
    unmet,
)
from derive.evaluation.stable.places import fading_places, outlasts, turning_places
from derive.evaluation.stable.points import with_points
from derive.evaluation.stable.proof import prove_completion, prove_steps, prove_whole, released
from derive.evaluation.stable.total import agree_at_ends, is_total
from derive.limits.sides import by_sides
from derive.limits.turning import at_points, solved
from derive.notation.formulas import filled as record_formula
from derive.proof.verdict import Proof, Verdict
from derive.rules.engine import Step
from derive.spec.domain import Domain
from derive.spec.function import Order
from derive.spec.lock import Entry
from derive.spec.statement import Function
from derive.term import BINDERS, NAN, Term, free_symbols, subterms, symbol, term, transform
from derive.values.balls import exact

KINDS: Final[Mapping[Order, str]] = {
    "forward": "the definition", "vjp": "the derivative", "d2": "the second derivative",
}  # fmt: skip
KERNEL_FORMS: Final = column("kernel_form")
LONGEST: Final = 160  # characters of a formula in a message


@dataclass(frozen=True)
class EvaluationForm:
    """What a kernel evaluates, as written, and the steps that lead to it from what was stated.

    answer: what the search came to, None for a form that follows by rules alone; `found` is its form with the values
    at single points, `held` the same where no exponent goes farther than matters.
    """

    stated: Term
    body: Term
    steps: tuple[Step, ...]
    answer: Answer | None = None
    found: Term = NAN
    held: Term = NAN


def orders(function: Function) -> tuple[tuple[Order, str], ...]:
    """The kernels that a function has, as `stabilise` takes them: forward, vjps and second derivatives."""
    vjps: list[tuple[Order, str]] = [("vjp", name) for name in function.wrt]
    return ("forward", ""), *vjps, *(("d2", name) for name in twice_differentiable(function))


def stabilise(function: Function, order: Order, wrt: str, anew: bool = False) -> EvaluationForm:
    """The evaluation form of a function (`wrt` is not used), of its vjp or its second derivative in `wrt`.

    Derivatives are those of the stated definition, never of a kernel. What the function's lock answers is not
    searched for; `anew`, a search is to better it. Raises SpecError where the derivative jumps and the spec states
    no value there.
    """
    if not function.elementwise:
        return _of_rows(function.body if order == "forward" else vjp(function, wrt), function.domain)
    asked = _asked(function, order, wrt)
    form = _of_numbers(asked, function.locked.get(key(order, wrt)), function, anew)
    if order != "vjp":
        return form
    upstream = symbol(upstream_name(function))
    steps = tuple(Step(s.rule, times(upstream, s.before), times(upstream, s.after)) for s in form.steps)
    stated, body, found, held = (times(upstream, part) for part in (form.stated, form.body, form.found, form.held))
    return replace(form, stated=stated, body=body, steps=steps, found=found, held=held)


def equal_form(function: Function, order: Order, wrt: str) -> Term | None:
    """A form of what `stabilise` takes that equals it exactly, and whose balls stay narrow where those of the stated
    formula do not: of rules alone, with nothing held and nothing approximated; None where that is not proved."""
    if not function.elementwise:
        return released(stabilise(function, order, wrt).body, function.domain)[0]
    asked = _asked(function, order, wrt)
    chain = _completed(by_rules(asked.formula, function.domain, asked.variable).root, asked, function)
    if prove_whole(chain.root, asked.with_points(asked.formula), function.domain).verdict is not Verdict.PROVED:
        return None
    form = released(chain.root, function.domain)[0]
    return times(symbol(upstream_name(function)), form) if order == "vjp" else form


def key(order: Order, wrt: str) -> str:
    """How the lock of a function names a kernel."""
    return f"{order} {wrt}".strip()


@dataclass(frozen=True)
class _Asked:
    """A formula; what a derivative was taken in; its values at kinks, and, by variable, where the formula does not say
    what it is: where its pieces join smoothly, and where it is a limit."""

    formula: Term
    variable: str = ""
    kinks: Mapping[Fraction, Term] = field(default_factory=dict)
    joints: Mapping[str, Mapping[Fraction, Term]] = field(default_factory=dict)

    def with_points(self, form: Term) -> Term:
        """A form of the formula with the values that it has at single points."""
        kinked = at_points(form, symbol(self.variable), self.kinks)
        for name, values in self.joints.items():
            kinked = at_points(kinked, symbol(name), values)
        return kinked

    def completing(self, form: Term, domain: Domain) -> Term:
        """A form with those values that it does not have by itself at places where something may be amiss."""
        found, stated = at_points(form, symbol(self.variable), self.kinks), self.with_points(self.formula)
        for name in sorted(free_symbols(stated)):
            known = self.kinks if name == self.variable else {}
            lacking = unmet(found, stated, name, known, domain)
            found = at_points(found, symbol(name), dict(lacking))
        return found


def _asked(function: Function, order: Order, wrt: str) -> _Asked:
    if order == "forward":
        return _filled(_Asked(function.body), function)
    kinks: Mapping[Fraction, Term] = {}
    if order == "d2":
        formula, joints = second_derivative(function, wrt)
    else:
        formula, kinks = stated_derivative(function, wrt)
        joints = smoothed(function.body, wrt, function.domain)
    joints = {place: value for place, value in joints.items() if place not in kinks}
    formula = by_sides(formula, wrt, joints, function.domain)
    return _filled(_Asked(formula, wrt, kinks, {wrt: joints} if joints else {}), function)


def _filled(asked: _Asked, function: Function) -> _Asked:
    """With the limits in the variables that the formula was not differentiated in, where it has no value."""
    # At infinity x > x/8 is infinity > infinity, and x > 0 is not.
    asked = replace(asked, formula=transform(by_definition(asked.formula), solved))
    names = [name for name in (*function.inputs, *function.params) if name != asked.variable]
    found = {name: filled(asked.formula, name, function.domain) for name in names}
    return replace(asked, joints={**asked.joints, **{name: values for name, values in found.items() if values}})


def by_definition(root: Term) -> Term:
    """`root` by functions that kernels evaluate."""

    def visit(node: Term) -> Term:
        return record_formula(KERNEL_FORMS[node.head], node) if node.head in KERNEL_FORMS else node

    return transform(root, visit)


def _of_rows(stated: Term, domain: Domain) -> EvaluationForm:
    """Of a formula with sums, by rules alone."""
    stated = by_definition(stated)
    ruled = by_rules(stated, domain)
    chain = completed(ruled.root, stated, domain)
    return EvaluationForm(stated, chain.root, (*ruled.steps, *chain.steps))


def _of_numbers(asked: _Asked, entry: Entry | None, function: Function, anew: bool) -> EvaluationForm:
    """Of a formula of numbers, as the lock says or a search finds."""
    if not free_symbols(asked.formula):
        value = exact(asked.formula, {})
        chain = _completed(asked.formula if value is None else term(value), asked, function)
        return EvaluationForm(asked.with_points(asked.formula), chain.root, tuple(chain.steps))
    question = Question(asked.formula, function.domain, _everyday(function))
    answer = question.locked(entry)
    if answer is None or anew:
        answer = _searched(question, asked, function).unless(answer)
    kept = held_back(answer.form, function.domain)
    chain = _completed(kept.root, asked, function)
    stated, found, held = map(asked.with_points, (asked.formula, answer.form, kept.root))
    return EvaluationForm(stated, chain.root, (*answer.steps, *kept.steps, *chain.steps), answer, found, held)


def _completed(form: Term, asked: _Asked, function: Function) -> Chain:
    """`form` with its values at kinks, and whatever else a kernel wants."""
    kinked = asked.completing(form, function.domain)
    chain = completed(kinked, asked.formula, function.domain, (*function.inputs, *function.params))
    chain.steps[:0] = [Step("value at a kink", form, kinked)] if kinked != form else []
    return chain


def _searched(question: Question, asked: _Asked, function: Function) -> Answer:
    """The answer of a search for a form that does as well as that of rules alone, and in which no operation fails."""
    domain = function.domain
    ruled = by_rules(asked.formula, domain, asked.variable)

    def body(form: Term) -> Term:
        return _completed(held_back(form, domain).root, asked, function).root

    plain = body(ruled.root)
    fading = tuple(fading_places(plain, domain))

    def accepts(form: Term) -> bool:
        mine = body(form)
        return agree_at_ends(mine, plain, domain) and outlasts(mine, plain, fading) and is_total(mine, domain)

    places = [*fading, *turning_places(asked.formula, domain)]
    return question.searched([(ruled.root, tuple(ruled.steps))], accepts, places)


def _everyday(function: Function) -> tuple[float, float] | None:
    """Where the variables usually are, as far as the spec says."""
    ends = list(function.samples.values())
    return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else None


def prove_form(form: EvaluationForm, domain: Domain) -> Proof:
    """Whether a form equals what was stated: as a whole; where it has sums, step by step; where it has parts that
    approximate, part by part, each within what it says."""
    if any(node.head in BINDERS for node in subterms(form.body)):
        return prove_steps(form.steps, domain)
    return with_points(_prove_between(form, domain), form.stated, form.body, domain)


def _prove_between(form: EvaluationForm, domain: Domain) -> Proof:
    whole = prove_whole(form.body, form.stated, domain)
    if whole.verdict is Verdict.PROVED or form.answer is None:
        return whole
    parts = form.answer.proof()
    if parts.verdict is not Verdict.PROVED:
        return parts
    rest = prove_completion(form.body, form.held, form.found, domain)
    return replace(rest, hypotheses=(*rest.hypotheses, *parts.hypotheses))


def proved(function: Function, order: Order, wrt: str, anew: bool = False) -> EvaluationForm:
    """As `stabilise`. Raises NotProvedError for a form that is not, unless the spec accepts UNDECIDED."""
    form = stabilise(function, order, wrt, anew)
    proof = prove_form(form, function.domain)
    accepted = proof.verdict is Verdict.UNDECIDED and function.accept_undecided
    if proof.verdict is not Verdict.PROVED and not accepted:
        said = f": {_shortened(proof.message)}" if proof.message else ""
        raise NotProvedError(
            f"{function.where}: the form for kernels, {_shortened(str(form.body))}, is not proved equal to "
            f"{KINDS[order]}{wrt and f' in {wrt}'}: {proof.verdict}{said}\n  {_advice(proof, form, function, anew)}"
        )
    return form


def _advice(proof: Proof, form: EvaluationForm, function: Function, anew: bool) -> str:
    locked = [entry for entry in function.locked.values() if form.answer is not None and entry == form.answer.entry]
    if locked and not anew:
        return "It is locked beside the specs, and no longer follows: find another by  derive build --search"
    if proof.verdict is Verdict.UNDECIDED:
        return 'Where you know that it is equal, say why:  Spec(..., accept_undecided="...")'
    return "This is a fault of derive's: please report it with the spec."


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."
