"""Steep functions of a rounded argument: equal in exact arithmetic, and accurate where the argument is large."""

from __future__ import annotations

import numpy as np
import pytest

from derive.fuel import Fuel
from derive.notation.text import read_text
from derive.proof.scalar import prove_equal
from derive.proof.verdict import Verdict
from derive.spec.domain import Domain
from derive.stabilisation.argument import compensated
from derive.stabilisation.samples import truth_at
from derive.values.formats import FLOAT32, FLOAT64, Format
from derive.values.rounded import Machine

SCALED = ["erfc(-x/sqrt(2))", "erfc(sqrt(3)*x)", "erfc(x/pi)"]


@pytest.mark.parametrize("text", SCALED)
def test_it_is_equal(text: str) -> None:
    (form,) = compensated(read_text(text))
    assert prove_equal(read_text(text), form, Domain(), Fuel()).verdict is Verdict.PROVED


@pytest.mark.parametrize(("format_", "end"), [(FLOAT32, 9.0), (FLOAT64, 26.0)], ids=lambda it: getattr(it, "name", ""))
@pytest.mark.parametrize("text", SCALED)
def test_the_rounding_of_the_argument_is_made_good(text: str, format_: Format, end: float) -> None:
    stated = read_text(text)
    (form,) = compensated(stated)
    scale = float(abs(Machine(FLOAT64, {"x": np.ones(1)}).value(stated.args[0])[0]))
    columns = {"x": (np.random.default_rng(0).uniform(-end, end, 300) / scale).astype(format_.dtype)}
    truth, known = truth_at([stated], columns, format_)
    machine = Machine(format_, columns)
    apart = [abs(format_.ordinals(machine.value(one)) - format_.ordinals(truth))[known].max() for one in (stated, form)]
    assert apart[1] <= 3 < 50 < apart[0]


@pytest.mark.parametrize("text", ["erfc(x)", "erfc(2*x)", "exp(x/sqrt(2))", "erfc(x + sqrt(2))", "erfc(x*y)"])
def test_nothing_is_done_where_nothing_is_lost_or_known(text: str) -> None:
    assert list(compensated(read_text(text))) == []
