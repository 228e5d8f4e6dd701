"""A target stands in its own module and folder: no other module of derive names one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from derive.paths import PACKAGE, templates_folder
from derive.targets.table import TARGETS

# Modules and rooms that speak of a language or a library, and why that is no target.
ALLOWED: Final = {
    "code": "reads other people's programs, in the languages that they are in",
    "notation/text.py": "what libraries call functions, as people write them",
    "values/rounded.py": "computes with NumPy",
    "stabilisation/fingerprint.py": "the version of NumPy, with which samples are computed",
    "stabilisation/judge.py": "computes with NumPy",
    "values/ieee.py": "computes with NumPy",
    "values/bits.py": "computes with NumPy",
    "values/formats.py": "computes with NumPy",
    "cli/exporting.py": "the option that names a language",
    "compiled/bodies.py": "reads sources of the language that compilers take",
    "verify/judge.py": "prints programs of its own, which are no target",
    "bench/peers.py": "libraries that users have, which are compared with",
    "testing.py": "takes other people's programs, in the languages that they are in",
    "codegen/schedule.py": "what a kernel calls a constant",
    "proof/shifts.py": "a name for a constant",
}


def spoken(source: str) -> Iterator[str]:
    """The targets that a module imports, names in a text of its own, or speaks of in prose."""
    titles = "|".join(re.escape(target.title) for target in TARGETS.values())
    prose = re.compile(rf"(?<![\w-])(?:{titles})(?![\w+-])")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").removeprefix("derive.targets.") in TARGETS:
            yield str(node.module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value.partition("/")[0] in TARGETS:
                yield node.value
            yield from prose.findall(node.value)


def allowed(path: Path) -> str:
    name = path.relative_to(PACKAGE).as_posix()
    return next((it for it in ALLOWED if name == it or name.startswith(f"{it}/")), "")


OTHERS: Final = [path for path in sorted(PACKAGE.rglob("*.py")) if "targets" not in path.relative_to(PACKAGE).parts]


@pytest.mark.parametrize("path", [path for path in OTHERS if not allowed(path)], ids=str)
def test_no_other_module_names_a_target(path: Path) -> None:
    assert list(spoken(path.read_text(encoding="utf-8"))) == []


def test_what_is_allowed_is_used() -> None:
    used = {allowed(path) for path in OTHERS if any(spoken(path.read_text(encoding="utf-8")))}
    assert {*ALLOWED} <= used


@pytest.mark.parametrize("name", TARGETS)
def test_one_target_does_not_list_others(name: str) -> None:
    """What a target shares with another it imports from there."""
    source = (PACKAGE / "targets" / f"{name}.py").read_text(encoding="utf-8")
    tables = [node for node in ast.walk(ast.parse(source)) if isinstance(node, (ast.Tuple, ast.List, ast.Dict))]
    for table in tables:
        parts = table.keys if isinstance(table, ast.Dict) else table.elts
        assert len({part.value for part in parts if isinstance(part, ast.Constant)} & {*TARGETS}) < 2


@pytest.mark.parametrize("module", ["codegen/target", "codegen/literals", "targets/table"])
def test_what_targets_share_names_none(module: str) -> None:
    assert not list(spoken((PACKAGE / f"{module}.py").read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_has_a_module_and_a_folder_of_its_name(name: str) -> None:
    assert (PACKAGE / "targets" / f"{name}.py").is_file()
    assert any((templates_folder() / name).glob("*NAME*.j2"))


def test_a_name_is_seen() -> None:
    first = next(iter(TARGETS.values()))
    assert list(spoken(f"X = {first.name!r}")) == [first.name]
    assert list(spoken(f"X = '{first.name}/NAME.txt'")) == [f"{first.name}/NAME.txt"]
    assert list(spoken(f"from derive.targets.{first.name} import TARGET")) == [f"derive.targets.{first.name}"]
    assert list(spoken(f"X = 'written in {first.title}'")) == [first.title]
    assert not list(spoken("X = 'Ctrl-C'; Y = 'accuracy'"))
