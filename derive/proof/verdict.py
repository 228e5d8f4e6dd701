"""`Proof`: what a claim came to, for what it holds, and the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import Final

from derive.term import Term, size

LONGEST_DERIVATIVE: Final = 60  # characters of a derivative that a hole tells


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
class Hole:
    """Where a claim has no value though the function has a derivative: equations, and the derivative if known."""

    places: tuple[str, ...]
    derivative: str = ""

    def on(self, place: str) -> Hole:
        """The same hole, of a slice of a larger cell."""
        return replace(self, places=(*self.places, place))

    def sentence(self, of: str = "the derivative") -> str:
        """The hole in words; `of`: what the claim is a claim about."""
        said = f"{of} is {self.derivative}" if self.derivative else f"what {of} is there is not known"
        return f"hole at {' and '.join(self.places)}: the claim has no value, {said}"


def told(derivative: Term) -> str:
    """A derivative as a hole tells it; empty where it is long."""
    text = str(derivative) if size(derivative) <= LONGEST_DERIVATIVE else ""
    return text if len(text) <= LONGEST_DERIVATIVE else ""


@dataclass(frozen=True, repr=False)
class Proof:
    """A verdict with its reasons; printed, it is what `derive prove` prints.

    hypotheses: sentences under which PROVED holds. exceptions: where the function has a kink or a
    jump, a sentence each; not empty means "almost everywhere". holes: where the claim has no value
    (0/0) though the function has a derivative, a sentence each; such a claim, as code, is NaN there.
    gap: relative size of the difference at the witness. evidence: a line or two, such as the common
    normal form. message: what was tried, a suggestion, or what cannot be read. statement: the claim
    as it was made.
    """

    verdict: Verdict
    hypotheses: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    holes: tuple[str, ...] = ()
    witness: Witness | None = None
    gap: float | None = None
    evidence: str = ""
    message: str = ""
    seconds: float = field(default=0.0, compare=False)
    statement: str = field(default="", compare=False)

    def holds(self, strict: bool = False) -> bool:
        """Whether the claim is PROVED; where `strict`, without holes too. `derive prove` exits with 0 where it is."""
        return self.verdict is Verdict.PROVED and not (strict and self.holes)

    def __str__(self) -> str:
        from derive.proof.wording import proof_lines

        return "\n".join(proof_lines(self))

    def __repr__(self) -> str:
        return f"<Proof {self.title}{self.statement and ': '}{self.statement}>"

    def _repr_markdown_(self) -> str:
        return f"```text\n{self}\n```"

    @property
    def almost_everywhere(self) -> bool:
        return bool(self.exceptions)

    @property
    def title(self) -> str:
        """The verdict in words."""
        return f"{self.verdict}, with holes" if self.holes else str(self.verdict)
