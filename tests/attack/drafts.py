"""`Draft`: a claim in the making, which mutations change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from .formula import Node, fill
from .functions import Setting
from .hypotheses import read_hypotheses
from .pairs import UnknownValue

Point = dict[str, Any]


@dataclass(frozen=True)
class Draft:
    """`special`: points to be looked at closely; `base`: one that the hypotheses allow."""

    function: Node
    claim: Node
    setting: Setting
    base: Point
    assume: tuple[str, ...] = ()
    special: tuple[Point, ...] = ()

    def at(self, **moved: Fraction) -> Draft:
        return replace(self, special=(*self.special, {**self.base, **moved}))

    def claiming(self, template: str, *parts: Node) -> Draft:
        """This draft with a claim made of the one it has, u, and of parts, v and w."""
        return replace(self, claim=fill(template, self.claim, *parts))

    def under(self, stated: str, values: dict[str, str]) -> Draft | None:
        """This draft with another hypothesis, and values that satisfy it; None if they do not satisfy all."""
        base = {**self.base, **{name: Fraction(value) for name, value in values.items()}}
        assume = (*self.assume, stated)
        try:
            holds = read_hypotheses(assume).hold(base)
        except UnknownValue:
            return None
        return replace(self, assume=assume, base=base, special=(base,)) if holds else None
