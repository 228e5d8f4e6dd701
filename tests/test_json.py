"""Every field that a command prints is documented, and so is every key that it reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from derive.cli import app
from derive.proof.records import OPTIONAL, OTHER_NAMES, REQUIRED
from derive.review import header

TEXT = (Path(__file__).parent.parent / "docs/json.md").read_text(encoding="utf-8")
SECTIONS = {part.partition("\n")[0].strip("# `"): part for part in re.split(r"^(?=##)", TEXT, flags=re.MULTILINE)}
# What is named by the user: its keys are no fields.
NAMED = {"witness", "gradients", "proofs", "derivations", "second_derivatives", "bits_before", "bits_after", "where"}
CLAIM = ("x**2", "--wrt", "x", "--claim", "x")
SPEC = 'from derive import Spec, exp, real\nx = real("x")\ns = Spec(1 / (1 + exp(-x)), documented={x: "s*(1-s)"})\n'
PAGE = "$$f(x) = x^2$$\n$$f'(x) = 3x$$\n"


def fields(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for part in value:
            yield from fields(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from fields(list(part.values()) if key in NAMED and isinstance(part, dict) else part)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("json")
    (folder / "own.py").write_text(SPEC)
    (folder / "page.md").write_text(PAGE)
    (folder / "claims.jsonl").write_text('{"id": 1, "function": "x", "wrt": "x", "claim": "1"}\nnonsense\n')
    for out in ("kernels", "edited"):
        built = ("build", str(folder / "own.py"), "--out", str(folder / out), "--no-verify")
        assert CliRunner().invoke(app, list(built)).exit_code == 0
    (folder / "edited/c/s.c").write_text("edited")
    return folder


PRINTED = {
    "derive prove --json": ("prove", *CLAIM, "--json"),
    "derive prove --json of claims": ("prove", "--claims", "claims.jsonl", "--json"),
    "derive audit --json": ("audit", "page.md", "--json"),
    "derive stabilise --json": ("stabilise", "log(1+x)", "--json"),
    "derive list --json": ("list", "--json"),
    "derive show --format json": ("show", "sigmoid", "--format", "json"),
    "derive build --json": ("build", "own.py", "--out", "new", "--json"),
    "derive check --json": ("check", "--out", "edited", "--json"),
    "derive verify --exhaustive --json": (
        "verify",
        "--out",
        "kernels",
        "--exhaustive",
        "--shard",
        "1/256",
        "--state",
        "state",
        "--json",
    ),
    "derive verify --json": ("verify", "--out", "kernels", "--points", "16", "--json"),
}


def documented(section: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", SECTIONS[section]))


@pytest.mark.parametrize("asked", PRINTED)
def test_every_field_that_is_printed_is_documented(asked: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    printed = CliRunner().invoke(app, list(PRINTED[asked])).stdout
    if asked.startswith(("derive audit", "derive prove --json of")):
        value: Any = [json.loads(line) for line in printed.splitlines()]
    else:
        value = json.loads(printed)
    section = asked.removesuffix(" of claims")
    known = documented(section) | (documented("derive prove --json") if section.startswith("derive build") else set())
    found = set(fields(value))
    assert found, printed
    assert found <= known


def test_every_field_of_a_claim_is_documented() -> None:
    read = {*REQUIRED, *OPTIONAL, *OTHER_NAMES, "id", "name", "domain", "shape", "values"}
    assert read <= documented("Claims that are read")


def test_every_key_of_a_front_matter_is_documented() -> None:
    source = Path(header.__file__).read_text(encoding="utf-8")
    keys = set(re.findall(r'_(?:formula|value)\(document(?:\.header)?, "(\w+)"\)', source))
    assert keys == {"function", "wrt", "definitions"}
    assert keys <= documented("The front matter of a document")
