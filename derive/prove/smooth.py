"""A term with kinks and branches, made smooth where the signs of what they turn on are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from derive.notation.text import read_text
from derive.prove.evident import evidently_positive
from derive.prove.normal import Normaliser
from derive.prove.signs import NeedSign
from derive.prove.special import REAL_AT_END, REAL_WHERE
from derive.prove.steps import STEPPED
from derive.term import ONE, RELATIONS, ZERO, Term, branches, rational_value, rebuild, substitute, subterms, symbol

KINKED: Final = ("abs", "sign", "max", "min", "heaviside", "cases")
# Their values may stay the same, or be those of another function, on an interval.
FLAT_SOMEWHERE: Final = (*STEPPED, "asin", "acos", "atan", "acot", "asec", "acsc", "lambertw", "erfinv", "erfcinv")
# The signs of left - right under which a relation holds.
HOLDS: Final = {"lt": (-1,), "le": (-1, 0), "gt": (1,), "ge": (1, 0), "eq": (0,), "ne": (-1, 1)}


class NoValue(ArithmeticError):  # noqa: N818 - a fact about a term, not a fault
    """The term has no real value under these signs."""


def smooth(root: Term, reader: Normaliser) -> Term:
    """`root` with every branch chosen. Raises NeedSign, or NoValue where no branch holds."""
    done: dict[Term, Term] = {}

    def walk(node: Term) -> Term:
        if node not in done:
            done[node] = _chosen(node, reader, walk)
        return done[node]

    return walk(root)


def _chosen(node: Term, reader: Normaliser, walk: Callable[[Term], Term]) -> Term:
    head = node.head
    if head == "cases":
        for value, condition in branches(node):
            if holds(condition, reader, walk):
                return walk(value)
        raise NoValue
    args = tuple(map(walk, node.args))
    if head in ("max", "min"):
        first_is_chosen = reader.sign(args[0] - args[1]) * (1 if head == "max" else -1) >= 0
        return args[0] if first_is_chosen else args[1]
    if head not in KINKED:
        return rebuild(node, args)
    sign = reader.sign(args[0])
    if head == "abs":
        return (-args[0], ZERO, args[0])[sign + 1]
    if head == "sign":
        return (-ONE, ZERO, ONE)[sign + 1]
    if sign == 0:
        raise NoValue
    return ONE if sign > 0 else ZERO


def holds(condition: Term, reader: Normaliser, walk: Callable[[Term], Term]) -> bool:
    """Whether a condition holds under the signs known; one part may decide before all are known."""
    head = condition.head
    if head in ("true", "false"):
        return head == "true"
    if head == "not":
        return not holds(condition.args[0], reader, walk)
    if head in RELATIONS:
        left, right = map(walk, condition.args)
        return reader.sign(left - right) in HOLDS[head]
    question: NeedSign | None = None
    for part in condition.args:
        try:
            if holds(part, reader, walk) == (head == "or"):
                return head == "or"
        except NeedSign as asked:
            question = question or asked
    if question is not None:
        raise question
    return head == "and"


def real_conditions(root: Term, integers: frozenset[str] = frozenset()) -> Iterator[Term]:
    """Terms that must be positive (zero on the boundary) for a smooth term to be real.

    `integers`: symbols whose values are integers, so that any base may be raised to them.
    """
    yield from (condition for condition, _ in _conditions(root, integers))


def _conditions(root: Term, integers: frozenset[str]) -> Iterator[tuple[Term, bool]]:
    """What must be positive for a smooth term to be real, and whether it may be zero."""
    for node in subterms(root):
        if node.head in REAL_WHERE:
            yield substitute(_real_where(node.head), {symbol("u"): node.args[0]}), node.head in REAL_AT_END
        elif node.head == "pow":
            order = rational_value(node.args[1])
            whole = order.denominator == 1 if order is not None else _is_whole(node.args[1], integers)
            if not whole:
                yield node.args[0], order is not None and order > 0


def is_real(smooth_term: Term, reader: Normaliser, certain: bool = False) -> bool:
    """Whether a smooth term is real in the cell. Unless `certain` is asked for, that is a fact to learn."""
    for condition, may_be_zero in _conditions(smooth_term, reader.integers):
        element = reader.read(condition)
        if may_be_zero and (element.is_zero or (not certain and _is_flat(reader, condition))):
            continue
        if not certain or evidently_positive(condition, reader.range_of):
            reader.signs.learn_positive(element)
        if reader.signs.of(element) <= 0:
            return False
    return True


def _is_flat(reader: Normaliser, condition: Term) -> bool:
    """Whether a condition is zero all over the cell. Raises NeedSign where it may be, as a floor can."""
    stepped = any(node.head in FLAT_SOMEWHERE for node in subterms(condition))
    return stepped and reader.sign(condition) == 0


def _is_whole(exponent: Term, integers: frozenset[str]) -> bool:
    """Whether an exponent is made of integers by + - *."""
    for node in subterms(exponent):
        if node.head == "sym":
            whole = node.name in integers
        else:
            whole = node.head in ("add", "sub", "mul", "neg") or (node.head == "num" and node.number.denominator == 1)
        if not whole:
            return False
    return True


@cache
def _real_where(head: str) -> Term:
    return read_text(REAL_WHERE[head])


def turning_terms(root: Term) -> list[Term]:
    """The terms whose sign decides a branch or a kink anywhere in `root`; for floor, its argument."""
    found: dict[Term, None] = {}
    for node in subterms(root):
        if node.head in ("abs", "sign", "heaviside", *STEPPED):
            found[node.args[0]] = None
        elif node.head in ("max", "min", *RELATIONS) and node.args[0] is not node.args[1]:
            found[node.args[0] - node.args[1]] = None
    return list(found)
