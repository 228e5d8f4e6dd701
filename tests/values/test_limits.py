"""Limits on boundaries and at infinity, from the limits of the parts."""

import pytest
from flint import arb

from derive.errors import UnsupportedError
from derive.notation.text import read_text
from derive.values.limits import Calculus
from derive.values.one_sided import OO, Indeterminate, OneSided

UP, DOWN, UP_TOO = OneSided(OO, -1), OneSided(-OO, 1), OneSided(OO, -1)
ABOVE_0, ABOVE_0_TOO, BELOW_1 = OneSided(arb(0), 1), OneSided(arb(0), 1), OneSided(arb(1), -1)
BCE = "-(y*log(p) + (1 - y)*log(1 - p))"
BCE_GRADIENT = "(1 - y)/(1 - p) - y/p"


def at(value: float) -> OneSided:
    return OneSided(arb(value))


@pytest.mark.parametrize(
    ("formula", "inputs", "expected"),
    [
        ("1/(1 + exp(-x))", {"x": UP}, 1),
        ("1/(1 + exp(-x))", {"x": DOWN}, 0),
        ("max(x, 0)", {"x": UP}, OO),
        ("max(x, 0)", {"x": DOWN}, 0),
        ("Piecewise((1, x > 0), (0, x <= 0))", {"x": UP}, 1),
        ("Piecewise((1, x > 0), (0, x <= 0))", {"x": ABOVE_0}, 1),
        (BCE, {"y": at(0), "p": ABOVE_0}, 0),
        (BCE, {"y": at(1), "p": ABOVE_0}, OO),
        (BCE, {"y": at(1), "p": BELOW_1}, 0),
        (BCE, {"y": at(0), "p": BELOW_1}, OO),
        (BCE_GRADIENT, {"y": at(0), "p": ABOVE_0}, 1),
        (BCE_GRADIENT, {"y": at(1), "p": ABOVE_0}, -OO),
        (BCE_GRADIENT, {"y": at(1), "p": BELOW_1}, -1),
        (BCE_GRADIENT, {"y": at(0.5), "p": BELOW_1}, OO),
        ("1/x", {"x": ABOVE_0}, OO),
        ("1/(x - 1)", {"x": BELOW_1}, -OO),
        ("x**3 + x**-2", {"x": DOWN}, -OO),
        ("Piecewise((2, Eq(x, oo)), (3, True))", {"x": UP}, 3),
        ("max(x, y)", {"x": ABOVE_0, "y": ABOVE_0_TOO}, 0),
        ("min(x, y)", {"x": UP, "y": UP_TOO}, OO),
        ("abs(x - y)", {"x": ABOVE_0, "y": ABOVE_0_TOO}, 0),
    ],
)
def test_a_limit_is_found_from_the_limits_of_the_parts(
    formula: str, inputs: dict[str, OneSided], expected: object
) -> None:
    assert Calculus(inputs).limit(read_text(formula), {}) == expected


def test_rows_have_limits_too() -> None:
    softmax = read_text("exp(x[i])/Sum(exp(x[k]), (k, 1, K))")
    row = [at(0), DOWN, at(0)]
    calculus = Calculus({"x": row}, first=1)
    assert [float(calculus.limit(softmax, {"i": i, "K": 3})) for i in (1, 2, 3)] == [0.5, 0, 0.5]
    loss = read_text("-Sum(y[k]*log(p[k]), (k, 1, K))")
    one_hot = {"y": [at(0), at(1)], "p": [ABOVE_0, at(1)]}
    assert Calculus(one_hot, 1).limit(loss, {"K": 2}) == 0
    both = {"y": [at(0.5), at(0.5)], "p": [ABOVE_0, ABOVE_0]}
    assert Calculus(both, 1).limit(loss, {"K": 2}) == OO


def test_a_quantity_less_itself_is_nothing_however_large() -> None:
    shifted = read_text("exp(x[i] - Maximum(x[k], (k, 1, K)))")
    calculus = Calculus({"x": [at(3), UP, at(1)]}, first=1)
    assert [float(calculus.limit(shifted, {"i": i, "K": 3})) for i in (1, 2, 3)] == [0, 1, 0]


@pytest.mark.parametrize(
    ("formula", "inputs"),
    [
        ("x - y", {"x": UP, "y": UP_TOO}),
        ("x*exp(-x)", {"x": UP}),
        ("1/x", {"x": at(0)}),
        ("1/(x - y)", {"x": ABOVE_0, "y": ABOVE_0_TOO}),
        ("Piecewise((1, x > y), (2, True))", {"x": ABOVE_0, "y": ABOVE_0_TOO}),
        ("sign(x - y)", {"x": ABOVE_0, "y": ABOVE_0_TOO}),
        ("floor(x)", {"x": ABOVE_0}),
        ("log(-x)", {"x": ABOVE_0}),
        ("sqrt(x - y)", {"x": ABOVE_0, "y": ABOVE_0_TOO}),
    ],
)
def test_an_indeterminate_form_is_not_guessed(formula: str, inputs: dict[str, OneSided]) -> None:
    with pytest.raises(Indeterminate):
        Calculus(inputs).limit(read_text(formula), {})


def test_components_indices_and_sizes_have_values_in_a_limit() -> None:
    calculus = Calculus({"x": [at(3), DOWN, at(1)]}, first=1)
    for text, value in (
        ("x[i + 1]", 1),
        ("KroneckerDelta(i, 2)", 1),
        ("KroneckerDelta(i, 3)", 0),
        ("K*i", 6),
    ):
        assert calculus.limit(read_text(text), {"i": 2, "K": 3}) == value
    assert calculus.limit(read_text("pi"), {}).overlaps(arb.pi())
    assert calculus.limit(read_text("Sum(x[k], (k, 2, 1))"), {}) == 0
    assert calculus.limit(read_text("Maximum(x[k], (k, 1, 3))"), {}) == 3


@pytest.mark.parametrize("text", ["y", "A[1, 2]", "z[1]", "x[1/2]", "x[y]", "det(x)"])
def test_what_has_no_value_in_a_limit_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedError):
        Calculus({"x": [at(3)], "A": [at(1)], "z": at(2)}, first=1).limit(read_text(text), {"i": 1})


def test_what_is_not_a_number_has_no_limit() -> None:
    with pytest.raises(Indeterminate):
        Calculus({}).limit(read_text("nan"), {})


def test_a_sum_that_is_indeterminate_is_so_for_every_component() -> None:
    row = [OneSided(OO, -1), OneSided(-OO, 1)]
    calculus = Calculus({"x": row})
    total = read_text("x[i]*Sum(x[k], (k, 0, 1))")
    for place in (0, 1):
        with pytest.raises(Indeterminate):
            calculus.limit(total, {"i": place})
