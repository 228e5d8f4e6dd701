"""Fractions in the reciprocal of a variable that is large."""

from __future__ import annotations

from typing import Final

import numpy as np
import pytest

from derive.fuel import KERNEL, Fuel
from derive.notation.text import read_text
from derive.proof.api import prove_equal
from derive.proof.verdict import Verdict
from derive.spec.domain import Domain
from derive.stabilisation.chain import completed
from derive.stabilisation.fractions import by_reciprocal
from derive.stabilisation.total import is_total

FRACTIONS: Final = (
    "-2*x/(1 + x**2)**2",
    "x**3/(1 + x**2)",
    "1/(1 + x**2)",
    "(x**2 - 3)/(x**2 + x + 7)",
    "x/(1 + x**4)",
)


@pytest.mark.parametrize("text", FRACTIONS)
def test_a_fraction_in_the_reciprocal_is_the_same(text: str) -> None:
    (found,) = by_reciprocal(read_text(text))
    assert prove_equal(read_text(text), found, Domain(), Fuel(KERNEL)).verdict is Verdict.PROVED


@pytest.mark.parametrize("text", FRACTIONS)
def test_no_operation_of_it_overflows(text: str) -> None:
    stated = read_text(text)
    (found,) = by_reciprocal(stated)
    with np.errstate(all="ignore"):
        assert is_total(completed(found, stated, Domain(), ["x"]).root, Domain())
        assert not is_total(completed(stated, stated, Domain(), ["x"]).root, Domain())


@pytest.mark.parametrize("text", ["x/(1 + x)", "x**2 + 1", "exp(x)/(1 + x**2)", "x/(1 + y**2)", "sin(x)"])
def test_what_is_no_such_fraction_stays(text: str) -> None:
    assert list(by_reciprocal(read_text(text))) == []
