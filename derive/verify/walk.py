"""`Walker`: one kernel, one chunk of inputs after another: judged in doubles, else in pairs of them, else by Arb."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from derive.codegen.kernel import HardCase
from derive.codegen.target import SourceFile, Toolchain
from derive.compiled.compiler import compile_library
from derive.errors import UnsupportedError
from derive.targets.table import LOADED
from derive.values.formats import FLOAT32, Floats
from derive.verify.answers import Expected
from derive.verify.found import MOST_LISTED, NEAR, Found, Misrounded, joined
from derive.verify.judge import at_numbers, judge_source
from derive.verify.measure import Faults, errors_in_ulp, measure
from derive.verify.oracle import expected
from derive.verify.subject import Subject

PIECE: Final = 2**15  # inputs: with their results they lie in a cache
MOST_OPEN: Final = 2**12  # inputs that Arb judges at once
MOST_LEFT: Final = 2**16  # inputs of a chunk that are left to it

Bits = NDArray[np.uint32]
Run = Callable[..., Floats]


class Tally(ctypes.Structure):
    """As in judging/walk.h."""

    _fields_ = [
        *((name, ctypes.c_uint64) for name in ("misrounded", "nan", "number", "inf", "zero", "sign", "open")),
        ("worst", ctypes.c_double), ("where", ctypes.c_uint32),
    ]  # fmt: skip


def toolchain() -> Toolchain:
    """What compiles the kernels that are loaded, and the judge beside them."""
    assert LOADED.toolchain is not None
    return LOADED.toolchain


@dataclass(frozen=True)
class Chunk:
    """What the judge has found; and what it leaves open: inputs, by their bits."""

    found: Found
    wrong: Misrounded
    open: Bits


@dataclass(frozen=True)
class Walker:
    """Walks inputs of a kernel of one float: `run` is called with them and, for a vjp, upstream gradients of 1."""

    subject: Subject
    run: Run

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The judges, the quickest first. Raises UnsupportedError for a formula that they cannot compute."""
        (name,) = self.subject.function.inputs
        if self.subject.equal is None:
            raise UnsupportedError("no form is proved equal to what is stated")
        domain, bounds = self.subject.function.domain, self.subject.range(name, FLOAT32).interval
        if domain.relations or domain.values or domain.integers or not bounds.low is bounds.high is None:
            raise UnsupportedError("its domain is not all real numbers")
        stated, equal = (at_numbers(form, self.subject.upstream) for form in (self.subject.stated, self.subject.equal))
        return tuple(judge_source(equal, name, arithmetic, stated) for arithmetic in ("doubles", "pairs"))

    @cached_property
    def judges(self) -> tuple[Any, ...]:
        return tuple(map(_compiled, self.sources))

    def chunk(self, first: int, length: int) -> Chunk:
        """`length` inputs from the bits `first` on. Several threads may call at once."""
        parts, listed = list[Chunk](), 0
        for start in range(first, first + length, PIECE):
            size = min(PIECE, first + length - start)
            part = self.judged(np.arange(start, start + size, dtype=np.uint64).astype(np.uint32), MOST_LISTED - listed)
            parts.append(part)
            listed = min(listed + len(part.wrong), MOST_LISTED)
        return _together(parts)

    def judged(self, bits: Bits, most: int = MOST_LISTED) -> Chunk:
        """By each judge what the one before it leaves open. most: of hard cases that are listed."""
        parts = list[Chunk]()
        for judge in self.judges:
            found = _walked(judge, bits, self.results(bits), most)
            parts.append(found)
            bits = found.open
            if not len(bits):
                break
        return replace(_together(parts), open=bits)

    def results(self, bits: Bits) -> Floats:
        x = bits.view(np.float32)
        return self.run(x, np.ones_like(x)) if self.subject.upstream else self.run(x)

    def decided(self, chunk: Chunk) -> tuple[Found, Misrounded]:
        """With Arb's answers to what the judges leave open. One thread at a time: flint's precision is everybody's.

        Raises UnsupportedError where they leave more open than Arb could answer in hours.
        """
        if len(chunk.open) > MOST_LEFT:
            raise UnsupportedError(f"{len(chunk.open)} inputs about 0x{chunk.open[0]:08x} are too hard to judge")
        found, wrong = chunk.found, chunk.wrong
        for start in range(0, len(chunk.open), MOST_OPEN):
            more, misrounded = self.by_balls(chunk.open[start : start + MOST_OPEN])
            found, wrong = found + more, joined(wrong, misrounded)
        return found, wrong

    def by_balls(self, bits: Bits) -> tuple[Found, Misrounded]:
        inputs = {self.subject.function.inputs[0]: bits.view(np.float32)}
        if self.subject.upstream:
            inputs[self.subject.upstream] = np.ones(len(bits), np.float32)
        truth = expected(self.subject, inputs, FLOAT32)
        got = self.results(bits)
        return _compared(bits, got, truth)


