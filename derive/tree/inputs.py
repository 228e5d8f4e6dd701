"""What generated files depend on, each with its SHA-256; SymPy with its version.

Hashes decide, so that neither SymPy nor a specs file is loaded to find that nothing has changed.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Final

from derive.paths import PACKAGE, PAGES, generated_folder, templates_folder
from derive.spec.lock import lock_path
from derive.tree.plan import Plan

# Rooms that a build does not go through: what they say changes no generated file.
ELSEWHERE: Final = (
    "__main__.py", "cli", "code", "compiled", "review", "runtime.py", "support.py", "testing.py", "verify",
)  # fmt: skip


def shared_inputs() -> dict[str, str]:
    """What every generated file depends on: derive's sources and templates, and SymPy."""
    found = {"sympy": version("sympy")}
    found |= {f"derive/{path.relative_to(PACKAGE).as_posix()}": digest_of(path) for path in _sources()}
    return found | {f"templates/{name}": digest_of(path) for name, path in _files(templates_folder())}


def own_inputs(plan: Plan, path: Path, locks: Mapping[Path, bytes] = MappingProxyType({})) -> dict[str, str]:
    """What the files made from the specs file at `path` depend on besides.

    locks: lock files as they are to be; others are as they are on the disk.
    """
    found = {plan.label(part): digest_of(part) for part in (path, *local_modules(path)) if part.is_file()}
    lock = lock_path(path)
    if lock in locks or lock.is_file():
        found[plan.label(lock)] = digest(locks[lock]) if lock in locks else digest_of(lock)
    if plan.templates is not None:
        found |= {plan.label(part): digest_of(part) for _, part in _files(plan.templates)}
    return dict(sorted(found.items()))


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """What happened to each input since, as a phrase by its label."""
    said: dict[str, str] = {}
    for label in sorted({*before, *now}):
        if label not in now:
            said[label] = f"{label} is gone"
        elif label not in before:
            said[label] = f"{label} is new"
        elif before[label] != now[label]:
            is_version = len(now[label]) < len(digest(b""))
            said[label] = f"{label} {now[label]}, was {before[label]}" if is_version else f"{label} changed since"
    return said


def local_modules(specs: Path) -> list[Path]:
    """The modules that lie beside a specs file and that it imports, directly or through one another."""
    found: dict[Path, None] = {}
    waiting = [specs]
    while waiting:
        importer = waiting.pop()
        for path in _imported(importer, specs.parent):
            if path not in found and path != specs:
                found[path] = None
                waiting.append(path)
    return sorted(found)


def _imported(importer: Path, root: Path) -> Iterator[Path]:
    for folder, name in _import_names(importer, root):
        parts = name.split(".") if name else []
        for end in range(len(parts) + 1):
            place = folder.joinpath(*parts[:end])
            candidates = (place.with_suffix(".py"), place / "__init__.py") if end else ()
            yield from (path for path in candidates if path.is_file())


def _import_names(importer: Path, root: Path) -> Iterator[tuple[Path, str]]:
    """Each imported name, dotted, with the folder that it is looked up in."""
    try:
        tree = ast.parse(importer.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return  # reading the specs will say what is wrong with the file, and where
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((root, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            folder = importer.parents[node.level - 1] if node.level else root
            # A name that is imported from a package may be a module of it.
            yield from ((folder, ".".join(filter(None, (node.module, alias.name)))) for alias in node.names)


def _sources() -> list[Path]:
    """The package's sources, but for the pages of mathematics, which are specs, and the data in a wheel."""
    others = (PAGES, templates_folder(), generated_folder(), *(PACKAGE / name for name in ELSEWHERE))
    return sorted(path for path in PACKAGE.rglob("*.py") if not any(map(path.is_relative_to, others)))


def _files(folder: Path) -> list[tuple[str, Path]]:
    return [(path.relative_to(folder).as_posix(), path) for path in sorted(folder.rglob("*")) if path.is_file()]


def digest_of(path: Path) -> str:
    return digest(path.read_bytes())


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
