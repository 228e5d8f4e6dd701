"""Whatever text `derive stabilise` is given, it answers with a form that agrees with the definition, or in words."""

from __future__ import annotations

import json
from contextlib import suppress
from fractions import Fraction
from unittest import mock

import pytest
from damage import spoiled
from hypothesis import example, given, settings
from hypothesis import strategies as st
from terms import terms
from typer.testing import CliRunner, Result

from derive.cli import app
from derive.errors import DeriveError
from derive.notation.text import read_text, write_text
from derive.spec.domain import read_domain
from derive.stabilisation.samples import draw
from derive.term import Term, free_symbols
from derive.values.balls import Undefined, Undetermined, enclose
from derive.values.formats import FLOAT64

SEARCHED = ("exp", "log", "sqrt", "tanh", "sin", "abs", "max", "erf", "log1p", "gamma")
KNOWN = (
    "log(1 + exp(x))", "sqrt(x + 1) - sqrt(x)", "(exp(x) - 1)/x", "Piecewise((x, x > 0), (expm1(x), True))",
    "x**2/y", "-log(1 - x)", "Sum(x[k], (k, 1, K))",
)  # fmt: skip
WRITTEN = st.one_of(terms(SEARCHED, 2).map(write_text), st.sampled_from(KNOWN))
TEXTS = st.one_of(WRITTEN, WRITTEN.flatmap(spoiled), st.text(max_size=12))
SENTENCES = st.sampled_from(("x > 0", "0 < x < 1", "x integer", "x in {1, 2}", "x < y", "x > 1, x < 0"))
ASSUMED = st.lists(st.one_of(SENTENCES, SENTENCES.flatmap(spoiled)), max_size=2)
RANGES = st.one_of(st.none(), st.tuples(st.floats(), st.floats()), st.just((0.5, 2.0)))
few_points = mock.patch.multiple("derive.stabilisation.search", COUNT=24, CHECK_COUNT=48, MAX_TRIED=6)
few_rounds = mock.patch.multiple("derive.stabilisation.pool", MAX_ROUNDS=2, MAX_BEST=4, MAX_COVER=4)
AGREED = 2.0**-20  # relatively; what approximates is far nearer


def asked(text: str, assumed: list[str], everyday: tuple[float, float] | None, dtype: str) -> Result:
    words = ["--json", "--dtype", dtype, *(f"--assume={sentence}" for sentence in assumed)]
    words += ["--range", *map(str, everyday)] if everyday else []
    return CliRunner().invoke(app, ["stabilise", *words, "--", text])


def agree(stated: Term, form: Term, assumed: list[str]) -> bool:
    """Whether the two are nowhere certainly apart, on a sample that the search has not seen."""
    sample = draw((stated,), read_domain(assumed), FLOAT64, None, 24, 5)
    for at in range(sample.length):
        point = {name: Fraction(float(column[at])) for name, column in sample.columns.items()}
        with suppress(Undefined, Undetermined):
            one, other = enclose(stated, point, 2500), enclose(form, point, 2500)
            if abs(one - other) > AGREED * abs(one):
                return False
    return True


@example("tanh(tanh(x))", [], None, "float64")  # a series of which had no quotient
@given(TEXTS, ASSUMED, RANGES, st.sampled_from(("float32", "float64")))
@settings(derandomize=True, max_examples=60, deadline=None)
def test_a_text_has_a_form_that_agrees_with_it_or_a_message(
    text: str, assumed: list[str], everyday: tuple[float, float] | None, dtype: str
) -> None:
    """With a search of few points, rounds and candidates, which goes all the ways that a whole one goes."""
    with few_points, few_rounds:
        ended = asked(text, assumed, everyday, dtype)
    if ended.exit_code:
        assert isinstance(ended.exception, (DeriveError, SystemExit)), ended.exception
        assert str(ended.exception)
        return
    answer = json.loads(ended.stdout, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    stated, form = read_text(text), read_text(answer["expression"])
    assert free_symbols(form) <= free_symbols(stated)
    assert agree(stated, form, assumed)
