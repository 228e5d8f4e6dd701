"""Kinks: where a derivative jumps, and the value that a spec states for it there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from derive.differentiate import depends, derivative
from derive.domain import Domain
from derive.errors import SpecError
from derive.intervals import decide
from derive.prove.normal import Facts, is_zero
from derive.spec import Function
from derive.stable.ratio import Ratio, Ring, TooLarge, degree, read_ratio
from derive.term import (
    RELATIONS,
    TRUE,
    ZERO,
    Term,
    branches,
    cases,
    rational_value,
    rebuild,
    relation,
    substitute,
    subterms,
    symbol,
    term,
)

# What a kinked function turns on: the sign of this difference of its arguments.
TURNS: Final = {"abs": 1, "sign": 1, "heaviside": 1, "max": 2, "min": 2, **dict.fromkeys(RELATIONS, 2)}


def stated_derivative(function: Function, name: str) -> tuple[Term, Mapping[Fraction, Term]]:
    """The derivative of the stated body off its kinks, and its values at those points where it jumps.

    Raises SpecError where it jumps and the spec states no value.
    """
    variable = symbol(name)
    stated = function.kinks.get(name, {})
    for place, heads in jumps(function.body, variable, function.domain):
        if place not in stated:
            raise SpecError(
                f"{function.where}: the body has a kink at {name} = {term(place)} ({', '.join(heads)}) and no value is "
                f"stated for the derivative there.\n"
                f"  Say which you mean:  Spec(..., kinks={{{name}: {{{term(place)}: 0}}}})"
            )
    return derivative(function.body, variable), stated


def jumps(body: Term, variable: Term, domain: Domain) -> Iterator[tuple[Fraction, tuple[str, ...]]]:
    """The rational points at which d body / d variable jumps, in order, and the functions that turn there."""
    turning: dict[Fraction, dict[str, None]] = {}
    for head, surface in _surfaces(body):
        if depends(surface, variable):
            for place in _roots(surface, variable):
                turning.setdefault(place, {})[head] = None
    for place, heads in sorted(turning.items()):
        if place in domain.range(variable.name) and _jumps_at(body, variable, place, domain, sorted(turning)):
            yield place, tuple(heads)


def _surfaces(body: Term) -> Iterator[tuple[str, Term]]:
    for node in subterms(body):
        if node.head in ("abs", "sign", "heaviside"):
            yield node.head, node.args[0]
        elif node.head in ("max", "min"):
            yield node.head, node.args[0] - node.args[1]
        elif node.head in RELATIONS:
            yield "Piecewise", node.args[0] - node.args[1]


def _roots(surface: Term, variable: Term) -> list[Fraction]:
    """The rational zeros of a surface that is linear in the variable, others factored out."""
    ring = Ring([variable])

    def read(node: Term) -> Ratio:
        found = read_ratio(node, read)
        return found if found is not None else ring.ratio(node)

    try:
        above = read(surface).above
    except (TooLarge, ZeroDivisionError):
        return []
    found = []
    for factor, _ in above.factor()[1]:
        if degree(factor, 0) == 1 and factor.total_degree() == 1 and not any(factor.degrees()[1:]):
            coefficients = {int(m[0]): Fraction(int(c.p), int(c.q)) for m, c in factor.to_dict().items()}
            found.append(-coefficients.get(0, Fraction(0)) / coefficients[1])
    return found


def _jumps_at(body: Term, variable: Term, place: Fraction, domain: Domain, places: list[Fraction]) -> bool:
    """Whether the derivatives from the two sides differ at `place`, or the body itself does."""
    below = max((other for other in places if other < place), default=place - 1)
    above = min((other for other in places if other > place), default=place + 1)
    sides = [
        resolved(body, domain.related(relation("gt", variable, left)).related(relation("lt", variable, right)))
        for left, right in ((below, place), (place, above))
    ]
    facts = Facts(domain)
    for left, right in (sides, [derivative(side, variable) for side in sides]):
        difference = substitute(left - right, {variable: term(place)})
        if rational_value(difference) != 0 and not is_zero(difference, facts):
            return True
    return False


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
    if node.head not in ("abs", "sign", "max", "min"):
        return None
    left, right = (node.args[0], ZERO) if node.head in ("abs", "sign") else node.args
    larger, smaller = (decide(relation(kind, left, right), domain) for kind in ("ge", "le"))
    if larger is not True and smaller is not True:
        return None
    if node.head == "sign":
        strict = decide(relation("ne", left, 0), domain)
        return term(1 if larger else -1) if strict else None
    if node.head == "abs":
        return left if larger else -left
    return left if (larger is True) == (node.head == "max") else right


def _first_that_holds(node: Term, domain: Domain) -> Term | None:
    for value, condition in branches(node):
        holds = decide(condition, domain)
        if holds is not False:
            return value if holds else None
    return None


def at_points(form: Term, variable: Term, values: Mapping[Fraction, Term]) -> Term:
    """`form` with the values it takes at single points."""
    for place, value in values.items():
        form = _at_point(form, relation("eq", variable, term(place)), value)
    return form


def _at_point(form: Term, place: Term, value: Term) -> Term:
    """Where a branch beside the point has this value, the point becomes part of it."""
    if form.head != "cases" or not all(_beside(condition, place) for _, condition in branches(form)):
        return cases((value, place), otherwise=form)
    moved = []
    for own, condition in branches(form):
        strict = {"ge": "gt", "le": "lt"}.get(condition.head, condition.head)
        open_or_closed = {"gt": "ge", "lt": "le"}[strict] if own == value and strict in ("gt", "lt") else strict
        moved.append((own, condition if condition == TRUE else relation(open_or_closed, *condition.args)))
    listed = cases(*moved)
    if any(own == value and condition != TRUE for own, condition in moved):
        return listed
    return Term("cases", (value, place, *listed.args))


def _beside(condition: Term, place: Term) -> bool:
    return condition == TRUE or (condition.head in ("gt", "ge", "lt", "le") and condition.args == place.args)
