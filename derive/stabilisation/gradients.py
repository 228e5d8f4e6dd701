"""`slips`: a vector-Jacobian product held against differences of its function, by balls: they share no rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np
from flint import arb, ctx, fmpq

from derive.calculus.vjp import target_names, upstream_name, vjp
from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.spec.statement import Function
from derive.stabilisation.points import ranges
from derive.term import Term, rational_value
from derive.values.balls import enclose
from derive.values.formats import FLOAT64
from derive.values.rows import kinds, row

LENGTH: Final = 3  # of rows
TRIALS: Final = 3
STEP: Final = Fraction(1, 2**160)
BITS: Final = 800
APART: Final = Fraction(1, 2**100)  # beside the gradient, or beside 1: far more than differences lose

Point = dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """A gradient as a formula has it, and as differences of the function have it, at a point."""

    point: Point
    claimed: arb
    found: arb

    @property
    def agrees(self) -> bool:
        with ctx.workprec(BITS):
            return bool(abs(self.claimed - self.found) < _ball(APART) * (1 + abs(self.claimed)))

    def __str__(self) -> str:
        where = ", ".join(f"{name} = {_told(value)}" for name, value in self.point.items())
        return f"at {where} it is {self.claimed.str(8, radius=False)}, not {self.found.str(8, radius=False)}"


def slips(function: Function, name: str) -> Iterator[Comparison]:
    """Points at which the gradient in `name` is not the derivative."""
    return (it for it in comparisons(function, name, vjp(function, name)) if not it.agrees)


def comparisons(function: Function, name: str, formula: Term) -> Iterator[Comparison]:
    """Of a formula for the vector-Jacobian product, at a few points, those apart at which either has no value."""
    random = np.random.default_rng(0)
    for trial in range(TRIALS):
        point = _drawn(function, random, positive=trial % 2 == 1)
        for place in range(LENGTH if name in function.domain.axes else 1):
            try:
                with ctx.workprec(BITS):
                    claimed, found = (
                        _gradient(formula, function, name, point, place),
                        _difference(function, name, point, place),
                    )
            except (Undetermined, Undefined, UnsupportedError, OverflowError):
                continue
            if claimed.is_finite() and found.is_finite():
                yield Comparison(point, claimed, found)


def _drawn(function: Function, random: np.random.Generator, positive: bool) -> Point:
    """Everyday values of all inputs and parameters, and an upstream gradient. positive: those of rows of any sign."""
    point = Point()
    for key, range_ in ranges((*function.inputs, *function.params), function.domain, FLOAT64).items():
        if key in function.domain.axes:
            values = row(kinds(range_)[0], range_, LENGTH, random)
            allowed = range_.interval.high is None
            point[key] = tuple(map(_exact, np.abs(values) if positive and allowed else values))
        else:
            point[key] = _exact(range_.common(8, random)[5])
    count = LENGTH if function.output else 1
    upstream = tuple(_exact(value) for value in random.normal(size=count))
    point[upstream_name(function)] = upstream if function.output else upstream[0]
    return point | dict.fromkeys(function.sizes, Fraction(LENGTH))


def _gradient(formula: Term, function: Function, name: str, point: Point, place: int) -> arb:
    free, first = target_names(function, name), _first(function)
    return enclose(formula, point | dict.fromkeys(free, Fraction(place + first)), BITS, first)


def _difference(function: Function, name: str, point: Point, place: int) -> arb:
    """Of the function, times the upstream gradient, over a step to either side."""
    before, after = (_weighted(function, _moved(point, name, place, step)) for step in (-STEP, STEP))
    return (after - before) / _ball(2 * STEP)


def _weighted(function: Function, point: Mapping[str, Any]) -> arb:
    upstream, first = point[upstream_name(function)], _first(function)
    if not function.output:
        return enclose(function.body, point, BITS, first) * _ball(upstream)
    parts = (
        enclose(function.body, {**point, function.output[0]: Fraction(at + first)}, BITS, first) for at in range(LENGTH)
    )
    return sum((part * _ball(weight) for part, weight in zip(parts, upstream, strict=True)), arb(0))


def _first(function: Function) -> int:
    """The index of the first component of a row."""
    axes = next(iter(function.domain.axes.values()), ())
    value = rational_value(axes[0][0]) if axes else None
    return int(value) if value is not None else 0


def _moved(point: Point, name: str, place: int, step: Fraction) -> Point:
    value = point[name]
    moved = (*value[:place], value[place] + step, *value[place + 1 :]) if isinstance(value, tuple) else value + step
    return {**point, name: moved}


def _exact(value: Any) -> Fraction:
    return Fraction(float(value))


def _ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def _told(value: Any) -> str:
    return f"({', '.join(map(_told, value))})" if isinstance(value, tuple) else f"{float(value):.6g}"
