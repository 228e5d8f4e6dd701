"""Emitted NumPy modules: shapes, dtypes, memory, and no warning on finite inputs."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from emitted import module
from forms import FORMS
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import derive
from derive.codegen.lower import kernels_of
from derive.spec.statement import Function

DTYPES = ("float32", "float64")
NAN, INF = math.nan, math.inf


@cache
def emitted(name: str) -> Any:
    return module(FORMS[name].function, FORMS[name].kernels)


@cache
def catalogued(function: Function) -> Any:
    return module(function, kernels_of(function))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (5,), (2, 3, 4)])
def test_shape_and_dtype_are_kept(shape: tuple[int, ...], dtype: str) -> None:
    for name in ("logistic", "rectifier", "gaussian_gate"):
        x = np.full(shape, 0.5, dtype)
        for found in (getattr(emitted(name), name)(x), getattr(emitted(name), f"{name}_vjp")(x, np.ones_like(x))):
            assert found.dtype == dtype
            assert found.shape == shape


def test_what_is_not_an_array_is_taken_as_one() -> None:
    logistic, squared = emitted("logistic").logistic, emitted("squared").squared
    assert logistic(0) == 0.5
    assert logistic([[0, 0], [0, 0]]).tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert logistic(np.zeros(2, bool)).dtype == np.float64
    assert squared(np.float32(3), 1.0).dtype == np.float32
    assert squared(np.float32(3), np.float64(1)).dtype == np.float64


@pytest.mark.parametrize("dtype", ["float16", "complex128", "longdouble", "datetime64[s]"])
def test_other_dtypes_are_refused(dtype: str) -> None:
    with pytest.raises(TypeError, match=r"float32 or float64 is computed, not .*; convert with astype"):
        emitted("logistic").logistic(np.zeros(2, dtype))


def test_inputs_are_broadcast_and_may_have_any_strides() -> None:
    grid = np.arange(24.0).reshape(4, 6)[::2, ::-3]
    assert emitted("squared").squared(grid, [[1.0], [2.0]]).tolist() == ((grid - [[1.0], [2.0]]) ** 2).tolist()
    assert emitted("squared").squared_vjp_y_hat(grid, 1.0, np.ones(())).shape == (2, 2)
    swapped = np.array([0.0, 1.0], ">f4")
    assert emitted("logistic").logistic(swapped)[0] == np.float32(0.5)


@pytest.mark.parametrize("name", ["logistic", "squared", "gibbs", "surprise"])
def test_out_is_written_even_where_it_is_an_input(name: str) -> None:
    functions = emitted(name)
    for kernel in FORMS[name].kernels:
        call = getattr(functions, kernel.stem)
        shapes = {"element": (3, 4), "vector": (3, 4), "row": (3,)}
        values = [np.random.default_rng(5).uniform(0.1, 0.9, shapes[a.shape]) for a in kernel.inputs]
        expected = call(*values)
        for position, argument in enumerate(kernel.inputs):
            if argument.shape == kernel.output.shape:
                given_values = [value.copy() for value in values]
                found = call(*given_values, out=given_values[position])
                assert found is given_values[position]
                assert found.tobytes() == expected.tobytes()


def test_a_result_that_is_an_input_is_a_copy() -> None:
    x, upstream = np.ones(3), np.ones(3)
    centred = emitted("scaled").scaled_vjp_alpha(x, 1.0, 0.0, upstream)
    assert centred == 0.0
    assert not np.shares_memory(emitted("rectifier").rectifier(x), x)


def test_parameters_are_numbers_that_promote_nothing() -> None:
    found = emitted("scaled").scaled(np.ones(2, np.float32), np.float64(2), np.float64(4))
    assert found.dtype == np.float32
    assert found[0] == pytest.approx(2 * math.sin(2), rel=1e-6)


def test_rows_lie_along_the_last_axis() -> None:
    gibbs, surprise = emitted("gibbs"), emitted("surprise")
    x = np.random.default_rng(6).normal(size=(2, 3, 4))
    assert gibbs.gibbs(x).shape == (2, 3, 4)
    np.testing.assert_allclose(gibbs.gibbs(x).sum(axis=-1), 1.0, rtol=4e-16)
    assert surprise.surprise(np.ones(4), x**2).shape == (2, 3)
    assert surprise.surprise_vjp(np.ones(4), x**2, np.ones(3)).shape == (2, 3, 4)
    assert surprise.surprise(np.ones(4), np.ones(4)).shape == ()
    for empty in ((0, 4), (3, 0)):
        assert gibbs.gibbs(np.ones(empty)).shape == empty


@pytest.mark.parametrize("values", [(np.ones((2, 3)), np.ones((2, 1))), (np.float64(1), np.float64(1))])
def test_rows_of_different_lengths_are_refused(values: tuple[np.ndarray, ...]) -> None:
    with pytest.raises(ValueError, match="rows lie along the last axis, and all have the same length"):
        emitted("surprise").surprise(*values)


def test_masks_and_infinities_in_rows() -> None:
    rows = np.array([[INF, 0, 1], [-INF, 0, -INF], [NAN, 0, 1], [-INF, -INF, -INF]])
    with np.errstate(all="raise", under="ignore"):
        found = emitted("gibbs").gibbs(rows)
    np.testing.assert_array_equal(found, [[1, 0, 0], [0, 1, 0], [NAN] * 3, [1 / 3] * 3])


@pytest.mark.parametrize("most", [3.4e38, 1.79e308])
def test_the_largest_numbers_do_not_overflow_in_rows(most: float) -> None:
    rows = np.array(
        [[-most, most, 0.0], [-most, -most, -most], [0.0, -most, 1.0]], np.float32 if most < 1e39 else float
    )
    with np.errstate(all="raise", under="ignore"):
        found = emitted("gibbs").gibbs(rows)
        emitted("gibbs").gibbs_vjp(rows, np.ones_like(rows))
    np.testing.assert_allclose(found, [[0, 1, 0], [1 / 3] * 3, [1 / (1 + math.e), 0, math.e / (1 + math.e)]], rtol=1e-6)


def test_the_rounding_of_a_difference_of_scores_is_made_good() -> None:
    random = np.random.default_rng(8)
    rows = np.stack((random.uniform(-700, -90, 5000), random.uniform(0, 9, 5000)), axis=-1)
    exact = np.exp(rows[:, 0].astype(np.longdouble) - rows[:, 1].astype(np.longdouble))
    found = emitted("gibbs").gibbs(rows)[:, 0]
    assert (np.abs(found - exact) / np.spacing(exact.astype(float))).max() < 3


@settings(derandomize=True, deadline=None, max_examples=100)
@given(arrays.arrays(np.float64, st.integers(0, 40), elements=st.floats(-1e6, 1e6)))
def test_a_row_sum_is_rounded_about_once(values: np.ndarray) -> None:
    found = emitted("centred").centred_vjp(np.zeros_like(values), 1.0, values) if values.size else values
    if values.size:
        mean = math.fsum(values) / values.size
        scale = np.maximum(np.abs(values), abs(mean))
        assert (np.abs(found - (values - mean)) <= 2.5 * np.spacing(scale)).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", derive.catalogue(), ids=lambda function: function.name)
def test_no_finite_input_in_the_domain_raises_a_flag(function: Function, dtype: str) -> None:
    random = np.random.default_rng(7)
    bits = np.frombuffer(random.bytes(8 * 4000), dtype)
    finite = bits[np.isfinite(bits)][:2048]
    unit = random.uniform(0, 1, 2048).astype(dtype)
    edges = np.array([0, 1, np.finfo(dtype).smallest_subnormal, np.finfo(dtype).epsneg], dtype)
    kernels = catalogued(function)

    def inside(name: str) -> np.ndarray:
        interval = function.domain.range(name)
        if interval.high is not None:
            values = np.concatenate((random.permutation(edges), unit))
            # At an open end the exact value is infinite, and a quotient by a subnormal overflows in truth.
            return np.clip(values, 4 * np.finfo(dtype).tiny, edges[1] - edges[3]) if interval.low_open else values
        # Losses of huge numbers overflow in truth: stay where squares and sums are finite; in rows, differences.
        most = 1e9 if len(function.inputs) > 1 else np.finfo(dtype).max / (1 if function.elementwise else 2)
        values = np.clip(finite, -most, most)
        return np.abs(values) + np.finfo(dtype).tiny if interval.low is not None else values

    values = [inside(name)[:2048].reshape(-1, 16) for name in function.inputs]
    upstream = np.ones(
        values[0].shape[:-1] if not function.elementwise and not function.output else values[0].shape, dtype
    )
    with np.errstate(all="raise", under="ignore"):
        found = [getattr(kernels, function.name)(*values), getattr(kernels, f"{function.name}_vjp")(*values, upstream)]
    assert all(part.dtype == dtype for part in found)
    assert not any(np.isnan(part).any() for part in found)


@pytest.mark.parametrize("function", derive.catalogue(), ids=lambda function: function.name)
def test_nan_in_nan_out(function: Function) -> None:
    kernels = catalogued(function)
    for position in range(len(function.inputs)):
        values = [np.full((1, 3), 0.5) for _ in function.inputs]
        values[position][0, 1] = NAN
        found = np.atleast_1d(getattr(kernels, function.name)(*values).ravel())
        assert np.isnan(found[1 if function.elementwise else slice(None)]).all()
