"""`OneSided`: a limit with the side from which it is approached, and arithmetic on such limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, reduce
from typing import Final, TypeAlias

from flint import arb, ctx

from derive.elementary.table import TABLE, named
from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.notation.text import read_text
from derive.term import Term
from derive.values.balls import BALLS, enclose

CONSTANT: Final = 0
Side: TypeAlias = int | None  # 1: from above, -1: from below, CONSTANT: the value itself, None: not known
OO: Final = arb.pos_inf()


@dataclass(frozen=True, eq=False)
class OneSided:
    """A limit, and the side from which it is approached.

    An object stands for one moving quantity: it less itself is 0, whatever its limit.
    """

    value: arb
    side: Side = CONSTANT

    @property
    def constant(self) -> bool:
        return self.side == CONSTANT

    @property
    def zero(self) -> bool:
        return bool(self.value.is_zero())

    @property
    def infinite(self) -> bool:
        return not self.value.is_finite() and not self.value.is_nan()

    @property
    def sign(self) -> Side:
        """The sign of what approaches; CONSTANT for 0 itself."""
        if self.zero:
            return self.side
        return 1 if self.value > 0 else -1 if self.value < 0 else None


class Indeterminate(ArithmeticError):  # noqa: N818  (an answer, not an error)
    """The limits of the parts do not tell the limit of the whole."""


JUMPING: Final = named(lambda function: function.kink in ("jump", "steps"))


@cache
def _ends(function: str) -> tuple[tuple[Term, int, Term], ...]:
    """The ends of a function of one argument: where, the side on which it has values, and the limit there."""
    record = TABLE.get(function)
    if record is None or record.ends is None:
        return ()
    (first, at_first), (last, at_last) = record.ends
    return (read_text(first), 1, read_text(at_first)), (read_text(last), -1, read_text(at_last))


def _direction(function: str) -> Side:
    """How the side of the argument becomes the side of the value, where that is always the same way."""
    return TABLE[function].monotone or None if function in TABLE else None


def _number(root: Term) -> arb:
    return _at(root, int(ctx.prec))


@cache
def _at(root: Term, bits: int) -> arb:
    return enclose(root, {}, bits)


def order(a: OneSided, b: OneSided) -> int:
    """Whether what approaches `a` lies below (-1), at (0) or above (1) what approaches `b`."""
    if a.value < b.value or a.value > b.value:
        return -1 if a.value < b.value else 1
    if not (a.value == b.value or (a.infinite and b.infinite)):
        raise Indeterminate
    if a.constant and b.constant:
        return 0
    if a.side is None or b.side is None or a.side == b.side:
        raise Indeterminate
    return a.side or -b.side


def _times(a: Side, b: Side) -> Side:
    return None if a is None or b is None else a * b


def _both(a: Side, b: Side) -> Side:
    """The side of a sum: that of the moving part, or of both where they agree."""
    return b if a == CONSTANT else a if b == CONSTANT or a == b else None


def _infinity(sign: Side) -> OneSided:
    if not sign:
        raise Indeterminate
    return OneSided(sign * OO, -sign)


def _negative(a: OneSided) -> OneSided:
    return OneSided(-a.value, _times(a.side, -1))


def _add(a: OneSided, b: OneSided) -> OneSided:
    if a.infinite or b.infinite:
        if a.infinite and b.infinite and a.sign != b.sign:
            raise Indeterminate
        return _infinity((a if a.infinite else b).sign)
    return OneSided(a.value + b.value, _both(a.side, b.side))


def _subtract(a: OneSided, b: OneSided) -> OneSided:
    return OneSided(arb(0)) if a is b else _add(a, _negative(b))


def _multiply(a: OneSided, b: OneSided) -> OneSided:
    if (a.zero and a.constant) or (b.zero and b.constant):
        return OneSided(arb(0))
    sign = _times(a.sign, b.sign)
    if a.infinite or b.infinite:
        if a.zero or b.zero:
            raise Indeterminate
        return _infinity(sign)
    if a.zero or b.zero:
        return OneSided(arb(0), sign)
    return OneSided(a.value * b.value, _both(_times(a.side, b.sign), _times(b.side, a.sign)))


def _reciprocal(a: OneSided) -> OneSided:
    if a.zero:
        return _infinity(a.sign)
    if a.infinite:
        return OneSided(arb(0), a.sign)
    return OneSided(1 / a.value, _times(a.side, -1))


def _absolute(a: OneSided) -> OneSided:
    if a.zero:
        return OneSided(a.value, CONSTANT if a.constant else 1)
    if a.sign is None:
        return OneSided(abs(a.value), None)
    return a if a.sign > 0 else _negative(a)


def _sign(a: OneSided) -> OneSided:
    if a.sign is None:
        raise Indeterminate
    return OneSided(arb(a.sign))


def _larger(a: OneSided, b: OneSided) -> OneSided:
    try:
        return a if order(a, b) >= 0 else b
    except Indeterminate:
        # Which of two that meet is larger does not matter to the limit.
        return _infinity(a.sign) if a.infinite else OneSided(a.value.max(b.value), None)


def _smaller(a: OneSided, b: OneSided) -> OneSided:
    return _negative(_larger(_negative(a), _negative(b)))


_OPERATIONS: Final[dict[str, Callable[..., OneSided]]] = {
    "neg": _negative, "add": _add, "sub": _subtract, "mul": _multiply,
    "div": lambda a, b: _multiply(a, _reciprocal(b)), "abs": _absolute, "sign": _sign,
    "max": _larger, "min": _smaller, "expdiff": lambda a, b: apply("exp", [_subtract(a, b)]),
    "held": lambda a, b: a, "parted": lambda a, b: a,
}  # fmt: skip


def fold(kind: str, terms: Sequence[OneSided]) -> OneSided:
    if kind == "maximum":
        return reduce(_larger, terms)
    return reduce(_add, terms, OneSided(arb(0))) if kind == "sum" else reduce(_multiply, terms, OneSided(arb(1)))


def power(base: OneSided, exponent: OneSided, order: Fraction | None) -> OneSided:
    """base^exponent; `order` is the exponent where it is a rational number."""
    if order is None or order.denominator != 1:
        # u^v is exp(v log u) for a positive base.
        return apply("exp", [_multiply(exponent, apply("log", [base]))])
    if order < 0:
        return _reciprocal(power(base, exponent, -order))
    if order == 0:
        return OneSided(arb(1))
    sign = base.sign if order % 2 else _times(base.sign, base.sign)
    if base.infinite:
        return _infinity(sign)
    if base.zero:
        return OneSided(arb(0), sign)
    return OneSided(base.value ** int(order), base.side if order % 2 else _times(base.side, base.sign))


def apply(function: str, parts: Sequence[OneSided]) -> OneSided:
    """The limit of an operation or a function. Raises Indeterminate, or UnsupportedError for one not known."""
    return _OPERATIONS[function](*parts) if function in _OPERATIONS else _continuous(function, parts)


def _continuous(function: str, parts: Sequence[OneSided]) -> OneSided:
    """A function that is continuous wherever it has a value, or whose argument stays fixed."""
    constant = all(part.constant for part in parts)
    side = CONSTANT if constant else _times(parts[0].side, _direction(function)) if len(parts) == 1 else None
    for end, within, limit in _ends(function):
        if parts[0].value == _number(end):
            if not constant and parts[0].side != within:
                raise Indeterminate
            found = _number(limit)
            return _infinity(1 if found > 0 else -1) if not found.is_finite() else OneSided(found, side)
    if any(part.infinite for part in parts) or (function in JUMPING and not constant):
        raise Indeterminate
    if function not in BALLS:
        raise UnsupportedError(f"no enclosure is known for {function}")
    try:
        value = BALLS[function](*(part.value for part in parts))
    except (Undefined, Undetermined):
        raise Indeterminate from None
    if not value.is_finite():
        raise Indeterminate
    return OneSided(value, side)
