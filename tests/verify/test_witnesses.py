"""Witnesses that share nothing with the oracle: finite differences and SymPy, on the emitted kernels."""

from functools import cache
from typing import Any

import numpy as np
import pytest
import sympy

from derive import catalogue
from derive.codegen.lower import kernels_of
from derive.notation.bridge import to_sympy
from derive.spec.statement import Function
from derive.term import substitute, symbol, term
from derive.values.formats import FLOAT64
from derive.verify.subject import Subject
from tests.emitted import module

CATALOGUE = {function.name: function for function in catalogue()}
GRADIENTS = [(function.name, name) for function in CATALOGUE.values() for name in function.wrt]
LENGTH = 3  # of a row


@cache
def emitted(name: str) -> Any:
    return module(CATALOGUE[name], kernels_of(CATALOGUE[name]))


def everyday(function: Function, wrt: str) -> dict[str, Any]:
    """Moderate points inside the domain, away from kinks; or rows of LENGTH."""
    random = np.random.default_rng(3)
    subject, found = Subject(function, "vjp", wrt), dict[str, Any]()
    shape = (40,) if function.elementwise else (8, LENGTH)
    for name in function.inputs:
        drawn = np.clip(random.uniform(-3, 3, shape), subject.range(name, FLOAT64).lowest, 3)
        drawn = random.uniform(0.1, 0.9, shape) if function.domain.range(name).low is not None else drawn
        found[name] = np.where(np.abs(drawn) < 0.01, 0.5, drawn)
    output = shape if function.elementwise or function.output else shape[:1]
    return {**found, "g": random.normal(size=output)}


@pytest.mark.parametrize(("name", "wrt"), GRADIENTS, ids="-".join)
def test_the_vjp_is_the_slope_of_the_forward_kernel(name: str, wrt: str) -> None:
    function, step = CATALOGUE[name], 2.0**-10
    values = everyday(function, wrt)
    vjp = getattr(emitted(name), f"{name}_vjp")(*values.values())
    direction = np.random.default_rng(4).normal(size=values[wrt].shape)

    def forward(move: float) -> Any:
        inputs = [values[one] + move * direction * (one == wrt) for one in function.inputs]
        return getattr(emitted(name), name)(*inputs)

    def slope(h: float) -> Any:
        return (forward(h) - forward(-h)) / (2 * h)

    # Two central differences, extrapolated: what is left is of order h^4, and rounding of order ulp/h.
    along = (4 * slope(step / 2) - slope(step)) / 3
    seen, expected = np.sum(values["g"] * along), np.sum(vjp * direction)
    assert seen == pytest.approx(expected, rel=1e-8 * np.sum(np.abs(vjp * direction)) / abs(expected))


@pytest.mark.parametrize(("name", "wrt"), GRADIENTS, ids="-".join)
def test_sympy_differentiates_the_definition_to_the_same(name: str, wrt: str) -> None:
    function = CATALOGUE[name]
    values = {one: array[:5] for one, array in everyday(function, wrt).items()}
    vjp = getattr(emitted(name), f"{name}_vjp")(*values.values())
    for place in range(5):
        at = {one: array[place] for one, array in values.items()}
        np.testing.assert_allclose(vjp[place], by_sympy(function, wrt, at), rtol=1e-13, atol=1e-14)


def by_sympy(function: Function, wrt: str, at: dict[str, Any]) -> Any:
    """The vjp at one point or row, by SymPy's diff of the definition, to 30 digits."""
    outputs = range(1, LENGTH + 1) if function.output else [0]
    names = {one: sympy.symbols(f"{one}_1:{LENGTH + 1}", real=True) for one in function.inputs}
    point = {part: sympy.Float(float(v), 30) for one in function.inputs for part, v in pairs(names[one], at[one])}

    def component(base: Any, place: Any) -> Any:
        return names[str(base)][int(place) - 1]

    total = [sympy.Integer(0)] * np.size(at[wrt])
    for output in outputs:
        fixed = {symbol(size): term(LENGTH) for size in function.sizes}
        fixed |= {symbol(index): term(output) for index in function.output}
        body = to_sympy(substitute(function.body, fixed)).doit()
        body = body.replace(sympy.Indexed, component).subs({sympy.Symbol(n, real=True): s[0] for n, s in names.items()})
        g = float(at["g"][output - 1] if function.output else at["g"])
        for column in range(len(total)):
            total[column] += g * body.diff(names[wrt][column]).subs(point)
    found = [float(part.evalf(30)) for part in total]
    return found if np.ndim(at[wrt]) else found[0]


def pairs(symbols: Any, values: Any) -> list[tuple[Any, Any]]:
    return list(zip(symbols, np.atleast_1d(values), strict=False))
