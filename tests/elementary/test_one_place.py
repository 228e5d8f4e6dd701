"""Facts about functions stand in their records: no other module lists functions by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from derive.elementary.table import TABLE
from derive.notation.latex_tokens import GREEK

PACKAGE: Final = Path(__file__).parents[2] / "derive"
# Modules that name several functions, and why that is no table of facts.
ALLOWED: Final = {
    "__init__.py": "what the package exports",
    "values/intervals.py": "arithmetic of intervals: an operation each",
    "values/balls.py": "arithmetic of rational numbers: an operation each",
    "values/one_sided.py": "arithmetic of one-sided limits: an operation each",
    "proof/indices/conditions.py": "how a prover reads each kinked function where an index runs",
    "verify/judge.py": "what arithmetic of its own, apart from the kernels', offers",
    "proof/algebra/recurrences.py": "a page of identities",
}
FEW: Final = 2


def lists(source: str) -> Iterator[tuple[int, set[str]]]:
    """The functions that one collection, or one string of words, names; Greek letters aside."""
    for node in ast.walk(ast.parse(source)):
        words: list[object] = []
        if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            words = [part.value for part in node.elts if isinstance(part, ast.Constant)]
        elif isinstance(node, ast.Dict):
            words = [part.value for part in (*node.keys, *node.values) if isinstance(part, ast.Constant)]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            split = node.value.split()
            words = [*split] if all(word.isidentifier() for word in split) else []
        named = {word for word in words if isinstance(word, str) and word in TABLE and word not in GREEK}
        if len(named) > FEW:
            yield node.lineno if hasattr(node, "lineno") else 0, named


@pytest.mark.parametrize(
    "path", [path for path in sorted(PACKAGE.rglob("*.py")) if "elementary" not in path.parts], ids=str
)
def test_functions_are_listed_in_their_records_alone(path: Path) -> None:
    found = list(lists(path.read_text(encoding="utf-8")))
    name = path.relative_to(PACKAGE).as_posix()
    assert bool(found) == (name in ALLOWED), f"{name}: {found}: make it a field of the records"


def test_a_list_is_seen() -> None:
    assert list(lists('X = frozenset("sin cos tan".split())')) == [(1, {"sin", "cos", "tan"})]
    assert list(lists('X = {"exp": 1, "log": 2, "erf": 3}')) == [(1, {"exp", "log", "erf"})]
    assert not list(lists('X = ("exp", "log")'))
