"""Certificates: what walks over all inputs found, in `certificates/NAME.json`; and whether that still stands.

A build neither makes nor removes them. One is of a kernel's text: where that has changed it says nothing any more.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from derive.compiled.bodies import body_hash
from derive.errors import DeriveError, reading
from derive.tree.changes import write_whole
from derive.tree.faults import Fault
from derive.tree.plan import Plan, default_out

FOLDER: Final = "certificates"
Certificates = Mapping[str, Mapping[str, Any]]  # by the kernel's symbol


def read_certificates(path: Path) -> dict[str, Mapping[str, Any]]:
    """Those of one function. Raises DeriveError for a file that holds none."""
    try:
        with reading(path):
            kernels = json.loads(path.read_text(encoding="utf-8"))["kernels"]
        return {str(symbol): {**fields, "body": str(fields["body"])} for symbol, fields in kernels.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise DeriveError(
            f"{path}: not a certificate of this derive: delete it, and walk the kernels again"
        ) from problem


def write_certificates(out: Path, name: str, found: Certificates) -> Path:
    """Put what was found of kernels of one function beside what is known of its others."""
    path = out / FOLDER / f"{name}.json"
    known = read_certificates(path) if path.is_file() else {}
    kernels = dict(sorted({**known, **found}.items()))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, _written(kernels).encode())
    return path


def _written(kernels: Certificates) -> str:
    """A line for each fact, and one for each list."""
    blocks = []
    for symbol, fields in kernels.items():
        lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in fields.items())
        blocks.append(f" {json.dumps(symbol)}: {{\n{lines}\n }}")
    return '{"kernels": {\n' + ",\n".join(blocks) + "\n}}\n"


def outdated(out: Path) -> Iterator[Fault]:
    """Certificates of kernels that are not what they were when they were walked."""
    for path in sorted((out / FOLDER).glob("*.json")):
        from derive.targets.table import LOADED  # with NumPy: where there are certificates alone

        assert LOADED.toolchain is not None
        source = out / LOADED.name / f"{path.stem}{LOADED.toolchain.ending}"
        text = source.read_text(encoding="utf-8", errors="replace") if source.is_file() else ""
        changed = [symbol for symbol, it in read_certificates(path).items() if body_hash(text, symbol) != it["body"]]
        if changed:
            more = f" and {len(changed) - 1} more kernels" if len(changed) > 1 else ""
            has = "have" if len(changed) > 1 else "has"
            said = f"{changed[0]}{more} {has} changed since all inputs were walked"
            yield Fault(
                "stale", f"{FOLDER}/{path.name}", said if text else f"there is no {source.name} any more: delete it"
            )


def renewing(plan: Plan, found: Sequence[Fault]) -> Iterator[str]:
    """The command lines that renew what is `outdated`."""
    names = [Path(fault.path).stem for fault in found if "delete it" not in fault.reason]
    if not names:
        return
    words = ["derive", "verify", "--exhaustive", *names]
    if plan.out != default_out():
        words += ["--out", plan.folder]
    yield shlex.join(words)
