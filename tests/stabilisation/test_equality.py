"""A form is proved equal to what was stated, and a form that is not is not."""

from __future__ import annotations

import pytest

from derive.notation.text import read_text
from derive.proof.verdict import Verdict
from derive.rules.engine import Step
from derive.spec.domain import read_domain
from derive.stabilisation.equality import prove_steps, prove_whole, released

FREE = read_domain(())


@pytest.mark.parametrize(
    ("form", "stated"),
    [
        ("Piecewise((x, x >= 0), (0, exp(x) == 0), (x, True))", "x"),
        ("Piecewise((0, abs(x) == oo), (x*exp(-x), True))", "x/exp(x)"),
        ("exp(-min(abs(x), 30)**2)", "exp(-x**2)"),
        ("Piecewise((1, exp(-abs(x)) == 0), (1 + exp(-abs(x))*max(min(x, 900), -900), True))", "1 + x*exp(-abs(x))"),
    ],
)
def test_guards_and_holds_are_seen_through(form: str, stated: str) -> None:
    assert prove_whole(read_text(form), read_text(stated), FREE).verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("form", "stated"),
    [
        ("exp(-min(abs(x), 20)**2)", "exp(-x**2)"),
        ("1 + exp(-abs(x))*max(min(x, 900), -900)", "1 + x*exp(-abs(x))"),
        ("Piecewise((0, x == 0), (1, True))", "1"),
        ("min(x, 900)", "x"),
    ],
)
def test_what_is_held_where_it_matters_is_refuted(form: str, stated: str) -> None:
    assert prove_whole(read_text(form), read_text(stated), FREE).verdict is Verdict.REFUTED


def test_a_rounding_is_among_the_hypotheses() -> None:
    held = prove_whole(read_text("exp(-min(abs(x), 30)**2)"), read_text("exp(-x**2)"), FREE)
    assert held.hypotheses == ("real x", "e^u = 0 for u < -800, by rounding")


def test_a_kink_is_not_a_hold() -> None:
    formula = read_text("max(x, 0)*exp(-x)")
    assert released(formula, FREE) == (formula, False)


def test_steps_are_proved_where_they_differ_and_the_wrong_one_is_named() -> None:
    total = "Sum(exp(x[k]), (k, 1, K))"
    shifted = "exp(Maximum(x[k], (k, 1, K)))*Sum(expdiff(x[k], Maximum(x[k], (k, 1, K))), (k, 1, K))"
    right = Step("shift", read_text(f"y*{total}"), read_text(f"y*({shifted})"))
    wrong = Step("slip", read_text(f"y + {total}"), read_text(f"2*y + {total}"))
    assert prove_steps((right,), FREE).verdict is Verdict.PROVED
    refuted = prove_steps((right, wrong), FREE)
    assert refuted.verdict is Verdict.REFUTED
    assert refuted.message.startswith("slip")
