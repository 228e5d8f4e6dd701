"""The answers that law 4 asks for: inside, on boundaries, at infinity, beyond, and where nobody knows."""

import numpy as np
import pytest

from derive import Spec, Sum, catalogue, exp, index, log, real, size, vector
from derive.spec.statement import name_function
from derive.values.formats import FLOAT32, FLOAT64
from derive.verify.oracle import expected
from derive.verify.subject import Subject
from tests.forms import FORMS

INF, NAN = float("inf"), float("nan")
CATALOGUE = {function.name: function for function in catalogue()}
x, K, k = real("x"), size("K"), index("k")


def answers(subject: Subject, **inputs: list[float]) -> list[float]:
    found = expected(subject, {name: np.array(values) for name, values in inputs.items()}, FLOAT64)
    assert found.known.all()
    return [float(value) for value in found.nearest]


@pytest.mark.parametrize(
    ("y", "p", "loss", "gradient"),
    [
        (0.0, 0.0, 0.0, 1.0), (1.0, 0.0, INF, -INF), (0.5, 0.0, INF, -INF), (1.0, 1.0, 0.0, -1.0), (0.0, 1.0, INF, INF),
        (0.0, 0.5, np.log(2), 2.0), (0.5, 1.5, NAN, NAN), (-0.1, 0.5, NAN, NAN), (0.5, INF, NAN, NAN),
        (NAN, 0.5, NAN, NAN), (0.5, 0.5, np.log(2), 0.0), (0.0, -0.0, 0.0, 1.0),
    ],
)  # fmt: skip
def test_binary_cross_entropy_on_and_off_its_domain(y: float, p: float, loss: float, gradient: float) -> None:
    function = CATALOGUE["binary_cross_entropy"]
    np.testing.assert_equal(answers(Subject(function, "forward", ""), y=[y], y_hat=[p]), [loss])
    np.testing.assert_equal(answers(Subject(function, "vjp", "y_hat"), y=[y], y_hat=[p], g=[1.0]), [gradient])


def test_infinity_and_nan() -> None:
    tanh = Subject(CATALOGUE["tanh"], "forward", "")
    np.testing.assert_equal(answers(tanh, x=[INF, -INF, NAN, 0.0]), [1.0, -1.0, NAN, 0.0])
    silu = name_function(Spec(x / (1 + exp(-x))), "gated", "here")
    np.testing.assert_equal(answers(Subject(silu, "forward", ""), x=[INF, -INF]), [INF, 0.0])
    np.testing.assert_equal(answers(Subject(silu, "vjp", "x"), x=[INF, -INF], g=[1.0, 1.0]), [1.0, 0.0])


def test_a_gap_in_the_formula_is_closed_from_both_sides() -> None:
    closed = name_function(Spec((exp(x) - 1) / x), "closed", "here")
    assert answers(Subject(closed, "forward", ""), x=[0.0]) == [1.0]
    open_ = name_function(Spec(abs(x) / x, kinks={x: {0: 0}}), "open_gap", "here")
    found = expected(Subject(open_, "forward", ""), {"x": np.zeros(1)}, FLOAT64)
    assert not found.known.any()


def test_a_closed_end_is_approached_from_inside() -> None:
    function = name_function(Spec("y*log(y/x)", inputs=(real("y"), x), assume="y >= 0, x > 0"), "relative", "here")
    assert answers(Subject(function, "forward", ""), y=[0.0, 0.0], x=[0.5, 0.0]) == [0.0, 0.0]


def test_a_closed_end_in_a_row_is_approached_from_inside() -> None:
    y, p = vector("y", K), vector("p", K)
    spec = Spec(Sum(y[k] * log(y[k] / p[k]), (k, 1, K)), inputs=(y, p), wrt=(p,), assume="y >= 0, p > 0")
    row = np.array([[1.0, 0.0]])
    found = expected(
        Subject(name_function(spec, "divergence", "here"), "forward", ""), {"y": row, "p": row + 1}, FLOAT64
    )
    assert found.known.all()
    assert found.nearest.tolist() == [-np.log(2)]


