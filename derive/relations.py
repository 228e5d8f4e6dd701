"""Relations and conditions: the signs for which each relation holds, its opposite, and what parts tell of the whole."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final, TypeVar

from derive.term import CONNECTIVES, RELATIONS, Term

# A relation holds where left - right has one of these signs.
SIGNS: Final[Mapping[str, frozenset[int]]] = {
    "lt": frozenset((-1,)), "le": frozenset((-1, 0)), "gt": frozenset((1,)), "ge": frozenset((0, 1)),
    "eq": frozenset((0,)), "ne": frozenset((-1, 1)),
}  # fmt: skip
_BY_SIGNS: Final = {signs: head for head, signs in SIGNS.items()}
ORDERS: Final = ("lt", "le", "gt", "ge")
OPPOSITE: Final = {head: _BY_SIGNS[frozenset((-1, 0, 1)) - signs] for head, signs in SIGNS.items()}
FLIPPED: Final = {head: _BY_SIGNS[frozenset(-sign for sign in signs)] for head, signs in SIGNS.items()}
STRICT: Final = {head: _BY_SIGNS[SIGNS[head] - {0}] for head in ORDERS}
WEAK: Final = {head: _BY_SIGNS[SIGNS[head] | {0}] for head in ORDERS}
SIDE: Final = {head: sum(SIGNS[head]) for head in ORDERS}  # the sign of left - right inside, off the end
COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {head: getattr(operator, head) for head in RELATIONS}
CONVERSE: Final = {"and": "or", "or": "and", "true": "false", "false": "true"}
E = TypeVar("E", bound=Exception)


def sign(value: Any) -> int:
    """-1, 0 or 1, of a number."""
    return int(value > 0) - int(value < 0)


def truth_of(head: str, possible: Collection[int]) -> bool | None:
    """Whether a relation holds where left - right has one of these signs; None where some say yes and some no."""
    found = {one in SIGNS[head] for one in possible}
    return found.pop() if len(found) == 1 else None


def opposite(condition: Term) -> Term:
    """The condition that holds where this one does not, without `not`."""
    if condition.head == "not":
        return affirmed(condition.args[0])
    if condition.head in RELATIONS:
        return Term(OPPOSITE[condition.head], condition.args)
    return Term(CONVERSE[condition.head], tuple(map(opposite, condition.args)))


def affirmed(condition: Term) -> Term:
    """The same condition without `not`: what is not less is at least as large."""
    if condition.head == "not":
        return opposite(condition.args[0])
    return Term(condition.head, tuple(map(affirmed, condition.args))) if condition.head in ("and", "or") else condition


def joined(connective: str, parts: Iterable[bool | None]) -> bool | None:
    """What `and`, `or`, `not` of these come to; None (not known) counts only where no other part decides."""
    if connective == "not":
        (inner,) = parts
        return None if inner is None else not inner
    decisive, unknown = connective == "or", False
    for part in parts:
        if part is decisive:
            return decisive
        unknown |= part is None
    return None if unknown else not decisive


def decided(condition: Term, holds: Callable[[Term], bool | None]) -> bool | None:
    """Whether a condition holds, by whether its relations do; None where that depends on some that are not known."""
    if condition.head in ("true", "false"):
        return condition.head == "true"
    if condition.head in CONNECTIVES:
        return joined(condition.head, (decided(part, holds) for part in condition.args))
    return holds(condition)


def settled(condition: Term, holds: Callable[[Term], bool], unclear: type[E]) -> bool:
    """As `decided`, of relations that may raise `unclear`; one part may decide where another is unclear.

    Raises the first `unclear` where none does.
    """
    problems: list[E] = []

    def known(relation: Term) -> bool | None:
        try:
            return holds(relation)
        except unclear as problem:
            problems.append(problem)
            return None

    found = decided(condition, known)
    if found is None:
        raise problems[0]
    return found
