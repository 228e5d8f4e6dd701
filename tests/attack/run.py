"""Many claims in processes, with a tally: `python -m tests.attack 20000 [first seed]`."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from itertools import islice
from time import monotonic

from derive.errors import FormulaError
from derive.proof.api import prove

from .claims import Claim, made
from .judge import Judged, Judgement, judge

MOST_UNDECIDED = 0.05
WAITING = 64  # claims given out at a time, for each process


def judged(seed: int) -> tuple[Claim, Judgement, float]:
    """The claim of a seed, what the prover made of it, and the seconds that the prover took."""
    claim = made(seed)
    asked = claim.question
    start = monotonic()
    try:
        proof = prove(asked.function, asked.wrt, asked.claim, asked.assume, asked.let)
    except FormulaError as problem:
        return claim, Judgement(Judged.UNDECIDED, f"refused: {problem}"), monotonic() - start
    seconds = monotonic() - start
    return claim, judge(asked, proof, claim.points, claim.special), seconds


def main(count: int, first: int = 0, processes: int | None = None) -> int:
    """Judge the claims of seeds, print each wrong verdict and the tally; the exit code."""
    tally: Counter[Judged | str] = Counter()
    kinds: Counter[str] = Counter()
    times: list[float] = []
    with ProcessPoolExecutor(processes or os.cpu_count()) as pool:
        for seed, future in _answered(pool, iter(range(first, first + count))):
            problem = future.exception()
            if problem is not None:
                tally["crash"] += 1
                print(f"crash       seed {seed}: {problem!r}\n  {made(seed).question.command()}", flush=True)
                continue
            claim, judgement, seconds = future.result()
            tally[judgement.judged] += 1
            times.append(seconds)
            kinds[f"{judgement.judged}, {claim.kind}"] += 1
            if judgement.judged in (Judged.WRONG_PROVED, Judged.WRONG_REFUTED):
                print(
                    f"{judgement.judged}  seed {seed}, {claim.kind}: {judgement.reason}\n  {claim.question.command()}",
                    flush=True,
                )
    _print_tally(count, tally, kinds, times)
    share = tally[Judged.UNDECIDED] / max(1, count)
    return int(
        bool(tally[Judged.WRONG_PROVED] + tally[Judged.WRONG_REFUTED] + tally["crash"]) or share > MOST_UNDECIDED
    )


def _answered(
    pool: ProcessPoolExecutor, seeds: Iterator[int]
) -> Iterator[tuple[int, Future[tuple[Claim, Judgement, float]]]]:
    """Futures in the order of their seeds; few wait at a time."""
    waiting = [(seed, pool.submit(judged, seed)) for seed in islice(seeds, WAITING)]
    while waiting:
        seed, future = waiting.pop(0)
        wait([future])
        yield seed, future
        waiting += [(seed, pool.submit(judged, seed)) for seed in islice(seeds, 1)]


def _print_tally(count: int, tally: Counter[Judged | str], kinds: Counter[str], times: list[float]) -> None:
    print(f"{count} claims")
    for outcome in (*Judged, "crash"):
        print(f"  {outcome:<24}{tally[outcome]:>7}  {tally[outcome] / max(1, count):7.2%}")
    for said, many in sorted(kinds.items(), key=lambda item: -item[1]):
        if not said.startswith(Judged.RIGHT):
            print(f"    {many:>5}  {said}")
    if times:
        print(f"  median time of a verdict {1000 * sorted(times)[len(times) // 2]:.1f} ms")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
