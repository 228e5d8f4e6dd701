"""Plain Python and NumPy functions, read as formulas."""

import math
from fractions import Fraction

import numpy as np
import pytest

from derive import real, size, trace, vector
from derive.code.trace import run
from derive.errors import UnsupportedError
from derive.values.balls import enclose


def piecewise_by_if(x, alpha):
    if x > 0:
        return x
    return alpha * (math.exp(x) - 1)


def by_masks(x):
    out = np.zeros_like(x)
    out[x > 0] = 1
    out[x < -1] = x[x < -1] * 2
    return out


def by_tanh(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def by_clip(x):
    return x * np.clip(x / 6 + 0.5, 0, 1)


def by_conversion(x):
    x = np.asarray(x, dtype=np.float64)
    return np.where(x >= 0, x, 0.01 * x) * (x < 3) + np.heaviside(x, 0.5)


def by_loop(x):
    total, power = 1.0, 1.0
    for k in range(1, 5):
        power = power * x / k
        total = total + power
    return total


def by_builtins(x, y):
    return max(x, 0) + min(x, y) + abs(y) + x // 2 + x % 3


def by_select(x):
    return np.select([x < -1, x < 1], [np.sin(x), x**2], default=np.logaddexp(x, 0))


def by_helper(x):
    return by_clip(x) + np.maximum(x, 0.25) + np.copysign(2.0, x)


def by_counting(x):
    return sum(x ** np.float64(k) for k in range(math.floor(2.5), math.ceil(3.2))) * np.sqrt(2.0) + (math.pi > 3)


def by_array_api(x):
    xp = x.__array_namespace__()
    return xp.where(xp.abs(x) < 1, xp.astype(xp.atan(x), xp.float64), xp.pow(x, 2)) * xp.asarray(xp.pi)


SCALAR = (
    piecewise_by_if,
    by_masks,
    by_tanh,
    by_clip,
    by_conversion,
    by_loop,
    by_builtins,
    by_select,
    by_helper,
    by_counting,
    by_array_api,
)
POINTS = (-3.5, -1.0, -0.25, 0.0, 0.5, 1.0, 2.75, 4.0)


@pytest.mark.parametrize("function", SCALAR, ids=lambda function: function.__name__)
def test_the_formula_has_the_values_of_the_code(function):
    traced = run(function, {})
    for x in POINTS:
        values = dict(zip(traced.arguments, (x, 1.5), strict=False))
        wanted = function(**{name: np.array(value) for name, value in values.items()})
        exact = enclose(traced.formula, {name: Fraction(value) for name, value in values.items()})
        # Both are rounded a few times in float64.
        assert float(exact.mid()) == pytest.approx(float(wanted), rel=1e-14, abs=1e-15)


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def jacobian(x):
    s = softmax(x)
    return np.diag(s) - np.outer(s, s)


def normalised(x, eps=1e-5):
    return (x - np.mean(x)) / np.sqrt(np.var(x) + eps)


def affine(w, x, b):
    return w @ x + b.T


def mixed(w, x):
    return np.sum(w[1:, :-1] * x[None, 1:], axis=0) + x[0] - w[-1, 0] + np.linalg.norm(w.T, axis=0)[0]


ARRAYS = (
    (softmax, {"x": (4,)}),
    (jacobian, {"x": (3,)}),
    (normalised, {"x": (5,)}),
    (affine, {"w": (2, 3), "x": (3,), "b": (2,)}),
    (mixed, {"w": (3, 4), "x": (4,)}),
)


@pytest.mark.parametrize(("function", "shapes"), ARRAYS, ids=lambda part: getattr(part, "__name__", ""))
def test_the_elements_are_those_of_numpy(function, shapes):
    sizes: dict[int, str] = {}
    declared = {}
    for name, shape in shapes.items():
        symbols = tuple(size(sizes.setdefault(length, f"N{length}")) for length in shape)
        declared[name] = vector(name, symbols[0]) if len(shape) == 1 else matrix(name, symbols)
    traced = run(function, declared)
    generator = np.random.default_rng(1)
    values = {name: np.round(generator.normal(size=shape), 3) for name, shape in shapes.items()}
    point = {name: nested(value) for name, value in values.items()}
    point |= {name: Fraction(length) for length, name in sizes.items()}
    point |= {name: Fraction("0.00001") for name in traced.arguments if name not in shapes}
    wanted = np.asarray(function(**values))
    assert len(traced.indices) == wanted.ndim
    for place in np.ndindex(wanted.shape):
        here = point | {index: Fraction(k) for index, k in zip(traced.indices, place, strict=True)}
        assert float(enclose(traced.formula, here).mid()) == pytest.approx(wanted[place], rel=1e-13, abs=1e-14)


def matrix(name, shape):
    import sympy

    return sympy.IndexedBase(name, shape=shape, real=True)


def nested(array):
    return tuple(map(nested, array)) if array.ndim > 1 else tuple(Fraction(repr(float(value))) for value in array)


def test_constants_are_exact_where_the_float_has_all_its_digits():
    third = 1 / 3
    assert str(trace(lambda x: x * third)) == "x*(1/3)"
    assert str(trace(lambda x: x * 0.7978845608028654)) == "x*sqrt(2/pi)"
    assert str(trace(lambda x: x * 0.79788)) == "x*0.79788"
    assert str(trace(lambda x: x * third, exact=False)) == "x*0.3333333333333333"


def test_a_helper_of_the_same_module_sees_exact_constants_too():
    assert str(trace(lambda x: root_two() * x)) == "sqrt(2)*x"


def root_two():
    return math.sqrt(2)


def test_defaults_that_are_floats_become_symbols_and_others_are_kept():
    def function(x, slope=0.01, order=2, *, shifted=True):
        return slope * x**order + shifted

    assert run(function, {}).arguments == ("x", "slope")
    assert str(trace(function)) == "slope*x**2 + Piecewise((1, True), (0, True))"
    assert str(trace(function, slope=0.5, shifted=False, order=3)).startswith("0.5*x**3")
    assert run(function, {"order": real("order")}).arguments == ("x", "slope", "order")


def unknown_function(x):
    y = x + 1
    return np.convolve(x, y)


def in_place(x):
    x *= 2
    return x


def endless(x):
    while x > 1e-9:
        x = x / 2
    return x


def many_paths(x):
    return sum(max(x, k) for k in range(10))


def array_constant(x):
    return x + np.array([1, 2])


def converted(x):
    return float(x) + 1


def two_results(x):
    return x, x


def of_a_scalar(x):
    return np.sum(x)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (unknown_function, r"test_trace.py:\d+: return np.convolve\(x, y\): np.convolve is not traced"),
        (in_place, r"x \*= 2: an argument is changed in place"),
        (endless, "a loop whose end depends on a symbol"),
        (many_paths, "more than 64 paths"),
        (array_constant, r"an array of shape \(2,\) cannot be combined"),
        (converted, r"leave out float\(\)"),
        (two_results, "returns 2 values; trace one of them"),
        (of_a_scalar, "say that the argument is a vector"),
        (lambda x: x / x.shape[0], "tuple index out of range"),
        (lambda x: x.foo, "a traced array has no foo"),
        (len, "not a plain Python function"),
    ],
)
def test_what_has_no_formula_is_told_with_its_line(function, message):
    with pytest.raises(UnsupportedError, match=message):
        trace(function)


def test_sizes_that_differ_are_told():
    with pytest.raises(UnsupportedError, match="sizes K and M do not match"):
        trace(lambda x, y: x + y, x=vector("x", size("K")), y=vector("y", size("M")))


def test_a_comparison_that_no_symbol_changes_is_no_path():
    def function(x):
        return x if np.isnan(x) or (x == x and 2 > 1) else -x

    assert str(trace(function)) == "x"
