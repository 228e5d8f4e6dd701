"""Where terms change sign along one variable: rationals at or beside each root."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Final

from derive.elementary.table import KINKED, STEPPED
from derive.fuel import Fuel
from derive.proof.algebra.field import OutOfReach, Polynomial, Singular
from derive.proof.algebra.normal import Normaliser
from derive.proof.algebra.roots import linear_in, real_roots
from derive.proof.algebra.signs import NeedSign
from derive.proof.algebra.values import BITS, sign_at
from derive.spec.domain import Interval
from derive.term import Term, free_symbols, substitute, subterms, symbol, term
from derive.values.costs import evaluation_cost

_SIZES: Final = ("1e-12 1e-6 1e-3 1/10 1/2 1 3/2 2 3 4 5 6 8 12 20 40 100 1000 1e6 1e12").split()
GRID: Final = tuple(sorted({Fraction(0)} | {sign * Fraction(size) for size in _SIZES for sign in (1, -1)}))
PARTS: Final = (Fraction(1, 10**6), *(Fraction(k, 16) for k in range(1, 16)), 1 - Fraction(1, 10**6))  # of a range
HALVINGS: Final = 50
MAX_CROSSINGS: Final = 8  # of one term along one line that are followed


def breakpoints(
    turning: list[Term], name: str, base: Mapping[str, Fraction], interval: Interval, fuel: Fuel
) -> list[Fraction]:
    """Points near which a term of `turning` changes sign as `name` varies and the rest stays at `base`.

    A rational root is given exactly, any other by rationals on both sides of it.
    """
    others = {symbol(other): term(value) for other, value in base.items() if other != name}
    lines = [substitute(part, others) for part in turning if name in free_symbols(part)]
    found: set[Fraction] = set()
    rest = []
    for line in dict.fromkeys(lines):
        roots = _exact_roots(line, name, fuel)
        found.update(roots or ())
        if roots is None:
            rest.append(line)
    for line in rest:
        stops = sorted(place for place in {*GRID, *found, *_beside(found), *_within(interval)} if place in interval)
        found.update(_crossings(line, name, stops, fuel))
    return sorted(found)


def _exact_roots(line: Term, name: str, fuel: Fuel) -> list[Fraction] | None:
    """The real roots of a rational function of one variable; None for any other term."""
    if any(node.head in ("cases", *KINKED, *STEPPED) for node in subterms(line)):
        return None
    reader = Normaliser(fuel)
    try:
        element = reader.read(line)
    except (OutOfReach, NeedSign, Singular):
        return None
    slot = reader.symbol(symbol(name)).slot
    roots: list[Fraction] = []
    for number, _ in element.factors:
        polynomial = reader.field.polynomials[number]
        if reader.field.slots(polynomial) != [slot]:
            return None
        roots += _roots_of(polynomial, slot)
    return roots


def _roots_of(polynomial: Polynomial, slot: int) -> Iterator[Fraction]:
    slope, constant = linear_in(polynomial, slot)
    if polynomial.total_degree() == 1:
        yield -constant / slope
        return
    for low, high in real_roots(polynomial, slot) or []:
        yield from (low, high)


def _beside(stops: set[Fraction]) -> Iterator[Fraction]:
    """Points between neighbours and just outside, so that a sign between them is seen."""
    ordered = sorted(stops)
    for low, high in pairwise(ordered):
        yield (low + high) / 2
    for place in ordered[:1] + ordered[-1:]:
        yield from (place - Fraction(1, 10**6), place + Fraction(1, 10**6))


def _within(interval: Interval) -> Iterator[Fraction]:
    """Points all through a range with two ends, and close to each."""
    if interval.low is not None and interval.high is not None:
        for part in PARTS:
            yield interval.low + (interval.high - interval.low) * part


def _crossings(line: Term, name: str, stops: list[Fraction], fuel: Fuel) -> Iterator[Fraction]:
    known, cost = [], evaluation_cost(BITS, line)
    for place in stops:
        fuel.spend(cost)
        sign = sign_at(line, {name: place})
        if sign is not None:
            known.append((place, sign))
    for at, (place, sign) in enumerate(known):
        # Where a term is zero along an interval, the ends are enough.
        if sign == 0 and any(beside for _, beside in known[max(0, at - 1) : at + 2]):
            yield place
    changes = [(low, high, sign) for (low, sign), (high, other) in pairwise(known) if sign * other < 0]
    for low, high, sign in sorted(changes, key=lambda change: abs(change[0]))[:MAX_CROSSINGS]:
        yield from _bisected(line, name, low, high, sign, fuel)


def _bisected(line: Term, name: str, low: Fraction, high: Fraction, below: int, fuel: Fuel) -> tuple[Fraction, ...]:
    """Neighbours of a change of sign, or the root itself."""
    cost = evaluation_cost(BITS, line)
    for _ in range(HALVINGS):
        fuel.spend(cost)
        middle = (low + high) / 2
        sign = sign_at(line, {name: middle})
        if not sign:
            return (middle,)
        low, high = (middle, high) if sign == below else (low, middle)
    return (low, high)
