"""The magnitude of the largest term of a formula: what terms that cancel are rounded in units of."""

from __future__ import annotations

from typing import Final

from derive.term import Term, branches, call

LEAVES: Final = ("num", "sym", "index", "const")


def largest_term(formula: Term) -> Term:
    """The magnitude of the largest of the terms that a formula adds up.

    Sums are split wherever a product or a quotient leads to them. A sum of two inputs is not: it is
    rounded once, so nothing that cancels there was ever inexact.
    """
    head, args = formula.head, formula.args
    if head in ("add", "sub") and not all(_plain(part) for part in args):
        return call("max", *map(largest_term, args))
    if head == "sum":
        return Term("maximum", (largest_term(args[0]), *args[1:]))
    if head in ("mul", "neg"):
        parts = tuple(map(largest_term, args))
        return parts[0] * parts[1] if head == "mul" else parts[0]
    if head == "div":
        return largest_term(args[0]) / call("abs", args[1])
    if head == "cases":
        return Term("cases", tuple(
            part for value, condition in branches(formula) for part in (largest_term(value), condition)
        ))  # fmt: skip
    return call("abs", formula)


def _plain(node: Term) -> bool:
    """An input or a number, perhaps with a sign or a constant factor."""
    if node.head in ("neg", "mul", "div"):
        return all(map(_plain, node.args)) and sum(part.head not in ("num", "const") for part in node.args) <= 1
    return node.head in LEAVES
