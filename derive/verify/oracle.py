"""What a kernel should answer at each point: the rounded truth, the limit, NaN, or nobody knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from derive.truth.columns import Points, evaluate
from derive.truth.formats import Floats, Format
from derive.truth.limits import Calculus, Indeterminate, Near
from derive.truth.rounding import PRECISIONS, correctly_rounded, round_ball
from derive.truth.samples import INSIDE, OUTSIDE
from derive.truth.symbolic_limit import symbolic_limit
from derive.verify.subject import Subject

LIMIT_BITS: Final = 1280  # what cancels to 0 must be seen to lie below the smallest float64
MOST_GAPS: Final = 256  # points inside at which every form fails, such as x/x at 0: looked at one by one
Inputs = Mapping[str, Floats]


@dataclass(frozen=True)
class Expected:
    """For every point (or component of a row): the answer, and how far the truth lies from it.

    nearest: in the format; NaN where NaN is right. excess: in ulp of it. known: whether there is an
    answer. inside: whether the point is finite and in the domain. scale: the magnitude in whose ulp
    an error is counted, at least that of the answer.
    """

    nearest: Floats
    excess: NDArray[np.float64]
    known: NDArray[np.bool_]
    inside: NDArray[np.bool_]
    scale: NDArray[np.float64]


def expected(subject: Subject, inputs: Inputs, format_: Format) -> Expected:
    """The answers for an elementwise function at points, or for a function of rows at rows.

    inputs: by name, with parameters and the upstream gradient: (n,) for points; for rows
    (rows, k), or (rows,) where a row has one number.
    """
    if subject.function.elementwise:
        return _pulled(subject, inputs, _at_points(subject, inputs, format_), format_)
    rows = len(next(iter(inputs.values())))
    found = [_at_row(subject, {name: values[at] for name, values in inputs.items()}, format_) for at in range(rows)]
    return Expected(*(np.array([getattr(one, part) for one in found]) for part in Expected.__dataclass_fields__))


def _pulled(subject: Subject, inputs: Inputs, found: Expected, format_: Format) -> Expected:
    """`found`, judged as upstream gradient times derivative, where the derivative is a number of the format.

    A derivative below the normal numbers is known to an ulp of its own, and the product no better.
    """
    upstream = inputs[subject.upstream].astype(np.float64) if subject.upstream else np.ones(1)
    if (upstream == 1).all():
        return found
    ones = {**inputs, subject.upstream: np.ones_like(inputs[subject.upstream])}
    derivative = _at_points(subject, ones, format_)
    finite = np.isfinite(derivative.nearest) | np.isnan(upstream)
    scale = np.maximum(found.scale, np.abs(upstream) * format_.smallest_normal)
    return replace(found, known=found.known & finite, scale=np.where(np.isnan(scale), 0.0, scale))


def _at_points(subject: Subject, inputs: Inputs, format_: Format) -> Expected:
    length = len(next(iter(inputs.values())))
    places = {name: _places(subject, name, values, format_) for name, values in inputs.items()}
    table = np.stack(list(places.values()))
    outside = (table == OUTSIDE).any(axis=0)
    inside = (table == INSIDE).all(axis=0)
    nearest, excess, known = np.full(length, np.nan, format_.dtype), np.zeros(length), outside.copy()
    within = np.flatnonzero(inside)
    picked = {name: values[within].astype(np.float64) for name, values in inputs.items()}

    def points(at: NDArray[np.intp]) -> Points:
        return Points(len(at), {name: list(map(arb, values[at].tolist())) for name, values in picked.items()})

    rounded = correctly_rounded(subject.forms, points, len(within), format_)
    nearest[within], excess[within], known[within] = rounded.nearest, rounded.excess, rounded.known
    scale = np.zeros(length)
    scale[within] = _scales(subject, points, np.arange(len(within)))
    gaps = within[~rounded.known] if len(inputs) - bool(subject.upstream) == 1 else within[:0]
    for at in [*np.flatnonzero(~outside & ~inside), *gaps[:MOST_GAPS]]:
        sides = [Calculus(_nears(subject, inputs, places, at, gap)) for gap in ((1, -1) if inside[at] else (1,))]
        nearest[at], excess[at], known[at] = _common_limit(subject, sides, {}, format_)
        scale[at] = _limit_scale(subject, sides[0], {})
    return Expected(nearest, excess, known, inside, scale)


def _places(subject: Subject, name: str, values: Floats, format_: Format) -> NDArray[np.int8]:
    if name == subject.upstream:
        return np.where(np.isfinite(values), INSIDE, OUTSIDE).astype(np.int8)
    return subject.range(name, format_).place(values)


def _nears(
    subject: Subject, inputs: Inputs, places: Mapping[str, NDArray[np.int8]], at: Any, gap: int
) -> dict[str, Near]:
    """The inputs at one point; one that is inside stands still, unless the point is a gap in the formulas."""
    still = all(place[at] == INSIDE for place in places.values())
    found = {}
    for name, values in inputs.items():
        side = int(places[name][at])
        found[name] = Near(arb(float(values[at])), gap if still and name != subject.upstream else side)
    return found


def _common_limit(
    subject: Subject, sides: Sequence[Calculus], indices: Mapping[str, int], format_: Format
) -> tuple[float, float, bool]:
    """The rounded limit, the same from every side, or NaN and not known."""
    found = {_rounded_limit(subject, calculus, indices, format_) for calculus in sides}
    (first,) = found if len(found) == 1 else (None,)
    return (float("nan"), 0.0, False) if first is None else (*first, True)


def _rounded_limit(
    subject: Subject, calculus: Calculus, indices: Mapping[str, int], format_: Format
) -> tuple[float, float] | None:
    with ctx.workprec(LIMIT_BITS):
        value = _limit(subject, calculus, indices)
    if value is None:
        return None
    if not value.is_finite():
        return float("inf") if value > 0 else -float("inf"), 0.0
    nearest, excess = round_ball(value, format_)
    return None if np.isnan(nearest) else (nearest, excess)


def _limit(subject: Subject, calculus: Calculus, indices: Mapping[str, int]) -> arb | None:
    for form in subject.forms:
        with suppress(Indeterminate):
            return calculus.limit(form, indices)
    with suppress(Indeterminate):
        return symbolic_limit(subject.stated, calculus, indices)
    return None


def _scales(subject: Subject, points: Any, at: NDArray[np.intp]) -> NDArray[np.float64]:
    """The magnitude of the largest term at points; 0 where there is none."""
    if not subject.scales or not len(at):
        return np.zeros(len(at))
    with ctx.workprec(64):
        magnitudes = np.array(list(map(float, evaluate(subject.scales[0], points(at)))))
    return np.where(np.isfinite(magnitudes), magnitudes, 0.0)


def _limit_scale(subject: Subject, calculus: Calculus, indices: Mapping[str, int]) -> float:
    """The magnitude of the largest term where inputs approach their ends; 0 where it has no finite limit."""
    for formula in subject.scales:
        with suppress(Indeterminate):
            magnitude = float(calculus.limit(formula, indices))
            return magnitude if np.isfinite(magnitude) else 0.0
    return 0.0


def _at_row(subject: Subject, inputs: Mapping[str, Any], format_: Format) -> Expected:
    """One row: what is outside the domain is NaN, and so is whatever depends on it."""
    places = {name: _places(subject, name, np.atleast_1d(values), format_) for name, values in inputs.items()}
    length = max(len(place) for place in places.values())
    outputs = length if subject.output else 1
    sizes = dict.fromkeys(subject.function.sizes, length)
    table = np.concatenate(list(places.values()))
    if np.isin(table, (1, -1)).any():
        nearest, excess, known, scale = _row_limits(subject, inputs, places, sizes, outputs, format_)
        inside = np.zeros(outputs, np.bool_)
    else:
        points = _row_points(subject, inputs, places, sizes)
        precisions = PRECISIONS if (table == INSIDE).all() else PRECISIONS[:1]
        rounded = correctly_rounded(subject.forms, points, outputs, format_, precisions)
        nearest, excess, known = rounded.nearest, rounded.excess, rounded.known | (table == OUTSIDE).any()
        inside = np.full(outputs, (table == INSIDE).all())
        scale = _scales(subject, points, np.arange(outputs))
    if subject.output:
        return Expected(nearest, excess, known, inside, scale)
    return Expected(nearest[0], excess[0], known[0], inside[0], scale[0])


def _row_points(subject: Subject, inputs: Mapping[str, Any], places: Mapping[str, Any], sizes: dict[str, int]) -> Any:
    def balls(name: str, values: Any) -> list[arb]:
        outside = places[name] == OUTSIDE
        return [arb.nan() if out else arb(float(v)) for v, out in zip(np.atleast_1d(values), outside, strict=True)]

    def points(at: NDArray[np.intp]) -> Points:
        rows = {name: (balls(name, values), subject.first) for name, values in inputs.items() if np.ndim(values)}
        numbers = {name: balls(name, values)[0] for name, values in inputs.items() if not np.ndim(values)}
        free = {subject.output[0]: (at + subject.first).tolist()} if subject.output else {}
        return Points(len(at), numbers, rows, {**sizes, **free})

    return points


def _row_limits(
    subject: Subject, inputs: Mapping[str, Any], places: Mapping[str, Any], sizes: dict[str, int], outputs: int,
    format_: Format,
) -> tuple[Floats, NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:  # fmt: skip
    if any((place == OUTSIDE).any() for place in places.values()):
        zeros = np.zeros(outputs)
        return np.full(outputs, np.nan, format_.dtype), zeros, zeros.astype(np.bool_), zeros
    nears: dict[str, Near | list[Near]] = {}
    for name, values in inputs.items():
        row = [Near(arb(float(v)), int(side)) for v, side in zip(np.atleast_1d(values), places[name], strict=True)]
        nears[name] = row if np.ndim(values) else row[0]
    found, calculus = [], Calculus(nears, subject.first)
    for at in range(outputs):
        free = {subject.output[0]: at + subject.first} if subject.output else {}
        indices = {**sizes, **free}
        answer = _common_limit(subject, [calculus], indices, format_)
        found.append((*answer, _limit_scale(subject, calculus, indices)))
    nearest, excess, known, scale = (np.array(part) for part in zip(*found, strict=True))
    with np.errstate(over="ignore"):
        return nearest.astype(format_.dtype), excess, known, scale
