"""`Walker`: one kernel, one chunk of inputs after another: by the judge in pairs of doubles, else by Arb."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from derive.codegen.target import SourceFile
from derive.compiled.compiler import compile_library
from derive.errors import UnsupportedError
from derive.targets.c import TOOLCHAIN
from derive.values.formats import FLOAT32, Floats
from derive.verify.answers import Expected
from derive.verify.found import MOST_LISTED, Found, Wrong, listed
from derive.verify.judge import at_numbers, judge_source
from derive.verify.measure import Faults, errors_in_ulp, measure
from derive.verify.oracle import expected
from derive.verify.subject import Subject

PIECE: Final = 2**15  # inputs: with their results they lie in a cache
ALIGNED: Final = 2**10  # what the judge takes at once
MOST_OPEN: Final = 2**12  # inputs that Arb judges at once

Bits = NDArray[np.uint32]
Run = Callable[..., Floats]


class Tally(ctypes.Structure):
    """As in judge_walk.h."""

    _fields_ = [
        *((name, ctypes.c_uint64) for name in ("misrounded", "nan", "number", "inf", "zero", "sign", "open", "listed")),
        ("worst", ctypes.c_double), ("where", ctypes.c_uint32), ("most", ctypes.c_uint32),
    ]  # fmt: skip


@dataclass(frozen=True)
class Chunk:
    """What the judge has found; and what it leaves open: inputs, by their bits."""

    found: Found
    wrong: Wrong
    open: Bits


@dataclass(frozen=True)
class Walker:
    """Walks inputs of a kernel of one float: `run` is called with them and, for a vjp, upstream gradients of 1."""

    subject: Subject
    run: Run

    @cached_property
    def source(self) -> str:
        """The text of the judge. Raises UnsupportedError for a formula that it cannot compute."""
        (name,) = self.subject.function.inputs
        if self.subject.equal is None:
            raise UnsupportedError("no form is proved equal to what is stated")
        bounds = self.subject.range(name, FLOAT32).interval
        if bounds.low is not None or bounds.high is not None:
            raise UnsupportedError("its domain is not all real numbers")
        stated, equal = (at_numbers(form, self.subject.upstream) for form in (self.subject.stated, self.subject.equal))
        return judge_source(equal, name, stated)

    @cached_property
    def judge(self) -> Any:
        walk = compile_library([SourceFile("judge.c", self.source)], TOOLCHAIN).walk
        pointer = ctypes.c_void_p
        walk.argtypes = [ctypes.c_uint32, ctypes.c_size_t, pointer, ctypes.POINTER(Tally), pointer, pointer]
        walk.restype = None
        return walk

    def chunk(self, first: int, length: int) -> Chunk:
        """`length` inputs from the bits `first` on. Several threads may call at once."""
        found, parts, opened = Found(), list[Wrong](), list[Bits]()
        wrong, open_ = np.zeros((MOST_LISTED, 2), np.uint32), np.zeros(PIECE, np.uint32)
        for start in range(first, first + length, PIECE):
            size = min(PIECE, first + length - start)
            assert size % ALIGNED == 0, f"chunks are multiples of {ALIGNED}"
            got = self.results(np.arange(start, start + size, dtype=np.uint64).astype(np.uint32))
            tally = Tally(most=MOST_LISTED - sum(len(part) for part in parts))
            self.judge(start, size, got.ctypes.data, tally, wrong.ctypes.data, open_.ctypes.data)
            faults = Faults(**{part.name: int(getattr(tally, part.name)) for part in fields(Faults)})
            found += Found(size - int(tally.open), tally.worst, tally.where, int(tally.misrounded), faults)
            parts.append(_pairs(wrong[: tally.listed]))
            opened.append(open_[: tally.open].copy())
        return Chunk(found, listed(*parts), np.concatenate(opened))

    def results(self, bits: Bits) -> Floats:
        x = bits.view(np.float32)
        return self.run(x, np.ones_like(x)) if self.subject.upstream else self.run(x)

    def decided(self, chunk: Chunk) -> tuple[Found, Wrong]:
        """With Arb's answers to what the judge leaves open. One thread at a time: flint's precision is everybody's."""
        found, wrong = chunk.found, chunk.wrong
        for start in range(0, len(chunk.open), MOST_OPEN):
            more, misrounded = self.by_balls(chunk.open[start : start + MOST_OPEN])
            found, wrong = found + more, listed(wrong, misrounded)
        return found, wrong

    def by_balls(self, bits: Bits) -> tuple[Found, Wrong]:
        inputs = {self.subject.function.inputs[0]: bits.view(np.float32)}
        if self.subject.upstream:
            inputs[self.subject.upstream] = np.ones(len(bits), np.float32)
        truth = expected(self.subject, inputs, FLOAT32)
        got = self.results(bits)
        return _compared(bits, got, truth)


def _compared(bits: Bits, got: Floats, truth: Expected) -> tuple[Found, Wrong]:
    known = np.flatnonzero(truth.known)
    known_truth = Expected(*(getattr(truth, part.name)[known] for part in fields(truth)))
    picked, answers = bits[known], got[known]
    stratum = measure("", answers, known_truth, {"x": picked.view(np.float32)}, FLOAT32, 1.0)
    right = known_truth.nearest
    off = ~((answers == right) | (np.isnan(answers) & np.isnan(right)))
    where = 0 if not stratum.worst else _worst_place(picked, answers, known_truth)
    found = Found(
        len(bits), stratum.worst, where, int(off.sum()), stratum.faults, len(bits), len(bits) - len(known)
    )  # fmt: skip
    return found, _pairs(np.stack([picked[off], right[off].view(np.uint32)], axis=1))


def _worst_place(bits: Bits, got: Floats, truth: Expected) -> int:
    errors = errors_in_ulp(got, truth, FLOAT32)
    return int(bits[int(np.argmax(np.where(np.isfinite(errors), errors, 0.0)))])


def _pairs(found: NDArray[np.uint32]) -> Wrong:
    return tuple((int(one), int(other)) for one, other in found.tolist())
