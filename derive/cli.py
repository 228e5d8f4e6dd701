"""The command `derive`: each subcommand asks one room and prints what it answers.

Exit codes: 0 holds, 1 does not hold (stale, refuted, undecided, out of contract), 2 usage or
internal error. What a subcommand needs is imported inside it, so that `derive --help` is quick.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from derive.errors import DeriveError

if TYPE_CHECKING:
    from derive.manifest import Plan
    from derive.spec import Function

app = typer.Typer(
    help="State a function once: a proved gradient, a readable derivation, accurate NumPy and C kernels.",
    add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False,
)  # fmt: skip

SpecFiles = Annotated[list[Path] | None, typer.Argument(help="specs files; derive's own catalogue where left out")]
SpecFile = Annotated[Path | None, typer.Option("--spec", help="a specs file; derive's own catalogue where left out")]
Out = Annotated[Path | None, typer.Option("--out", help="the folder of generated files")]
Templates = Annotated[Path | None, typer.Option("--templates", help="templates that replace or add to the stock ones")]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Diff = Annotated[bool, typer.Option("--diff", help="show the lines that differ")]


class _Ending:
    """Ends a command with a message in place of a traceback; exit code 2."""

    debug = False

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.debug or not isinstance(problem, Exception):
            return
        if isinstance(problem, (DeriveError, OSError)):
            print(problem, file=sys.stderr)
        else:
            print(f"derive: internal error: {_place(problem)}", file=sys.stderr)
            print("  Please report it with the command line; derive --debug COMMAND shows more.", file=sys.stderr)
        raise SystemExit(2) from None


def _place(problem: BaseException) -> str:
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{type(problem).__name__}: {problem}{where}"


ending = _Ending()


def main() -> None:
    with ending:
        app()


@app.callback()
def _options(debug: Annotated[bool, typer.Option("--debug", help="show a traceback for errors")] = False) -> None:
    ending.debug = debug


# A formula may begin with a minus sign.
@app.command(context_settings={"ignore_unknown_options": True})
def prove(
    formula: Annotated[str | None, typer.Argument(help="the function, such as 'log(1 + exp(x))'")] = None,
    wrt: Annotated[str | None, typer.Option(help="the variable, such as x, or a component x[j]")] = None,
    claim: Annotated[str | None, typer.Option(help="what its derivative is claimed to be")] = None,
    assume: Annotated[list[str] | None, typer.Option(help="a hypothesis, such as '0 < p < 1'")] = None,
    let: Annotated[list[str] | None, typer.Option(help="an abbreviation, such as 's = 1/(1 + exp(-x))'")] = None,
    claims: Annotated[Path | None, typer.Option(help="many claims, a JSON object a line, in place of one")] = None,
    timeout: Annotated[float, typer.Option(min=0.0, help="seconds for a claim")] = 10.0,
    as_json: Json = False,
) -> None:
    """Decide whether a formula's derivative is the one claimed: PROVED, REFUTED at a point, or UNDECIDED."""
    if claims is not None:
        raise typer.Exit(_prove_many(claims, timeout, as_json))
    if formula is None or wrt is None or claim is None:
        raise DeriveError("nothing to prove: give a formula, --wrt and --claim, or --claims FILE")
    from derive.prove.api import prove as ask
    from derive.prove.records import write_proof
    from derive.prove.verdict import Verdict
    from derive.report import proof_lines

    proof = ask(formula, wrt, claim, assume=tuple(assume or ()), let=tuple(let or ()), timeout=timeout)
    if as_json:
        _print_json(write_proof(proof))
    else:
        _print(proof_lines(proof, f"d/d{wrt} {formula}  =  {claim}"))
    raise typer.Exit(int(proof.verdict is not Verdict.PROVED))


def _prove_many(claims: Path, timeout: float, as_json: bool) -> int:
    """Print a line for each claim as it is decided; the exit code."""
    import json

    from derive.prove.bulk import prove_claims

    code = 0
    with claims.open(encoding="utf-8") as lines:
        for answer in prove_claims(lines, timeout):
            code |= answer["verdict"] != "PROVED"
            text = f"{answer['verdict']:<9} {answer['id']}  {answer['message']}".rstrip()
            print(json.dumps(answer) if as_json else text, flush=True)
    return code


