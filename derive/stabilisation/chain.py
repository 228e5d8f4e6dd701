"""The chain of rules from a stated formula to a form for machines, and what makes any form total."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from derive.calculus.indices import shared
from derive.rules import accuracy, stability
from derive.rules.engine import Rule, Step, read_rules, rewrite, rewrite_once
from derive.spec.domain import Domain
from derive.stabilisation.clamps import with_clamped_branches, with_clamped_exponents
from derive.stabilisation.fold import fold
from derive.stabilisation.guards import at_ends, flattened, heeding_nan, keeping_nan, within
from derive.stabilisation.infinity import at_infinity
from derive.term import Term


class Chain:
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


def row_form(stated: Term, domain: Domain) -> Chain:
    """A form without cancellation and overflow of a formula with sums or components, by rules alone."""
    chain = Chain(stated, domain)
    chain.change("one spelling of a sum", shared)
    chain.rules_once(stability.SCALE)
    chain.rules(stability.SCALED)
    chain.rules(stability.SHIFT)
    chain.change("fold the exponential", lambda root: fold(root, domain))
    chain.rules(accuracy.NEAR_ONE)
    return chain


def clamped(form: Term, domain: Domain) -> Chain:
    """`form`, in which no exponent overflows where its exponential is 0."""
    chain = Chain(form, domain)
    chain.change("no farther than matters", lambda root: with_clamped_exponents(root, domain))
    return chain


def completed(form: Term, stated: Term, domain: Domain, names: Sequence[str] = ()) -> Chain:
    """A form of what is stated, with limits at infinity and at the domain's ends, and NaN beyond them and wherever
    one of `names` is NaN."""
    chain = Chain(form, domain)
    chain.change("no operation fails where it is not needed", lambda root: with_clamped_branches(root, domain))
    chain.rules_once(stability.GUARD)
    chain.change("limit at infinity", lambda root: at_infinity(root, stated, domain))
    chain.change("limit at the ends of the domain", lambda root: at_ends(root, domain))
    chain.change("nothing outside the domain", lambda root: within(root, domain, names))
    chain.change("NaN where a variable is", keeping_nan)
    chain.change("NaN where an argument is", lambda root: heeding_nan(root, names))
    chain.change("branches in one list", flattened)
    return chain


@cache
def _rules(page: str) -> tuple[Rule, ...]:
    return read_rules(page)
