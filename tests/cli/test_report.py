"""The verdict is the first word; no decimals where a rational will do; times stand at the right."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from derive.cli.report import fault_lines
from derive.proof.verdict import WIDTH, Proof, Verdict, Witness, proof_lines
from derive.tree.faults import Fault


def test_proved() -> None:
    proof = Proof(Verdict.PROVED, hypotheses=("real x",), evidence="both sides are 2*x", seconds=0.031)
    first, *rest = proof_lines(replace(proof, statement="d/dx x**2  =  2*x"))
    assert first.startswith("PROVED   for all real x ")
    assert first.endswith(" 0.03 s")
    assert len(first) == WIDTH
    assert rest == ["  d/dx x**2  =  2*x", "  both sides are 2*x"]


def test_proved_almost_everywhere_lists_the_exceptions() -> None:
    proof = Proof(Verdict.PROVED, ("real x",), ("x = 0, where max(x, 0) has a kink (left 0, right 1)",))
    first, _, second = proof_lines(replace(proof, statement="claim"))
    assert first.startswith("PROVED   almost everywhere, for all real x")
    assert second == "  except x = 0, where max(x, 0) has a kink (left 0, right 1)"


def test_refuted_shows_the_point_and_both_values() -> None:
    witness = Witness({"p": Fraction(1, 2), "y": Fraction(1, 3)}, "2/3", "2")
    first, *rest = proof_lines(Proof(Verdict.REFUTED, witness=witness, message="a sign?", statement="claim"))
    assert first.startswith("REFUTED  at p = 1/2, y = 1/3 ")
    assert rest == ["  derivative   2/3", "  claim        2", "  a sign?"]


def test_undecided_says_what_was_tried() -> None:
    lines = proof_lines(Proof(Verdict.UNDECIDED, message="10 s have passed", statement="claim"))
    assert lines[0].startswith("UNDECIDED ")
    assert lines[1:] == ["  10 s have passed"]


def test_faults_are_aligned() -> None:
    faults = [Fault("stale", "c/tanh.c", "why"), Fault("orphan", "numpy/elu.py", "no spec makes it")]
    assert fault_lines(faults, "out") == [
        "stale     out/c/tanh.c      why",
        "orphan    out/numpy/elu.py  no spec makes it",
    ]