@app.command("list")
def list_functions(spec: SpecFile = None, as_json: Json = False) -> None:
    """The functions that the catalogue, or a specs file, states."""
    rows = [
        {"name": it.name, "inputs": it.inputs, "params": it.params, "wrt": it.wrt, "definition": str(it.body)}
        | {"stated": it.where, "source": it.source}
        for it in _functions(spec)
    ]
    if as_json:
        _print_json(rows)
        return
    width = max(len(str(row["name"])) for row in rows)
    _print(f"{row['name']:<{width}}  {row['definition']}" for row in rows)


@app.command()
def build(
    specs: SpecFiles = None,
    out: Out = None,
    templates: Templates = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would change, and change nothing")] = False,
    diff: Diff = False,
    verify: Annotated[bool, typer.Option(help="test the kernels of your own specs briefly")] = True,
    as_json: Json = False,
) -> None:
    """Derive, prove, stabilise and print kernels and derivations; write what has changed."""
    from derive.manifest import faults, read_manifest
    from derive.report import build_json, made_lines, write_lines

    plan = _plan(specs, out, templates)
    if not faults(plan, read_manifest(plan.out)):
        _print_json({"functions": [], "write": [], "remove": []}) if as_json else print(f"{plan.out}: up to date")
        return
    from derive.build import build as run

    result = run(plan, lambda made: None if as_json else _print(made_lines(made)))
    changes = result.changes()
    if as_json:
        _print_json(build_json(result, changes))
    if result.stopped:
        print(f"{plan.out}: nothing was written", file=sys.stderr)
        raise typer.Exit(1)
    if diff:
        _print(changes.diff())
    if not dry_run:
        changes.apply()
    if not as_json:
        _print(write_lines(changes, dry_run))


@app.command()
def check(specs: SpecFiles = None, out: Out = None, diff: Diff = False, as_json: Json = False) -> None:
    """Whether generated files are what a build would leave: none stale, edited, missing or orphaned."""
    from derive.manifest import faults, read_manifest
    from derive.report import fault_lines

    plan = _plan(specs, out, None)
    found = faults(plan, read_manifest(plan.out))
    if as_json:
        _print_json([vars(fault) for fault in found])
    else:
        _print(fault_lines(found, os.path.relpath(plan.out)))
        if diff and found:
            from derive.build import build as run

            _print(run(plan).changes().diff())
        print(f"run: {plan.command()}" if found else f"{os.path.relpath(plan.out)}: up to date")
    raise typer.Exit(int(bool(found)))


def _plan(specs: list[Path] | None, out: Path | None, templates: Path | None) -> Plan:
    """What a build is asked for; what the folder records, where only the folder is named."""
    from derive.manifest import Plan, default_out, read_manifest

    if templates is not None and not templates.is_dir():
        raise DeriveError(f"{templates}: there is no such folder of templates")
    if specs:
        if out is None:
            raise DeriveError(f"say where the files go: derive build {' '.join(map(str, specs))} --out kernels/")
        return Plan(out, tuple(specs), templates)
    out = out or default_out()
    recorded = read_manifest(out)
    return recorded.plan(out) if recorded and templates is None else Plan(out, (), templates)


def _functions(spec: Path | None, names: list[str] | None = None) -> list[Function]:
    """The functions of `spec`, or of the catalogue; those of `names` where it is given."""
    from derive.spec import catalogue, read_specs

    found = catalogue() if spec is None else read_specs(spec)
    known = {it.name: it for it in found}
    for name in names or ():
        if name not in known:
            raise DeriveError(f"{name} is not among the functions: {', '.join(known)}")
    return [known[name] for name in names] if names else found


def _print(lines: Any) -> None:
    for line in lines:
        print(line)


def _print_json(value: Any) -> None:
    import json

    print(json.dumps(value, indent=2))


if __name__ == "__main__":
    main()
