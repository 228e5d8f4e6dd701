"""Samples: points at which candidates are judged, with the truth there, correctly rounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from flint import arb
from numpy.typing import NDArray

from derive.spec.domain import Domain
from derive.stabilisation.points import EVERYDAY, STRATA, Columns, ranges, within
from derive.term import Term, free_symbols
from derive.values.ball_columns import Points
from derive.values.bits import bits_between
from derive.values.formats import Floats, Format
from derive.values.rounding import correctly_rounded

EDGES: Final = "edges"
TAILS: Final = "tails"  # where exponentials, and those of squares, underflow
WEIGHTS: Final = {EVERYDAY: 2.0, EDGES: 0.1, TAILS: 0.5}  # times what another stratum counts
HIDDEN: Final = (EDGES, TAILS)  # strata that serve the search alone
COUNT: Final = 256  # points of a stratum
MAX_DRAWS: Final = 6  # where a formula is not defined everywhere
PRECISIONS: Final = (80, 160, 320, 1280, 2600, 5200)  # bits; the last holds the sum of the least and greatest float64


@dataclass(frozen=True, eq=False)
class Sample:
    """`length` points in `format_`; `truth` there; `strata`: the slice of each of STRATA that has points."""

    format_: Format
    columns: Mapping[str, Floats]
    truth: Floats
    strata: Mapping[str, slice]

    @property
    def length(self) -> int:
        return len(self.truth)

    def extended(self, stratum: str, columns: Columns, truth: Floats) -> Sample:
        """This sample and one more stratum, where that has points."""
        if not len(truth):
            return self
        joined = {name: np.concatenate([self.columns[name], column]) for name, column in columns.items()}
        part = slice(self.length, self.length + len(truth))
        return Sample(self.format_, joined, np.concatenate([self.truth, truth]), {**self.strata, stratum: part})

    @cached_property
    def worst(self) -> float:
        """The error of a NaN, in bits."""
        return 8.0 * self.format_.dtype.itemsize

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """Every stratum counts by its weight, however many points it has."""
        found = np.empty(self.length)
        for name, part in self.strata.items():
            found[part] = WEIGHTS.get(name, 1.0) / (part.stop - part.start)
        found /= found.sum()
        return found

    def bits(self, values: Floats) -> NDArray[np.float64]:
        """The error of each value: log2(1 + numbers of the format from it to the truth)."""
        wrong = np.isnan(values)
        places = self.format_.ordinals(np.where(wrong, 0, values).astype(self.format_.dtype))
        found = bits_between(np.minimum(places, self.places), np.maximum(places, self.places))
        found[wrong] = self.worst
        return found

    @cached_property
    def places(self) -> NDArray[np.int64]:
        return self.format_.ordinals(self.truth)


def draw(
    forms: Sequence[Term],
    domain: Domain,
    format_: Format,
    everyday: tuple[float, float] | None = None,
    count: int = COUNT,
    series: int = 0,
) -> Sample:
    """Points at which a formula has a value, the same on every machine.

    forms: the formula first, then others equal to it, which tell its value where balls of it stay wide.
    everyday: the range of every variable in the second stratum; a mixture of moderate magnitudes by default.
    series: which of many independent samples.
    """
    names = sorted(free_symbols(forms[0]))
    empty = np.empty(0, format_.dtype)
    sample = Sample(format_, dict.fromkeys(names, empty), empty, {})
    for number, (stratum, drawing) in enumerate(STRATA.items()):
        random, allowed = np.random.default_rng((series, number)), ranges(names, domain, format_, everyday)
        columns, truth = dict.fromkeys(names, empty), empty
        for _ in range(MAX_DRAWS):
            drawn = {name: random.permutation(drawing(range_, count, random)) for name, range_ in allowed.items()}
            drawn = within(domain, drawn, format_)
            found, known = truth_at(forms, drawn, format_)
            columns = {name: np.concatenate([columns[name], drawn[name][known]])[:count] for name in names}
            truth = np.concatenate([truth, found[known]])[:count]
            if len(truth) == count:
                break
        sample = sample.extended(stratum, columns, truth)
    return sample


def with_points(sample: Sample, stratum: str, columns: Columns, forms: Sequence[Term]) -> Sample:
    """`sample` and one more stratum: those of some points at which the formula has a value."""
    truth, known = truth_at(forms, columns, sample.format_)
    return sample.extended(stratum, {name: column[known] for name, column in columns.items()}, truth[known])


def truth_at(forms: Sequence[Term], columns: Columns, format_: Format) -> tuple[Floats, NDArray[np.bool_]]:
    """The correctly rounded values of a formula, and at which points it has one."""

    def points(picked: NDArray[np.intp]) -> Points:
        return Points(len(picked), {name: list(map(arb, column[picked].tolist())) for name, column in columns.items()})

    rounded = correctly_rounded(forms, points, len(next(iter(columns.values()))), format_, PRECISIONS)
    return rounded.nearest, rounded.known
