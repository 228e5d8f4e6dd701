"""Where candidates are judged: two strata of points with the truth there, correctly rounded.

All bit patterns of the format show overflow and underflow; the everyday range is where users live.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final

import numpy as np
from flint import arb
from numpy.typing import NDArray

from derive.spec.domain import Domain
from derive.term import TRUE, Term, free_symbols
from derive.values.ball_columns import Points
from derive.values.bits import bits_between
from derive.values.formats import Floats, Format
from derive.values.rounded import Machine
from derive.values.rounding import correctly_rounded
from derive.values.samples import SampleRange

EVERYDAY: Final = "everyday"
STRATA: Final = ("all floats", EVERYDAY)
EDGES: Final = "edges"
TAILS: Final = "tails"  # where exponentials, and those of squares, fade
WEIGHTS: Final = {EVERYDAY: 2.0, EDGES: 0.1, TAILS: 0.5}  # times what another stratum counts
HIDDEN: Final = (EDGES, TAILS)  # strata that serve the search alone
BEYOND: Final = 1.05  # of where a value is 0 by rounding, tails reach
MODERATE: Final = 4.0
COUNT: Final = 256  # points of a stratum
DRAWS: Final = 6  # at most, where a formula is not defined everywhere
PRECISIONS: Final = (
    80,
    160,
    320,
    1280,
    2600,
    5200,
)  # bits; the last holds the sum of the least and the greatest float64


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
    parts = [_stratum(name, forms, domain, format_, everyday, count, series) for name in STRATA]
    strata, start = {}, 0
    for name, (_, truth) in zip(STRATA, parts, strict=True):
        if len(truth):
            strata[name] = slice(start, start + len(truth))
        start += len(truth)
    names = sorted(free_symbols(forms[0]))
    columns = {name: np.concatenate([part[0][name] for part in parts]) for name in names}
    return Sample(format_, columns, np.concatenate([truth for _, truth in parts]), strata)


def edges(names: Iterable[str], domain: Domain, format_: Format) -> dict[str, Floats]:
    """The ends of the format and of the domain, subnormal numbers, where exponentials overflow."""
    random = np.random.default_rng(0)
    columns: dict[str, Floats] = {}
    for name in names:
        special = SampleRange(domain.range(name), format_, None, domain.values.get(name, ())).special()
        inside = [value for value in special[np.isfinite(special)] if Fraction(float(value)) in domain.range(name)]
        columns[name] = random.permutation(np.array(inside, format_.dtype))
    length = min(map(len, columns.values()))
    columns = {name: column[:length] for name, column in columns.items()}
    held = holds(domain, columns, format_)
    return {name: column[held] for name, column in columns.items()}


def tails(names: Sequence[str], domain: Domain, format_: Format, count: int, series: int) -> dict[str, Floats]:
    """One variable as far out as exponentials of it, or of its square, last; the others at moderate magnitudes."""
    random = np.random.default_rng((series, len(STRATA)))
    reach = -math.log(2) * format_.lowest * BEYOND
    far = np.where(random.random(count) < 0.5, reach, math.sqrt(2 * reach)) * random.uniform(-1, 1, count)
    turn = random.integers(len(names), size=count)
    columns = {
        name: np.where(turn == place, far, random.uniform(-MODERATE, MODERATE, count)).astype(format_.dtype)
        for place, name in enumerate(names)
    }
    held = holds(domain, columns, format_)
    for name, column in columns.items():
        held &= SampleRange(domain.range(name), format_).place(column) == 0
    return {name: column[held] for name, column in columns.items()}


def with_points(sample: Sample, name: str, columns: Mapping[str, Floats], forms: Sequence[Term]) -> Sample:
    """`sample` and one more stratum: those of some points at which the formula has a value."""
    truth, known = truth_at(forms, columns, sample.format_)
    if not known.any():
        return sample
    strata = {**sample.strata, name: slice(sample.length, sample.length + int(known.sum()))}
    joined = {v: np.concatenate([sample.columns[v], columns[v][known]]) for v in columns}
    return Sample(sample.format_, joined, np.concatenate([sample.truth, truth[known]]), strata)


def _stratum(
    name: str,
    forms: Sequence[Term],
    domain: Domain,
    format_: Format,
    everyday: tuple[float, float] | None,
    count: int,
    series: int,
) -> tuple[dict[str, Floats], Floats]:
    names = sorted(free_symbols(forms[0]))
    columns = {variable: np.empty(0, format_.dtype) for variable in names}
    truth = np.empty(0, format_.dtype)
    random = np.random.default_rng((series, STRATA.index(name)))
    for _ in range(DRAWS):
        drawn = {variable: _column(variable, name, domain, format_, everyday, count, random) for variable in names}
        held = holds(domain, drawn, format_)
        drawn = {variable: column[held] for variable, column in drawn.items()}
        found, known = truth_at(forms, drawn, format_)
        columns = {v: np.concatenate([columns[v], drawn[v][known]])[:count] for v in names}
        truth = np.concatenate([truth, found[known]])[:count]
        if len(truth) == count:
            break
    return columns, truth


def _column(
    variable: str,
    stratum: str,
    domain: Domain,
    format_: Format,
    everyday: tuple[float, float] | None,
    count: int,
    random: np.random.Generator,
) -> Floats:
    range_ = SampleRange(
        domain.range(variable), format_, everyday, domain.values.get(variable, ()), variable in domain.integers
    )
    drawn = range_.patterns(count, random) if stratum == STRATA[0] else range_.common(count, random)
    return random.permutation(drawn)


def holds(domain: Domain, columns: Mapping[str, Floats], format_: Format) -> NDArray[np.bool_]:
    """At which points the relations of a domain hold."""
    machine = Machine(format_, columns)
    found = machine.value(TRUE).astype(bool)
    for fact in domain.relations:
        if free_symbols(fact) <= set(columns):
            found &= machine.value(fact).astype(bool)
    return found


def truth_at(forms: Sequence[Term], columns: Mapping[str, Floats], format_: Format) -> tuple[Floats, NDArray[np.bool_]]:
    """The correctly rounded values of a formula, and at which points it has one."""

    def points(picked: NDArray[np.intp]) -> Points:
        return Points(len(picked), {name: list(map(arb, column[picked].tolist())) for name, column in columns.items()})

    length = len(next(iter(columns.values())))
    rounded = correctly_rounded(forms, points, length, format_, PRECISIONS)
    return rounded.nearest, rounded.known
