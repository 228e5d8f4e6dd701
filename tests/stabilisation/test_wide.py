"""Forms for a wider format: shorter, equal, and rounding to the same numbers; else the form itself."""

from __future__ import annotations

import numpy as np
import pytest

import derive
from derive.notation.text import read_text
from derive.stabilisation.forms import orders, stabilise
from derive.stabilisation.wide import wide_form
from derive.term import size
from derive.values.formats import FLOAT32, FLOAT64
from derive.values.rounded import Machine

FUNCTIONS = {function.name: function for function in derive.catalogue()}


@pytest.mark.parametrize("name", [name for name, function in FUNCTIONS.items() if len(function.inputs) == 1])
def test_it_is_no_longer_and_rounds_alike(name: str) -> None:
    function = FUNCTIONS[name]
    for order, wrt in orders(function):
        form = stabilise(function, order, wrt).body
        wide = wide_form(function, order, wrt, form)
        assert size(wide) <= size(form)
        if wide != form:
            x = np.random.default_rng(1).uniform(-20, 20, 2000).astype(np.float32).astype(np.float64)
            machine = Machine(FLOAT64, {"x": x, "g": np.ones_like(x)})
            one, other = (FLOAT32.ordinals(machine.value(each).astype(np.float32)) for each in (wide, form))
            assert np.max(np.abs(one - other)) <= 1


def test_a_patch_of_polynomials_is_left_out() -> None:
    function = FUNCTIONS["silu"]
    form = stabilise(function, "vjp", "x").body
    assert size(wide_form(function, "vjp", "x", form)) < size(form) / 2


def test_what_rounds_otherwise_is_not_taken() -> None:
    function = FUNCTIONS["sigmoid"]
    other = read_text("1/(1 + exp(-x)) + 0*(x + x + x + x + x + x + x + x) + 1/100")
    assert wide_form(function, "forward", "", other) == other


def test_rows_keep_their_forms() -> None:
    function = FUNCTIONS["softmax"]
    form = stabilise(function, "forward", "").body
    assert wide_form(function, "forward", "", form) is form
