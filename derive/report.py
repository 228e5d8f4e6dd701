"""What the command prints of a result: the verdict first, then for what it holds, then the evidence."""

from __future__ import annotations

from collections.abc import Iterable

from derive.manifest import Fault
from derive.prove.verdict import Proof, Verdict, Witness

WIDTH = 80  # columns; a time stands at the right end of a first line


def proof_lines(proof: Proof, statement: str) -> list[str]:
    """A verdict as text; `statement` is the claim as it was made."""
    lines = [_first_line(proof)]
    if proof.verdict is Verdict.PROVED:
        lines += [f"  {statement}", *(f"  except {sentence}" for sentence in proof.exceptions)]
    if proof.witness is not None:
        lines += [f"  derivative   {proof.witness.derivative}", f"  claim        {proof.witness.claim}"]
    lines += [f"  {line}" for text in (proof.evidence, proof.message) for line in text.splitlines()]
    return lines


def _first_line(proof: Proof) -> str:
    time = f"{proof.seconds:.2f} s"
    return aligned(f"{proof.verdict:<9}{holds_for(proof)}".rstrip(), time)


def holds_for(proof: Proof) -> str:
    """For what a verdict was reached: hypotheses, or the point that refutes."""
    if proof.witness is not None:
        return f"at {point(proof.witness)}"
    if proof.verdict is not Verdict.PROVED:
        return ""
    hypotheses = f"for {', '.join(proof.hypotheses)}" if proof.hypotheses else ""
    return ", ".join(filter(None, ("almost everywhere" if proof.almost_everywhere else "", hypotheses)))


def point(witness: Witness) -> str:
    return ", ".join(f"{name} = {value}" for name, value in witness.point.items())


def aligned(text: str, right: str) -> str:
    """`text`, with `right` at the right edge; two spaces at least between them."""
    return f"{text}  {right:>{max(0, WIDTH - len(text) - 2)}}"


def fault_lines(faults: Iterable[Fault], folder: str) -> list[str]:
    """Faults of a tree of generated files, a line each."""
    rows = [(fault.kind, f"{folder}/{fault.path}", fault.reason) for fault in faults]
    width = max((len(path) for _, path, _ in rows), default=0)
    return [f"{kind:<9} {path:<{width}}  {reason}" for kind, path, reason in rows]
