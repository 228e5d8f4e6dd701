"""`derive build`, `check` and `verify`: generated files made, compared with their sources, and measured."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final

import typer

from derive.cli.options import (
    Diff,
    Json,
    Out,
    SpecFile,
    SpecFiles,
    Templates,
    functions_of,
    plan_for,
    print_json,
    print_lines,
)
from derive.errors import DeriveError

if TYPE_CHECKING:
    from derive.build import Build

QUICK: Final = 2**16  # bit patterns that a build tests of each kernel
FULL: Final = 2**20


def build(
    specs: SpecFiles = None,
    out: Out = None,
    templates: Templates = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would change, and change nothing")] = False,
    diff: Diff = False,
    search: Annotated[bool, typer.Option("--search", help="look for better forms than those that are locked")] = False,
    verify: Annotated[bool, typer.Option(help="measure your own kernels briefly, but for --json")] = True,
    as_json: Json = False,
) -> None:
    """Derive, prove, stabilise and print kernels and derivations; write what has changed.

    The forms that kernels evaluate are found once and locked in a file beside the specs.
    """
    from derive.manifest import faults, read_manifest
    from derive.report import build_json, lock_lines, made_lines, write_lines

    plan = plan_for(specs, out, templates)
    if not search and not faults(plan, read_manifest(plan.out)):
        print_json({"functions": [], "write": [], "remove": []}) if as_json else print(f"{plan.folder}: up to date")
        return
    from derive.build import build as run

    result = run(plan, lambda made: None if as_json else print_lines(made_lines(made)), anew=search)
    changes = result.changes()
    if as_json:
        print_json(build_json(result, changes))
    if result.stopped:
        print(f"{plan.folder}: nothing was written", file=sys.stderr)
        raise typer.Exit(1)
    if diff:
        print_lines(changes.diff())
    if not dry_run:
        changes.apply()
    if as_json:
        return
    print_lines([*write_lines(plan.folder, changes, dry_run), *lock_lines(result, changes, dry_run)])
    if verify and plan.specs and not dry_run:
        raise typer.Exit(_measure(result))


def _measure(built: Build) -> int:
    """Test freshly built kernels briefly and print what was found; the exit code."""
    from derive.report import measured_lines
    from derive.verify import verify as measure

    code = 0
    for _, made in built.made:
        try:
            report = measure([replace(made.function, locked=made.entries)], built.plan.out, QUICK)
        except DeriveError as problem:  # such as no C compiler; what was built stands
            print(f"{made.function.name}: not measured: {problem}")
            continue
        print_lines(measured_lines(report))
        code |= not report.held
    return code


def check(specs: SpecFiles = None, out: Out = None, diff: Diff = False, as_json: Json = False) -> None:
    """Whether generated files are what a build would leave: none stale, edited, missing or orphaned."""
    from derive.manifest import faults, read_manifest
    from derive.report import fault_lines

    plan = plan_for(specs, out)
    found = faults(plan, read_manifest(plan.out))
    if as_json:
        print_json([vars(fault) for fault in found])
    else:
        print_lines(fault_lines(found, plan.folder))
        if diff and found:
            from derive.build import build as run

            print_lines(run(plan).changes().diff())
        print(f"run: {plan.command()}" if found else f"{plan.folder}: up to date")
    raise typer.Exit(int(bool(found)))


def verify(
    names: Annotated[list[str] | None, typer.Argument(help="functions; all of them where left out")] = None,
    spec: SpecFile = None,
    out: Out = None,
    points: Annotated[int, typer.Option(min=1, help="bit patterns for each kernel of one input")] = FULL,
    brief: Annotated[bool, typer.Option("--brief", help="the largest errors alone, as a Markdown table")] = False,
    as_json: Json = False,
) -> None:
    """Measure every generated kernel against the truth, in ulp, over the whole format."""
    from derive.report import brief_lines
    from derive.terminal import progress, table
    from derive.verify import verify as measure

    plan = plan_for([spec] if spec else None, out)
    with progress() as tell:
        report = measure(functions_of(plan.specs, names), plan.out, points, progress=tell)
    if as_json:
        print(report.to_json())
    elif brief:
        print_lines([*brief_lines(report), *report.problems()])
    else:
        table(report)
    raise typer.Exit(int(not report.held))
