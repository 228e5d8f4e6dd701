"""The same question has the same answer, whatever was asked before and however sets are ordered."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

from claims import KINKED, SMOOTH
from indexed_claims import CASES

EVERY: int = 9  # row: a sample of the tables


def questions() -> list[tuple[str, str, str, tuple[str, ...]]]:
    scalar = [
        (function, variable, claim, (assume,) if assume else ())
        for function, variable, right, wrong, assume in (SMOOTH + KINKED)[::EVERY]
        for claim in (right, wrong)
    ]
    indexed = [
        (case.function, case.wrt, claim, case.assume) for case in CASES[::EVERY] for claim in (case.right, case.wrong)
    ]
    return scalar + indexed


def answers(seed: int) -> list[str]:
    """Whole proofs and the fuel that each took, asked in an order that `seed` shuffles."""
    from derive.fuel import CLAIM, Fuel
    from derive.notation.text import read_text
    from derive.proof.api import prove_terms
    from derive.proof.records import write_proof
    from derive.spec.domain import read_domain

    asked = list(enumerate(questions()))
    random.Random(seed).shuffle(asked)
    found: dict[int, str] = {}
    for number, (function, variable, claim, assume) in asked:
        fuel = Fuel()
        proof = prove_terms(read_text(function), read_text(variable), read_text(claim), read_domain(assume), fuel)
        found[number] = json.dumps({**write_proof(proof), "seconds": 0, "spent": CLAIM - fuel.left})
    return [found[number] for number in sorted(found)]


def test_order_and_hash_seed_change_nothing() -> None:
    running = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        running.append(
            subprocess.Popen([sys.executable, str(Path(__file__)), seed], stdout=subprocess.PIPE, env=environment)
        )
    first, second = (process.communicate()[0].decode().splitlines() for process in running)
    assert len(first) == len(questions())
    assert first == second


if __name__ == "__main__":
    print("\n".join(answers(int(sys.argv[1]))))
