"""`Proof`: what a claim came to, for what it holds, and the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction


class Verdict(StrEnum):
    """PROVED is never said on the strength of samples; UNDECIDED is a legal answer."""

    PROVED = "PROVED"
    REFUTED = "REFUTED"
    UNDECIDED = "UNDECIDED"


@dataclass(frozen=True)
class Witness:
    """A rational point inside the domain at which enclosures of the two sides do not meet.

    `point` maps names as the claim writes them (`x`, `x[0]`, `K`, `i`) to rationals. `derivative`
    and `claim` are the two values, exact where rational, else decimals of which every digit is right.
    """

    point: Mapping[str, Fraction]
    derivative: str
    claim: str


@dataclass(frozen=True)
class Proof:
    """A verdict with its reasons.

    hypotheses: sentences under which PROVED holds. exceptions: where the function has a kink or a
    jump, a sentence each; not empty means "almost everywhere". gap: relative size of the difference
    at the witness. evidence: a line or two, such as the common normal form. message: what was
    tried, a suggestion, or what cannot be read.
    """

    verdict: Verdict
    hypotheses: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    witness: Witness | None = None
    gap: float | None = None
    evidence: str = ""
    message: str = ""
    seconds: float = field(default=0.0, compare=False)

    @property
    def almost_everywhere(self) -> bool:
        return bool(self.exceptions)
