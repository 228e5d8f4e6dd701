"""NumPy and Python that are easily taken for mathematics: read as they are, or refused with line and reason."""

import math
from fractions import Fraction

import numpy as np
import pytest

from derive import size, trace, vector
from derive.code.trace import run
from derive.errors import UnsupportedError
from derive.testing import assert_gradient
from derive.values.balls import enclose

K = size("K")
VECTOR = vector("v", K)
V = np.array([0.75, -1.5, 2.25])
COUNTS = [1]


def cut(v):
    return v.astype(int) + np.asarray(v, dtype=int) * 10


def cut_by_fill(v):
    return np.full_like(v.astype(int), 2.75) + np.full(v.shape, 2) / 4


def counted(v):
    return np.sum(v > 0) + np.mean(v > 0) + (v > 0).astype(float) * 2 + (v > 0) * 1.5


def booleans(v):
    return ((v > 0) * (v < 2)) * 1.0 + ((v > 0) ^ (v < 1)) + np.logical_and(v, v > 0) + np.maximum(v > 0, v < 1)


def weighed(v):
    return np.average(v, 0, v * v) + np.average(v, weights=v + 3)


def spread(v):
    return np.var(v, None, None, None, 1) + np.std(v, ddof=1) + v.var(0) + np.mean(v, 0, float)


def started(v):
    return np.sum(v, initial=1.5) + np.max(v, initial=3.0) + np.sum(v, where=v > 0) + v[v > 0].sum()


def an_alias(v):
    y = v * 2
    z = y
    y += 1
    return z


def a_copy(v):
    y = v * 2
    z = np.array(y)
    y += 1
    y[y > 2] = 0
    return z + y


def stored(v):
    out = np.empty_like(v)
    up = v >= 0
    out[up] = 1 / (1 + np.exp(-v[up]))
    z = np.exp(v[~up])
    out[~up] = z / (1 + z)
    return out


def pieces(v):
    return np.piecewise(v, [v > 0, v > 2], [lambda t: t * 2, np.sin]) + np.select([v > 1, v > 0], [v, -v], 7)


def stepping(v):
    return v // 2 + v % 1.5 + np.fmod(v, 1.5) + np.floor(v) + np.trunc(v) + np.remainder(v, -2)


def imported(v):
    from math import erf, pi

    import numpy

    return numpy.tanh(v) * erf(v[0]) + pi


def by_divmod(v):
    whole, rest = divmod(v[0], 2)
    return whole * 10 + rest + max(v[1], 0) + (v[2] if v[2] > 1 else 0) + (1 < v[2] < 2)


def whole_numbers(v):
    n = v.shape[0]
    return (
        np.arange(n) / n + np.arange(1, n + 1) // 2 + n // 2 + np.arange(n, dtype=float) ** 2 + (-1.0) ** np.arange(n)
    )


def rows(v):
    m = np.outer(v, v + 1)
    return np.max(m, 1, None, False) + np.sum(m, axis=0, where=m > 0) + np.average(m, 1) + np.linalg.norm(m, axis=1)


READ = (
    cut, cut_by_fill, counted, booleans, weighed, spread, started, an_alias, a_copy, stored, pieces, stepping, imported,
    by_divmod, whole_numbers, rows,
)  # fmt: skip


@pytest.mark.parametrize("function", READ, ids=lambda function: function.__name__)
def test_it_has_the_values_of_the_code(function):
    found = run(function, {"v": VECTOR})
    wanted = np.asarray(function(V.copy()), dtype=float)
    assert len(found.indices) == wanted.ndim
    for place in np.ndindex(wanted.shape):
        point = {"v": tuple(map(Fraction, V)), "K": Fraction(3), **dict(zip(found.indices, place, strict=True))}
        assert float(enclose(found.formula, point).mid()) == pytest.approx(wanted[place], rel=1e-13)


def a_view(v):
    y = v * 2
    z = y[:]
    z += 1
    return y


def a_view_of_the_argument(v):
    z = v[:]
    z *= 2
    return z


def a_turned_view(v):
    y = v * 1
    np.exp(y.T, out=y.T)
    return y


def a_number_s_alias(x):
    y = x * 2
    z = y
    y += 1
    return z * y


def tries(x):
    try:
        return np.convolve(x, x)
    except Exception:  # noqa: BLE001
        return x


def tries_to_divide(x):
    try:
        return 1 / x
    except ZeroDivisionError:
        return 0


def counts(x):
    COUNTS.append(1)
    return x * len(COUNTS)


def changes_a_global(x):
    global K
    K = 2
    return x * K


def remembers(x, seen=[]):  # noqa: B006
    seen.append(1)
    return x * len(seen)


def asks_for_the_type(x):
    return x if isinstance(x, float) else 2 * x


def asks_type(x):
    return x if type(x) is float else 2 * x


