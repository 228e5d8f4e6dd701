"""Where the values of a Term lie: a sound enclosure of its range over a Domain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import ceil, floor
from typing import Final

from flint import arb, ctx

from derive.elementary.record import Elementary
from derive.elementary.table import TABLE, column
from derive.notation.text import read_text
from derive.relations import decided, truth_of
from derive.spec.domain import REALS, Domain, Interval
from derive.term import INFINITY, Term, branches, rational_value
from derive.values.balls import BALLS, CONSTANTS, enclose, to_ball, to_fraction
from derive.values.fold import Fold

BITS: Final = 64
MAX_END: Final = Fraction(2) ** 3000  # ends beyond are taken as infinite, below its reciprocal as 0
THOUSANDTH: Final = Fraction(1, 1000)  # bounds that are irrational are rounded outwards to as many


def bound(text: str, outward: int) -> Fraction | None:
    """The number that a record writes, None for an infinite one; an irrational one rounded up (1) or down (-1)."""
    root = read_text(text)
    if root in (INFINITY, -INFINITY):
        return None
    value = rational_value(root)
    if value is not None:
        return value
    ball = enclose(root, {}, BITS) / to_ball(THOUSANDTH)
    return int((ball.ceil() if outward > 0 else ball.floor()).unique_fmpz()) * THOUSANDTH


def _monotone_on(function: Elementary) -> tuple[int, Interval, Fraction | None, Fraction | None]:
    """Its direction, the interval on which it is real, and its limits there (None: infinite)."""
    (first, at_first), (last, at_last) = function.need("ends")
    low, high = bound(first, -1), bound(last, 1)
    at_low, at_high = bound(at_first, -function.monotone), bound(at_last, function.monotone)
    defined = Interval(low, high, low is None or at_low is None, high is None or at_high is None)
    return function.monotone, defined, at_low, at_high


def _interval(text: str) -> Interval:
    """An interval as mathematics writes it: [0, oo)."""
    low, high = text[1:-1].split(", ")
    return Interval(bound(low, -1), bound(high, 1), text[0] == "(", text[-1] == ")")


def _is_bound(root: Term) -> bool:
    return root in (INFINITY, -INFINITY) or rational_value(root) is not None


MONOTONE: Final = {
    head: _monotone_on(function)
    for head, function in TABLE.items()
    if function.monotone and all(_is_bound(read_text(at)) for at, _ in function.need("ends"))
}
MAX_DOMAINS: Final = 32  # whose intervals are remembered
MAX_KNOWN: Final = 20_000  # intervals of one of them
BOUNDED: Final = {head: _interval(text) for head, text in column("range").items()}


def whole_range(head: str) -> Interval:
    """Where a function's values lie, wherever it is real."""
    if head in MONOTONE:
        direction, defined, *limits = MONOTONE[head]
        low, high = limits[::direction]
        low_open, high_open = (defined.low_open, defined.high_open)[::direction]
        return Interval(low, high, low is None or low_open, high is None or high_open)
    return BOUNDED.get(head, REALS)


def range_of(root: Term, domain: Domain) -> Interval:
    """An interval that contains every value `root` takes on `domain`; all reals where nothing is known."""
    fold = _FOLDS.pop(id(domain), None)
    if fold is None or len(fold.known) > MAX_KNOWN:
        fold = IntervalFold(domain)
    _FOLDS[id(domain)] = fold  # which keeps the domain, and so its id
    if len(_FOLDS) > MAX_DOMAINS:
        del _FOLDS[next(iter(_FOLDS))]
    return fold.value(root)


def closure(interval: Interval) -> Interval:
    """`interval` with its finite ends."""
    return replace(interval, low_open=interval.low is None, high_open=interval.high is None)


def decide(condition: Term, domain: Domain) -> bool | None:
    """Whether `condition` holds all over `domain` (True), nowhere (False), or cannot be told (None)."""
    return decided(condition, lambda relation: _related(relation, domain))


def _related(relation: Term, domain: Domain) -> bool | None:
    head, (left, right) = relation.head, relation.args
    if right is INFINITY:  # the points of a domain are finite
        return head in ("lt", "le", "ne")
    if any(side.head == "const" and side.name == "oo" for part in relation.args for side in (part, *part.args)):
        return head == "ne" if head in ("eq", "ne") else None
    return truth_of(head, possible_signs(range_of(left - right, domain)))


