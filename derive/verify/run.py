"""Every emitted kernel of some functions, measured against the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from derive.code.readback import read_back
from derive.codegen.kernel import Dtype, Kernel, Variant
from derive.codegen.lower import lower, others
from derive.codegen.target import SourceFile, Target
from derive.compiled import cache
from derive.errors import UnsupportedError
from derive.proof.bulk import usable_cores
from derive.proof.verdict import Verdict
from derive.spec.statement import Function
from derive.stabilisation.forms import equal_form, orders, stabilise
from derive.targets.table import chosen
from derive.term import Term
from derive.verify.examine import Examination
from derive.verify.report import UNREAD, UNREADABLE, ReadingReport, VerificationReport, Verified
from derive.verify.subject import Subject
from derive.workers import workers

POINTS: Final = 2**20  # bit patterns of float32 for a function of one input
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Job:
    """One function in one number format: its truth is computed once, for all targets."""

    function: Function
    dtype: Dtype
    out_dir: Path
    targets: tuple[str, ...]
    points: int


def verify(
    functions: Sequence[Function],
    out_dir: Path,
    points: int = POINTS,
    targets: Sequence[str] = (),
    progress: Progress | None = None,
    processes: int | None = None,
) -> VerificationReport:
    """The kernels that a build wrote to `out_dir`, tested against their functions.

    points: bit patterns of float32 for each kernel of one input. targets: the default ones for none.
    progress: called with how many jobs are done, how many there are, and the name of the last. Raises
    DeriveError where files are missing, a function cannot be enclosed, or no compiler is found.
    """
    dtypes: tuple[Dtype, ...] = ("float32", "float64")
    jobs = [Job(function, dtype, out_dir, tuple(targets), points) for function in functions for dtype in dtypes]
    cache.place()  # what is to be told of it is told once, and not by each process
    found: list[tuple[Verified, ...]] = []
    for job, kernels in zip(jobs, _worked(jobs, processes or usable_cores()), strict=True):
        found.append(kernels)
        if progress is not None:
            progress(len(found), len(jobs), f"{job.function.name} {job.dtype}")
    return VerificationReport(tuple(kernel for kernels in found for kernel in kernels))


def _worked(jobs: list[Job], processes: int) -> Iterator[tuple[Verified, ...]]:
    if processes == 1 or len(jobs) == 1:
        yield from map(verify_job, jobs)
        return
    with workers(processes) as pool:
        yield from pool.map(verify_job, jobs)


def verify_job(job: Job) -> tuple[Verified, ...]:
    """Every kernel of one function in one number format."""
    targets = {target.name: target for target in chosen(job.targets)}
    found: list[Verified] = []
    for kernel, subject, form in _subjects(job.function):
        for verified in Examination(job.out_dir, subject, kernel, job.dtype, [*targets.values()]).verdicts(job.points):
            found.append(
                replace(verified, reading=_reading(job, kernel, form, targets[verified.target], verified.dtype))
            )
    return tuple(found)


@lru_cache(1)
def _subjects(function: Function) -> list[tuple[Kernel, Subject, Term]]:
    """Each kernel, what it is held to, and its form; kept for the next job: the same function in another format."""
    forms = {kind: stabilise(function, *kind).body for kind in orders(function)}
    subjects = [Subject(function, *kind, equal_form(function, *kind), form) for kind, form in forms.items()]
    return list(zip(lower(function, forms, others(function, forms)), subjects, forms.values(), strict=True))


def _reading(job: Job, kernel: Kernel, form: Term, target: Target, variant: Variant) -> ReadingReport:
    """What the kernel's text says, read back; a text that is not of the form that kernels have is unread."""
    if target.reader is None:
        return ReadingReport(UNREADABLE)
    paths = sorted((job.out_dir / target.name).glob(f"{job.function.name}.*"))
    files = [SourceFile(f"{target.name}/{path.name}", path.read_text(encoding="utf-8")) for path in paths]
    try:
        (found,) = read_back(job.function, [form], [kernel], files, target, [variant])
    except UnsupportedError as problem:
        return ReadingReport(UNREAD, str(problem))
    proof = found.proof
    if proof.witness is None:
        return ReadingReport(str(proof.verdict), proof.message if proof.verdict != Verdict.PROVED else "")
    point = ", ".join(f"{name} = {value}" for name, value in proof.witness.point.items())
    said = f"at {point} it is {proof.witness.claim}, not {proof.witness.derivative}"
    return ReadingReport(str(proof.verdict), said)
