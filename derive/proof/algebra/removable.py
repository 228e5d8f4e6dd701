"""The derivative where a piece has a gap, such as sin(x)/x at 0, and the function a value: l'Hopital's rule."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from derive.calculus.derivative import derivative, minus
from derive.proof.algebra.field import Element, OutOfReach, Singular
from derive.proof.algebra.normal import Normaliser, vanishes
from derive.proof.algebra.signs import NeedSign
from derive.term import Term, substitute

MAX_STEPS: Final = 8  # of the rule


class NoDerivative(ArithmeticError):  # noqa: N818 - a fact about a function, not a fault
    """The difference quotient has no finite limit."""


def slope_at_removable(
    piece: Term, value: Term, at: tuple[Term, Term], beside: Normaliser, on: Normaliser
) -> Term | None:
    """The limit of (piece - value)/(x - place) as x nears its place, `at` being the pair of both.

    `beside` knows what holds where the piece does, `on` what holds at the place. None where the limit is
    not found. Raises NoDerivative where there is none, and NeedSign where that depends on a parameter.
    """
    above, below = _fraction(piece, beside)
    return _limit(minus(above, value * below), below * minus(*at), at, beside, on)


def limit_at(slope: Term, at: tuple[Term, Term], beside: Normaliser, on: Normaliser) -> Term | None:
    """The limit of a slope, in the manner of `slope_at_removable`: the derivative, where the function is continuous."""
    try:
        at_place = substitute(slope, dict([at]))
        on.read(at_place)
        return at_place
    except (NeedSign, OutOfReach, Singular):
        pass  # a limit is left
    try:
        if vanishes(on, substitute(beside.write(beside.read(1 / slope)), dict([at]))):
            raise NoDerivative
    except (OutOfReach, Singular):
        pass  # it is not infinite for certain
    return _limit(*_fraction(slope, beside), at, beside, on)


def _limit(above: Term, below: Term, at: tuple[Term, Term], beside: Normaliser, on: Normaliser) -> Term | None:
    try:
        for _ in range(MAX_STEPS):
            top, bottom = (substitute(part, dict([at])) for part in (above, below))
            if not vanishes(on, bottom):
                return top / bottom if _is_nonzero(bottom, on, beside) else None
            if not vanishes(on, top):
                if _is_nonzero(top, on, beside):
                    raise NoDerivative
                return None
            above, below = derivative(above, at[0]), derivative(below, at[0])
    except (OutOfReach, Singular):
        return None
    return None


def _is_nonzero(part: Term, on: Normaliser, beside: Normaliser) -> bool:
    try:
        return on.sign(part) != 0
    except NeedSign:
        beside.sign(part)  # the question, in terms of who can be told the answer
        return False


def _fraction(piece: Term, reader: Normaliser) -> tuple[Term, Term]:
    element = reader.read(piece)
    under = tuple((number, -exponent) for number, exponent in element.factors if exponent < 0)
    divisor = Element(Fraction(1), under)
    return reader.write(reader.field.multiply(element, divisor)), reader.write(divisor)