def possible_signs(interval: Interval) -> set[int]:
    """The signs of the numbers in an interval."""
    return {
        *((-1,) if interval.low is None or interval.low < 0 else ()),
        *((1,) if interval.high is None or interval.high > 0 else ()),
        *((0,) if Fraction(0) in interval else ()),
    }


_FOLDS: Final[
    dict[int, IntervalFold]
] = {}  # by the domain's id, the latest last: rooms ask of a term, then of its parts


class IntervalFold(Fold[Interval]):
    """Intervals that contain every value on a domain."""

    def __init__(self, domain: Domain) -> None:
        super().__init__()
        self.domain = domain

    def operation(self, node: Term) -> Interval:
        if node.head in OPERATIONS:
            return OPERATIONS[node.head](*map(self.value, node.args))
        return _monotone(node.head, self.value(node.args[0])) if node.head in MONOTONE else self.unbounded(node)

    def number(self, node: Term) -> Interval:
        return Interval(node.number, node.number, False, False)

    def constant(self, node: Term) -> Interval:
        return _outward(CONSTANTS[node.name]()) if node.name in ("pi", "E") else REALS

    def symbol(self, node: Term) -> Interval:
        return self.named(node.name)

    def component(self, node: Term) -> Interval:
        return self.named(node.args[0].name) if node.args[0].head == "sym" else REALS

    def power(self, node: Term) -> Interval:
        return _power(self.value(node.args[0]), rational_value(node.args[1]))

    def binder(self, node: Term) -> Interval:
        body = self.value(node.args[0])
        return body if node.head == "maximum" else _many(body)

    def unbounded(self, node: Term) -> Interval:
        return BOUNDED.get(node.head, REALS)

    refused = delta = determinant = condition = unbounded

    def named(self, name: str) -> Interval:
        values = self.domain.values.get(name)
        return Interval(min(values), max(values), False, False) if values else self.domain.range(name)

    def cases(self, node: Term) -> Interval:
        hull: Interval | None = None
        for value, condition in branches(node):
            if decide(condition, self.domain) is False:
                continue
            found = range_of(value, self.domain.related(condition)) if condition.head != "true" else self.value(value)
            hull = found if hull is None else _hull(hull, found)
        return hull or REALS


def _outward(ball: arb) -> Interval:
    low, high = _end(ball.lower(), -1), _end(ball.upper(), 1)
    return Interval(low, high, low is None, high is None)


def _end(value: arb, outward: int) -> Fraction | None:
    """An exact ball as a rational; None where it is infinite or absurdly large."""
    if not value.is_finite() or abs(value) > to_ball(MAX_END):
        return None
    if abs(value) < to_ball(1 / MAX_END):
        return outward / MAX_END if value * outward > 0 else Fraction(0)
    return to_fraction(value)


def _negated(a: Interval) -> Interval:
    return Interval(
        None if a.high is None else -a.high, None if a.low is None else -a.low, a.high_open, a.low_open
    )  # fmt: skip


def _sum(a: Interval, b: Interval) -> Interval:
    low = None if a.low is None or b.low is None else a.low + b.low
    high = None if a.high is None or b.high is None else a.high + b.high
    return Interval(low, high, low is None or a.low_open or b.low_open, high is None or a.high_open or b.high_open)


def _product(a: Interval, b: Interval) -> Interval:
    """The hull of the products of the ends; an infinite end times a zero end is zero, which is not reached."""
    corners = [_times(left, right) for left, right in product(_signed(a), _signed(b))]
    low = min(corners, key=lambda corner: (corner[0], corner[1]))
    high = max(corners, key=lambda corner: (corner[0], not corner[1]))
    return Interval(_finite(low[0]), _finite(high[0]), low[1], high[1])


Corner = tuple[float | Fraction, bool]


def _signed(a: Interval) -> tuple[Corner, Corner]:
    return (
        (float("-inf") if a.low is None else a.low, a.low_open),
        (float("inf") if a.high is None else a.high, a.high_open),
    )


def _times(left: Corner, right: Corner) -> Corner:
    for mine, other in ((left, right), (right, left)):
        if mine[0] == 0:
            # Reached where zero itself is reached.
            return Fraction(0), mine[1] and (other[0] != 0 or other[1])
    if isinstance(left[0], float) or isinstance(right[0], float):
        positive = (left[0] > 0) == (right[0] > 0)
        return float("inf") if positive else float("-inf"), True
    return left[0] * right[0], left[1] or right[1]


def _finite(end: float | Fraction) -> Fraction | None:
    return end if isinstance(end, Fraction) else None


