"""Surfaces between pieces: which there are, which are the same, and where a claim says something of its own."""

from __future__ import annotations

import pytest

from derive.fuel import Fuel
from derive.notation.text import read_text
from derive.proof.kinks.boundaries import MAX_SURFACES, Surfaces
from derive.term import Term, cases, symbol


@pytest.fixture
def surfaces() -> Surfaces:
    return Surfaces({"i", "j", "K"}, Fuel())


def said(found: dict) -> set[str]:
    return {str(part) for part in found.values()}


@pytest.mark.parametrize(
    ("root", "wanted"),
    [
        ("abs(x - 1) + max(x, y)", {"x - 1", "x - y"}),
        ("Piecewise((1, x > 2), (sign(z), True))", {"x - 2", "z"}),
        ("Piecewise((x, i < j), (2*x, i >= K), (abs(y), True))", {"y"}),
        ("Piecewise((1, x > i), (0, True))", {"x - i"}),
        ("sign(3) + abs(-1)", set()),
        ("exp(x)*y", set()),
        ("Sum(abs(x[k]), (k, 1, K))", {"x[k]"}),
    ],
)
def test_a_function_bends_where_what_it_turns_on_vanishes(surfaces: Surfaces, root: str, wanted: set[str]) -> None:
    assert said(surfaces.of(read_text(root))) == wanted


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("x - 1", "2 - 2*x", True),
        ("x[i] - 1", "3*x[j] - 3", True),
        ("x*y", "x/y", False),
        ("x - 1", "x + 1", False),
        ("x - y", "y - x", True),
        ("exp(x) - 1", "1 - exp(x)", True),
        ("Sum(x[k], (k, 1, K)) - y", "y - Sum(x[j], (j, 1, K))", True),
    ],
)
def test_a_surface_is_the_same_whatever_its_factor_and_its_indices(
    surfaces: Surfaces, one: str, other: str, same: bool
) -> None:
    assert (surfaces.key(read_text(one)) == surfaces.key(read_text(other))) == same


def test_the_sides_of_a_surface_change_with_the_sign_of_what_vanishes_there(surfaces: Surfaces) -> None:
    (mine, up), (theirs, down) = (surfaces.oriented(read_text(text)) for text in ("2*x - 2", "1 - x"))
    assert mine == theirs
    assert (up, down) in ((1, -1), (-1, 1))


@pytest.mark.parametrize(
    ("text", "touches"),
    [("x - 1", False), ("(x - 1)**2", True), ("-(x - 1)**2", True), ("(x - 1)**2*(x - 2)", True), ("(x - 1)**3", False),
     ("abs(x)", True), ("-abs(x)", True), ("x*y", False)],
)  # fmt: skip
def test_what_keeps_its_sign_touches_its_surface(surfaces: Surfaces, text: str, touches: bool) -> None:
    assert surfaces.touches(read_text(text)) == touches


@pytest.mark.parametrize(
    ("text", "thin"),
    [
        ("x - 1", True),
        ("exp(x) - y", True),
        ("abs(x) - y", True),
        ("abs(x) - x", False),
        ("max(x, 0)", False),
        ("x - x", False),
        ("x[i] - x[j]", True),
        ("x[i] - x[i]", False),
        ("Piecewise((x, x > 0), (0, True))", False),
        ("Piecewise((x, x > 0), (1, True))", True),
        ("floor(x)", False),
        ("floor(x) + x", True),
        ("abs(a) + abs(b) + abs(c) + abs(d) + 1", True),
        ("abs(a) + abs(b) + abs(c) + abs(d) + abs(e) + 1", False),
        ("Sum(abs(x[k]), (k, 1, K)) - y", True),
    ],
)
def test_a_surface_is_thin_where_no_piece_vanishes_on_more_than_that(surfaces: Surfaces, text: str, thin: bool) -> None:
    assert surfaces.is_nowhere_dense(read_text(text)) == thin


def test_signs_and_case_distinctions_jump_and_the_variable_crosses_some(surfaces: Surfaces) -> None:
    root = read_text("abs(w) + sign(x) + heaviside(2*y) + Piecewise((1, z > 0), (0, True))")
    found = surfaces.jumping(root)
    assert said(found) == {"x", "2*y", "z"}
    assert said(surfaces.moving(symbol("y"), found)) == {"2*y"}
    assert surfaces.moving(symbol("w"), found) == {}


@pytest.mark.parametrize(
    ("claim", "alone"),
    [
        ("sign(x)", {"x"}),
        ("heaviside(x - 1)", {"x - 1"}),
        ("abs(x) + max(x, y)", set()),
        ("Piecewise((1, x > 0), (0, True))", set()),
        ("Piecewise((1, x >= 0), (0, True))", set()),
        ("Piecewise((1, x > 0), (0, x < 0), (5, True))", {"x"}),
        ("Piecewise((1, x > 0), (2, x >= 0), (3, True))", {"x"}),
        ("Piecewise((1, x > 0), (2, -x > 0), (3, True))", {"-x"}),
        ("Piecewise((1, x > 0), (2, 0 >= 2*x), (3, True))", set()),
        ("Piecewise((5, Eq(x, 0)), (1, True))", {"x"}),
        ("Piecewise((1, Ne(x, 0)), (5, True))", {"x"}),
        ("Piecewise((1, (x - 1)**2 > 0), (5, True))", {"(x - 1)**2"}),
        ("Piecewise((1, And(x > 0, y > 0)), (0, True))", set()),
        ("Piecewise((1, Or(x > 0, y > 0)), (0, True))", set()),
        ("Piecewise((1, Not(x > 0)), (0, True))", set()),
        ("Piecewise((1, And(x >= 0, x <= 0)), (0, True))", {"x"}),
        ("Piecewise((1, And(x >= 0, y <= 0)), (0, And(x > 0, y > 0)), (3, True))", set()),
        ("Piecewise((1, And(x >= 0, x <= 0, y < 0)), (0, True))", {"x", "y"}),
        ("Piecewise((1, And(x >= 0, x <= 0, y > 0)), (0, True))", {"x", "y"}),
        ("Piecewise((1, x > 0), (2, x < 0))", {"x"}),
        ("Piecewise((x, i < j), (2*x, True))", set()),
        ("Piecewise((x, And(x > 0, i < j)), (2*x, True))", {"x"}),
    ],
)
def test_a_claim_stands_alone_where_it_continues_none_of_its_sides(
    surfaces: Surfaces, claim: str, alone: set[str]
) -> None:
    assert said(surfaces.alone(read_text(claim))) == alone


def test_what_is_denied_is_seen(surfaces: Surfaces) -> None:
    on, off = read_text("And(x >= 0, x <= 0)"), read_text("x > 0")
    for condition, continues in ((on, False), (off, True)):
        assert surfaces.continues(cases((1, Term("not", (condition,))), otherwise=0)) == continues
    only_there = Term("and", (read_text("x >= 0"), Term("not", (off,))))
    assert not surfaces.continues(cases((1, only_there), otherwise=0))


def test_of_too_many_surfaces_nothing_is_said(surfaces: Surfaces) -> None:
    def among(count: int) -> str:
        return f"Piecewise((1, And({', '.join(f'x_{n} > 0' for n in range(count))})), (0, True))"

    assert surfaces.continues(read_text(among(MAX_SURFACES)))
    assert not surfaces.continues(read_text(among(MAX_SURFACES + 1)))
