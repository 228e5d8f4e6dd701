"""The moves of everyday algebra, each with its name in either direction; each keeps the value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache, partial
from itertools import combinations
from typing import Final, NamedTuple

from derive.calculus.products import SUMS, addends, product_of, raise_all, tidy, without, write_sum
from derive.derivation.steps.exponentials import exponentials, extended_by, positive_exponents, split_power
from derive.derivation.steps.fractions import (
    cancel,
    cancelled,
    common_denominator,
    multiply_fractions,
    negative_powers,
    power_of_fraction,
)
from derive.derivation.steps.indexed import contract, into_cases, same_index, settled_cases, split_sum
from derive.derivation.steps.sums import (
    common_factor,
    expand_power,
    factor_out,
    like_terms,
    multiply_out,
    open_brackets,
    sign_inside,
    vanishing,
)
from derive.derivation.steps.views import key
from derive.rules.engine import Rule, is_variable, read_rules, replace_everywhere
from derive.rules.identities import IDENTITIES
from derive.spec.domain import Domain
from derive.term import Term, substitute, subterms, transform


class Move(NamedTuple):
    """`at` rewrites a node, or gives None. `there` and `back` say what a person calls it, either way;
    `{}` stands for what `detail` picks out of the node: what was cancelled, or taken out."""

    there: str
    back: str
    at: Callable[[Term], Term | None]
    detail: Callable[[Term], Term | None] = lambda node: None


class Rewriting(NamedTuple):
    """A term one move away."""

    after: Term
    there: str
    back: str


def rewritings(root: Term, domain: Domain, moves: Iterable[Move] = ()) -> Iterator[Rewriting]:
    """Every term one move away from `root`: the move made at one place, and at all places at once.

    `moves`: some besides those that every formula allows.
    """
    nodes = [node for node in subterms(root) if node.args]
    for move in (*MOVES, *identities(domain), *hypotheses(domain), *moves):
        found = {node: after for node in nodes if (after := _made(move, node)) is not None}
        if len(found) > 1:
            yield Rewriting(tidy(transform(root, _wherever(move))), *_said(move, None))
        for node, after in found.items():
            yield Rewriting(tidy(replace_everywhere(root, node, after)), *_said(move, move.detail(node)))


@lru_cache(maxsize=100_000)
def _made(move: Move, node: Term) -> Term | None:
    return move.at(node)


def identities(domain: Domain) -> Iterator[Move]:
    """The identities as moves, in the order of their page."""
    yield from _everywhere()
    for rule in _rules():
        if rule.conditions:
            yield _identity(rule, domain)


@cache
def _everywhere() -> tuple[Move, ...]:
    """The identities that hold under no condition."""
    return tuple(_identity(rule, Domain()) for rule in _rules() if not rule.conditions)


@cache
def parting() -> tuple[Rule, ...]:
    """The identities that take a logarithm apart, which a person does before differentiating."""
    return tuple(rule for rule in _rules() if rule.left.head == "log")


@cache
def recognitions() -> tuple[Move, ...]:
    """The definitions of functions, read backwards."""
    definitions = [rule for rule in _rules() if all(map(is_variable, rule.left.args))]
    return tuple(_identity(Rule(rule.name, rule.right, rule.left), Domain()) for rule in definitions)


def hypotheses(domain: Domain) -> Iterator[Move]:
    """What is given as an equation, from left to right."""
    for given in domain.relations:
        if given.head == "eq" and given.args[0].args:
            name = f"given `{given}`"
            yield Move(name, name, partial(by_hypothesis, given=given))


def by_hypothesis(node: Term, given: Term) -> Term | None:
    left, right = given.args
    if node.head == left.head == "sum":
        left = Term("sum", (substitute(left.args[0], {left.args[1]: node.args[1]}), node.args[1], *left.args[2:]))
    return right if key(node) == key(left) else None


def _identity(rule: Rule, domain: Domain) -> Move:
    return Move(rule.name, rule.name, partial(by_identity, rule=rule, domain=domain))


@cache
def _rules() -> tuple[Rule, ...]:
    return read_rules(IDENTITIES)


def _wherever(move: Move) -> Callable[[Term], Term]:
    return lambda node: _made(move, node) or node


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
    Move("factor out{}",              "multiply out",                factor_out,         common_factor),
    Move("",                          "",                            open_brackets),
    Move("distribute the sign",       "factor out the sign",         sign_inside),
    Move("multiply exponentials",     "split the exponential",       exponentials),
    Move("split the power",           "multiply the powers",         split_power),
    Move("extend by{}",               "divide above and below by{}", positive_exponents, extended_by),
    Move("multiply case by case",     "take out of the cases",       into_cases),
    Move("given the case",            "given the case",              settled_cases),
    Move("one index for two, by δ",   "one index for two, by δ",     same_index),
    Move("contract δ",                "expand by δ",                 contract),
    Move("sum term by term",          "one sum",                     split_sum),
)  # fmt: skip
