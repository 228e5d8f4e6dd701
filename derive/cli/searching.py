"""`derive stabilise`: the form of a formula that a machine should evaluate, and what it gains."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from derive.cli.limit import Timeout, limit
from derive.cli.options import Json, print_json, print_lines

if TYPE_CHECKING:
    from derive.search.found import Errors, Found, Piece

NAME: Final = "f"  # of the function in the code


class Dtype(StrEnum):
    float32 = "float32"
    float64 = "float64"


def stabilise(
    formula: Annotated[str, typer.Argument(help="the formula, such as 'log(1 + exp(x))'")],
    dtype: Annotated[Dtype, typer.Option(help="the number format")] = Dtype.float64,
    everyday: Annotated[
        tuple[float, float] | None, typer.Option("--range", help="where the variables usually are: LOW HIGH")
    ] = None,
    assume: Annotated[list[str] | None, typer.Option(help="a hypothesis, such as '0 < p < 1'")] = None,
    timeout: Timeout = None,
    as_json: Json = False,
) -> None:
    """Find the form of a formula that a machine should evaluate; bits of error before and after, and the proof."""
    from derive.search.api import stabilise as ask

    limit(timeout, lambda reason: print(f"UNDECIDED  {reason}"))
    found = ask(formula, dtype=dtype.value, everyday=everyday, assume=tuple(assume or ()))
    if as_json:
        print_json(found.to_json() | {"code": _code(found)})
    else:
        print_lines(_lines(found))


def _lines(found: Found) -> Iterator[str]:
    yield f"{found.stated}  =  {found.form}" if found.changed else f"{found.stated}: no better form was found"
    yield from ("", f"bits of error in {found.dtype}")
    for name, after in found.after.items():
        yield f"  {name:<11} {_errors(found.before[name])}" + (f"  ->  {_errors(after)}" if found.changed else "")
    yield from found.notes
    if found.changed:
        yield ""
        for piece in found.pieces:
            yield from _piece(piece)
        text = _code(found)
        yield from ("", *text[max(0, text.rfind("def ")) :].splitlines())


def _errors(errors: Errors) -> str:
    return f"mean {errors.mean:5.2f}, max {errors.max:4.1f}"


def _piece(piece: Piece) -> Iterator[str]:
    where = "everywhere" if piece.condition is None else f"where {piece.condition}"
    yield f"{piece.proof.verdict:<9} {where}: {piece.form}"
    said = piece.within or piece.proof.message or ", ".join(piece.proof.hypotheses)
    yield from [f"  {said}"] if said else []
    yield from (f"  {step.rule}: {step.after}" for step in piece.steps)


def _code(found: Found) -> str:
    """The form as a NumPy module; a comment where NumPy lacks a function, or means something else by a name."""
    from derive.backends.numpy import NUMPY
    from derive.emit import emit
    from derive.errors import DeriveError
    from derive.lower import lower
    from derive.spec import Spec, name_function
    from derive.term import free_symbols, fresh

    names = free_symbols(found.stated)
    called = fresh(NAME, names)
    try:
        function = name_function(Spec(found.stated, inputs=tuple(sorted(names))), called, called)
        (file,) = emit(function, lower(function, {("forward", ""): found.form}), NUMPY)
    except DeriveError as problem:
        return f"# no code: {problem}\n"
    return file.text
