"""`Points`: rational points of a domain at which two terms are compared, those that read well first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import islice, pairwise, product
from typing import Final

from derive.fuel import Fuel
from derive.proof.algebra.values import rational_at, value_at
from derive.proof.refute.breakpoints import breakpoints
from derive.proof.refute.completion import Point, completed, mended
from derive.proof.refute.stratum import Stratum
from derive.relations import SIGNS
from derive.spec.domain import Domain, Interval
from derive.term import CONNECTIVES, RELATIONS, Term, free_symbols

EVERYDAY: Final = tuple(map(Fraction, (
    "1/2 1/3 2 -1 3/2 -1/2 1 -2 3 1/5 -1/3 3/4 5 -3 1/4 -3/2 2/3 7/2 -5 1/10 4 9/10 0 8 -8 10 -10 7 -7 1/20 19/20 6 -6"
).split()))  # fmt: skip
MAGNITUDES: Final = tuple(
    sign * Fraction(10) ** power * digit
    for power in (2, -2, 3, -3, 4, -4, 6, -6, 9, -9, 12, -12, 20, -20, 30, -30)
    for digit in (1, 3)
    for sign in (1, -1)
)
TAILS: Final = tuple(Fraction(sign * size) for size in (15, 20, 25, 30, 40, 50, 60, 80, 88) for sign in (1, -1))
SCALES: Final = tuple(map(Fraction, ("1e-4", "1e-10", "1e4", "1e10")))  # of every variable at once
MAX_BASES: Final = 4
MAX_AT_ONCE: Final = 4  # strata in which one point is completed
MAX_CORNERS: Final = 400
MAX_MOVED: Final = 16


class Points:
    """Points for `names` inside `domain`, in each of the strata that it divides into in turn."""

    def __init__(self, names: list[str], domain: Domain, strata: Sequence[Stratum], fuel: Fuel) -> None:
        self.domain, self.strata, self.fuel = domain, strata, fuel
        self.trial = 0
        self.found = 0  # points that satisfy the hypotheses
        self.relations = [fact for fact in domain.relations if fact.head in (*RELATIONS, *CONNECTIVES)]
        related = frozenset().union(*map(free_symbols, self.relations))
        self.names = names + sorted(related - set(names))

    def everyday(self, count: int = 24) -> Iterator[Point]:
        """Points that read well, the simplest first."""
        choices = [self._admitted(name, EVERYDAY) for name in self.names]
        for trial in range(count):
            yield from self._inside({
                name: values[(trial * (1 + 2 * (at % 3)) + at) % len(values)]
                for at, (name, values) in enumerate(zip(self.names, choices, strict=True))
            })  # fmt: skip

    def thorough(self, turning: list[Term]) -> Iterator[Point]:
        """Points between and beside the zeros of `turning` along every variable, then all magnitudes."""
        bases = list(islice(self.everyday(40), MAX_BASES))
        for base in bases:
            for name in self.names:
                yield from self._along(name, base, turning)
        for base in bases[:3]:
            for name in self.names:
                for value in self._admitted(name, TAILS + MAGNITUDES):
                    yield from self._inside({**base, name: value})
        for base in bases[:2]:
            for scale in SCALES:
                yield from self._inside({name: value * scale for name, value in base.items()})
        yield from self._corners(bases[:1], turning)
        yield from self.everyday(200)

    def crossings(self, turning: list[Term]) -> Iterator[Point]:
        """For each zero of `turning` along each variable, the simplest points between it and the next."""
        for base in islice(self.everyday(40), 2):
            for name in self.names:
                stops = breakpoints(turning, name, base, self.domain.range(name), self.fuel)
                for value in between(stops, self.domain.range(name), beside=False):
                    yield from self._inside({**base, name: value})

    def _along(self, name: str, base: Point, turning: list[Term]) -> Iterator[Point]:
        interval = self.domain.range(name)
        for value in between(breakpoints(turning, name, base, interval, self.fuel), interval):
            yield from self._inside({**base, name: value})

    def _corners(self, bases: list[Point], turning: list[Term]) -> Iterator[Point]:
        """Every combination of intervals between breakpoints, for what differs in a box."""
        if len(self.names) < 2:
            return
        for base in bases:
            sides = []
            for name in self.names:
                interval = self.domain.range(name)
                stops = breakpoints(turning, name, base, interval, self.fuel)
                sides.append([*between(stops, interval, beside=False), base[name]])
            for corner in islice(product(*sides), MAX_CORNERS):
                yield from self._inside(dict(zip(self.names, corner, strict=True)))
            # Beyond a breakpoint of one variable, those of another may lie elsewhere.
            moved = [(name, value) for name, side in zip(self.names, sides, strict=True) for value in side]
            for name, value in moved[:MAX_MOVED]:
                for other in self.names:
                    if other != name:
                        yield from self._along(other, {**base, name: value}, turning)

    def _inside(self, point: Point) -> Iterator[Point]:
        """The point, completed by what the equations give and moved into the domain, where that is found."""
        for stratum in self._some_strata():
            start = mended(point, stratum.domain.relations, self._admits)
            for full in completed(stratum, start):
                if self.holds_at(full):
                    self.found += 1
                    yield full
                    break

    def _some_strata(self) -> Sequence[Stratum]:
        """All of few strata, or a few of many, others each time."""
        if len(self.strata) <= MAX_AT_ONCE:
            return self.strata
        self.trial += 1
        start = self.trial * MAX_AT_ONCE
        return [self.strata[(start + at) % len(self.strata)] for at in range(MAX_AT_ONCE)]

    def holds_at(self, point: Point) -> bool:
        """Whether a point satisfies every hypothesis."""
        return all(self._admits(name, value) for name, value in point.items()) and all(
            holds_at(fact, point) for fact in self.relations
        )

    def _admitted(self, name: str, values: Iterable[Fraction]) -> list[Fraction]:
        if name in self.domain.values:
            return list(self.domain.values[name])
        found = [value for value in values if self._admits(name, value)]
        return found or _a_few_of(self.domain.range(name), name in self.domain.integers)

    def _admits(self, name: str, value: Fraction) -> bool:
        if name in self.domain.values:
            return value in self.domain.values[name]
        whole = name not in self.domain.integers or value.denominator == 1
        return whole and value in self.domain.range(name)


def holds_at(fact: Term, point: Point) -> bool:
    """Whether a condition certainly holds at a point."""
    if fact.head in ("and", "or"):
        return (all if fact.head == "and" else any)(holds_at(part, point) for part in fact.args)
    if fact.head not in RELATIONS:
        return fact.head == "true"
    gap = fact.args[0] - fact.args[1]
    exact = rational_at(gap, point)
    if exact is not None:
        below, above = exact < 0, exact > 0
    else:
        found = value_at(gap, point, 256)
        if found is None or found.contains(0):
            return False
        below, above = bool(found < 0), bool(found > 0)
    return int(above) - int(below) in SIGNS[fact.head]


def between(stops: list[Fraction], interval: Interval, beside: bool = True) -> list[Fraction]:
    """Simple rationals between neighbouring breakpoints and on each; with `beside`, close by and far out too."""
    low, high = interval.low, interval.high
    inner = sorted(place for place in set(stops) if place in interval)
    fences = [low, *inner, high]
    found = [simplest_between(a, b) for a, b in pairwise(fences) if a is None or b is None or a < b] + inner
    if not beside:
        return found
    for at, place in enumerate(inner):
        neighbours = inner[max(0, at - 1) : at] + inner[at + 1 : at + 2]
        nearest = min((abs(place - other) for other in neighbours), default=Fraction(1))
        found += [place + sign * nearest / size for size in (1000, 10**9) for sign in (-1, 1)]
    if inner:
        found += [inner[0] - Fraction(10) ** k for k in (1, 3)] + [inner[-1] + Fraction(10) ** k for k in (1, 3)]
    return found


def simplest_between(low: Fraction | None, high: Fraction | None) -> Fraction:
    """The rational with the smallest denominator strictly between; None is infinity."""
    if (low is None or low < 0) and (high is None or high > 0):
        return Fraction(0)
    if low is None or (high is not None and high <= 0):
        assert high is not None
        return -simplest_between(-high, None if low is None else -low)
    whole = Fraction(low.__floor__())
    if high is None or whole + 1 < high:
        return whole + 1
    return whole + 1 / simplest_between(1 / (high - whole), None if low == whole else 1 / (low - whole))


def _a_few_of(interval: Interval, whole: bool) -> list[Fraction]:
    """A few points of a range that holds no everyday number."""
    low, high = interval.low, interval.high
    if low is not None and low == high:
        return [low]
    found = [simplest_between(low, high)]
    if low is not None and high is not None:
        found += [low + (high - low) * Fraction(part, 7) for part in (1, 3, 6)]
    return [value for value in found if not whole or value.denominator == 1] or found
