"""Lower rooms never import higher ones, and nothing heavy loads before mathematics starts."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "derive"

# The house from the ground up; rooms on one line may use one another.
FLOORS = (
    ("errors", "fuel", "paths", "columns", "workers"),
    ("elementary",),
    ("term",),
    ("relations",),
    ("notation",),
    ("domain", "kinks"),
    ("bridge",),
    ("values",),
    ("lock",),
    ("function", "spec", "pages"),
    ("functions",),
    ("rules",),
    ("calculus",),
    ("rewrite", "ratio"),
    ("steps",),
    ("indices", "contraction"),
    ("axes",),
    ("proof",),
    ("limits",),
    ("discover",),
    ("derivation",),
    ("vjp",),
    ("stable",),
    ("search",),
    ("kernel",),
    ("evaluation",),
    ("schedule", "lower"),
    ("backends",),
    ("names",),
    ("emit",),
    ("cache", "compiler", "memory", "runtime"),
    ("code",),
    ("verify",),
    ("layout",),
    ("document",),
    ("testing", "review"),
    ("tree",),
    ("build",),
    ("report", "terminal"),
    ("cli",),
)
HEIGHT = {room: height for height, floor in enumerate(FLOORS) for room in floor}
# A term prints itself in the notation that stands on it, loaded when that happens.
EXCEPTIONS = {("term", "notation")}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if not path.relative_to(PACKAGE).parts[0].startswith("_"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_rooms(path: Path) -> Iterator[str]:
    """The rooms that a module imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "derive":
            names = [f"derive.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        yield from (name.split(".")[1] for name in names if name.startswith("derive."))


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_room_stands_on_lower_rooms_alone(path: Path) -> None:
    mine = room(path)
    assert mine in HEIGHT, f"say on which floor {mine} stands"
    # A page of mathematics uses the public names, as a user's own file does.
    used = {other for other in imported_rooms(path) if other in HEIGHT} if mine != "functions" else set()
    higher = {other for other in used if HEIGHT[other] > HEIGHT[mine]}
    assert {(mine, other) for other in higher} <= EXCEPTIONS


HEAVY = ("sympy", "numpy", "flint", "jinja2", "rich", "mpmath")


@pytest.mark.parametrize("statement", ["import derive", "import derive.cli", "import derive.tree.changes"])
def test_nothing_heavy_is_imported_at_start_up(statement: str) -> None:
    code = f"{statement}; import sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
