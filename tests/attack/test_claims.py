"""A few hundred claims of fixed seeds: no verdict is wrong, few are left open. `python -m tests.attack` runs more."""

from __future__ import annotations

import pytest

from attack.claims import made
from attack.oracle import Judged
from attack.run import MOST_UNDECIDED, judged

BLOCKS = 12
SIZE = 25
WRONG = (Judged.WRONG_PROVED, Judged.WRONG_REFUTED)


@pytest.fixture(scope="module")
def undecided() -> list[str]:
    """The claims that were left open so far."""
    return []


@pytest.mark.parametrize("block", range(BLOCKS))
def test_no_verdict_is_wrong(block: int, undecided: list[str]) -> None:
    wrong = []
    for seed in range(block * SIZE, (block + 1) * SIZE):
        claim, judgement, _ = judged(seed)
        if judgement.judged in WRONG:
            wrong.append(f"{judgement.judged}, {claim.kind}, {judgement.reason}\n  {claim.question.command()}")
        if judgement.judged is Judged.UNDECIDED:
            undecided.append(f"{claim.kind}, {judgement.reason}\n  {claim.question.command()}")
    assert wrong == []


def test_few_are_left_open(undecided: list[str]) -> None:
    assert len(undecided) <= MOST_UNDECIDED * BLOCKS * SIZE, "\n".join(undecided)


def test_a_seed_makes_one_claim() -> None:
    assert [made(seed) for seed in range(40)] == [made(seed) for seed in range(40)]
