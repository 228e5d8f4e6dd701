"""Lower rooms never import higher ones, and nothing heavy loads before mathematics starts."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "derive"

# The house from the ground up; rooms on one line may use one another.
FLOORS = (
    ("errors", "fuel", "paths", "workers"),
    ("elementary",),
    ("approximation",),
    ("term",),
    ("relations",),
    ("notation",),
    ("spec",),
    ("functions",),
    ("values",),
    ("rules",),
    ("calculus",),
    ("proof",),
    ("limits",),
    ("derivation",),
    ("stabilisation",),
    ("codegen",),
    ("compiled",),
    ("code",),
    ("targets",),
    ("support", "runtime"),
    ("verify",),
    ("bench",),
    ("present",),
    ("testing", "review"),
    ("tree",),
    ("cli",),
)
MAX_LINES = 350  # of a module
HEIGHT = {room: height for height, floor in enumerate(FLOORS) for room in floor}
# Inside two of them, likewise; what is not in a folder is named by itself.
PROOF = (
    ("verdict",),
    ("algebra",),
    ("kinks",),
    ("refute",),
    ("scalar",),
    ("indices",),
    ("abbreviations", "shapes", "shifts"),
    ("api", "records"),
    ("bulk", "worker"),
)
STABILISATION = (
    ("fingerprint", "kinks", "infinity", "points", "series"),
    ("samples", "gradients", "total", "guards", "cores", "writer", "underflow"),
    ("layout", "fractions"),
    ("fold", "clamps"),
    ("moves", "chain"),
    ("pairs",),
    ("precise",),
    ("proof", "found", "zeros"),
    ("judge", "reasons"),
    ("pool",),
    ("branches",),
    ("search",),
    ("lock", "api"),
    ("forms",),
    ("wide",),
)


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if not path.relative_to(PACKAGE).parts[0].startswith("_"))


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> set[str]:
    """The modules and names that a module imports, at its top or inside a function; not for annotations alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    conditions = (node for node in ast.walk(tree) if isinstance(node, ast.If))
    for_types = (node for node in conditions if "TYPE_CHECKING" in ast.dump(node.test))
    checked = {id(part) for node in for_types for part in ast.walk(node)}
    found = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and id(node) not in checked and node.module != "derive":
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            known = {name for name in inside if (PACKAGE.parent / (name.replace(".", "/") + ".py")).is_file()}
            found |= known or {node.module or ""}
    return found


def room(path: Path) -> str:
    return room_of(".".join(path.relative_to(PACKAGE).with_suffix("").parts))


def room_of(module: str) -> str:
    """A folder, or a module of one that stands on a floor of its own."""
    return module if module in HEIGHT else module.split(".")[0]


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
        yield from (room_of(name.removeprefix("derive.")) for name in names if name.startswith("derive."))


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_room_stands_on_lower_rooms_alone(path: Path) -> None:
    mine = room(path)
    assert mine in HEIGHT, f"say on which floor {mine} stands"
    # A page of mathematics uses the public names, as a user's own file does.
    used = {other for other in imported_rooms(path) if other in HEIGHT} if mine != "functions" else set()
    higher = {other for other in used if HEIGHT[other] > HEIGHT[mine]}
    assert not higher


def test_no_module_is_longer_than_a_reader_holds_in_mind() -> None:
    lengths = {module_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {name: length for name, length in lengths.items() if length > MAX_LINES} == {}


@pytest.mark.parametrize(("room", "floors"), [("proof", PROOF), ("stabilisation", STABILISATION)])
def test_a_large_room_has_an_order_inside(room: str, floors: tuple[tuple[str, ...], ...]) -> None:
    height = {part: floor for floor, parts in enumerate(floors) for part in parts}
    for path in modules():
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] == room and parts[1] != "__init__":
            used = {name.split(".")[2] for name in imports_of(path) if name.startswith(f"derive.{room}.")}
            assert {other for other in used if height[other] > height[parts[1]]} == set(), path


def test_no_module_imports_itself_by_way_of_others() -> None:
    names = {module_name(path): path for path in modules()}
    graph = {name: {found for found in imports_of(path) if found in names and found != name}
             for name, path in names.items()}  # fmt: skip
    while leaves := {name for name, used in graph.items() if not used & graph.keys()}:
        graph = {name: used for name, used in graph.items() if name not in leaves}
    assert not graph, "these import one another, or import those that do"


HEAVY = ("sympy", "numpy", "flint", "jinja2", "rich", "mpmath")


@pytest.mark.parametrize("statement", ["import derive", "import derive.cli", "import derive.tree.changes"])
def test_nothing_heavy_is_imported_at_start_up(statement: str) -> None:
    code = f"{statement}; import sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_map_of_the_house_shows_the_rooms_as_they_stand() -> None:
    text = (PACKAGE.parent / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = text.split("<!-- floors -->")[1].split("<!-- end of floors -->")[0]
    rows = [tuple(re.findall(r"`(\w+)`", line.split("|")[1])) for line in table.splitlines() if line.startswith("| `")]
    assert tuple(rows) == FLOORS
    assert all((PACKAGE / room).is_dir() or (PACKAGE / f"{room}.py").is_file() for floor in FLOORS for room in floor)


def test_the_map_names_files_that_exist() -> None:
    for page in ("ARCHITECTURE.md", "CONTRIBUTING.md"):
        text = (PACKAGE.parent / page).read_text(encoding="utf-8")
        for path in re.findall(r"`((?:[\w]+/)*[\w]+(?:\.py|/))`", text.replace("NAME", "numpy")):
            assert any((place / path).exists() for place in (PACKAGE, PACKAGE.parent)), f"{page}: {path}"
