"""The wheel alone is enough: templates and generated kernels come with it, and a person's own specs build from it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OWN = "from derive import Spec, exp, real\nx = real('x')\ngain = Spec(exp(x) - 1, documented={x: 'gain + 1'})\n"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the installed wheel in it; what derive depends on is this interpreter's own."""
    if importlib.util.find_spec("pip") is None or importlib.util.find_spec("hatchling") is None:
        pytest.skip("pip and hatchling build the wheel: pip install 'derive[test]'")
    place = tmp_path_factory.mktemp("installed")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    words = [sys.executable, "-m", "pip", "install", *options, "--target", str(place), str(ROOT)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return place


def command(installed: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    script = [sys.executable, str(installed / "bin/derive"), *words]
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    return subprocess.run(script, capture_output=True, text=True, check=False, env=environment, cwd=folder)


def test_a_persons_own_specs_build_and_check(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "my.py").write_text(OWN)
    built = command(installed, tmp_path, "build", "my.py", "--out", "out", "--no-verify")
    assert built.returncode == 0, built.stderr
    assert built.stdout.startswith("gain ")
    assert sorted(path.name for path in (tmp_path / "out").rglob("gain.*")) == [
        "gain.c", "gain.h", "gain.py", "gain.tex",
    ]  # fmt: skip
    assert command(installed, tmp_path, "check", "--out", "out").returncode == 0


def test_it_runs_from_the_wheel_and_has_what_the_checkout_has(installed: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-c", "import derive.paths as p; print(p.templates_folder()); print(p.generated_folder())"]
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    said = subprocess.run(words, capture_output=True, text=True, check=True, env=environment, cwd=tmp_path).stdout
    templates, generated = map(Path, said.splitlines())
    for folder, original in ((templates, ROOT / "templates"), (generated, ROOT / "generated")):
        assert folder.is_relative_to(installed)
        assert files(folder) == files(original)


def files(folder: Path) -> set[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if "__pycache__" not in path.parts}
