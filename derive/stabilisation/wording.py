"""What a search came to, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derive.stabilisation.found import Errors, Found, Piece


def found_lines(found: Found) -> Iterator[str]:
    yield f"{found.stated}  =  {found.form}" if found.changed else f"{found.stated}: no better form was found"
    yield from ("", f"bits of error in {found.dtype}")
    for name, after in found.after.items():
        yield f"  {name:<11} {_errors(found.before[name])}" + (f"  ->  {_errors(after)}" if found.changed else "")
    yield from found.notes
    if found.changed:
        yield ""
        for piece in found.pieces:
            yield from _piece(piece)


def _errors(errors: Errors) -> str:
    return f"mean {errors.mean:5.2f}, max {errors.max:4.1f}"


def _piece(piece: Piece) -> Iterator[str]:
    where = "everywhere" if piece.condition is None else f"where {piece.condition}"
    yield f"{piece.proof.verdict:<9} {where}: {piece.form}"
    said = piece.within or piece.proof.message or ", ".join(piece.proof.hypotheses)
    yield from [f"  {said}"] if said else []
    yield from (f"  {step.rule}: {step.after}" for step in piece.steps)
