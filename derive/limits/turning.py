"""Places at which a formula may turn, or has no value, and values put in there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from itertools import islice
from typing import Final

from derive.calculus.derivative import depends
from derive.elementary.table import KINKED
from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.relations import FLIPPED, ORDERS, STRICT, WEAK
from derive.spec.domain import Domain
from derive.term import (
    RELATIONS,
    Term,
    branches,
    cases,
    free_symbols,
    rational_value,
    relation,
    substitute,
    subterms,
    symbol,
    term,
)
from derive.values.balls import enclose
from derive.values.intervals import decide
from derive.values.kinks import pieces, turning
from derive.values.ratio import Polynomial, Ratio, Ring, TooLarge, as_fraction, degree, ratio_of

TURNING: Final = (*KINKED, "cases")
GUESSES: Final = tuple(map(Fraction, ("0", "1", "-1", "2", "-2", "1/2", "-1/2")))
MAX_ALTERNATIVES: Final = 32  # of a kink within kinks that are looked into


def turning_points(body: Term, variable: Term) -> dict[Fraction, tuple[str, ...]]:
    """The rational values of a variable at which something in `body` turns, in order, and what turns there."""
    return _zeros(surfaces(body), variable)


def holes(body: Term, variable: Term) -> dict[Fraction, tuple[str, ...]]:
    """The rational values of a variable at which something in `body` may be divided by 0, in order."""
    return _zeros((("quotient", below) for below in _divisors(body)), variable)


def suspect_points(form: Term, name: str, domain: Domain) -> Iterator[Fraction]:
    """The places of a domain at which a form may have no value, or one that is not of those beside it."""
    variable, inside = symbol(name), domain.range(name)
    for place in {**turning_points(form, variable), **holes(form, variable)}:
        if place in inside:
            yield place


def _zeros(found: Iterable[tuple[str, Term]], variable: Term) -> dict[Fraction, tuple[str, ...]]:
    places: dict[Fraction, dict[str, None]] = {}
    for head, surface in found:
        if depends(surface, variable):
            known, more = roots(surface, variable)
            for place in [*known, *(_guessed(surface, variable) if more else ())]:
                places.setdefault(place, {})[head] = None
    return {place: tuple(places[place]) for place in sorted(places)}


def _guessed(surface: Term, variable: Term) -> Iterator[Fraction]:
    """Zeros of a surface such as exp(x) - 1 among simple numbers: of such functions there are few others."""
    for place in GUESSES:
        there = substitute(surface, {variable: term(place)})
        if not free_symbols(there):
            with suppress(Undefined, Undetermined, UnsupportedError):
                value = enclose(there, {})
                if value.is_finite() and value.contains(0):
                    yield place


def surfaces(body: Term) -> Iterator[tuple[str, Term]]:
    """What each kinked function turns on the zeros of, with the kinks inside that taken in every way."""
    for node in subterms(body):
        if node.head not in (*KINKED, *RELATIONS):
            continue
        surface = turning(node)
        head = "Piecewise" if node.head in RELATIONS else node.head
        yield from ((head, smooth) for smooth in islice(_alternatives(surface), MAX_ALTERNATIVES))


def _divisors(body: Term) -> Iterator[Term]:
    for node in subterms(body):
        if node.head == "div":
            yield from islice(_alternatives(node.args[1]), MAX_ALTERNATIVES)
        elif node.head == "pow" and (rational_value(node.args[1]) or Fraction(0)) < 0:
            yield from islice(_alternatives(node.args[0]), MAX_ALTERNATIVES)


def _alternatives(root: Term) -> Iterator[Term]:
    """Every smooth formula that a kinked one can be."""
    kink = next((node for node in subterms(root) if node.head in TURNING), None)
    if kink is None:
        yield root
        return
    for chosen in dict.fromkeys(kink.args[::2] if kink.head == "cases" else pieces(kink)):
        yield from _alternatives(substitute(root, {kink: chosen}))


def roots(surface: Term, variable: Term) -> tuple[list[Fraction], bool]:
    """The rational zeros of a surface that is linear in the variable, others factored out; whether it can have more."""
    try:
        factors = _ratio(surface, variable).above.factor()[1]
    except (TooLarge, ZeroDivisionError):
        return [], True
    lines = [line for factor, _ in factors if (line := _line(factor)) is not None]
    return [-rest / slope for slope, rest in lines], len(lines) < len(factors)


def solved(node: Term) -> Term:
    """A comparison of multiples of one variable, such as x > x/8, as one of that variable and a number; any other node
    as it is."""
    if node.head not in RELATIONS:
        return node
    surface = node.args[0] - node.args[1]
    names = free_symbols(surface)
    if len(names) != 1 or any(part.head == "pow" or _divides(part) for part in subterms(surface)):
        return node
    variable = symbol(*names)
    try:
        ratio = _ratio(surface, variable)
    except (TooLarge, ZeroDivisionError):
        return node
    line = _line(ratio.above / ratio.below)
    if line is None:
        return node
    slope, rest = line
    return relation(node.head if slope > 0 else FLIPPED[node.head], variable, term(-rest / slope))


def _divides(node: Term) -> bool:
    """Whether a variable is divided by."""
    return node.head == "div" and bool(free_symbols(node.args[1]))


def _ratio(surface: Term, variable: Term) -> Ratio:
    """A surface as a ratio of polynomials, whose first generator is the variable.

    Raises TooLarge, and ZeroDivisionError.
    """
    return ratio_of(surface, Ring([variable]))


def _line(polynomial: Polynomial) -> tuple[Fraction, Fraction] | None:
    """The slope and the rest of a polynomial that is linear in the first generator, and has no other."""
    if degree(polynomial, 0) != 1 or polynomial.total_degree() != 1 or any(polynomial.degrees()[1:]):
        return None
    coefficients = {int(monomial[0]): as_fraction(value) for monomial, value in polynomial.to_dict().items()}
    return coefficients[1], coefficients.get(0, Fraction(0))


def at_points(form: Term, variable: Term, values: Mapping[Fraction, Term]) -> Term:
    """`form` with the values it takes at single points of a variable."""
    for place, value in values.items():
        form = _at_point(form, relation("eq", variable, term(place)), value)
    return form


def _at_point(form: Term, place: Term, value: Term) -> Term:
    """The point becomes part of a branch beside it that has this value; without one, it is a branch of its own."""
    if form.head != "cases":
        return cases((value, place), otherwise=form)
    moved = []
    for own, condition in branches(form):
        if condition.args == place.args and condition.head in ORDERS:
            condition = Term((WEAK if own == value else STRICT)[condition.head], condition.args)
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
