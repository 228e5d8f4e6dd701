"""Kernels at points where the rules do not say: limits, and slopes where kinks cancel."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest
from random_specs import folded

from derive import Spec, real
from derive.spec.statement import name_function
from derive.stabilisation.forms import orders, prove_form, stabilise
from derive.stabilisation.lock import Question
from derive.values.ieee import evaluate

X, Y, D = real("x y d")
SINC = "Piecewise((sin(x)/x, x != 0), (1, True))"
EXPREL = "Piecewise(((exp(x) - 1)/x, x != 0), (1, True))"


@pytest.mark.parametrize(
    ("body", "stated", "wanted"),
    [
        (SINC, {}, {"forward": 1, "vjp": 0, "d2": -1 / 3}),
        ("sin(x)/x", {}, {"forward": 1, "vjp": 0, "d2": -1 / 3}),
        (EXPREL, {}, {"forward": 1, "vjp": 1 / 2, "d2": 1 / 3}),
        ("x/(exp(x) - 1)", {}, {"forward": 1, "vjp": -1 / 2, "d2": 1 / 6}),
        ("max(x, 0) + log(1 + exp(-abs(x)))", {}, {"forward": np.log(2), "vjp": 1 / 2, "d2": 1 / 4}),
        ("max(x, 0) - x*y + log(1 + exp(-abs(x)))", {"inputs": (X, Y), "wrt": (X,)},
         {"forward": np.log(2), "vjp": 1 / 4, "d2": 1 / 4}),
        ("sign(x)*log(1 + abs(x))", {}, {"forward": 0, "vjp": 1}),
        ("sign(x)*(exp(abs(x)) - 1)", {}, {"forward": 0, "vjp": 1}),
        ("Piecewise((x**2/2, abs(x) <= d), (d*(abs(x) - d/2), True))", {"params": (D,), "assume": "d > 0"},
         {"forward": 0, "vjp": 0}),
        ("Piecewise((d**2/6*(1 - (1 - (x/d)**2)**3), abs(x) <= d), (d**2/6, True))",
         {"params": (D,), "assume": "d > 0"}, {"forward": 0, "vjp": 0}),
    ],
)  # fmt: skip
def test_a_kernel_has_the_limit(body: str, stated: dict[str, object], wanted: dict[str, float]) -> None:
    function = name_function(Spec(body, **{"inputs": (X,), **stated}), "mine", "mine")
    at_zero = {"x": np.array([0.0, -0.0]), "y": np.full(2, 0.25), "d": np.full(2, 1.5), "g": np.ones(2)}
    found = {}
    with mock.patch.object(Question, "searched", folded), np.errstate(all="ignore"):
        for order, name in orders(function):
            if name in ("", "x"):
                form = stabilise(function, order, name)
                assert prove_form(form, function.domain).verdict == "PROVED"
                found[order] = evaluate(form.body, at_zero)
    assert found.keys() == wanted.keys()
    for order, value in wanted.items():
        assert found[order] == pytest.approx(np.full(2, value), rel=1e-15, abs=0)
