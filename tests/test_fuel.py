"""Fuel is counted, shared, and the same at every load."""

import pytest

from derive.errors import DeriveError
from derive.fuel import Fuel, OutOfFuel
from derive.notation.text import read_text
from derive.proof.api import prove, prove_terms
from derive.proof.records import read_claim
from derive.proof.verdict import Verdict
from derive.spec.domain import Domain
from derive.term import symbol


def test_it_runs_out_at_its_number() -> None:
    fuel = Fuel(3)
    fuel.spend()
    fuel.spend(2)
    assert fuel.left == 0
    with pytest.raises(OutOfFuel):
        fuel.spend()


def test_what_a_share_spends_is_spent_from_the_whole() -> None:
    whole = Fuel(100)
    part = whole.share(0.25)
    part.spend(20)
    assert (part.left, whole.left) == (5, 80)
    with pytest.raises(OutOfFuel):
        part.spend(6)
    assert whole.left == 74


CLAIMS = [
    ("x/(1 + exp(-x))", "1/(1 + exp(-x)) + x*exp(-x)/(1 + exp(-x))**2"),
    ("max(x, 0)*log(1 + exp(-abs(x)))", "0"),
    ("tanh(log(1 + exp(x)))*x", "tanh(log(1 + exp(x)))"),
    ("Sum(x[k]**2, (k, 0, K - 1))", "2*x[j]"),
]


@pytest.mark.parametrize(("function", "claim"), CLAIMS)
def test_a_question_spends_the_same_whatever_was_asked_before(function: str, claim: str) -> None:
    variable = read_text("x[j]") if "Sum" in function else symbol("x")

    def spent() -> int:
        fuel = Fuel(10**9)
        prove_terms(read_text(function), variable, read_text(claim), Domain(), fuel)
        return 10**9 - fuel.left

    first = spent()
    prove("sin(x)*exp(x)", "x", "cos(x)*exp(x)")
    assert spent() == first


def test_less_fuel_never_turns_an_answer_into_another() -> None:
    function, claim = CLAIMS[0]
    whole = prove(function, "x", claim).verdict
    found = {prove(function, "x", claim, fuel=2**n).verdict for n in range(12)}
    assert found <= {whole, Verdict.UNDECIDED}
    assert Verdict.UNDECIDED in found


@pytest.mark.parametrize("units", [0, -1, True, 1.5, None, "7"])
def test_fuel_that_is_none_is_told(units: object) -> None:
    with pytest.raises(DeriveError, match="fuel is a whole number of at least 1, not "):
        prove("x", "x", "1", fuel=units)  # type: ignore[arg-type]


@pytest.mark.parametrize("units", [0, -1])
def test_a_claim_s_fuel_that_is_none_is_told(units: int) -> None:
    with pytest.raises(DeriveError, match=f"fuel is a whole number of at least 1, not {units}"):
        read_claim({"function": "x", "wrt": "x", "claim": "1", "fuel": units})
