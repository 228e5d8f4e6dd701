"""Exponentials of polynomials, whose exponents are carried in two parts: what rounding takes off them is an error.

P(x) is added up from heads, whose few bits make their products exact in every format, and from tails, which are small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import reduce
from math import frexp, ldexp
from typing import Final

from derive.calculus.derivative import minus, plus, times
from derive.term import ONE, ZERO, Term, call, free_symbols, rational_value, term
from derive.values.balls import enclose

HEAD_UNITS: Final = 16  # heads are cut off after so many parts of 1
MAX_HEAD: Final = 256  # in magnitude: they have 12 bits at most
COEFFICIENT_BITS: Final = 8  # bits of a coefficient's head
MAX_POWER: Final = 5  # the highest power
BITS: Final = 128
Powers = Mapping[int, Term]  # a polynomial's coefficients, which are constant
Polynomial = tuple[Term | None, Powers]  # what it is one in, None for a constant
Parts = tuple[Term, Term]  # head and tail, whose sum is what they stand for

CONSTANT_ZERO: Final[Polynomial] = (None, {})


def split_exponent(node: Term) -> Iterator[Term]:
    """The exponential of a polynomial with several terms, in one variable or its magnitude, which may be held."""
    variable, powers = (_read(node.args[0]) if node.head == "exp" else None) or CONSTANT_ZERO
    if variable is not None and len(powers) > 1 and max(powers) > 1:
        head, tail = _evaluated(powers, variable)
        yield call("expdiff", tail, -head)


def _read(node: Term) -> Polynomial | None:
    """A term as a polynomial; None for what is none."""
    if not free_symbols(node):
        return None, {0: node}
    if node.head in ("sym", "max", "min"):
        return node, {1: ONE}
    if node.head not in OPERATIONS or (node.head in ("div", "pow") and free_symbols(node.args[1])):
        return None
    parts = [found for part in node.args if (found := _read(part)) is not None]
    variables = dict.fromkeys(variable for variable, _ in parts if variable is not None)
    if len(parts) < len(node.args) or len(variables) != 1:
        return None
    (variable,) = variables
    if node.head == "abs":
        return _magnitude(variable, parts[0][1])
    powers = OPERATIONS[node.head](*(powers for _, powers in parts))
    return (variable, powers) if powers and max(powers) <= MAX_POWER else None


def _magnitude(variable: Term, powers: Powers) -> Polynomial | None:
    """abs(P(v)) as P(abs(v)), where its terms have one sign for either sign of v."""
    signs = {bool(enclose(value, {}, BITS) > 0) for value in powers.values()}
    if len(signs) > 1 or len({power % 2 for power in powers}) > 1:
        return None
    return call("abs", variable), powers if signs == {True} else _negative(powers)


def _sum(a: Powers, b: Powers, join: Callable[[Term, Term], Term] = plus) -> Powers:
    return {power: join(a.get(power, ZERO), b.get(power, ZERO)) for power in sorted({*a, *b})}


def _negative(a: Powers) -> Powers:
    return {power: times(term(-1), value) for power, value in a.items()}


def _product(a: Powers, b: Powers) -> Powers:
    found: dict[int, Term] = {}
    for i, left in a.items():
        for j, right in b.items():
            found[i + j] = plus(found.get(i + j, ZERO), times(left, right))
    return found


def _quotient(a: Powers, b: Powers) -> Powers:
    return {power: value / b[0] for power, value in a.items()}


def _power(a: Powers, b: Powers) -> Powers:
    """Nothing where the exponent is not one of 1, 2, ... MAX_POWER."""
    exponent = rational_value(b[0])
    whole = exponent is not None and exponent.denominator == 1 and 0 < exponent <= MAX_POWER
    return reduce(_product, [a] * int(exponent)) if exponent is not None and whole else {}


OPERATIONS: Final[dict[str, Callable[..., Powers]]] = {
    "add": _sum, "sub": lambda a, b: _sum(a, b, minus), "neg": _negative, "mul": _product, "div": _quotient,
    "pow": _power, "abs": lambda a: a,
}  # fmt: skip


def _evaluated(powers: Powers, x: Term) -> Parts:
    """A polynomial by Horner's scheme: c + q*(...), where q is x or its square."""
    least, most = min(powers), max(powers)
    stride = 2 if all((power - least) % 2 == 0 for power in powers) else 1
    head_of_x = call("min", x, term(MAX_HEAD))
    head_of_x = _cut(head_of_x if x.head == "abs" else call("max", head_of_x, term(-MAX_HEAD)))
    factor = (head_of_x, x - head_of_x, x) if stride == 1 else (head_of_x**2, (x - head_of_x) * (x + head_of_x), x**2)
    total = _constant(powers[most])
    for power in range(most - stride, least - 1, -stride):
        head, tail = _constant(powers.get(power, ZERO))
        product = _times(total, factor)
        total = _shortened((plus(head, product[0]), plus(tail, product[1])))
    for _ in range(least):
        total = _times(total, (head_of_x, x - head_of_x, x))
    return total


def _times(a: Parts, b: tuple[Term, Term, Term]) -> Parts:
    """The product of the heads, and what it lacks; b: head, tail, and their sum."""
    return times(a[0], b[0]), plus(times(a[0], b[1]), times(a[1], b[2]))


def _shortened(parts: Parts) -> Parts:
    head = _cut(parts[0])
    return head, (parts[0] - head) + parts[1]


def _cut(value: Term) -> Term:
    return call("floor", value * term(HEAD_UNITS)) / term(HEAD_UNITS)


def _constant(value: Term) -> Parts:
    """Towards zero, so that head and tail have one sign."""
    size, exponent = frexp(float(enclose(value, {}, BITS).mid()))
    head = term(Fraction(ldexp(int(ldexp(size, COEFFICIENT_BITS)), exponent - COEFFICIENT_BITS)))
    return head, ZERO if rational_value(value) == rational_value(head) else value - head
