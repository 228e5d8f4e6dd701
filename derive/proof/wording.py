"""A verdict in words: the verdict first, then for what it holds, then the evidence."""

from __future__ import annotations

from typing import Final

from derive.proof.verdict import Proof, Verdict, Witness

WIDTH: Final = 80  # columns; a time stands at the right end of a first line
SMALL_GAP: Final = 0.01  # relative; a gap below it is said, since it may be a rounded constant


def proof_lines(proof: Proof) -> list[str]:
    """A verdict as text."""
    title = f"{proof.title}  " if proof.holes else f"{proof.title:<9}"
    lines = [aligned(f"{title}{holds_for(proof)}".rstrip(), f"{proof.seconds:.2f} s")]
    if proof.verdict is Verdict.PROVED:
        lines += [f"  {proof.statement}"] if proof.statement else []
        lines += [f"  except {sentence}" for sentence in proof.exceptions]
        lines += [f"  {sentence}" for sentence in proof.holes]
    if proof.witness is not None:
        lines += [f"  derivative   {proof.witness.derivative}", f"  claim        {proof.witness.claim}"]
        lines += [f"  they differ by {proof.gap:.1e} of their size"] if proof.gap and proof.gap < SMALL_GAP else []
    return lines + [f"  {line}" for text in (proof.evidence, proof.message) for line in text.splitlines()]


def holds_for(proof: Proof) -> str:
    """For what a verdict was reached: hypotheses, or the point that refutes."""
    if proof.witness is not None:
        return f"at {point(proof.witness)}"
    if proof.verdict is not Verdict.PROVED:
        return ""
    facts = [f"all {it}" if it.startswith(("real ", "integer ")) else it for it in proof.hypotheses]
    hypotheses = f"for {', '.join(facts)}" if facts else ""
    return ", ".join(filter(None, ("almost everywhere" if proof.almost_everywhere else "", hypotheses)))


def point(witness: Witness) -> str:
    return ", ".join(f"{name} = {value}" for name, value in witness.point.items())


def aligned(text: str, right: str) -> str:
    """`text`, with `right` at the right edge; two spaces at least between them."""
    return f"{text}  {right:>{max(0, WIDTH - len(text) - 2)}}"
