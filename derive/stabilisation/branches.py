"""Branches: which candidate to use where, by dynamic programming over points sorted along a key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from derive.stabilisation.judge import Judge
from derive.stabilisation.pool import Candidate
from derive.term import FUNCTIONS, Term, call, cases, decimal, free_symbols, relation, size, subterms, symbol

MAX_CUT_DIGITS: Final = 6  # digits of a cut
MAX_ROUNDING_LOSS: Final = 0.005  # bits that a cut of few digits may cost
CUT_PENALTY: Final = 0.01  # bits of the mean that a cut must gain
HIGHER_PENALTIES: Final = (0.3, 0.1, 0.05, 0.03, 0.02)  # so much, where fewer are wanted
MAXIMUM_WEIGHT: Final = 0.04  # what the largest error counts beside the mean, in the choice
BRANCH_WEIGHT: Final = 0.06  # bits that a branch must be worth
SIZE_WEIGHT: Final = 0.0015
KERNEL_FACTOR: Final = 4.0  # times what branches and size weigh in a kernel
HANDICAPS: Final = (0.03, 0.2, 1.0)  # bits that another form must be better than what was stated
MAX_PIECES: Final = 6
MAX_ARGUMENTS: Final = 3  # of functions, that branches may turn on


@dataclass(frozen=True, eq=False)
class Choice:
    """Pieces along `key`, in order, and the cuts between them: a piece holds below the cut after it."""

    pieces: tuple[Candidate, ...]
    key: Term | None = None
    cuts: tuple[Fraction, ...] = ()

    @property
    def form(self) -> Term:
        if self.key is None:
            return self.pieces[0].form
        chosen = [(piece.form, relation("lt", self.key, number(cut)))
                  for piece, cut in zip(self.pieces, self.cuts, strict=False)]  # fmt: skip
        return cases(*chosen, otherwise=self.pieces[-1].form)

    def is_in_bounds(self) -> bool:
        """Whether cuts are in order, and pieces that approximate are used where they do."""
        least = Fraction(0) if self.key is not None and self.key.head == "abs" else None
        bounds = [least, *self.cuts, None]
        inside = (
            known is None or (low is not None and high is not None and known.low <= low and high <= known.high)
            for piece, low, high in zip(self.pieces, bounds, bounds[1:], strict=False)
            for known in [piece.approximation]
        )
        return all(a < b for a, b in pairwise(self.cuts)) and all(inside)

    def parts(self) -> Iterator[tuple[Candidate, Term | None]]:
        """Each piece and the condition under which it is used; None: everywhere."""
        bounds: list[Fraction | None] = [None, *self.cuts, None]
        for piece, low, high in zip(self.pieces, bounds, bounds[1:], strict=False):
            ends = [(kind, cut) for kind, cut in (("ge", low), ("lt", high)) if cut is not None]
            conditions = tuple(relation(kind, self.key, number(cut)) for kind, cut in ends if self.key is not None)
            yield piece, Term("and", conditions) if len(conditions) > 1 else next(iter(conditions), None)


def number(cut: Fraction) -> Term:
    """A cut as it is read: a decimal, whole where it is long."""
    return -decimal(-cut) if cut < 0 else decimal(cut)


def keys(stated: Term) -> Iterator[Term]:
    """What branches may turn on: each variable, what functions are applied to where there are several variables, and
    the magnitudes of these."""
    names = sorted(free_symbols(stated))
    found = dict.fromkeys(map(symbol, names))
    if len(names) > 1:
        arguments = (node.args[0] for node in subterms(stated) if node.head in FUNCTIONS)
        found |= dict.fromkeys(argument for argument in arguments if argument.head not in ("num", "const"))
    for key in list(found)[: len(names) + MAX_ARGUMENTS]:
        yield key
        yield call("abs", key)


def choices(candidates: Sequence[Candidate], stated: Term, judge: Judge) -> Iterator[Choice]:
    """Candidates alone, then the best ways to join them along each key: for each penalty of a cut, for each handicap of
    what is not the formula as stated, and with two of the pieces alone."""
    yield from (Choice((candidate,)) for candidate in candidates if candidate.approximation is None)
    settings = [(CUT_PENALTY, handicap) for handicap in HANDICAPS] + [
        (penalty, HANDICAPS[0]) for penalty in HIGHER_PENALTIES
    ]
    for key in keys(stated):
        line = Line(key, judge)
        found = [line.joined(candidates, penalty, (stated, handicap)) for penalty, handicap in settings]
        pairs = dict.fromkeys(pair for one in found if one for pair in combinations(dict.fromkeys(one.pieces), 2))
        found += [line.joined(pair, CUT_PENALTY, (stated, HANDICAPS[0])) for pair in pairs]
        yield from {choice.form: choice for choice in found if choice is not None}.values()


def cost(choice: Choice, judge: Judge) -> float:
    """What choices are ranked by, in bits; a kernel pays for every branch at every point."""
    bits = judge.bits(choice.form)
    penalty = BRANCH_WEIGHT * (len(choice.pieces) - 1) + SIZE_WEIGHT * size(choice.form)
    return judge.mean(bits) + MAXIMUM_WEIGHT * judge.largest(bits) + penalty * (KERNEL_FACTOR if judge.total else 1.0)


def refined(choice: Choice, judge: Judge) -> Choice:
    """The same pieces, joined again where these samples say."""
    if choice.key is None:
        return choice
    pieces = [piece.judged(judge) for piece in dict.fromkeys(choice.pieces)]
    found = Line(choice.key, judge).joined(pieces)
    best = min((one for one in (found, choice) if one is not None), key=lambda one: cost(one, judge))
    return plainly_cut(best, judge)


def plainly_cut(choice: Choice, judge: Judge) -> Choice:
    """With cuts of few digits, where these do as well: points next to a cut say more of it than is so."""
    most = cost(choice, judge) + MAX_ROUNDING_LOSS

    def serves(other: Choice) -> bool:
        return other.is_in_bounds() and cost(other, judge) <= most

    for place, cut in enumerate(choice.cuts):
        shorter = dict.fromkeys(Fraction(f"{float(cut):.{digits}g}") for digits in range(1, MAX_CUT_DIGITS))
        tried = (
            replace(choice, cuts=(*choice.cuts[:place], other, *choice.cuts[place + 1 :])) for other in [*shorter, cut]
        )
        choice = next(one for one in tried if one.cuts[place] == cut or serves(one))
    return choice


class Line:
    """The points of samples along a key."""

    def __init__(self, key: Term, judge: Judge) -> None:
        self.key, self.places, self.weights = key, judge.places(key), judge.weights

    def serves(self, candidate: Candidate) -> bool:
        """Whether an interval of the key is one of the variable: a magnitude has two sides."""
        known = candidate.approximation
        return known is None or self.key.head == "sym" or known.low == -known.high

    def joined(
        self,
        candidates: Sequence[Candidate],
        penalty: float = CUT_PENALTY,
        favoured: tuple[Term | None, float] = (None, 0.0),
    ) -> Choice | None:
        """The cheapest sequence of pieces; None where one piece does, or too many are needed.

        favoured: a form, and the handicap in bits of every other.
        """
        candidates = [candidate for candidate in candidates if self.serves(candidate)]
        order = np.argsort(self.places, kind="stable")
        places = self.places[order]
        costs = np.array([candidate.bits[order] * self.weights[order] for candidate in candidates])
        costs += (
            np.array([[favoured[1] * (candidate.form != favoured[0])] for candidate in candidates])
            * self.weights[order]
        )
        # The smaller of two forms that err alike.
        costs += 1e-6 * np.array([[candidate.size] for candidate in candidates]) / costs.shape[1]
        path = _cheapest(
            costs, penalty, (places[1:] > places[:-1]) & np.isfinite(places[1:]) & np.isfinite(places[:-1])
        )
        starts = [0, *(np.flatnonzero(np.diff(path)) + 1).tolist()]
        pieces = tuple(candidates[path[at]] for at in starts)
        if not 1 < len(starts) <= MAX_PIECES or not self.ends(pieces):
            return None
        joins = zip(pieces, pieces[1:], starts[1:], strict=False)
        gaps = [_gap(a, b, places[at - 1], places[at]) for a, b, at in joins]
        if any(low >= high for low, high in gaps):
            return None
        return Choice(pieces, self.key, tuple(shortest(low, high) for low, high in gaps))

    def ends(self, pieces: tuple[Candidate, ...]) -> bool:
        """Whether what is used without end, on either side, is so equal to the formula."""
        unbounded = pieces[-1:] if self.key.head == "abs" else (pieces[0], pieces[-1])
        return all(piece.approximation is None for piece in unbounded)


def _gap(before: Candidate, after: Candidate, low: float, high: float) -> tuple[float, float]:
    """Where one piece may give way to the next, within what is proved of both."""
    if before.approximation is not None:
        high = min(high, float(before.approximation.high))
    if after.approximation is not None:
        low = max(low, float(after.approximation.low))
    return float(low), float(high)


def _cheapest(costs: NDArray[np.float64], penalty: float, gap: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The row to use in each column; to change row costs `penalty`, and needs a gap."""
    rows, length = costs.shape
    total, came = costs[:, 0].copy(), np.empty((length, rows), np.intp)
    stay = np.arange(rows)
    for column in range(1, length):
        best = int(np.argmin(total))
        change = gap[column - 1] & (total[best] + penalty < total)
        came[column] = np.where(change, best, stay)
        total = np.where(change, total[best] + penalty, total) + costs[:, column]
    path = np.empty(length, np.intp)
    path[-1] = int(np.argmin(total))
    for column in range(length - 1, 0, -1):
        path[column - 1] = came[column, path[column]]
    return path


def shortest(low: float, high: float) -> Fraction:
    """The number with the fewest decimal digits that is above `low`, and at most `high`; 0 where that may be."""
    if low < 0 <= high:
        return Fraction(0)
    if high <= 0:
        # -c is in (low, high] where c is in [-high, -low); as floats are apart, either end serves.
        found = -shortest(-high, -low)
        return found if found > Fraction(low) else Fraction(high)
    below, above = Fraction(low), Fraction(high)
    unit = Fraction(10) ** (len(str(int(above))) if above >= 1 else -len(str(int(1 / above))) + 1)
    while True:
        found = (above / unit).__floor__() * unit
        if found > below:
            return _middle(below, above, unit)
        unit /= 10


def _middle(below: Fraction, above: Fraction, unit: Fraction) -> Fraction:
    """The multiple of `unit` within, nearest to the middle."""
    found = ((below + above) / 2 / unit).__round__() * unit
    return found if below < found <= above else (above / unit).__floor__() * unit
