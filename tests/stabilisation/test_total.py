"""Totality: operations that fail are seen in branches not taken too."""

from __future__ import annotations

import pytest

from derive.notation.text import read_text
from derive.spec.domain import Domain, read_domain
from derive.stabilisation.total import agree_at_ends, is_total

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


def test_forms_agree_at_the_ends() -> None:
    one, other = read_text("Piecewise((0, x == -oo), (x*exp(min(x, 0)), True))"), read_text("x*exp(min(x, 0))")
    assert agree_at_ends(one, other, ALL)  # the other is NaN at -oo, which binds to nothing
    assert not agree_at_ends(other, one, ALL)
    assert not agree_at_ends(read_text("max(x, 0)"), read_text("abs(x)"), ALL)


@pytest.mark.parametrize(
    ("form", "other", "agree"),
    [("x + 1", "x", False), ("x + 2", "x + 1", True), ("0*x", "x", False), ("-x", "x", False)],
)
def test_what_is_infinite_or_0_at_an_end_stays_so(form: str, other: str, agree: bool) -> None:
    assert agree_at_ends(read_text(form), read_text(other), ALL) is agree
