"""The table of what is known of each function, in the docs."""

from __future__ import annotations

from pathlib import Path

from derive.elementary.table import TABLE
from derive.support import support_matrix

DOCS = Path(__file__).parents[1] / "docs" / "functions.md"


def test_the_docs_have_the_table_as_it_is() -> None:
    made = "python -m derive.support > docs/functions.md"
    assert DOCS.read_text(encoding="utf-8") == support_matrix(), f"run: {made}"


def test_every_function_has_a_row() -> None:
    rows = [line for line in support_matrix().splitlines() if line.startswith("| `")]
    assert [row.split("(")[0] for row in rows] == [f"| `{name}" for name in TABLE]
