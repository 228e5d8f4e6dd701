"""`Found`: what a walk over inputs of a kernel has found; parts of a walk add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from derive.verify.measure import Faults

NONE: Final = Faults()
MOST_LISTED: Final = 4096  # misrounded inputs that are kept one by one: those of the lowest bit patterns

Wrong = tuple[tuple[int, int], ...]  # an input's bits and those of the right result


@dataclass(frozen=True)
class Found:
    """Counts over some inputs. worst: in ulp, at the input with the bits `where`. misrounded: results that are not the
    nearest float. by_balls: inputs that only Arb could judge; unjudged: those that it could not either."""

    inputs: int = 0
    worst: float = 0.0
    where: int = 0
    misrounded: int = 0
    faults: Faults = NONE
    by_balls: int = 0
    unjudged: int = 0

    def __add__(self, other: Found) -> Found:
        """Of both, which have no input in common."""
        worse = min((self, other), key=lambda it: (-it.worst, it.where))
        return Found(
            self.inputs + other.inputs, worse.worst, worse.where, self.misrounded + other.misrounded,
            self.faults + other.faults, self.by_balls + other.by_balls, self.unjudged + other.unjudged,
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def from_json(fields: Mapping[str, Any]) -> Found:
    return Found(**{**fields, "faults": Faults(**fields["faults"])})


def listed(*parts: Wrong) -> Wrong:
    """The first of all that was written down: the same in whatever order parts come."""
    return tuple(sorted({pair for part in parts for pair in part})[:MOST_LISTED])
