"""`Found`: an evaluation form with its accuracy before and after, the steps to it, and what is proved of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from derive.notation.text import write_text
from derive.proof.verdict import Proof, Verdict
from derive.rules.engine import Step
from derive.spec.domain import Domain
from derive.stabilisation.series import Approximation
from derive.term import Term


@dataclass(frozen=True)
class Errors:
    """Mean and largest error over the points of a stratum, in bits: log2(1 + floats to the true value)."""

    mean: float
    max: float

    def __str__(self) -> str:
        return f"mean {self.mean:5.2f}, max {self.max:4.1f}"


@dataclass(frozen=True)
class Accuracy:
    """Errors in one number format, by stratum, of the formula as stated and of what was found."""

    dtype: str
    before: Mapping[str, Errors]
    after: Mapping[str, Errors]


@dataclass(frozen=True)
class Piece:
    """A form used where `condition` holds (everywhere: None), and how it follows from what was stated.

    proof: that it equals what was stated on its range, or what `approximation` says of it.
    """

    form: Term
    condition: Term | None
    steps: tuple[Step, ...]
    proof: Proof
    approximation: Approximation | None = None

    @property
    def within(self) -> str:
        """For a form that approximates: within what, and where."""
        return self.approximation.within if self.approximation else ""

    @property
    def proved(self) -> bool:
        return self.proof.verdict is Verdict.PROVED

    def lines(self) -> Iterator[str]:
        """The verdict, the form, what is said of it, and the steps, in words."""
        where = "everywhere" if self.condition is None else f"where {self.condition}"
        yield f"{self.proof.verdict:<9} {where}: {self.form}"
        said = self.within or self.proof.message or ", ".join(self.proof.hypotheses)
        yield from [f"  {said}"] if said else []
        yield from (f"  {step.rule}: {step.after}" for step in self.steps)


@dataclass(frozen=True, repr=False)
class Found:
    """What the search came to; printed, it is what `derive stabilise` prints, but for the code.

    form: what a machine should evaluate in place of `stated`. accuracy: for each number format. pieces: the forms on
    their ranges, with steps and proofs. notes: where and why digits stay lost. code: `form`, in pairs of
    floats where it needs these; the accuracy is its own.
    """

    stated: Term
    form: Term
    domain: Domain
    accuracy: tuple[Accuracy, ...]
    pieces: tuple[Piece, ...]
    notes: tuple[str, ...] = ()
    code: Term | None = None

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def __repr__(self) -> str:
        return f"<Found {self.form} for {self.stated}>"

    def _repr_markdown_(self) -> str:
        return f"```text\n{self}\n```"

    @property
    def dtype(self) -> str:
        """The first number format, as `before` and `after` are for it."""
        return self.accuracy[0].dtype

    @property
    def before(self) -> Mapping[str, Errors]:
        return self.accuracy[0].before

    @property
    def after(self) -> Mapping[str, Errors]:
        return self.accuracy[0].after

    @property
    def changed(self) -> bool:
        return self.form != self.stated

    def _lines(self) -> Iterator[str]:
        yield f"{self.stated}  =  {self.form}" if self.changed else f"{self.stated}: no better form was found"
        yield from ("", f"bits of error in {self.dtype}")
        for name, after in self.after.items():
            yield f"  {name:<11} {self.before[name]}" + (f"  ->  {after}" if self.changed else "")
        yield from self.notes
        yield from ("", *(line for piece in self.pieces for line in piece.lines())) if self.changed else ()

    def to_json(self) -> dict[str, Any]:
        """Formulas in the syntax of `read_text`; errors in bits."""
        return {
            "formula": write_text(self.stated),
            "expression": write_text(self.form),
            "dtype": self.dtype,
            "bits_before": written(self.before),
            "bits_after": written(self.after),
            "branches": len(self.pieces) - 1,
            "pieces": [
                {
                    "form": write_text(piece.form),
                    "where": write_text(piece.condition) if piece.condition else "everywhere",
                    "verdict": piece.proof.verdict.value,
                    "within": piece.within,
                }
                for piece in self.pieces
            ],
            "steps": [
                {"rule": step.rule, "before": write_text(step.before), "after": write_text(step.after)}
                for step in dict.fromkeys(step for piece in self.pieces for step in piece.steps)
            ],
            "notes": list(self.notes),
        }


def written(errors: Mapping[str, Errors]) -> dict[str, dict[str, float]]:
    return {name: {"mean": round(found.mean, 4), "max": round(found.max, 4)} for name, found in errors.items()}
