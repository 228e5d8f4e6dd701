"""What subcommands share: their options, the functions and the plan that these name, and printing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from derive.errors import DeriveError, did_you_mean

if TYPE_CHECKING:
    from derive.manifest import Plan
    from derive.spec import Function

SpecFiles = Annotated[list[Path] | None, typer.Argument(help="specs files; derive's own catalogue where left out")]
SpecFile = Annotated[Path | None, typer.Option("--spec", help="a specs file; derive's own catalogue where left out")]
Out = Annotated[Path | None, typer.Option("--out", help="the folder of generated files")]
Templates = Annotated[Path | None, typer.Option("--templates", help="templates that replace or add to the stock ones")]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Diff = Annotated[bool, typer.Option("--diff", help="show the lines that differ")]


def plan_for(specs: list[Path] | None, out: Path | None, templates: Path | None = None) -> Plan:
    """What a build is asked for; what the folder itself records, where only the folder is named."""
    from derive.manifest import Plan, default_out, read_manifest

    if templates is not None and not templates.is_dir():
        raise DeriveError(f"{templates}: there is no such folder of templates")
    if out is not None and out.exists() and not out.is_dir():
        raise DeriveError(f"{out} is a file: --out names a folder")
    if specs:
        if out is None:
            raise DeriveError(f"say where the files of {' '.join(map(str, specs))} go, such as --out kernels/")
        return Plan(out, tuple(specs), templates)
    out = out or default_out()
    recorded = read_manifest(out)
    return recorded.plan(out) if recorded and templates is None else Plan(out, (), templates)


def functions_of(specs: Iterable[Path], names: list[str] | None = None) -> list[Function]:
    """The functions that specs files state, or the catalogue where there are none; those of `names` if given."""
    from derive.pages import catalogue, read_specs

    stated = [function for path in specs for function in read_specs(path)] or catalogue()
    known = {function.name: function for function in stated}
    for name in names or ():
        if name not in known:
            raise DeriveError(f"{name} is not among the functions{did_you_mean(name, known)}: {', '.join(known)}")
    return [known[name] for name in names] if names else stated


def print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def print_json(value: Any) -> None:
    print(json.dumps(value, indent=2))
