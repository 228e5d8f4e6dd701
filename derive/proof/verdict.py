"""`Proof`: what a claim came to, for what it holds, and the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import Final

from derive.term import Term, size

MAX_DERIVATIVE: Final = 60  # characters of a derivative that a hole tells

WIDTH: Final = 80  # columns; a time stands at the right end of a first line
SMALL_GAP: Final = 0.01  # relative; a gap below it is said, since it may be a rounded constant


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


def derivative_said(derivative: Term) -> str:
    """A derivative as a hole tells it; empty where it is long."""
    text = str(derivative) if size(derivative) <= MAX_DERIVATIVE else ""
    return text if len(text) <= MAX_DERIVATIVE else ""


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


def proof_lines(proof: Proof) -> list[str]:
    """A verdict as text."""
    title = f"{proof.title}  " if proof.holes else f"{proof.title:<9}"
    lines = [aligned(f"{title}{holds_for(proof)}".rstrip(), f"{proof.seconds:.2f} s")]
    if proof.verdict is Verdict.PROVED:
        lines += [f"  {proof.statement}"] if proof.statement else []
        lines += [f"  except {sentence}" for sentence in proof.exceptions]
        lines += [f"  {sentence}" for sentence in proof.holes]
    if proof.witness is not None:
        lines += [f"  derivative   {proof.witness.derivative}", f"  claim        {proof.witness.claim}"]
        lines += [f"  they differ by {proof.gap:.1e} of their size"] if proof.gap and proof.gap < SMALL_GAP else []
    return lines + [f"  {line}" for text in (proof.evidence, proof.message) for line in text.splitlines()]


def holds_for(proof: Proof) -> str:
    """For what a verdict was reached: hypotheses, or the point that refutes."""
    if proof.witness is not None:
        return f"at {point(proof.witness)}"
    if proof.verdict is not Verdict.PROVED:
        return ""
    facts = [f"all {it}" if it.startswith(("real ", "integer ")) else it for it in proof.hypotheses]
    hypotheses = f"for {', '.join(facts)}" if facts else ""
    return ", ".join(filter(None, ("almost everywhere" if proof.almost_everywhere else "", hypotheses)))


def point(witness: Witness) -> str:
    return ", ".join(f"{name} = {value}" for name, value in witness.point.items())


def aligned(text: str, right: str) -> str:
    """`text`, with `right` at the right edge; two spaces at least between them."""
    return f"{text}  {right:>{max(0, WIDTH - len(text) - 2)}}"
