"""The modules of derive that a module imports, for tests of what depends on what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from derive.paths import PACKAGE


def imported(path: Path) -> Iterator[Path]:
    """At the module's top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            place = PACKAGE.parent.joinpath(*name.split("."))
            candidates = (place.with_suffix(".py"), place / "__init__.py")
            yield from (file for file in candidates if file.is_file() and file.is_relative_to(PACKAGE))


def all_imported(path: Path) -> set[Path]:
    """A module, and all that it imports, directly or through one another."""
    found, waiting = {path}, [path]
    while waiting:
        new = set(imported(waiting.pop())) - found
        found |= new
        waiting += new
    return found
