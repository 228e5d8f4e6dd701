"""A form has the values of what was stated at single points too."""

from __future__ import annotations

import pytest

from derive.notation.text import read_text
from derive.proof.verdict import Proof, Verdict
from derive.spec.domain import Domain, read_domain
from derive.stabilisation.points import with_points

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
