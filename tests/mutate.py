"""Mutations: small slips in a room's sources, and whether the room's own tests see them.

`python -m tests.mutate ROOM [COUNT [SEED]]` makes COUNT slips, one at a time, each in a copy of the checkout, and runs
the tests that mirror the room. It prints those that no test sees, and exits with 1 where more than a tenth survive.
"""

from __future__ import annotations

import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
COPIED: Final = ("derive", "tests", "templates", "generated", "docs", "pyproject.toml", "README.md")
COUNT: Final = 40
KILLED: Final = 0.9  # the share that the tests of a good room see
PATIENCE: Final = 4  # a slip that takes so many times as long as the tests do is one that never ends
COMPARISONS: Final = {
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"), ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="), ast.In: ("in", "not in"), ast.NotIn: ("not in", "in"), ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
}  # fmt: skip
ARITHMETIC: Final = {ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "+"), ast.Div: ("/", "*")}
FORMULA: Final = {" + ": " - ", " - ": " + ", " > ": " < ", " >= ": " > ", "*": "/"}  # in formulas that are text


@dataclass(frozen=True)
class Slip:
    """One change of a source: the text from `start` to `end` becomes `text`."""

    path: Path
    start: int
    end: int
    text: str

    def told(self) -> str:
        source = self.path.read_text(encoding="utf-8")
        line = source.count("\n", 0, self.start) + 1
        return f"{self.path.relative_to(ROOT)}:{line}: {source[self.start : self.end]!r} became {self.text!r}"


class _Slips(ast.NodeVisitor):
    """The slips that a source allows; none in docstrings, annotations and imports."""

    def __init__(self, path: Path) -> None:
        self.path, self.source = path, path.read_text(encoding="utf-8")
        self.starts = [0]
        for line in self.source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.found: list[Slip] = []

    def place(self, line: int, column: int) -> int:
        text = self.source[self.starts[line - 1] : self.starts[line]]
        return self.starts[line - 1] + len(text.encode()[:column].decode())

    def span(self, node: ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.place(node.lineno, node.col_offset), self.place(node.end_lineno, node.end_col_offset)

    def add(self, start: int, end: int, text: str) -> None:
        self.found.append(Slip(self.path, start, end, text))

    def between(self, left: ast.expr, right: ast.expr, old: str, new: str) -> None:
        """An operator between two operands."""
        start, end = self.span(left)[1], self.span(right)[0]
        match = re.search(rf"(?<![\w*/<>=!]){re.escape(old)}(?![\w*/<>=])", self.source[start:end])
        if match is not None:
            self.add(start + match.start(), start + match.end(), new)

    def visit_Compare(self, node: ast.Compare) -> None:
        for left, operator, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
            self.between(left, right, *COMPARISONS[type(operator)])
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in ARITHMETIC:
            self.between(node.left, node.right, *ARITHMETIC[type(node.op)])
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        words = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        self.between(node.values[0], node.values[1], *words)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, (ast.Not, ast.USub)):
            self.add(self.span(node)[0], self.span(node.operand)[0], "")
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        start, end = self.span(node.test)
        self.add(start, end, f"not ({self.source[start:end]})")
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        start, end = self.span(node.test)
        self.add(start, end, f"not ({self.source[start:end]})")
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            self.add(*self.span(node.value), "None")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        start, end = self.span(node)
        if isinstance(node.value, bool):
            self.add(start, end, str(not node.value))
        elif isinstance(node.value, int):
            self.add(start, end, str(node.value + 1))
        elif isinstance(node.value, str) and self.source[start : start + 1] == '"':
            for old, new in FORMULA.items():
                place = self.source.find(old, start + 1, end - 1)
                if place >= 0:
                    self.add(place, place + len(old), new)
                    break

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for part in (*node.args.defaults, *node.body):
            self.visit(part)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """What a message says is not looked at."""

    def visit_Raise(self, node: ast.Raise) -> None:
        """Nor is what is raised."""

    def visit_Assert(self, node: ast.Assert) -> None:
        """What is asserted is for readers and type checkers."""


def sources(room: str) -> list[Path]:
    """The sources of a room: a folder's, or one module's."""
    folder = ROOT / "derive" / room
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def tests_of(room: str) -> list[str]:
    """The tests that mirror a room."""
    folder, name = ROOT / "tests" / room, Path(room).name
    found = [folder, folder.with_name(f"test_{name}.py"), *MORE.get(room, ())]
    return [str(path.relative_to(ROOT)) for path in found if path.exists()]


# Rooms whose tests stand elsewhere too.
PROOF: Final = ROOT / "tests" / "proof"
MORE: Final = {
    "values/kinks": [ROOT / "tests" / "elementary"],
    "elementary": [ROOT / "tests" / "approximation"],  # the polynomials of the cores
    "proof/kinks": [PROOF / "test_scalar.py", PROOF / "test_claims.py", PROOF / "indices"],  # claims beside kinks
    "proof/refute": [PROOF / "test_scalar.py", PROOF / "test_claims.py", PROOF / "test_hypotheses.py"],
    "stabilisation": [ROOT / "tests" / "values" / "test_ratio.py"],  # ratios, as they are written
}


def slips(room: str) -> list[Slip]:
    found: list[Slip] = []
    for path in sources(room):
        seen = _Slips(path)
        seen.visit(ast.parse(seen.source))
        found += seen.found
    return found


def runs(copy: Path, tests: list[str], seconds: float | None = None) -> bool:
    """Whether the tests pass in a copy of the checkout."""
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def survivors(room: str, count: int, seed: int) -> Iterator[tuple[Slip, bool]]:
    """Each of `count` slips, and whether the tests of the room pass in spite of it."""
    chosen, tests = slips(room), tests_of(room)
    random.Random(seed).shuffle(chosen)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, copy / name)
        start = os.times().elapsed
        if not tests or not runs(copy, tests):
            raise SystemExit(f"{room}: the tests that mirror it, {tests or 'of which there are none'}, do not pass")
        seconds = 10 + PATIENCE * (os.times().elapsed - start)
        for slip in chosen[:count]:
            place, source = copy / slip.path.relative_to(ROOT), slip.path.read_text(encoding="utf-8")
            place.write_text(source[: slip.start] + slip.text + source[slip.end :], encoding="utf-8")
            yield slip, runs(copy, tests, seconds)
            place.write_text(source, encoding="utf-8")


def main(room: str, count: str = str(COUNT), seed: str = "1") -> int:
    tried = survived = 0
    for slip, passes in survivors(room, int(count), int(seed)):
        tried, survived = tried + 1, survived + passes
        if passes:
            print(f"not seen: {slip.told()}", flush=True)
    print(f"{room}: {tried - survived} of {tried} slips were seen")
    return int(survived > (1 - KILLED) * tried)


if __name__ == "__main__":
    if len(sys.argv) < 2 or not sources(sys.argv[1])[0].exists():
        sys.exit("usage: python -m tests.mutate ROOM [COUNT [SEED]], a ROOM being a folder or a module of derive/")
    sys.exit(main(*sys.argv[1:]))
