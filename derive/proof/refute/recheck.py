"""A witness checked anew from the claim as it was stated: hypotheses, a derivative on both sides, values apart.

The function is read beside the point as plain formulas, one for each side of it. Numbers are rationals or balls of
Arb; only that two of them are equal, which no ball can tell, may need a proof.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Final, TypeVar

from flint import arb

from derive.calculus.derivative import derivative
from derive.elementary.table import KINKED
from derive.errors import UnsupportedError
from derive.fuel import Fuel, OutOfFuel
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.field import OutOfReach
from derive.proof.algebra.normal import is_zero
from derive.proof.algebra.real import demands
from derive.proof.algebra.values import rational_at, sign_at, value_at
from derive.relations import SIGNS, settled
from derive.spec.domain import Domain
from derive.term import (
    FALSE,
    RELATIONS,
    ZERO,
    Term,
    branches,
    free_symbols,
    rational_value,
    rebuild,
    substitute,
    symbol,
    term,
    transform,
)
from derive.values.kinks import piece, turning

BITS: Final = (128, 2048)  # at which signs and values are looked for
EQUALITY: Final = 2_000  # operations, for a proof that two numbers are equal
MAX_DERIVATIVES: Final = 4  # that may be zero at a point before the side's sign is unclear
Point = Mapping[str, Fraction]
T = TypeVar("T")


class Unclear(ArithmeticError):  # noqa: N818 - an answer, not a fault
    """Balls do not tell what a formula is beside the point."""


@dataclass(frozen=True)
class StatedClaim:
    """That d body / d variable (or `body` itself, where `variable` is None) is `claim`, as stated."""

    body: Term
    variable: Term | None
    claim: Term
    domain: Domain
    agrees: Callable[[Point], bool] | None = None  # what else must be true of a point, of arrays as stated

    def derivative_at(self, point: Point) -> Term | None:
        """A formula for the derivative at a point, in the variable alone; None where it is not certain to exist."""
        if self.variable is None:
            return self.body
        return slope_at(self.body, self.variable, point)

    def admits(self, point: Point) -> bool:
        """Whether every hypothesis certainly holds at a point."""
        inside = all(is_admitted(name, value, self.domain) for name, value in point.items())
        held = inside and all(certainlyholds(fact, point) for fact in self.domain.relations)
        return held and (self.agrees is None or self.agrees(point))


def is_admitted(name: str, value: Fraction, domain: Domain) -> bool:
    """Whether a name may have a value, by its own hypotheses."""
    listed = value in domain.values.get(name, (value,))
    whole = name not in domain.integers or value.denominator == 1
    return listed and whole and value in domain.range(name)


def certainlyholds(condition: Term, point: Point) -> bool:
    try:
        return holds(condition, lambda gap: _sign(gap, point))
    except Unclear:
        return False


def slope_at(body: Term, variable: Term, point: Point) -> Term | None:
    """The derivative of `body` as a formula that is true at `point`, in the variable alone.

    None where the function is not certain to have one: its formulas on the two sides must have the same value and
    the same slope there.
    """
    if variable.name not in point:
        return None if variable.name in free_symbols(body) else ZERO
    others = {symbol(name): term(value) for name, value in point.items() if name != variable.name}
    at = {variable.name: point[variable.name]}
    line = substitute(body, others)
    try:
        below, above = (_Side(variable, at[variable.name], side).piece(line) for side in (-1, 1))
        here = _Side(variable, at[variable.name], 0).piece(line)
        slopes = {piece: derivative(piece, variable) for piece in (below, above)}
        if not all(_is_smooth(piece, slope, at) for piece, slope in slopes.items()):
            return None
        joined = all(_same(part, below, at) for part in (above, here)) and _same(slopes[below], slopes[above], at)
        return slopes[below] if joined else None
    except (Unclear, UnsupportedError, OutOfFuel):
        return None


class _Side:
    """Formulas beside a place of the variable: above it (1), below it (-1), or at it (0)."""

    def __init__(self, variable: Term, at: Fraction, side: int) -> None:
        self.variable, self.at, self.side = variable, {variable.name: at}, side
        self.done: dict[Term, Term] = {}

    def piece(self, node: Term) -> Term:
        """`node` without branches, kinks and steps."""
        if node not in self.done:
            self.done[node] = self._piece(node)
        return self.done[node]

    def _piece(self, node: Term) -> Term:
        if node.head == "cases":
            for value, condition in branches(node):
                if holds(condition, lambda gap: self.sign(self.piece(gap))):
                    return self.piece(value)
            raise Unclear
        args = tuple(map(self.piece, node.args))
        if node.head == "div" and self.side and rational_value(args[0]) == 0 and self.sign(args[1]):
            return ZERO  # a gap at the place itself, perhaps
        node = rebuild(node, args)
        if node.head in STEPS:
            return STEPS[node.head](self, *args)
        if node.head not in KINKED:
            return node
        found = piece(node, self.sign(turning(node)))
        if found is None:
            raise Unclear
        return found

    def sign(self, piece: Term) -> int:
        """The sign of a formula all the way to the place, from this side."""
        found = _sign(piece, self.at)
        if found or not self.side or self.variable.name not in free_symbols(piece):
            return found
        for order in range(1, MAX_DERIVATIVES + 1):
            piece = derivative(piece, self.variable)
            found = _sign(piece, self.at)
            if found:
                return found if self.side > 0 or order % 2 == 0 else -found
            if self.variable.name not in free_symbols(piece):
                return 0  # and so it is all along
        raise Unclear

    def floor(self, inside: Term) -> Term:
        """The floor of a formula all the way to the place, from this side."""
        value = rational_at(inside, self.at)
        if value is None:
            ball = _value(inside, self.at)
            if ball.contains_integer():
                raise Unclear
            found = ball.floor().unique_fmpz()
            if found is None:
                raise Unclear
            return term(int(found))
        whole = floor(value)
        return term(whole - 1 if value == whole and self.sign(inside - whole) < 0 else whole)


def _ceiling(side: _Side, inside: Term) -> Term:
    return -side.floor(-inside)


STEPS: Final[dict[str, Callable[[_Side, Term], Term]]] = {"floor": _Side.floor, "ceiling": _ceiling}


def holds(condition: Term, sign: Callable[[Term], int]) -> bool:
    """Whether a condition holds; one part may decide though another is unclear."""

    def related(relation: Term) -> bool:
        if relation.head not in RELATIONS:
            raise Unclear
        return sign(relation.args[0] - relation.args[1]) in SIGNS[relation.head]

    return settled(condition, related, Unclear)


def _sign(root: Term, point: Point) -> int:
    return _certain(sign_at, _number(root, point))


def _value(root: Term, point: Point) -> arb:
    return _certain(value_at, _number(root, point))


def _certain(find: Callable[[Term, Point, int], T | None], number: Term) -> T:
    found = next((found for bits in BITS if (found := find(number, {}, bits)) is not None), None)
    if found is None:
        raise Unclear
    return found


def _is_smooth(piece: Term, slope: Term, at: Point) -> bool:
    """Whether a formula without branches has this derivative: it is real on both sides, and the slope is finite."""
    try:
        around = [transform(condition, _around) for _, condition in demands(piece) if free_symbols(condition)]
    except OutOfReach:
        return False
    if not all(holds(condition, lambda gap: _sign(gap, at)) for condition in around):
        return False
    return bool(_value(piece, at).is_finite() and _value(slope, at).is_finite())


def _around(node: Term) -> Term:
    """A condition that holds around a point if it holds there: without its ends, and without equations."""
    if node.head in ("ge", "le"):
        return Term("gt" if node.head == "ge" else "lt", node.args)
    return FALSE if node.head == "eq" and free_symbols(node) else node


def _same(left: Term, right: Term, at: Point) -> bool:
    """Whether two formulas certainly have one value."""
    if left is right:
        return True
    apart = _number(left - right, at)
    value = rational_at(apart, {})
    if value is not None:
        return value == 0
    ball = _value(apart, {})
    if not ball.contains(0):
        return False
    return bool(ball.is_zero()) or is_zero(apart, Facts(), Fuel(EQUALITY)) is True


def _number(root: Term, at: Point) -> Term:
    """The value of a formula of the variable alone, with all rational arithmetic done."""
    put = substitute(root, {symbol(name): term(value) for name, value in at.items()})

    def visit(node: Term) -> Term:
        value = rational_value(node) if all(map(_is_literal, node.args)) else None
        return node if value is None else term(value)

    return transform(put, visit)


def _is_literal(node: Term) -> bool:
    """Whether a term writes a rational number: 3, -3, 1/2."""
    while node.head == "neg":
        node = node.args[0]
    return node.head == "num" or (node.head == "div" and all(part.head == "num" for part in node.args))
