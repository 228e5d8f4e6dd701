"""`assert_gradient` on hand-written gradients, right and wrong."""

import math

import numpy as np
import pytest

from derive.errors import DeriveError
from derive.prove.verdict import Verdict
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


def test_a_wrong_gradient_shows_a_point_and_the_proved_ratio():
    with pytest.raises(AssertionError) as failure:
        assert_gradient(elu, elu_grad_of_the_saved_result, wrt="x", assume="alpha > 0")
    first, second, third = str(failure.value).splitlines()
    assert first == "elu_grad_of_the_saved_result is not the gradient of elu:"
    assert second.startswith("  at x = -")
    assert "alpha = " in second
    assert "d elu/dx = " in second
    assert third == "  the ratio is alpha, for x < 0"


def test_a_ratio_that_holds_nowhere_is_not_told():
    with pytest.raises(AssertionError) as failure:
        assert_gradient(sine, lambda x: np.cos(x) + x)
    assert "ratio" not in str(failure.value)


def test_undecided_fails_unless_allowed():
    def hard(x):
        return np.sin(np.exp(np.sin(x)))

    def same(x):
        return np.cos(np.exp(np.sin(x))) * np.exp(np.sin(x)) * np.cos(x)

    with pytest.raises(AssertionError, match="it is not decided whether same is the gradient of hard"):
        assert_gradient(hard, same, timeout=0.0)
    assert assert_gradient(hard, same, timeout=0.0, allow_undecided=True).verdict is Verdict.UNDECIDED


def test_c_and_python_can_be_mixed():
    source = "float f(float x) { return x > 0 ? x : 0.01f * x; }"
    assert assert_gradient(source, "float df(float x) { return x > 0 ? 1 : 0.01f; }").almost_everywhere
    with pytest.raises(AssertionError, match="<lambda> is not the gradient of f"):
        assert_gradient(source, lambda x: np.where(x > 0, 1, 0.1))


def test_an_upstream_gradient_makes_it_a_vjp():
    assert assert_gradient(gelu, lambda x, g: g * gelu_grad(x), upstream="g").verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"wrt": "y"}, "elu has no argument y, only x, alpha"),
        ({"assume": "beta > 0"}, "something is assumed of beta"),
        ({"upstream": "x"}, "x is an argument of elu itself"),
    ],
)
def test_mistakes_in_the_call_are_told(arguments, message):
    with pytest.raises(DeriveError, match=message):
        assert_gradient(elu, elu_grad, **arguments)
