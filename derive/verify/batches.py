"""The calls that a kernel is tested with: points or rows by stratum, parameters, upstream gradients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

import numpy as np

from derive.values.formats import Floats, Format
from derive.values.rows import EVERYDAY, SPECIAL, Kind, kinds, row
from derive.values.samples import Random, SampleRange, cartesian, few
from derive.verify.subject import Subject

PATTERNS, UPSTREAM = "bit patterns", "random upstream"
MAX_COMBINATIONS: Final = 4096  # of special values of several inputs
SETTINGS: Final = 4  # values of each parameter
LENGTHS: Final = (1, 2, 10, 1000)
MAX_ROWS: Final = 100  # rows of more have no special kinds but the first: each component is a limit of its own
BESIDE: Final = ("normal", "equal", "soft", "one-hot")  # kinds of rows beside one that is at an edge


@dataclass(frozen=True)
class Batch:
    """Arguments for one call, by name: inputs, parameters and the upstream gradient.

    Points: arrays of (n,); a parameter's array holds one value throughout. Rows: (rows, k), and
    (rows,) for what has one number a row.
    """

    stratum: str
    values: dict[str, Floats]


def batches(subject: Subject, format_: Format, points: int, seed: int = 0) -> Iterator[Batch]:
    """All calls for one kernel. Every draw is determined by `seed`.

    points: how many bit patterns an elementwise function is tested on; the other strata follow from it.
    """
    random = np.random.default_rng(seed)
    if not subject.function.elementwise:
        yield from _rows(subject, format_, random)
        return
    settings = list(_settings(subject, format_, random))
    for setting in settings:
        for batch in _points(subject, format_, points // len(settings), random):
            length = len(batch.values[subject.function.inputs[0]])
            params = {name: np.full(length, value, format_.dtype) for name, value in setting.items()}
            yield from _with_upstream(subject, replace(batch, values={**batch.values, **params}), random)


def _settings(subject: Subject, format_: Format, random: Random) -> Iterator[dict[str, float]]:
    names = subject.function.params
    drawn = [subject.range(name, format_).common(SETTINGS, random).tolist() for name in names]
    yield from (dict(zip(names, values, strict=True)) for values in (zip(*drawn, strict=True) if names else [()]))


def _points(subject: Subject, format_: Format, points: int, random: Random) -> Iterator[Batch]:
    names = subject.function.inputs
    ranges = [subject.range(name, format_) for name in names]
    patterns = [range_.patterns(points, random) for range_ in ranges]
    for later in patterns[1:]:
        random.shuffle(later)
    yield Batch(PATTERNS, dict(zip(names, patterns, strict=True)))
    common = [range_.common(max(points // 4, 1), random) for range_ in ranges]
    if len(names) > 1:
        common = [np.concatenate(pair) for pair in zip(common, _close(common, ranges, random), strict=True)]
    yield Batch(EVERYDAY, dict(zip(names, common, strict=True)))
    share = int(MAX_COMBINATIONS ** (1 / len(names)))
    special = cartesian([few(range_.special(subject.thresholds), share) for range_ in ranges])
    yield Batch(SPECIAL, dict(zip(names, special, strict=True)))


def _close(columns: list[Floats], ranges: list[SampleRange], random: Random) -> list[Floats]:
    """Every input within a few numbers of the first, where its range allows."""
    first, found = columns[0], [columns[0]]
    for range_ in ranges[1:]:
        steps = random.integers(-8, 9, len(first))
        moved = range_.format_.from_ordinals(range_.format_.ordinals(first) + steps)
        found.append(np.clip(moved, range_.lowest, range_.highest))
    return found


def _with_upstream(subject: Subject, batch: Batch, random: Random) -> Iterator[Batch]:
    """A vjp is tested as the derivative itself, and again with random upstream gradients."""
    if not subject.upstream:
        yield batch
        return
    like = batch.values[subject.function.inputs[0]]
    yield replace(batch, values={**batch.values, subject.upstream: np.ones_like(like)})
    if batch.stratum == SPECIAL:
        return
    chosen = random.integers(0, len(like), max(len(like) // 8, 1))
    drawn = (random.normal(size=len(chosen)) * 2.0 ** random.integers(-8, 9, len(chosen))).astype(like.dtype)
    drawn[::101], drawn[7::1009] = 0.0, np.nan
    values = {name: column[chosen] for name, column in batch.values.items()}
    yield Batch(UPSTREAM, {**values, subject.upstream: drawn})


def _rows(subject: Subject, format_: Format, random: Random) -> Iterator[Batch]:
    function = subject.function
    ranges = {name: subject.range(name, format_) for name in (*function.inputs, *function.params)}
    vectors = [name for name in function.inputs if name in function.domain.axes]
    for length in LENGTHS:
        for chosen in product(*(kinds(ranges[name]) for name in vectors)):
            stratum = _stratum(chosen)
            if (length > MAX_ROWS and stratum == SPECIAL and not _plain(chosen)) or _crowded(chosen):
                continue
            count = 2 if stratum == SPECIAL or length > MAX_ROWS else 6
            values = {
                name: np.stack([row(kind, ranges[name], length, random) for _ in range(count)])
                for name, kind in zip(vectors, chosen, strict=True)
            }
            for name in (name for name in ranges if name not in values):
                drawn = ranges[name].common(count, random)
                values[name] = np.full_like(drawn, drawn[0]) if name in function.params else drawn
            ordered = {name: values[name] for name in ranges}
            upstreams = list(_row_upstreams(subject, count, length, random))
            # At an edge a gradient that is one number times a row is tested as the derivative itself.
            for upstream in upstreams[:1] if stratum == SPECIAL and not subject.upstream_is_row else upstreams:
                yield Batch(stratum, ordered | {name: g.astype(format_.dtype) for name, g in upstream.items()})


def _stratum(chosen: tuple[Kind, ...]) -> str:
    strata = {kind.stratum for kind in chosen}
    return SPECIAL if SPECIAL in strata else EVERYDAY if strata == {EVERYDAY} else max(strata - {EVERYDAY})


def _crowded(chosen: tuple[Kind, ...]) -> bool:
    """Inputs at an edge are tested together where they are of the same kind, else beside a few kinds alone."""
    special = {kind.name for kind in chosen if kind.stratum == SPECIAL}
    others = {kind.name for kind in chosen if kind.stratum != SPECIAL}
    return len(special) > 1 or (len(special) == 1 and not others <= {*BESIDE})


def _plain(chosen: tuple[Kind, ...]) -> bool:
    return all(kind.stratum != SPECIAL or kind.name in ("masked", "saturated") for kind in chosen)


def _row_upstreams(subject: Subject, count: int, length: int, random: Random) -> Iterator[dict[str, Floats]]:
    """Rows of the Jacobian, then a random mixture of them; one number a row where the output is one."""
    if not subject.upstream:
        yield {}
    elif subject.upstream_is_row:
        yield {subject.upstream: np.eye(length)[random.integers(0, length, count)]}
        yield {subject.upstream: random.normal(size=(count, length))}
    else:
        yield {subject.upstream: np.ones(count)}
        yield {subject.upstream: random.normal(size=count)}