def _compiled(source: str) -> Any:
    walk = compile_library([SourceFile("judge.c", source)], toolchain()).walk
    pointer = ctypes.c_void_p
    walk.argtypes = [ctypes.c_size_t, pointer, pointer, ctypes.POINTER(Tally), pointer, pointer]
    walk.restype = None
    return walk


def _walked(judge: Any, bits: Bits, got: Floats, most: int) -> Chunk:
    wrong, open_ = np.empty((len(bits), 2), np.uint32), np.empty(len(bits), np.uint32)
    tally = Tally()
    judge(len(bits), bits.ctypes.data, got.ctypes.data, tally, wrong.ctypes.data, open_.ctypes.data)
    faults = Faults(**{part.name: int(getattr(tally, part.name)) for part in fields(Faults)})
    left = open_[: tally.open].copy()
    found = Found(len(bits) - len(left), tally.worst, tally.where, int(tally.misrounded), faults)
    return Chunk(found, _cases(wrong[: tally.misrounded, 0], wrong[: tally.misrounded, 1], most), left)


def _together(parts: Sequence[Chunk]) -> Chunk:
    found = sum((part.found for part in parts), Found())
    return Chunk(found, joined(*(part.wrong for part in parts)), np.concatenate([part.open for part in parts]))


def _compared(bits: Bits, got: Floats, truth: Expected) -> tuple[Found, Misrounded]:
    known = np.flatnonzero(truth.known)
    known_truth = Expected(*(getattr(truth, part.name)[known] for part in fields(truth)))
    picked, answers = bits[known], got[known]
    stratum = measure("", answers, known_truth, {"x": picked.view(np.float32)}, FLOAT32, 1.0)
    right = known_truth.nearest
    off = ~((answers == right) | (np.isnan(answers) & np.isnan(right)))
    errors = errors_in_ulp(answers, known_truth, FLOAT32)
    errors = np.where(np.isfinite(errors), errors, 0.0)  # what is not finite is a fault, and counted as one
    at = int(np.argmax(errors)) if len(errors) else -1
    worst, where = (float(errors[at]), int(picked[at])) if at >= 0 else (0.0, 0)
    unjudged = len(bits) - len(known)
    found = Found(len(bits), worst, where, int(off.sum()), stratum.faults, len(bits), unjudged)
    away = np.abs(right[off]) > np.abs(answers[off])
    return found, _cases(picked[off], away.astype(np.uint32), MOST_LISTED)


def _cases(inputs: Bits, away: Bits, most: int) -> Misrounded:
    """Misrounded inputs, in order, and whether what is right lies further from 0; close ones are one case."""
    if not len(inputs) or not most:
        return ()
    apart = (np.diff(inputs.astype(np.int64)) > NEAR) | (np.diff(away.astype(np.int64)) != 0)
    ends = np.append(np.flatnonzero(apart), len(inputs) - 1)[:most]
    starts = np.append(0, ends[:-1] + 1)
    found = zip(inputs[starts].tolist(), inputs[ends].tolist(), away[starts].tolist(), strict=True)
    return joined(HardCase(first, last, bool(side)) for first, last, side in found)
