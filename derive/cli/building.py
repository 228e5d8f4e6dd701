"""`derive build`, `check` and `verify`: generated files made, compared with their sources, and measured."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import replace as with_fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from derive.cli.options import (
    ARGUMENT,
    Diff,
    Json,
    Out,
    SpecFile,
    SpecFiles,
    Targets,
    Templates,
    announce,
    plans_for,
    print_json,
    print_lines,
    stated,
    with_the_rest,
)
from derive.errors import CompilerError, DeriveError, NoCompilerError, NotBuiltError

if TYPE_CHECKING:
    from derive.spec.statement import Function
    from derive.tree.build import Build, Made
    from derive.tree.changes import Changes
    from derive.tree.plan import Plan
    from derive.verify import VerificationReport

QUICK: Final = 2**16  # bit patterns that a build tests of each kernel
FULL: Final = 2**20
MAX_POINTS: Final = 2**32  # all of float32's


def build(
    specs: SpecFiles = None,
    out: Out = None,
    templates: Templates = None,
    target: Targets = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would change, and change nothing")] = False,
    diff: Diff = False,
    search: Annotated[bool, typer.Option("--search", help="look for better forms than those that are locked")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="remove what other specs files made in --out")] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="write over files that were edited since they were built")
    ] = False,
    verify: Annotated[bool, typer.Option(help="measure your own kernels briefly, but for --json")] = True,
    strict: Annotated[bool, typer.Option("--strict", help="exit with 1 where kernels cannot be measured")] = False,
    as_json: Json = False,
) -> None:
    """Derive, prove, stabilise and print kernels and derivations; write what has changed.

    The forms that kernels evaluate are found once and locked in a file beside the specs. What other specs files have
    made in the same folder stays.
    """
    from derive.cli.report import build_json, fault_lines
    from derive.tree.faults import broken, faults
    from derive.tree.manifest import Manifest, read_manifest

    asked = plans_for(specs, out, templates, _named(target))
    folder, recorded = asked[0].folder, read_manifest(asked[0].out) or Manifest()
    plans = asked if specs else [plan.there for plan in asked]
    kept = {plan.label(path) for plan in plans for path in plan.specs}
    dropped = {*recorded.specs} - kept if replace else set()
    todo = [plan for plan in plans if plan.specs and (search or dropped or faults([plan], recorded))]
    still = [plan for plan in plans if plan not in todo and broken([plan], recorded)]
    if not specs:
        announce([*todo, *still], templates)
    if dropped and not todo:
        todo = [with_fields(asked[0], specs=())]  # which makes nothing, and removes
    done = [_carried_out(plan, search, dropped, overwrite, dry_run, diff, as_json) for plan in todo]
    lost = [] if replace else [fault for fault in faults(asked, recorded) if fault.kind == "orphan"]
    wrong = [*lost, *broken(still, recorded)]
    if as_json:
        print_json(build_json(done, wrong))
        raise typer.Exit(int(bool(wrong) or any(result.stopped for result, _ in done)))
    if not todo:
        print(f"{folder}: up to date")
    print_lines(fault_lines(wrong, folder))
    if lost:
        print(f"{asked[0].dropping()} removes what no spec makes")
    code = int(bool(lost) or any(result.stopped for result, _ in done))
    if not verify or dry_run:
        raise typer.Exit(code or int(bool(wrong)))
    for result, changes in done:
        code |= _measure(result, strict) if changes is not None and result.plan.own else 0
    for plan in still:  # a compiler, or a cache, may have been at fault
        from derive.tree.build import build as run

        code |= _measure(run(plan), strict)
    raise typer.Exit(code)


def _named(targets: list[str] | None) -> tuple[str, ...] | None:
    if not targets:
        return None
    from derive.targets.table import asked

    return asked(targets)


def _carried_out(
    plan: Plan, search: bool, dropped: set[str], overwrite: bool, dry_run: bool, diff: bool, as_json: bool
) -> tuple[Build, Changes | None]:
    """What was made for a plan, and what it changed; None where a proof stopped it."""
    from derive.cli.report import lock_lines, made_lines, write_lines
    from derive.tree.build import build as run

    def tell(made: Made) -> None:
        if not as_json:
            print_lines(made_lines(made))

    result = run(plan, tell, search=search)
    if result.stopped:
        print(f"{plan.folder}: nothing was written", file=sys.stderr)
        return result, None
    changes = _write(result, dropped, overwrite, dry_run, diff)
    if not as_json:
        print_lines([*write_lines(plan.folder, changes, dry_run), *lock_lines(result, changes, dry_run)])
    return result, changes


def _write(result: Build, dropped: set[str], overwrite: bool, dry_run: bool, diff: bool) -> Changes:
    with nullcontext() if dry_run else result.alone():
        changes = result.changes(dropping=dropped, overwriting=overwrite)
        if diff:
            print_lines(changes.diff())
        if not dry_run:
            changes.apply()
    return changes


def _measure(built: Build, strict: bool) -> int:
    """Test freshly built kernels briefly, print what was found, and note it in the manifest; the exit code."""
    from derive.cli.report import few, measured_lines
    from derive.tree.changes import remember
    from derive.verify import verify as measure

    code = 0
    for path, made in built.made:
        name = made.function.name
        try:
            function = with_fields(made.function, locked=made.entries)
            report = measure([function], built.plan.out, QUICK, built.plan.targets)
        except NoCompilerError as problem:
            print(f"warning: {name} is not measured: {problem}", file=sys.stderr)
            code |= strict
            continue
        except CompilerError as problem:
            problems = few(f"{name}: {problem}".splitlines())
            print_lines(problems)
        else:
            problems = [] if report.usable else few(report.problems())
            print_lines(measured_lines(report))
        label = built.plan.label(path)
        remember(built.plan.out, label, built.outputs[label], {name: problems})
        code |= bool(problems)
    return code


def check(specs: SpecFiles = None, out: Out = None, diff: Diff = False, as_json: Json = False) -> None:
    """Whether generated files are what a build would leave, and held when they were measured.

    Everything in the folder is checked, whichever specs file made it.
    """
    from derive.cli.report import fault_lines
    from derive.tree.certificates import outdated, renewing
    from derive.tree.faults import broken, faults
    from derive.tree.manifest import read_manifest

    asked = plans_for(specs, out)
    plans = with_the_rest(asked)
    recorded = read_manifest(asked[0].out)
    certificates = list(outdated(asked[0].out))
    found = [*faults(plans, recorded), *certificates]
    wrong = broken(plans, recorded)
    if as_json:
        print_json([vars(fault) for fault in (*found, *wrong)])
        raise typer.Exit(int(bool(found or wrong)))
    print_lines(fault_lines([*found, *wrong], asked[0].folder))
    stale = [there for plan in plans if (there := plan.there).specs and faults([there], recorded)]
    if diff and stale:
        _show_differences(stale, is_named=bool(specs))
    if not found and not wrong:
        print(f"{asked[0].folder}: up to date")
    elif not found:
        print(f"{asked[0].folder}: up to date, and out of contract when it was measured")
    print_lines(f"run: {plan.command()}" for plan in stale)
    print_lines(f"run: {command}, once all else is up to date" for command in renewing(plans[0], certificates))
    if any(fault.kind == "orphan" for fault in found):
        print(f"run: {asked[0].dropping()}, which removes what no spec makes")
    raise typer.Exit(int(bool(found or wrong)))


def _show_differences(plans: list[Plan], is_named: bool) -> None:
    """Build what is stale, without a change to the disk, and show the lines that would differ."""
    from derive.tree.build import build as run

    if not is_named:
        announce(plans)
    for plan in plans:
        changes = run(plan).changes(overwriting=True)
        print_lines(changes.diff())
        if not (changes.write or changes.remove):
            print(f"{plan.folder}: no file differs: a build only notes what it was made from")


def verify(
    names: Annotated[list[str] | None, typer.Argument(help="functions; all of them where left out", **ARGUMENT)] = None,
    spec: SpecFile = None,
    out: Out = None,
    points: Annotated[
        int, typer.Option(min=1, max=MAX_POINTS, help="bit patterns for each kernel of one input")
    ] = FULL,
    brief: Annotated[bool, typer.Option("--brief", help="the largest errors alone, as a Markdown table")] = False,
    exhaustive: Annotated[
        bool,
        typer.Option("--exhaustive", help="walk all floats, for compiled kernels of one; goes on where it was"),
    ] = False,
    state: Annotated[Path | None, typer.Option(metavar="DIR", help="where a walk keeps what it has found")] = None,
    shard: Annotated[str | None, typer.Option(metavar="I/N", help="walk one of N equal parts")] = None,
    merge: Annotated[
        list[Path] | None, typer.Option(metavar="PATH", help="walk nothing: take in what walks elsewhere have left")
    ] = None,
    lock: Annotated[
        bool,
        typer.Option(
            "--lock", help="note what a walk finds misrounded beside the specs, so that the next build mends it"
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure every generated kernel against the truth, in ulp, over the whole format.

    What an exhaustive walk finds of a kernel is kept as its certificate, which `derive check` holds against its text.
    """
    if not exhaustive and (state or shard or merge or lock):
        raise DeriveError("--state, --shard, --merge and --lock are of --exhaustive")
    from derive.cli.report import brief_lines
    from derive.cli.terminal import progress, table
    from derive.verify import VerificationReport
    from derive.verify import verify as measure

    plans = plans_for([spec] if spec else None, out)
    if spec is None:
        gone = [plan.label(path) for plan in plans for path in plan.specs if path not in plan.there.specs]
        if gone:
            print(f"{plans[0].folder} holds what {', '.join(gone)} made, which is gone: not measured", file=sys.stderr)
        plans = [plan.there for plan in plans]
        announce(plans)
    functions = stated(plans, names)
    if exhaustive:
        from derive.cli.walking import walk_all

        pages = {plan.label(path): path for plan in plans for path in plan.specs} if lock else {}
        specs = {function.name: pages[label] for label, function in functions if lock}
        chosen = [function for _, function in functions]
        raise typer.Exit(walk_all(chosen, plans[0].out, state, shard, merge or (), as_json, specs))
    try:
        with progress() as tell:
            reports = [
                measure(chosen, plans[0].out, points, targets, progress=tell)
                for targets, chosen in _by_targets(plans, functions).items()
            ]
    except NotBuiltError as problem:
        commands = dict.fromkeys(plan.command() for plan in plans if plan.specs)
        raise DeriveError(f"{problem}; run: {', then '.join(commands)}") from problem
    report = VerificationReport(tuple(kernel for part in reports for kernel in part.kernels))
    _note(plans[0].out, functions, report)
    if as_json:
        print(report.to_json())
    elif brief:
        print_lines([*brief_lines(report), *report.problems()])
    else:
        table(report)
    raise typer.Exit(int(not report.held))


def _by_targets(plans: list[Plan], functions: list[tuple[str, Function]]) -> dict[tuple[str, ...], list[Function]]:
    """The functions, by the targets that they were built for."""
    built = {plan.label(path): plan.targets for plan in plans for path in plan.specs}
    found: dict[tuple[str, ...], list[Function]] = {}
    for label, function in functions:
        found.setdefault(built[label], []).append(function)
    return found


def _note(out: Path, functions: list[tuple[str, Function]], report: VerificationReport) -> None:
    """Keep in the manifest what was wrong with the kernels, and what no longer is."""
    from derive.cli.report import few
    from derive.tree.changes import remember
    from derive.tree.manifest import Manifest, read_manifest

    recorded = read_manifest(out) or Manifest()
    for label, function in functions:
        lines = [
            line for it in report.kernels if it.function == function.name and not it.usable for line in it.problems()
        ]
        section = recorded.specs.get(label)
        if section is not None and (lines or function.name in section.measured):
            remember(out, label, None, {function.name: few(lines)})
