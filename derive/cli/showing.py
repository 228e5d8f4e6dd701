"""`derive list` and `derive show`: which functions there are, and one of them in a form to read or to paste."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from derive.cli.options import ARGUMENT, TEXT, Json, SpecFile, functions_of, print_json, print_lines
from derive.errors import DeriveError, shown


class Detail(StrEnum):
    brief = "brief"
    normal = "normal"
    full = "full"


def list_functions(spec: SpecFile = None, as_json: Json = False) -> None:
    """The functions that the catalogue, or a specs file, states."""
    rows = [
        {"name": it.name, "inputs": it.inputs, "params": it.params, "wrt": it.wrt, "definition": str(it.body)}
        | {"stated": it.where, "source": it.source}
        for it in functions_of([spec] if spec else [])
    ]
    if as_json:
        print_json(rows)
        return
    width = max(len(str(row["name"])) for row in rows)
    print_lines(f"{row['name']:<{width}}  {row['definition']}" for row in rows)


def show(
    name: Annotated[str, typer.Argument(help="a function's name", **ARGUMENT)],
    spec: SpecFile = None,
    steps: Annotated[bool, typer.Option("--steps", help="with every step, in text")] = False,
    detail: Annotated[Detail, typer.Option(help="how much one step does")] = Detail.normal,
    form: Annotated[str, typer.Option("--format", help="text, markdown, json, latex, or a target", **TEXT)] = "text",
    environment: Annotated[str, typer.Option(help="of --format latex: aligned, align, align*", **TEXT)] = "aligned",
) -> None:
    """A function and its derivation, to read or to paste; or its kernels, as a build would print them."""
    from derive.present import document
    from derive.targets.table import TARGETS
    from derive.tree.build import make, study

    (function,) = functions_of([spec] if spec else [], [name])
    if form == "text":
        made = study(function, detail)
        print(document.show_text(made.derivations, steps, made.proofs))
        if steps and not made.stops:
            print("", document.show_kernels(function), sep="\n")
    elif form == "markdown":
        print(document.show_markdown(function, study(function, detail).derivations))
    elif form == "latex":
        print(document.latex_page(function, study(function, detail).derivations, None, environment).text, end="")
    elif form == "json":
        print_json(document.to_json(function, study(function, detail).derivations))
    else:
        if form not in TARGETS:
            formats = ", ".join(("text", "markdown", "json", *TARGETS, "latex"))
            raise DeriveError(f"{shown(form)} is not a format: write {formats}")
        files = make(function, targets=[form]).files
        print("\n".join(file.text for file in files if file.path.startswith(f"{form}/")), end="")
