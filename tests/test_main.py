"""The command's start: Ctrl-C ends it quietly, however little is loaded yet."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# In place of a module that the command loads: Ctrl-C arrives just then.
INTERRUPTED = "import os, signal, time; os.kill(os.getpid(), signal.SIGINT); time.sleep(1); raise SystemExit(7)"


def start(folder: Path, *words: str, ignoring: bool = False) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(folder), str(ROOT)])
    return subprocess.run(
        [sys.executable, "-m", "derive", *words], capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "PYTHONPATH": path},
        preexec_fn=(lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) if ignoring else None,
    )  # fmt: skip


@pytest.mark.parametrize("module", ["typer", "sympy"])
def test_ctrl_c_while_modules_load_ends_quietly(module: str, tmp_path: Path) -> None:
    (tmp_path / f"{module}.py").write_text(INTERRUPTED)
    ended = start(tmp_path, "list")
    assert (ended.returncode, ended.stderr) == (130, "")


def test_who_is_started_to_ignore_ctrl_c_ignores_it(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text(INTERRUPTED)
    assert start(tmp_path, "list", ignoring=True).returncode == 7


def test_the_command_starts_here() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts == {"derive": "derive.__main__:main"}


def test_little_is_loaded_before_ctrl_c_is_looked_after() -> None:
    code = "import derive.__main__, sys; print({'typing', 'typer', 'pathlib'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "set()\n"
