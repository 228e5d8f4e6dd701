"""What a function with a kink or a jump is on either side of it, and at it, as its record says."""

from __future__ import annotations

from derive.elementary.table import TABLE
from derive.notation.formulas import filled
from derive.term import Term


def turning(node: Term) -> Term:
    """The term whose sign decides what a kinked function is: its argument, or the difference of two."""
    return node.args[0] if len(node.args) == 1 else node.args[0] - node.args[1]


def piece(node: Term, sign: int) -> Term | None:
    """What a kinked function is where `turning` has this sign; None where it has no value."""
    text = TABLE[node.head].need("pieces")[sign + 1]
    return filled(text, node) if text else None


def pieces(node: Term) -> list[Term]:
    """What a kinked function may be: on both sides, and where it jumps, there too."""
    signs = (1, -1, 0) if TABLE[node.head].kink == "jump" else (1, -1)
    return [found for sign in signs if (found := piece(node, sign)) is not None]
