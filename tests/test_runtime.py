"""C kernels loaded and called: shapes, formats, names."""

from __future__ import annotations

import pickle
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from forms import FORMS, Form

import derive
from derive.codegen.kernel import Dtype
from derive.codegen.lower import every_kernel_of
from derive.errors import DeriveError
from derive.runtime import LARGE, Loaded, load_kernels
from derive.spec.statement import Function
from derive.values.balls import enclose

DTYPES: tuple[Dtype, ...] = ("float32", "float64")


def loaded(name: str) -> Loaded:
    return load_kernels(FORMS[name].function, FORMS[name].kernels)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.name)
def test_no_elements_and_no_rows_are_fine(form: Form, dtype: Dtype) -> None:
    library = load_kernels(form.function, form.kernels)
    for kernel in form.kernels:
        for empty in ((0, 3), (3, 0)) if kernel.row else ((0,),):
            shapes = {"element": empty, "vector": empty, "row": empty[:-1], "scalar": ()}
            values = [np.ones(shapes[a.shape], dtype) for a in kernel.inputs]
            found = library.kernel(kernel.order, kernel.wrt, dtype)(*values)
            assert found.shape == shapes[kernel.output.shape]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.name)
def test_the_output_may_be_any_input_of_its_shape(form: Form, dtype: Dtype) -> None:
    library = load_kernels(form.function, form.kernels)
    random = np.random.default_rng(1)
    for kernel in form.kernels:
        shapes = {"element": (3, 7), "vector": (3, 7), "row": (3,), "scalar": ()}
        values = [random.uniform(0.1, 0.9, shapes[a.shape]).astype(dtype) for a in kernel.inputs]
        call = library.kernel(kernel.order, kernel.wrt, dtype)
        expected = call(*values)
        for position, argument in enumerate(kernel.inputs):
            if argument.shape == kernel.output.shape != "scalar":
                given = [value.copy() for value in values]
                assert call(*given, out=given[position]).tobytes() == expected.tobytes()


def test_parameters_promote_nothing() -> None:
    assert loaded("scaled").forward(np.ones(2, np.float32), np.float64(2), 4).dtype == np.float32
    with pytest.raises(TypeError, match=r"alpha is a parameter: give one number, not an array of shape \(1,\)"):
        loaded("scaled").forward(np.ones(2), [2.0], 4)


def test_float32_stays_and_all_else_is_float64() -> None:
    forward = loaded("logistic").forward
    assert forward(np.ones(3, np.float32)).dtype == np.float32
    assert forward([1, 2, 3]).dtype == np.float64
    assert forward(np.ones((2, 3), np.int32)).dtype == np.float64


def test_inputs_are_broadcast_and_may_have_any_strides() -> None:
    squared = loaded("squared").forward
    grid = np.arange(24.0).reshape(4, 6)
    assert squared(grid[::2, ::-3], 1.0).tolist() == ((grid[::2, ::-3] - 1) ** 2).tolist()
    assert squared(np.array(3.0), np.array(1.0)) == 4.0


def test_a_vjp_is_chosen_by_what_it_differentiates() -> None:
    vjp = loaded("squared").vjp
    assert vjp(3.0, 1.0, 1.0) == vjp(3.0, 1.0, 1.0, wrt="y") == 4.0
    assert vjp(3.0, 1.0, 1.0, wrt="y_hat") == -4.0
    with pytest.raises(DeriveError, match="squared has no vjp kernel in z"):
        vjp(3.0, 1.0, 1.0, wrt="z")


def test_second_derivatives_are_called_as_the_function_is() -> None:
    x = np.array([-2.0, 0.0, 0.5])
    s = derive.load("sigmoid").forward(x)
    assert derive.load("sigmoid").d2(x) == pytest.approx(s * (1 - s) * (1 - 2 * s), rel=1e-13)
    bowl = derive.load("mean_squared_error")
    assert bowl.d2([3.0, np.nan], [1.0, 1.0], wrt="y_hat") == pytest.approx([2.0, np.nan], nan_ok=True)
    with pytest.raises(DeriveError, match="relu has no d2 kernel"):
        derive.load("relu").d2(x)


