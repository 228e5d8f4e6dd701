"""The search as a whole: accurate, proved, never worse, and honest where it cannot help."""

from __future__ import annotations

import re
from functools import cache

import pytest

import derive
from derive.errors import DeriveError, UnsupportedError
from derive.notation.text import read_text, write_text
from derive.proof.verdict import Verdict
from derive.stabilisation.found import Found
from derive.term import TRUE, branches

FORMS = {
    "log(1 + exp(x))": "",
    "1 - tanh(x)**2": "",
    "x*(1 + erf(x/sqrt(2)))/2": "",
    "log(1 - exp(-x))": "x > 0",
    "log(p/(1 - p))": "0 < p < 1",
    "(exp(x) - 1)/x": "",
    "x - tanh(x)": "",
    "sqrt(x + 1) - sqrt(x)": "",
    "(1 - cos(x))/x**2": "",
    "cos(x + e) - cos(x)": "",
    "x**2/y": "",
    "x + y": "",
}


@cache
def found(text: str) -> Found:
    return derive.stabilise(text, assume=FORMS[text])


@pytest.mark.parametrize("text", FORMS)
def test_few_bits_are_lost_and_none_more_than_before(text: str) -> None:
    answer = found(text)
    assert answer.after["all floats"].mean <= 0.4
    assert answer.after["everyday"].mean <= 0.7
    for stratum, before in answer.before.items():
        assert answer.after[stratum].mean <= before.mean
        assert answer.after[stratum].max <= before.max


@pytest.mark.parametrize("text", FORMS)
def test_every_piece_is_proved_or_says_within_what(text: str) -> None:
    for piece in found(text).pieces:
        assert piece.proof.verdict is Verdict.PROVED
        assert ("power series" in [step.rule for step in piece.steps]) <= ("within" in piece.within)


@pytest.mark.parametrize("text", FORMS)
def test_steps_lead_from_the_formula_to_the_form(text: str) -> None:
    for piece in found(text).pieces:
        line = [found(text).stated, *(step.after for step in piece.steps)]
        assert [step.before for step in piece.steps] == line[:-1]
        assert line[-1] == piece.form


@pytest.mark.parametrize("text", FORMS)
def test_the_expression_reads_back_and_has_the_branches_said(text: str) -> None:
    answer = found(text).to_json()
    form = read_text(answer["expression"])
    assert write_text(form) == answer["expression"]
    if answer["branches"]:
        assert len(branches(form)) == answer["branches"] + 1
        assert branches(form)[-1][1] is TRUE


@pytest.mark.parametrize(
    ("text", "form"),
    [("log(1 + exp(x))", "max(x, 0) + log1p(exp(-abs(x)))"), ("x + y", "x + y")],
)
def test_the_form_that_everyone_knows_is_found(text: str, form: str) -> None:
    assert found(text).form == read_text(form)


def test_the_same_form_every_time() -> None:
    again = derive.stabilise("sqrt(x + 1) - sqrt(x)")
    assert again.form == found("sqrt(x + 1) - sqrt(x)").form


def test_the_format_and_the_range_matter() -> None:
    wide = derive.stabilise("1 - cos(x)", dtype="float32")
    assert wide.form == read_text("2*sin(x/2)**2")
    assert wide.dtype == "float32"
    away = derive.stabilise("log(x)", everyday=(5.0, 9.0))
    assert not away.changed
    assert away.before["everyday"].max < 1


def test_lost_digits_are_explained() -> None:
    (said, *_) = derive.stabilise("sin(x) - cos(x)").notes
    assert re.search(r"bits are lost at x = .*; the condition number is \d", said)


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("x[0] + 1", UnsupportedError, "without sums and indices"),
        ("exp(1)", UnsupportedError, "no variable"),
        ("log(-exp(x))", UnsupportedError, "no value"),
        ("foo(x)", DeriveError, "foo"),
    ],
)
def test_what_cannot_be_searched_is_refused(text: str, error: type[DeriveError], said: str) -> None:
    with pytest.raises(error, match=said):
        derive.stabilise(text)


def test_options_are_checked() -> None:
    with pytest.raises(DeriveError, match="float32 or float64"):
        derive.stabilise("exp(x)", dtype="float16")
    with pytest.raises(DeriveError, match="lower end first"):
        derive.stabilise("exp(x)", everyday=(2.0, 1.0))
