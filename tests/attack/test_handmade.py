"""The claims made by hand: each gets a verdict that is right, and the oracle agrees with it."""

from __future__ import annotations

import pytest

from attack.handmade import CASES, Case
from attack.judge import Judged, judge
from derive.errors import FormulaError
from derive.proof.api import prove

ALL = [pytest.param(case, id=f"{kind}-{at}") for kind, cases in CASES.items() for at, case in enumerate(cases)]


@pytest.mark.parametrize("case", ALL)
def test_the_verdict_is_right(case: Case) -> None:
    question = case.question
    try:
        proof = prove(question.function, question.wrt, question.claim, question.assume, question.let)
    except FormulaError:
        assert "E" in case.verdicts, question.command()
        return
    assert proof.verdict[0] in case.verdicts, f"{question.command()}\n{proof}"
    judged = judge(question, proof, (), case.points())
    assert judged.judged not in (Judged.WRONG_PROVED, Judged.WRONG_REFUTED), f"{question.command()}\n{proof}\n{judged}"
