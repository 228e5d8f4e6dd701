"""`derive stabilise`: the form of a formula that a machine should evaluate, and what it gains."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from derive.cli.limit import Timeout, limit
from derive.cli.options import ARGUMENT, TEXT, Json, print_json

if TYPE_CHECKING:
    from derive.stabilisation.found import Found

NAME: Final = "f"  # of the function in the code


class Dtype(StrEnum):
    float32 = "float32"
    float64 = "float64"


def stabilise(
    formula: Annotated[str, typer.Argument(help="the formula, such as 'log(1 + exp(x))'", **ARGUMENT)],
    dtype: Annotated[Dtype, typer.Option(help="the number format")] = Dtype.float64,
    everyday: Annotated[
        tuple[float, float] | None,
        typer.Option("--everyday", "--range", help="where the variables are: LOW HIGH"),
    ] = None,
    assume: Annotated[list[str] | None, typer.Option(help="a hypothesis, such as '0 < p < 1'", **TEXT)] = None,
    timeout: Timeout = None,
    as_json: Json = False,
) -> None:
    """Find the form of a formula that a machine should evaluate; bits of error before and after, and the proof."""
    from derive.stabilisation.api import stabilise as ask

    limit(timeout, lambda reason: print(f"UNDECIDED  {reason}"))
    found = ask(formula, dtype=dtype.value, everyday=everyday, assume=tuple(assume or ()))
    if as_json:
        print_json(found.to_json() | {"code": _code(found)})
    else:
        print(found)
        if found.changed:
            print("", _last_kernel(_code(found)), sep="\n", end="")


def _last_kernel(code: str) -> str:
    """The code without its helpers."""
    from derive.targets.table import SHOWN

    return code[max(0, code.rfind(SHOWN.opening)) :].lstrip("\n")


def _code(found: Found) -> str:
    """The form as code; a comment where the target lacks a function, or means something else by a name."""
    from derive.codegen.emit import emit
    from derive.codegen.lower import lower
    from derive.errors import DeriveError
    from derive.spec.statement import Spec, name_function
    from derive.targets.table import SHOWN
    from derive.term import free_symbols, fresh

    names = free_symbols(found.stated)
    called = fresh(NAME, names)
    try:
        function = name_function(Spec(found.stated, inputs=tuple(sorted(names))), called, called)
        (file,) = emit(function, lower(function, {("forward", ""): found.code or found.form}), SHOWN)
    except DeriveError as problem:
        return f"# no code: {problem}\n"
    return file.text
