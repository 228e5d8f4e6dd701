"""A maximum that is subtracted and makes no difference is no obstacle; one that does stays."""

import pytest

import derive
from derive.proof.verdict import Verdict

LARGEST = "Maximum(x[k], (k, 0, K - 1))"
SHARE = f"exp(x[i] - {LARGEST})/Sum(exp(x[m] - {LARGEST}), (m, 0, K - 1))"
PLAIN = "exp(x[i])/Sum(exp(x[m]), (m, 0, K - 1))"


def test_a_shift_that_cancels_is_seen_through_on_both_sides():
    claim = f"({SHARE})*(KroneckerDelta(i, j) - exp(x[j])/Sum(exp(x[m]), (m, 0, K - 1)))"
    assert derive.prove(SHARE, "x[j]", claim).verdict is Verdict.PROVED
    assert derive.prove(PLAIN, "x[j]", claim).verdict is Verdict.PROVED


def test_a_shift_that_is_added_back_cancels():
    total = f"{LARGEST} + log(Sum(exp(x[m] - {LARGEST}), (m, 0, K - 1)))"
    assert derive.prove(total, "x[j]", "exp(x[j])/Sum(exp(x[m]), (m, 0, K - 1))").verdict is Verdict.PROVED


@pytest.mark.parametrize("formula", [LARGEST, f"log(Sum(exp(x[m] - {LARGEST}), (m, 0, K - 1)))"])
def test_a_maximum_that_matters_is_never_dropped(formula):
    # With 0 in the maximum's place, these would be the derivatives.
    claim = {LARGEST: "0"}.get(formula, "exp(x[j])/Sum(exp(x[m]), (m, 0, K - 1))")
    assert derive.prove(formula, "x[j]", claim).verdict is not Verdict.PROVED
