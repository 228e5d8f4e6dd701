"""`Study`: what a function does at a place of one variable, from its limits on the two sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

from derive.calculus.derivative import derivative
from derive.limits.approach import one_sided
from derive.limits.turning import holes, turning_points
from derive.limits.values import NoValue, are_equal, tidied, value_at
from derive.spec.domain import Domain
from derive.term import INFINITY, Term, subterms, symbol, term, transform
from derive.values.one_sided import Indeterminate

# A kink has slopes that differ; at a pole the value is infinite; a hole has no value, and no limit that fills it.
Kind = Literal["smooth", "kink", "jump", "pole", "hole", "undecided"]


@dataclass(frozen=True)
class Behaviour:
    """What a function does at a place: its limits, and those of its derivative, from each side within the domain."""

    place: Fraction
    heads: tuple[str, ...]
    kind: Kind
    values: tuple[Term, ...] = ()
    slopes: tuple[Term, ...] = ()


class Study:
    """A function of numbers, in one of its variables."""

    def __init__(self, body: Term, name: str, domain: Domain) -> None:
        self.body, self.name, self.domain = body, name, domain
        self.variable = symbol(name)
        self._limits: dict[tuple[int, Fraction, int], Term | None] = {}

    @cached_property
    def formulas(self) -> tuple[Term, Term, Term]:
        """The body and its first two derivatives, as the rules give them off the places where something turns."""
        slope = derivative(self.body, self.variable)
        return self.body, slope, derivative(slope, self.variable)

    @cached_property
    def turning(self) -> Mapping[Fraction, tuple[str, ...]]:
        """The places at which something turns, within the domain."""
        inside = self.domain.range(self.name)
        found = turning_points(self.body, self.variable)
        return {place: heads for place, heads in found.items() if place in inside}

    @cached_property
    def places(self) -> Mapping[Fraction, tuple[str, ...]]:
        """Those, and the places inside the domain at which a formula may be divided by 0."""
        within = holes(self.body, self.variable)
        found = {place: heads for place, heads in within.items() if len(self.sides(place)) == 2}
        found |= {place: (*found.get(place, ()), *heads) for place, heads in self.turning.items()}
        return {place: found[place] for place in sorted(found)}

    def sides(self, place: Fraction) -> tuple[int, ...]:
        """The sides of a place on which the domain goes on: -1 below, 1 above."""
        inside = self.domain.range(self.name)
        below = inside.low is None or inside.low < place
        above = inside.high is None or inside.high > place
        return tuple(side for side, goes_on in ((-1, below), (1, above)) if goes_on)

    def limits(self, order: int, place: Fraction) -> tuple[Term, ...] | None:
        """Those of a derivative from each side; None where one is not found."""
        found = [self._limit(order, place, side) for side in self.sides(place)]
        return None if None in found else tuple(limit for limit in found if limit is not None)

    def _limit(self, order: int, place: Fraction, side: int) -> Term | None:
        key = (order, place, side)
        if key not in self._limits:
            try:
                found = one_sided(self.formulas[order], self.name, term(place), side, self.domain)
                self._limits[key] = transform(found, tidied)
            except Indeterminate:
                self._limits[key] = None
        return self._limits[key]

    def own(self, order: int, place: Fraction) -> Term | None:
        """What the formula of a derivative says at the place itself; None where it has no value.

        Raises Indeterminate.
        """
        try:
            return value_at(self.formulas[order], self.name, term(place), self.domain)
        except NoValue:
            return None

    def at(self, place: Fraction) -> Behaviour:
        """What the function does at a place, with what turns there."""
        heads = self.places.get(place, ())
        values, slopes = self.limits(0, place), self.limits(1, place)
        if values is None:
            return Behaviour(place, heads, "undecided", (), slopes or ())
        if any(map(is_infinite, values)):
            return Behaviour(place, heads, "pole", values, slopes or ())
        kind = self._continuity(place, values)
        if kind == "smooth" and slopes is None:
            kind = "undecided"
        elif kind == "smooth" and slopes is not None:
            kind = "kink" if any(map(is_infinite, slopes)) else self._joint(slopes, "kink")
        return Behaviour(place, heads, kind, values, slopes or ())

    def _continuity(self, place: Fraction, values: tuple[Term, ...]) -> Kind:
        """Smooth, as far as values go, where the sides meet, and the value at the place, if there is one."""
        try:
            own = self.own(0, place)
        except Indeterminate:
            return "undecided"
        return self._joint(values if own is None else (*values, own), "jump")

    def _joint(self, parts: tuple[Term, ...], apart: Kind) -> Kind:
        answers = [are_equal(parts[0], other, self.domain) for other in parts[1:]]
        return apart if False in answers else "undecided" if None in answers else "smooth"

    def value(self, order: int, place: Fraction) -> Term | None:
        """The value of a derivative at a place, from its limits; None where it jumps there, or that is not decided."""
        if order and self.value(order - 1, place) is None:
            return None
        limits = self.limits(order, place)
        if limits is None or any(map(is_infinite, limits)):
            return None
        joint = self._continuity(place, limits) if order == 0 else self._joint(limits, "kink")
        return min(limits, key=_shortness) if joint == "smooth" else None

    def joints(self, order: int) -> Mapping[Fraction, Term]:
        """The places at which the formula of a derivative says something else than the derivative is, which it is."""
        return dict(self._joints(order))

    def _joints(self, order: int) -> Iterator[tuple[Fraction, Term]]:
        for place in self.places:
            value = self.value(order, place)
            if value is None:
                continue
            try:
                own = self.own(order, place)
            except Indeterminate:
                own = None
            if own is None or not are_equal(own, value, self.domain):
                yield place, value


def is_infinite(found: Term) -> bool:
    return any(part is INFINITY for part in subterms(found))


def _shortness(value: Term) -> tuple[int, str]:
    text = str(value)
    return len(text), text
