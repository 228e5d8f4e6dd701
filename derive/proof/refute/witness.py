"""The search for a witness: a rational point inside the domain where enclosures of two terms do not meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from sys import float_info
from typing import Final

from flint import ctx

from derive.calculus.derivative import depends
from derive.fuel import Fuel
from derive.proof.algebra.values import BITS, shown, sign_at, value_at
from derive.proof.kinks.smooth import turning_terms
from derive.proof.refute.completion import Point
from derive.proof.refute.points import Points
from derive.proof.refute.recheck import StatedClaim
from derive.proof.refute.stratum import Stratum
from derive.proof.verdict import Witness
from derive.term import Term, free_symbols, relation, substitute
from derive.values.costs import evaluation_costs

QUICK: Final = (256,)  # bits
THOROUGH: Final = (64, 256, 1024, 4096)
DEEP: Final = (2**16, 2**19)  # for a difference far out in a tail that decays exponentially
DEEP_SHARE: Final = 0.5  # of the fuel left
MAX_SEEN: Final = 8  # points that are kept, to see whether a formula has a value on the domain


@dataclass(frozen=True)
class Difference:
    """Where the two sides differ, and by how much relative to the larger."""

    witness: Witness
    gap: float
    point: Mapping[str, Fraction]


class Refuter:
    """Compares `left` with `right` where the function of a claim has a value.

    `left` is the derivative as it is in the pieces of the function, `right` the claim; a difference is a witness
    only where the claim as it was stated is checked anew.
    """

    def __init__(self, stated: StatedClaim, body: Term, left: Term, right: Term, points: Points, fuel: Fuel) -> None:
        self.stated, self.body, self.left, self.right = stated, body, left, right
        self.points, self.fuel = points, fuel
        along = stated.variable
        self.kinks = [part for part in turning_terms(body) if along is not None and depends(part, along)]
        mine = free_symbols(stated.body) | free_symbols(stated.claim)
        tied = (free_symbols(fact) for fact in points.relations)
        self.shown = mine.union(*(names for names in tied if names & mine))
        self.costs = evaluation_costs((*THOROUGH, *DEEP), body, left, right)
        self.compared = 0  # points at which both sides have a value
        self.seen: list[Point] = []  # the first few of them
        self.undefined_at: Point | None = None  # where the function has a derivative and the claim has no value

    def quick(self, count: int = 24) -> Difference | None:
        """A search among everyday points."""
        return self._search(self.points.everyday(count), QUICK)

    def differs_at(self, point: Mapping[str, Fraction]) -> bool:
        """Whether the sides differ at a point, which may be no witness."""
        self.fuel.spend(self.costs[QUICK[0]])
        mine, theirs = value_at(self.left, point, QUICK[0]), value_at(self.right, point, QUICK[0])
        return mine is not None and theirs is not None and not mine.overlaps(theirs)

    def thorough(self) -> Difference | None:
        """A search that sees every region along every variable."""
        turning = list(dict.fromkeys([*self.kinks, *turning_terms(self.left), *turning_terms(self.right)]))
        found = self._search(self.points.thorough(turning), THOROUGH)
        if found is None and turning:
            self.fuel = self.fuel.share(DEEP_SHARE)
            found = self._search(self.points.crossings(turning), DEEP)
        return found

    def meets(self, part: Stratum) -> bool:
        """Whether both sides have a value somewhere in a stratum, where its equations have irrational solutions too."""
        known = part.values()
        sides = [substitute(side, known) for side in (self.body, self.left, self.right)]
        kinks = [substitute(side, known) for side in self.kinks]
        ties = {relation("eq", name, value) for name, value in known.items()}
        free = replace(part.domain, relations=tuple(fact for fact in part.domain.relations if fact not in ties))
        for point in Points(self.points.names, free, [Stratum(free)], self.fuel).everyday():
            self.fuel.spend(self.costs[THOROUGH[0]])
            signs = (sign_at(kink, point) for kink in kinks)
            if all(value_at(side, point, BITS) is not None for side in sides) and all(signs):
                return True
        return False

    def _search(self, points: Iterable[Point], precisions: tuple[int, ...]) -> Difference | None:
        for point in points:
            found = self.compare(self.left, point, precisions)
            if found is not None:
                return found
        return None

    def compare(self, left: Term, point: Point, precisions: tuple[int, ...] = THOROUGH) -> Difference | None:
        """The difference between `left` and the right side at a point, at growing precision."""
        absent = False
        for bits in precisions:
            cost = self.costs[bits]
            if cost > self.fuel.left:
                break
            self.fuel.spend(cost)
            if value_at(self.body, point, bits) is None:
                continue
            mine, theirs = value_at(left, point, bits), value_at(self.right, point, bits)
            if mine is not None and theirs is not None:
                self.compared += 1
                absent = False
                if len(self.seen) < MAX_SEEN:
                    self.seen.append(point)
                if not mine.overlaps(theirs):
                    return self._checked(point, bits)
            elif mine is not None:
                absent = True
        if absent and self.undefined_at is None and self._derivative_at(point) is not None:
            self.undefined_at = point
        return None

    def _derivative_at(self, point: Point) -> Term | None:
        """A formula for the derivative at a point of the domain; None where it is not certain that there is one."""
        self.fuel.spend(2 * self.costs[THOROUGH[0]])
        return self.stated.derivative_at(point) if self.stated.admits(point) else None

    def _checked(self, point: Point, seen_at: int) -> Difference | None:
        """The difference at a point, if the claim as it was stated is certainly not the derivative there."""
        slope = self._derivative_at(point)
        if slope is None:
            return None
        for bits in (seen_at, *(more for more in THOROUGH if more > seen_at)):
            self.fuel.spend(self.costs[bits])
            mine, theirs = value_at(slope, point, bits), value_at(self.stated.claim, point, bits)
            if mine is not None and theirs is not None and not mine.overlaps(theirs):
                return self._difference(slope, point, bits)
        return None

    def _difference(self, left: Term, point: Point, bits: int) -> Difference:
        bits = max(bits, 256)
        mine, theirs = value_at(left, point, bits), value_at(self.stated.claim, point, bits)
        assert mine is not None
        assert theirs is not None
        before, ctx.prec = ctx.prec, bits
        try:
            gap = abs(mine - theirs) / abs(mine).max(abs(theirs))
            # A gap too small for a float is reported as the smallest one that is not.
            size = max(float(gap.mid()), float_info.min)
            above = "+" if mine > theirs else "-"
            nearly = f"the claim {above} {abs(mine - theirs).str(3, radius=False)}"
        finally:
            ctx.prec = before
        digits = 17 if size > 1e-12 else 45
        used = {name: value for name, value in point.items() if name in self.shown}
        sides = [shown(side, point, bits, digits) for side in (left, self.stated.claim)]
        if size < 1e-40:
            sides[0] = nearly
        return Difference(Witness(used, *sides), size, point)
