"""Axes of arrays, and ranges of free indices, from the sums and arrays about them."""

from __future__ import annotations

import pytest

from derive.calculus.axes import compared, free_ranges, occurrences, with_axes
from derive.notation.text import read_text
from derive.spec.domain import Domain
from derive.term import symbol, term


def axes(*texts: str, **known: tuple[str, str]) -> dict[str, str]:
    """The axes found: "1..K" for each place of each array."""
    domain = Domain()
    for name, (first, last) in known.items():
        domain = domain.with_axes(name, (read_text(first), read_text(last)))
    found = with_axes(domain, [read_text(text) for text in texts])
    return {name: " ".join(f"{first}..{last}" for first, last in spans) for name, spans in found.axes.items()}


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (["Sum(x[k], (k, 1, N))"], {"x": "1..N"}),
        (["Sum(A[k, m], (k, 1, N), (m, 0, 4))"], {"A": "1..N 0..4"}),
        (["Sum(x[k], (k, 1, N)) + x[i]*y[i]"], {"x": "1..N", "y": "1..N"}),
        (["Sum(x[k], (k, 1, N))", "y[i] - x[i]"], {"x": "1..N", "y": "1..N"}),
        (["Sum(x[k], (k, 1, N)) + x[i - 1]*y[i]"], {"x": "1..N", "y": "1..N"}),
        (["Sum(x[k], (k, 1, N)) + y[j]"], {"x": "1..N", "y": "1..K"}),
        (["Sum(x[k], (k, 2, N)) + y[j]"], {"x": "2..N", "y": "0..K - 1"}),
        (["x[i]"], {"x": "0..K - 1"}),
        (["x[3]"], {"x": "0..K - 1"}),
        (["Sum(x[k]*A[j, k], (k, 0, N))"], {"x": "0..N", "A": "0..K - 1 0..N"}),
        (["Sum(inv(A)[i, k], (k, 1, N))"], {"A": "1..K 1..N"}),
        (["Maximum(x[k], (k, 3, N))*Product(y[m], (m, 4, M))"], {"x": "3..N", "y": "4..M"}),
        (["Sum(x[N], (k, 1, N)) + Sum(y[m], (m, 1, 2))"], {"x": "1..K", "y": "1..2"}),
    ],
)
def test_an_axis_is_the_range_of_an_index_that_runs_along_it(texts: list[str], wanted: dict[str, str]) -> None:
    assert axes(*texts) == wanted


def test_what_a_domain_states_stands_and_tells_other_arrays() -> None:
    assert axes("Sum(x[k], (k, 1, N))*y[i]*x[i]", x=("0", "9")) == {"x": "0..9", "y": "0..9"}


def ranges(*texts: str) -> dict[str, str]:
    found = [occurrence for text in texts for occurrence in occurrences(read_text(text))]
    axes = {"x": [(term(1), symbol("N"))], "A": [(term(0), term(4)), None]}
    return {name: f"{first}..{last}" for name, (first, last) in free_ranges(axes, found).items()}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x[i]", {"i": "1..N"}),
        ("A[i, j]", {"i": "0..4"}),
        ("x[i + 1]", {"i": "1..N"}),
        ("x[i + 1]*A[i, 2]", {"i": "0..4"}),
        ("A[i - 1, 2]*x[i]", {"i": "1..N"}),
        ("x[N - i]", {"i": "1..N"}),
        ("x[N]", {"N": "1..N"}),
        ("Sum(x[k + i], (k, 1, 2))", {"i": "1..N"}),
        ("Sum(x[k], (k, 1, 2))", {}),
    ],
)
def test_a_free_index_runs_along_the_axis_that_it_picks_from_and_best_without_an_offset(
    text: str, wanted: dict[str, str]
) -> None:
    assert ranges(text) == wanted


def test_every_component_is_met_with_the_ranges_bound_about_it() -> None:
    root = read_text("x[i] + Sum(x[k]*Sum(A[k, m], (m, 1, k)), (k, x[1], N)) + inv(B)[i, 2]")
    found = {(str(node), tuple(sorted(bound))) for node, bound in occurrences(root)}
    assert found == {
        ("x[i]", ()),
        ("x[k]", ("k",)),
        ("A[k, m]", ("k", "m")),
        ("x[1]", ()),
        ("B[i, 2]", ()),
    }


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("KroneckerDelta(i, j)", {("i", "j"), ("j", "i")}),
        ("Piecewise((1, i < j), (0, True))", {("i", "j"), ("j", "i")}),
        ("Piecewise((1, i < 3), (0, True))", set()),
        ("KroneckerDelta(i, j + 1) + i - j", set()),
    ],
)
def test_indices_that_are_compared_are_told(text: str, pairs: set[tuple[str, str]]) -> None:
    assert set(compared([read_text(text)])) == pairs
