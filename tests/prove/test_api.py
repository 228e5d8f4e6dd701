"""`derive.prove`: formulas as text, Terms or SymPy, abbreviations, and mistakes in what is asked."""

from __future__ import annotations

import pytest
import sympy

import derive
from derive.errors import FormulaError
from derive.prove.verdict import Verdict
from derive.term import symbol


def test_the_room_is_the_function() -> None:
    import derive.prove.verdict

    assert derive.prove("x**2", "x", "2*x").verdict is Verdict.PROVED
    assert derive.prove.verdict.Verdict is Verdict


def test_a_proof_names_its_hypotheses_and_its_evidence() -> None:
    proof = derive.prove("x/(1 + exp(-x))", "x", "s*(1 + x*(1 - s))", let="s = 1/(1 + exp(-x))")
    assert proof.verdict is Verdict.PROVED
    assert proof.hypotheses == ("real x",)
    assert proof.evidence == "both sides are exp(x)*(x + exp(x) + 1)/(exp(x) + 1)**2"


def test_formulas_may_be_sympy_or_terms() -> None:
    x = sympy.Symbol("x")
    assert derive.prove(sympy.tanh(x), x, 1 - sympy.tanh(x) ** 2).verdict is Verdict.PROVED
    assert derive.prove(symbol("x") ** 2, symbol("x"), 2 * symbol("x")).verdict is Verdict.PROVED


def test_abbreviations_may_use_each_other_and_be_indexed() -> None:
    let = ["t = exp(x)", "s = t/(1 + t)"]
    assert derive.prove("log(1 + exp(x))", "x", "s", let=list(reversed(let))).verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("wrt", "let", "said"),
    [("x + 1", (), "is not a variable"), ("x", "s", "cannot read the abbreviation"),
     ("x", "1 = s", "cannot be defined"), ("x", "exp(x) = s", "cannot be defined")],
)  # fmt: skip
def test_a_mistake_is_told_in_a_line(wrt: str, let: str, said: str) -> None:
    with pytest.raises(FormulaError, match=said):
        derive.prove("x**2", wrt, "2*x", let=let)


def test_a_function_without_a_rule_is_undecided() -> None:
    proof = derive.prove("polygamma(x, 1)", "x", "0", assume="x>0")
    assert proof.verdict is Verdict.UNDECIDED
    assert "no rule" in proof.message


def test_an_abbreviation_may_use_those_before_it() -> None:
    assert derive.prove("s", "x", "t*(1 - t)", let=["s = 1/(1 + exp(-x))", "t = s"]).verdict is Verdict.PROVED
