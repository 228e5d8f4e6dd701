"""The README's table of faults is what checking, proving and measuring them gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from faults import FAULTS, Fault, gradcheck, measured, proof_of, table

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_the_table_in_the_readme_is_what_is_found() -> None:
    assert "\n".join(table()) in README


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_no_fault_gets_past_both_proof_and_measurement(fault: Fault, tmp_path: Path) -> None:
    assert proof_of(fault).verdict != "PROVED" or list(measured(fault, tmp_path))


def test_a_gradient_checker_lets_five_of_seven_pass() -> None:
    assert sum(map(gradcheck, FAULTS)) == 5
