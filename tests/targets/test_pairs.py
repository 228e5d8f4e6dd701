"""What targets compute of pairs and of factors that are held: as the formats' own arithmetic says."""

from __future__ import annotations

from typing import Final

import numpy as np
import pytest

from derive import Spec
from derive.codegen.emit import emit
from derive.codegen.lower import Others, lower
from derive.runtime import load_kernels
from derive.spec.statement import name_function
from derive.targets.numpy import TARGET as NUMPY
from derive.term import Term, call, symbol
from derive.values.formats import FLOAT64
from derive.values.rounded import Machine

X, Y = symbol("x"), symbol("y")
PROBE: Final = name_function(Spec("x + y", inputs=("x", "y"), wrt="x"), "probe", "test")
HEADS: Final = ("sum_error", "product_error", "quotient_error", "held", "parted")
ENDS: Final = (0.0, -0.0, 1.0, -3.0, 1e-300, -1e-300, 5e-324, 1e300, -1.7976931348623157e308, 0.1, 7e-160, 3e155)


def columns() -> dict[str, np.ndarray]:
    random = np.random.default_rng(5)
    wide = np.ldexp(random.uniform(-1, 1, (2, 400)), random.integers(-500, 500, (2, 400)))
    grid = np.array(np.meshgrid(ENDS, ENDS)).reshape(2, -1)
    x, y = np.concatenate([wide, grid], axis=1)
    return {"x": x, "y": y}


def of_c(form: Term, points: dict[str, np.ndarray]) -> np.ndarray:
    kernels = lower(PROBE, {("forward", ""): X + Y}, Others(precise={("forward", ""): form}))
    return np.asarray(load_kernels(PROBE, kernels).forward(*points.values()))


def of_numpy(form: Term, points: dict[str, np.ndarray]) -> np.ndarray:
    kernels = lower(PROBE, {("forward", ""): X + Y}, Others(precise={("forward", ""): form}))
    (file,) = emit(PROBE, kernels, NUMPY)
    names: dict[str, object] = {}
    exec(compile(file.text, file.path, "exec"), names)  # noqa: S102 - the text that was just emitted
    return np.asarray(names["probe"](*points.values()))  # type: ignore[operator]  # a function


@pytest.mark.parametrize("head", HEADS)
def test_targets_agree_with_the_arithmetic_that_forms_are_judged_by(head: str) -> None:
    form, points = call(head, X, Y), columns()
    with np.errstate(all="ignore"):
        wanted = Machine(FLOAT64, points).value(form)
        finite = np.isfinite(wanted) & np.isfinite(points["x"] * points["y"])
        for found in (of_c(form, points), of_numpy(form, points)):
            # The last product of halves is rounded, where multiply-add is not fused.
            near = np.abs(found - wanted) <= np.abs(wanted) * 2.0**-20 + 1e-323
            assert near[finite].all(), [(points["x"][finite][~near[finite]], points["y"][finite][~near[finite]])]


@pytest.mark.parametrize(("head", "operation"), [("held", "mul"), ("parted", "div")])
def test_a_factor_that_is_held_keeps_its_result_finite(head: str, operation: str) -> None:
    points = columns()
    one, other = (X, Y) if operation == "mul" else (Y, X)
    held = call(head, one, other)
    form = held * other if operation == "mul" else other / held
    with np.errstate(all="ignore"):
        plain = Machine(FLOAT64, points).value(one * other if operation == "mul" else other / one)
        found = of_c(form, points)
    assert np.isfinite(found).all()
    moderate = np.isfinite(plain) & (np.abs(plain) < 1e150)
    assert (found[moderate] == plain[moderate]).all()
    large = (np.abs(plain) >= 1e150) & (points[one.name] != 0)
    assert (np.abs(found[large]) >= 1e150).all()
