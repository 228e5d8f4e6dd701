"""Clamps: put where an operation would fail, and seen through where they change no rounded value."""

from __future__ import annotations

import pytest

from derive.notation.text import read_text
from derive.spec.domain import Domain
from derive.stabilisation.clamps import with_clamped_branches, with_clamped_exponents, without_clamps
from derive.stabilisation.total import is_total

ALL = Domain()


@pytest.mark.parametrize(
    ("form", "clamped"),
    [
        ("1 + exp(-2*abs(x))", "1 + exp(-2*abs(min(max(x, -512), 512)))"),
        ("exp(-exp(x))", "exp(-exp(min(x, 8)))"),
        ("exp(-abs(x))", "exp(-abs(x))"),
        ("exp(exp(x))", "exp(exp(x))"),
    ],
)
def test_a_variable_is_clamped_where_its_exponential_is_0(form: str, clamped: str) -> None:
    found = with_clamped_exponents(read_text(form), ALL)
    assert found == read_text(clamped)
    assert without_clamps(found, ALL) == read_text(form)


@pytest.mark.parametrize(
    ("form", "clamped"),
    [
        ("Piecewise((x, x > 0), (exp(x) - 1, True))", "Piecewise((x, x > 0), (exp(min(x, 0)) - 1, True))"),
        (
            "Piecewise((exp(x), x < 1), (x, x < 2), (1/x, True))",
            "Piecewise((exp(min(x, 1)), x < 1), (x, x < 2), (1/max(x, 2), True))",
        ),
        (
            "Piecewise((exp(x), abs(x) < 1), (x, True))",
            "Piecewise((exp(Piecewise((x, abs(x) < 1), (1, True))), abs(x) < 1), (x, True))",
        ),
        ("max(x, 0) + exp(x)", "max(x, 0) + exp(x)"),
    ],
)
def test_a_variable_is_clamped_within_the_branch_that_needs_it(form: str, clamped: str) -> None:
    found = with_clamped_branches(read_text(form), ALL)
    assert found == read_text(clamped)
    assert is_total(found, ALL)


def test_a_kink_is_not_a_clamp() -> None:
    formula = read_text("max(x, 0)*exp(-x)")
    assert without_clamps(formula, ALL) == formula


@pytest.mark.parametrize(
    ("form", "held"),
    [
        ("exp(-abs(b*x))", "exp(-abs(held(b, x)*x))"),
        ("exp(-abs(x/b))", "exp(-abs(x/parted(b, x)))"),
        ("Piecewise((exp(-abs(b*x)), b*x >= 0), (1, True))",
         "Piecewise((exp(-abs(held(b, x)*x)), held(b, x)*x >= 0), (1, True))"),
        ("b*x", "b*x"),
        ("exp(-abs(b*x))*(b*x)", "exp(-abs(held(b, x)*x))*(b*x)"),
    ],
)  # fmt: skip
def test_a_product_is_held_where_only_that_it_is_large_matters(form: str, held: str) -> None:
    found = with_clamped_exponents(read_text(form), ALL)
    assert found == read_text(held)
    assert without_clamps(found, ALL) == read_text(form)


def test_branches_under_a_sign_are_clamped_too() -> None:
    form = read_text("-Piecewise((x, x > 0), (exp(x) - 1, True))")
    assert str(with_clamped_branches(form, ALL)) == "-Piecewise((x, x > 0), (exp(min(x, 0)) - 1, True))"
