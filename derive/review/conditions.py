"""Conditions that stand in the sentences about a display: a refutation must hold under each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from derive.errors import FormulaError
from derive.notation.latex_reader import LatexReader
from derive.notation.latex_stream import Names
from derive.notation.latex_tokens import tokens
from derive.review.prose import Inline
from derive.term import RELATIONS, Term, free_symbols, rational_value, substitute

LISTED: Final = re.compile(r"(?P<name>[^=<>]+?)\\in\s*\\\{(?P<values>[^{}]*)\\\}\s*$", re.DOTALL)


@dataclass(frozen=True)
class Condition:
    """`alternatives`: the formula holds in one of them. `everywhere`: it is about the whole document."""

    text: str
    offset: int
    alternatives: tuple[Term, ...]
    everywhere: bool = False

    @property
    def names(self) -> frozenset[str]:
        return frozenset().union(*map(free_symbols, self.alternatives))


def read_conditions(inlines: Sequence[Inline], names: Names) -> tuple[Condition, ...]:
    """The formulas of the sentences that are conditions: `x > 0`, `y = 1`, `y \\in \\{0, 1\\}`."""
    return tuple(condition for inline in inlines for condition in _read(inline, names))


def _read(inline: Inline, names: Names) -> Iterator[Condition]:
    try:
        if listed := LISTED.match(inline.text):
            name = _formula(listed["name"], names)
            values = [_formula(value, names) for value in listed["values"].split(",")]
            if all(rational_value(value) is not None for value in values):
                yield Condition(inline.text, inline.offset, tuple(Term("eq", (name, value)) for value in values), True)
            return
        reader = LatexReader(tokens(inline.text), names)
        found = reader.condition()
        reader.expect_end()
    except FormulaError:
        return
    if found.head == "eq" and not inline.supposes and rational_value(found.args[1]) is None:
        return  # a definition
    if found.head in RELATIONS or found.head == "and":
        yield Condition(inline.text, inline.offset, (found,))


def _formula(text: str, names: Names) -> Term:
    reader = LatexReader(tokens(text), names)
    found = reader.expression()
    reader.expect_end()
    return found


def under(condition: Term, sides: tuple[Term, ...]) -> tuple[tuple[Term, ...], Term | None]:
    """Formulas where a condition holds: a value that it gives is put in, anything else stays a condition."""
    if condition.head == "eq":
        name, value = condition.args
        if name.head in ("sym", "index") and rational_value(value) is not None:
            return tuple(substitute(side, {name: value}) for side in sides), None
    return sides, condition
