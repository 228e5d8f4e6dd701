"""`faults`: what keeps a folder of generated files from being what a build would leave there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from derive.tree.inputs import changed, digest_of, own_inputs, shared_inputs
from derive.tree.manifest import NAME, Manifest, Section
from derive.tree.plan import Plan

MAX_NAMED: Final = 3  # changed inputs


@dataclass(frozen=True)
class Fault:
    """A generated file that is not what a build would leave, or a specs file with broken kernels; and why."""

    kind: Literal["stale", "edited", "missing", "orphan", "broken"]
    path: str
    reason: str


def faults(plans: Sequence[Plan], recorded: Manifest | None) -> list[Fault]:
    """What is amiss with the files that these plans, all for one folder, make; empty where all is well."""
    if recorded is None or not (recorded.specs or recorded.moving):
        return [Fault("missing", NAME, "nothing has been built here")]
    found = [Fault("stale", NAME, "a build was interrupted")] if recorded.moving else []
    asked = [(plan, path, recorded.specs.get(plan.label(path))) for plan in plans for path in plan.specs]
    for plan, path, section in asked:
        if section is None:
            found.append(Fault("missing", NAME, f"{plan.label(path)} has not been built here"))
        else:
            found += _of_section(plan, path, section)
    return found + list(_shared([section for *_, section in asked if section is not None], recorded))


def _of_section(plan: Plan, path: Path, section: Section) -> Iterator[Fault]:
    label = plan.label(path)
    if not path.is_file():
        yield from (Fault("orphan", output, f"no spec makes it: {label} is gone") for output in section.outputs)
        return
    said = list(changed(section.inputs, own_inputs(plan, path)).values())
    if section.templates != plan.house:
        said.insert(0, f"{section.templates or 'the stock templates'} made it, not {plan.house or 'the stock ones'}")
    if section.targets != plan.targets:
        said.insert(0, f"built for {_named(section.targets)}, not for {_named(plan.targets)}")
    for output, sha in section.outputs.items():
        where = plan.out / output
        if not where.is_file():
            yield Fault("missing", output, f"{label} makes it")
        elif where.is_symlink() or digest_of(where) != sha:
            yield Fault("edited", output, "differs from what was built (derive check --diff shows where)")
        elif said:
            yield Fault("stale", output, _joined(said))


def _named(targets: Sequence[str]) -> str:
    return ", ".join(targets) or "the usual targets"


def _shared(sections: Sequence[Section], recorded: Manifest) -> Iterator[Fault]:
    """A fault for what all files depend on, such as derive itself: whether they change is not known from hashes."""
    now = shared_inputs()
    said: dict[str, str] = {}
    files = 0
    for section in sections:
        since = changed(recorded.derive[section.derive], now)
        said |= since
        files += len(section.outputs) if since else 0
    if said:
        yield Fault("stale", NAME, f"{_joined(list(said.values()))}; {files} files depend on it")


def _joined(said: Sequence[str]) -> str:
    more = len(said) - MAX_NAMED
    return ", ".join(said[:MAX_NAMED]) + (f" and {more} more" if more > 0 else "")


def broken(plans: Sequence[Plan], recorded: Manifest | None) -> list[Fault]:
    """What was wrong with the kernels that these plans make, when they were measured."""
    sections = recorded.specs if recorded is not None else {}
    labels = [plan.label(path) for plan in plans for path in plan.specs]
    return [
        Fault("broken", label, line)
        for label in labels if label in sections for lines in sections[label].measured.values() for line in lines
    ]  # fmt: skip
