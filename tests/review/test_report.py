"""What `derive audit` prints, for people, for machines and for pull requests."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import derive
from derive.cli import app

RIGHT = "$$f(x) = x^2$$\n$$f'(x) = 2x$$\n"
WRONG = "$$f(x) = x^2$$\n$$f'(x) = 3x$$\n"


def run(tmp_path: Path, text: str, *options: str) -> tuple[int, str]:
    path = tmp_path / "page.md"
    path.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(app, ["audit", *options, str(path)])
    return result.exit_code, result.stdout


def test_right_documents_exit_with_zero(tmp_path: Path) -> None:
    code, printed = run(tmp_path, RIGHT)
    assert code == 0
    assert "page.md:2:3  proved    value" in printed
    assert printed.splitlines()[-1].startswith("2 lines: 1 proved, 1 with nothing to check")


def test_wrong_lines_are_quoted_with_their_witness(tmp_path: Path) -> None:
    code, printed = run(tmp_path, WRONG)
    assert code == 1
    assert "REFUTED   value" in printed
    assert "2 │ $$f'(x) = 3x$$" in printed
    assert "at x = 1/2:  3/2 here, 1 expected" in printed


def test_json_is_an_object_for_each_line(tmp_path: Path) -> None:
    code, printed = run(tmp_path, WRONG, "--json")
    first, second = map(json.loads, printed.splitlines())
    assert code == 1
    assert (first["n"], first["line"], first["read"], first["value"]) == (1, 1, True, None)
    assert (second["n"], second["display"], second["value"], second["step"]) == (2, 2, "REFUTED", None)
    assert second["witness"] == {"x": "1/2"}


def test_annotations_for_pull_requests(tmp_path: Path) -> None:
    _, printed = run(tmp_path, WRONG, "--output-format", "github")
    (annotation,) = printed.splitlines()
    assert annotation.startswith("::error file=")
    assert ",line=2,col=11::REFUTED: value" in annotation


def test_generated_derivations_pass(tmp_path: Path) -> None:
    pages = sorted((Path(derive.__file__).parent.parent / "generated" / "latex").glob("*.tex"))
    assert pages
    result = CliRunner().invoke(app, ["audit", "--json", *map(str, pages)])
    records = list(map(json.loads, result.stdout.splitlines()))
    told = [record for record in records if record["n"] > 1 and record["message"] != "goes on below"]
    assert [record for record in told if "PROVED" not in (record["value"], record["step"])] == []
    assert result.exit_code == 0


@pytest.mark.parametrize("text", ["no formulas here\n", "$$ $$\n"])
def test_a_document_without_formulas_holds(tmp_path: Path, text: str) -> None:
    code, printed = run(tmp_path, text)
    assert code == 0
    assert printed.startswith("0 lines: nothing to check")


def test_a_file_that_cannot_be_read_costs_itself_alone(tmp_path: Path) -> None:
    right, wrong, folder = tmp_path / "right.md", tmp_path / "latin.md", tmp_path / "folder.md"
    right.write_text("$$f(x) = x^2, \\qquad f'(x) = 2x$$\n")
    wrong.write_bytes("é".encode("latin-1"))
    folder.mkdir()
    (tmp_path / "deep.ipynb").write_text("[" * 100_000)
    (tmp_path / "header.md").write_text("---\nfunction: x +\n---\n$$y = x$$\n")
    bad = [wrong, folder, tmp_path / "missing.md", tmp_path / "deep.ipynb", tmp_path / "header.md"]
    result = CliRunner().invoke(app, ["audit", *map(str, bad), str(right)])
    assert result.exit_code == 2
    assert f"{right}:1:" in result.stdout
    assert "1 line: 1 proved, 5 of 6 files not read" in result.stdout
    for path in bad:
        assert str(path) in result.stderr


def test_a_timeout_is_told_and_ends_the_audit(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("$$f(x) = x^2, \\qquad f'(x) = 2x$$\n")
    for option, told in (
        ("--json", '{"message": "--timeout 0 s ended this"}'),
        ("--timeout=0", "UNDECIDED  --timeout"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "derive", "audit", str(page), "--timeout", "0", option],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 1
        assert done.stdout.startswith(told)


def test_an_audit_is_printed_as_the_command_prints_it(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(WRONG)
    found = derive.audit(page)
    printed = CliRunner().invoke(app, ["audit", str(page)]).stdout
    assert re.sub(r" +[\d.]+ s$", "", printed.rstrip()) == str(found)
    assert repr(found) == f"<Audit {page}: {str(found).splitlines()[-1]}>"
    assert found._repr_markdown_() == f"```text\n{found}\n```"
    assert not found.holds()
    assert str(derive.audit(page, text=WRONG)) == str(found)
