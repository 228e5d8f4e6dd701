"""`derive audit`: the derivations of documents, read back line by line."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from derive.cli.limit import Timeout, limit
from derive.cli.options import Json, print_lines


class OutputFormat(StrEnum):
    text = "text"
    json = "json"
    github = "github"


def audit(
    files: Annotated[list[Path], typer.Argument(help="Markdown, LaTeX or Jupyter notebooks")],
    output: Annotated[OutputFormat, typer.Option("--output-format", help="github: annotations")] = OutputFormat.text,
    timeout: Timeout = None,
    as_json: Json = False,
) -> None:
    """Check derivations in documents line by line: is it the quantity it claims to be, does it follow?"""
    from derive.review import report
    from derive.review.documents import read_document
    from derive.review.judge import audit as run

    limit(timeout, lambda reason: print(f"UNDECIDED  {reason}"))
    start = monotonic()
    audits = []
    for file in files:
        found = run(read_document(file))
        audits.append(found)
        if as_json or output is OutputFormat.json:
            print_lines([json.dumps(record, ensure_ascii=False) for record in report.records(found)])
        else:
            print_lines(report.text_lines(found) if output is OutputFormat.text else report.github_lines(found))
    if output is OutputFormat.text and not as_json:
        print(f"{report.summary(audits):<72}{monotonic() - start:5.1f} s")
    raise typer.Exit(int(not all(map(report.holds, audits))))
