"""The moves of everyday algebra, each with its name in either direction; each keeps the value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import combinations
from typing import Final, NamedTuple

from derive.domain import Domain
from derive.rewrite import Rule, read_rules, replace_everywhere
from derive.rules.identities import IDENTITIES
from derive.steps.exponentials import exponentials, extended_by, positive_exponents
from derive.steps.fractions import (
    cancel,
    cancelled,
    common_denominator,
    multiply_fractions,
    negative_powers,
    power_of_fraction,
)
from derive.steps.indexed import contract, same_index, settled_cases, split_sum
from derive.steps.sums import (
    expand_power,
    factor_out,
    like_terms,
    multiply_out,
    open_brackets,
    sign_inside,
    taken_out,
    vanishing,
)
from derive.steps.views import SUMS, addends, product_of, raise_all, tidy, without, write_sum
from derive.term import Term, subterms, transform


class Move(NamedTuple):
    """`at` rewrites a node, or gives None. `there` and `back` say what a person calls it, either way;
    `{}` stands for what `detail` picks out of the node: what was cancelled, or taken out."""

    there: str
    back: str
    at: Callable[[Term], Term | None]
    detail: Callable[[Term], Term | None] = lambda node: None


class Turn(NamedTuple):
    """A term one move away."""

    after: Term
    there: str
    back: str


def turns(root: Term, domain: Domain) -> Iterator[Turn]:
    """Every term one move away from `root`: the move made at one place, and at all places at once."""
    nodes = [node for node in subterms(root) if node.args]
    for move in (*MOVES, *identities(domain)):
        found = {node: after for node in nodes if (after := move.at(node)) is not None}
        if len(found) > 1:
            yield Turn(tidy(transform(root, _wherever(move))), *_said(move, None))
        for node, after in found.items():
            yield Turn(tidy(replace_everywhere(root, node, after)), *_said(move, move.detail(node)))


def identities(domain: Domain) -> Iterator[Move]:
    """The identities as moves, in the order of their page."""
    for rule in _rules():
        yield Move(rule.name, rule.name, partial(by_identity, rule=rule, domain=domain))


@cache
def _rules() -> tuple[Rule, ...]:
    return read_rules(IDENTITIES)


def _wherever(move: Move) -> Callable[[Term], Term]:
    return lambda node: move.at(node) or node


def _said(move: Move, detail: Term | None) -> tuple[str, str]:
    shown = "" if detail is None else f" `{detail}`"
    return move.there.format(shown), move.back.format(shown)


def by_identity(node: Term, rule: Rule, domain: Domain) -> Term | None:
    """`node` by a rule, or two of its factors, or two of its terms."""
    for part, rest in _parts(node):
        found = rule.apply(part, domain)
        if found is not None:
            return rest(found)
    return None


def _parts(node: Term) -> Iterator[tuple[Term, Callable[[Term], Term]]]:
    """What an identity may apply to, and how what it becomes goes back in place."""
    yield node, lambda found: found
    product = product_of(node)
    if product is not None and node.head != "pow":
        for chosen in combinations(product.above.items(), 2):
            rest = product._replace(above=without(product.above, dict(chosen))).write()
            left, right = (raise_all({base: exponent}) for base, exponent in chosen)
            yield left * right, lambda found, rest=rest: rest * found  # type: ignore[misc]
    if node.head in SUMS:
        terms = addends(node)
        for pair in combinations(range(len(terms)), 2):
            others = [part for place, part in enumerate(terms) if place not in pair]
            yield (
                write_sum(terms[place] for place in pair),
                lambda found, others=others: write_sum([(1, found), *others]),  # type: ignore[misc]
            )


MOVES: Final = (
    Move("write as a fraction",       "write as a power",            negative_powers),
    Move("multiply the fractions",    "split the fraction",          multiply_fractions),
    Move("power of the fraction",     "write as one power",          power_of_fraction),
    Move("common denominator",        "split the fraction",          common_denominator),
    Move("cancel{}",                  "extend the fraction by{}",    cancel,             cancelled),
    Move("collect like terms{}",      "add and subtract{}",          like_terms,         vanishing),
    Move("multiply out",              "factor out",                  multiply_out),
    Move("expand the power",          "write as a power",            expand_power),
    Move("factor out{}",              "multiply out",                factor_out,         taken_out),
    Move("",                          "",                            open_brackets),
    Move("distribute the sign",       "factor out the sign",         sign_inside),
    Move("multiply exponentials",     "split the exponential",       exponentials),
    Move("extend by{}",               "divide above and below by{}", positive_exponents, extended_by),
    Move("given the case",            "given the case",              settled_cases),
    Move("one index for two, by δ",   "one index for two, by δ",     same_index),
    Move("contract δ",                "expand by δ",                 contract),
    Move("sum term by term",          "one sum",                     split_sum),
)  # fmt: skip
