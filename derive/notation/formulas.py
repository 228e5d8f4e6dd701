"""Formulas that records write in `u` and `v`, read once, with a call's arguments in them."""

from __future__ import annotations

from functools import cache
from typing import Final

from derive.notation.text import read_text
from derive.term import TRUE, Term, substitute, symbol

ARGUMENTS: Final = (symbol("u"), symbol("v"))


@cache
def formula(text: str) -> Term:
    return read_text(text)


def filled(text: str, node: Term) -> Term:
    """The formula with the arguments of `node` in the places of `u` and `v`."""
    read = formula(text)
    return read if read is TRUE else substitute(read, dict(zip(ARGUMENTS, node.args, strict=False)))
