"""`derive prove`: one claim from the command line, or many from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from derive.cli.limit import Timeout, limit
from derive.cli.options import Json, print_json, print_lines
from derive.errors import DeriveError


def prove(
    formula: Annotated[str | None, typer.Argument(help="the function, such as 'log(1 + exp(x))'")] = None,
    wrt: Annotated[str | None, typer.Option(help="the variable, such as x, or a component x[j]")] = None,
    claim: Annotated[str | None, typer.Option(help="what its derivative is claimed to be")] = None,
    assume: Annotated[list[str] | None, typer.Option(help="a hypothesis, such as '0 < p < 1'")] = None,
    let: Annotated[list[str] | None, typer.Option(help="an abbreviation, such as 's = 1/(1 + exp(-x))'")] = None,
    claims: Annotated[Path | None, typer.Option(help="many claims, a JSON object a line, in place of one")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="exit with 1 where a proved claim has holes")] = False,
    timeout: Timeout = None,
    as_json: Json = False,
) -> None:
    """Decide whether a formula's derivative is the one claimed: PROVED, REFUTED at a point, or UNDECIDED."""
    if claims is not None:
        raise typer.Exit(_prove_many(claims, timeout, as_json, strict))
    if formula is None or wrt is None or claim is None:
        raise DeriveError("nothing to prove: give a formula, --wrt and --claim, or --claims FILE")
    from derive.proof.api import prove as ask
    from derive.proof.records import write_proof
    from derive.proof.verdict import Proof, Verdict
    from derive.proof.wording import proof_lines

    def say(proof: Proof) -> None:
        if as_json:
            print_json(write_proof(proof))
        else:
            print_lines(proof_lines(proof, f"d/d{wrt} {formula}  =  {claim}"))

    limit(timeout, lambda reason: say(Proof(Verdict.UNDECIDED, message=reason)))
    proof = ask(formula, wrt, claim, assume=tuple(assume or ()), let=tuple(let or ()))
    say(proof)
    raise typer.Exit(int(proof.verdict is not Verdict.PROVED or (strict and bool(proof.holes))))


def _prove_many(claims: Path, timeout: float | None, as_json: bool, strict: bool) -> int:
    """Print a line for each claim as it is decided; the exit code."""
    from derive.proof.bulk import prove_claims

    code = 0
    with claims.open(encoding="utf-8") as lines:
        for answer in prove_claims(lines, timeout):
            code |= answer["verdict"] != "PROVED" or (strict and bool(answer.get("holes")))
            text = f"{answer['verdict']:<9} {answer['id']}  {answer['message']}".rstrip()
            print(json.dumps(answer) if as_json else text, flush=True)
    return code
