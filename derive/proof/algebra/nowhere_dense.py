"""Whether the zeros of a polynomial have an interior along a variable: only a set without one is a boundary.

Where a polynomial vanishes on an interval its derivatives do too, and so does every resultant of these, which has
one generator fewer. Elimination ends at a polynomial in what is known to be independent, or shows nothing.
"""

from __future__ import annotations

from typing import Final

from derive.calculus.derivative import depends, derivative
from derive.elementary.table import named
from derive.errors import UnsupportedError
from derive.proof.algebra.field import Element, Generator, OutOfReach, Polynomial, Singular
from derive.proof.algebra.normal import Normaliser
from derive.proof.algebra.signs import NeedSign
from derive.term import Term, rational_value, subterms

MAX_DEPTH: Final = 4  # arguments and eliminations, one upon the other
MAX_FUNCTIONS: Final = 3  # that are eliminated
MAX_PRODUCTS: Final = 600  # of terms of two polynomials, of which one is eliminated
MAX_TERMS: Final = 60  # of a polynomial that takes part in an elimination
NEVER_CONSTANT: Final = named(lambda function: function.never_constant)
TRANSCENDENTAL: Final = named(lambda function: function.transcendental)


def is_nowhere_dense(reader: Normaliser, number: int, variable: Term, depth: int = 0) -> bool:
    """Whether a polynomial is shown to vanish on no interval of `variable`, whatever the other symbols are.

    Raises NeedSign where that depends on whether a polynomial in the others is zero.
    """
    if reader.signs.find(number) in (1, -1):
        return True
    reader.field.fuel.spend()
    polynomial = reader.field.polynomials[number]
    moving = [slot for slot in reader.field.slots(polynomial)
              if depends(reader.field.generators[slot].term, variable)]  # fmt: skip
    if not moving:
        if reader.signs.find(number) is None:
            raise NeedSign(reader.signs.root_of(number))
        return False
    functions = [reader.field.generators[slot] for slot in moving]
    functions = [generator for generator in functions if generator.term is not variable]
    try:
        if _are_independent(reader, functions, variable):
            return _has_a_coefficient(reader, polynomial, moving)
        if depth >= MAX_DEPTH or len(polynomial) > MAX_TERMS or len(functions) > MAX_FUNCTIONS:
            return False
        if len(moving) == 1 and (inside := _argument(functions[0], variable)) is not None:
            return _has_a_coefficient(reader, polynomial, moving) and _moves(reader, inside, variable, depth)
        return _is_nowhere_dense_by_elimination(reader, number, functions, variable, depth)
    except (OutOfReach, Singular, UnsupportedError, OverflowError):
        return False


def has_interior(reader: Normaliser, number: int, variable: Term | None, depth: int = 0) -> bool:
    """Whether the zeros of a polynomial may have an interior, along the variable where it moves them."""
    names = _names(reader, number)
    if variable is not None and variable in names:
        names = [variable]
    return not any(_is_nowhere_dense_by_cases(reader, number, name, depth) for name in names)


def _names(reader: Normaliser, number: int) -> list[Term]:
    """The symbols and components in a polynomial."""
    slots = reader.field.slots(reader.field.polynomials[number])
    nodes = dict.fromkeys(node for slot in slots for node in subterms(reader.field.generators[slot].term))
    inside = {child for node in nodes if node.head == "index" for child in node.args}
    return [node for node in nodes if node.head == "index" or (node.head == "sym" and node not in inside)]


def _is_nowhere_dense_by_cases(reader: Normaliser, number: int, along: Term, depth: int) -> bool:
    try:
        return is_nowhere_dense(reader, number, along)
    except NeedSign as question:
        other = question.number
    if depth == MAX_DEPTH or other == number:
        return False
    if not depends(reader.written(other), along):
        # An interior would lie where this vanishes all along the variable.
        return not has_interior(reader, other, None, depth + 1)
    return all(_is_nowhere_dense_by_cases(reader.assuming(other, sign), number, along, depth + 1) for sign in (1, -1))


def moves(reader: Normaliser, inside: Term, variable: Term) -> bool:
    """Whether a smooth term is shown to be constant on no interval of `variable`; raises NeedSign."""
    try:
        return depends(inside, variable) and _moves(reader, inside, variable, 0)
    except (OutOfReach, Singular, UnsupportedError):
        return False


def _moves(reader: Normaliser, inside: Term, variable: Term, depth: int) -> bool:
    slope = reader.read(derivative(inside, variable))
    return not slope.is_zero and all(is_nowhere_dense(reader, n, variable, depth + 1) for n in _above(slope))


