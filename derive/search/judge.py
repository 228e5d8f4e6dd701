"""Judgement: what forms and choices come to on fresh points, and whether that is a gain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from derive.search.arithmetic import Machine
from derive.search.branches import Choice, Line
from derive.search.found import Errors
from derive.search.samples import EDGES, Sample
from derive.term import Term, size

MAXIMUM_WEIGHT: Final = 0.04  # what the largest error counts beside the mean, in the choice
BRANCH_WEIGHT: Final = 0.15  # bits that a branch must be worth
SIZE_WEIGHT: Final = 0.005
BROKEN: Final = 0.5  # bits of the mean at the edges that a form may lose
LEAST_GAIN: Final = 0.02  # bits of the mean, below which the formula stays as it is


class Judge:
    """What forms and choices come to on one sample."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.machine = Machine(sample.format_, sample.columns)

    def cost(self, choice: Choice) -> float:
        bits = self.sample.bits(self.machine.value(choice.form))
        worst = max(bits[part].max() for name, part in self.sample.strata.items() if name != EDGES)
        penalty = BRANCH_WEIGHT * (len(choice.pieces) - 1) + SIZE_WEIGHT * size(choice.form)
        return float(bits @ self.sample.weights + MAXIMUM_WEIGHT * worst) + penalty

    def errors(self, form: Term) -> dict[str, Errors]:
        """By stratum."""
        bits = self.sample.bits(self.machine.value(form))
        return {
            name: Errors(float(bits[part].mean()), float(bits[part].max())) for name, part in self.sample.strata.items()
        }

    def refined(self, choice: Choice) -> Choice:
        """The same pieces, joined anew where this sample says."""
        if choice.key is None:
            return choice
        pieces = [piece.on(self.sample, self.machine) for piece in dict.fromkeys(choice.pieces)]
        line = Line(choice.key, self.machine.value(choice.key), self.sample)
        return min((found for found in (line.joined(pieces), choice) if found is not None), key=self.cost)


def gains(before: Mapping[str, Errors], after: Mapping[str, Errors]) -> bool:
    """Better by mean in some stratum, and worse in none by mean or by maximum; little worse, if at all, at edges."""
    shown = [name for name in before if name != EDGES]
    worse = any(after[name].mean > before[name].mean or after[name].max > before[name].max for name in shown)
    broken = EDGES in before and after[EDGES].mean > before[EDGES].mean + BROKEN
    return not worse and not broken and any(before[name].mean - after[name].mean > LEAST_GAIN for name in shown)


def mean_of(found: Mapping[str, Errors]) -> float:
    return sum(part.mean for part in found.values()) / len(found)
