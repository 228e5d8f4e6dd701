"""Indeterminate forms in which one input moves."""

from __future__ import annotations

import pytest
from flint import arb, ctx

from derive.limits.moving import moving_limit
from derive.notation.text import read_text
from derive.values.limits import Calculus
from derive.values.one_sided import OO, Indeterminate, OneSided

UP, DOWN, UP_TOO = OneSided(OO, -1), OneSided(-OO, 1), OneSided(OO, -1)
ABOVE_0, BELOW_1 = OneSided(arb(0), 1), OneSided(arb(1), -1)


def at(value: float) -> OneSided:
    return OneSided(arb(value))


@pytest.mark.parametrize(
    ("formula", "inputs", "expected"),
    [
        ("exp(-x)/(1 + exp(-x))**2", {"x": DOWN}, 0),
        ("x*exp(-abs(x))/(1 + exp(-abs(x)))", {"x": DOWN}, 0),
        ("x/(1 + abs(x))", {"x": DOWN}, -1),
        ("x*(1 + erf(x/sqrt(2)))/2", {"x": DOWN}, 0),
        ("x*tanh(log(1 + exp(x)))", {"x": DOWN}, 0),
        ("(exp(x) - 1)/x", {"x": ABOVE_0}, 1),
        ("(p - y)/(p*(1 - p))", {"p": BELOW_1, "y": at(1)}, -1),
        ("exp(x)/(exp(x) + exp(a))", {"x": UP, "a": at(0.3)}, 1),
    ],
)
def test_one_moving_input_is_followed_through_an_indeterminate_form(
    formula: str, inputs: dict[str, OneSided], expected: float
) -> None:
    with pytest.raises(Indeterminate):
        Calculus(inputs).limit(read_text(formula), {})
    with ctx.workprec(200):
        assert float(moving_limit(read_text(formula), Calculus(inputs), {})) == expected


@pytest.mark.parametrize("inputs", [{"x": UP, "y": UP_TOO}, {"x": at(1), "y": at(2)}], ids=["two move", "none moves"])
def test_no_moving_limit_unless_one_input_moves(inputs: dict[str, OneSided]) -> None:
    with pytest.raises(Indeterminate):
        moving_limit(read_text("x - y"), Calculus(inputs), {})


def test_an_oscillation_has_no_limit() -> None:
    with pytest.raises(Indeterminate):
        moving_limit(read_text("sin(x)"), Calculus({"x": UP}), {})
