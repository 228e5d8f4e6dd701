"""What a kernel should answer at each point: the rounded truth, the limit, NaN, or nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from flint import arb
from numpy.typing import NDArray

from derive.values.ball_columns import Points
from derive.values.formats import Floats, Format
from derive.values.limits import Calculus
from derive.values.one_sided import OneSided
from derive.values.rounding import correctly_rounded
from derive.values.samples import INSIDE, OUTSIDE
from derive.verify.answers import Expected, common_limit, inwards, limit_scale, places_of, scales
from derive.verify.row_oracle import expected_rows
from derive.verify.subject import Subject

MAX_GAPS: Final = 64  # points inside at which every form fails, such as x/x at 0: taken one by one
Inputs = Mapping[str, Floats]


def expected(subject: Subject, inputs: Inputs, format_: Format) -> Expected:
    """The answers for an elementwise function at points, or for a function of rows at rows.

    inputs: by name, with parameters and the upstream gradient: (n,) for points; for rows
    (rows, k), or (rows,) where a row has one number.
    """
    if not subject.function.elementwise:
        return expected_rows(subject, inputs, format_)
    return _pulled(subject, inputs, _at_points(subject, inputs, format_), format_)


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
    places = {name: places_of(subject, name, values, format_) for name, values in inputs.items()}
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
    scale[within] = scales(subject, points, np.arange(len(within)))
    for at in [*np.flatnonzero(~outside & ~inside), *within[~rounded.known][:MAX_GAPS]]:
        sides = [Calculus(nears) for nears in _approaches(subject, inputs, places, at, format_)]
        nearest[at], excess[at], known[at] = common_limit(subject, sides, {}, format_)
        scale[at] = limit_scale(subject, sides[0], {}) if sides else 0.0
    return Expected(nearest, excess, known, inside, scale)


def _approaches(
    subject: Subject, inputs: Inputs, places: Mapping[str, NDArray[np.int8]], at: Any, format_: Format
) -> list[dict[str, OneSided]]:
    """The ways into one point from inside the domain.

    An input at an open end or at infinity approaches it, the others stand still. Where none does, the
    formulas have a gap: it is approached from a closed end inwards, else by the only input from both sides.
    """
    moves = {name: int(place[at]) for name, place in places.items()}
    if not any(moves.values()):
        moves |= {name: int(inwards(subject, name, inputs[name][at], format_)) for name in subject.function.inputs}
    if any(moves.values()):
        choices = [moves]
    else:
        choices = [{**moves, name: side} for name in subject.function.inputs for side in (1, -1)]
        choices = choices if len(inputs) - bool(subject.upstream) == 1 else []
    return [{name: OneSided(arb(float(inputs[name][at])), side) for name, side in one.items()} for one in choices]
