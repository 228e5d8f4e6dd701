"""What an audit says of a line, and of a document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from derive.proof.verdict import Verdict, Witness
from derive.review.arguments import plain_argument
from derive.review.documents import SourceLine
from derive.review.reading import Warnings

ORDER: Final = {None: 0, Verdict.PROVED: 1, Verdict.UNDECIDED: 2, Verdict.REFUTED: 3}


@dataclass(frozen=True)
class Judgement:
    """What an audit says of one line. `value` and `step` are None where there is nothing to check.

    `offset` is the place in the document that the message is about.
    """

    line: SourceLine
    read: bool
    value: Verdict | None = None
    step: Verdict | None = None
    message: str = ""
    witness: Witness | None = None
    offset: int = 0
    warnings: Warnings = ()

    @property
    def verdict(self) -> Verdict | None:
        """The worse of the two."""
        return max(self.value, self.step, key=lambda verdict: ORDER[verdict])


def agreed(one: Judgement, other: Judgement) -> Judgement:
    """A judgement on which two readings of the letters in subscripts agree."""
    if (one.read, one.value, one.step) == (other.read, other.value, other.step):
        return one
    if not (one.read and other.read):
        return one if not one.read else other
    message = "a subscript here may be an index or tell names apart: say how far it runs, as in i = 1, ..., n"
    return replace(one, value=None, step=None, witness=None, message=message)


def as_written(found: Judgement) -> Judgement:
    """`found` in the names of the document: without the marks of local arguments."""
    witness = found.witness
    if witness is not None:
        witness = replace(witness, point={plain_argument(name): value for name, value in witness.point.items()})
    return replace(found, message=plain_argument(found.message), witness=witness)
