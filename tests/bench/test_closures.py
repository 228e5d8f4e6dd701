"""Formulas made of functions within functions: what they compute, with a stand-in for the compiler."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from derive.bench.closures import compiled, compiles
from derive.errors import UnsupportedError
from derive.notation.text import read_text
from derive.values.ieee import evaluate


@pytest.fixture(autouse=True)
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", SimpleNamespace(njit=lambda it: it, vectorize=np.vectorize))


@pytest.mark.parametrize(
    "text",
    [
        "1/(1 + exp(-x))",
        "max(x, 0) - x*y",
        "Piecewise((x**2, x > y), (-pi, And(x < 0, y < 0)), (log(abs(y)), Or(x > 1, y > 1, x < -2)), (2/3, True))",
        "sign(x)*tanh(y)",
    ],
)
def test_a_formula_is_computed(text: str) -> None:
    formula = read_text(text)
    assert compiles(formula, ("x", "y"))
    random = np.random.default_rng(1)
    x, y = random.normal(size=50), random.normal(size=50)
    with np.errstate(all="ignore"):
        assert np.allclose(compiled(formula, ("x", "y"))(x, y), evaluate(formula, {"x": x, "y": y}), equal_nan=True)


def test_a_choice_without_a_case_is_no_number() -> None:
    assert np.isnan(compiled(read_text("Piecewise((1, x > 0))"), ("x",))(np.array([-1.0]))).all()


@pytest.mark.parametrize(
    ("text", "names"), [("x + y + z", ("x", "y", "z")), ("gamma(x)*x", ("x",)), ("erf(x)", ("x",))]
)
def test_what_is_not_compiled_is_told(text: str, names: tuple[str, ...]) -> None:
    assert not compiles(read_text(text), names)
    with pytest.raises(UnsupportedError, match="is not compiled for a comparison"):
        compiled(read_text(text), names)
