"""C's own functions: what libm lacks, and sums."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from forms import FORMS

from derive import Spec, real
from derive.codegen.kernel import Dtype
from derive.codegen.lower import lower
from derive.notation.text import read_text
from derive.runtime import Loaded, load_kernels
from derive.spec.statement import name_function

DTYPES: tuple[Dtype, ...] = ("float32", "float64")
NAN, INF = math.nan, math.inf


def of_two(form: str) -> Loaded:
    function = name_function(Spec("x + y", inputs=tuple(real("x y"))), "probe", "probe.py:1: probe")
    return load_kernels(function, lower(function, {("forward", ""): read_text(form)}))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("form", "x", "y", "expected"),
    [
        ("max(x, y)", [1, 3, NAN, 1, -INF], [2, 1, 1, NAN, INF], [2, 3, NAN, NAN, INF]),
        ("min(x, y)", [1, 3, NAN, 1, -INF], [2, 1, 1, NAN, INF], [1, 1, NAN, NAN, -INF]),
        ("sign(x) + 0*y", [-2, 0, 5, NAN, INF], [0] * 5, [-1, 0, 1, NAN, 1]),
        ("floor(x) + ceiling(y)", [1.5, -1.5], [1.5, -1.5], [3, -3]),
    ],
)
def test_functions_that_libm_lacks(
    form: str, x: list[float], y: list[float], expected: list[float], dtype: Dtype
) -> None:
    found = of_two(form).forward(np.array(x, dtype), np.array(y, dtype))
    np.testing.assert_array_equal(found, np.array(expected, dtype))


EDGES = {
    "float32": [0.0, -0.0, 1.0, -1e-45, 104.0, -104.0, 3.4e38, -3.4e38],
    "float64": [0.0, -0.0, 1.0, -5e-324, 745.5, -745.5, 1.79e308, -1.79e308],
}


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_exponential_of_a_difference_at_the_edges(dtype: Dtype) -> None:
    exp_difference = of_two("expdiff(x, y)").forward
    x, y = (part.ravel() for part in np.meshgrid(np.array(EDGES[dtype], dtype), np.array(EDGES[dtype], dtype)))
    below = x <= y
    with np.errstate(over="ignore"):
        expected = np.exp(x[below].astype(np.longdouble) - y[below].astype(np.longdouble)).astype(dtype)
    np.testing.assert_allclose(exp_difference(x[below], y[below]), expected, rtol=2 * np.finfo(dtype).eps, atol=0)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [(INF, INF, 1), (0, INF, 0), (-INF, INF, 0), (-INF, 0, 0), (-INF, -INF, 1), (0, -INF, INF), (INF, 0, INF),
     (NAN, 0, NAN), (0, NAN, NAN), (NAN, INF, NAN)],
)  # fmt: skip
def test_the_exponential_of_a_difference_of_infinities(a: float, b: float, expected: float, dtype: Dtype) -> None:
    found = of_two("expdiff(x, y)").forward(np.array([a], dtype), np.array([b], dtype))
    np.testing.assert_array_equal(found, [expected])


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_rounding_of_the_difference_is_made_good(dtype: Dtype) -> None:
    random = np.random.default_rng(2)
    x, y = random.uniform(-90, 0, 5000).astype(dtype), random.uniform(0, 9, 5000).astype(dtype)
    exact = np.exp(x.astype(np.longdouble) - y.astype(np.longdouble))
    found = of_two("expdiff(x, y)").forward(x, y)
    assert ulps(found, exact).max() < 2


def ulps(found: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """The distance in ulp, for normal numbers, to a reference in long double."""
    return np.abs(found.astype(np.longdouble) - exact) / np.spacing(np.abs(exact).astype(found.dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_sums_that_cancel_keep_their_last_bit(dtype: Dtype) -> None:
    centred = load_kernels(FORMS["centred"].function, FORMS["centred"].kernels).vjp
    random = np.random.default_rng(3)
    upstream = (random.normal(size=(20, 1001)) * 10.0 ** random.integers(-3, 4, (20, 1001))).astype(dtype)
    found = centred(np.zeros_like(upstream), np.ones(20, dtype), upstream)
    mean = [float(sum(map(Fraction, map(float, row))) / 1001) for row in upstream]
    for j in range(1001):
        gap = np.abs(found[:, j].astype(float) - (upstream[:, j].astype(float) - mean))
        scale = np.maximum(np.abs(upstream[:, j]), np.abs(np.array(mean, dtype)))
        assert (gap <= 2.5 * np.spacing(scale)).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("logits", ["wide", "narrow", "equal"])
def test_rows_of_a_thousand_stay_within_8_ulp(logits: str, dtype: Dtype) -> None:
    random = np.random.default_rng(4)
    spread = {"wide": 100.0, "narrow": 1.0, "equal": 0.0}[logits]
    x = random.uniform(-spread, spread, (30, 1000)).astype(dtype)
    upstream = random.normal(size=x.shape).astype(dtype)
    gibbs = load_kernels(FORMS["gibbs"].function, FORMS["gibbs"].kernels)
    weight = np.exp(x.astype(np.longdouble) - x.max(axis=-1, keepdims=True))
    share = weight / weight.sum(axis=-1, keepdims=True)
    assert ulps(gibbs.forward(x), share).max() < 8
    terms = share * upstream
    gradient = terms - share * terms.sum(axis=-1, keepdims=True)
    scale = np.maximum(np.abs(terms), np.abs(share) * np.abs(terms).max(axis=-1, keepdims=True))
    scale = np.maximum(scale, np.abs(gradient)).astype(dtype)
    error = np.abs(gibbs.vjp(x, upstream).astype(np.longdouble) - gradient) / np.spacing(scale)
    assert error.max() < 8


def test_a_total_that_overflows_is_infinite_and_nan_stays_nan() -> None:
    total = load_kernels(FORMS["surprise"].function, FORMS["surprise"].kernels).forward
    assert total([[1.0, 1.0]], [[0.5, 0.0]]) == INF
    assert np.isnan(total([[1.0, 1.0]], [[0.5, NAN]]))
