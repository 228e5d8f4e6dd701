"""One kernel of every target, on the same calls and against the same truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import numpy as np

from derive.codegen.kernel import VARIANTS, Dtype, Kernel, Variant
from derive.codegen.target import Call, Target
from derive.values.formats import FORMATS, Floats
from derive.values.rows import EVERYDAY
from derive.verify.answers import Expected
from derive.verify.batches import Batch, batches
from derive.verify.calls import broken_calls
from derive.verify.measure import StratumErrors, measure
from derive.verify.oracle import expected
from derive.verify.report import Flag, Verified
from derive.verify.subject import Subject

SHARE: Final = 4  # float64, and functions of several inputs, get one point in so many
PAGE: Final = 4096  # bytes
CALLED: Final = 64  # points, or rows, that are passed again in every other way
SUMMED: Final = 512  # points at which a parameter's gradient, a sum over points, is taken one by one

Key = tuple[str, Variant]


class Examination:
    """Calls, answers and what became of them, by target and variant."""

    def __init__(
        self, out_dir: Path, subject: Subject, kernel: Kernel, dtype: Dtype, targets: Sequence[Target]
    ) -> None:
        self.subject, self.kernel, self.dtype = subject, kernel, dtype
        self.function, self.format = subject.function, FORMATS[dtype]
        self.targets = targets
        self.examined = [(it, variant) for it in targets for variant in it.variants if VARIANTS[variant] == dtype]
        self.runners = {_key(it, variant): it.runner for it, variant in self.examined if it.runner is not None}
        self.kernels = {key: runner.load(out_dir, kernel, key[1]) for key, runner in self.runners.items()}
        self.flagged = {
            key: runner.load_flagged(out_dir, kernel, key[1]) if runner.load_flagged else self.kernels[key]
            for key, runner in self.runners.items()
        }
        bounds = self.function.accuracy.bounds
        self.contracts = {_key(it, variant): it.contract(bounds, variant) for it, variant in self.examined}
        self.strata: dict[tuple[Key, str], StratumErrors] = {}
        self.flags: dict[Key, dict[tuple[str, str], str]] = {key: {} for key in self.runners}
        self.calls: dict[tuple[Key, tuple[int, ...]], tuple[str, ...]] = {}

    def verdicts(self, points: int) -> Iterator[Verified]:
        """The figures for each target; `points` as in `derive.verify.run.verify`."""
        one_input = len(self.function.inputs) + len(self.function.params) == 1
        share = 1 if one_input and self.dtype == "float32" else SHARE
        for batch in batches(self.subject, self.format, max(points // share, 1)):
            if not self.runners:
                break
            if self.kernel.output.shape == "scalar":
                batch = Batch(batch.stratum, {name: values[-SUMMED:] for name, values in batch.values.items()})
            truth = expected(self.subject, batch.values, self.format)
            for key in self.runners:
                self.examine(key, batch, truth)
        yield from (self.verdict(target, variant) for target, variant in self.examined)

    def verdict(self, examined: Target, variant: Variant) -> Verified:
        """Without strata for a target that cannot be run."""
        target = _key(examined, variant)
        strata = tuple(stratum for (name, _), stratum in self.strata.items() if name == target)
        names = tuple(stratum.name for stratum in strata)
        # Where a spec states the range that users live in, its contract is for that range.
        contracted = tuple(name for name in names if name == EVERYDAY) if self.function.samples else names
        calls = {phrase: None for (name, _), phrases in self.calls.items() if name == target for phrase in phrases}
        flags = tuple(
            Flag(name, stratum, where) for (name, stratum), where in sorted(self.flags.get(target, {}).items())
        )
        return Verified(
            self.function.name, self.subject.order, self.subject.wrt, examined.name, variant, strata, flags,
            tuple(calls), self.contracts[target], contracted, gaps=examined.gaps,
        )  # fmt: skip

    def examine(self, target: Key, batch: Batch, truth: Expected) -> None:
        run, contract = self.kernels[target], self.contracts[target]
        with np.errstate(all="ignore"):
            got = self.answers(run, batch)
        stratum = measure(batch.stratum, got, truth, batch.values, self.format, contract)
        key = (target, batch.stratum)
        self.strata[key] = self.strata[key].joined(stratum) if key in self.strata else stratum
        self.look_for_flags(target, batch, truth)
        shape = batch.values[self.function.inputs[0]].shape[1:]
        if batch.stratum == EVERYDAY and (target, shape) not in self.calls:
            self.calls[target, shape] = self.call_otherwise(target, batch, truth)

    def answers(self, run: Call, batch: Batch) -> Floats:
        if self.kernel.output.shape != "scalar":
            return np.asarray(run(*self.arguments(batch)))
        length = len(batch.values[self.function.inputs[0]])
        each = (
            Batch(batch.stratum, {name: v[at : at + 1] for name, v in batch.values.items()}) for at in range(length)
        )
        return np.array([run(*self.arguments(one)) for one in each], self.format.dtype).reshape(length)

    def arguments(self, batch: Batch) -> list[Any]:
        """In the kernel's order; a parameter is one number."""
        upstream = (self.subject.upstream,) if self.subject.upstream else ()
        ordered = [batch.values[name] for name in (*self.function.inputs, *self.function.params, *upstream)]
        scalar = [argument.shape == "scalar" for argument in self.kernel.inputs]
        return [float(v[0]) if single else v for v, single in zip(ordered, scalar, strict=True)]

    def look_for_flags(self, target: Key, batch: Batch, truth: Expected) -> None:
        """Finite inputs inside the domain raise nothing, unless the exact result overflows."""
        quiet = truth.inside & truth.known & np.isfinite(truth.nearest)
        chosen = np.flatnonzero(quiet.reshape(len(quiet), -1).all(axis=1))
        raised = self.raised(target, batch, chosen)
        for flag in [flag for flag in raised if (flag, batch.stratum) not in self.flags[target]]:
            while len(chosen) > 1:
                half = chosen[: len(chosen) // 2]
                chosen = half if flag in self.raised(target, batch, half) else chosen[len(half) :]
            one = {name: values[chosen[0]] for name, values in batch.values.items()}
            self.flags[target][flag, batch.stratum] = ", ".join(f"{name} = {value!s}" for name, value in one.items())

    def raised(self, target: Key, batch: Batch, chosen: Any) -> frozenset[str]:
        picked = [_apart(value) for value in self.arguments(_picked(batch, chosen))] if len(chosen) else []
        run = self.flagged[target]
        if not picked:
            return frozenset()
        with np.errstate(all="ignore"):
            out = _apart(np.asarray(run(*picked)))
        return self.runners[target].flags(lambda: run(*picked, out=out if out.ndim else None))

    def call_otherwise(self, target: Key, batch: Batch, truth: Expected) -> tuple[str, ...]:
        """The ways of calling that spoil an answer which, called plainly, is within the contract."""
        run, arrays = self.kernels[target], self.runners[target].arrays
        few = _picked(batch, np.arange(min(len(truth.nearest), CALLED) // 2 * 2))
        values = self.arguments(few)
        with np.errstate(all="ignore"):
            plain = np.asarray(run(*values))
        if self.kernel.output.shape == "scalar":
            return broken_calls(self.kernel, run, values, lambda got: bool((got == plain).all()), arrays=False)
        right = Expected(*(getattr(truth, part.name)[: len(plain)] for part in fields(truth)))
        contract = self.contracts[target]

        def holds(got: Floats) -> bool:
            found = measure(few.stratum, got, right, few.values, self.format, contract)
            return found.worst <= contract and not found.faults.total

        return broken_calls(self.kernel, run, values, holds, arrays) if plain.size and holds(plain) else ()


def _key(target: Target, variant: Variant) -> Key:
    return target.name, variant


def _apart(value: Any) -> Any:
    """A copy with room about it, at the same place in a page: what code does may depend on how near arrays lie."""
    if np.ndim(value) == 0:
        return value
    array = np.asarray(value)
    room = np.empty(array.nbytes + 2 * PAGE, np.uint8)
    start = -room.ctypes.data % PAGE
    copy = room[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


def _picked(batch: Batch, chosen: Any) -> Batch:
    return Batch(batch.stratum, {name: values[chosen] for name, values in batch.values.items()})
