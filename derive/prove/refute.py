"""The search for a witness: a rational point inside the domain where enclosures of two terms do not meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Final

from flint import ctx

from derive.domain import Domain, Interval
from derive.prove.breakpoints import breakpoints
from derive.prove.field import Deadline
from derive.prove.smooth import STEPPED, turning_terms
from derive.prove.values import shown, value_at
from derive.prove.verdict import Witness
from derive.term import RELATIONS, Term, free_symbols, subterms

Point = dict[str, Fraction]
EVERYDAY: Final = tuple(map(Fraction, (
    "1/2 1/3 2 -1 3/2 -1/2 1 -2 3 1/5 -1/3 3/4 5 -3 1/4 -3/2 2/3 7/2 -5 1/10 4 9/10 0 8 -8 10 -10 7 -7 1/20 19/20 6 -6"
).split()))  # fmt: skip
FAR: Final = tuple(
    sign * Fraction(10) ** power * digit
    for power in (2, -2, 3, -3, 4, -4, 6, -6, 9, -9, 12, -12, 20, -20, 30, -30)
    for digit in (1, 3)
    for sign in (1, -1)
) + tuple(map(Fraction, (15, 20, 25, 30, 40, 50, 60, 80, 88, -15, -20, -25, -30, -40, -50, -60, -80, -88)))
PRECISIONS: Final = (64, 256, 1024, 4096)  # bits


@dataclass(frozen=True)
class Difference:
    """Where the two sides differ, and by how much relative to the larger."""

    witness: Witness
    gap: float
    point: Mapping[str, Fraction]


class Refuter:
    """Compares `left` (a derivative that holds off the zeros of `kinks`) with `right` at points of a domain."""

    def __init__(self, body: Term, left: Term, right: Term, domain: Domain, first: str, deadline: Deadline) -> None:
        self.body, self.left, self.right, self.domain, self.deadline = body, left, right, domain, deadline
        self.kinks = turning_terms(body)
        self.steps = [node.args[0] for node in subterms(body) if node.head in STEPPED]
        self.relations = [fact for fact in domain.relations if fact.head in (*RELATIONS, "and", "or", "not")]
        related = frozenset().union(*map(free_symbols, self.relations))
        names = free_symbols(body) | free_symbols(left) | free_symbols(right)
        others = sorted(names - {first}) + sorted(related - names - {first})
        self.names = [first, *others]
        self.compared = 0  # points at which both sides have a value
        self.undefined_at: Point | None = None  # a point where the left side is defined and the right is not

    # Points

    def everyday(self, count: int = 24) -> Iterator[Point]:
        """Points that read well, the simplest first."""
        choices = [self._admitted(name, EVERYDAY) for name in self.names]
        if all(choices):
            for turn in range(count):
                yield {name: values[(turn * (1 + 2 * (at % 3)) + at) % len(values)]
                       for at, (name, values) in enumerate(zip(self.names, choices, strict=True))}  # fmt: skip

    def thorough(self) -> Iterator[Point]:
        """Points between and beside all breakpoints, along every variable; then magnitudes of all sizes."""
        bases = [point for point in islice(self.everyday(40), 40) if self.inside(point)][:6]
        turning = list(dict.fromkeys([*self.kinks, *turning_terms(self.left), *turning_terms(self.right)]))
        for base in bases:
            for name in self.names:
                yield from self._along(name, base, turning)
        for base in bases[:3]:
            for name in self.names:
                for value in self._admitted(name, FAR):
                    yield {**base, name: value}
        yield from self.everyday(200)

    def _along(self, name: str, base: Point, turning: list[Term]) -> Iterator[Point]:
        interval = self.domain.range(name)
        places = breakpoints(turning, name, base, interval, self.deadline)
        for value in _between(places, interval):
            if self._admits(name, value):
                yield {**base, name: value}

    def _admitted(self, name: str, values: Iterable[Fraction]) -> list[Fraction]:
        if name in self.domain.values:
            return list(self.domain.values[name])
        found = [value for value in values if self._admits(name, value)]
        return found or _inside(self.domain.range(name), name in self.domain.integers)

    def _admits(self, name: str, value: Fraction) -> bool:
        if name in self.domain.values:
            return value in self.domain.values[name]
        whole = name not in self.domain.integers or value.denominator == 1
        return whole and value in self.domain.range(name)

    def inside(self, point: Point) -> bool:
        """Whether the relations of the domain hold at a point of its ranges."""
        return all(_holds(fact, point) for fact in self.relations)

    # Comparison

    def search(self, points: Iterable[Point], precisions: tuple[int, ...] = PRECISIONS) -> Difference | None:
        for point in points:
            self.deadline.check()
            found = self.differ_at(point, precisions)
            if found is not None:
                return found
        return None

    def differ_at(self, point: Point, precisions: tuple[int, ...] = PRECISIONS) -> Difference | None:
        """The difference at a point of the domain off the kinks, or None."""
        if not self.inside(point) or not self._off_kinks(point):
            return None
        return self.compare(self.left, point, precisions)

    def compare(self, left: Term, point: Point, precisions: tuple[int, ...] = PRECISIONS) -> Difference | None:
        """The difference between `left` and the right side at a point, at growing precision."""
        absent = False
        for bits in precisions:
            self.deadline.check()
            if value_at(self.body, point, bits) is None:
                continue
            mine, theirs = value_at(left, point, bits), value_at(self.right, point, bits)
            if mine is not None and theirs is not None:
                self.compared += 1
                absent = False
                if not mine.overlaps(theirs):
                    return self._difference(left, point, bits)
            elif mine is not None:
                absent = True
        if absent and self.undefined_at is None:
            self.undefined_at = point
        return None

    def _off_kinks(self, point: Point) -> bool:
        for turning in self.kinks:
            found = value_at(turning, point, 128)
            if found is None or found.contains(0):
                return False
        return all(_off_integers(step, point) for step in self.steps)

    def _difference(self, left: Term, point: Point, bits: int) -> Difference:
        bits = max(bits, 256)
        mine, theirs = value_at(left, point, bits), value_at(self.right, point, bits)
        assert mine is not None and theirs is not None
        before, ctx.prec = ctx.prec, bits
        try:
            size = abs(mine).max(abs(theirs))
            gap = float((abs(mine - theirs) / size).mid())
        finally:
            ctx.prec = before
        digits = 17 if gap > 1e-14 else 40 if gap > 1e-36 else 120
        used = {name: value for name, value in point.items() if name in self.names}
        sides = [shown(side, point, bits, digits) for side in (left, self.right)]
        return Difference(Witness(used, *sides), gap, point)


def _holds(fact: Term, point: Point) -> bool:
    if fact.head in ("and", "or", "not"):
        parts = [_holds(part, point) for part in fact.args]
        return all(parts) if fact.head == "and" else any(parts) if fact.head == "or" else not parts[0]
    found = value_at(fact.args[0] - fact.args[1], point, 256)
    if found is None:
        return False
    if found.is_zero():
        return fact.head in ("le", "ge", "eq")
    below, above = bool(found < 0), bool(found > 0)
    return {"lt": below, "le": below, "gt": above, "ge": above, "eq": False, "ne": below or above}[fact.head]


def _off_integers(step: Term, point: Point) -> bool:
    found = value_at(step, point, 128)
    return found is not None and not found.contains_integer()


def _between(places: list[Fraction], interval: Interval) -> list[Fraction]:
    """Simple rationals between neighbouring breakpoints, beyond the outermost, beside and on each."""
    low, high = interval.low, interval.high
    inner = sorted(place for place in set(places) if place in interval)
    fences: list[Fraction | None] = [low, *inner, high]
    found = [
        simplest_between(a, b) for a, b in zip(fences, fences[1:], strict=False) if a is None or b is None or a < b
    ]
    for place in inner:
        nearest = min((abs(place - other) for other in inner if other != place), default=Fraction(1))
        for step in (nearest / 1000, nearest / 10**9):
            found += [place - step, place + step]
        found.append(place)
    if inner:
        found += [inner[0] - Fraction(10) ** k for k in (1, 3)] + [inner[-1] + Fraction(10) ** k for k in (1, 3)]
    return found


def simplest_between(low: Fraction | None, high: Fraction | None) -> Fraction:
    """The rational with the smallest denominator strictly between; None is infinity."""
    if low is None and high is None:
        return Fraction(0)
    if low is None:
        assert high is not None
        return -simplest_between(-high, None)
    if high is None:
        return Fraction(0) if low < 0 else Fraction(low.__floor__() + 1)
    if low < 0 < high:
        return Fraction(0)
    if high <= 0:
        return -simplest_between(-high, -low)
    whole = Fraction(low.__floor__() + 1)
    if whole < high:
        return whole
    base = low.__floor__()
    if low == base:
        return base + 1 / simplest_between(1 / (high - base), None)
    return base + 1 / simplest_between(1 / (high - base), 1 / (low - base))


def _inside(interval: Interval, whole: bool) -> list[Fraction]:
    """A few points of a range that holds no everyday number."""
    first = simplest_between(interval.low, interval.high) if interval.low != interval.high else interval.low
    assert first is not None
    found = [first]
    if interval.low is not None and interval.high is not None:
        width = interval.high - interval.low
        found += [interval.low + width * Fraction(part, 7) for part in (1, 3, 6)]
    return [value for value in found if not whole or value.denominator == 1]
