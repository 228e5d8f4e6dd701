"""`derive audit`: the derivations of documents, read back line by line."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from time import monotonic
from typing import Annotated

import typer

from derive.cli.limit import Timeout, limit
from derive.cli.options import ARGUMENT, Json, print_lines
from derive.errors import DeriveError


class OutputFormat(StrEnum):
    text = "text"
    json = "json"
    github = "github"


def audit(
    files: Annotated[list[str], typer.Argument(help="Markdown, LaTeX or Jupyter notebooks", **ARGUMENT)],
    output: Annotated[OutputFormat, typer.Option("--output-format", help="github: annotations")] = OutputFormat.text,
    timeout: Timeout = None,
    as_json: Json = False,
) -> None:
    """Check derivations in documents line by line: is it the quantity it claims to be, does it follow?"""
    from derive.review import report
    from derive.review.api import audit as read_back

    form = OutputFormat.json if as_json else output

    def tell_timeout(reason: str) -> None:
        print(json.dumps({"message": reason}) if form is OutputFormat.json else f"UNDECIDED  {reason}")

    limit(timeout, tell_timeout)
    start = monotonic()
    audits, unread = [], []
    for file in files:
        try:
            found = read_back(file)
        except DeriveError as problem:  # which costs this file alone
            print(problem, file=sys.stderr)
            unread.append(file)
            continue
        audits.append(found)
        if form is OutputFormat.json:
            print_lines(json.dumps(record, ensure_ascii=False) for record in report.records(found))
        else:
            print_lines(report.text_lines(found) if form is OutputFormat.text else report.github_lines(found))
        sys.stdout.flush()
    if form is OutputFormat.text:
        told = report.summary(audits) + f", {len(unread)} of {len(files)} files not read" * bool(unread)
        print(f"{told:<72}{monotonic() - start:5.1f} s")
    raise typer.Exit(2 if unread else int(not all(found.holds() for found in audits)))
