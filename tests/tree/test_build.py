"""A build proves before it prints, stops where it must, and gives the same bytes wherever it runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import derive
from derive.errors import DeriveError, SpecError
from derive.proof.verdict import Proof, Verdict
from derive.spec.lock import lock_path, read_lock, write_lock
from derive.spec.pages import read_specs
from derive.spec.statement import Function
from derive.tree.build import Build, build, make, study
from derive.tree.faults import faults
from derive.tree.manifest import read_manifest
from derive.tree.plan import Plan

CATALOGUE = derive.catalogue()
OWN = """\
from derive import KroneckerDelta, Spec, Sum, exp, index, real, size, vector
x = real("x")
K = size("K")
i, j, k = index("i j k")
v = vector("v", K)
gain = Spec(exp(x) - 1)
share = Spec(exp(v[i])/Sum(exp(v[k]), (k, 1, K)), documented={v[j]: "%s"})
"""
RIGHT = "share[i]*(KroneckerDelta(i, j) - share[j])"
WRONG = {
    "a sign": "share[i]*(KroneckerDelta(i, j) + share[j])",
    "a factor": "2*share[i]*(KroneckerDelta(i, j) - share[j])",
    "i for j": "share[i]*(KroneckerDelta(i, j) - share[i])",
}


def command(*words: str, seed: str = "0") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    words = (sys.executable, "-m", "derive", *words)
    return subprocess.run(words, capture_output=True, text=True, check=False, env=environment)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def specs(folder: Path, documented: str = RIGHT) -> Path:
    (folder / "own.py").write_text(OWN % documented)
    return folder / "own.py"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A person's own two functions, derived, proved and written."""
    folder = tmp_path_factory.mktemp("own")
    made = build(Plan(folder / "out", (specs(folder),)))
    made.apply()
    return made


@pytest.mark.parametrize("function", CATALOGUE, ids=lambda it: it.name)
def test_what_the_catalogue_documents_is_proved(function: Function) -> None:
    proofs = study(function).proofs
    assert set(proofs) == set(function.documented)
    assert {proof.verdict for proof in proofs.values()} == {Verdict.PROVED}


def test_a_gradient_that_is_not_documented_is_found(built: Build) -> None:
    gain, share = (made for _, made in built.made)
    assert not gain.proofs
    assert str(gain.derivations["x"].result)
    assert share.proofs["v"].verdict is Verdict.PROVED


def test_every_target_gets_its_files(built: Build) -> None:
    names = {path for path in contents(built.plan.out) if "gain" in path}
    assert names == {"c/gain.c", "c/gain.h", "latex/gain.tex", "numpy/gain.py"}


