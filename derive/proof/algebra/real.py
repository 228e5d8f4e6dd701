"""Where a term has a real value: what each operation in it demands of its arguments, and whether that holds.

In a cell a condition holds at a generic point: `Ne(u, 0)` wherever u is not zero all along. Where it fails at single
points is told by what it rests on, so that a claim's holes can be listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from derive.calculus.derivative import depends
from derive.elementary.table import TABLE
from derive.notation.formulas import filled
from derive.proof.algebra.field import Element, OutOfReach, Singular
from derive.proof.algebra.signs import NeedSign
from derive.relations import SIGNS
from derive.term import (
    FALSE,
    FUNCTIONS,
    RELATIONS,
    TRUE,
    ZERO,
    Term,
    rational_value,
    relation,
    substitute,
    subterms,
    symbol,
)

if TYPE_CHECKING:
    from derive.proof.algebra.normal import Normaliser

U: Final = symbol("u")
V: Final = symbol("v")
MAX_TERM_SHOWN: Final = 60  # characters of a term in a message
# The signs of left - right under which a relation certainly holds, or fails.
# Where u/v and u**v have a real value; a power of 0 with the exponent 0 is 1.
DIVISION: Final = "Ne(v, 0)"
POWER: Final = "Or(And(Eq(floor(v), v), Or(v >= 0, Ne(u, 0))), u > 0, And(Eq(u, 0), v > 0))"


@lru_cache(maxsize=4096)
def demand(node: Term) -> Term:
    """The condition under which a node has a real value where its arguments have one."""
    head = node.head
    if head == "pow":
        return _demand_of_power(node)
    if head == "log" and node.args[0].head == "abs":
        return relation("ne", node.args[0].args[0], ZERO)
    if head == "div":
        return TRUE if rational_value(node.args[1]) else filled(DIVISION, node)
    if head == "index" and node.args[0].head == "inv":
        return demand(node.args[0])
    if head not in FUNCTIONS:
        return TRUE
    if not TABLE[head].real:
        raise OutOfReach(f"it is not stated where {head} is real")
    return filled(TABLE[head].real, node)


def _demand_of_power(node: Term) -> Term:
    base, order = node.args[0], rational_value(node.args[1])
    if order is None:
        return filled(POWER, node)
    if order.denominator == 1:
        return TRUE if order >= 0 else relation("ne", base, ZERO)
    return relation("ge" if order > 0 else "gt", base, ZERO)


def demands(root: Term) -> Iterator[tuple[Term, Term]]:
    """Each node of a term that has a value only under a condition, and the condition; arguments before functions."""
    for node in subterms(root):
        condition = demand(node)
        if condition is not TRUE:
            yield node, condition


@dataclass
class Grounds:
    """What the answer to a question rests on: terms that are not 0, or no pole, at a generic point alone."""

    nonzero: list[Term] = field(default_factory=list)
    no_pole: list[Term] = field(default_factory=list)


def holds(condition: Term, reader: Normaliser, grounds: Grounds | None = None) -> bool | None:
    """Whether a condition holds at a generic point under what `reader` knows; None where that cannot be told.

    Raises NeedSign where a sign decides.
    """
    head = condition.head
    if head in ("true", "false"):
        return head == "true"
    if head == "and":
        return _all(condition.args, reader, grounds)
    if head == "or":
        return _any(condition.args, reader, grounds)
    if head in ("eq", "ne") and condition.args[0].head == "floor":
        return _compared_to_whole(head, condition.args[1], reader, grounds)
    if head in ("eq", "ne"):
        left, right = condition.args
        apart = left if right is ZERO else left - right
        is_zero = reader.read(apart).is_zero
        if head == "ne" and not is_zero and grounds is not None:
            grounds.nonzero.append(apart)
        return is_zero == (head == "eq")
    assert head in RELATIONS
    left, right = condition.args
    apart = left if right is ZERO else left - right
    element = reader.read(apart)
    try:
        return reader.sign_of(element, apart) in SIGNS[head]
    except NeedSign:
        if head in ("ge", "le") and _never(-1 if head == "ge" else 1, element, reader):
            return True
        raise


def _never(sign: int, element: Element, reader: Normaliser) -> bool:
    """Whether an element with one factor of unknown sign cannot have this sign."""
    unknown = reader.signs.unknown(element)
    if len(unknown) != 1:
        return False
    number = next(iter(unknown))
    on_one_side = reader.assuming(number, 1)
    return reader.assuming(number, sign * on_one_side.signs.of(element)).signs.contradictory()


def _all(parts: tuple[Term, ...], reader: Normaliser, grounds: Grounds | None) -> bool | None:
    found: bool | None = True
    for part in parts:
        one = holds(part, reader, grounds)
        if one is False:
            return False
        found = found and one
    return found


def _any(parts: tuple[Term, ...], reader: Normaliser, grounds: Grounds | None) -> bool | None:
    """One part that holds suffices, whatever the signs are that others ask for; best one that rests on nothing."""
    question: NeedSign | None = None
    found: bool | None = False
    weak: Grounds | None = None
    for part in parts:
        mine = Grounds()
        try:
            one = holds(part, reader, mine)
        except NeedSign as asked:
            question = question or asked
            continue
        if one and not (mine.nonzero or mine.no_pole):
            return True
        if one and weak is None:
            weak = mine
        if one is None:
            found = None
    if weak is not None:
        if grounds is not None:
            grounds.nonzero += weak.nonzero
            grounds.no_pole += weak.no_pole
        return True
    if question is not None:
        raise question
    return found


def _compared_to_whole(head: str, of: Term, reader: Normaliser, grounds: Grounds | None) -> bool | None:
    """Whether a term is (eq), or is not (ne), a whole number."""
    element = reader.read(of)
    value = element.rational
    if value is not None:
        return (value.denominator == 1) == (head == "eq")
    if reader.is_integer(element):
        return head == "eq"
    if head == "eq":
        return None
    if grounds is not None:
        grounds.no_pole.append(of)
    return True


def grounds_of(root: Term, reader: Normaliser) -> Grounds | None:
    """What it rests on that a term has a value in a cell; None where it has none.

    Raises NeedSign, or OutOfReach where it is not known.
    """
    found = Grounds()
    for node, condition in demands(root):
        one = holds(condition, reader, found)
        if one is None:
            raise OutOfReach(doubt(node, condition))
        if not one:
            return None
    return found


def learn_real(root: Term, reader: Normaliser, along: Term | None = None, edges: dict[int, None] | None = None) -> bool:
    """Whether a term may be real in a cell; what makes it so is a fact from then on.

    `edges` collects the polynomials that were taken to be positive though the term has a value where they are zero.
    `along`: what moves; a whole number that depends on it is one at single points alone.
    """
    return all(_learn(node, condition, reader, along, edges) for node, condition in demands(root))


def _learn(node: Term, condition: Term, reader: Normaliser, along: Term | None, edges: dict[int, None] | None) -> bool:
    head = condition.head
    if head == "and":
        return all(_learn(node, part, reader, along, edges) for part in condition.args)
    if head not in ("gt", "ge"):
        found = holds(_along(condition, along), reader)
        if found is None:
            raise OutOfReach(doubt(node, condition))
        return found
    left, right = condition.args
    apart = left if right is ZERO else left - right
    element = reader.read(apart)
    try:
        sign = reader.sign_of(element, apart)
        return sign > 0 or (sign == 0 and head == "ge")
    except NeedSign:
        pass
    if head == "ge" and edges is not None:
        edges |= dict.fromkeys(reader.signs.unknown(element))
    reader.signs.learn_positive(element)
    return True


def learn_positive_parts(root: Term, reader: Normaliser) -> None:
    """As `learn_real`, of a term that is real beside a boundary: on it, what can be learned is."""
    for node, condition in demands(root):
        try:
            _learn(node, condition, reader, None, None)
        except (NeedSign, OutOfReach, Singular):
            continue


def _along(condition: Term, along: Term | None) -> Term:
    """A condition in which what depends on `along` is no whole number."""
    if along is None:
        return condition
    wholes = [part for part in subterms(condition) if part.head == "eq" and part.args[0].head == "floor"]
    return substitute(condition, {part: FALSE for part in wholes if depends(part, along)})


def doubt(node: Term, condition: Term) -> str:
    """Says what has to be assumed for it to be certain whether a node has a real value."""
    if node.head == "pow":
        base, order = map(shortened, node.args)
        return (
            f"{shortened(node)} has values for {base} < 0 where {order} is a whole number: "
            f"assume {base} > 0, or that {order} is an integer"
        )
    return f"it is not certain whether {shortened(node)} has a real value: it has where {condition}"


def shortened(root: Term) -> str:
    """A term in a message."""
    text = str(root)
    return text if len(text) <= MAX_TERM_SHOWN else f"{text[:MAX_TERM_SHOWN]}…"
