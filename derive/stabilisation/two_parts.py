"""Arguments in two parts: what rounding takes off the argument of a steep function is given back.

Parts with few bits have products that are exact in every format; what they leave of the argument is small.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import frexp, ldexp
from typing import Final

from derive.calculus.derivative import derivative, plus, times
from derive.elementary.table import named
from derive.stabilisation.writer import Writer
from derive.term import ZERO, Term, call, free_symbols, rational_value, substitute, symbol, term, transform
from derive.values.balls import enclose
from derive.values.ratio import Monomial, Ratio, Ring, TooLarge, constant, polynomial_of, ratio_of

HEAD_UNITS: Final = 16  # the heads of an exponent are cut off after so many parts of 1
MAX_HEAD: Final = 256  # in magnitude: they have 12 bits at most
COEFFICIENT_BITS: Final = 8  # of a coefficient's head
MAX_POWER: Final = 5
STEEP: Final = ("erfc",)
ARGUMENT_UNITS: Final = 64  # as HEAD_UNITS and MAX_HEAD, of the argument of another steep function: 13 bits at most
MAX_ARGUMENT: Final = 64
SCALE_BITS: Final = 12  # of the first part of its scale
BITS: Final = 128
Powers = Mapping[int, Term]  # a polynomial's coefficients, which are constant
Parts = tuple[Term, Term]  # head and tail, whose sum is what they stand for
MAGNITUDES: Final = named(lambda record: record.kink == "kink")  # of a variable: its absolute value, or a clamp


def in_two_parts(node: Term) -> Iterator[Term]:
    """The exponential of a polynomial in one variable, and a steep function of a multiple of one, so computed."""
    if node.head not in ("exp", *STEEP) or len(free_symbols(node)) != 1:
        return
    variable, powers = _polynomial(node.args[0])
    if node.head == "exp" and len(powers) > 1 and 1 < max(powers) <= MAX_POWER:
        head, tail = _evaluated(powers, variable)
        yield call("expdiff", tail, -head)
    elif node.head in STEEP and powers.keys() == {1} and rational_value(powers[1]) is None:
        yield _compensated(node, powers[1], variable)


def _compensated(node: Term, scale: Term, x: Term) -> Term:
    """g(u) + g'(u)*(s*x - u), where u is s*x as it is rounded: in exact arithmetic the last factor is 0."""
    size, exponent = frexp(float(enclose(scale, {}, BITS).mid()))
    unit = Fraction(2) ** exponent
    short = term(Fraction(round(size * 2**SCALE_BITS), 2**SCALE_BITS) * unit)
    head = _cut(_clamped(x, MAX_ARGUMENT / unit), ARGUMENT_UNITS * unit)
    lost = ((head * short - node.args[0]) + (x - head) * short) + x * (scale - short)
    slope = derivative(Term(node.head, (symbol("w"),)), symbol("w"))
    return node + substitute(slope, {symbol("w"): node.args[0]}) * lost


def _polynomial(argument: Term) -> tuple[Term, Powers]:
    """What a term is a polynomial in, a variable or its magnitude, which may be clamped, and its coefficients; none
    where it is not a polynomial."""
    ring = Ring()
    try:
        ratio = ratio_of(transform(argument, _by_magnitude), ring)
    except (TooLarge, ZeroDivisionError):
        return ZERO, {}
    varying = [slot for slot, opaque in enumerate(ring.terms) if free_symbols(opaque)]
    if len(varying) != 1 or ring.terms[varying[0]].head not in ("sym", *MAGNITUDES):
        return ZERO, {}
    (slot,) = varying
    parts: dict[int, dict[Monomial, object]] = {}
    for monomial, coefficient in ratio.above.to_dict().items():
        constants = tuple(0 if place == slot else int(power) for place, power in enumerate(monomial))
        parts.setdefault(int(monomial[slot]), {})[constants] = coefficient
    if ratio.below.degrees()[slot]:
        return ZERO, {}
    writer = Writer(dict(enumerate(ring.terms)), (), set())
    below = Ratio(constant(1).above, ratio.below)
    return ring.terms[slot], {
        power: writer.ratio(Ratio(polynomial_of(parts[power]), constant(1).above) * below) for power in sorted(parts)
    }


def _by_magnitude(node: Term) -> Term:
    """abs(P(v)) as P(abs(v)), where the terms of P have one sign for either sign of v."""
    if node.head != "abs":
        return node
    variable, powers = _polynomial(node.args[0])
    signs = {bool(enclose(value, {}, BITS) > 0) for value in powers.values()}
    if len(signs) != 1 or len({power % 2 for power in powers}) != 1 or variable.head == "abs":
        return node
    inner = substitute(node.args[0], {variable: call("abs", variable)})
    return inner if signs == {True} else -inner


def _evaluated(powers: Powers, x: Term) -> Parts:
    """A polynomial by Horner's scheme: c + q*(...), where q is x or its square."""
    least, most = min(powers), max(powers)
    stride = 2 if all((power - least) % 2 == 0 for power in powers) else 1
    head_of_x = _cut(_clamped(x, MAX_HEAD))
    line = (head_of_x, x - head_of_x, x)
    factor = line if stride == 1 else (head_of_x**2, (x - head_of_x) * (x + head_of_x), x**2)
    total = _constant(powers[most])
    for power in range(most - stride, least - 1, -stride):
        head, tail = _constant(powers.get(power, ZERO))
        product = _times(total, factor)
        total = _shortened((plus(head, product[0]), plus(tail, product[1])))
    for _ in range(least):
        total = _times(total, line)
    return total


def _times(a: Parts, b: tuple[Term, Term, Term]) -> Parts:
    """The product of the heads, and what it lacks; b: head, tail, and their sum."""
    return times(a[0], b[0]), plus(times(a[0], b[1]), times(a[1], b[2]))


def _shortened(parts: Parts) -> Parts:
    head = _cut(parts[0])
    return head, (parts[0] - head) + parts[1]


def _clamped(x: Term, bound: Fraction | int) -> Term:
    above = call("min", x, term(bound))
    return above if x.head == "abs" else call("max", above, term(-bound))


def _cut(value: Term, units: Fraction | int = HEAD_UNITS) -> Term:
    return call("floor", value * term(units)) / term(units)


def _constant(value: Term) -> Parts:
    """Towards zero, so that head and tail have one sign."""
    size, exponent = frexp(float(enclose(value, {}, BITS).mid()))
    head = term(Fraction(ldexp(int(ldexp(size, COEFFICIENT_BITS)), exponent - COEFFICIENT_BITS)))
    return head, ZERO if rational_value(value) == rational_value(head) else value - head
