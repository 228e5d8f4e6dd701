"""Names that are used in two ways, hypotheses that nothing satisfies, and a size that is called E."""

from __future__ import annotations

import pytest

from derive.errors import FormulaError
from derive.proof.api import prove
from derive.proof.verdict import Verdict

MISUSED = [
    ("Sum(x[k], (k, 0, K - 1))", "x[j, i]", "1", "", "x[j, i] has 2 index(es), but its shape has 1"),
    ("Sum(x[k] + x, (k, 0, K - 1))", "x", "K", "", "x is an array; write a component of it, such as x[i]"),
    ("det(A)", "A", "det(A)", "", "A is an array; write a component of it, such as A[i, j]"),
    ("Sum(x[k]*y, (k, 0, K - 1))", "x[j]", "y[j]", "", "y is an array, but stands alone"),
    ("x**2", "x", "2*x", "x > 0, x < 0", "no x satisfies the hypotheses"),
]


@pytest.mark.parametrize(("function", "wrt", "claim", "assume", "said"), MISUSED)
def test_what_is_used_in_two_ways_is_told(function: str, wrt: str, claim: str, assume: str, said: str) -> None:
    with pytest.raises(FormulaError) as caught:
        prove(function, wrt, claim, assume)
    assert said in str(caught.value)


def test_e_is_a_size_where_a_sum_ends_there() -> None:
    assert prove("Sum(x[k]**2, (k, 0, E - 1))/E", "x[j]", "2*x[j]/E").verdict is Verdict.PROVED
    assert prove("x*E", "x", "exp(1)").verdict is Verdict.PROVED
