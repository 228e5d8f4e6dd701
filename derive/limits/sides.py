"""A formula with kinks as the smooth formula that it is on each side of a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from derive.calculus.derivative import depends
from derive.elementary.table import KINKED, TABLE
from derive.limits.turning import TURNING, turning_points
from derive.limits.values import NoValue, are_equal, tidied, value_at
from derive.spec.domain import Domain
from derive.term import ZERO, Term, branches, cases, rebuild, relation, subterms, symbol, term, transform
from derive.values.intervals import decide
from derive.values.kinks import piece
from derive.values.one_sided import Indeterminate


def by_sides(formula: Term, name: str, joints: Mapping[Fraction, Term], domain: Domain) -> Term:
    """`formula` with what turns at its joints taken as it is on each side of them, where that is a smooth formula."""
    variable, turning = symbol(name), turning_points(formula, symbol(name))
    places = [place for place in joints if place in turning]
    if not places:
        return formula
    ends = list(zip([None, *places], [*places, None], strict=True))
    pieces = [transform(resolved(formula, _between(variable, *pair, domain)), tidied) for pair in ends]
    if any(node.head in TURNING and depends(node, variable) for piece in pieces for node in subterms(piece)):
        return formula
    below = [(piece, relation("lt", variable, term(end))) for piece, end in zip(pieces, places, strict=False)]
    merged = [pair for pair, after in zip(below, pieces[1:], strict=True) if pair[0] != after]
    return cases(*merged, otherwise=pieces[-1]) if merged else pieces[-1]


def _between(variable: Term, low: Fraction | None, high: Fraction | None, domain: Domain) -> Domain:
    domain = domain if low is None else domain.related(relation("gt", variable, term(low)))
    return domain if high is None else domain.related(relation("lt", variable, term(high)))


def resolved(root: Term, domain: Domain) -> Term:
    """`root` with every kinked function and branch that the domain decides taken one way."""
    memo: dict[Term, Term] = {}
    for node in subterms(root):
        found = rebuild(node, tuple(memo[part] for part in node.args))
        memo[node] = resolve(found, domain) or found
    return memo[root]


def resolve(node: Term, domain: Domain) -> Term | None:
    """What a kinked function is, where the domain decides it; None where it does not."""
    if node.head == "cases":
        return _first_that_holds(node, domain)
    if node.head not in KINKED:
        return None
    left, right = (node.args[0], ZERO) if len(node.args) == 1 else node.args
    larger, smaller = (decide(relation(kind, left, right), domain) for kind in ("ge", "le"))
    if larger is not True and smaller is not True:
        return None
    if larger is smaller is True:
        return piece(node, 0)
    if TABLE[node.head].kink == "jump" and not decide(relation("ne", left, right), domain):
        return None
    return piece(node, 1 if larger is True else -1)


def _first_that_holds(node: Term, domain: Domain) -> Term | None:
    for value, condition in branches(node):
        holds = decide(condition, domain)
        if holds is not False:
            return value if holds else None
    return None


def missing_values(
    form: Term, values: Mapping[Fraction, Term], name: str, domain: Domain
) -> Iterator[tuple[Fraction, Term]]:
    """Those of the values at single points that a form does not have there by itself."""
    for place, value in values.items():
        try:
            own = value_at(form, name, term(place), domain)
        except (NoValue, Indeterminate):
            yield place, value
            continue
        if not are_equal(own, value, domain):
            yield place, value
