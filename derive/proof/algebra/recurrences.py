"""Recurrences of special functions: contiguous orders reduce to one or two. Source: https://dlmf.nist.gov."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import factorial
from typing import TYPE_CHECKING, Final

from derive.proof.algebra.field import ONE, ZERO, Element, Field
from derive.term import PI

if TYPE_CHECKING:
    from derive.proof.algebra.normal import Normaliser

MAX_STEPS: Final = 6  # steps of a recurrence that are taken
MAX_STEPS_OF_NUMBERS: Final = 24


def split_integer(field: Field, element: Element) -> tuple[Element, int]:
    """(rest, n) with element = rest + n; the constant term of rest lies in [0, 1), a rational in (0, 1]."""
    value = element.rational
    if value is not None:
        whole = -((-value).__floor__()) - 1
        return Element(value - whole), whole
    if any(exponent < 0 for _, exponent in element.factors):
        return element, 0
    above, below = field.fraction(element)
    origin = (0,) * len(field.context.names())
    constant = Fraction(int(above.to_dict().get(origin, 0)), int(below.content()))
    whole = constant.__floor__()
    return field.subtract(element, Element(Fraction(whole))), whole


def reduce(reader: Normaliser, head: str, parts: list[Element]) -> Element | None:
    """head(parts) in terms of contiguous functions of a canonical order; None where it is canonical."""
    rule = RULES.get(head)
    return rule(reader, parts) if rule else None


def _steps(field: Field, element: Element) -> tuple[Element, int]:
    rest, whole = split_integer(field, element)
    most = MAX_STEPS if element.factors else MAX_STEPS_OF_NUMBERS
    return (rest, whole) if abs(whole) <= most else (element, 0)


def _positive_steps(reader: Normaliser, element: Element) -> tuple[Element, int]:
    """As `_steps`, but only down to what is surely positive, so that logarithms of all that lies between are real."""
    rest, whole = _steps(reader.field, element)
    while whole > 0 and not reader.surely_positive(rest):
        rest, whole = reader.field.add(rest, ONE), whole - 1
    return (rest, whole) if reader.surely_positive(rest) else (element, 0)


def _shifted(field: Field, rest: Element, whole: int) -> list[tuple[Element, int]]:
    """The factors by which rest moves to rest + whole: (rest + k, 1) up, (rest - k, -1) down."""
    if whole >= 0:
        return [(field.add(rest, Element(Fraction(k))), 1) for k in range(whole)]
    return [(field.add(rest, Element(Fraction(k))), -1) for k in range(whole, 0)]


def _gamma(reader: Normaliser, parts: list[Element]) -> Element | None:
    """gamma = exp(loggamma) where its argument is positive; else gamma(u + 1) = u gamma(u)."""
    field = reader.field
    if reader.surely_positive(parts[0]):
        return reader.exponential(reader.function_of("loggamma", parts))
    rest, whole = _steps(field, parts[0])
    if not whole:
        return None
    factors = [field.power(factor, sign) for factor, sign in _shifted(field, rest, whole)]
    return field.multiply(reader.function_of("gamma", [rest]), *factors)


def _loggamma(reader: Normaliser, parts: list[Element]) -> Element | None:
    """loggamma(u + 1) = loggamma(u) + log(u), for u > 0."""
    field = reader.field
    rest, whole = _positive_steps(reader, parts[0])
    if rest == ONE or rest == Element(Fraction(1, 2)):
        known = ZERO if rest == ONE else field.scale(reader.logarithm(reader.read(PI)), Fraction(1, 2))
    elif not whole:
        return None
    else:
        known = reader.function_of("loggamma", [rest])
    logs = [field.scale(reader.logarithm(factor), sign) for factor, sign in _shifted(field, rest, whole)]
    return field.total([known, *logs])


def _digamma(reader: Normaliser, parts: list[Element]) -> Element | None:
    field = reader.field
    rest, whole = _steps(field, parts[0])
    if not whole:
        return None
    moves = [field.scale(field.power(factor, -1), sign) for factor, sign in _shifted(field, rest, whole)]
    return field.total([reader.function_of("digamma", [rest]), *moves])


def _polygamma(reader: Normaliser, parts: list[Element]) -> Element | None:
    field, order = reader.field, parts[0].rational
    if order is None or order.denominator != 1 or not 0 <= order <= MAX_STEPS:
        return None
    if order == 0:
        return reader.function_of("digamma", parts[1:])
    rest, whole = _steps(field, parts[1])
    if not whole:
        return None
    n = int(order)
    by = Fraction((-1) ** n * factorial(n))
    moves = [field.scale(field.power(factor, -n - 1), sign * by) for factor, sign in _shifted(field, rest, whole)]
    return field.total([reader.function_of("polygamma", [parts[0], rest]), *moves])


def _zeta(reader: Normaliser, parts: list[Element]) -> Element | None:
    """zeta(s, u + 1) = zeta(s, u) - u**(-s), for u > 0, or u of any sign where s is a whole number."""
    field, order = reader.field, parts[0].rational
    is_whole = order is not None and order.denominator == 1
    rest, whole = _steps(field, parts[1]) if is_whole else _positive_steps(reader, parts[1])
    if not whole:
        return None
    moves = []
    for factor, sign in _shifted(field, rest, whole):
        power = reader.power(factor, field.scale(parts[0], -1))
        moves.append(field.scale(power, -sign))
    return field.total([reader.function_of("zeta", [parts[0], rest]), *moves])


def _uppergamma(reader: Normaliser, parts: list[Element]) -> Element | None:
    """Gamma(a + 1, x) = a Gamma(a, x) + x**a exp(-x), and Gamma(1, x) = exp(-x); x may be negative for whole a."""
    field, x = reader.field, parts[1]
    rest, whole = _steps(field, parts[0])
    decay = reader.exponential(field.scale(x, -1))
    if whole <= 0:
        return decay if parts[0] == ONE else None
    found = reader.function_of("uppergamma", [rest, x])
    for k in range(whole):
        a = field.add(rest, Element(Fraction(k)))
        found = field.add(field.multiply(a, found), field.multiply(reader.power(x, a), decay))
    return found


def _expint(reader: Normaliser, parts: list[Element]) -> Element | None:
    """n E[n+1](x) = exp(-x) - x E[n](x)."""
    field, x = reader.field, parts[1]
    rest, whole = _steps(field, parts[0])
    decay = reader.exponential(field.scale(x, -1))
    if parts[0].is_zero:
        return field.divide(decay, x)
    if not whole or (rest == ONE and whole < 0):
        return None
    found = reader.function_of("expint", [rest, x])
    for k in range(whole):
        order = field.add(rest, Element(Fraction(k)))
        found = field.divide(field.subtract(decay, field.multiply(x, found)), order)
    for k in range(0, whole, -1):
        order = field.add(rest, Element(Fraction(k - 1)))
        found = field.divide(field.subtract(decay, field.multiply(order, found)), x)
    return found


def _bessel(head: str, up: int, middle: int) -> Callable[[Normaliser, list[Element]], Element | None]:
    """F[n+1] = middle (2n/x) F[n] + up F[n-1], from the two lowest canonical orders."""

    def rule(reader: Normaliser, parts: list[Element]) -> Element | None:
        field, x = reader.field, parts[1]
        rest, whole = _steps(field, parts[0])
        if parts[0].rational is not None and rest == ONE:
            rest, whole = ZERO, whole + 1
        if x.is_zero and head in ("besselj", "besseli") and parts[0].rational is not None:
            return ONE if parts[0].is_zero else ZERO
        if whole in (0, 1):
            return None
        low, high = (reader.stand_in(head, [field.add(rest, Element(Fraction(k))), x]) for k in (0, 1))

        def slope(order: int) -> Element:
            nu = field.add(rest, Element(Fraction(order)))
            return field.divide(field.scale(nu, 2 * middle), x)

        for k in range(1, whole):
            low, high = high, field.add(field.multiply(slope(k), high), field.scale(low, up))
        for k in range(0, whole, -1):
            # F[k-1] = up (F[k+1] - slope F[k]), since up is its own inverse.
            low, high = field.scale(field.subtract(high, field.multiply(slope(k), low)), up), low
        return high if whole > 0 else low

    return rule


RULES: Final[dict[str, Callable[[Normaliser, list[Element]], Element | None]]] = {
    "gamma": _gamma,
    "loggamma": _loggamma,
    "digamma": _digamma,
    "polygamma": _polygamma,
    "zeta": _zeta,
    "uppergamma": _uppergamma,
    "expint": _expint,
    "besselj": _bessel("besselj", up=-1, middle=1),
    "bessely": _bessel("bessely", up=-1, middle=1),
    "besseli": _bessel("besseli", up=1, middle=-1),
    "besselk": _bessel("besselk", up=1, middle=1),
}
