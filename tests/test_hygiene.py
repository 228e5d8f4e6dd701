"""Habits that the house keeps: no evaluation of text, no net under every error, mathematics as data."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import derive

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "derive"
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if not path.relative_to(PACKAGE).parts[0].startswith("_"))
MACHINERY = [path for path in SOURCES if "functions" not in path.parts]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.j2"))

EVALUATORS = {"eval", "exec", "compile", "__import__"}
SYMPY_READERS = {"parse_expr", "parse_latex", "lambdify"}
# A specs file is the user's program: whatever it raises is told as a fault of that file.
CATCHES_ALL = {"pages.py"}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(tree: ast.AST) -> list[tuple[str, ast.Call]]:
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [(getattr(call.func, "id", getattr(call.func, "attr", "")), call) for call in found]


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_text_is_never_evaluated(path: Path) -> None:
    for name, call in calls(ast.parse(path.read_text(encoding="utf-8"))):
        builtin = isinstance(call.func, ast.Name)
        assert not (builtin and name in EVALUATORS), f"line {call.lineno}: {name}"
        assert name not in SYMPY_READERS, f"line {call.lineno}: {name}"
        strict = any(it.arg == "strict" and getattr(it.value, "value", None) is True for it in call.keywords)
        assert name != "sympify" or strict, f"line {call.lineno}: sympify reads strings unless strict"


@pytest.mark.parametrize("path", MACHINERY, ids=named)
def test_simplify_stays_inside_the_prover(path: Path) -> None:
    names = {name for name, _ in calls(ast.parse(path.read_text(encoding="utf-8")))}
    assert path.parent.name == "proof" or not names & {"simplify", "nsimplify", "trigsimp"}


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_no_handler_catches_everything(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"line {node.lineno}: a bare except"
            broad = {"Exception", "BaseException"} & {it.id for it in ast.walk(node.type) if isinstance(it, ast.Name)}
            assert not broad or path.name in CATCHES_ALL, f"line {node.lineno}: {broad}"


def test_no_function_of_the_catalogue_is_named_in_machinery_or_templates() -> None:
    # Some share their name with an elementary function, which machinery may speak of.
    from derive.term import FUNCTIONS

    names = [it.name for it in derive.catalogue() if it.name not in FUNCTIONS]
    assert names
    pattern = re.compile(rf"\b({'|'.join(names)})\b")
    spoken = [
        f"{named(path)}:{number}: {line.strip()}"
        for path in (*MACHINERY, *TEMPLATES)
        for number, line in enumerate(code_lines(path), 1)
        if pattern.search(line)
    ]
    assert spoken == []


def code_lines(path: Path) -> list[str]:
    """The lines of a file, docstrings and comments blanked: they may give examples."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return text.splitlines()
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            for number in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[number] = ""
    return [re.sub(r"\s#.*|^#.*", "", line) for line in lines]


def test_the_readme_and_ci_run_the_same_tests() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [line for line in readme.splitlines() if line.startswith("python3 -m venv")]
    assert len(commands) == 2, "the README gives two commands: the main job, and the tests"
    assert commands[1] in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
