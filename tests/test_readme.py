"""What the README shows is what the commands print; times and measured errors differ from machine to machine.

`python tests/test_readme.py` writes the README anew with what they print now.
"""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
CONSOLE = re.compile(r"(?<=```console\n).*?(?=```)", flags=re.DOTALL)


def played(session: str) -> str:
    """A console block as it comes out now: `$ cat FILE` writes the file that it shows, other commands run."""
    shown = []
    with tempfile.TemporaryDirectory() as folder:
        for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
            command, _, told = part.partition("\n")
            program, *words = shlex.split(command)
            if program == "cat":
                Path(folder, words[0]).write_text(told, encoding="utf-8")
            else:
                assert program == "derive"
                told = printed(words, folder)
            shown.append(f"$ {command}\n{told}")
    return "".join(shown)


def printed(words: list[str], folder: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "derive", *words], capture_output=True, text=True, check=False, cwd=folder
    )
    assert "internal error" not in ended.stderr
    return ended.stdout + ended.stderr


def steady(text: str) -> list[str]:
    """Lines without what a machine decides: times, errors in ulp, and how many inputs were tried."""
    text = re.sub(r" *\b[\d.]+ s$", "", text, flags=re.MULTILINE)
    return re.sub(r"[\d.,]+ (ulp|inputs)", r"… \1", text).strip().splitlines()


@pytest.mark.parametrize("session", CONSOLE.findall(TEXT), ids=lambda session: session.split("\n")[0])
def test_a_session_of_the_readme(session: str) -> None:
    assert steady(played(session)) == steady(session)


@pytest.mark.parametrize(
    "code", [it for it in re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL) if ">>>" in it]
)
def test_the_python_in_the_readme_answers_so(code: str) -> None:
    said: list[str] = []
    parsed = doctest.DocTestParser().get_doctest(code, {}, "README", None, None)
    doctest.DocTestRunner(verbose=False).run(parsed, out=said.append)
    assert not said


@pytest.mark.parametrize("code", re.findall(r"```c\n(.*?)```", TEXT, flags=re.DOTALL))
def test_the_c_in_the_readme_is_generated(code: str) -> None:
    assert any(code in path.read_text(encoding="utf-8") for path in (ROOT / "generated/c").glob("*.c"))


if __name__ == "__main__":
    README.write_text(CONSOLE.sub(lambda found: played(found[0]), TEXT), encoding="utf-8")
