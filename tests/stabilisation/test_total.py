"""Totality: operations that fail are seen in branches not taken too, and held back where that is possible."""

from __future__ import annotations

import pytest

from derive.notation.text import read_text
from derive.spec.domain import Domain, read_domain
from derive.stabilisation.total import agree_at_ends, held_in_branches, is_total

ALL = Domain()


@pytest.mark.parametrize(
    ("form", "assume", "total"),
    [
        ("1/(1 + exp(-abs(x)))", [], True),
        ("1/(1 + exp(-x))", [], False),  # e^-x overflows on the way to 0
        ("exp(x)", [], True),  # it is the value that overflows
        ("Piecewise((x, x > 0), (exp(x) - 1, True))", [], False),  # e^x overflows where it is not taken
        ("log(x)", [], False),
        ("log(x)", ["x > 0"], True),
        ("x*y/(x + y)", ["x > 0", "y > 0"], False),  # the product overflows
        ("2/3", [], True),
    ],
)
def test_operations_that_fail_are_seen(form: str, assume: list[str], total: bool) -> None:
    assert is_total(read_text(form), read_domain(assume)) is total


@pytest.mark.parametrize(
    ("form", "held"),
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
def test_a_variable_is_held_within_the_branch_that_needs_it(form: str, held: str) -> None:
    found = held_in_branches(read_text(form), ALL)
    assert found == read_text(held)
    assert is_total(found, ALL)


def test_forms_agree_at_the_ends() -> None:
    one, other = read_text("Piecewise((0, x == -oo), (x*exp(min(x, 0)), True))"), read_text("x*exp(min(x, 0))")
    assert agree_at_ends(one, other, ALL)  # the other is NaN at -oo, which binds to nothing
    assert not agree_at_ends(other, one, ALL)
    assert not agree_at_ends(read_text("max(x, 0)"), read_text("abs(x)"), ALL)
