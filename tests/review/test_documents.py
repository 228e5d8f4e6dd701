"""Documents as lines and members: what is a line, where it stands, what belongs to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from derive.errors import DeriveError
from derive.review.documents import Document, parse_document, read_document


def members(text: str) -> list[list[tuple[str, str]]]:
    found = parse_document(text, "page.md")
    return [[(member.relation, member.text) for member in line.members] for line in found.lines]


def test_lines_are_counted_over_displays_and_keep_their_places() -> None:
    text = "words\n$$a = b$$\n\\begin{align}\nc &= d \\\\\n&= e\n\\end{align}\n"
    found = parse_document(text, "page.md")
    assert [(line.display, line.number, found.place(line.offset)) for line in found.lines] == [
        (1, 1, (2, 3)),
        (2, 2, (4, 1)),
        (2, 3, (5, 4)),
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r"y = f(x) = x^2", [("", "y"), ("=", "f(x)"), ("=", "x^2")]),
        (r"\Rightarrow f'(x) = 2x \Rightarrow", [("Rightarrow", "f'(x)"), ("=", "2x")]),
        (r"&\propto x", [("propto", "x")]),
        (r"y & = & x", [("", "y"), ("=", "x")]),
        (r"a &= b & c &= d", [("", "a"), ("=", "b"), ("", "c"), ("=", "d")]),
        (r"a &= b && \text{as }k = j\text{ says}", [("", "a"), ("=", "b")]),
        (r"a = \begin{cases} 1 & i = j \end{cases}", [("", "a"), ("=", r"\begin{cases} 1 & i = j \end{cases}")]),
        (r"a = \sum_{k=1}^K b_k", [("", "a"), ("=", r"\sum_{k=1}^K b_k")]),
    ],
)  # fmt: skip
def test_a_line_is_cut_at_its_relations(line: str, expected: list[tuple[str, str]]) -> None:
    assert members(f"\\begin{{align}}{line}\\end{{align}}") == [expected]


def test_a_formula_goes_on_over_lines() -> None:
    found = parse_document("\\begin{align}\na &= b \\\\\n&\\quad + c \\\\\n&= d\n\\end{align}", "page.md")
    assert [line.goes_on for line in found.lines] == [True, False, False]
    assert found.lines[1].members[0].text == "b + c"


def test_a_condition_behind_a_line_is_kept() -> None:
    (line,) = parse_document(r"$$a = b \quad \text{if } i = j$$", "page.md").lines
    assert line.condition is not None
    assert line.condition[0].strip() == "i = j"


def test_notebooks_are_read_by_their_markdown_cells(tmp_path: Path) -> None:
    cells = [{"cell_type": "code", "source": ["$$no$$"]}, {"cell_type": "markdown", "source": ["$$a", " = b$$"]}]
    path = tmp_path / "page.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    found = read_document(path)
    assert isinstance(found, Document)
    assert [member.text for member in found.lines[0].members] == ["a", "b"]
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(DeriveError, match="not a Jupyter notebook"):
        read_document(path)


def test_a_bare_page_is_one_display() -> None:
    found = parse_document("% a remark = here\n\\begin{aligned}\na &= b \\\\\n&= c\n\\end{aligned}\n", "page.tex")
    assert [line.number for line in found.lines] == [1, 2]


def test_a_missing_file_is_an_error_for_people(tmp_path: Path) -> None:
    with pytest.raises(DeriveError, match="no such file"):
        read_document(tmp_path / "none.md")


def test_a_reason_that_goes_on_below_is_no_line() -> None:
    text = "$$a &= b && \\text{as the sum} \\\\[-4pt] & && \\text{over }k = j\\text{ says} \\\\ &= c$$"
    assert members(text) == [[("", "a"), ("=", "b")], [("=", "c")]]


def test_a_left_side_on_a_line_of_its_own_belongs_to_the_line_below() -> None:
    assert members("$$&a \\\\ &\\quad = b \\\\ &\\quad = c$$") == [[], [("", "a"), ("=", "b")], [("=", "c")]]


@pytest.mark.parametrize("sign", ["+ c", r"\cdot c", r"\big/ c", "/ c"])
def test_a_sign_at_the_start_goes_on_with_the_formula_above(sign: str) -> None:
    *_, last = members(f"$$a &= b \\\\ &\\quad {sign}$$")
    assert last == [("=", f"b {sign}")]
