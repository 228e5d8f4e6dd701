"""Pages within the width of a text, set by TeX and by KaTeX where these are installed."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

import derive
from derive.derivation.chain import differentiate
from derive.derivation.columns import DerivationRow
from derive.notation.latex_width import latex_width
from derive.present.document import latex_page
from derive.present.layout import ENVIRONMENTS, page_lines, wrapped
from derive.spec.statement import Function, Spec, name_function

COMMITTED = sorted((Path(__file__).parents[2] / "generated/latex").glob("*.tex"))
X, PRED = derive.real("x"), derive.real("pred_")
RATE = derive.real("lr__max")
HARMLESS = name_function(
    Spec(
        derive.log(1 + derive.exp(PRED * X)) + RATE * X**2,
        inputs=(PRED, X, RATE),
        source=r"100% of A & B, #1, x_2, {lr}, ~^\ and δ",
    ),
    "loss_of_a_name_that_is_long",
    "a_b & c%.py:1",
)


@cache
def page(function: Function, environment: str) -> str:
    return latex_page(function, {it: differentiate(function, it) for it in function.wrt}, None, environment).text


def document(pages: list[str], environment: str) -> str:
    opening, closing = (r"\[", r"\]") if environment == "aligned" else ("", "")
    shown = "\n\\newpage\n".join(f"{opening}\n{text}{closing}" for text in pages)
    return f"\\documentclass{{article}}\n\\usepackage{{amsmath}}\n\\begin{{document}}\n{shown}\n\\end{{document}}\n"


def typeset(engine: str, folder: Path, text: str) -> list[str]:
    """What the engine complains of: errors, and what runs off the page."""
    if shutil.which(engine) is None:
        pytest.skip(f"{engine} is not installed")
    (folder / "page.tex").write_text(text, encoding="utf-8")
    words = [engine, "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    subprocess.run(words, cwd=folder, capture_output=True, check=False)
    log = (folder / "page.log").read_text(encoding="utf-8", errors="replace")
    assert "Output written" in log, log[-2000:]
    return [line for line in log.splitlines() if line.startswith(("!", "Overfull", "LaTeX Error", "Missing character"))]


@pytest.mark.parametrize("engine", ["pdflatex", "xelatex"])
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_catalogue_is_set_within_the_text(engine: str, environment: str, tmp_path: Path) -> None:
    pages = [page(function, environment) for function in derive.catalogue()]
    complaints = typeset(engine, tmp_path, document(pages, environment))
    # Numbered, the longest page is higher than a sheet, which \allowdisplaybreaks mends.
    assert [line for line in complaints if environment == "aligned" or r"\vbox" not in line] == []


@pytest.mark.parametrize("engine", ["pdflatex", "xelatex"])
def test_what_is_committed_is_set_within_the_text(engine: str, tmp_path: Path) -> None:
    assert typeset(engine, tmp_path, document([it.read_text(encoding="utf-8") for it in COMMITTED], "aligned")) == []


@pytest.mark.parametrize("engine", ["pdflatex", "xelatex"])
def test_odd_names_and_sources_are_set(engine: str, tmp_path: Path) -> None:
    complaints = typeset(engine, tmp_path, document([page(HARMLESS, "aligned")], "aligned"))
    assert [line for line in complaints if r"\vbox" not in line] == []


KATEX = """
const katex = require('katex');
const pages = JSON.parse(require('fs').readFileSync(0, 'utf8'));
for (const page of pages) katex.renderToString(page, {displayMode: true, throwOnError: true, strict: 'error'});
"""


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_katex_takes_every_page(environment: str) -> None:
    import json

    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    if subprocess.run(["node", "-e", "require('katex')"], capture_output=True, check=False).returncode:
        pytest.skip("KaTeX is not installed: npm install katex, and its folder in NODE_PATH")
    pages = [page(function, environment) for function in (*derive.catalogue(), HARMLESS)]
    ended = subprocess.run(["node", "-e", KATEX], input=json.dumps(pages), text=True, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr[-1500:]


def test_every_name_in_text_is_ascii() -> None:
    for function in (*derive.catalogue(), HARMLESS):
        body = [line for line in page(function, "aligned").splitlines() if not line.startswith("%")]
        assert "\n".join(body).isascii()


def test_a_reason_is_wrapped_between_words_and_each_line_begins_with_one() -> None:
    reason = r"\text{log and chain rules; only the term }k = j\text{ depends on }x_{j}"
    lines = wrapped(reason, 110)
    assert lines == [
        r"\text{log and chain rules;}",
        r"\text{only the term }k = j",
        r"\text{depends on }x_{j}",
    ]
    assert all(latex_width(line) <= 110 for line in lines)
    assert wrapped("", 90) == []


def test_a_left_side_that_leaves_no_room_stands_alone() -> None:
    lines = page_lines(
        [DerivationRow(r"\operatorname{" + "a" * 50 + "}(x)", "x + 1", ""), DerivationRow("y", "x", r"\text{why}")]
    )
    assert lines[1] == r" &\quad = x + 1 \\"


def test_only_the_first_line_of_a_formula_has_a_number() -> None:
    sum_of_all = " + ".join(f"{letter}^{{2}}" for letter in "abcdefghijklmnopqrstuvwxyz")
    first, *rest = page_lines([DerivationRow("f", sum_of_all, r"\text{why}")], "align")
    assert rest
    assert r"\notag" not in first
    assert all(r"\notag" in line for line in rest)
