"""Whatever a document holds, an audit ends in a report or in an error for people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from writing import damaged, document, formula, notebook

from derive.errors import DeriveError
from derive.notation.latex_reader import read_latex
from derive.review import report
from derive.review.documents import Document, parse_document, read_document
from derive.review.judge import audit

PAGES = 60
# Each once ended in an internal error.
FORMULAS = (
    r"\log\det A = 3",
    r"\frac{\partial}{\partial x_j} f_{y_i} = \frac{\partial}{\partial x_j} \sum_k f_{y_k}",
    r"f(x) = \max_{k=2}^{1} x_k = \max_{k=1}^{0} x",
    r"x_{0.5} = x_i",
    r"\frac{\partial A_{ij}}{\partial A_k} = A_{ij} = A_k",
    r"\sum_1 x = x",
    r"f(x, x) = x = x^2",
    r"[x > 0] + (x > 0) = 1",
    r"\frac.5 x = x^.5",
    r"\sum_{j \propto 1}^{K} x_j = \sum_{j \approx 2} x_j",
)


def ends(made: Callable[[], Document]) -> bool:
    """Whether an audit of the document ends as it should, its reports printed."""
    try:
        found = audit(made())
    except DeriveError as problem:
        return bool(str(problem))
    printed = [*report.text_lines(found), *report.github_lines(found), report.summary([found])]
    return bool(printed) and len(list(report.records(found))) == len(found.judgements)


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("before", ["$$f(x) = x^2$$", "$$A = x_i x_j$$", "$$L = \\sum_i f_{y_i}$$"])
def test_formulas_that_are_out_of_reach_are_reported(formula: str, before: str) -> None:
    assert ends(lambda: parse_document(f"{before}\n$$\n{formula}\n$$\n", "page.md"))


@pytest.mark.parametrize("seed", range(PAGES))
def test_any_page_ends_in_a_report(seed: int) -> None:
    random = Random(seed)
    name = random.choice(("page.md", "page.tex"))
    text = document(random)
    assert ends(lambda: parse_document(text, name)), text


@pytest.mark.parametrize("seed", range(20))
def test_any_notebook_ends_in_a_report(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "page.ipynb"
    path.write_text(notebook(Random(1000 + seed)), encoding="utf-8")
    assert ends(lambda: read_document(path))


def reads(text: str) -> bool:
    try:
        read_latex(text)
    except DeriveError as problem:
        return bool(str(problem))
    return True


@pytest.mark.parametrize("seed", range(50))
def test_any_formula_is_read_or_refused(seed: int) -> None:
    random = Random(5000 + seed)
    texts = [damaged(random, formula(random)) for _ in range(20)]
    assert all(map(reads, texts))
