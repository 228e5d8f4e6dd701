"""Exponentials taken out: equal forms, that keep their digits where the exponential has none left."""

from __future__ import annotations

import numpy as np
import pytest

from derive.fuel import Fuel
from derive.notation.text import read_text
from derive.proof.scalar import prove_equal
from derive.proof.verdict import Verdict
from derive.spec.domain import Domain
from derive.stabilisation.samples import truth_at
from derive.stabilisation.underflow import with_factored_exponential
from derive.values.formats import FLOAT32, FLOAT64, Format
from derive.values.rounded import Machine

VANISHING = ["x*tanh(exp(x))", "tanh(exp(x)) + x*(1 - tanh(exp(x))**2)*exp(x)", "x*log1p(exp(x))", "-x**2*(exp(x)/3)"]


@pytest.mark.parametrize(
    "text", [*VANISHING, "x*erf(log1p(exp(x)))", "sin(exp(x))/y - expm1(exp(x))", "x*expdiff(x, y)/2"]
)
def test_it_is_equal(text: str) -> None:
    (form, *_) = with_factored_exponential(read_text(text))
    assert prove_equal(read_text(text), form, Domain(), Fuel()).verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("format_", "end"), [(FLOAT32, 91.0), (FLOAT64, 713.0)], ids=lambda it: getattr(it, "name", "")
)
@pytest.mark.parametrize("text", VANISHING)
def test_digits_are_kept_where_the_exponential_is_subnormal(text: str, format_: Format, end: float) -> None:
    stated = read_text(text)
    (form, *_) = with_factored_exponential(stated)
    columns = {"x": -np.linspace(end - 6, end, 50).astype(format_.dtype)}
    truth, known = truth_at([stated], columns, format_)
    machine = Machine(format_, columns)
    normal = known & (np.abs(truth) > format_.smallest_normal)
    apart = [
        abs(format_.ordinals(machine.value(one)) - format_.ordinals(truth))[normal].max() for one in (stated, form)
    ]
    assert apart[1] <= 4 < apart[0]


@pytest.mark.parametrize("text", ["1 + exp(x)", "cos(exp(x))", "exp(x)", "x*y"])
def test_what_does_not_vanish_has_nothing_taken_out(text: str) -> None:
    assert list(with_factored_exponential(read_text(text))) == []