def test_a_parameters_gradient_is_summed() -> None:
    x, upstream = np.linspace(-2, 2, 9), np.linspace(0, 1, 9)
    found = loaded("scaled").vjp(x, 2.0, 4.0, upstream, wrt="alpha")
    assert found == pytest.approx(np.sum(upstream * np.sin(2 * x)), rel=1e-15)


@pytest.mark.parametrize(
    ("values", "says"),
    [((np.ones((2, 3)), np.ones((2, 1))), "same length"), ((np.float64(1), np.float64(1)), "last axis")],
)
def test_rows_of_different_lengths_are_refused(values: tuple[np.ndarray, ...], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        loaded("surprise").forward(*values)


@pytest.mark.parametrize("out", [np.empty(2), np.empty(3, np.float32), np.empty(6)[::2]])
def test_an_output_that_does_not_fit_is_refused(out: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"contiguous float64 array of shape \(3,\)"):
        loaded("logistic").forward(np.ones(3), out=out)


def test_a_wrong_number_of_values_is_refused() -> None:
    with pytest.raises(TypeError, match=r"squared takes y, y_hat: 2 values, not 1"):
        loaded("squared").forward(1.0)


def test_functions_of_the_catalogue_load_by_name() -> None:
    assert derive.load("sigmoid").forward([0.0]).tolist() == [0.5]
    with pytest.raises(
        DeriveError, match=r"no function 'sigmoidal' \(did you mean sigmoid\?\); there are sigmoid, tanh"
    ):
        derive.load("sigmoidal")


def test_a_specs_file_may_be_named_as_text(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("from derive import Spec\nsquare = Spec('x**2')\n")
    assert derive.load("square", str(tmp_path / "mine.py")).forward(3.0) == 9.0
    with pytest.raises(DeriveError, match="this is not there"):
        derive.load("square", "no_such_file.py")


@pytest.mark.parametrize("name", [None, 5, ["tanh"], ""])
def test_a_name_that_is_none_is_told(name: object) -> None:
    with pytest.raises(DeriveError, match=r"there is no function .*; there are "):
        derive.load(name)  # type: ignore[arg-type]


ELEMENTS = [function for function in derive.catalogue() if function.elementwise]
UNARY = [function for function in ELEMENTS if len(function.inputs) == 1]
by_name = pytest.mark.parametrize("function", ELEMENTS, ids=lambda it: it.name)


def points(dtype: str, count: int = 5000) -> np.ndarray:
    """Floats of every magnitude, with zeros and infinities."""
    random = np.random.default_rng(2)
    bits = random.integers(0, 2**32 if dtype == "float32" else 2**64, count, np.uint64, endpoint=False)
    found = bits.astype(np.uint32).view(np.float32) if dtype == "float32" else bits.view(np.float64)
    usual = random.normal(0, 4, count).astype(dtype)
    return np.concatenate([found, usual, np.array([0.0, -0.0, np.inf, -np.inf, np.nan], dtype)])


@by_name
@pytest.mark.parametrize("dtype", DTYPES)
def test_value_and_derivative_are_those_of_the_kernels_apart(function: Function, dtype: Dtype) -> None:
    library = load_kernels(function, every_kernel_of(function))
    random, x = np.random.default_rng(3), points(dtype)
    values = [random.permutation(x) for _ in function.inputs]
    with np.errstate(all="ignore"):
        for name in function.wrt:
            value, derivative = library.with_derivative(*values, wrt=name)
            assert np.array_equal(value, library(*values), equal_nan=True)
            assert np.array_equal(derivative, library.vjp(*values, np.ones_like(x), wrt=name), equal_nan=True)


@by_name
def test_fast_kernels_are_near_the_right_ones(function: Function) -> None:
    kernels = every_kernel_of(function)
    right, fast = load_kernels(function, kernels), load_kernels(function, kernels, fast=True)
    random, x = np.random.default_rng(3), np.random.default_rng(4).uniform(0.01, 0.99, 5000).astype(np.float32)
    values = [random.permutation(x) for _ in function.inputs]
    for name in function.wrt:
        pairs = zip(fast.with_derivative(*values, wrt=name), right.with_derivative(*values, wrt=name), strict=True)
        assert all(np.allclose(one, other, rtol=1e-5, atol=1e-6) for one, other in pairs)
    assert np.allclose(fast(*values), right(*values), rtol=1e-5, atol=1e-6)


def test_an_output_of_two_may_be_the_input() -> None:
    silu, x = derive.load("silu"), np.linspace(-3, 3, 1000)
    expected = silu.with_derivative(x)
    for place in (0, 1):
        given, other = x.copy(), np.empty_like(x)
        outs = (given, other) if place == 0 else (other, given)
        found = silu.with_derivative(given, out=outs)
        assert found[0] is outs[0]
        assert np.array_equal(found, expected)
    with pytest.raises(ValueError, match="two outputs share memory"):
        silu.with_derivative(x, out=(other, other))


def test_arrays_are_read_wherever_they_lie() -> None:
    random = np.random.default_rng(4)
    x = random.normal(size=(40, 3, 70))
    for turned in (x[::-2, :, 5::3], x.T, x[:, :1, ::-1], np.broadcast_to(x[0, 0], (5, 70))):
        for name in ("silu", "softmax", "logsumexp"):
            call = derive.load(name)
            assert np.array_equal(call(turned), call(np.ascontiguousarray(turned)))
            assert call.vjp(turned, np.ones_like(call(turned))).shape == turned.shape


@pytest.mark.parametrize("name", ["tanh", "softmax", "logsumexp", "mean_squared_error"])
def test_large_arrays_are_computed_as_small_ones_are(name: str) -> None:
    call, random = derive.load(name), np.random.default_rng(5)
    shape = (LARGE // 512 + 3, 512)
    values = [random.normal(size=shape).astype(np.float32) for _ in call.function.inputs]
    whole = call(*values)
    out = np.empty_like(whole)
    assert call(*values, out=out) is out
    parts = np.concatenate([call(*(value[row : row + 1] for value in values)) for row in range(shape[0])])
    assert np.array_equal(whole, parts)
    assert np.array_equal(whole, out)


@pytest.mark.parametrize("function", UNARY, ids=lambda it: it.name)
def test_every_half_is_rounded_right(function: Function) -> None:
    library = load_kernels(function, every_kernel_of(function))
    x = np.arange(2**16, dtype=np.uint32).astype(np.uint16).view(np.float16)
    x = x[np.isfinite(x)]
    with np.errstate(all="ignore"):
        found, near = library(x), library(x.astype(float))
        low, high = ((near * (1 + side * 2**-48)).astype(np.float16) for side in (-1, 1))
    assert found.dtype == np.float16
    sure = low == high
    assert np.array_equal(found[sure], low[sure])
    for one, got in zip(x[~sure].tolist(), found[~sure].tolist(), strict=True):
        truth = float(enclose(function.body, {function.inputs[0]: Fraction(one)}, 200).mid())
        assert got == float(np.float16(truth)), one


FORKED = """
import multiprocessing, numpy as np, derive
call, x = derive.load("tanh"), np.ones(2**19, np.float32)
first = float(call(x).sum())
def again(_):
    return float(call(x).sum())
if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(again, range(3)) == [first] * 3
"""


def test_a_fork_has_threads_of_its_own() -> None:
    subprocess.run([sys.executable, "-c", FORKED], check=True, timeout=120)


@pytest.mark.parametrize("name", ["silu", "relu", "softplus", "softmax"])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_no_warning_comes_of_nan(name: str, dtype: type) -> None:
    with np.errstate(all="raise"):
        assert np.isnan(derive.load(name)(np.full(9, np.nan, dtype))).all()
        assert np.isnan(derive.load(name)(np.full((512, 1024), np.nan, dtype))).all()


def test_what_is_loaded_can_be_sent_elsewhere() -> None:
    silu = derive.load("silu", fast=True)
    sent = pickle.loads(pickle.dumps(silu))
    x = np.linspace(-3, 3, 7, dtype=np.float32)
    assert sent.fast
    assert np.array_equal(sent(x), silu(x))


def test_a_format_without_a_kernel_is_told() -> None:
    with pytest.raises(DeriveError, match="there is no kernel of float16: there are float32, float64"):
        derive.load("silu").kernel("forward", "", "float16")  # type: ignore[arg-type]
