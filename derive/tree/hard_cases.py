"""Hard cases of kernels, as walks find them, in the lock file beside the specs: the next build mends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from derive.codegen.kernel import HardCase
from derive.errors import DeriveError
from derive.spec.lock import HARD, Entry, lock_path, read_lock, write_lock
from derive.tree.changes import alone, write_whole

Cases = Mapping[str, Sequence[HardCase]]  # of one function, by the entry of the lock


def lock_hard_cases(specs: Path, found: Mapping[str, Cases]) -> Path:
    """Note cases of a specs file's functions, by name, beside their forms. Answers the lock file.

    Raises DeriveError for cases of a form that is not locked, or that contradict each other.
    """
    with alone(specs.parent):
        lock = {name: dict(entries) for name, entries in read_lock(specs).items()}
        for name, kernels in found.items():
            for entry, cases in kernels.items():
                if entry not in lock.get(name, {}):
                    raise DeriveError(f"{lock_path(specs)} has no form of {name}, {entry}: run derive build first")
                lock[name][entry] = _with(lock[name][entry], cases, f"{name}, {entry}")
        write_whole(lock_path(specs), write_lock(lock))
    return lock_path(specs)


def _with(entry: Entry, cases: Sequence[HardCase], name: str) -> Entry:
    for one, other in pairwise(cases):
        if other.first <= one.last:
            raise DeriveError(f"{name}: inputs at {other.first:#010x} are too high and too low: no table can say that")
    return {**entry, HARD: list(map(str, cases))}
