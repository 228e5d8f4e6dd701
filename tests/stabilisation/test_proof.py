"""Verdicts on forms: by normal forms, else by proved steps; never by steps that are not."""

from __future__ import annotations

import numpy as np
import pytest

from derive.notation.text import read_text
from derive.proof.verdict import Proof, Verdict
from derive.rules.engine import Step
from derive.spec.domain import Domain
from derive.stabilisation.pool import Candidate
from derive.stabilisation.proof import Prover


def proof_of(stated: str, form: str, rule: str, assume: str | None = None) -> Proof:
    before, after = read_text(stated), read_text(form)
    candidate = Candidate(after, (Step(rule, before, after),), np.empty(0), 1)
    return Prover(before, Domain()).proof(candidate, read_text(assume) if assume else None)


def test_normal_forms_decide_whatever_the_step_is_called() -> None:
    assert proof_of("log(1 + exp(x))", "x + log1p(exp(-x))", "a guess").verdict is Verdict.PROVED
    assert proof_of("log(1 + exp(x))", "x + log1p(exp(x))", "log near 1").verdict is Verdict.REFUTED


def test_a_form_may_hold_on_its_range_alone() -> None:
    assert proof_of("abs(x)", "x", "a guess").verdict is not Verdict.PROVED
    assert proof_of("abs(x)", "x", "a guess", "x >= 2").verdict is Verdict.PROVED


def test_proved_steps_decide_where_normal_forms_do_not() -> None:
    found = proof_of("sqrt(x**2 - y)", "abs(x)*sqrt(1 - y/x/x)", "scaled root")
    assert found.verdict is Verdict.PROVED
    assert found.exceptions
    assert "steps" in found.evidence


@pytest.mark.parametrize("rule", ["a guess", "root by sign"])
def test_steps_that_are_not_proved_decide_nothing(rule: str) -> None:
    assert proof_of("sqrt(x**2 - y)", "abs(x)*sqrt(1 - y/x/x)", rule).verdict is Verdict.UNDECIDED
