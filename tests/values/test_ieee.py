"""Forms as kernels evaluate them: every operation is the machine's, every value is of the format."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from derive.errors import UnsupportedError
from derive.notation.text import read_text
from derive.term import Term, call, symbol
from derive.values.balls import enclose
from derive.values.formats import FORMATS, Format
from derive.values.ieee import evaluate, values

X = np.array([-2.5, -0.1, 0.0, 0.3, 1.0, 7.7])
every_format = pytest.mark.parametrize("format_", FORMATS.values(), ids=FORMATS)


def run(text: str, x: np.ndarray = X) -> np.ndarray:
    with np.errstate(all="ignore"):
        return evaluate(read_text(text), {"x": x})


@pytest.mark.parametrize(
    ("text", "machine"),
    [
        ("x + 1/10", lambda x: x + 0.1),
        ("1/x - x", lambda x: 1 / x - x),
        ("x*exp(-x)", lambda x: x * np.exp(-x)),
        ("x**2", lambda x: x * x),
        ("x**3", lambda x: np.power(x, 3.0)),
        ("max(x, 1/2) + min(x, 1/2)", lambda x: np.maximum(x, 0.5) + np.minimum(x, 0.5)),
        ("pi*x + E", lambda x: math.pi * x + math.e),
        ("erf(x)", lambda x: np.array([math.erf(one) for one in x])),
        ("1/3 + 1/5", lambda x: np.full(len(x), 8 / 15)),
        ("Piecewise((1, x < 0), (2, And(x >= 0, x <= 1)), (3, True))", lambda x: 1.0 + (x >= 0) + (x > 1)),
        ("Piecewise((1, Or(x > 1, Eq(x, 0))), (2, Not(Ne(x, 1))))",
         lambda x: np.where((x > 1) | (x == 0), 1, np.where(x == 1, 2, np.nan))),
    ],
)  # fmt: skip
def test_a_form_is_what_the_machine_s_operations_give(text: str, machine) -> None:
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(run(text), machine(X))


@every_format
@pytest.mark.parametrize(
    "text", ["x + 1/3", "exp(x)*pi", "erf(x)/3", "x**2", "Piecewise((1/3, x > 0), (x, True))", "1/3"]
)
def test_a_value_is_of_the_format_and_of_the_shape_of_its_inputs(format_: Format, text: str) -> None:
    found = run(text, X.astype(format_.dtype))
    assert (found.dtype, found.shape) == (format_.dtype, X.shape)


def test_e_to_a_difference_loses_nothing_that_the_subtraction_rounds_off() -> None:
    random = np.random.default_rng(0)
    a, b = random.uniform(300, 700, 200), random.uniform(-1, 1, 200)
    found = evaluate(call("expdiff", symbol("a"), symbol("b")), {"a": a, "b": b})
    for one, other, computed in zip(a, b, found, strict=True):
        exact = enclose(read_text("exp(a - b)"), {"a": Fraction(float(one)), "b": Fraction(float(other))})
        assert abs(computed / exact - 1) < 1e-15
    with np.errstate(invalid="ignore"):
        far = evaluate(call("expdiff", symbol("a"), 1), {"a": np.array([np.inf, -np.inf])})
    assert far.tolist() == [np.inf, 0]


def test_every_subterm_has_its_value() -> None:
    root = read_text("exp(x) + x*x")
    found = values(root, {"x": X})
    assert {str(node) for node in found} >= {"x", "exp(x)", "x*x", "exp(x) + x*x"}
    np.testing.assert_array_equal(found[read_text("x*x")], X * X)


@pytest.mark.parametrize("root", [symbol("y"), call("gamma", symbol("x")), read_text("Sum(x[k], (k, 1, 3))")], ids=str)
def test_what_the_machine_does_not_have_is_refused(root: Term) -> None:
    with pytest.raises(UnsupportedError):
        evaluate(root, {"x": X})
