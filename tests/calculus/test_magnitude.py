"""The largest term of a formula."""

from __future__ import annotations

import pytest

from derive.calculus.magnitude import largest_term
from derive.notation.text import read_text


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("(1 - y)/(1 - p) - y/p", "max(abs(1 - y)/abs(1 - p), abs(y)/abs(p))"),
        ("2*(p - y)", "abs(2)*abs(p - y)"),
        ("-(y*log(p) + exp(y))", "max(abs(y)*abs(log(p)), abs(exp(y)))"),
        ("s[j]*(g[j] - Sum(g[i]*s[i], (i, 1, K)))",
         "abs(s[j])*max(abs(g[j]), Maximum(abs(g[i])*abs(s[i]), (i, 1, K)))"),
        ("Piecewise((exp(y) - exp(p), y > 0), (p, True))",
         "Piecewise((max(abs(exp(y)), abs(exp(p))), y > 0), (abs(p), True))"),
    ],
)  # fmt: skip
def test_the_largest_term_of_a_sum(formula: str, expected: str) -> None:
    assert largest_term(read_text(formula)) == read_text(expected)
