"""What a kernel of rows should answer, a row at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from flint import arb
from numpy.typing import NDArray

from derive.values.ball_columns import Points
from derive.values.formats import Floats, Format
from derive.values.limits import Calculus
from derive.values.one_sided import OneSided
from derive.values.rounding import PRECISIONS, correctly_rounded
from derive.values.samples import INSIDE, OUTSIDE
from derive.verify.answers import Expected, common_limit, inwards, limit_scale, places_of, scales
from derive.verify.subject import Subject

RowIndices = Mapping[str, NDArray[np.int8]]
MAX_LIMITS: Final = 32  # components of a row whose limits are found, each for itself; the others are not known


def expected_rows(subject: Subject, inputs: Mapping[str, Floats], format_: Format) -> Expected:
    """The answers for rows of (rows, k), and (rows,) for what has one number a row."""
    rows = len(next(iter(inputs.values())))
    found = [_Row(subject, {name: v[at] for name, v in inputs.items()}, format_).expected() for at in range(rows)]
    return Expected(*(np.array([getattr(one, part) for one in found]) for part in Expected.__dataclass_fields__))


class _Row:
    """One row of inputs. What is outside the domain counts as NaN, and so does all that depends on it."""

    def __init__(self, subject: Subject, inputs: Mapping[str, Any], format_: Format) -> None:
        self.subject, self.inputs, self.format = subject, inputs, format_
        self.values = {name: np.atleast_1d(values) for name, values in inputs.items()}
        self.places = {name: places_of(subject, name, values, format_) for name, values in self.values.items()}
        length = max(map(len, self.values.values()))
        self.sizes = dict.fromkeys(subject.function.sizes, length)
        self.outputs = length if subject.output else 1

    def expected(self) -> Expected:
        table = np.concatenate(list(self.places.values()))
        if np.isin(table, (1, -1)).any():
            found = self.limits(self.places, np.arange(self.outputs))
        else:
            found = self.inside(bool((table == INSIDE).all()))
        # A row whose result is one number has no axis.
        parts = (getattr(found, part) for part in Expected.__dataclass_fields__)
        return found if self.subject.output else Expected(*(part[0] for part in parts))

    def inside(self, whole: bool) -> Expected:
        """Where no input approaches anything. `whole`: nor is any outside the domain."""
        precisions = PRECISIONS if whole else PRECISIONS[:1]
        rounded = correctly_rounded(self.subject.forms, self.points, self.outputs, self.format, precisions)
        scale = scales(self.subject, self.points, np.arange(self.outputs))
        found = Expected(
            rounded.nearest, rounded.excess, rounded.known | (not whole), np.full(self.outputs, whole), scale
        )
        return found if found.known.all() else self.gaps(found)

    def gaps(self, found: Expected) -> Expected:
        """`found`, with limits from closed ends inwards where the formulas have no value."""
        moves = {name: inwards(self.subject, name, values, self.format) for name, values in self.values.items()
                 if name != self.subject.upstream}  # fmt: skip
        if not any(move.any() for move in moves.values()):
            return found
        unknown = np.flatnonzero(~found.known)
        limits = self.limits({**self.places, **moves}, unknown)
        for part in Expected.__dataclass_fields__:
            if part != "inside":
                getattr(found, part)[unknown] = getattr(limits, part)
        return found

    def points(self, at: NDArray[np.intp]) -> Points:
        balls = {
            name: [arb.nan() if place == OUTSIDE else arb(float(v)) for v, place in zip(values, places, strict=True)]
            for (name, values), places in zip(self.values.items(), self.places.values(), strict=True)
        }
        arrays = {name: (row, self.subject.first) for name, row in balls.items() if np.ndim(self.inputs[name])}
        numbers = {name: row[0] for name, row in balls.items() if not np.ndim(self.inputs[name])}
        free = {self.subject.output[0]: (at + self.subject.first).tolist()} if self.subject.output else {}
        return Points(len(at), numbers, arrays, {**self.sizes, **free})

    def limits(self, places: RowIndices, at: NDArray[np.intp]) -> Expected:
        """The limits of the components `at`; not known where anything is outside the domain as well."""
        if any((place == OUTSIDE).any() for place in places.values()):
            nothing = np.zeros(len(at))
            no = nothing.astype(np.bool_)
            return Expected(np.full(len(at), np.nan, self.format.dtype), nothing, no, no, nothing)
        calculus = Calculus({name: self.nears(name, place) for name, place in places.items()}, self.subject.first)
        answers = []
        for place in at[:MAX_LIMITS]:
            free = {self.subject.output[0]: int(place) + self.subject.first} if self.subject.output else {}
            indices = {**self.sizes, **free}
            answer = common_limit(self.subject, [calculus], indices, self.format)
            answers.append((*answer, limit_scale(self.subject, calculus, indices)))
        answers += [(float("nan"), 0.0, False, 0.0)] * (len(at) - len(answers))
        nearest, excess, known, scale = (np.array(part) for part in zip(*answers, strict=True))
        with np.errstate(over="ignore"):
            return Expected(nearest.astype(self.format.dtype), excess, known, np.zeros(len(at), np.bool_), scale)

    def nears(self, name: str, places: NDArray[np.int8]) -> OneSided | list[OneSided]:
        row = [OneSided(arb(float(v)), int(side)) for v, side in zip(self.values[name], places, strict=True)]
        return row if np.ndim(self.inputs[name]) else row[0]
