"""The README's table of faults is what checking, proving and measuring them gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from faults import FAULTS, HEAD, Fault, gradcheck, measured, proof_of, row

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_no_fault_gets_past_both_proof_and_measurement_as_the_readme_shows(fault: Fault, tmp_path: Path) -> None:
    proof, is_broken = proof_of(fault), any(measured(fault, tmp_path))
    assert proof.verdict != "PROVED" or is_broken
    assert row(fault, proof, is_broken) in README


def test_the_table_in_the_readme_has_a_row_for_each_fault() -> None:
    head = "\n".join(HEAD)
    assert README.count(head) == 1
    table = README.partition(head)[2].partition("\n\n")[0]
    assert len(table.splitlines()) == 1 + len(FAULTS)


def test_a_gradient_checker_lets_five_of_seven_pass() -> None:
    assert sum(map(gradcheck, FAULTS)) == 5
