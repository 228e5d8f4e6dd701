"""A form is proved equal to what was stated: as a whole, by pieces, by steps and at points; one that is not is not."""

from __future__ import annotations

import pytest

from derive.notation.text import read_text
from derive.proof.verdict import Proof, Verdict
from derive.rules.engine import Step
from derive.spec.domain import Domain, read_domain
from derive.stabilisation.proof import Prover, prove_steps, prove_whole, with_points

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
def test_guards_and_clamps_are_seen_through(form: str, stated: str) -> None:
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
def test_a_clamp_that_matters_is_refuted(form: str, stated: str) -> None:
    assert prove_whole(read_text(form), read_text(stated), FREE).verdict is Verdict.REFUTED


def test_a_rounding_is_among_the_hypotheses() -> None:
    clamped = prove_whole(read_text("exp(-min(abs(x), 30)**2)"), read_text("exp(-x**2)"), FREE)
    assert clamped.hypotheses == ("real x", "e^u = 0 for u < -800, by rounding")


def test_steps_are_proved_where_they_differ_and_the_wrong_one_is_named() -> None:
    total = "Sum(exp(x[k]), (k, 1, K))"
    shifted = "exp(Maximum(x[k], (k, 1, K)))*Sum(expdiff(x[k], Maximum(x[k], (k, 1, K))), (k, 1, K))"
    right = Step("shift", read_text(f"y*{total}"), read_text(f"y*({shifted})"))
    wrong = Step("slip", read_text(f"y + {total}"), read_text(f"2*y + {total}"))
    assert prove_steps((right,), FREE).verdict is Verdict.PROVED
    refuted = prove_steps((right, wrong), FREE)
    assert refuted.verdict is Verdict.REFUTED
    assert refuted.message.startswith("slip")


# Pieces


def proof_of(stated: str, form: str, rule: str, assume: str | None = None) -> Proof:
    before, after = read_text(stated), read_text(form)
    step = Step(rule, before, after)
    return Prover(before, Domain()).proof(after, (step,), read_text(assume) if assume else None)


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


# Points


SINC = "Piecewise((sin(x)/x, x != 0), (1, True))"


@pytest.mark.parametrize(
    ("stated", "form", "said"),
    [
        (SINC, "sin(x)/x", "at x = 0 it has no value, and what is stated has one"),
        (SINC, "Piecewise((sin(x), x >= 0), (-sin(x), True))/abs(x)", "at x = 0 it has no value"),
        (SINC, "Piecewise((0, x == 0), (sin(x)/x, True))", "at x = 0 it is 0, and what is stated is 1"),
        ("Piecewise((1/2, x == 0), (1, x > 0), (0, True))", "Piecewise((1, x > 0), (0, True))", "it is 0, and"),
        ("x + 1", "(x**2 - 1)/(x - 1)", "at x = 1 it has no value"),
        ("y*" + SINC, "y*sin(x)/x", "at x = 0 it has no value"),
    ],
)
def test_a_form_that_lacks_a_value_is_refuted(stated: str, form: str, said: str) -> None:
    proof = with_points(Proof(Verdict.PROVED), read_text(stated), read_text(form), Domain())
    assert proof.verdict is Verdict.REFUTED
    assert said in proof.message


@pytest.mark.parametrize(
    ("stated", "form"),
    [
        (SINC, "Piecewise((1, x == 0), (sin(x)/x, True))"),
        ("sin(x)/x", "sin(x)/x"),
        ("1/x", "1/x"),
        ("max(x, 0)", "Piecewise((x, x >= 0), (0, True))"),
        ("log(x)", "log(x)"),
    ],
)
def test_a_form_that_has_them_stays_proved(stated: str, form: str) -> None:
    assert with_points(Proof(Verdict.PROVED), read_text(stated), read_text(form), Domain()).verdict is Verdict.PROVED


def test_points_outside_the_domain_do_not_count() -> None:
    domain = read_domain(["x > 0"])
    assert with_points(Proof(Verdict.PROVED), read_text(SINC), read_text("sin(x)/x"), domain).verdict is Verdict.PROVED
