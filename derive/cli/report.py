"""What the command prints of a build, and of a tree that is not what a build would leave."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from derive.proof.records import write_proof
from derive.proof.verdict import Proof, Verdict, aligned, proof_lines
from derive.spec.function import ORDERS
from derive.spec.lock import Entry
from derive.tree.faults import Fault

if TYPE_CHECKING:
    from derive.tree.build import Build, Made
    from derive.tree.changes import Changes
    from derive.verify import VerificationReport

MAX_ULP_SHOWN: Final = 1e4  # ulp; above it digits say nothing
NAMES: Final = 20  # columns for a function's name
MARGIN: Final = " " * (NAMES + 1)
MAX_FILES: Final = 8  # files that are named one by one
MAX_PROBLEMS: Final = 4


def fault_lines(faults: Iterable[Fault], folder: str) -> list[str]:
    """Faults of a tree of generated files, a line each."""
    rows = [(fault.kind, os.path.normpath(os.path.join(folder, fault.path)), fault.reason) for fault in faults]
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
    lines = [aligned(f"{function.name:<{NAMES}} {'  '.join(words)}", f"{made.seconds:.1f} s")]
    if undecided:
        lines.append(f"{MARGIN}undecided, and accepted: {function.accept_undecided}")
    lines += [f"{MARGIN}{gap}" for gap in _gaps(made)]
    found = [name for name in function.wrt if name not in function.documented]
    lines += [f"{MARGIN}gradient found: {_gradient(made, name)}" for name in found]
    return lines + [f"{MARGIN}{line}" for line in _other_forms(made)]


def _gaps(made: Made) -> list[str]:
    """What no kernel of some target that was made can be, such as measured, a line each."""
    from derive.targets.table import TARGETS  # which is much to load: a build with nothing to do does not

    folders = dict.fromkeys(file.path.partition("/")[0] for file in made.files)
    return [f"{name}: {gap}" for name in folders if name in TARGETS for gap in TARGETS[name].gaps]


def _other_forms(made: Made) -> Iterator[str]:
    """What a search has found in place of what was locked, a line each."""
    for kernel, entry in made.entries.items():
        old = made.function.locked.get(kernel)
        if old is not None and old["answers"] == entry["answers"] and old["parts"] != entry["parts"]:
            yield f"{kernel}: another form, {_bits(old)} -> {_bits(entry)}"


def _bits(entry: Entry) -> str:
    """The mean errors of a locked form in its strata, in bits."""
    return ", ".join(
        f"{dtype} {max(part['mean'] for part in strata.values()):.2f} bits" for dtype, strata in entry["bits"].items()
    )


def lock_lines(build: Build, changes: Changes, dry_run: bool) -> Iterator[str]:
    """What a build says of the forms that it locks, and of those that were found by another derive than this one."""
    said = "would have locked" if dry_run else "locked"
    yield from (f"{said} the forms that were found in {os.path.relpath(path)}" for path in changes.locks)
    answers = [form.answer for _, made in build.made for form in made.forms.values() if form.answer is not None]
    outdated = sum(answer.outdated for answer in answers)
    if outdated:
        yield f"{outdated} locked forms were found by another derive: derive build --search looks for better ones"


def _gradient(made: Made, name: str) -> str:
    derivation = made.derivations[name]
    written = derivation.rows("pretty")[-1].right
    return written if len(made.function.wrt) == 1 else f"in {derivation.variable}, {written}"


def _stopping_lines(made: Made, name: str, proof: Proof) -> list[str]:
    form = made.function.documented[name]
    first, *rest = proof_lines(proof)
    return [f"{made.function.where}: the gradient documented for {form.variable}: {form.formula}", first, *rest]


def build_json(done: Iterable[tuple[Build, Changes | None]], wrong: Iterable[Fault]) -> dict[str, Any]:
    """Builds as JSON: each function with its gradients and proofs, the paths that change, and what stays wrong."""
    done = list(done)
    return {
        "functions": [_made_json(made) for build, _ in done for _, made in build.made],
        "write": [path for _, changes in done if changes is not None for path in changes.write],
        "remove": [path for _, changes in done if changes is not None for path in changes.remove],
        "wrong": [vars(fault) for fault in wrong],
    }


def _made_json(made: Made) -> dict[str, Any]:
    return {
        "name": made.function.name,
        "where": made.function.where,
        "gradients": {name: str(it.result) for name, it in made.derivations.items()},
        "proofs": {name: write_proof(proof) for name, proof in made.proofs.items()},
        "accept_undecided": made.function.accept_undecided,
        "gaps": _gaps(made),
        "seconds": round(made.seconds, 3),
    }


def write_lines(folder: str, changes: Changes, dry_run: bool) -> list[str]:
    """The files that a build wrote and removed, or would."""
    would = "would have " if dry_run else ""
    lines = [
        f"{would}{verb} {_named([f'{folder}/{path}' for path in paths])}"
        for verb, paths in (("written" if dry_run else "wrote", changes.write), ("removed", changes.remove))
        if paths
    ]
    lines += [f"left {folder}/{path}: no spec makes it, and it was edited since it was built" for path in changes.left]
    return lines or [f"{folder}: no file differs"]


def _named(paths: list[str]) -> str:
    return ", ".join(paths) if len(paths) <= MAX_FILES else f"{len(paths)} files"


BEYOND: Final = "far from these, where assume=... could say that nobody goes:"


def measured_lines(report: VerificationReport) -> list[str]:
    """The largest errors of one function's kernels, a line for each variant of each target."""
    lines = []
    measured = [kernel for kernel in report.kernels if kernel.measured]
    for variant in dict.fromkeys((kernel.target, kernel.dtype) for kernel in measured):
        kernels = [kernel for kernel in measured if (kernel.target, kernel.dtype) == variant]
        shown = [it if it.held or not it.usable else it.near for it in kernels]
        listed = [(word, [it.worst.worst for it in shown if it.order == order]) for order, word in ORDERS.items()]
        errors = ", ".join(f"{word} {_ulp(max(found))}" for word, found in listed if found)
        faults = sum(it.faults.total + len({flag.name for flag in it.flags}) + len(it.calls) for it in kernels)
        said = f"{faults} faults" if faults else "no faults"
        said += " far off" if faults and all(it.usable for it in kernels) else ""
        who = " ".join(variant)
        lines.append(
            f"{kernels[0].function:<{NAMES}} {who}: {errors}, {said} over {min(it.points for it in kernels):,} inputs"
        )
    problems = [line for kernel in report.kernels for line in kernel.problems()]
    if report.usable and not report.held:
        lines.append(f"{MARGIN}usable: everyday values are within the contract; {BEYOND}")
    return lines + [f"{MARGIN}{problem}" for problem in few(problems)]


