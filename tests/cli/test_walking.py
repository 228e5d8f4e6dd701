"""`derive verify --exhaustive` as a person has it: slices, merged, and a certificate of the whole."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from derive import cli
from derive.verify import exhaustive

SPECS = 'from derive import Spec, real\nx = real("x")\ndoubled = Spec(x + x)\n'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder with kernels, whose walks end after two chunks of all inputs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(exhaustive, "INPUTS", 2 * exhaustive.CHUNK)
    Path("own.py").write_text(SPECS, encoding="utf-8")
    run(monkeypatch, "build", "own.py", "--out", "out", "--no-verify")
    capsys.readouterr()
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["derive", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


WALK = ("verify", "doubled", "--out", "out", "--exhaustive")


def test_shards_are_merged_to_a_certificate_that_a_changed_kernel_makes_stale(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for shard in ("1/2", "2/2"):
        assert run(monkeypatch, *WALK, "--state", f"part{shard[0]}", "--shard", shard) == 0
    assert not Path("out/certificates").exists()
    capsys.readouterr()
    merged = ("--merge", "part1", "--merge", "part2", "--state", "whole", "--json")
    assert run(monkeypatch, *WALK, *merged) == 0
    told = {it["kernel"]: it for it in json.loads(capsys.readouterr().out)}
    written = json.loads(Path("out/certificates/doubled.json").read_text(encoding="utf-8"))["kernels"]
    assert written.keys() == told.keys()
    assert "derive_doubled_fast_f32" in told
    assert {it["misrounded"] for it in told.values()} == {0}
    assert run(monkeypatch, "check", "--out", "out") == 0
    source = Path("out/c/doubled.c")
    source.write_text(source.read_text(encoding="utf-8").replace("i++", "i += 1"), encoding="utf-8")
    capsys.readouterr()
    assert run(monkeypatch, "check", "--out", "out") == 1
    said = capsys.readouterr().out
    assert "out/certificates/doubled.json" in said
    assert "run: derive verify --exhaustive doubled --out out" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--exhaustive", "--shard", "3/2"), "--shard 3/2"),
        (("--exhaustive", "--shard", "half"), "--shard half"),
        (("--shard", "1/2"), "--exhaustive"),
    ],
)
def test_a_mistake_is_told(
    words: tuple[str, ...], said: str, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "verify", "--out", "out", *words) == 2
    assert said in capsys.readouterr().err
