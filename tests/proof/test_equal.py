"""Equations, with and without indices."""

from __future__ import annotations

import pytest

from derive.fuel import Fuel
from derive.notation.text import read_text
from derive.proof.api import prove_equal
from derive.proof.verdict import Proof, Verdict
from derive.spec.domain import Domain


def equal(left: str, right: str) -> Proof:
    return prove_equal(read_text(left), read_text(right), Domain(), Fuel())


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("(x + 1)**2", "x**2 + 2*x + 1"),
        ("Sum(x[k] + 1, (k, 1, K))", "Sum(x[i], (i, 1, K)) + K"),
        # An index bound inside keeps clear of one that is bound further out.
        (
            "Sum(Sum(Sum(w[a]*X[b,a], (a,0,N-1))*X[b,c], (b,0,M-1))*KroneckerDelta(c,j), (c,0,N-1))",
            "Sum(Sum(w[a]*X[b,a], (a,0,N-1))*X[b,j], (b,0,M-1))",
        ),
    ],
)
def test_equal_for_every_size(left: str, right: str) -> None:
    assert equal(left, right).verdict is Verdict.PROVED


def test_a_witness_is_in_the_names_of_the_claim() -> None:
    proof = equal("Sum(x[k], (k, 1, K))", "Sum(x[k]**2, (k, 1, K))")
    assert proof.verdict is Verdict.REFUTED
    assert proof.witness is not None
    assert {name.partition("[")[0] for name in proof.witness.point} == {"K", "x"}
    assert not any("#" in said for said in equal("x[k] + x[k]", "2*x[k]").hypotheses)
