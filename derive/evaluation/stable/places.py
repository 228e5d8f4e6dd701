"""Places along the line at which forms differ most: where a form fades to 0 by underflow, and where it turns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import numpy as np

from derive.limits.turning import turning_points
from derive.spec.domain import Domain
from derive.term import Term, free_symbols, symbol
from derive.values.formats import FORMATS, Format
from derive.values.ieee import Floats, evaluate
from derive.values.samples import SampleRange

GRID: Final = 1024  # places that a search for the last one looks at together
NEAREST: Final = 4  # bits: nearer to where a value fades, how an exponential is rounded decides
NEXT: Final = 4  # numbers on either side of where something turns
Columns = Mapping[str, Floats]


def fading_places(form: Term, domain: Domain) -> Iterator[Columns]:
    """Points before the last at which a form is not 0, in every format, out along each variable that it fades along.

    Other variables stand where they usually are.
    """
    random = np.random.default_rng(0)
    for format_ in FORMATS.values():
        ranges = ranges_of(form, domain, format_)
        usual = {name: range_.common(1, random) for name, range_ in ranges.items()}
        for name in ranges:
            for sign in (1, -1):
                last = _last(form, usual, name, sign, format_)
                steps = 2 ** np.arange(NEAREST, format_.precision)
                if last > steps[-1]:
                    yield _along(usual, name, format_.from_ordinals(sign * (last - steps)))


def turning_places(form: Term, domain: Domain) -> Iterator[Columns]:
    """Where something in a form turns at a number, and the numbers of every format next to it.

    Other variables stand where they usually are.
    """
    random = np.random.default_rng(0)
    for format_ in FORMATS.values():
        ranges = ranges_of(form, domain, format_)
        usual = {name: range_.common(1, random) for name, range_ in ranges.items()}
        for name, range_ in ranges.items():
            turns = [float(place) for place in turning_points(form, symbol(name)) if place in range_.interval]
            if turns:
                middle = np.array(turns, format_.dtype)
                near = np.concatenate([format_.steps(middle, count) for count in range(-NEXT, NEXT + 1)])
                yield _along(usual, name, near[range_.place(near) == 0])


def outlasts(form: Term, other: Term, places: Iterable[Columns]) -> bool:
    """Whether `form` is 0 at none of `places` at which `other` is not."""
    with np.errstate(all="ignore"):
        return not any(np.any((evaluate(form, at) == 0) & (evaluate(other, at) != 0)) for at in places)


def ranges_of(form: Term, domain: Domain, format_: Format) -> dict[str, SampleRange]:
    """The numbers that each variable of a form may be."""
    return {
        name: SampleRange(domain.range(name), format_, None, domain.values.get(name, ()), name in domain.integers)
        for name in sorted(free_symbols(form))
    }


def _last(form: Term, usual: Columns, name: str, sign: int, format_: Format) -> int:
    """How far out, as an ordinal, the form is last not 0; 0 where it does not fade."""
    low, high = 0, int(format_.ordinals(np.array([np.inf], format_.dtype))[0]) - 1
    while high - low > 1:
        grid = np.append(np.arange(low, high, max((high - low) // GRID, 1)), high)
        with np.errstate(all="ignore"):
            lasting = np.flatnonzero(evaluate(form, _along(usual, name, format_.from_ordinals(sign * grid))) != 0)
        if not len(lasting) or lasting[-1] == len(grid) - 1:
            return 0
        low, high = int(grid[lasting[-1]]), int(grid[lasting[-1] + 1])
    return low


def _along(usual: Columns, name: str, line: Floats) -> Columns:
    return {other: line if other == name else np.full_like(line, values[0]) for other, values in usual.items()}
