"""What kernels add to a formula for the sake of floating point, taken away again, each for a proved reason."""

from __future__ import annotations

from dataclasses import replace

from derive.fuel import POINT, Fuel
from derive.proof.scalar import prove_equal
from derive.proof.verdict import Verdict
from derive.rules.engine import replace_everywhere
from derive.spec.domain import Domain
from derive.term import NAN, TRUE, Term, branches, cases, substitute, subterms, symbol, transform
from derive.values.intervals import decide


def interior(domain: Domain) -> Domain:
    """The open domain: on its boundary a kernel answers with limits, which formulas need not have as values."""
    ranges = dict(domain.ranges)
    for name, interval in domain.ranges.items():
        opened = replace(interval, low_open=True, high_open=True)
        ranges[name] = interval if opened.empty else opened
    return replace(domain, ranges=ranges)


def without_edges(formula: Term, domain: Domain) -> Term:
    """The formula without branches that are never, or always, taken on `domain`."""

    def chosen(node: Term) -> Term:
        if node.head != "cases":
            return node
        kept: list[tuple[Term, Term]] = []
        for value, condition in branches(node):
            holds = decide(condition, domain)
            if holds:
                return cases(*kept, otherwise=value) if kept else value
            if holds is None:
                kept.append((value, condition))
        return cases(*kept) if kept else NAN

    return transform(formula, chosen)


def without_points(formula: Term) -> Term:
    """The formula without values at single points that it has there anyway."""
    for node in list(subterms(formula)):
        if node.head == "cases" and len(node.args) == 4 and node.args[1].head == "eq" and node.args[3] is TRUE:
            formula = _without_point(formula, node)
    return formula


def _without_point(formula: Term, node: Term) -> Term:
    """The smallest part of the formula that has the same value at the point either way, without the choice."""
    at_point, condition, elsewhere, _ = node.args
    place, value = condition.args
    for part in subterms(formula):
        if node in subterms(part) and part.head not in ("sum", "product", "maximum"):
            plain = substitute(part, {node: elsewhere})
            sides = (substitute(side, {place: value}) for side in (substitute(part, {node: at_point}), plain))
            if _same(*map(_scalar, sides)):
                return replace_everywhere(formula, part, plain)
    return formula


def _same(left: Term, right: Term) -> bool:
    return left is right or prove_equal(left, right, Domain(), Fuel(POINT)).verdict is Verdict.PROVED


def _scalar(formula: Term) -> Term:
    """Components as numbers of their own."""
    return transform(formula, lambda node: symbol(f"#{node}") if node.head == "index" else node)
