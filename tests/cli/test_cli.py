"""The command: what it says first, how it ends, and that nobody ever sees a traceback."""

from __future__ import annotations

import errno
import io
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from derive import cli
from derive.errors import NoCompilerError
from derive.proof.verdict import Proof, Verdict
from derive.targets.table import TARGETS

BCE = "-(y*log(p) + (1-y)*log(1-p))"


class Ended(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["derive", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return Ended(int(ended.value.code or 0), out, err)

    return run


def test_a_right_claim(run: Run) -> None:
    ended = run("prove", "x/(1+exp(-x))", "--wrt", "x", "--claim", "s*(1+x*(1-s))", "--let", "s=1/(1+exp(-x))")
    assert ended.code == 0
    assert ended.out.startswith("PROVED   for all real x ")


def test_a_wrong_claim_that_begins_with_a_minus_sign(run: Run) -> None:
    ended = run("prove", BCE, "--wrt", "p", "--claim", "(1-y)/(1-p) + y/p", "--assume", "0<p<1")
    assert ended.code == 1
    lines = ended.out.splitlines()
    assert lines[0].startswith("REFUTED  at p = ")
    assert lines[1].startswith("  derivative   ")
    assert lines[2].startswith("  claim        ")


@pytest.mark.parametrize("formula", ["-x", "-(x)", "--x", "-claim"])
def test_no_formula_is_taken_for_an_option(run: Run, formula: str) -> None:
    claim = "-1" if formula in ("-x", "-(x)") else "1" if formula == "--x" else "0"
    assert run("prove", formula, "--wrt", "x", "--claim", claim).code == 0


def test_a_kink_is_named(run: Run) -> None:
    ended = run("prove", "max(x,0)", "--wrt", "x", "--claim", "Heaviside(x)")
    assert ended.code == 0
    assert "PROVED   almost everywhere" in ended.out
    assert "x = 0" in ended.out


def test_a_small_gap_is_said(run: Run) -> None:
    ended = run("prove", "erf(x)", "--wrt", "x", "--claim", "1.1284*exp(-x**2)")
    assert ended.code == 1
    assert "they differ by 1.8e-05 of their size" in ended.out


def test_json_holds_the_witness_as_rationals(run: Run) -> None:
    ended = run("prove", "x**2", "--wrt", "x", "--claim", "x", "--json")
    answer = json.loads(ended.out)
    assert (ended.code, answer["verdict"]) == (1, "REFUTED")
    assert "/" in answer["witness"]["x"] or answer["witness"]["x"].lstrip("-").isdigit()


def test_many_claims(run: Run, tmp_path: Path) -> None:
    claims = tmp_path / "claims.jsonl"
    right = {"id": "a", "function": "x**2", "wrt": "x", "claimed_gradient": "2*x"}
    claims.write_text("\n".join([json.dumps(right), json.dumps({**right, "claimed_gradient": "x"}), "nonsense"]))
    ended = run("prove", "--claims", str(claims), "--json")
    assert [json.loads(line)["verdict"] for line in ended.out.splitlines()] == ["PROVED", "REFUTED", "ERROR"]
    assert ended.code == 2
    assert ended.err.startswith(f"{claims}:3: not JSON: ")


def test_a_line_that_is_no_text_costs_itself_alone(run: Run, tmp_path: Path) -> None:
    claims = tmp_path / "claims.jsonl"
    right = json.dumps({"id": 1, "function": "x**2", "wrt": "x", "claim": "2*x"}).encode()
    claims.write_bytes(b"\n".join([right, b'{"id": "\xff"}', right]))
    ended = run("prove", "--claims", str(claims))
    assert [line.split()[0] for line in ended.out.splitlines()] == ["PROVED", "ERROR", "PROVED"]
    assert ended.code == 2
    assert ended.err.startswith(f"{claims}:2: not UTF-8: ")


def test_claims_of_standard_input_are_answered_as_they_are_read() -> None:
    command = [sys.executable, "-m", "derive", "prove", "--claims", "-"]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as process:
        assert process.stdin
        assert process.stdout
        for name in ("first", "second"):
            record = {"id": name, "function": "x", "wrt": "x", "claim": "a", "let": "a = 1", "assume": "x > 0"}
            process.stdin.write(json.dumps(record) + "\n")
            process.stdin.flush()
            # The next claim is written only when this one is answered.
            assert process.stdout.readline().startswith(f"PROVED    {name}")
        process.stdin.close()
    assert process.returncode == 0


def test_fuel_bounds_a_proof(run: Run) -> None:
    ended = run("prove", "log(1+exp(x))*tanh(x)", "--wrt", "x", "--claim", "x", "--fuel", "1")
    assert (ended.code, ended.out[:9]) == (1, "UNDECIDED")


MISTAKES = {
    "an unknown command": ("nonsense",),
    "no formula": ("prove",),
    "an unknown option": ("prove", "x", "--wrt", "x", "--claim", "1", "--asume", "x>0"),
    "a formula that is none": ("prove", "x +", "--wrt", "x", "--claim", "1"),
    "a call that would run code": ("prove", "__import__('os').system('true')", "--wrt", "x", "--claim", "1"),
    "a tower of powers": ("prove", "9**9**9", "--wrt", "x", "--claim", "1"),
    "ten thousand brackets": ("prove", "(" * 10_000 + "x" + ")" * 10_000, "--wrt", "x", "--claim", "1"),
    "a formula of a megabyte": ("prove", "x+" * 500_000 + "x", "--wrt", "x", "--claim", "1"),
    "a number beyond float64": ("prove", "1e400*x", "--wrt", "x", "--claim", "1"),
    "a hypothesis that is none": ("prove", "x", "--wrt", "x", "--claim", "1", "--assume", "foo bar"),
    "a missing file of claims": ("prove", "--claims", "missing.jsonl"),
    "a missing specs file": ("build", "missing.py", "--out", "out"),
    "no folder for one's own specs": ("build", "missing.py"),
    "a missing folder of templates": ("build", "--templates", "missing"),
    "a name that no function has": ("show", "nonsense"),
}


@pytest.mark.parametrize("words", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_gets_a_message(
    run: Run, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = run(*words)
    assert ended.code == 2
    assert ended.err
    assert "Traceback" not in ended.out + ended.err
    assert len(ended.err) < 1000
    assert "internal" not in ended.err


def test_an_internal_error_says_what_to_report(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("derive.proof.api.prove", break_down)
    ended = run("prove", "x", "--wrt", "x", "--claim", "1")
    assert ended.code == 2
    assert "internal error: ZeroDivisionError: by nothing at test_cli.py:" in ended.err
    assert "report" in ended.err
    assert "Traceback" not in ended.err


def test_debug_lets_the_error_through() -> None:
    words = ["--debug", "prove", "x +", "--wrt", "x", "--claim", "1"]
    done = subprocess.run([sys.executable, "-m", "derive", *words], capture_output=True, text=True, check=False)
    assert "Traceback" in done.stderr


def test_list(run: Run) -> None:
    rows = json.loads(run("list", "--json").out)
    names = [row["name"] for row in rows]
    assert len(names) == len(set(names))
    text = run("list").out
    assert all(name in text for name in names)


def own(folder: Path, text: str = "f = Spec(x**2)", name: str = "own.py") -> str:
    (folder / name).write_text(f"from derive import Accuracy, Spec, exp, real\nx = real('x')\n{text}\n")
    return str(folder / name)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's folder, in which the command runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("words", [(), ("--strict",)])
def test_where_there_is_no_compiler_what_was_built_stands(
    run: Run, here: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    def refuse(*_: object) -> None:
        raise NoCompilerError("no C compiler: install gcc")

    monkeypatch.setattr("derive.verify.verify", refuse)
    ended = run("build", own(here), "--out", "out", *words)
    assert ended.code == len(words)
    assert ended.err.splitlines()[-1] == "warning: f is not measured: no C compiler: install gcc"
    assert (here / "out/c/f.c").is_file()


def test_kernels_that_do_not_compile_are_a_failure(run: Run, here: Path) -> None:
    (here / "house/c").mkdir(parents=True)
    (here / "house/c/NAME.c.j2").write_text("not C\n")
    ended = run("build", own(here), "--out", "out", "--templates", "house")
    assert ended.code == 1
    assert "f: " in ended.out
    assert "refused f.c" in ended.out
    for words in (("build", "--out", "out"), ("check", "--out", "out")):
        again = run(*words)
        assert again.code == 1
        assert "broken" in again.out


def test_what_was_found_out_of_contract_is_remembered(run: Run, here: Path) -> None:
    path = own(here, "tight = Spec(x**2, accuracy=Accuracy(c=0.1, numpy=0.1))")
    assert run("build", path, "--out", "out").code == 1
    ended = run("verify", "tight", "--out", "out", "--points", "256", "--json")
    assert (ended.code, json.loads(ended.out)["held"]) == (1, False)
    for words in (("build", path, "--out", "out"), ("build", "--out", "out"), ("check", "--out", "out")):
        again = run(*words)
        assert again.code == 1
        assert "up to date" in again.out
        assert re.search(r"broken +own\.py +tight .*ulp", again.out)
    assert json.loads(run("check", "--out", "out", "--json").out)[0]["kind"] == "broken"
    own(here, "tight = Spec(x**2)")
    assert run("build", path, "--out", "out").code == 0
    assert run("check", "--out", "out").code == 0


def test_two_specs_files_may_be_built_to_one_folder(run: Run, here: Path) -> None:
    first, second = own(here), own(here, "g = Spec(x**3)", "other.py")
    for path in (first, second):
        assert run("build", path, "--out", "out", "--no-verify").code == 0
    assert sorted(path.name for path in (here / "out/c").iterdir()) == ["f.c", "f.h", "g.c", "g.h"]
    assert run("check", "--out", "out").code == 0
    assert run("verify", "--out", "out", "--points", "64", "--json").out.count('"forward"') == 10
    own(here, "f = Spec(x**2 + 1)")
    ended = run("check", second, "--out", "out")
    assert ended.code == 1
    assert "out/c/f.c" in ended.out
    assert "out/c/g.c" not in ended.out
    assert run("build", "--out", "out", "--no-verify").code == 0
    assert run("build", second, "--out", "out", "--no-verify", "--replace").code == 0
    assert sorted(path.name for path in (here / "out/c").iterdir()) == ["g.c", "g.h"]


def test_the_targets_of_a_build_are_remembered(run: Run, here: Path) -> None:
    path, other = own(here), own(here, "g = Spec(x + 2)", "other.py")
    assert run("build", path, "--out", "out", "--no-verify", "--target", "numpy").code == 0
    assert run("build", other, "--out", "out", "--no-verify").code == 0
    made = sorted(it.relative_to(here / "out").as_posix() for it in (here / "out").rglob("[fg].*"))
    assert made == ["c/g.c", "c/g.h", "latex/f.tex", "latex/g.tex", "numpy/f.py", "numpy/g.py"]
    for words in (("check", "--out", "out"), ("check", path, "--out", "out"), ("check", path, other, "--out", "out")):
        assert run(*words).code == 0
    kernels = json.loads(run("verify", "--out", "out", "--points", "64", "--json").out)["kernels"]
    built = [("f", "numpy"), ("g", "c"), ("g", "numpy")]
    assert sorted({(kernel["function"], kernel["target"]) for kernel in kernels}) == built
    own(here, "f = Spec(x + 3)")
    assert "--target numpy" in run("check", "--out", "out").out
    assert run("build", path, "--out", "out", "--no-verify").code == 0
    assert not (here / "out/c/f.c").exists()
    assert run("build", "--out", "out", "--no-verify", "--target", "numpy", "--target", "c").code == 0
    assert (here / "out/c/f.c").is_file()
    assert '"targets"' not in (here / "out/manifest.json").read_text()


def test_a_target_that_is_none_is_told(run: Run, here: Path) -> None:
    ended = run("build", own(here), "--out", "out", "--target", "numpi")
    assert ended.code == 2
    assert "numpi is no target (did you mean numpy?): there are numpy, c" in ended.err
    ended = run("build", own(here, "f = Spec(x**2, accuracy=Accuracy(numpi=3))"), "--out", "out")
    assert ended.code == 2
    assert "own.py:3: f: accuracy speaks of numpi, which is no target (did you mean numpy?): there are" in ended.err


def test_specs_that_a_manifest_names_are_told_and_run_only_where_they_lie_here(
    run: Run, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("build", own(here), "--out", "out", "--no-verify").code == 0
    own(here, "f = Spec(x**3)")
    ended = run("check", "--out", "out", "--diff")
    assert "using own.py, which out/manifest.json names" in ended.err
    assert "-" in ended.out
    monkeypatch.chdir(here / "out")
    for words in (("build", "--out", "."), ("check", "--out", ".", "--diff"), ("verify", "--out", ".")):
        ended = run(*words)
        assert ended.code == 2
        assert "outside of the folder that you are in" in ended.err
    assert run("check", "--out", ".").code == 1  # compares hashes, and runs nothing
    assert run("build", "../own.py", "--out", ".", "--no-verify").code == 0


def test_a_form_that_is_no_longer_proved_is_exit_code_1(run: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = own(here)
    assert run("build", path, "--out", "out", "--no-verify").code == 0
    monkeypatch.setattr("derive.stabilisation.forms.prove_form", lambda *_: Proof(Verdict.UNDECIDED))
    own(here, "f = Spec(x**3)")
    ended = run("build", path, "--out", "out", "--no-verify")
    assert ended.code == 1
    assert "is not proved equal to" in ended.err


def test_a_specs_file_that_ends_python_does_not_end_derive(run: Run, here: Path) -> None:
    for words in (("build", "--out", "out"), ("list", "--spec")):
        verb, *options = words
        ended = run(verb, *options, own(here, "import os; os._exit(0)"))
        assert ended.code == 2
        assert "own.py: ended Python with exit code 0" in ended.err


def test_show(run: Run) -> None:
    name = "mean_squared_error"
    assert "documented, PROVED" in run("show", name).out
    assert run("show", name, "--format", "latex").out.count(r"\begin{aligned}") == 1
    assert run("show", name, "--format", "latex", "--environment", "align").out.count(r"\begin{align}") == 1
    refused = run("show", name, "--format", "latex", "--environment", "gather")
    assert (refused.code, refused.err) == (2, "gather is not an environment: write aligned, align, align*\n")
    assert "#include" in run("show", name, "--format", "c").out
    assert json.loads(run("show", name, "--format", "json").out)["name"] == name
    refused = run("show", name, "--format", "fortran")
    assert refused.code == 2
    assert ", ".join((*TARGETS, "latex")) in refused.err


def test_what_vanished_specs_made_is_removed_where_that_is_asked(run: Run, here: Path) -> None:
    path = own(here)
    assert run("build", path, "--out", "out", "--no-verify").code == 0
    Path(path).unlink()
    ended = run("check", "--out", "out")
    assert ended.code == 1
    assert "own.py is gone" in ended.out
    assert "run: derive build --out out --replace, which removes what no spec makes" in ended.out
    ended = run("build", "--out", "out")
    assert ended.code == 1
    assert "derive build --out out --replace removes what no spec makes" in ended.out
    assert (here / "out/c/f.c").is_file()
    assert run("build", "--out", "out", "--replace").code == 0
    assert [path.name for path in (here / "out").iterdir()] == ["manifest.json"]


def test_a_file_is_no_folder_for_output(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("from derive import Spec\nf = Spec('x**2')\n")
    ended = run("build", str(tmp_path / "own.py"), "--out", str(tmp_path / "own.py"))
    assert (ended.code, ended.out) == (2, "")
    assert "--out names a folder" in ended.err


def test_what_vanished_specs_made_is_told_before_it_goes(run: Run, here: Path) -> None:
    path = own(here)
    assert run("build", path, "--out", "out", "--no-verify").code == 0
    Path(path).unlink()
    assert "would have removed out/c/f.c" in run("build", "--out", "out", "--replace", "--dry-run").out
    assert (here / "out/c/f.c").is_file()
    assert "c/f.c" in json.loads(run("build", "--out", "out", "--replace", "--json").out)["remove"]


def test_a_compiler_that_was_at_fault_is_no_fault_of_the_kernels_for_long(
    run: Run, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from derive.compiled.compiler import find_compiler

    find_compiler.cache_clear()
    with monkeypatch.context() as patch:
        patch.setenv("CC", "false")
        assert run("build", own(here, "f = Spec(x + 1)"), "--out", "out").code == 1
    find_compiler.cache_clear()
    assert run("check", "--out", "out").code == 1
    assert run("build", "--out", "out").code == 0
    assert run("check", "--out", "out").code == 0


def test_the_command_that_is_suggested_can_be_pasted(run: Run, here: Path) -> None:
    (here / "a b").mkdir()
    path = own(here / "a b", name="it's.py")
    assert run("build", path, "--out", "o $x", "--no-verify").code == 0
    own(here / "a b", "f = Spec(x**3)", "it's.py")
    (suggested,) = (line for line in run("check", "--out", "o $x").out.splitlines() if line.startswith("run: "))
    assert shlex.split(suggested.removeprefix("run: ")) == ["derive", "build", "a b/it's.py", "--out", "o $x"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("prove", "x**2", "--wrt", "x", "--claim", "2*s", "--let", "s = s"), "leads back to s itself"),
        (("prove", "x*a", "--wrt", "x", "--claim", "b", "--let", "a = b", "--let", "b = a"), "leads back to b itself"),
        (("prove", "x < 2", "--wrt", "x", "--claim", "0"), "is a condition, not a number"),
        (("build", "own.py", "--out", "nowhere"), "is a link that leads nowhere"),
        (("build", "own.py", "--out", "own.py/x"), "is a file"),
        (("build", "own.py", "--out", "full"), "is a folder where derive keeps its manifest"),
    ],
)
def test_these_are_refused_with_a_reason(run: Run, here: Path, words: tuple[str, ...], said: str) -> None:
    own(here)
    (here / "nowhere").symlink_to("not_there")
    (here / "full/manifest.json").mkdir(parents=True)
    ended = run(*words)
    assert ended.code == 2
    assert said in ended.err


def test_a_specs_file_that_is_named_twice_is_taken_once(run: Run, here: Path) -> None:
    path = own(here)
    assert run("build", path, path, "--out", "out", "--no-verify").code == 0


def test_a_warning_is_one_line() -> None:
    code = (
        "import warnings, derive.cli as cli, sys; sys.argv = ['derive', '--version']\n"
        "try: cli.main()\n"
        "except SystemExit: warnings.warn('so')"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.stderr == "warning: so\n"


def test_templates_that_the_command_names_may_lie_anywhere(
    run: Run, here: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    house = tmp_path_factory.mktemp("house")
    assert run("build", own(here), "--out", "out", "--no-verify").code == 0
    ended = run("build", "--out", "out", "--no-verify", "--templates", str(house))
    assert (ended.code, "house" in ended.err) == (0, False)


def test_broken_kernels_are_measured_again_only_where_their_specs_lie_here(
    run: Run, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("build", own(here, "f = Spec(x**3 + x, accuracy=Accuracy(c=0.1, numpy=0.1))"), "--out", "out").code == 1
    monkeypatch.chdir(here / "out")
    ended = run("build", "--out", ".")
    assert ended.code == 2
    assert "outside of the folder that you are in" in ended.err


READERS = {
    "a list": ("list",),
    "help": ("--help",),
    "the version": ("--version",),
    "a derivation": ("show", "tanh", "--steps"),
    "a proof": ("prove", "x**2", "--wrt", "x", "--claim", "2*x"),
    "a proof in a child": ("prove", "x**2", "--wrt", "x", "--claim", "2*x", "--timeout", "60"),
    "a message": ("show", "nonsense"),
    "a usage message": ("nonsense",),
}


@pytest.mark.parametrize("words", READERS.values(), ids=READERS.keys())
def test_where_nobody_reads_the_command_ends_quietly(words: tuple[str, ...]) -> None:
    code, pipe = "import derive.__main__ as it; it.main()", subprocess.PIPE
    is_message = words[-1] == "nonsense"
    with subprocess.Popen([sys.executable, "-c", code, *words], stdout=pipe, stderr=pipe) as process:
        assert process.stdout
        assert process.stderr
        (process.stderr if is_message else process.stdout).close()
        said = (process.stdout if is_message else process.stderr).read()
    assert (process.returncode, said) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk to write to")
@pytest.mark.parametrize("words", [("list",), ("--help",), ("list", "--json")])
def test_a_full_disk_is_told(words: tuple[str, ...]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "derive", *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (2, "the output: no space left on device: make room there\n")


def test_a_closed_output_is_no_fault() -> None:
    command = shlex.join([sys.executable, "-m", "derive", "list"])
    done = subprocess.run(["sh", "-c", f"{command} >&-"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


LONG_NAME = "n" * 300
FOLDER_ALONE = ("build", "own.py", "--no-verify", "--out")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            (*FOLDER_ALONE, "/proc/foo"),
            "/proc/foo: the folder cannot be made (No such file or directory): choose another",
        ),
        ((*FOLDER_ALONE, LONG_NAME), "'--out': " + "n" * 250 + "…: file name too long: choose a shorter name"),
        (("build", LONG_NAME + ".py", "--out", "out"), "file name too long: choose a shorter name"),
        (("build", "own.py", "--out", "out", "--templates", LONG_NAME), "'--templates': nnn"),
        (("build", "loop", "--out", "out"), "loop: too many levels of symbolic links: these links lead in a circle"),
        (("build", "here/none.py", "--out", "out"), "here/none.py: this is not there"),
        (("list", "--spec", LONG_NAME), "file name too long: choose a shorter name"),
        (("list", "--spec", "here"), "here: this is a folder; name a file"),
        (("verify", "--out", LONG_NAME), "file name too long: choose a shorter name"),
        (("prove", "--claims", "none"), "none: no such file or directory: name one that is there"),
        (("prove", "--claims", "here"), "here: is a directory: name a file"),
        (("prove", "--claims", LONG_NAME), "file name too long: choose a shorter name"),
        (("audit", "none"), "none: no such file or directory: name one that is there"),
        (("audit", "here"), "here: is a directory: name a file"),
        (("audit", "bytes.md"), "bytes.md: not text in UTF-8 (byte 0): save it as UTF-8"),
    ],
)
def test_what_the_system_refuses_is_told_with_the_path_and_what_to_do(
    run: Run, here: Path, words: tuple[str, ...], said: str
) -> None:
    own(here)
    (here / "here").mkdir()
    (here / "loop").symlink_to("loop")
    (here / "bytes.md").write_bytes(b"\xff")
    ended = run(*words)
    assert ended.code == 2
    assert said in ended.err
    assert "Errno" not in ended.err
    assert "Traceback" not in ended.err


READ = {
    "specs": ("own.py", ("build", "own.py", "--out", "out")),
    "a lock file": ("own.lock.json", ("build", "own.py", "--out", "out")),
    "a manifest": ("out/manifest.json", ("check", "--out", "out")),
    "a document": ("page.md", ("audit", "page.md")),
    "claims": ("claims", ("prove", "--claims", "claims")),
}


@pytest.mark.parametrize(("name", "words"), READ.values(), ids=READ.keys())
def test_a_file_that_may_not_be_read_is_told(
    run: Run, here: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: tuple[str, ...]
) -> None:
    own(here)
    (here / name).parent.mkdir(exist_ok=True)
    (here / name).touch()
    real = io.open

    def closed(file: object, *given: object, **named: object) -> object:
        if str(file).endswith(name):
            raise PermissionError(errno.EACCES, "Permission denied", str(file))
        return real(file, *given, **named)  # type: ignore[call-overload]

    monkeypatch.setattr("io.open", closed)
    monkeypatch.setattr("builtins.open", closed)
    ended = run(*words)
    assert ended.code == 2
    assert ended.err.splitlines()[0].endswith(f"{name}: permission denied: change who may use it, or name another")


CLAIM = ("prove", "x**2", "--wrt", "x", "--claim", "2*x")
GIVEN = {
    "the formula": (("prove", "{}", "--wrt", "x", "--claim", "1"), "function", "function"),
    "--wrt": (("prove", "x", "--wrt", "{}", "--claim", "1"), "--wrt", "wrt"),
    "--claim": (("prove", "x", "--wrt", "x", "--claim", "{}"), "--claim", "claim"),
    "--let": ((*CLAIM, "--let", "{}"), "--let", "let"),
    "--assume": ((*CLAIM, "--assume", "{}"), "--assume", "assume"),
    "--assume of stabilise": (("stabilise", "x", "--assume", "{}"), "--assume", "assume"),
}


@pytest.mark.parametrize(("words", "option", "field"), GIVEN.values(), ids=GIVEN.keys())
def test_what_is_empty_or_cannot_be_read_is_named(run: Run, words: tuple[str, ...], option: str, field: str) -> None:
    for blank in ("", " "):
        ended = run(*(word.format(blank) for word in words))
        assert ended.code == 2
        assert f"{option}': {blank!r} is empty" in ended.err
    ended = run(*(word.format("x +* y =") for word in words))
    assert ended.code == 2
    assert ended.err.startswith(f"{field}: ")


EMPTY = {
    "build SPECS": ("build", "", "--out", "out"),
    "--out": ("check", "--out", ""),
    "--templates": ("build", "--templates", ""),
    "--spec": ("list", "--spec", ""),
    "--claims": ("prove", "--claims", ""),
    "audit FILES": ("audit", ""),
    "show NAME": ("show", ""),
    "verify NAMES": ("verify", ""),
    "--format": ("show", "tanh", "--format", ""),
    "--environment": ("show", "tanh", "--environment", ""),
    "stabilise FORMULA": ("stabilise", ""),
}


@pytest.mark.parametrize(("option", "words"), EMPTY.items(), ids=EMPTY.keys())
def test_an_empty_option_is_named(run: Run, here: Path, option: str, words: tuple[str, ...]) -> None:
    ended = run(*words)
    assert ended.code == 2
    assert option.split()[-1].lower() in ended.err.splitlines()[-1].lower()
    assert "'' is empty" in ended.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("prove", "x"), "--wrt and --claim left out: give a formula"),
        (("prove", "x", "--wrt", "x"), "--claim left out: give a formula"),
        (("prove", "x", "--wrt", "x", "--claims", "c"), "is a whole claim: leave out a formula, --wrt, or --claims"),
        (("verify", "--points", str(10**30)), "'--points': "),
        (("stabilise", "x + 1", "--everyday", "-1e999", "2"), "everyday: the range -inf to 2.0 is too wide"),
        (("stabilise", "x + 1", "--everyday", "-1e308", "1e308"), "is too wide"),
        (("stabilise", "x + 1", "--everyday", "2", "1"), "everyday: the range 2.0 to 1.0 is empty"),
        (("show", "tanh", "--detail", "huge"), "'--detail': "),
        (("show", "x" * 500), "x" * 80 + "… is not among the functions"),
        ((*CLAIM, "--fuel", "0"), "'--fuel': "),
        ((*CLAIM, "--fuel", "-1"), "'--fuel': "),
    ],
)
def test_what_is_wrong_is_told(run: Run, here: Path, words: tuple[str, ...], said: str) -> None:
    ended = run(*words)
    assert ended.code == 2
    assert said in ended.err


def test_any_amount_of_fuel_may_be_given(run: Run) -> None:
    assert run(*CLAIM, "--fuel", str(10**400)).code == 0


def test_what_is_not_built_is_told_with_the_command_that_builds_it(run: Run, here: Path) -> None:
    ended = run("verify", "--out", "nothere", "--spec", own(here))
    assert ended.code == 2
    assert ended.err == "nothere/numpy/f.py: there is no such file; run: derive build own.py --out nothere\n"


def test_kernels_of_one_name_are_refused_between_builds(run: Run, here: Path) -> None:
    first, second = own(here, "gate = Spec(x**2)"), own(here, "gate_vjp = Spec(x**3)", "other.py")
    for one, two in ((first, second), (second, first)):
        out = Path(one).stem
        assert run("build", one, "--out", out, "--no-verify").code == 0
        before = sorted(here.rglob("*"))
        ended = run("build", two, "--out", out, "--no-verify")
        assert ended.code == 2
        assert "own.py" in ended.err
        assert "other.py" in ended.err
        assert "both make a kernel gate_vjp: rename one of the functions, or add --replace" in ended.err
        assert sorted(here.rglob("*")) == before