def test_what_has_no_limit_is_not_known() -> None:
    squared = FORMS["squared"].function
    found = expected(
        Subject(squared, "forward", ""), {"y": np.array([INF, INF]), "y_hat": np.array([INF, 1.0])}, FLOAT64
    )
    assert found.known.tolist() == [False, True]
    assert found.nearest[1] == INF


def test_rows_with_masks_infinities_and_nan() -> None:
    softmax = Subject(CATALOGUE["softmax"], "forward", "")
    rows = np.array([[0.0, 0.0, -INF], [0.0, INF, 1.0], [0.0, NAN, 1.0], [-INF, -INF, -INF]])
    found = expected(softmax, {"x": rows}, FLOAT64)
    np.testing.assert_equal(found.nearest[:3], [[0.5, 0.5, 0.0], [0.0, 1.0, 0.0], [NAN] * 3])
    assert found.known.all(axis=1).tolist() == [True, True, True, False]


def test_only_what_depends_on_a_nan_is_nan() -> None:
    vjp = Subject(CATALOGUE["cross_entropy"], "vjp", "y_hat")
    inputs = {"y": np.array([[1.0, 1.0]]), "y_hat": np.array([[0.5, NAN]]), "g": np.ones(1)}
    np.testing.assert_equal(expected(vjp, inputs, FLOAT64).nearest, [[-2.0, NAN]])
    outside = {**inputs, "y_hat": np.array([[-0.5, 0.25]])}
    np.testing.assert_equal(expected(vjp, outside, FLOAT64).nearest, [[NAN, -4.0]])


def test_saturated_predictions_of_one_hot_labels_cost_nothing() -> None:
    loss = Subject(CATALOGUE["cross_entropy"], "forward", "")
    row = np.array([[0.0, 1.0, 0.0]])
    found = expected(loss, {"y": row, "y_hat": row}, FLOAT64)
    assert found.known.all()
    assert found.nearest.tolist() == [0.0]


def test_a_derivative_below_the_normal_numbers_is_known_to_an_ulp_of_its_own() -> None:
    sigmoid = Subject(CATALOGUE["sigmoid"], "vjp", "x")
    inputs = {"x": np.array([-103.5], np.float32), "g": np.array([64.0], np.float32)}
    assert expected(sigmoid, inputs, FLOAT32).scale.tolist() == [64 * FLOAT32.smallest_normal]


def test_an_upstream_gradient_does_not_rescue_a_derivative_that_overflows() -> None:
    squared = Subject(FORMS["squared"].function, "vjp", "y")
    inputs = {"y": np.array([3e38, 1.0], np.float32), "y_hat": np.array([-3e38, 0.0], np.float32)}
    found = expected(squared, {**inputs, "g": np.array([0.25, 0.25], np.float32)}, FLOAT32)
    assert found.known.tolist() == [False, True]


def test_masked_rows_are_judged_by_their_largest_term_too() -> None:
    softmax = Subject(CATALOGUE["softmax"], "vjp", "x")
    found = expected(softmax, {"x": np.array([[0.0, 0.0, -INF]]), "g": np.array([[1.0, 1.0, 5.0]])}, FLOAT64)
    assert found.nearest.tolist() == [[0.0, 0.0, 0.0]]
    assert found.scale.tolist() == [[0.5, 0.5, 0.0]]


def test_limits_of_points_are_judged_by_their_largest_term_too() -> None:
    function = name_function(Spec("y*y - 1 + exp(x)", inputs=(real("y"), x)), "balance", "here")
    found = expected(Subject(function, "forward", ""), {"y": np.ones(1), "x": np.array([-INF])}, FLOAT64)
    assert (found.nearest.tolist(), found.scale.tolist()) == ([0.0], [1.0])


def test_rows_agree_with_the_sum_over_the_jacobian() -> None:
    softmax = CATALOGUE["softmax"]
    rows, upstream = np.array([[0.5, -1.0, 2.0]]), np.array([[0.25, 1.0, -2.0]])
    found = expected(Subject(softmax, "vjp", "x"), {"x": rows, "g": upstream}, FLOAT64)
    s = np.exp(rows[0]) / np.exp(rows[0]).sum()
    np.testing.assert_allclose(found.nearest[0], upstream[0] @ (np.diag(s) - np.outer(s, s)), rtol=1e-13)