def _reciprocal(a: Interval) -> Interval:
    if a.empty:  # of what is nowhere, such as in a branch that is never taken
        return REALS
    if a.is_positive():
        low = Fraction(0) if a.high is None else 1 / a.high
        high = 1 / a.low if a.low else None
        return Interval(low, high, a.high_open, high is None or a.low_open)
    return _negated(_reciprocal(_negated(a))) if a.is_negative() else REALS


def _power(base: Interval, exponent: Fraction | None) -> Interval:
    if exponent is None or exponent.denominator != 1:
        positive = base.is_positive()
        return Interval(low=Fraction(0), low_open=positive) if exponent is not None or positive else REALS
    if exponent < 0:
        return _reciprocal(_power(base, -exponent))
    if exponent > 64:
        return Interval(low=Fraction(0), low_open=False) if exponent % 2 == 0 else REALS
    inner = _absolute(base) if exponent % 2 == 0 else base
    low = None if inner.low is None else inner.low ** int(exponent)
    high = None if inner.high is None else inner.high ** int(exponent)
    return Interval(low, high, inner.low_open, inner.high_open)


def _absolute(a: Interval) -> Interval:
    if a.low is not None and a.low >= 0:
        return a
    if a.high is not None and a.high <= 0:
        return _negated(a)
    below, above = _negated(a), a
    high, closed = max(_signed(below)[1], _signed(above)[1], key=lambda end: (end[0], not end[1]))
    return Interval(Fraction(0), _finite(high), False, closed)


def _stepped(a: Interval, step: Callable[[Fraction], int]) -> Interval:
    low = None if a.low is None else Fraction(step(a.low))
    high = None if a.high is None else Fraction(step(a.high))
    return Interval(low, high, low is None, high is None)


def _hull(a: Interval, b: Interval) -> Interval:
    low = min(_signed(a)[0], _signed(b)[0], key=lambda end: (end[0], end[1]))
    high = max(_signed(a)[1], _signed(b)[1], key=lambda end: (end[0], not end[1]))
    return Interval(_finite(low[0]), _finite(high[0]), low[1], high[1])


def _larger(a: Interval, b: Interval) -> Interval:
    low = max(_signed(a)[0], _signed(b)[0], key=lambda end: (end[0], end[1]))
    high = max(_signed(a)[1], _signed(b)[1], key=lambda end: (end[0], not end[1]))
    return Interval(_finite(low[0]), _finite(high[0]), low[1], high[1])


def _monotone(head: str, argument: Interval) -> Interval:
    direction, defined, at_low, at_high = MONOTONE[head]
    inside = argument.meet(defined)
    if inside.empty:
        return REALS
    starts = inside.low is None or inside.low == defined.low
    left = at_low if starts else _value(head, inside.low, -direction)
    ends_there = inside.high is None or inside.high == defined.high
    right = at_high if ends_there else _value(head, inside.high, direction)
    # A limit at infinity is never reached, even where a bound is rounded to it.
    left_open = inside.low is None or inside.low_open or (defined.low is None and left == at_low)
    right_open = inside.high is None or inside.high_open or (defined.high is None and right == at_high)
    ends = [(left, left is None or left_open), (right, right is None or right_open)]
    (low, low_open), (high, high_open) = ends[::direction]
    return Interval(low, high, low_open, high_open)


def _value(head: str, at: Fraction | None, outward: int) -> Fraction | None:
    """A bound of the function's value, on the outer side."""
    assert at is not None
    before, ctx.prec = ctx.prec, BITS
    try:
        found = _outward(BALLS[head](to_ball(at)))
    finally:
        ctx.prec = before
    return found.low if outward < 0 else found.high


def _many(body: Interval) -> Interval:
    """A sum or product of at least one value: of the sign that they share."""
    if body.low is not None and body.low >= 0:
        return Interval(low=Fraction(0), low_open=body.is_positive())
    return REALS


OPERATIONS: Final[dict[str, Callable[..., Interval]]] = {
    "add": _sum, "sub": lambda a, b: _sum(a, _negated(b)), "neg": _negated,
    "mul": _product, "div": lambda a, b: _product(a, _reciprocal(b)),
    "max": _larger, "min": lambda a, b: _negated(_larger(_negated(a), _negated(b))),
    "held": lambda a, b: a, "parted": lambda a, b: a,
    "abs": _absolute, "floor": lambda a: _stepped(a, floor), "ceiling": lambda a: _stepped(a, ceil),
}  # fmt: skip
