"""A term with kinks and branches, made smooth where the signs of what they turn on are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from derive.elementary.table import KINKED as TURNING
from derive.elementary.table import STEPPED, column
from derive.proof.algebra.normal import Normaliser
from derive.proof.algebra.real import grounds_of, learn_real
from derive.proof.algebra.signs import NeedSign
from derive.relations import SIGNS, settled
from derive.term import ONE, RELATIONS, ZERO, Term, branches, descend, rational_value, rebuild, subterms
from derive.values.kinks import piece, turning

KINKED: Final = (*TURNING, "cases")
# Their values may stay the same, or be those of another function, on an interval.
FLAT_SOMEWHERE: Final = (*STEPPED, *column("undoes"))
# The signs of left - right under which a relation holds.


class NoSmoothValue(ArithmeticError):  # noqa: N818 - a fact about a term, not a fault
    """The term has no real value under these signs."""


def smooth(root: Term, reader: Normaliser) -> Term:
    """`root` with every branch chosen. Raises NeedSign, or NoSmoothValue where no branch holds."""
    return descend(root, lambda node, walk: _chosen(node, reader, walk))


def _chosen(node: Term, reader: Normaliser, walk: Callable[[Term], Term]) -> Term:
    head = node.head
    if head == "cases":
        for value, condition in branches(node):
            if holds(condition, reader, walk):
                return walk(value)
        raise NoSmoothValue
    node = rebuild(node, tuple(map(walk, node.args)))
    if head == "pow" and rational_value(node.args[1]) is None and reader.read(node.args[0]).is_zero:
        return _power_of_zero(reader.sign(node.args[1]))
    if head not in TURNING:
        return node
    found = piece(node, reader.sign(turning(node)))
    if found is None:
        raise NoSmoothValue
    return found


def _power_of_zero(sign: int) -> Term:
    """0 to a power of this sign: a jump where the exponent is 0."""
    if sign < 0:
        raise NoSmoothValue
    return ZERO if sign else ONE


def holds(condition: Term, reader: Normaliser, walk: Callable[[Term], Term]) -> bool:
    """Whether a condition holds under the signs known; one part may decide before all are known."""

    def related(relation: Term) -> bool:
        left, right = map(walk, relation.args)
        return reader.sign(left - right) in SIGNS[relation.head]

    return settled(condition, related, NeedSign)


def is_real(smooth_term: Term, reader: Normaliser, certain: bool = False) -> bool:
    """Whether a smooth term is real in the cell. Unless `certain` is asked for, that is a fact to learn."""
    return grounds_of(smooth_term, reader) is not None if certain else learn_real(smooth_term, reader)


def turning_terms(root: Term) -> list[Term]:
    """The terms whose sign decides a branch or a kink anywhere in `root`; for floor, its argument."""
    found: dict[Term, None] = {}
    for node in subterms(root):
        if len(node.args) == 1 and node.head in (*TURNING, *STEPPED):
            found[node.args[0]] = None
        elif node.head in (*TURNING, *RELATIONS) and node.args[0] is not node.args[1]:
            found[node.args[0] - node.args[1]] = None
    return list(found)
