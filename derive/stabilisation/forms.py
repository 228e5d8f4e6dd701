"""Evaluation forms: what a kernel evaluates, found by search or locked, equal to what was stated, and total."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache, partial
from typing import Final

from derive.calculus.derivative import times
from derive.calculus.magnitude import largest_term
from derive.calculus.vjp import upstream_name, vjp
from derive.elementary.table import column
from derive.errors import NotProvedError
from derive.limits.sides import by_sides
from derive.limits.turning import at_points, solved
from derive.notation.formulas import filled as record_formula
from derive.proof.verdict import Proof, Verdict
from derive.rules.engine import Step
from derive.spec.domain import Domain
from derive.spec.function import Order
from derive.spec.lock import Entry
from derive.spec.statement import Function
from derive.stabilisation.chain import Chain, clamped, completed, row_form
from derive.stabilisation.clamps import without_clamps
from derive.stabilisation.kinks import (
    filled,
    mismatches,
    second_derivative,
    smoothed,
    stated_derivative,
    twice_differentiable,
)
from derive.stabilisation.lock import Answer, Question
from derive.stabilisation.moves import Moves
from derive.stabilisation.points import critical_points, underflow_thresholds
from derive.stabilisation.precise import serves
from derive.stabilisation.proof import prove_completion, prove_steps, prove_whole, with_points
from derive.stabilisation.samples import Sample
from derive.stabilisation.total import agree_at_ends, is_total
from derive.term import BINDERS, NAN, Term, free_symbols, subterms, symbol, term, transform
from derive.values.balls import exact

KINDS: Final[Mapping[Order, str]] = {
    "forward": "the definition", "vjp": "the derivative", "d2": "the second derivative",
}  # fmt: skip
KERNEL_FORMS: Final = column("kernel_form")
MAX_LENGTH: Final = 160  # characters of a formula in a message


@dataclass(frozen=True)
class EvaluationForm:
    """What a kernel evaluates, as written, and the steps that lead to it from what was stated.

    answer: what the search came to, None for a form that follows by rules alone; `found` is its form with the values
    at single points, `clamped` the same where no exponent overflows.
    """

    stated: Term
    body: Term
    steps: tuple[Step, ...]
    answer: Answer | None = None
    found: Term = NAN
    clamped: Term = NAN


def orders(function: Function) -> tuple[tuple[Order, str], ...]:
    """The kernels that a function has, as `stabilise` takes them: forward, vjps and second derivatives."""
    vjps: list[tuple[Order, str]] = [("vjp", name) for name in function.wrt]
    return ("forward", ""), *vjps, *(("d2", name) for name in twice_differentiable(function))


def stabilise(function: Function, order: Order, wrt: str, search: bool = False) -> EvaluationForm:
    """The evaluation form of a function (`wrt` is not used), of its vjp or its second derivative in `wrt`.

    Derivatives are those of the stated definition, never of a kernel. What the function's lock answers is not
    searched for; `search`, a search is to better it. Raises SpecError where the derivative jumps and the spec states
    no value there.
    """
    if not function.elementwise:
        return _of_rows(function.body if order == "forward" else vjp(function, wrt), function.domain)
    asked = _asked(function, order, wrt)
    form = _of_numbers(asked, function.locked.get(key(order, wrt)), function, search)
    if order != "vjp":
        return form
    upstream = symbol(upstream_name(function))
    steps = tuple(Step(s.rule, times(upstream, s.before), times(upstream, s.after)) for s in form.steps)
    parts = (form.stated, form.body, form.found, form.clamped)
    stated, body, found, within = (times(upstream, part) for part in parts)
    return replace(form, stated=stated, body=body, steps=steps, found=found, clamped=within)


def equal_form(function: Function, order: Order, wrt: str) -> Term | None:
    """A form of what `stabilise` takes that equals it exactly, and whose balls stay narrow where those of the stated
    formula do not: of folding alone, with nothing clamped and nothing approximated; None where that is not proved."""
    if not function.elementwise:
        return without_clamps(stabilise(function, order, wrt).body, function.domain)
    folded, _ = Moves(function.domain).folded(_asked(function, order, wrt).formula)
    return _proved_equal(folded, function, order, wrt)


def forms_between(function: Function, order: Order, wrt: str) -> Iterator[tuple[Term, Callable[[], Term | None]]]:
    """Forms on the way to the evaluation form of a function of numbers, as they stand in its lock, each with what
    completes and proves it, as `equal_form` does."""
    answer = stabilise(function, order, wrt).answer
    if answer is not None and len(answer.parts) == 1:
        for step in answer.steps:
            yield step.after, partial(_proved_equal, step.after, function, order, wrt)


def _proved_equal(form: Term, function: Function, order: Order, wrt: str) -> Term | None:
    """`form`, completed, with nothing clamped; None where it is not proved."""
    asked = _asked(function, order, wrt)
    chain = _completed(form, asked, function)
    if prove_whole(chain.root, asked.with_points(asked.formula), function.domain).verdict is not Verdict.PROVED:
        return None
    found = without_clamps(chain.root, function.domain)
    return times(symbol(upstream_name(function)), found) if order == "vjp" else found


def key(order: Order, wrt: str) -> str:
    """How the lock of a function names a kernel."""
    return f"{order} {wrt}".strip()


@dataclass(frozen=True)
class _Asked:
    """A formula; what a derivative was taken in; its values at kinks, and, by variable, where the formula does not say
    what it is: where its pieces join smoothly, and where it is a limit; the closed form that is documented for it."""

    formula: Term
    variable: str = ""
    kinks: Mapping[Fraction, Term] = field(default_factory=dict)
    joints: Mapping[str, Mapping[Fraction, Term]] = field(default_factory=dict)
    documented: tuple[Term, ...] = ()

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
            lacking = {at: wanted for at, wanted, _ in mismatches(found, stated, name, domain) if at not in known}
            found = at_points(found, symbol(name), lacking)
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
    stated = function.documented.get(wrt) if order == "vjp" else None
    documented = (by_definition(function.expand(stated.formula)),) if stated is not None and not kinks else ()
    return _filled(_Asked(formula, wrt, kinks, {wrt: joints} if joints else {}, documented), function)


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
    ruled = row_form(stated, domain)
    chain = completed(ruled.root, stated, domain)
    return EvaluationForm(stated, chain.root, (*ruled.steps, *chain.steps))


def _of_numbers(asked: _Asked, entry: Entry | None, function: Function, search: bool) -> EvaluationForm:
    """Of a formula of numbers, as the lock says or a search finds."""
    if not free_symbols(asked.formula):
        value = exact(asked.formula, {})
        chain = _completed(asked.formula if value is None else term(value), asked, function)
        return EvaluationForm(asked.with_points(asked.formula), chain.root, tuple(chain.steps))
    question = Question(asked.formula, function.domain, everyday_range(function))
    answer = question.locked(entry)
    if answer is None or search:
        answer = _searched(question, asked, function, thorough=search).unless(answer)
    bounded = clamped(answer.form, function.domain)
    chain = _completed(bounded.root, asked, function)
    stated, found, within = map(asked.with_points, (asked.formula, answer.form, bounded.root))
    return EvaluationForm(stated, chain.root, (*answer.steps, *bounded.steps, *chain.steps), answer, found, within)


def _completed(form: Term, asked: _Asked, function: Function) -> Chain:
    """`form` with its values at kinks, and whatever else a kernel wants."""
    kinked = asked.completing(form, function.domain)
    chain = completed(kinked, asked.formula, function.domain, (*function.inputs, *function.params))
    chain.steps[:0] = [Step("value at a kink", form, kinked)] if kinked != form else []
    return chain


def _searched(question: Question, asked: _Asked, function: Function, thorough: bool) -> Answer:
    """The answer of a search for a form with the ends of the folded one, and in which no operation fails; thorough: for
    the best, not for the first that will do."""
    domain = function.domain

    @lru_cache(64)
    def body(form: Term) -> Term:
        return _completed(clamped(form, domain).root, asked, function).root

    folded = body(Moves(domain).folded(asked.formula)[0])

    def accepts(form: Term) -> bool:
        own = body(form)
        return agree_at_ends(own, folded, domain) and is_total(own, domain)

    scale = largest_term(asked.formula) if len(free_symbols(asked.formula)) > 1 else None

    def good_enough(form: Term, samples: Sequence[Sample]) -> bool:
        own = body(form)
        if not free_symbols(own) <= free_symbols(asked.formula):  # it heeds NaN in others
            own = clamped(form, domain).root
        return serves(own, samples, scale)

    landmarks = [*underflow_thresholds(folded, domain), *critical_points(asked.formula, domain)]
    return question.searched(accepts, landmarks, None if thorough else good_enough, asked.documented)


def everyday_range(function: Function) -> tuple[float, float] | None:
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
    rest = prove_completion(form.body, form.clamped, form.found, domain)
    return replace(rest, hypotheses=(*rest.hypotheses, *parts.hypotheses))


def proved(function: Function, order: Order, wrt: str, search: bool = False) -> EvaluationForm:
    """As `stabilise`. Raises NotProvedError for a form that is not, unless the spec accepts UNDECIDED."""
    form = stabilise(function, order, wrt, search)
    proof = prove_form(form, function.domain)
    accepted = proof.verdict is Verdict.UNDECIDED and function.accept_undecided
    if proof.verdict is not Verdict.PROVED and not accepted:
        said = f": {_shortened(proof.message)}" if proof.message else ""
        raise NotProvedError(
            f"{function.where}: the form for kernels, {_shortened(str(form.body))}, is not proved equal to "
            f"{KINDS[order]}{wrt and f' in {wrt}'}: {proof.verdict}{said}\n  {_advice(proof, form, function, search)}"
        )
    return form


def _advice(proof: Proof, form: EvaluationForm, function: Function, search: bool) -> str:
    locked = [entry for entry in function.locked.values() if form.answer is not None and entry == form.answer.entry]
    if locked and not search:
        return "It is locked beside the specs, and no longer follows: find another by  derive build --search"
    if proof.verdict is Verdict.UNDECIDED:
        return 'Where you know that it is equal, say why:  Spec(..., accept_undecided="...")'
    return "This is a fault of derive's: please report it with the spec."


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_LENGTH else f"{text[:MAX_LENGTH]} ..."
