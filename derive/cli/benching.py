"""`derive bench`: kernels and their peers, timed on this machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from derive.cli.options import ARGUMENT, PATH, TEXT, Json, Out, SpecFile, plans_for, stated
from derive.errors import DeriveError, NotBuiltError, did_you_mean


def bench(
    names: Annotated[list[str] | None, typer.Argument(help="functions; all of them where left out", **ARGUMENT)] = None,
    spec: SpecFile = None,
    out: Out = None,
    peers: Annotated[
        str, typer.Option(help="libraries to compare with, where they are installed", **TEXT)
    ] = "numpy,torch,jax,numba",
    count: Annotated[int, typer.Option(help="values of an array", min=1)] = 2**18,
    length: Annotated[int, typer.Option(help="values of a row", min=1)] = 1000,
    as_json: Json = False,
    plot: Annotated[Path | None, typer.Option(help="a file for a chart of speed against error", **PATH)] = None,
) -> None:
    """Time kernels and what users have today, in one run, each judged against the truth first.

    By the processor time of one thread, in nanoseconds a value; a step is the value and the gradient.
    """
    from derive.bench import bench as run
    from derive.bench.peers import PEERS

    asked = [name for name in peers.split(",") if name]
    for name in asked:
        if name not in PEERS:
            raise DeriveError(f"there is no peer {name}{did_you_mean(name, PEERS)}: there are {', '.join(PEERS)}")
    plans = plans_for([spec] if spec else None, out)
    functions = [function for _, function in stated(plans, names)]
    try:
        report = run(functions, plans[0].out, asked, count, length, progress=lambda name: print(name, file=sys.stderr))
    except NotBuiltError as problem:
        raise DeriveError(f"{problem}; run: {plans[0].command()}") from problem
    print(report.to_json() if as_json else report)
    if plot is not None:
        report.plot(plot)
