"""A witness of an indexed claim checked on arrays: the hypotheses as stated, and the sums as they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import product
from typing import Final

from derive.calculus.axes import free_ranges, occurrences
from derive.calculus.indices import Range, index_names
from derive.proof.algebra.values import FAILURES, rational_at
from derive.proof.refute.recheck import Unclear, holds, is_admitted
from derive.spec.domain import Domain
from derive.term import Term, subterms
from derive.values.balls import Component, enclose, exact

BITS: Final = 256
# Values for components that neither function nor claim has in it.
FILLINGS: Final = tuple(map(Fraction, ("1/2 1 0 2 -1/2 -1 -2 1/5 3 10 -10".split())))
Entries = dict[tuple[int, ...], Fraction]
Matrix = list[list[Fraction]]


@dataclass(frozen=True)
class Arrays:
    """An indexed claim as it was stated, at one size and one choice of indices."""

    body: Term
    claim: Term
    domain: Domain
    place: Mapping[str, int]

    def agrees(self, point: Mapping[str, Fraction], body: Term, claim: Term) -> bool:
        """Whether a point satisfies the hypotheses, and `body` and `claim` are there what was stated."""
        found = {name: self.entries(name, point) for name in self.domain.axes}
        arrays = {name: entries for name, entries in found.items() if entries is not None}
        if len(arrays) < len(found) or not all(map(self.has_properties, arrays, arrays.values())):
            return False
        values = self.values(arrays, point)
        if not all(is_admitted(name, Fraction(at), self.domain) for name, at in self.place.items()):
            return False
        if not all(self.satisfies(fact, values) for fact in self.domain.relations):
            return False
        return all(self.is_the_same(*pair, values, point) for pair in ((self.body, body), (self.claim, claim)))

    def span(self, along: Range) -> range:
        place = {name: Fraction(at) for name, at in self.place.items()}
        first, last = (rational_at(end, place) for end in along)
        if first is None or last is None:
            raise Unclear
        return range(int(first), int(last) + 1)

    def entries(self, name: str, point: Mapping[str, Fraction]) -> Entries | None:
        """The components of an array; those that the claim does not mention are any that may be."""
        found: Entries = {}
        for places in product(*map(self.span, self.domain.axes[name])):
            written = f"{name}[{', '.join(map(str, places))}]"
            choices = (point[written],) if written in point else (*self.domain.values.get(name, ()), *FILLINGS)
            admitted = next((value for value in choices if is_admitted(name, value, self.domain)), None)
            if admitted is None:
                return None
            found[places] = admitted
        return found

    def values(self, arrays: Mapping[str, Entries], point: Mapping[str, Fraction]) -> dict[str, Component]:
        """What names stand for, arrays as nested tuples that begin at 0."""
        known: dict[str, Component] = {name: value for name, value in point.items() if "[" not in name}
        known |= {name: Fraction(at) for name, at in self.place.items()}
        return known | {name: _nested(entries, self.first) for name, entries in arrays.items()}

    @property
    def first(self) -> int:
        """Where the axes begin; 0 if they differ, or where arrays are padded to."""
        firsts = {self.span(along).start for axes in self.domain.axes.values() for along in axes}
        return firsts.pop() if len(firsts) == 1 else 0

    def satisfies(self, fact: Term, values: dict[str, Component]) -> bool:
        """Whether a hypothesis certainly holds, for each place of an index that it has."""
        try:
            places = (at for at in self.at_each_place(fact, values) if self.lies_inside(fact, at))
            return all(holds(fact, partial(self.sign, values=at)) for at in places)
        except Unclear:
            return False

    def at_each_place(self, fact: Term, values: dict[str, Component]) -> Iterator[dict[str, Component]]:
        axes: dict[str, list[Range | None]] = {name: list(found) for name, found in self.domain.axes.items()}
        ranges = free_ranges(axes, occurrences(fact))
        names = sorted((index_names(fact) & ranges.keys()) - self.place.keys())
        for choice in product(*(self.span(ranges[name]) for name in names)):
            yield values | dict(zip(names, map(Fraction, choice), strict=True))

    def lies_inside(self, fact: Term, values: dict[str, Component]) -> bool:
        """Whether the components that a hypothesis has at a place exist: x[i] < x[i + 1] says nothing of the last."""
        known = {name: value for name, value in values.items() if isinstance(value, Fraction)}
        for node in (node for node in subterms(fact) if node.head == "index"):
            for place, along in zip(node.args[1:], self.domain.axes.get(node.args[0].name, ()), strict=False):
                at = rational_at(place, known)
                if at is not None and (at.denominator != 1 or int(at) not in self.span(along)):
                    return False
        return True

    def sign(self, gap: Term, values: dict[str, Component]) -> int:
        try:
            value = exact(gap, values, self.first)
            if value is not None:
                return (value > 0) - (value < 0)
            ball = enclose(gap, values, BITS, self.first)
        except FAILURES:
            raise Unclear from None
        if not (ball > 0 or ball < 0):
            raise Unclear
        return 1 if ball > 0 else -1

    def is_the_same(
        self, stated: Term, written: Term, values: dict[str, Component], point: Mapping[str, Fraction]
    ) -> bool:
        """Whether a formula written out has the value of the one that was stated, as far as balls tell."""
        try:
            return bool(enclose(stated, values, BITS, self.first).overlaps(enclose(written, point, BITS)))
        except FAILURES:
            return False

    def has_properties(self, name: str, entries: Entries) -> bool:
        words = {word for other, word in self.domain.properties if other == name}
        rows: dict[tuple[int, ...], list[Fraction]] = {}
        for places, value in entries.items():
            rows.setdefault(places[:-1], []).append(value)
        lines = list(rows.values())
        if "simplex" in words and not all(sum(row) == 1 and min(row) >= 0 for row in lines):
            return False
        if "onehot" in words and not all(sorted(row) == [0] * (len(row) - 1) + [1] for row in lines):
            return False
        if words & {"spd", "symmetric"} and any(entries[places] != entries[places[::-1]] for places in entries):
            return False
        minors = [_determinant([line[:size] for line in lines[:size]]) for size in range(1, len(lines) + 1)] \
            if words & {"spd", "posdet"} else []  # fmt: skip
        return all(minor > 0 for minor in (minors if "spd" in words else minors[-1:]))


def _nested(entries: Entries, first: int) -> tuple[Component, ...]:
    """The components as tuples within tuples, the first at place `first`."""
    heads = sorted({places[0] for places in entries})
    padding = (Fraction(0),) * (heads[0] - first)
    if len(next(iter(entries))) == 1:
        return (*padding, *(entries[head,] for head in heads))
    parts = ({places[1:]: value for places, value in entries.items() if places[0] == head} for head in heads)
    return (*padding, *(_nested(part, first) for part in parts))


def _determinant(lines: Matrix) -> Fraction:
    """By elimination, exactly."""
    lines, found = [list(line) for line in lines], Fraction(1)
    for at in range(len(lines)):
        pivot = next((row for row in range(at, len(lines)) if lines[row][at]), None)
        if pivot is None:
            return Fraction(0)
        if pivot != at:
            lines[at], lines[pivot], found = lines[pivot], lines[at], -found
        found *= lines[at][at]
        for row in range(at + 1, len(lines)):
            scale = lines[row][at] / lines[at][at]
            lines[row] = [mine - scale * above for mine, above in zip(lines[row], lines[at], strict=True)]
    return found