def few(problems: Sequence[str]) -> list[str]:
    """The first problems of a function's kernels, and how many more there are."""
    more = len(problems) - MAX_PROBLEMS
    return [*problems[:MAX_PROBLEMS], *([f"and {more} more: derive verify shows them"] if more > 0 else ())]


def _ulp(error: float) -> str:
    return f"{error:.1f} ulp" if error < MAX_ULP_SHOWN else f"{error:.0e} ulp"


def brief_lines(report: VerificationReport) -> list[str]:
    """The largest error of each kernel in ulp, as a Markdown table; what is out of contract is in bold."""
    columns = list(dict.fromkeys((kernel.target, kernel.dtype) for kernel in report.kernels))
    rows: dict[str, dict[tuple[str, str], str]] = {}
    for kernel in report.kernels:
        figure = f"{kernel.worst.worst:.2f}" if kernel.measured else kernel.standing
        rows.setdefault(kernel.kernel, {})[kernel.target, kernel.dtype] = figure if kernel.held else f"**{figure}**"
    lines = [f"| ulp | {' | '.join(map(' '.join, columns))} |", "|---" + "|---:" * len(columns) + "|"]
    return lines + [f"| {name} | {' | '.join(row.get(it, '') for it in columns)} |" for name, row in rows.items()]
