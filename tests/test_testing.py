"""`assert_gradient` on hand-written gradients, right and wrong."""

import math

import numpy as np
import pytest

from derive import size, vector
from derive.errors import DeriveError
from derive.proof.verdict import Verdict
from derive.testing import assert_gradient


def elu(x, alpha):
    return np.where(x > 0, x, alpha * (np.exp(x) - 1))


def elu_grad(x, alpha):
    return np.where(x > 0, 1, alpha * np.exp(x))


def elu_grad_of_the_saved_result(x, alpha):
    return np.where(x > 0, 1, np.exp(x))


def gelu(x):
    return 0.5 * x * (1 + math.erf(x / math.sqrt(2)))


def gelu_grad(x):
    return 0.5 * (1 + math.erf(x / math.sqrt(2))) + x * math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def sine(x):
    return np.sin(x)


def test_a_right_gradient_is_proved_with_its_kinks_listed():
    proof = assert_gradient(elu, elu_grad, wrt="x", assume="alpha > 0")
    assert proof.verdict is Verdict.PROVED
    assert "alpha > 0" in proof.hypotheses
    assert "x = 0" in proof.exceptions[0]


def test_rounded_constants_count_as_the_exact_ones_unless_told_otherwise():
    rounded = 0.3989422804014327  # 1/sqrt(2*pi)

    def written(x):
        return 0.5 * (1 + math.erf(x / math.sqrt(2))) + x * math.exp(-x * x / 2) * rounded

    assert assert_gradient(gelu, gelu_grad).verdict is Verdict.PROVED
    assert assert_gradient(gelu, written).verdict is Verdict.PROVED
    with pytest.raises(AssertionError, match="written is not the gradient of gelu"):
        assert_gradient(gelu, written, exact=False)


def test_a_wrong_gradient_shows_a_point_and_how_it_differs_there():
    with pytest.raises(AssertionError) as failure:
        assert_gradient(elu, elu_grad_of_the_saved_result, wrt="x", assume="alpha > 0")
    first, second, third = str(failure.value).splitlines()
    assert first == "elu_grad_of_the_saved_result is not the gradient of elu:"
    assert second.startswith("  at x = -")
    assert "alpha = " in second
    assert "d elu/dx = " in second
    assert third == "  the claim is 1/alpha times the derivative, for x < 0"


def test_undecided_fails_unless_allowed():
    def hard(x):
        return np.sin(np.exp(np.sin(x)))

    def same(x):
        return np.cos(np.exp(np.sin(x))) * np.exp(np.sin(x)) * np.cos(x)

    with pytest.raises(AssertionError, match="it is not decided whether same is the gradient of hard"):
        assert_gradient(hard, same, fuel=0)
    assert assert_gradient(hard, same, fuel=0, allow_undecided=True).verdict is Verdict.UNDECIDED


def test_c_and_python_can_be_mixed():
    source = "float f(float x) { return x > 0 ? x : 0.01f * x; }"
    assert assert_gradient(source, "float df(float x) { return x > 0 ? 1 : 0.01f; }").almost_everywhere
    with pytest.raises(AssertionError, match="<lambda> is not the gradient of f"):
        assert_gradient(source, lambda x: np.where(x > 0, 1, 0.1))


def test_an_upstream_gradient_makes_it_a_vjp():
    assert assert_gradient(gelu, lambda x, g: g * gelu_grad(x), upstream="g").verdict is Verdict.PROVED


K = size("K")
ROW, TARGET, UPSTREAM = vector("x", K), vector("y", K), vector("g", K)


def stable_softmax(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def stable_softmax_jacobian(x):
    s = stable_softmax(x)
    return np.diag(s) - np.outer(s, s)


def stable_softmax_vjp(x, g):
    s = stable_softmax(x)
    return s * (g - np.sum(g * s))


def cross_entropy(x, y):
    return -np.sum(y * np.log(stable_softmax(x)))


def layer_norm(x, eps):
    return (x - x.mean()) / np.sqrt(x.var() + eps)


def layer_norm_vjp(x, g, eps):
    scale = np.sqrt(x.var() + eps)
    h = (x - x.mean()) / scale
    return (g - g.mean() - h * (g * h).mean()) / scale


VECTORS = {
    "jacobian": (stable_softmax, stable_softmax_jacobian, {}),
    "vjp": (stable_softmax, stable_softmax_vjp, {"g": UPSTREAM, "upstream": "g"}),
    "gradient": (cross_entropy, lambda x, y: stable_softmax(x) - y, {"y": TARGET, "assume": "Sum(y) = 1"}),
    "element by element": (gelu, gelu_grad, {}),
    "normalised": (layer_norm, layer_norm_vjp, {"g": UPSTREAM, "upstream": "g", "assume": "eps > 0"}),
}


@pytest.mark.parametrize("case", VECTORS)
def test_functions_of_vectors_are_proved_for_every_length(case):
    function, gradient, arguments = VECTORS[case]
    proof = assert_gradient(function, gradient, x=ROW, **arguments)
    assert proof.verdict is Verdict.PROVED
    assert "K >= 1" in proof.hypotheses


WRONG_VECTORS = {
    "vjp": (stable_softmax, lambda x, g: stable_softmax(x) * (g - np.sum(g)), {"g": UPSTREAM, "upstream": "g"}),
    "hypothesis": (cross_entropy, lambda x, y: stable_softmax(x) - y, {"y": TARGET}),
    "mean": (lambda x: np.mean(x**2), lambda x: 2 * x, {}),
}


@pytest.mark.parametrize("case", WRONG_VECTORS)
def test_wrong_gradients_of_vectors_are_refuted_at_a_small_size(case):
    function, gradient, arguments = WRONG_VECTORS[case]
    with pytest.raises(AssertionError, match=r"is not the gradient of .*:\n  at K = "):
        assert_gradient(function, gradient, x=ROW, **arguments)


def test_axes_that_cannot_be_a_derivative_are_told():
    with pytest.raises(DeriveError, match="has 0 axes, but the derivative of stable_softmax has 2"):
        assert_gradient(stable_softmax, lambda x: np.sum(x), x=ROW)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"wrt": "y"}, "elu has no argument y, only x, alpha"),
        ({"assume": "beta > 0"}, "something is assumed of beta"),
        ({"beta": 2.0}, "neither function has an argument beta"),
        ({"upstream": "x"}, "x is an argument of elu itself"),
    ],
)
def test_mistakes_in_the_call_are_told(arguments, message):
    with pytest.raises(DeriveError, match=message):
        assert_gradient(elu, elu_grad, **arguments)
