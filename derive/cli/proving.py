"""`derive prove`: one claim from the command line, or many from a file or from standard input."""

from __future__ import annotations

import json
import re
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final

import typer

from derive.cli.limit import Timeout, limit
from derive.cli.options import ARGUMENT, TEXT, Json, print_json
from derive.errors import DeriveError, reading

STANDARD_INPUT: Final = "-"


def prove(
    function: Annotated[str | None, typer.Argument(help="the function, such as 'log(1 + exp(x))'", **ARGUMENT)] = None,
    wrt: Annotated[str | None, typer.Option(help="the variable, such as x, or a component x[j]", **TEXT)] = None,
    claim: Annotated[str | None, typer.Option(help="what its derivative is claimed to be", **TEXT)] = None,
    assume: Annotated[list[str] | None, typer.Option(help="a hypothesis, such as '0 < p < 1'", **TEXT)] = None,
    let: Annotated[list[str] | None, typer.Option(help="an abbreviation: 's = 1/(1 + exp(-x))'", **TEXT)] = None,
    claims: Annotated[str | None, typer.Option(help="claims as JSON, one a line; - is standard input", **TEXT)] = None,
    strict: Annotated[bool, typer.Option("--strict", help="exit with 1 where a proved claim has holes")] = False,
    fuel: Annotated[int | None, typer.Option(min=1, help="operations that may be spent before UNDECIDED")] = None,
    timeout: Timeout = None,
    as_json: Json = False,
) -> None:
    """Decide whether a formula's derivative is the one claimed: PROVED, REFUTED at a point, or UNDECIDED."""
    if claims is not None:
        given = {"a formula": function, "--wrt": wrt, "--claim": claim, "--assume": assume, "--let": let}
        if beside := [name for name, value in {**given, "--fuel": fuel}.items() if value]:
            raise DeriveError(f"each line of --claims is a whole claim: leave out {', '.join(beside)}, or --claims")
        raise typer.Exit(_prove_many(claims, timeout, as_json, strict))
    if function is None or wrt is None or claim is None:
        needed = {"the formula": function, "--wrt": wrt, "--claim": claim}
        missing = " and ".join(name for name, value in needed.items() if value is None)
        raise DeriveError(f"{missing} left out: give a formula, --wrt and --claim, or --claims FILE")
    from derive.fuel import CLAIM
    from derive.proof.api import prove as ask
    from derive.proof.records import write_proof
    from derive.proof.verdict import Proof, Verdict

    def say(proof: Proof) -> None:
        print_json(write_proof(proof)) if as_json else print(proof)

    limit(timeout, lambda reason: say(Proof(Verdict.UNDECIDED, message=reason)))
    proof = ask(function, wrt, claim, assume=tuple(assume or ()), let=tuple(let or ()), fuel=fuel or CLAIM)
    say(proof)
    raise typer.Exit(int(not proof.holds(strict)))


def _prove_many(claims: str, timeout: float | None, as_json: bool, strict: bool) -> int:
    """Print a line for each claim as it is decided, and in the end those that were no claims; the exit code."""
    from derive.proof.bulk import prove_claims

    code, faults = 0, []
    with _opened(claims) as lines:
        for answer in prove_claims(lines, timeout):
            code |= answer["verdict"] != "PROVED" or (strict and bool(answer["holes"]))
            print(json.dumps(answer) if as_json else _line(answer), flush=True)
            if answer["verdict"] == "ERROR":
                faults.append(answer["message"])
    for fault in faults:
        print(re.sub(r"line (?=\d+: )", f"{claims}:", fault, count=1), file=sys.stderr)
    return 2 if faults else code


def _opened(claims: str) -> AbstractContextManager[BinaryIO]:
    if claims == STANDARD_INPUT:
        return nullcontext(sys.stdin.buffer)
    with reading(Path(claims)):
        return open(claims, "rb")


def _line(answer: dict[str, Any]) -> str:
    return f"{answer['verdict']:<9} {answer['id']}  {answer['message']}".rstrip()
