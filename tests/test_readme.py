"""What the README shows is what the commands print; times and measured errors differ from machine to machine."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
Session = list[tuple[str, str]]


def sessions() -> list[Session]:
    """The commands of each console block, each with what follows it."""
    blocks = re.findall(r"```console\n(.*?)```", TEXT, flags=re.DOTALL)
    parts = [re.split(r"^\$ ", block, flags=re.MULTILINE)[1:] for block in blocks]
    return [[(command, told) for command, _, told in (part.partition("\n") for part in block)] for block in parts]


def steady(text: str) -> list[str]:
    """Lines without what a machine decides: times, errors in ulp, and how many inputs were tried."""
    text = re.sub(r" *\b[\d.]+ s$", "", text, flags=re.MULTILINE)
    return re.sub(r"[\d.,]+ (ulp|inputs)", r"… \1", text).strip().splitlines()


@pytest.mark.parametrize("session", sessions(), ids=lambda session: session[-1][0][:40])
def test_a_session_of_the_readme(session: Session, tmp_path: Path) -> None:
    for command, told in session:
        program, *words = shlex.split(command)
        if program == "cat":
            (tmp_path / words[0]).write_text(told)
            continue
        assert program == "derive"
        ended = subprocess.run(
            [sys.executable, "-m", "derive", *words], capture_output=True, text=True, check=False, cwd=tmp_path
        )
        assert "internal error" not in ended.stderr
        assert steady(ended.stdout + ended.stderr) == steady(told)


@pytest.mark.parametrize("code", re.findall(r"```c\n(.*?)```", TEXT, flags=re.DOTALL))
def test_the_c_in_the_readme_is_generated(code: str) -> None:
    assert any(code in path.read_text(encoding="utf-8") for path in (ROOT / "generated/c").glob("*.c"))
