"""A point moved into a domain: what its equations give is put in, and the inequalities that it breaks are mended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import islice
from math import isqrt
from typing import Final

from derive.proof.algebra.values import rational_at
from derive.proof.refute.stratum import Root, Stratum
from derive.relations import SIDE
from derive.term import Term, free_symbols

Point = dict[str, Fraction]
STEPS: Final = tuple(map(Fraction, "2 1/2 3 1/3 -2 -1/2 -3 3/2 0 1 -1 4 -4 5 -1/3 7".split()))
MAX_MOVES: Final = 8  # of one symbol, to make what is under a root a square
MAX_MENDED: Final = 4  # inequalities, one after the other


def completed(stratum: Stratum, point: Mapping[str, Fraction]) -> Iterator[Point]:
    """Points of a stratum, for the symbols that are not solved for as near to `point` as its roots allow."""
    for rooted in _with_roots(list(stratum.roots), dict(point)):
        full: Point | None = rooted
        for name, value in reversed(stratum.solved):
            found = None if full is None else rational_at(value, full)
            full = None if found is None or full is None else {**full, name.name: found}
        if full is not None:
            names = {root.name.name for root in stratum.roots}
            yield {name: value for name, value in full.items() if name not in names}


def _with_roots(roots: list[Root], point: Point) -> Iterator[Point]:
    if not roots:
        yield point
        return
    root, *others = roots
    here = rational_at(root.square, point)
    found = None if here is None else square_root(here)
    if found is not None:
        yield from _with_roots(others, {**point, root.name.name: found})
        return
    for name in sorted(free_symbols(root.square)):
        for place in islice(_square_places(_line(root.square, name, point), point), MAX_MOVES):
            moved = {**point, name: place}
            value = rational_at(root.square, moved)
            length = None if value is None else square_root(value)
            if length is not None:
                yield from _with_roots(others, {**moved, root.name.name: length})


def _line(part: Term, name: str, point: Point) -> Callable[[Fraction], Fraction | None]:
    """A term as a function of one symbol, the others as they are at a point."""
    return lambda value: rational_at(part, {**point, name: value})


def square_root(value: Fraction) -> Fraction | None:
    """The root of the square of a rational; None for any other number."""
    if value < 0:
        return None
    above, below = isqrt(value.numerator), isqrt(value.denominator)
    exact = above**2 == value.numerator and below**2 == value.denominator
    return Fraction(above, below) if exact else None


def _square_places(along: Callable[[Fraction], Fraction | None], point: Point) -> Iterator[Fraction]:
    """Places at which a function is the square of a rational: a conic from one of its points, by lines through it."""
    steps = [*dict.fromkeys((*point.values(), *STEPS))]
    conic = _quadratic(along)
    if conic is None:
        values = ((place, along(place)) for place in steps)
        yield from (place for place, value in values if value is not None and square_root(value) is not None)
        return
    leading, slope, rest = conic
    if leading == 0:
        yield from ((step**2 - rest) / slope for step in steps if slope)
        return
    for start in steps:
        height = square_root(leading * start**2 + slope * start + rest)
        if height is not None:
            lines = (step for step in steps if step**2 != leading)
            yield from (
                start + (slope + 2 * leading * start - 2 * height * step) / (step**2 - leading) for step in lines
            )
            return


def _quadratic(along: Callable[[Fraction], Fraction | None]) -> tuple[Fraction, Fraction, Fraction] | None:
    """The coefficients of a polynomial of degree two at most; None for what is none."""
    values = [along(Fraction(at)) for at in (-1, 0, 1, 2, 3)]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    below, middle, above, *others = known
    leading, slope = (above + below) / 2 - middle, (above - below) / 2
    right = all(leading * at**2 + slope * at + middle == value for at, value in zip((2, 3), others, strict=True))
    return (leading, slope, middle) if right else None


def mended(point: Point, facts: Iterable[Term], admits: Callable[[str, Fraction], bool]) -> Point:
    """`point` with names moved, one at a time, to where inequalities hold that did not."""
    orders = [fact for fact in facts if fact.head in SIDE]
    for _ in range(MAX_MENDED if orders else 0):
        gaps = ((fact, rational_at(fact.args[0] - fact.args[1], point)) for fact in orders)
        broken = next((fact for fact, gap in gaps if gap is not None and not _holds(fact, gap)), None)
        moved = None if broken is None else next(_moved_across(point, broken, admits), None)
        if moved is None:
            break
        point = moved
    return point


def _holds(fact: Term, gap: Fraction) -> bool:
    return gap * SIDE[fact.head] > 0 or (gap == 0 and fact.head in ("le", "ge"))


def _moved_across(point: Point, fact: Term, admits: Callable[[str, Fraction], bool]) -> Iterator[Point]:
    """The point with one name moved to where an inequality holds, if its sides are linear in that name."""
    gap = fact.args[0] - fact.args[1]
    for name in sorted(free_symbols(gap) & point.keys(), reverse=True):
        line = _quadratic(_line(gap, name, point))
        if line is not None and line[0] == 0 and line[1]:
            place = (SIDE[fact.head] - line[2]) / line[1]
            if admits(name, place):
                yield {**point, name: place}
