"""Functions in fewer words: exponentials, logarithms and powers, and what has a Taylor series."""

from __future__ import annotations

from functools import cache
from typing import Final

from derive.elementary.table import TABLE, column
from derive.notation.formulas import filled, formula
from derive.notation.text import read_text
from derive.term import Term, call, rational_value, substitute, symbol

ERFCX: Final = "erfcx"  # e^(u^2) erfc(u), which falls as 1/u
STAND_IN: Final = "lambertw"  # which text reads
EQUAL: Final = column("equals")
NEAR_END: Final = column("near_end")
VALUE: Final = symbol("w")


def same_words(node: Term) -> Term:
    """A function by those that expansions are made of."""
    if node.head in EQUAL:
        return filled(EQUAL[node.head], node)
    if node.head == "pow" and rational_value(node.args[1]) is None:
        return call("exp", node.args[1] * call("log", node.args[0]))
    return node


def end_reached(head: str, at: Term) -> int:
    """1 where `at` is the upper end of where a function is real, -1 where it is the lower, else 0."""
    lower, upper = (formula(end) for end, _ in TABLE[head].need("ends"))
    return 1 if at == upper else -1 if at == lower else 0


def near_end(node: Term, side: int) -> Term:
    """A function whose argument goes to the upper end of where it is real (1) or the lower (-1), as it is there."""
    size = node.args[0] if side > 0 else -node.args[0]
    found = substitute(_near_end(node.head), {symbol("u"): size})
    return found if side > 0 else substitute(formula(TABLE[node.head].need("reflection")), {VALUE: found})


def as_defined(node: Term) -> Term:
    """erfcx by what it stands for."""
    if node.head == "apply" and node.data == ERFCX:
        return call("exp", node.args[0] ** 2) * call("erfc", node.args[0])
    return node


@cache
def _near_end(head: str) -> Term:
    text = NEAR_END[head]
    return _renamed(read_text(text.replace(ERFCX, STAND_IN))) if ERFCX in text else read_text(text)


def _renamed(root: Term) -> Term:
    from derive.term import transform

    def visit(node: Term) -> Term:
        return Term("apply", node.args, ERFCX) if node.head == STAND_IN else node

    return transform(root, visit)
