"""A target is added by its own two files: derive finds it, and says everywhere what cannot be known of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from derive.paths import PACKAGE, templates_folder

MODULE = '''
"""Lines of C, which nothing runs or reads."""

from dataclasses import replace

from derive.targets.c import TARGET as C

TARGET = replace(C, name="lines", title="Lines", default=False, runner=None, reader=None, toolchain=None)
'''
TEMPLATE = """{% for note in notes %}
// {{ note }}
{% endfor %}
{% for kernel in kernels %}
{% for block in kernel.body recursive %}
{{ loop(block.body) if block.body else block.text }}
{% endfor %}
{% endfor %}
"""
GAPS = ["lines: not measured: derive cannot run it", "lines: not read back: derive cannot read it"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of derive with one more target."""
    folder = tmp_path_factory.mktemp("house")
    kept = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, folder / "derive", ignore=kept)
    shutil.copytree(templates_folder(), folder / "templates", ignore=kept)
    (folder / "derive/targets/lines.py").write_text(MODULE)
    (folder / "templates/lines").mkdir()
    (folder / "templates/lines/NAME.lines.j2").write_text(TEMPLATE)
    (folder / "own.py").write_text("from derive import Spec\nsquare = Spec('x**2')\n")
    return folder


def run(house: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "derive", *words]
    environment = {**os.environ, "PYTHONPATH": str(house)}
    return subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True, check=False)


def test_what_cannot_be_known_of_it_is_said_by_the_build_the_files_and_verify(house: Path) -> None:
    built = run(house, "build", "own.py", "--out", "out", "--target", "lines", "--target", "numpy")
    assert (built.returncode, built.stderr) == (0, "")
    assert "numpy  lines  latex" in built.stdout.splitlines()[0]
    assert [line.strip() for line in built.stdout.splitlines() if "lines: " in line] == GAPS
    assert "no faults over" in built.stdout
    text = (house / "out/lines/square.lines").read_text()
    assert "// Not measured: derive cannot run it.\n// Not read back: derive cannot read it.\n" in text
    assert "Not measured" not in (house / "out/numpy/square.py").read_text()
    verified = run(house, "verify", "--out", "out", "--points", "64")
    assert verified.returncode == 0
    lines = verified.stdout.splitlines()
    assert lines[-2:] == GAPS
    assert {line.split("  ")[-1].strip() for line in lines if " lines " in line} == {"not measured"}
    assert {line.split("  ")[-1].strip() for line in lines if " numpy " in line} == {"held"}
    kernels = json.loads(run(house, "verify", "--out", "out", "--points", "64", "--json").stdout)["kernels"]
    assert {(it["target"], it["measured"], it["reading"]["verdict"]) for it in kernels} == {
        ("numpy", True, "PROVED"), ("lines", False, "not read back"),
    }  # fmt: skip
    assert {line for it in kernels for line in it["gaps"]} == {line.partition(": ")[2] for line in GAPS}


def test_alone_it_is_built_remembered_and_shown(house: Path) -> None:
    built = run(house, "build", "own.py", "--out", "alone", "--target", "lines")
    assert built.returncode == 0
    assert [line.strip() for line in built.stdout.splitlines() if "lines: " in line] == GAPS
    assert sorted(path.name for path in (house / "alone").iterdir()) == ["latex", "lines", "manifest.json"]
    assert run(house, "check", "--out", "alone").returncode == 0
    assert "not measured" in run(house, "verify", "--out", "alone", "--brief").stdout
    assert "y[i] = " in run(house, "show", "square", "--spec", "own.py", "--format", "lines").stdout


def test_it_is_none_of_those_that_a_build_makes_unasked(house: Path) -> None:
    assert run(house, "build", "own.py", "--out", "plain", "--no-verify").returncode == 0
    assert not (house / "plain/lines").exists()
