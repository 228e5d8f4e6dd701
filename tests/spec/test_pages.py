"""Specs files: run, read in their order, and their faults told with file and line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import derive
from derive.errors import DeriveError, SpecError
from derive.notation.text import read_text
from derive.paths import catalogue_pages
from derive.spec.function import Function
from derive.spec.pages import read_specs, read_specs_apart


def specs_file(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "mine.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_catalogue_states_its_functions_in_order() -> None:
    names = [function.name for function in derive.catalogue()]
    assert names[:2] == ["sigmoid", "tanh"]
    assert len(set(names)) == len(names)
    assert all(page.stem in ("activations", "losses") for page in catalogue_pages())


@pytest.mark.parametrize("function", derive.catalogue(), ids=lambda function: function.name)
def test_each_entry_names_its_source_its_latex_and_its_line(function: Function) -> None:
    assert function.source
    assert function.latex
    page, line, name = function.where.split(":")
    text = (Path(derive.__file__).parent / page).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert text.startswith(f"{name.strip()} = Spec(")


def test_a_specs_file_is_read_in_its_order(tmp_path: Path) -> None:
    path = specs_file(
        tmp_path, "from derive import Spec, exp, real\nx = real('x')\nlast = Spec(exp(x))\nfirst = Spec(x)\n"
    )
    found = read_specs(path)
    assert [(function.name, function.where) for function in found] == [
        ("last", "mine.py:3: last"),
        ("first", "mine.py:4: first"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "mine.py: states no function"),
        ("x = 1\n", "mine.py: states no function"),
        ("y = 1\n1/0\n", r"mine\.py:2: ZeroDivisionError: division"),
        ("y = 1\ndef (:\n", r"mine\.py:2: SyntaxError: invalid syntax$"),
        ("\nimport no_such_module\n", r"mine\.py:2: ModuleNotFoundError"),
        ("import sys\nsys.exit(3)\n", r"mine\.py:2: SystemExit: 3"),
        ("from derive import Spec\nf = Spec('x', document={})\n", r"mine\.py:2: TypeError: .*'document'"),
        ("from derive import Spec\nf = Spec('exq(x)')\n", r"mine\.py:2: f: .*did you mean exp"),
    ],
)
def test_a_faulty_file_is_told_with_its_line(
    tmp_path: Path, text: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    specs_file(tmp_path, text)
    monkeypatch.chdir(tmp_path)  # as people call it: by a relative path
    with pytest.raises(DeriveError, match=said):
        read_specs(Path("mine.py"))


def test_what_is_no_specs_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("f = 1\n", encoding="utf-8")
    for path, said in ((tmp_path / "gone.py", "not there"), (tmp_path, "a folder"), (tmp_path / "notes.txt", "Python")):
        with pytest.raises(SpecError, match=said):
            read_specs(path)


def test_a_specs_file_may_import_its_neighbour(tmp_path: Path) -> None:
    text = "from derive import Spec\nfrom shared_symbols import x\nf = Spec(x**2)\n"
    path = specs_file(tmp_path, text)
    (tmp_path / "shared_symbols.py").write_text("from derive import real\nx = real('x')\n", encoding="utf-8")
    assert read_specs(path)[0].body is read_text("x**2")


def test_neighbours_of_one_name_are_each_their_own_file_s(tmp_path: Path) -> None:
    for folder, name in (("a", "x"), ("b", "t")):
        path = specs_file(tmp_path / folder, "from derive import Spec\nfrom helper import v\nf = Spec(v**2)\n")
        (path.parent / "helper.py").write_text(f"from derive import real\nv = real('{name}')\n", encoding="utf-8")
        assert read_specs(path)[0].body is read_text(f"{name}**2")


STATED = "from derive import Spec\nf = Spec('x**2')\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import os\nos._exit(0)\n", r"mine\.py: ended Python with exit code 0, before its functions could be read"),
        ("import os\nos._exit(7)\n", "ended Python with exit code 7"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", "was ended by signal 9"),
        ("raise KeyboardInterrupt\n", "ended Python with exit code 130"),
        ("while True: pass\n", "has not ended after 0.5 s"),
        ("import time\ntime.sleep(1000)\n", "has not ended after 0.5 s"),
        ("1/0\n", r"mine\.py:1: ZeroDivisionError"),
        ("class Own(BaseException): pass\nraise Own('so')\n", r"mine\.py:2: Own: so"),
        (
            "from derive import DeriveError\nclass Own(DeriveError):\n    def __init__(self, a, b): pass\n"
            "raise Own(1, 2)\n",
            r"mine\.py:4: Own: ",
        ),
        ("class Own(Exception):\n    def __str__(self): return 1/0\nraise Own\n", r"mine\.py:3: Own$"),
        ("", "states no function"),
    ],
)
def test_a_specs_file_that_ends_crashes_or_never_ends_harms_only_itself(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        read_specs_apart(
            specs_file(tmp_path, text + STATED if text else ""), limit=0.5 if "True" in text or "sleep" in text else 60
        )


@pytest.mark.parametrize("text", ["sys.stdout.close()", "sys.stdout = None"])
def test_a_specs_file_may_close_its_output(tmp_path: Path, text: str) -> None:
    path = specs_file(tmp_path, f"import sys\n{text}\n{STATED}")
    asked = (
        "from multiprocessing import Pipe; from pathlib import Path; from derive.spec import pages; "
        f"ours, theirs = Pipe(); pages._answer(theirs, Path({str(path)!r}), None)"
    )
    ended = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_specs_file_in_a_process_of_its_own_is_read_as_in_this_one(tmp_path: Path) -> None:
    path = specs_file(tmp_path, f"import atexit, threading, time\natexit.register(print)\n"
                                f"threading.Thread(target=time.sleep, args=(1000,)).start()\n{STATED}")  # fmt: skip
    (apart,), (here,) = read_specs_apart(path), read_specs(specs_file(tmp_path, STATED))
    assert (apart.name, apart.body, apart.inputs, apart.domain) == (here.name, here.body, here.inputs, here.domain)
