"""Kernels of one float walked over all floats: `walks` says which, `carry_out` does it, on all cores."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Final

from derive.codegen.kernel import FAST, VARIANTS, Kernel, Variant
from derive.codegen.lower import lower
from derive.codegen.target import existing
from derive.compiled.bodies import body_hash
from derive.compiled.compiler import described
from derive.errors import UnsupportedError
from derive.proof.bulk import usable_cores
from derive.spec.statement import Function
from derive.stabilisation.forms import equal_form, key, orders, stabilise
from derive.targets.table import LOADED as TARGET
from derive.verify.found import MOST_LISTED, Found, Misrounded, joined
from derive.verify.ledger import Ledger, Page
from derive.verify.subject import Subject
from derive.verify.walk import Walker, toolchain

INPUTS: Final = 2**32
CHUNK: Final = 2**24  # inputs: about a second
KEY: Final = 16  # digits of a hash

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Walk:
    """One kernel as it lies in a folder, and how it is walked.

    entry: of the function's lock. body: the hash of its text. compiler, flags: what it is compiled with. contract: in
    ulp. length: of a chunk.
    """

    function: str
    symbol: str
    entry: str
    variant: Variant
    walker: Walker
    body: str
    compiler: str
    flags: tuple[str, ...]
    contract: float
    length: int = CHUNK
    known: Misrounded = ()

    @cached_property
    def key(self) -> str:
        """What decides on the results, and how they are counted: a page of another key tells nothing about them."""
        parts = (self.symbol, self.body, self.compiler, *self.flags, *self.walker.sources, str(self.length))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:KEY]

    @property
    def numbers(self) -> range:
        return range(INPUTS // self.length)

    def is_whole(self, page: Page) -> bool:
        return len(page.chunks) == len(self.numbers)

    def holds(self, page: Page) -> bool:
        """Whether nothing that was walked so far is out of contract."""
        total = page.total
        return total.worst <= self.contract and not total.faults.total and not total.unjudged

    def hard_cases(self, page: Page) -> Misrounded | None:
        """Those that a kernel which is as right as can be is to know of; None where nothing is to change, or too much
        is wrong.

        Cases that it knows of already are among them: they are not misrounded any more.
        """
        wanted = len(page.wrong) < MOST_LISTED and self.variant not in FAST
        return joined(self.known, page.wrong) if page.wrong and wanted else None

    def ledger(self, folder: Path) -> Ledger:
        return Ledger(folder, self.symbol, self.key)

    def certificate(self, page: Page) -> dict[str, Any]:
        """What is known of the kernel, as JSON has it."""
        total = page.total
        return {
            "body": self.body, "compiler": self.compiler, "flags": list(self.flags), "inputs": total.inputs,
            "worst_ulp": total.worst, "at": f"0x{total.where:08x}", "misrounded": total.misrounded,
            "faults": asdict(total.faults), "judged_by_arb": total.by_balls, "unjudged": total.unjudged,
            "misrounded_inputs": list(map(str, page.wrong)) if len(page.wrong) < MOST_LISTED else [],
        }  # fmt: skip


def walks(
    functions: Sequence[Function], out_dir: Path, length: int = CHUNK, tell: Callable[[str], None] = lambda _: None
) -> Iterator[Walk]:
    """The kernels of these functions that can be walked; `tell` hears why others cannot.

    Raises NotBuiltError where files are missing, CompilerError where no compiler is.
    """
    for function in functions:
        if not function.elementwise or len(function.inputs) + len(function.params) != 1:
            tell(f"{function.name}: not walked: it is of more than one number")
            continue
        forms = {kind: stabilise(function, *kind).body for kind in orders(function)}
        for kernel, (kind, form) in zip(lower(function, forms), forms.items(), strict=True):
            try:
                yield from _of_kernel(
                    kernel, Subject(function, *kind, equal_form(function, *kind), form), out_dir, length
                )
            except UnsupportedError as problem:
                tell(f"{kernel.stem}: not walked: {problem}")


def _of_kernel(kernel: Kernel, subject: Subject, out_dir: Path, length: int) -> Iterator[Walk]:
    (file,) = existing(out_dir, TARGET.name, kernel, toolchain().ending)
    runner = TARGET.runner
    assert runner is not None
    for variant in TARGET.variants:
        if VARIANTS[variant] != "float32":
            continue
        symbol = TARGET.symbol(kernel, variant)
        body = body_hash(file.text, symbol)
        if body is None:
            raise UnsupportedError(f"{file.path} has no {symbol} that can be told from the rest")
        walker = Walker(subject, runner.load(out_dir, kernel, variant))
        assert walker.sources, "which raises where the judge cannot compute the formula"
        yield Walk(
            subject.function.name, symbol, key(subject.order, subject.wrt), variant, walker, body,
            described(toolchain()), toolchain().flags, TARGET.contract(subject.function.accuracy.bounds, variant),
            length, tuple(case for hard in kernel.hard_cases for case in hard.cases),
        )  # fmt: skip


def carry_out(
    walk: Walk,
    folder: Path,
    numbers: Collection[int] | None = None,
    progress: Progress | None = None,
    threads: int | None = None,
) -> Page:
    """Walk the chunks that are not done yet, those of `numbers` alone if given; what is found is kept in `folder`.

    It may be stopped at any moment and goes on where it was. Answers all that is known of the kernel, whoever found it.
    """
    ledger = walk.ledger(folder)
    page = ledger.read()
    asked = walk.numbers if numbers is None else numbers
    todo = [number for number in asked if number not in page.chunks]
    done = len(asked) - len(todo)
    if progress is not None:
        progress(done, len(asked), walk.symbol)
    if todo:
        assert walk.walker.judges, "compiled before threads share it"
    for number, found in _chunks(walk, todo, threads or usable_cores()):
        page = ledger.add(found)
        done += 1
        if progress is not None:
            progress(done, len(asked), f"{walk.symbol} {number * walk.length:#010x}")
    return page


def _chunks(walk: Walk, numbers: Sequence[int], threads: int) -> Iterator[tuple[int, Page]]:
    """Each chunk as it is done; compiled code runs in threads, Arb in this one."""
    waiting = iter(numbers)
    pool = ThreadPoolExecutor(threads)
    try:
        running = {
            pool.submit(walk.walker.chunk, n * walk.length, walk.length): n for n in islice(waiting, threads + 1)
        }
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                number = running.pop(future)
                running |= {pool.submit(walk.walker.chunk, n * walk.length, walk.length): n for n in islice(waiting, 1)}
                found, wrong = walk.walker.decided(future.result())
                yield number, Page(walk.key, {number: found}, wrong)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def shard_of(walk: Walk, shard: int, shards: int) -> range:
    """The chunks of one of several equal parts, counted from 1: spread out, since some regions take longer."""
    return range(shard - 1, len(walk.numbers), shards)


def summary(walk: Walk, page: Page) -> str:
    """What is known of a kernel, in a line."""
    total: Found = page.total
    share = "all inputs" if total.inputs == INPUTS else f"{total.inputs:,} of {INPUTS:,} inputs"
    faults = ", ".join(f"{count} wrong {kind}" for kind, count in asdict(total.faults).items() if count) or "no faults"
    unjudged = f", {total.unjudged} that nobody can judge" if total.unjudged else ""
    return (
        f"{walk.symbol:<32} {share}: worst {total.worst:.4f} ulp at 0x{total.where:08x}, "
        f"{total.misrounded:,} misrounded, {faults}{unjudged}{'' if walk.holds(page) else '  BROKEN'}"
    )
