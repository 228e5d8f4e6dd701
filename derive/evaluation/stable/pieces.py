"""Formulas with kinks away from 0, written out interval by interval."""

from __future__ import annotations

from fractions import Fraction

from derive.evaluation.stable.writer import Writer
from derive.limits.sides import resolved
from derive.limits.turning import TURNING, turning_points
from derive.spec.domain import Domain
from derive.term import (
    NAN,
    RELATIONS,
    Term,
    branches,
    call,
    cases,
    free_symbols,
    relation,
    size,
    substitute,
    subterms,
    symbol,
    term,
)
from derive.values.ratio import Ratio, Ring, TooLarge, read_ratio

Ends = tuple[Fraction | None, Fraction | None]


def by_intervals(root: Term, name: str, domain: Domain) -> Term:
    """`root` as the smooth pieces between the points where it turns, each taken at its lower end.

    `root` itself where it turns only at 0 and by plain comparisons, or elsewhere than at rational values of the
    variable `name`.
    """
    variable = symbol(name)
    places = [place for place in turning_points(root, variable) if place in domain.range(name)]
    if not any(places) and all(map(_plain, subterms(root))):
        return root
    intervals = list(zip([None, *places], [*places, None], strict=True))
    pieces = [resolved(root, _between(variable, ends, domain)) for ends in intervals]
    if any(node.head in TURNING for piece in pieces for node in subterms(piece)):
        return root
    pieces = [_tidy(piece) for piece in pieces]
    below = [(piece, relation("lt", variable, term(end))) for piece, end in zip(pieces, places, strict=False)]
    merged = [pair for pair, after in zip(below, pieces[1:], strict=True) if pair[0] != after]
    if not merged or name in free_symbols(pieces[-1]):
        return cases(*merged, otherwise=pieces[-1]) if merged else pieces[-1]
    return cases(*merged, (pieces[-1], relation("ge", *merged[-1][1].args)), otherwise=NAN)


def _plain(node: Term) -> bool:
    """Whether a comparison is of a variable and a number; other nodes are plain."""
    return node.head not in RELATIONS or (node.args[0].head == "sym" and node.args[1].head in ("num", "neg", "const"))


def _between(variable: Term, ends: Ends, domain: Domain) -> Domain:
    low, high = ends
    domain = domain if low is None else domain.related(relation("gt", variable, term(low)))
    return domain if high is None else domain.related(relation("lt", variable, term(high)))


def _tidy(piece: Term) -> Term:
    """A piece as one ratio, where that is shorter."""
    ring = Ring([symbol("#z")])

    def read(node: Term) -> Ratio:
        found = read_ratio(node, read)
        return found if found is not None else ring.ratio(node)

    try:
        ratio = read(piece)
    except (TooLarge, ZeroDivisionError):
        return piece
    written = Writer(dict(enumerate(ring.terms)), (), set()).ratio(ratio)
    return written if size(written) < size(piece) else piece


def held_in_pieces(root: Term, name: str) -> Term:
    """`root`, whose branches are intervals of a variable, with that variable held within each where a product of it
    might overflow elsewhere."""
    variable, low = symbol(name), None
    if root.head != "cases" or any(c.args[:1] != (variable,) for _, c in branches(root) if c.head != "true"):
        return root
    parts: list[Term] = []
    for value, condition in branches(root):
        high = condition.args[1] if condition.head in ("lt", "le") else None
        parts += [_held(value, variable, low, high), condition]
        low = high
    return Term("cases", tuple(parts))


def _held(piece: Term, variable: Term, low: Term | None, high: Term | None) -> Term:
    plain = ("add", "sub", "neg", "num", "sym", "const")
    if (low is None and high is None) or all(node.head in plain for node in subterms(piece)):
        return piece
    within = variable if high is None else call("min", variable, high)
    return substitute(piece, {variable: within if low is None else call("max", within, low)})
