"""Points of a boundary at which more happens than a change of piece: a second condition, a jump of 0, a floor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from derive.calculus.derivative import depends
from derive.elementary.table import STEPPED
from derive.proof.algebra.field import Singular
from derive.proof.algebra.signs import NeedSign
from derive.proof.kinks.levels import level
from derive.proof.kinks.smooth import NoSmoothValue, smooth
from derive.term import Term, substitute, subterms

if TYPE_CHECKING:
    from derive.proof.kinks.boundary import Boundary


def sign_on(boundary: Boundary, number: int) -> int:
    """The sign of another polynomial where the variable has its place on the boundary; raises NeedSign."""
    here = boundary.reader.read(_put(boundary, boundary.reader.written(number)))
    return boundary.reader.signs.of_at_zeros_too(here)


def continues_where_two_meet(boundary: Boundary, number: int, claim: Term) -> bool:
    """Whether the claim has, where another polynomial is zero too, the value that it has somewhere beside."""
    on = boundary.sides[0].assuming(number, 0)
    if on.signs.contradictory():
        return True
    around = [boundary.sides[sign].assuming(number, other) for sign in (-1, 1) for other in (-1, 1)]
    try:
        return smooth(claim, on) in [smooth(claim, side) for side in around]
    except (NeedSign, NoSmoothValue, Singular):
        return False


def jump_may_be_zero(boundary: Boundary, jump: Term) -> bool:
    """Whether a jump may be 0 somewhere along the boundary; raises NeedSign where parameters tell."""
    here = boundary.reader.read(_put(boundary, jump))
    try:
        return boundary.reader.signs.of_at_zeros_too(here) == 0
    except NeedSign as question:
        if depends(boundary.reader.written(question.number), boundary.variable):
            return True
        raise


def may_meet_a_step(boundary: Boundary, bodies: Mapping[int, Term]) -> bool:
    """Whether a floor in the function may jump on the boundary."""
    reader = boundary.reader
    for node in (node for root in bodies.values() for node in subterms(root) if node.head in STEPPED):
        if boundary.where is not None:
            inside = reader.read(_put(boundary, node.args[0])).rational
            part = None if inside is None else inside % 1
        else:
            found = level(reader, boundary.number)
            same = found is not None and found.differs(node, reader)
            part = found.part(reader) if found is not None and same else None
        if not part:
            return True
    return False


def _put(boundary: Boundary, root: Term) -> Term:
    return substitute(root, dict([boundary.where])) if boundary.where else root
