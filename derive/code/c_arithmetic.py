"""C's operators on numbers of its types: conversions first, then the operation, and where its value lies."""

from __future__ import annotations

from typing import Final

from derive.code.c_types import CType, common, promoted
from derive.code.c_values import Number, either, truth, whole
from derive.code.elements import is_condition
from derive.code.library import applied
from derive.code.paths import settled
from derive.errors import UnsupportedError
from derive.term import Term, relation

OPERATORS: Final = {"+": "add", "-": "sub", "*": "mul", "/": "div"}
COMPARISONS: Final = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}
MEMORY: Final = 64  # bits of a type that counts what memory holds: a sum or a product of such counts does not wrap


def combined(sign: str, left: Number, right: Number) -> Number:
    """The value of `left sign right`."""
    if sign in ("&&", "||"):
        return truth(_joined("and" if sign == "&&" else "or", left.condition, right.condition))
    if sign in ("&", "|") and is_condition(left.formula) and is_condition(right.formula):
        return truth(_joined("and" if sign == "&" else "or", left.condition, right.condition))
    kind = common(left.kind, right.kind)
    left, right = left.converted(kind), right.converted(kind)
    if sign in COMPARISONS:
        return truth(relation(COMPARISONS[sign], left.amount, right.amount))
    if sign in ("/", "%") and kind.whole:
        return _divided(sign, left, right)
    if sign not in OPERATORS:
        raise UnsupportedError(f"the operator {sign} is not read")
    if not kind.whole:
        return Number(Term(OPERATORS[sign], (left.amount, right.amount)), kind)
    formula = Term(OPERATORS[sign], (left.place, right.place))
    return _within(formula, kind, _span(sign, left.span, right.span), left.wraps or right.wraps)


def negated(given: Number) -> Number:
    kind = promoted(given.kind)
    found = given.converted(kind)
    if not kind.whole:
        return Number(-found.amount, kind)
    return _within(-found.place, kind, _span("-", (0, 0), found.span), found.wraps)


def inverted(given: Number) -> Number:
    return truth(Term("not", (given.condition,)))


def chosen(condition: Term, one: Number, other: Number) -> Number:
    """The value of `condition ? one : other`, in the type that both have in common."""
    kind = common(one.kind, other.kind)
    one, other = one.converted(kind), other.converted(kind)
    known = settled(condition)
    if known is not None:
        return one if known else other
    return either(condition, one, other)


def _joined(head: str, left: Term, right: Term) -> Term:
    """Two conditions, without one that holds always or never."""
    for one, other in ((left, right), (right, left)):
        known = settled(one)
        if known is not None:
            return one if known == (head == "or") else other
    return Term(head, (left, right))


def _span(sign: str, left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    if sign == "+":
        return left[0] + right[0], left[1] + right[1]
    if sign == "-":
        return left[0] - right[1], left[1] - right[0]
    ends = [one * other for one in left for other in right]
    return min(ends), max(ends)


def _within(formula: Term, kind: CType, span: tuple[int, int], wraps: bool) -> Number:
    """A sum, a difference or a product, held by a type of integers."""
    least, greatest = kind.span
    if span[0] == span[1] and least <= span[0] <= greatest and not wraps:
        return whole(span[0], kind)
    if kind.signed:
        # C says nothing of a program whose signed integers overflow.
        if span[0] > greatest or span[1] < least:
            raise UnsupportedError(f"{formula} overflows {kind}")
        return Number(formula, kind, (max(span[0], least), min(span[1], greatest)))
    above = span[1] > greatest and (kind.bits < MEMORY or span[0] > greatest)
    if wraps or span[0] < 0 or above:
        return Number(formula, kind, kind.span, wraps=True)
    return Number(formula, kind, (span[0], min(span[1], greatest)))


def _divided(sign: str, left: Number, right: Number) -> Number:
    """Integer division, towards zero, and its remainder, which has the sign of the dividend."""
    kind = left.kind
    above, below = left.amount, right.amount
    if right.span == (0, 0):
        raise UnsupportedError(f"{above} is divided by the integer 0")
    (one, last), (other, largest) = left.span, right.span
    if one == last and other == largest:
        quotient = abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1)
        return whole(quotient if sign == "/" else one - other * quotient, kind)
    positive = one >= 0 and other >= 0
    if sign == "/":
        formula = applied("floor_divide", above, below) if positive else applied("trunc", above / below)
        reach = max(abs(one), abs(last))
        span = (0, last) if positive else (-reach, reach)
    else:
        formula = applied("mod" if positive else "fmod", above, below)
        reach = max(abs(other), abs(largest)) - 1
        span = (0 if one >= 0 else -reach, reach)
    assert formula is not None
    return Number(formula, kind, (max(span[0], kind.span[0]), min(span[1], kind.span[1])))
