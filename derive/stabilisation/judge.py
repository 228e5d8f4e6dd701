"""Judgement: what forms come to on samples, each in its own number format, and whether that is a gain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from derive.stabilisation.found import Errors
from derive.stabilisation.samples import EDGES, WEIGHTS, Sample
from derive.stabilisation.series import Approximation
from derive.term import Term
from derive.values.formats import Floats
from derive.values.rounded import Machine

MAX_EDGE_LOSS: Final = 0.5  # bits of the mean at the edges that a form may lose
MAX_NOISE: Final = 0.01  # bits of the mean, which a few points more or less explain
MAX_NOISE_OF_MAXIMUM: Final = 0.1  # and of the largest error: less than an ulp more where that is an ulp or two
MIN_GAIN: Final = 0.02  # bits of the mean, below which the formula stays as it is
MIN_GAIN_OF_MAXIMUM: Final = 1.5  # or of the largest error
MAX_UNITS_LOST: Final = 4  # of the smallest numbers that a value may lose by rounding alone


class Judge:
    """What forms come to at the points of some samples, one after the other; every sample counts alike.

    total: whether a value counts as lost where an operation fails on the way to it, or where it underflows too soon.
    """

    def __init__(self, samples: Sequence[Sample], total: bool = False) -> None:
        self.samples, self.total = tuple(samples), total
        self.machines = [Machine(sample.format_, sample.columns) for sample in samples]

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """Of each point; operations fail at edges, which count in full where that matters."""
        found = [sample.weights.copy() for sample in self.samples]
        for sample, weights in zip(self.samples, found, strict=True):
            if self.total and EDGES in sample.strata:
                weights[sample.strata[EDGES]] /= WEIGHTS[EDGES]
        joined = np.concatenate(found)
        joined /= joined.sum()
        return joined

    def bits(self, form: Term) -> NDArray[np.float64]:
        """The error of `form` at every point."""
        pairs = zip(self.samples, self.machines, strict=True)
        return np.concatenate([sample.bits(self.value(form, sample, machine)) for sample, machine in pairs])

    def value(self, form: Term, sample: Sample, machine: Machine) -> Floats:
        value = machine.value(form)
        if not self.total:
            return value
        vanished = (value == 0) & (np.abs(sample.truth) > MAX_UNITS_LOST * sample.format_.smallest)
        return np.where(vanished | (np.isfinite(value) & machine.failed(form)), np.nan, value)

    def places(self, key: Term) -> NDArray[np.float64]:
        """The value of `key` at every point."""
        return np.concatenate([machine.value(key).astype(np.float64) for machine in self.machines])

    def bits_within(self, piece: Approximation) -> NDArray[np.float64]:
        """As `bits`; where the piece does not stand for the formula it is no answer."""
        found = []
        for sample, machine in zip(self.samples, self.machines, strict=True):
            bits = sample.bits(self.value(piece.form, sample, machine))
            (places,) = sample.columns.values()
            bits[(places <= float(piece.low)) | (places >= float(piece.high))] = sample.worst
            found.append(bits)
        return np.concatenate(found)

    def mean(self, bits: NDArray[np.float64]) -> float:
        return float(weighted(bits, self.weights))

    def largest(self, bits: NDArray[np.float64]) -> float:
        """The largest error, edges aside."""
        return max(found.max for errors in self.split(bits) for name, found in errors.items() if name != EDGES)

    def errors(self, form: Term) -> list[dict[str, Errors]]:
        """By sample and stratum."""
        return self.split(self.bits(form))

    def split(self, bits: NDArray[np.float64]) -> list[dict[str, Errors]]:
        found, start = [], 0
        for sample in self.samples:
            own = bits[start : start + sample.length]
            found.append({name: Errors(*_mean_and_largest(own[part])) for name, part in sample.strata.items()})
            start += sample.length
        return found


def weighted(bits: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weighted sum along the last axis, added in NumPy's own order: a library's differs between processors."""
    found: NDArray[np.float64] = (bits * weights).sum(axis=-1)
    return found


def _mean_and_largest(bits: NDArray[np.float64]) -> tuple[float, float]:
    return float(bits.mean()), float(bits.max())


def gains(before: Sequence[Mapping[str, Errors]], after: Sequence[Mapping[str, Errors]]) -> bool:
    """Better in some format and stratum, and worse in none."""
    pairs = ((old[name], new[name]) for old, new in zip(before, after, strict=True) for name in old if name != EDGES)
    return is_no_worse(before, after) and any(_gains(old, new) for old, new in pairs)


def is_no_worse(before: Sequence[Mapping[str, Errors]], after: Sequence[Mapping[str, Errors]]) -> bool:
    """Worse in no format and stratum by mean or by maximum; little worse, if at all, at edges."""
    pairs = [(old[name], new[name], name) for old, new in zip(before, after, strict=True) for name in old]
    return not any(_is_worse(old, new, name) for old, new, name in pairs)


def _is_worse(old: Errors, new: Errors, name: str) -> bool:
    if name == EDGES:
        return new.mean > old.mean + MAX_EDGE_LOSS
    return new.mean > old.mean + MAX_NOISE or new.max > old.max + MAX_NOISE_OF_MAXIMUM


def _gains(old: Errors, new: Errors) -> bool:
    return old.mean - new.mean > MIN_GAIN or old.max - new.max > MIN_GAIN_OF_MAXIMUM


def mean_of(found: Sequence[Mapping[str, Errors]]) -> float:
    """Over formats and strata."""
    means = [errors.mean for one in found for errors in one.values()]
    return sum(means) / len(means)