REFUSED = (
    (a_view, "under one name after it was changed"),
    (a_view_of_the_argument, "an argument is changed in place"),
    (a_turned_view, "under one name after it was changed"),
    (a_number_s_alias, "under one name after it was changed"),
    (tries, r"\.py:\d+: try is not traced"),
    (tries_to_divide, "try is not traced"),
    (counts, "changes a list"),
    (changes_a_global, "the global K is changed"),
    (remembers, "changes a list"),
    (asks_for_the_type, "depends on the type"),
    (asks_type, "depends on the type"),
    (lambda x: math.remainder(x, 2), "remainder is not traced"),
    (lambda x: x * np.random.rand(), "at random"),
    (lambda x: round(x), "round"),
    (lambda x: np.round(x), "np.round is not traced"),
    (lambda x: np.rint(x), "rint"),
    (lambda x: np.emath.sqrt(x), "is not traced"),
    (lambda x: np.polynomial.polynomial.polyval(x, [1, 2]), "is not traced"),
    (lambda x: (x > 0) + (x < 1), "Python and NumPy differ"),
    (lambda x: -(x > 0), "Python and NumPy differ"),
    (lambda x: x & 1, "for booleans only"),
    (lambda x: np.exp(x > 0), "half precision"),
    (lambda x: np.isnan(np.log(x)), "no number"),
    (lambda x: np.exp(x, dtype=int), "without dtype"),
    (lambda x: np.exp(x, where=x > 0), "without where"),
    (lambda x: x.astype(np.int8), "dtype int8 is not traced"),
    (lambda x: x.astype("complex"), "dtype complex128 is not traced"),
    (lambda x: x + np.uint8(3), "wraps around"),
    (lambda v: np.sum(v, dtype=int), "in the dtype"),
    (lambda v: np.mean(v, dtype=int), "in the dtype"),
    (lambda v: np.mean(v, where=v > 0), "with where is not traced"),
    (lambda v: np.sum(v > 0, initial=0.25), "in a reduction of integers"),
    (lambda v: np.max(np.arange(v.shape[0]), initial=0.5), "in a reduction of integers"),
    (lambda v: np.average(v, returned=True), "with returned is not traced"),
    (lambda v: np.prod(np.arange(1, v.shape[0])), "too large for an integer"),
    (lambda v: 2 ** np.arange(v.shape[0]), "an integer to the power"),
    (lambda v: np.reciprocal(np.arange(1, v.shape[0])), "reciprocal of integers"),
    (lambda v: np.arange(2.5) + v[0], "whole numbers|combined"),
    (lambda v: np.take(v, (0, 1)), "np.take is not traced"),
    (lambda v: np.inner(np.outer(v, v), np.outer(v, v)), "for two vectors"),
    (lambda v: np.outer(np.outer(v, v), v), "for two vectors"),
    (lambda v: np.eye(v.shape[0], k=1) @ v, "with k is not traced"),
    (lambda v: np.dot(v[v > 0], v[v > 0]), "elements that a mask selected"),
    (lambda v: v[v > 0] * v, "combined with a whole array"),
    (lambda v: v[v > 0][0], "elements that a mask selected"),
    (lambda v: np.outer(v, v)[v > 0].sum(), "the shape of the array"),
    (lambda v: v[0.0], "whole number"),
    (lambda v: np.squeeze(v, axis=0), "cannot be squeezed"),
    (lambda v: np.linalg.norm(np.outer(v, v), 1), "along one axis"),
    (lambda v: np.piecewise(v, [v > 0], [lambda t: t - t.mean(), 0]), "mask selected"),
    (lambda v: np.empty_like(v) > 0, "no value yet"),
)


def stores_in_integers(v):
    out = np.full(v.shape, 0)
    out[v > 0] = v[v > 0]
    return out


def stores_in_booleans(v):
    out = np.zeros_like(v > 0)
    out[...] = v
    return out


def stores_all(v):
    out = np.zeros_like(v)
    out[v > 0] = v * 2
    return out


@pytest.mark.parametrize(
    ("function", "message"),
    [
        *REFUSED,
        (stores_in_integers, "real numbers are stored in an array of integers"),
        (stores_in_booleans, "real numbers are stored in an array of booleans"),
        (stores_all, "not selected by the same mask"),
    ],
)
def test_what_is_not_modelled_is_refused_with_its_reason(function, message):
    arguments = {"v": VECTOR} if "v" in function.__code__.co_varnames[:1] else {}
    with pytest.raises(UnsupportedError, match=message):
        trace(function, **arguments)


def test_helpers_in_closures_are_seen_too():
    import math as numbers

    def inner(t):
        return numbers.sqrt(2) * t

    assert str(trace(lambda x: inner(x) + numbers.pi)) == "sqrt(2)*x + pi"


def test_an_error_of_the_code_is_told_as_such():
    def endless(x):
        return endless(x)

    def unfinished(x):
        raise NotImplementedError

    def careful(x):
        assert x > 0
        return x

    for function in (endless, unfinished, careful):
        with pytest.raises(UnsupportedError, match=r"test_python_language\.py"):
            trace(function)


def test_a_gradient_that_cuts_its_result_is_not_proved():
    with pytest.raises(AssertionError):
        assert_gradient(lambda x: x**2 / 2, lambda x: np.asarray(x, dtype=int))
