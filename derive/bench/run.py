"""Candidates timed in turns, by processor time, after each was judged against the truth."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final

import numpy as np

from derive.bench.candidates import Candidate, Task, candidates
from derive.bench.peers import PEERS, UPSTREAM, Values
from derive.bench.report import BenchReport, Timing
from derive.codegen.kernel import Dtype
from derive.codegen.lower import every_kernel_of
from derive.spec.function import Order
from derive.spec.statement import Function
from derive.stabilisation.forms import equal_form, stabilise
from derive.targets.table import chosen
from derive.values.formats import FORMATS, Format
from derive.values.rows import EVERYDAY
from derive.verify.answers import Expected
from derive.verify.batches import Batch, batches
from derive.verify.measure import StratumErrors, measure
from derive.verify.oracle import expected
from derive.verify.subject import Subject

COUNT: Final = 2**18  # values of an array
LENGTH: Final = 1000  # of a row
JUDGED: Final = 2**12  # bit patterns on which a candidate is judged
SHORTEST: Final = 0.002  # seconds that a turn takes at least
TURNS: Final = 15
Progress = Callable[[str], None]


def bench(
    functions: Sequence[Function],
    out_dir: Path,
    peers: Sequence[str] = tuple(PEERS),
    count: int = COUNT,
    length: int = LENGTH,
    dtype: Dtype = "float32",
    turns: int = TURNS,
    progress: Progress | None = None,
) -> BenchReport:
    """Nanoseconds a value, of one thread, for kernels that a build wrote to `out_dir` and for peers that are installed.

    count: values of each array; rows have `length` of them. The least of `turns` turns counts, which candidates
    take one after the other; every figure is by this process's processor time. Raises DeriveError where files are
    missing or no compiler is found.
    """
    found: list[Timing] = []
    for function in functions:
        if progress is not None:
            progress(function.name)
        found += _timed(function, out_dir, peers, count, length, dtype, turns)
    return BenchReport(dtype, count, tuple(found))


def _timed(
    function: Function, out_dir: Path, peers: Sequence[str], count: int, length: int, dtype: Dtype, turns: int
) -> Iterator[Timing]:
    every = list(candidates(function, every_kernel_of(function), out_dir, chosen(()), peers, dtype))
    tasks = dict.fromkeys(one.task for one in every)
    judged = {(one.who, task): figures for task in tasks for one, figures in _judged(function, every, task, dtype)}
    values = _values(function, count, length, FORMATS[dtype])
    for task in tasks:
        those = [one for one in every if one.task == task]
        least = _turns([one.prepare(values) for one in those], turns)
        limit = _turns([_copies(function, task, values)], turns)[0]
        for one, seconds in zip(those, least, strict=True):
            figures = judged[one.who, task]
            yield Timing(
                function.name, task, one.who, seconds / count * 1e9, limit / count * 1e9, figures.worst,
                figures.faults.total,
            )  # fmt: skip


def _judged(
    function: Function, every: Sequence[Candidate], task: Task, dtype: Dtype
) -> Iterator[tuple[Candidate, StratumErrors]]:
    """Each candidate's errors where users are; faults over all bit patterns."""
    order: Order = "forward" if task == "value" else "vjp"
    wrt = "" if task == "value" else function.wrt[0]
    subject = Subject(function, order, wrt, equal_form(function, order, wrt), stabilise(function, order, wrt).body)
    chosen = [batch for batch in batches(subject, FORMATS[dtype], JUDGED) if _fits(subject, batch)]
    pairs = [_inside(batch, expected(subject, batch.values, FORMATS[dtype]), function) for batch in chosen]
    for one in (one for one in every if one.task == task):
        figures: StratumErrors | None = None
        for batch, truth in pairs:
            values = {name: value for name, value in batch.values.items() if name != subject.upstream}
            if subject.upstream:
                values[UPSTREAM] = batch.values[subject.upstream]
            with np.errstate(all="ignore"):
                got = one.answer(values).astype(FORMATS[dtype].dtype)
            stratum = measure("all", got, truth, batch.values, FORMATS[dtype], np.inf)
            figures = stratum if figures is None else figures.joined(stratum)
        assert figures is not None
        yield one, figures


def _inside(batch: Batch, truth: Expected, function: Function) -> tuple[Batch, Expected]:
    """The points inside the domain: some libraries refuse others."""
    if not function.elementwise:
        return batch, truth
    picked = np.flatnonzero(truth.inside)
    values = {name: column[picked] for name, column in batch.values.items()}
    return Batch(batch.stratum, values), Expected(*(getattr(truth, part.name)[picked] for part in fields(truth)))


def _fits(subject: Subject, batch: Batch) -> bool:
    """Batches of whole bit patterns and of everyday values, with the upstream gradient 1 where one is chosen so."""
    one = not subject.upstream or subject.upstream_is_row or bool((batch.values[subject.upstream] == 1).all())
    return one and (batch.stratum == EVERYDAY or subject.function.elementwise)


def _values(function: Function, count: int, length: int, format_: Format) -> Values:
    """Arrays of everyday values, and an upstream gradient of about 1."""
    random = np.random.default_rng(0)
    subject = Subject(function, "forward", "")
    rows = () if function.elementwise else (max(count // length, 1),)
    shape = (count,) if function.elementwise else (*rows, min(length, count))
    found = {}
    for name in function.inputs:
        mine = shape if function.elementwise or name in function.domain.axes else rows
        found[name] = random.permutation(subject.range(name, format_).common(int(np.prod(mine)), random)).reshape(mine)
    for name in function.params:
        found[name] = subject.range(name, format_).common(1, random)[0]
    upstream = shape if function.elementwise or function.output else rows
    return {**found, UPSTREAM: random.normal(size=upstream).astype(format_.dtype)}


def _copies(function: Function, task: Task, values: Values) -> Callable[[], object]:
    """The memory traffic of a task and no more: what is read and written, copied."""
    arrays = [value for name, value in values.items() if np.ndim(value) and (task == "step" or name != UPSTREAM)]
    outs = [np.empty_like(value) for value in arrays]

    def copy() -> None:
        for value, out in zip(arrays, outs, strict=True):
            np.copyto(out, value)

    return copy


def _turns(calls: Sequence[Callable[[], object]], turns: int) -> list[float]:
    """The least seconds of each call, which take turns."""
    repeats = [_repeats(call) for call in calls]
    least = [np.inf] * len(calls)
    for _ in range(turns):
        for place, (call, many) in enumerate(zip(calls, repeats, strict=True)):
            start = time.process_time()
            for _ in range(many):
                call()
            least[place] = min(least[place], (time.process_time() - start) / many)
    return least


def _repeats(call: Callable[[], object]) -> int:
    call()
    start = time.process_time()
    call()
    return max(1, int(SHORTEST / max(time.process_time() - start, 1e-7)))
