"""Points to try forms at: those of a stratum, the edges of a format and a domain, and where forms differ most."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

import numpy as np

from derive.limits.turning import turning_points
from derive.spec.domain import Domain
from derive.term import TRUE, Term, free_symbols, symbol
from derive.values.formats import FORMATS, Floats, Format
from derive.values.rounded import Machine
from derive.values.samples import INSIDE, Random, SampleRange, cartesian, few

Columns = Mapping[str, Floats]  # the values of each variable at some points

ALL_FLOATS: Final = "all floats"
EVERYDAY: Final = "everyday"
# All bit patterns of the format show overflow and underflow; the everyday range is where users live.
STRATA: Final[Mapping[str, Callable[[SampleRange, int, Random], Floats]]] = {
    ALL_FLOATS: SampleRange.patterns, EVERYDAY: SampleRange.common,
}  # fmt: skip
MAX_EDGES: Final = 256  # of several variables together
TAIL_REACH: Final = 1.05  # tails end so far beyond where an exponential is 0 by rounding
MAX_MODERATE: Final = 4.0  # in magnitude, of the other variables
GRID_SIZE: Final = 1024  # points that a search for the last one looks at together
MIN_DISTANCE: Final = 4  # bits: nearer to a threshold, how an exponential is rounded decides
NEIGHBOURS: Final = 4  # numbers on either side of a critical point


def ranges(
    names: Iterable[str], domain: Domain, format_: Format, everyday: tuple[float, float] | None = None
) -> dict[str, SampleRange]:
    """The numbers that each variable may be."""
    return {
        name: SampleRange(domain.range(name), format_, everyday, domain.values.get(name, ()), name in domain.integers)
        for name in sorted(names)
    }


def within(domain: Domain, columns: Columns, format_: Format) -> dict[str, Floats]:
    """Those of the points at which the relations of a domain hold."""
    machine = Machine(format_, columns)
    inside = machine.value(TRUE).astype(bool)
    for fact in domain.relations:
        if free_symbols(fact) <= set(columns):
            inside &= machine.value(fact).astype(bool)
    return {name: column[inside] for name, column in columns.items()}


def special_points(allowed: Mapping[str, SampleRange], thresholds: Iterable[Fraction] = ()) -> dict[str, Floats]:
    """For each variable the ends of the format and of the domain, subnormal numbers, where exponentials overflow, and
    `thresholds` with their neighbours."""
    found = {name: range_.special(thresholds) for name, range_ in allowed.items()}
    return {name: values[allowed[name].place(values) == INSIDE] for name, values in found.items()}


def combined(values: Columns, most: int) -> dict[str, Floats]:
    """Every combination of the variables' values; of fewer values each, where these would be more than `most`."""
    each = int(most ** (1 / len(values)))
    return dict(zip(values, cartesian([few(column, each) for column in values.values()]), strict=True))


def edges(names: Sequence[str], domain: Domain, format_: Format) -> dict[str, Floats]:
    """Special points of all variables together."""
    special = special_points(ranges(names, domain, format_))
    return within(domain, combined(special, MAX_EDGES) if len(special) > 1 else special, format_)


def tails(names: Sequence[str], domain: Domain, format_: Format, count: int, series: int) -> dict[str, Floats]:
    """One variable as far out as exponentials of it, or of its square, last; the others at moderate magnitudes."""
    random = np.random.default_rng((series, len(STRATA)))
    reach = -math.log(2) * format_.lowest * TAIL_REACH
    far = np.where(random.random(count) < 0.5, reach, math.sqrt(2 * reach)) * random.uniform(-1, 1, count)
    turn = random.integers(len(names), size=count)
    columns = {
        name: np.where(turn == place, far, random.uniform(-MAX_MODERATE, MAX_MODERATE, count)).astype(format_.dtype)
        for place, name in enumerate(names)
    }
    inside = np.ones(count, bool)
    for name, range_ in ranges(names, domain, format_).items():
        inside &= range_.place(columns[name]) == INSIDE
    return within(domain, {name: column[inside] for name, column in columns.items()}, format_)


def underflow_thresholds(form: Term, domain: Domain) -> Iterator[Columns]:
    """Points before the one at which a form underflows to 0, in every format, out along each variable.

    Other variables stand where they usually are.
    """
    for format_, allowed, usual in _usual(form, domain):
        for name in allowed:
            for sign in (1, -1):
                last = _last_before_zero(form, usual, name, sign, format_)
                steps = 2 ** np.arange(MIN_DISTANCE, format_.precision)
                if last > steps[-1]:
                    yield _along(usual, name, format_.from_ordinals(sign * (last - steps)))


def critical_points(form: Term, domain: Domain) -> Iterator[Columns]:
    """Where something in a form turns at a number, and the numbers of every format next to it.

    Other variables stand where they usually are.
    """
    for format_, allowed, usual in _usual(form, domain):
        for name, range_ in allowed.items():
            turns = [float(place) for place in turning_points(form, symbol(name)) if place in range_.interval]
            if turns:
                middle = np.array(turns, format_.dtype)
                neighbours = np.concatenate([format_.steps(middle, k) for k in range(-NEIGHBOURS, NEIGHBOURS + 1)])
                yield _along(usual, name, neighbours[range_.place(neighbours) == INSIDE])


def _usual(form: Term, domain: Domain) -> Iterator[tuple[Format, dict[str, SampleRange], Columns]]:
    """In every format what the variables of a form may be, and a usual value of each."""
    random = np.random.default_rng(0)
    for format_ in FORMATS.values():
        allowed = ranges(free_symbols(form), domain, format_)
        yield format_, allowed, {name: range_.common(1, random) for name, range_ in allowed.items()}


def _last_before_zero(form: Term, usual: Columns, name: str, sign: int, format_: Format) -> int:
    """How far out, as an ordinal, the form is last not 0; 0 where it does not underflow."""
    low, high = 0, int(format_.ordinals(np.array([np.inf], format_.dtype))[0]) - 1
    while high - low > 1:
        grid = np.append(np.arange(low, high, max((high - low) // GRID_SIZE, 1)), high)
        values = Machine(format_, _along(usual, name, format_.from_ordinals(sign * grid))).value(form)
        nonzero = np.flatnonzero(values)
        if not len(nonzero) or nonzero[-1] == len(grid) - 1:
            return 0
        low, high = int(grid[nonzero[-1]]), int(grid[nonzero[-1] + 1])
    return low


def _along(usual: Columns, name: str, line: Floats) -> Columns:
    return {other: line if other == name else np.full_like(line, values[0]) for other, values in usual.items()}
