"""`Found`: what a walk over inputs of a kernel has found; parts of a walk add up.

Inputs that are misrounded are hard cases of the kernel: `joined` brings those of several parts into one order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from derive.codegen.kernel import HardCase
from derive.verify.measure import Faults

NONE: Final = Faults()
MOST_LISTED: Final = 4096  # hard cases that are kept: those of the lowest bit patterns
NEAR: Final = 64  # inputs: misrounded ones that are no further apart are one hard case

Misrounded = tuple[HardCase, ...]


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


def joined(*parts: Iterable[HardCase]) -> Misrounded:
    """The first of all that was written down, neighbours as one: the same in whatever order parts come."""
    found = list[HardCase]()
    for case in sorted({case for part in parts for case in part}):
        if found and found[-1].away is case.away and case.first <= found[-1].last + NEAR:
            found[-1] = HardCase(found[-1].first, max(found[-1].last, case.last), case.away)
        else:
            found.append(case)
    return tuple(found[:MOST_LISTED])
