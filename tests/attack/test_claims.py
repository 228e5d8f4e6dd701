"""Claims of fixed seeds: no verdict is wrong, few are left open. `python -m tests.attack 20000` runs more."""

from __future__ import annotations

from attack.claims import made
from attack.judge import Judged
from attack.run import MOST_UNDECIDED, judged

SEEDS = range(100)


def test_no_verdict_is_wrong_and_few_are_left_open() -> None:
    wrong, undecided = [], []
    for seed in SEEDS:
        claim, judgement, _ = judged(seed)
        said = f"{judgement.judged}, seed {seed}, {claim.kind}: {judgement.reason}\n  {claim.question.command()}"
        if judgement.judged in (Judged.WRONG_PROVED, Judged.WRONG_REFUTED):
            wrong.append(said)
        if judgement.judged is Judged.UNDECIDED:
            undecided.append(said)
    assert not wrong, "\n".join(wrong)
    assert len(undecided) <= MOST_UNDECIDED * len(SEEDS), "\n".join(undecided)


def test_a_seed_makes_one_claim() -> None:
    assert [made(seed) for seed in range(40)] == [made(seed) for seed in range(40)]
