"""Steps between forms: everywhere at once, equal each, and nothing that no one would write."""

from __future__ import annotations

import pytest

from derive.fuel import Fuel
from derive.notation.text import read_text
from derive.proof.scalar import prove_equal
from derive.proof.verdict import Verdict
from derive.spec.domain import Domain
from derive.stabilisation.moves import Moves
from derive.term import Term


def after(text: str) -> set[Term]:
    return {step.after for step in Moves(Domain()).steps(read_text(text))}


def test_a_shared_subterm_is_rewritten_everywhere() -> None:
    assert read_text("log1p(exp(x))*sin(log1p(exp(x)))") in after("log(1 + exp(x))*sin(log(1 + exp(x)))")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("1/(x + 1) - 1/x", "-1/(x*(1 + x))"),
        ("((1 + t)**2 - 1)/((1 + t)**2 + 1)", "t*(2 + t)/(2 + t*(2 + t))"),
        ("(x + 1)**2 - x**2", "1 + 2*x"),
    ],
)
def test_a_rational_region_becomes_one_fraction(text: str, form: str) -> None:
    found = after(text)
    assert any(prove_equal(read_text(form), other, Domain(), Fuel()).verdict is Verdict.PROVED for other in found)
    shortest = min(found, key=lambda other: len(str(other)))
    assert len(str(shortest)) <= len(form)


@pytest.mark.parametrize("text", ["x**(1/3) - y**(1/3)", "tanh(x)/(1 - tanh(x)**2)", "sqrt(x**2 + 1) - x"])
def test_every_step_leads_to_an_equal_form(text: str) -> None:
    moves = Moves(Domain())
    start = moves.plain(read_text(text))
    # Folding holds exponents where their exponentials are 0 by rounding.
    steps = [step for step in moves.steps(start) if step.rule != "fold the exponential"]
    assert len(steps) > 1
    for step in steps:
        assert prove_equal(step.before, step.after, Domain(), Fuel()).verdict is not Verdict.REFUTED, step.rule


def test_forms_are_tidied_and_in_functions_that_kernels_have() -> None:
    assert Moves(Domain()).plain(read_text("1*cot(x) + 0 - -y**(1/3)")) == read_text("1/tan(x) + cbrt(y)")
