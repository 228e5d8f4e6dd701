"""Kinks: where a derivative jumps, and the value that a spec states for it there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import islice
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

TURNING: Final = ("abs", "sign", "heaviside", "max", "min", "cases")
MOST_ALTERNATIVES: Final = 32  # of a kink within kinks that are looked into


def stated_derivative(function: Function, name: str) -> tuple[Term, Mapping[Fraction, Term]]:
    """The derivative of the stated body, and its values at those points where it jumps.

    Raises SpecError where it jumps and the spec states no value.
    """
    variable = symbol(name)
    stated = function.kinks.get(name, {})
    jumping = dict(jumps(function.body, variable, function.domain))
    for place, heads in jumping.items():
        if place not in stated:
            raise SpecError(
                f"{function.where}: the body has a kink at {name} = {term(place)} ({', '.join(heads)}) and no value is "
                f"stated for the derivative there.\n"
                f"  Say which you mean:  Spec(..., kinks={{{name}: {{{term(place)}: 0}}}})"
            )
    return derivative(function.body, variable), stated


def twice_differentiable(function: Function) -> tuple[str, ...]:
    """Those arrays in `wrt` in which an elementwise function has a second derivative that never jumps, as far as seen.

    Where what turns has a zero that is not found, such as at a parameter, there may be a jump.
    """
    if not function.elementwise:
        return ()
    arrays = (name for name in function.wrt if name in function.inputs)
    return tuple(name for name in arrays if _smooth_slope(function, symbol(name)))


def _smooth_slope(function: Function, variable: Term) -> bool:
    slope = derivative(function.body, variable)
    if any(_roots(surface, variable)[1] for _, surface in _surfaces(slope) if depends(surface, variable)):
        return False
    return not any(any(jumps(body, variable, function.domain)) for body in (function.body, slope))


def second_derivative(function: Function, name: str) -> tuple[Term, Mapping[Fraction, Term]]:
    """The derivative of the stated body's derivative, and its values where what turns is smooth all the same."""
    slope = derivative(function.body, symbol(name))
    return derivative(slope, symbol(name)), smoothed(slope, name, function.domain)


def smoothed(body: Term, name: str, domain: Domain) -> Mapping[Fraction, Term]:
    """The derivative where the body turns and yet is smooth, such as max(x, 0) + max(-x, 0) - abs(x) at 0.

    The derivatives of what turns there, taken one by one, do not add up to it.
    """
    variable, facts = symbol(name), Facts(domain)
    slope, places = derivative(body, variable), list(turning_points(body, variable))
    found = {}
    for place in places:
        if place not in domain.range(name) or _jumps_at(body, variable, place, domain, places):
            continue
        side = _sides(body, variable, place, domain, places)[1]
        formulas = (substitute(part, {variable: term(place)}) for part in (derivative(side, variable), slope))
        there, own = (resolved(formula, domain) for formula in formulas)
        if rational_value(there - own) != 0 and not is_zero(there - own, facts):
            found[place] = there
    return found


def jumps(body: Term, variable: Term, domain: Domain) -> Iterator[tuple[Fraction, tuple[str, ...]]]:
    """The rational points at which d body / d variable jumps, in order, and the functions that turn there."""
    turning = turning_points(body, variable)
    for place, heads in turning.items():
        if place in domain.range(variable.name) and _jumps_at(body, variable, place, domain, list(turning)):
            yield place, heads


def turning_points(body: Term, variable: Term) -> dict[Fraction, tuple[str, ...]]:
    """The rational values of a variable at which something in `body` turns, in order, and what turns there."""
    found: dict[Fraction, dict[str, None]] = {}
    for head, surface in _surfaces(body):
        if depends(surface, variable):
            for place in _roots(surface, variable)[0]:
                found.setdefault(place, {})[head] = None
    return {place: tuple(found[place]) for place in sorted(found)}