@pytest.mark.parametrize("documented", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_closed_form_stops_the_build(documented: str, built: Build, tmp_path: Path) -> None:
    shutil.copy(lock_path(built.plan.specs[0]), tmp_path)  # so that nothing is searched for
    ended = command("build", str(specs(tmp_path, documented)), "--out", str(tmp_path / "out"))
    assert ended.returncode == 1
    assert "own.py:7: share" in ended.stdout
    assert "REFUTED  at K = " in ended.stdout
    assert "  derivative   " in ended.stdout
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("reason", ["", "its class is not decided"])
def test_an_undecided_closed_form_stops_the_build_unless_accepted(
    reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (OWN % RIGHT).replace("documented=", f"accept_undecided={reason!r}, documented=")
    (tmp_path / "own.py").write_text(text)
    function = read_specs(tmp_path / "own.py")[1]
    monkeypatch.setattr("derive.tree.build.prove_closed_form", lambda *_: Proof(Verdict.UNDECIDED))
    made = make(function)
    assert made.stops == (reason == "")
    if reason:
        assert all(reason in file.text for file in made.files if file.path.startswith(("c/", "numpy/")))
    else:
        assert made.files == ()


def test_a_closed_form_at_odds_with_the_stated_value_at_a_kink(tmp_path: Path) -> None:
    text = "from derive import Max, Spec, real\nx = real('x')\nramp = Spec(Max(x, 0), kinks={x: {0: 1}}, "
    (tmp_path / "own.py").write_text(text + "documented={x: 'Piecewise((1, x > 0), (0, True))'})\n")
    (ramp,) = read_specs(tmp_path / "own.py")
    with pytest.raises(
        SpecError, match=r"own.py:3: ramp: at x = 0 the documented form .* is not 1, which kinks states"
    ):
        study(ramp)


def test_two_functions_of_one_name_are_refused(tmp_path: Path) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("from derive import Spec, real\nx = real('x')\nsame = Spec(x*x)\n")
    with pytest.raises(DeriveError, match=r"b.py:3: same: this name is taken by a.py:3: same"):
        build(Plan(tmp_path / "out", (tmp_path / "a.py", tmp_path / "b.py")))


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ("gate = Spec('new*2', inputs='new')", "own.py:3: gate: new has a meaning of its own in c"),
        ("gate = Spec('compute*2', inputs='compute')", "own.py:3: gate: compute has a meaning of its own in numpy"),
        ("math = Spec(x*x)", "own.py:3: math: math has a meaning of its own in numpy"),
        (
            "gate = Spec(x*x); gate_vjp = Spec(x)",
            "own.py:1: gate_vjp: the name gate_vjp of a kernel is taken by own.py:3",
        ),
    ],
)
def test_a_name_that_breaks_a_target_is_refused_before_anything_is_proved(
    stated: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.py").write_text(f"from derive import Spec, real\nx = real('x')\n{stated}\n")
    monkeypatch.setattr("derive.tree.build.make", lambda *_, **__: pytest.fail("something was made"))
    with pytest.raises(SpecError, match=rf"^{says}"):
        build(Plan(tmp_path / "out", (tmp_path / "own.py",)))


def test_nothing_is_written_and_sympy_stays_unloaded_where_nothing_changed(built: Build) -> None:
    before = {path: path.stat().st_mtime_ns for path in built.plan.out.rglob("*")}
    for words in (["build", str(built.plan.specs[0])], ["check"]):
        code = (
            "import sys; from derive.cli import main\n"
            f"sys.argv = {['derive', *words, '--out', str(built.plan.out)]!r}\n"
            "try: main()\n"
            "except SystemExit as ended: code = ended.code\n"
            "sys.exit(f'loaded' if {'sympy', 'flint', 'numpy'} & set(sys.modules) else code)"
        )
        ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert (ended.returncode, ended.stderr) == (0, "")
        assert "up to date" in ended.stdout
    assert {path: path.stat().st_mtime_ns for path in built.plan.out.rglob("*")} == before


def test_builds_are_the_same_bytes_whatever_the_hash_seed_and_the_folder(tmp_path: Path) -> None:
    trees = []
    for seed in ("1", "2"):
        folder = tmp_path / seed / ("deep" * int(seed))
        folder.mkdir(parents=True)
        path = specs(folder)
        path.write_text(path.read_text().replace("exp(x) - 1", "x/(1 + abs(x))"))  # whose forms have branches
        ended = command("build", str(path), "--out", str(folder / "out"), "--no-verify", seed=seed)
        assert ended.returncode == 0, ended.stderr
        trees.append(contents(folder))  # the lock, which a search has written, among them
    assert trees[0] == trees[1]


def test_forms_are_locked_beside_the_specs_and_not_searched_for_again(
    built: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = built.plan.specs
    lock = read_lock(path)
    assert {name: [*entries] for name, entries in lock.items()} == {"gain": ["forward", "vjp x", "d2 x"]}
    monkeypatch.setattr("derive.stabilisation.lock.find", lambda *_, **__: pytest.fail("a search"))
    again = build(Plan(tmp_path / "out", (path,)))
    assert not again.changes().locks
    assert [made.files for _, made in again.made] == [made.files for _, made in built.made]
    assert b"own.lock.json" in again.changes().after.to_json()


def test_a_search_keeps_what_it_does_not_better(tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text('from derive import Spec\nf = Spec("exp(x) - 1")\n')
    plan = Plan(tmp_path / "out", (path,))
    build(plan).apply()
    good = read_lock(path)
    bits = {
        dtype: {name: {"mean": 9.0, "max": 30.0} for name in part}
        for dtype, part in good["f"]["forward"]["bits"].items()
    }
    lock_path(path).write_bytes(write_lock({"f": {**good["f"], "forward": {**good["f"]["forward"], "bits": bits}}}))
    build(plan, search=True).apply()
    assert read_lock(path) == good
    assert not build(plan, search=True).changes()


def test_forms_found_by_another_derive_are_told_of(tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text('from derive import Spec\nf = Spec("exp(x)")\n')
    assert (
        "locked the forms that were found in"
        in command("build", str(path), "--out", str(tmp_path / "out"), "--no-verify").stdout
    )
    lock = lock_path(path)
    lock.write_text(re.sub('"found_by": "[0-9a-f]*"', '"found_by": "0"', lock.read_text()))
    said = command("build", str(path), "--out", str(tmp_path / "out"), "--no-verify").stdout
    assert "3 locked forms were found by another derive: derive build --search looks for better ones" in said
    said = command("build", str(path), "--out", str(tmp_path / "out"), "--no-verify", "--search").stdout
    assert "another derive" not in said
    assert "another form" not in said


def test_a_house_style_replaces_and_adds_templates(built: Build, tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    (tmp_path / "c/NAME.h.j2").write_text("/* Generated by derive, our way: {{ name }} */\n")
    (tmp_path / "c/NAME.txt.j2").write_text("Generated by derive: {{ definition }}\n")
    plan = Plan(tmp_path / "out", built.plan.specs, tmp_path)
    build(plan).apply()
    written = contents(plan.out)
    assert written["c/gain.h"] == b"/* Generated by derive, our way: gain */\n"
    assert written["c/gain.txt"].startswith(b"Generated by derive: gain(x) = ")
    (tmp_path / "c/NAME.txt.j2").write_text("Generated by derive: other\n")
    found = faults([plan], read_manifest(plan.out))
    assert {fault.kind for fault in found} == {"stale"}
    assert all("NAME.txt.j2 changed since" in fault.reason for fault in found)


def test_what_a_room_cannot_do_is_told_with_the_spec(tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text("from derive import Spec, vector, size\nv = vector('x', size('K'))\n"
                    "top = Spec('x[i] - Maximum(x[k], (k, 1, K))', inputs=v)\n")  # fmt: skip
    with pytest.raises(SpecError, match=r"^own\.py:3: top: .*maximum"):
        build(Plan(tmp_path / "out", (path,)))


def test_a_form_that_was_edited_in_the_lock_is_set_right(built: Build, tmp_path: Path) -> None:
    (path,) = built.plan.specs
    lock = read_lock(path)
    edited = {"gain": {**lock["gain"], "forward": {**lock["gain"]["forward"], "form": "x + 1"}}}
    copy = specs(tmp_path)
    lock_path(copy).write_bytes(write_lock(edited))
    found = build(Plan(tmp_path / "out", (copy,))).changes()
    assert found.locks == {lock_path(copy): write_lock(lock)}
