"""`derive prove`: one claim from the command line, or many from a file or from standard input."""

from __future__ import annotations

import json
import re
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Annotated, Any, BinaryIO, Final

import typer

from derive.cli.limit import Timeout, limit
from derive.cli.options import Json, print_json
from derive.errors import DeriveError

STANDARD_INPUT: Final = "-"


def prove(
    function: Annotated[str | None, typer.Argument(help="the function, such as 'log(1 + exp(x))'")] = None,
    wrt: Annotated[str | None, typer.Option(help="the variable, such as x, or a component x[j]")] = None,
    claim: Annotated[str | None, typer.Option(help="what its derivative is claimed to be")] = None,
    assume: Annotated[list[str] | None, typer.Option(help="a hypothesis, such as '0 < p < 1'")] = None,
    let: Annotated[list[str] | None, typer.Option(help="an abbreviation, such as 's = 1/(1 + exp(-x))'")] = None,
    claims: Annotated[str | None, typer.Option(help="claims as JSON, one a line; - is standard input")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="exit with 1 where a proved claim has holes")] = False,
    fuel: Annotated[int | None, typer.Option(min=1, help="operations that may be spent before UNDECIDED")] = None,
    timeout: Timeout = None,
    as_json: Json = False,
) -> None:
    """Decide whether a formula's derivative is the one claimed: PROVED, REFUTED at a point, or UNDECIDED."""
    if claims is not None:
        raise typer.Exit(_prove_many(claims, timeout, as_json, strict))
    if function is None or wrt is None or claim is None:
        raise DeriveError("nothing to prove: give a formula, --wrt and --claim, or --claims FILE")
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
    return nullcontext(sys.stdin.buffer) if claims == STANDARD_INPUT else open(claims, "rb")


def _line(answer: dict[str, Any]) -> str:
    return f"{answer['verdict']:<9} {answer['id']}  {answer['message']}".rstrip()
