"""`derive export`: kernels as a library to put into a tree of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from derive.cli.options import ARGUMENT, PATH, TEXT, SpecFile, functions_of


def export(
    folder: Annotated[Path, typer.Option("--c", help="the folder to write C to: new, or empty", **PATH)],
    names: Annotated[list[str] | None, typer.Argument(help="functions; all of them where left out", **ARGUMENT)] = None,
    spec: SpecFile = None,
    library: Annotated[str, typer.Option("--name", help="what the library is called", **TEXT)] = "derive",
) -> None:
    """Write kernels as a C library: headers, sources, CMake and pkg-config files, which need nothing of derive."""
    from derive.tree.export import export as write

    written = write(functions_of([spec] if spec else [], names), folder, library)
    print(f"{folder}: {len(written)} files; {folder / 'README.md'} says how to build them")
