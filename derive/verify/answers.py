"""`Expected`: what is right at each point; and how a limit is found, rounded and judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from derive.limits.moving import moving_limit
from derive.values.ball_columns import Points, evaluate
from derive.values.formats import Floats, Format
from derive.values.limits import Calculus
from derive.values.one_sided import Indeterminate
from derive.values.rounding import round_ball
from derive.values.samples import INSIDE, OUTSIDE
from derive.verify.subject import Subject

LIMIT_BITS: Final = 1280  # what cancels to 0 must be seen to lie below the smallest float64


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


def places_of(subject: Subject, name: str, values: Floats, format_: Format) -> NDArray[np.int8]:
    if name == subject.upstream:
        return np.where(np.isfinite(values), INSIDE, OUTSIDE).astype(np.int8)
    return subject.range(name, format_).place(values)


def inwards(subject: Subject, name: str, values: Floats, format_: Format) -> NDArray[np.int8]:
    """The side of the domain for each value that is a closed end of its range; 0 for any other."""
    interval = subject.range(name, format_).interval
    low = values == (np.nan if interval.low is None or interval.low_open else float(interval.low))
    high = values == (np.nan if interval.high is None or interval.high_open else float(interval.high))
    return np.where(low, 1, np.where(high, -1, 0)).astype(np.int8)


def common_limit(
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
        return moving_limit(subject.stated, calculus, indices)
    return None


def scales(subject: Subject, points: Callable[[NDArray[np.intp]], Points], at: NDArray[np.intp]) -> NDArray[np.float64]:
    """The magnitude of the largest term at points; 0 where there is none."""
    if not subject.scales or not len(at):
        return np.zeros(len(at))
    with ctx.workprec(64):
        magnitudes = np.array(list(map(float, evaluate(subject.scales[0], points(at)))))
    return np.where(np.isfinite(magnitudes), magnitudes, 0.0)


def limit_scale(subject: Subject, calculus: Calculus, indices: Mapping[str, int]) -> float:
    """The magnitude of the largest term where inputs approach their ends; 0 where it has no finite limit."""
    for formula in subject.scales:
        with suppress(Indeterminate):
            magnitude = float(calculus.limit(formula, indices))
            return magnitude if np.isfinite(magnitude) else 0.0
    return 0.0
