"""What the command prints of a result: the verdict first, then for what it holds, then the evidence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from derive.manifest import NAME, Fault
from derive.prove.records import write_proof
from derive.prove.verdict import Proof, Verdict, Witness

if TYPE_CHECKING:
    from derive.build import Build, Made
    from derive.tree import Changes

WIDTH: Final = 80  # columns; a time stands at the right end of a first line
SMALL_GAP: Final = 0.01  # relative; a gap below it is said, since it may be a rounded constant
FEW: Final = 8  # files that are named one by one


def proof_lines(proof: Proof, statement: str) -> list[str]:
    """A verdict as text; `statement` is the claim as it was made."""
    lines = [_first_line(proof)]
    if proof.verdict is Verdict.PROVED:
        lines += [f"  {statement}", *(f"  except {sentence}" for sentence in proof.exceptions)]
    if proof.witness is not None:
        lines += [f"  derivative   {proof.witness.derivative}", f"  claim        {proof.witness.claim}"]
        lines += [f"  they differ by {proof.gap:.1e} of their size"] if proof.gap and proof.gap < SMALL_GAP else []
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
    facts = [f"all {it}" if it.startswith(("real ", "integer ")) else it for it in proof.hypotheses]
    hypotheses = f"for {', '.join(facts)}" if facts else ""
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


def made_lines(made: Made) -> list[str]:
    """What a build says of one function: how far it came; where a proof stops it, the evidence."""
    function = made.function
    if made.stops:
        return [line for name, proof in made.proofs.items() if proof.verdict is not Verdict.PROVED
                for line in _stopping_lines(made, name, proof)]  # fmt: skip
    targets = dict.fromkeys(file.path.partition("/")[0] for file in made.files)
    undecided = any(proof.verdict is Verdict.UNDECIDED for proof in made.proofs.values())
    words = ["derived", "undecided" if undecided else "proved", *targets]
    lines = [aligned(f"{function.name:<8} {'  '.join(words)}", f"{made.seconds:.1f} s")]
    if undecided:
        lines.append(f"         undecided, and accepted: {function.accept_undecided}")
    found = [name for name in function.wrt if name not in function.documented]
    return lines + [f"         gradient found: {made.derivations[name].result}" for name in found]


def _stopping_lines(made: Made, name: str, proof: Proof) -> list[str]:
    form = made.function.documented[name]
    first, *rest = proof_lines(proof, "")
    return [f"{made.function.where}: the gradient documented for {form.variable}: {form.formula}", first, *rest]


def build_json(build: Build, changes: Changes) -> dict[str, Any]:
    """A build as JSON: each function with its gradients and proofs, and the paths that change."""
    write, remove = ([], []) if build.stopped else (list(changes.write), list(changes.remove))
    return {"functions": [_made_json(made) for _, made in build.made], "write": write, "remove": remove}


def _made_json(made: Made) -> dict[str, Any]:
    return {
        "name": made.function.name,
        "where": made.function.where,
        "gradients": {name: str(it.result) for name, it in made.derivations.items()},
        "proofs": {name: write_proof(proof) for name, proof in made.proofs.items()},
        "accept_undecided": made.function.accept_undecided,
        "seconds": round(made.seconds, 3),
    }


def write_lines(changes: Changes, dry_run: bool) -> list[str]:
    """The files that a build wrote and removed, or would."""
    would = "would have " if dry_run else ""
    lines = [
        f"{would}{verb} {_named([str(changes.out / path) for path in paths if path != NAME])}"
        for verb, paths in (("written" if dry_run else "wrote", changes.write), ("removed", changes.remove))
        if set(paths) - {NAME}
    ]
    return lines or [f"{changes.out}: no file differs"]


def _named(paths: list[str]) -> str:
    return ", ".join(paths) if len(paths) <= FEW else f"{len(paths)} files"
