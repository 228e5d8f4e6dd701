"""Candidates: what the moves lead to, each judged at every point; the few that are worth leading on from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from derive.errors import UnsupportedError
from derive.rules.engine import Step
from derive.stabilisation.judge import Judge, weighted
from derive.stabilisation.moves import Moves
from derive.stabilisation.series import Approximation
from derive.term import Term, size, symbol

MAX_ROUNDS: Final = 6
MAX_BEST: Final = 12  # forms expanded on from for their mean error
MAX_SIDED: Final = 3  # for their mean error where a variable has one sign
MAX_COVER: Final = 10  # and for what they are at single points
SIZE_WEIGHT: Final = 0.02  # bits that a subterm must be worth
MAX_CANDIDATES: Final = 3000  # candidates
MAX_GROWTH: Final = 40  # subterms more than three times the formula's


@dataclass(frozen=True, eq=False)
class Candidate:
    """A form, the steps that expanded to it, and its error in bits at every point that it was judged at.

    approximation: for a form that is close to the formula, and only on an interval; None for one that is equal.
    """

    form: Term
    steps: tuple[Step, ...]
    bits: NDArray[np.float64]
    size: int
    approximation: Approximation | None = None

    def judged(self, judge: Judge) -> Candidate:
        """The same candidate at other points."""
        piece = self.approximation
        return replace(self, bits=judge.bits(self.form) if piece is None else judge.bits_within(piece))


class Pool:
    """Every candidate met."""

    def __init__(self, judge: Judge, moves: Moves) -> None:
        self.judge, self.moves = judge, moves
        self.found: dict[Term, Candidate] = {}

    def add(self, form: Term, steps: tuple[Step, ...] = ()) -> Candidate | None:
        """The candidate; None where it is known already, or is nothing that kernels compute."""
        if form in self.found:
            return None
        try:
            bits = self.judge.bits(form)
        except UnsupportedError:
            return None
        self.found[form] = Candidate(form, steps, bits, size(form))
        return self.found[form]

    def score(self, candidate: Candidate) -> float:
        return self.judge.mean(candidate.bits) + SIZE_WEIGHT * candidate.size

    def best(self, count: int) -> list[Candidate]:
        """The best by score; of those that err alike at every point, the smallest."""
        chosen: dict[bytes, Candidate] = {}
        for candidate in sorted(self.found.values(), key=self.score):
            chosen.setdefault(candidate.bits.tobytes(), candidate)
            if len(chosen) == count:
                break
        return list(chosen.values())

    def cover(self, count: int) -> list[Candidate]:
        """Those that together are best: each adds the most to what the ones before it leave."""
        return cover(list(self.found.values()), self.judge.weights, count)

    def sided(self, count: int) -> Iterator[Candidate]:
        """The best by score where a variable is negative, and where it is positive: what branches will be made of."""
        candidates = list(self.found.values())
        errors = np.array([candidate.bits for candidate in candidates])
        sizes = SIZE_WEIGHT * np.array([candidate.size for candidate in candidates])
        for name in self.judge.samples[0].columns:
            places = self.judge.places(symbol(name))
            for side in (places < 0, places > 0):
                weights = self.judge.weights * side
                if side.any():
                    order = np.argsort(weighted(errors, weights / weights.sum()) + sizes, kind="stable")
                    yield from (candidates[place] for place in order[:count])


def cover(candidates: Sequence[Candidate], weights: NDArray[np.float64], count: int) -> list[Candidate]:
    """Greedily, those whose pointwise least error has the least mean."""
    errors = np.array([candidate.bits for candidate in candidates])
    sizes = np.array([candidate.size for candidate in candidates])
    left = np.full(errors.shape[1], 1e3)
    chosen: list[Candidate] = []
    for _ in range(min(count, len(candidates))):
        reached = weighted(np.minimum(errors, left), weights)
        place = int(np.argmin(reached + 0.001 * sizes))
        chosen.append(candidates[place])
        left = np.minimum(left, errors[place])
    return list(dict.fromkeys(chosen))


def rounds(pool: Pool, starts: Iterable[tuple[Term, tuple[Step, ...]]]) -> Iterator[int]:
    """Fill the pool, round after round, from the forms given; the number of each round, once it is done."""
    roots = [found for form, steps in starts if (found := pool.add(form, steps))]
    largest = MAX_GROWTH + 3 * roots[0].size
    expanded: set[Term] = set()
    yield 0
    for number in range(1, MAX_ROUNDS + 1):
        chosen = dict.fromkeys([*pool.best(MAX_BEST), *pool.cover(MAX_COVER), *pool.sided(MAX_SIDED)])
        new = [candidate for candidate in chosen if candidate.form not in expanded]
        if not new:
            return
        for candidate in new:
            expanded.add(candidate.form)
            for step in pool.moves.steps(candidate.form):
                if step.after not in pool.found and size(step.after) <= largest:
                    pool.add(step.after, (*candidate.steps, step))
            if len(pool.found) > MAX_CANDIDATES:
                return
        yield number
