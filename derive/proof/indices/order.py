"""`IndexOrder`: how the places that indices name lie to each other, from the ranges of the indices."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import gcd, lcm
from typing import Final

from derive.calculus.derivative import minus, plus, times
from derive.calculus.indices import Range
from derive.proof.algebra.field import OutOfReach
from derive.proof.algebra.linear import Linear, combination, infeasible
from derive.spec.domain import Interval
from derive.term import ZERO, Term, free_symbols, substitute, symbol, term

Affine = Linear[str]  # the constant stands under CONSTANT
CONSTANT: Final = ""
BOUND: Final = "#"  # begins the names of bound indices


class NeedOrder(Exception):  # noqa: N818 - a question, not an error
    """Whether `left` lies before, at or after `right` must be known to go on."""

    def __init__(self, left: Term, right: Term) -> None:
        self.left, self.right = left, right


def affine(root: Term) -> Affine | None:
    """`root` as a rational combination of names; None for anything else."""
    parts = combination(root)
    if parts is None or any(part is not None and part.head != "sym" for part in parts):
        return None
    return {CONSTANT if part is None else part.name: value for part, value in parts.items()}


def difference(left: Term, right: Term) -> Affine | None:
    return affine(left - right)


def written(affine_: Affine) -> Term:
    """The Term that writes an affine form, in the order of the names."""
    total = ZERO
    for name in sorted(affine_.keys() - {CONSTANT}):
        part = times(term(abs(affine_[name])), symbol(name))
        total = plus(total, part) if affine_[name] > 0 else minus(total, part)
    constant = affine_.get(CONSTANT, Fraction(0))
    return plus(total, term(constant)) if constant >= 0 or total is ZERO else minus(total, term(-constant))


def _whole(form: Affine | None) -> Affine | None:
    """The form times what makes its coefficients whole, so that from one place to the next it moves by 1 or more."""
    if form is None:
        return None
    scale = lcm(*(value.denominator for value in form.values()))
    return {name: value * scale for name, value in form.items()}


def _may_vanish(form: Affine) -> bool:
    """Whether a form with whole coefficients is 0 for some whole numbers: 2*j - 7 is not."""
    return form.get(CONSTANT, Fraction(0)) % _common(form) == 0


def reduced(form: Affine | None) -> Affine | None:
    """The form without what divides the coefficients of its names: 2*j - 8 vanishes where j - 4 does."""
    whole = _whole(form)
    if whole is None:
        return None
    return {name: value / _common(whole) for name, value in whole.items()}


def _common(form: Affine) -> int:
    return gcd(*(value.numerator for name, value in form.items() if name != CONSTANT)) or 1


class IndexOrder:
    """The ranges of indices, and what is assumed besides; sizes are at least 1, or what their range says."""

    def __init__(self, sizes: Mapping[str, Interval]) -> None:
        self.ranges: dict[str, Range] = {}
        self.sizes = dict(sizes)
        self.met: list[Term] = []
        self.assumed: list[Affine] = [
            {size: Fraction(1), CONSTANT: Fraction(-self.least(size))} for size in sizes
        ]  # each >= 0

    def least(self, size: str) -> int:
        """The least value of a size."""
        low = self.sizes[size].low
        return 1 if low is None else max(1, low.__floor__() + 1 if self.sizes[size].low_open else low.__ceil__())

    @property
    def names(self) -> set[str]:
        """Indices and sizes."""
        return {*self.ranges, *(name for fact in self.assumed for name in fact)}

    def is_place(self, name: str) -> bool:
        """Whether a name stands for an index or a size, and so for a whole number."""
        return name.startswith(BOUND) or name in self.names

    def assuming(self, left: Term, right: Term, sign: int) -> IndexOrder:
        """These places, with `left` before (-1) or after (1) `right`."""
        other = IndexOrder(self.sizes)
        apart = _whole(difference(left, right) if sign > 0 else difference(right, left))
        if apart is None:
            raise OutOfReach(f"whether {left} lies before {right} is not known")
        other.ranges = dict(self.ranges)
        other.assumed = [*self.assumed, {**apart, CONSTANT: apart.get(CONSTANT, Fraction(0)) - 1}]
        return other

    def meeting(self, left: Term, right: Term) -> tuple[str, Term, IndexOrder]:
        """An index (else a size), its place where `left` and `right` meet, and what is then known of the others."""
        apart = reduced(difference(left, right)) or {}
        for name in sorted(apart, key=lambda name: (name not in self.ranges, name)):
            if name != CONSTANT and abs(apart[name]) == 1:
                place = written({n: -apart[name] * value for n, value in apart.items() if n != name})
                return name, place, self._met(name, place)
        raise OutOfReach(f"{left} = {right} is not solved for an index")

    def _met(self, name: str, place: Term) -> IndexOrder:
        """These places with the index `name` gone: what was known of it holds of `place`."""
        other, by = IndexOrder(self.sizes), {symbol(name): place}
        known = self._facts({name: Fraction(1)})
        other.assumed = [fact for fact in (affine(substitute(written(fact), by)) for fact in known) if fact is not None]
        other.ranges = {index: (substitute(first, by), substitute(last, by))
                        for index, (first, last) in self.ranges.items() if index != name}  # fmt: skip
        return other

    def compare(self, left: Term, right: Term) -> frozenset[int]:
        """The signs that `left - right` may have: a subset of -1, 0, 1."""
        apart = _whole(difference(left, right))
        if apart is None or not all(self.is_place(name) for name in apart.keys() - {CONSTANT}):
            return frozenset((-1, 0, 1))
        if not apart.keys() - {CONSTANT}:
            value = apart.get(CONSTANT, Fraction(0))
            return frozenset(((value > 0) - (value < 0),))
        facts = self._facts(apart)
        back = {name: -value for name, value in apart.items()}
        after = {**apart, CONSTANT: apart.get(CONSTANT, Fraction(0)) - 1}
        before = {**back, CONSTANT: back.get(CONSTANT, Fraction(0)) - 1}
        trials: dict[int, list[Affine]] = {-1: [before], 0: [apart, back], 1: [after]}
        possible = [sign for sign in trials if sign or _may_vanish(apart)]
        return frozenset(
            sign for sign in possible if not infeasible([(fact, False) for fact in (*facts, *trials[sign])])
        )

    def settled(self, place: Term) -> Term:
        """One spelling for all places that are certainly the same."""
        form = affine(place)
        place = place if form is None else written(form)
        if len(self.assumed) == len(self.sizes) or any(name.startswith(BOUND) for name in free_symbols(place)):
            return place
        for other in self.met:
            if self.compare(place, other) == {0}:
                return other
        self.met.append(place)
        return place

    def ask(self, left: Term, right: Term) -> None:
        """Raise NeedPlace, unless the answer may differ from one value of a bound index to the next."""
        if not any(name.startswith(BOUND) for name in free_symbols(left) | free_symbols(right)):
            raise NeedOrder(left, right)

    def _facts(self, about: Affine) -> list[Affine]:
        """What is known of the names in `about`, and of the names in that.

        A range is used for its own index alone: that the index exists says that the range is not empty.
        """
        facts, seen, waiting = list(self.assumed), set[str](), [about]
        while waiting:
            for name in waiting.pop().keys() - seen:
                seen.add(name)
                if name in self.ranges:
                    first, last = self.ranges[name]
                    index = Term("sym", (), name)
                    found = [difference(index, first), difference(last, index)]
                    known = [fact for fact in found if fact is not None]
                    facts += known
                    waiting += known
        return facts