def _surfaces(body: Term) -> Iterator[tuple[str, Term]]:
    """What each kinked function turns on the zeros of, with the kinks inside that taken in every way."""
    for node in subterms(body):
        if node.head in ("abs", "sign", "heaviside"):
            surface = node.args[0]
        elif node.head in ("max", "min", *RELATIONS):
            surface = node.args[0] - node.args[1]
        else:
            continue
        head = "Piecewise" if node.head in RELATIONS else node.head
        yield from ((head, smooth) for smooth in islice(_alternatives(surface), MOST_ALTERNATIVES))


def _alternatives(root: Term) -> Iterator[Term]:
    """Every smooth formula that a kinked one can be."""
    kink = next((node for node in subterms(root) if node.head in TURNING), None)
    if kink is None:
        yield root
        return
    ways = {
        "abs": (kink.args[0], -kink.args[0]),
        "sign": (term(1), term(-1)),
        "heaviside": (term(0), term(1)),
        "cases": kink.args[::2],
    }.get(kink.head, kink.args)
    for way in dict.fromkeys(ways):
        yield from _alternatives(substitute(root, {kink: way}))


def _roots(surface: Term, variable: Term) -> tuple[list[Fraction], bool]:
    """The rational zeros of a surface that is linear in the variable, others factored out; whether it can have more."""
    ring = Ring([variable])

    def read(node: Term) -> Ratio:
        found = read_ratio(node, read)
        return found if found is not None else ring.ratio(node)

    try:
        above = read(surface).above
    except (TooLarge, ZeroDivisionError):
        return [], True
    found, factors = [], above.factor()[1]
    for factor, _ in factors:
        if degree(factor, 0) == 1 and factor.total_degree() == 1 and not any(factor.degrees()[1:]):
            coefficients = {int(m[0]): Fraction(int(c.p), int(c.q)) for m, c in factor.to_dict().items()}
            found.append(-coefficients.get(0, Fraction(0)) / coefficients[1])
    return found, len(found) < len(factors)


def _jumps_at(body: Term, variable: Term, place: Fraction, domain: Domain, places: list[Fraction]) -> bool:
    """Whether the derivatives from the two sides differ at `place`, or the body itself does."""
    sides = _sides(body, variable, place, domain, places)
    facts = Facts(domain)
    for left, right in (sides, [derivative(side, variable) for side in sides]):
        difference = substitute(left - right, {variable: term(place)})
        if rational_value(difference) != 0 and not is_zero(difference, facts):
            return True
    return False


def _sides(body: Term, variable: Term, place: Fraction, domain: Domain, places: list[Fraction]) -> list[Term]:
    """`body` just below and just above `place`."""
    below = max((other for other in places if other < place), default=place - 1)
    above = min((other for other in places if other > place), default=place + 1)
    return [
        resolved(body, domain.related(relation("gt", variable, left)).related(relation("lt", variable, right)))
        for left, right in ((below, place), (place, above))
    ]


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
    if node.head == "sign" and larger is smaller is True:
        return ZERO
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
    """`form` with the values it takes at single points of a variable."""
    for place, value in values.items():
        form = _at_point(form, relation("eq", variable, term(place)), value)
    return form


SHARES: Final = {"gt": "ge", "ge": "ge", "lt": "le", "le": "le"}  # with the end, and without
LEAVES: Final = {"gt": "gt", "ge": "gt", "lt": "lt", "le": "lt"}


def _at_point(form: Term, place: Term, value: Term) -> Term:
    """The point becomes part of a branch beside it that has this value; without one, it is a branch of its own."""
    if form.head != "cases":
        return cases((value, place), otherwise=form)
    moved = []
    for own, condition in branches(form):
        if condition.args == place.args and condition.head in SHARES:
            condition = Term((SHARES if own == value else LEAVES)[condition.head], condition.args)
        moved.append((own, condition))
    return cases(*moved) if _taken(moved, place) == value else cases((value, place), *moved)


def _taken(listed: list[tuple[Term, Term]], place: Term) -> Term | None:
    """The value of the branch that a point falls into, where its conditions are about that variable alone."""
    variable, point = place.args
    for value, condition in listed:
        holds = decide(substitute(condition, {variable: point}), Domain())
        if holds is not False:
            return value if holds else None
    return None
