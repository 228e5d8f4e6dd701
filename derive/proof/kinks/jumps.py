"""Where a floor in a claim jumps: whether the claim's value there is the one that it has on a side."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final

from derive.calculus.derivative import derivative
from derive.elementary.table import STEPPED
from derive.proof.algebra.field import Element, OutOfReach, Singular
from derive.proof.algebra.normal import Normaliser
from derive.proof.algebra.nowhere_dense import moves
from derive.proof.algebra.signs import NeedSign
from derive.proof.kinks.smooth import NoSmoothValue, smooth, turning_terms
from derive.proof.kinks.steps import has_steps
from derive.term import Term, substitute, subterms

UNREAD: Final = (NeedSign, NoSmoothValue, OutOfReach, Singular)


@dataclass(frozen=True)
class _Step:
    """A floor or a ceiling, what its argument reads as, and 1 (-1) where it is continuous above (below) an integer."""

    node: Term
    inside: Element
    side: int


def continues(claim: Term, piece: Term, variable: Term, reader: Normaliser) -> bool:
    """Whether a claim has the value of one side where a floor in it jumps; `piece` is what it is in a cell."""
    turning = [part for part in turning_terms(claim) if has_steps(part)]
    roots = [piece, *(smooth(part, reader) for part in turning)]
    nodes = dict.fromkeys(node for root in roots for node in subterms(root) if node.head in STEPPED)
    try:
        steps = [_Step(node, reader.read(node.args[0]), 1 if node.head == "floor" else -1)
                 for node in nodes if moves(reader, node.args[0], variable)]  # fmt: skip
        alike = all(_agree(one, other, variable, reader) for one, other in combinations(steps, 2))
        return alike and all(_keeps_sign(part, steps, variable, reader) for part in roots[1:])
    except UNREAD:
        return False


def _agree(one: _Step, other: _Step, variable: Term, reader: Normaliser) -> bool:
    """Whether two steps, where both jump, are continuous from the same side."""
    for sign in (1, -1):
        apart = reader.field.subtract(one.inside, reader.field.scale(other.inside, sign)).rational
        if apart is not None:
            return apart.denominator != 1 or one.side == sign * other.side
    directions = [reader.sign(derivative(reader.write(step.inside), variable)) * step.side for step in (one, other)]
    return directions[0] == directions[1] != 0


def _keeps_sign(turning: Term, steps: list[_Step], variable: Term, reader: Normaliser) -> bool:
    """Whether a term on which the claim turns has, where a step in it jumps, the sign that it has on that side."""
    inside = set(subterms(turning))
    mine = [step for step in steps if step.node in inside]
    if not mine or reader.read(derivative(turning, variable)).is_zero:
        return True  # it is constant on the side
    for step in mine:
        by = {other.node: other.node.args[0] for other in mine if _jump_together(step, other, reader)}
        if reader.sign(substitute(turning, by)) == 0:
            return False
    return True


def _jump_together(one: _Step, other: _Step, reader: Normaliser) -> bool:
    """Whether two steps jump at the same places; raises OutOfReach where they may."""
    for sign in (1, -1):
        apart = reader.field.subtract(one.inside, reader.field.scale(other.inside, sign)).rational
        if apart is not None:
            return apart.denominator == 1
    raise OutOfReach("two steps that may jump at once")
