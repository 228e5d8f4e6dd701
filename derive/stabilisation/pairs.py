"""Forms in pairs of floats: what the rounding of an intermediate drops is computed beside it, and made good.

A pair is a float and an error so small that their sum is not a float: `a*b` and `product_error(a, b)`. In real numbers
every error is 0, so a form in pairs equals the form that it was made of.
Source: T. J. Dekker, A floating-point technique for extending the available precision, Numerische Mathematik 18, 1971.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from typing import Final

from derive.calculus.derivative import derivative, minus, negated, over, plus, times
from derive.elementary.table import KINKED, STEPPED, TABLE, column
from derive.term import (
    CONDITIONS,
    INFINITY,
    NAN,
    ONE,
    ZERO,
    Term,
    branches,
    call,
    cases,
    free_symbols,
    rational_value,
    rebuild,
    relation,
    subterms,
    symbol,
    transform,
)

Pair = tuple[Term, Term]  # a value, and its error: ZERO where it has none, or none that is known
ERRORS: Final = {operation: error for error, operation in column("error_of").items()}
ROUNDED: Final = ("sub", *ERRORS)  # what has an error that is known
MAX_PRODUCT: Final = 4  # powers up to it are products
WITHOUT_ZERO: Final[Mapping[str, Callable[..., Term]]] = {
    "add": plus, "sub": minus, "mul": times, "div": over, "neg": negated,
}  # fmt: skip


def multiplied_out(form: Term) -> Term:
    """`form`, whose small powers are the products that kernels compute."""

    def visit(node: Term) -> Term:
        order = rational_value(node.args[1]) if node.head == "pow" else None
        if order is None or order.denominator != 1 or not 1 < abs(order) <= MAX_PRODUCT or not free_symbols(node):
            return node
        base = node.args[0]
        square = base * base
        product = {2: square, 3: square * base, 4: square * square}[abs(int(order))]
        return product if order > 0 else ONE / product

    return transform(form, visit)


def in_pairs(form: Term, kept: Collection[Term]) -> Term:
    """`form`, in which the operations in `kept` are pairs, and whatever takes one of them makes its error good."""
    pairs: dict[Term, Pair] = {}

    def pair(node: Term) -> Pair:
        if node not in pairs:
            pairs[node] = _pair(node, node in kept, pair)
        return pairs[node]

    return multiplied_out(_corrected(*pair(form)))


def _pair(node: Term, is_kept: bool, pair: Callable[[Term], Pair]) -> Pair:
    if not free_symbols(node):
        return node, ZERO if node.head in CONDITIONS else _constant_error(node)
    if node.head in CONDITIONS:
        return rebuild(node, tuple(pair(part)[0] for part in node.args)), ZERO
    if node.head == "cases":
        chosen = [(pair(value), pair(condition)[0]) for value, condition in branches(node)]
        return _choice([(p[0], c) for p, c in chosen]), _choice([(p[1], c) for p, c in chosen])
    parts = [pair(part) for part in node.args]
    values = tuple(value for value, _ in parts)
    value = rebuild(node, values)
    # What rounding drops of a constant matters where a pair is wanted.
    counts = [is_kept or bool(free_symbols(part)) for part in node.args]
    errors = [error if counted else ZERO for (_, error), counted in zip(parts, counts, strict=True)]
    if node.head in STEPPED or not node.args:
        return value, ZERO
    if node.head == "neg":
        return value, negated(errors[0])
    if node.head in KINKED:
        return value, _of_kinked(node.head, values, errors)
    if node.head == "exp" and errors[0] is not ZERO and not is_kept:
        return call("expdiff", values[0], _finite(negated(errors[0]))), ZERO
    passed = _passed(node, values, errors)
    if is_exact(node):
        return value, passed
    if is_kept:
        return value, plus(_own_error(node, values), passed)
    return _corrected(value, passed), ZERO


def is_exact(node: Term) -> bool:
    """Whether an operation only moves an exponent."""
    if node.head not in ("mul", "div"):
        return False
    factors = [rational_value(part) for part in (node.args if node.head == "mul" else node.args[1:])]
    return any(f is not None and abs(f.numerator).bit_count() == f.denominator.bit_count() == 1 for f in factors)


def _choice(parts: list[tuple[Term, Term]]) -> Term:
    *listed, (last, _) = parts
    return last if all(value == last for value, _ in listed) else cases(*listed, otherwise=last)


def _constant_error(node: Term) -> Term:
    value = rational_value(node)
    is_float = value is not None and Fraction(float(value)) == value
    return ZERO if is_float or {INFINITY, NAN} & set(subterms(node)) else call(ERRORS["num"], node)


def _of_kinked(head: str, values: tuple[Term, ...], errors: list[Term]) -> Term:
    """The error of the argument that a function with a kink passes on."""
    if all(error is ZERO for error in errors) or TABLE[head].kink == "jump":
        return ZERO
    if len(values) == 1:
        return cases((errors[0], relation("ge", values[0], 0)), otherwise=negated(errors[0]))
    chosen = relation("eq", values[0], Term(head, values))
    return cases((errors[0], chosen), otherwise=errors[1])


def _own_error(node: Term, values: tuple[Term, ...]) -> Term:
    """What the rounding of an operation drops."""
    if node.head == "sub":
        return call(ERRORS["add"], values[0], negated(values[1]))
    return call(ERRORS[node.head], *values) if node.head in ERRORS else ZERO


def _passed(node: Term, values: tuple[Term, ...], errors: list[Term]) -> Term:
    """What errors of its arguments come to in an operation, to the first order."""
    total = ZERO
    if all(error is ZERO for error in errors):
        return total
    if node.head == "div":  # by the quotient itself, which is there
        above, below = errors
        return over(minus(above, times(rebuild(node, values), below)), values[1])
    names = [symbol(f"u{place}") for place in range(len(values))]
    generic = rebuild(node, tuple(names))
    back: Mapping[Term, Term] = dict(zip(names, values, strict=True))
    for name, error in zip(names, errors, strict=True):
        if error is not ZERO:
            slope = transform(derivative(generic, name), lambda part: back.get(part, part))
            total = plus(total, times(slope, error))
    return total


def _finite(error: Term) -> Term:
    """An error that is no longer one where its value is infinite."""
    return cases((error, relation("lt", call("abs", error), INFINITY)), otherwise=ZERO)


def _corrected(value: Term, error: Term) -> Term:
    if error is ZERO:
        return value
    whole = value + error
    return cases((whole, relation("lt", call("abs", whole), INFINITY)), otherwise=value)


def exactly(form: Term) -> Term:
    """What a form in pairs is in real numbers: the form that it was made of."""

    def visit(node: Term) -> Term:
        if node.head in ERRORS.values():
            return ZERO
        if node.head == "cases":
            return _choice(branches(node))
        if node.head == "expdiff" and node.args[1] is ZERO:
            return call("exp", node.args[0])
        return WITHOUT_ZERO[node.head](*node.args) if node.head in WITHOUT_ZERO and ZERO in node.args else node

    return transform(form, visit)
