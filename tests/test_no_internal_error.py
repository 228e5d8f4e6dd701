"""Whatever is asked, the answer is a verdict or a message for people: no error of derive's own comes out."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st
from terms import ARITHMETIC, terms

from derive.calculus.derivative import derivative
from derive.errors import DeriveError
from derive.proof.api import prove
from derive.proof.verdict import Verdict
from derive.term import FUNCTIONS, Term, subterms, symbol

SCALAR = tuple(name for name in FUNCTIONS if name not in ("det", "inv"))
VARIABLES = st.sampled_from(("x", "alpha", "v[j]", "w[0]", "K", "i"))
HYPOTHESES = st.sampled_from(
    ((), ("x > 0",), ("0 < x < 1", "alpha integer"), ("x in {1, 2}",), ("v[i] > 0",), ("x <= y", "y <= x"), ("x = 1",))
)
FUEL = 2_000


@given(terms(SCALAR, 3), VARIABLES, terms(SCALAR, 3), HYPOTHESES)
@settings(derandomize=True, max_examples=250, deadline=None)
def test_a_claim_has_a_verdict_or_a_message(function: Term, wrt: str, claim: Term, assume: tuple[str, ...]) -> None:
    with suppress(DeriveError):
        assert prove(function, wrt, claim, assume=assume, fuel=FUEL).verdict in Verdict


@given(terms(SCALAR, 3), HYPOTHESES)
@settings(derandomize=True, max_examples=150, deadline=None)
def test_a_derivative_s_own_formula_has_a_verdict_or_a_message(function: Term, assume: tuple[str, ...]) -> None:
    """As far as the methods go that are tried when a claim is right."""
    heads = {node.head for node in subterms(function)}
    if heads <= {*SCALAR, *ARITHMETIC, "sym", "num", "neg", "const", "cases", "lt", "le", "gt", "ge", "true"}:
        with suppress(DeriveError):
            claim = derivative(function, symbol("x"))
            assert prove(function, "x", claim, assume=assume, fuel=FUEL).verdict in Verdict
