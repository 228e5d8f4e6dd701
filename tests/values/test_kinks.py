"""The pieces of functions with kinks."""

import pytest

from derive.notation.text import read_text
from derive.values.kinks import piece, pieces, turning


@pytest.mark.parametrize(
    ("text", "turns", "below", "at", "above"),
    [
        ("abs(2*x)", "2*x", "-(2*x)", "0", "2*x"),
        ("sign(x)", "x", "-1", "0", "1"),
        ("heaviside(x)", "x", "0", None, "1"),
        ("max(x, y)", "x - y", "y", "x", "x"),
        ("min(x, y)", "x - y", "x", "x", "y"),
    ],
)
def test_a_piece_is_what_the_function_is_there(text: str, turns: str, below: str, at: str | None, above: str) -> None:
    node = read_text(text)
    assert turning(node) is read_text(turns)
    for sign, wanted in ((-1, below), (0, at), (1, above)):
        assert piece(node, sign) is (None if wanted is None else read_text(wanted))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("abs(x)", {"x", "-x"}), ("sign(x)", {"1", "-1", "0"}), ("heaviside(x)", {"0", "1"}), ("max(x, y)", {"x", "y"})],
)
def test_a_function_may_be_what_it_is_on_both_sides_and_where_it_jumps_what_it_is_there(
    text: str, wanted: set[str]
) -> None:
    assert {str(found) for found in pieces(read_text(text))} == wanted