def _above(element: Element) -> list[int]:
    return [number for number, exponent in element.factors if exponent > 0]


def _are_independent(reader: Normaliser, functions: list[Generator], variable: Term) -> bool:
    """Whether these, one function of one angle, are independent of the variable: its argument is linear."""
    if not functions:
        return True
    inside = {generator.term.args[-1:] for generator in functions}
    heads = {generator.term.head for generator in functions}
    if len(inside) > 1 or not heads <= TRANSCENDENTAL or (len(functions) > 1 and heads != {"sin", "cos"}):
        return False
    slope = reader.read(derivative(functions[0].term.args[0], variable))
    return not slope.is_zero and not any(depends(reader.written(number), variable) for number, _ in slope.factors) \
        and all(is_nowhere_dense(reader, number, variable) for number in _above(slope))  # fmt: skip


def _argument(generator: Generator, variable: Term) -> Term | None:
    """What moves inside a function that is constant on no interval unless that is."""
    written = generator.term
    if isinstance(generator.key, tuple) and generator.key[0] == "frac":
        return written
    if written.head == "pow":
        order = rational_value(written.args[1])
        return written.args[0] if order else None
    if written.head not in NEVER_CONSTANT or any(depends(other, variable) for other in written.args[:-1]):
        return None
    return written.args[-1]


def _has_a_coefficient(reader: Normaliser, polynomial: Polynomial, moving: list[int]) -> bool:
    """Whether some coefficient, as a polynomial in what moves, is not 0; raises NeedSign, of the simplest."""
    parts: dict[tuple[int, ...], dict[tuple[int, ...], int]] = {}
    for powers, coefficient in polynomial.to_dict().items():
        inside = tuple(int(powers[slot]) for slot in moving)
        rest = tuple(0 if slot in moving else int(power) for slot, power in enumerate(powers))
        parts.setdefault(inside, {})[rest] = int(coefficient)
    unknown: list[int] = []
    for part in parts.values():
        element = reader.field.from_polynomial(reader.field.context.from_dict(part))
        signs = {number: reader.signs.find(number) for number, _ in element.factors}
        if not element.is_zero and all(signs.values()):
            return True
        if not element.is_zero and 0 not in signs.values():
            unknown += [number for number, sign in signs.items() if sign is None]
    if not unknown:
        return False
    sizes = {n: (len(reader.field.polynomials[n]), int(reader.field.polynomials[n].total_degree()), n) for n in unknown}
    raise NeedSign(reader.signs.root_of(min(unknown, key=sizes.__getitem__)))


def _is_nowhere_dense_by_elimination(
    reader: Normaliser, number: int, functions: list[Generator], variable: Term, depth: int
) -> bool:
    """What vanishes with the polynomial on an interval, with one function after the other eliminated."""
    system = [reader.field.polynomials[number]]
    for _ in functions:
        slope = reader.read(derivative(reader.write_polynomial(system[-1]), variable))
        if slope.is_zero:
            break
        # What is never 0 is no reason to vanish.
        kept = tuple((n, 1) for n in _above(slope) if reader.signs.find(n) not in (1, -1))
        system.append(reader.field.expand(dict(kept)))
    system += _relations(reader, functions)
    for generator in reversed(functions):
        system = _without(reader, system, generator.slot)
    found = (reader.field.from_polynomial(rest) for rest in system)
    return any(
        not rest.is_zero and all(is_nowhere_dense(reader, n, variable, depth + 1) for n in _above(rest))
        for rest in found
    )


def _relations(reader: Normaliser, functions: list[Generator]) -> list[Polynomial]:
    """What the functions satisfy among each other: the squares of sine and cosine, what is under a root."""
    field = reader.field
    found = [
        (generator, field.relations[generator.slot]) for generator in functions if generator.slot in field.relations
    ]
    return [field.polynomial(generator) ** order - value for generator, (order, value) in found]


def _without(reader: Normaliser, system: list[Polynomial], slot: int) -> list[Polynomial]:
    """The polynomials that are left once a generator is eliminated with the one of lowest degree in it."""
    mine = sorted((part for part in system if part.degrees()[slot]), key=lambda part: (part.degrees()[slot], len(part)))
    rest = [part for part in system if not part.degrees()[slot]]
    for other in mine[1:]:
        if len(other) * len(mine[0]) <= MAX_PRODUCTS:
            reader.field.fuel.spend(1 + len(mine[0]) * len(other))
            rest.append(reader.field.reduced(mine[0].resultant(other, f"g{slot}")))
    return [part for part in rest if part]
