"""Every claim of the tables: the right one is PROVED, the one with a mistake is REFUTED."""

from __future__ import annotations

import pytest
from claims import KINKED, SMOOTH, Row

from derive.proof.api import prove
from derive.proof.verdict import Verdict


def name(row: Row) -> str:
    return f"d/d{row[1]} {row[0]}"


@pytest.mark.parametrize("row", SMOOTH, ids=name)
def test_a_smooth_gradient_is_proved_everywhere(row: Row) -> None:
    function, variable, right, _, assume = row
    proof = prove(function, variable, right, assume)
    assert (proof.verdict, proof.exceptions) == (Verdict.PROVED, ()), proof


@pytest.mark.parametrize("row", KINKED, ids=name)
def test_a_gradient_with_kinks_is_proved_almost_everywhere(row: Row) -> None:
    function, variable, right, _, assume = row
    proof = prove(function, variable, right, assume)
    assert proof.verdict is Verdict.PROVED, proof
    assert proof.almost_everywhere


@pytest.mark.parametrize("row", SMOOTH + KINKED, ids=name)
def test_a_mistake_is_refuted_with_a_witness(row: Row) -> None:
    function, variable, _, wrong, assume = row
    proof = prove(function, variable, wrong, assume)
    assert proof.verdict is Verdict.REFUTED, proof
    assert proof.witness is not None
    assert proof.witness.derivative != proof.witness.claim
    assert proof.gap is not None
    assert proof.gap > 0
