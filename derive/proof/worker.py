"""The process that `derive.proof.bulk` asks: a claim's line in, its verdict's line out."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import suppress
from typing import Any, Final

from derive.errors import DeriveError, UnsupportedError
from derive.fuel import Fuel
from derive.proof.api import prove_terms
from derive.proof.records import parse_record, read_claim, write_error, write_proof
from derive.proof.verdict import Proof, Verdict

MEMORY: Final = 2 * 1024**3  # bytes of address space


def main() -> None:
    """Answer `[number, line]` requests on standard input until it ends."""
    _limit_memory()
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print on their own, such as FLINT's last words, is no reply
    print("ready", file=replies, flush=True)
    for request in sys.stdin:
        number, line = json.loads(request)
        print(json.dumps(answer(number, line)), file=replies, flush=True)


def answer(number: int, line: str) -> dict[str, Any]:
    """The verdict on the claim of one line, as a record."""
    record: dict[str, Any] = {}
    began = time.monotonic()
    try:
        record = parse_record(line)
        claim = read_claim(record)
        fuel = (Fuel(claim.fuel),) if "fuel" in record else ()
        proof = prove_terms(claim.body, claim.variable, claim.claim, claim.domain, *fuel)
    except UnsupportedError as problem:
        proof = Proof(Verdict.UNDECIDED, message=str(problem), seconds=time.monotonic() - began)
    except DeriveError as problem:
        return {"id": record.get("id"), **write_error(f"line {number}: {problem}", time.monotonic() - began)}
    return {"id": record.get("id"), **write_proof(proof)}


def _limit_memory() -> None:
    with suppress(ImportError):  # not on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    main()
