"""What a formula read from code is worth at a point: plain floats, in the order written, by no code of the readers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from derive.term import Term


class NoValue(ArithmeticError):  # noqa: N818  (an answer, not an error)
    """The formula has no real value at the point."""


def _power(base: float, exponent: float) -> float:
    found = base**exponent
    if isinstance(found, complex):
        raise NoValue
    return found


FUNCTIONS: Final[dict[str, Callable[..., float]]] = {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "div": lambda a, b: a / b,
    "pow": _power, "neg": lambda a: -a, "abs": abs, "max": max, "min": min, "floor": math.floor,
    "ceiling": math.ceil, "sign": lambda a: a if math.isnan(a) else (a > 0) - (a < 0), "loggamma": math.lgamma,
    "hypot": math.hypot,
    "heaviside": lambda a: float(a > 0), "cbrt": lambda a: math.copysign(abs(a) ** (1 / 3), a),
    "delta": lambda a, b: float(a == b), "exp2": lambda a: 2.0**a,
    **{name: getattr(math, name) for name in (
        "exp log sqrt expm1 log1p log2 log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh erf erfc "
        "gamma atan2"
    ).split()},
}  # fmt: skip
COMPARED: Final[dict[str, Callable[[float, float], bool]]] = {
    "lt": lambda a, b: a < b, "le": lambda a, b: a <= b, "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b,
    "eq": lambda a, b: a == b, "ne": lambda a, b: a != b,
}  # fmt: skip


def value(formula: Term, point: Mapping[str, Any], nudge: float = 0.0) -> float:
    """The formula's value; arrays are nested sequences. Raises NoValue where it has none.

    nudge: added to what is rounded down or up, to see whether a rounding error decides there.
    """
    try:
        return float(_value(formula, dict(point) | {"nudge": nudge}))
    except (ValueError, ZeroDivisionError, OverflowError) as problem:
        raise NoValue(str(problem)) from problem


def _value(node: Term, point: dict[str, Any]) -> Any:
    head, args = node.head, node.args
    if head == "num":
        number = node.number
        return int(number) if number.denominator == 1 else float(number)
    if head == "sym":
        return point[node.name]
    if head == "const":
        return {"pi": math.pi, "E": math.e, "oo": math.inf, "nan": math.nan}[node.name]
    if head == "index":
        found = point[args[0].name]
        for place in args[1:]:
            at = _value(place, point)
            if not 0 <= at < len(found):
                raise NoValue("outside its array")
            found = found[int(at)]
        return found
    if head == "cases":
        return next((_value(args[k], point) for k in range(0, len(args), 2) if _holds(args[k + 1], point)), math.nan)
    if head in ("sum", "product", "maximum"):
        body, bound, first, last = args
        steps = range(int(_value(first, point)), int(_value(last, point)) + 1)
        values = [_value(body, {**point, bound.name: step}) for step in steps]
        if head == "maximum":
            return max(values, default=-math.inf)
        return math.fsum(values) if head == "sum" else math.prod(values)
    if head in ("floor", "ceiling"):
        return FUNCTIONS[head](_value(args[0], point) + point["nudge"])
    return FUNCTIONS[head](*(_value(part, point) for part in args))


def _holds(condition: Term, point: dict[str, Any]) -> bool:
    head = condition.head
    if head in ("true", "false"):
        return head == "true"
    if head == "not":
        return not _holds(condition.args[0], point)
    if head in ("and", "or"):
        return (all if head == "and" else any)(_holds(part, point) for part in condition.args)
    if head == "cases":
        parts = zip(condition.args[::2], condition.args[1::2], strict=True)
        return next((_holds(kept, point) for kept, chosen in parts if _holds(chosen, point)), False)
    return COMPARED[head](*(_value(part, point) for part in condition.args))


def differs(formula: Term, point: Mapping[str, Any], wanted: float) -> float | None:
    """The formula's value, if it is not the wanted one, and no rounding error explains that."""
    try:
        found = value(formula, point)
        known = math.isfinite(wanted) and not math.isnan(found)
        if not known or any(agrees(value(formula, point, nudge), wanted) for nudge in (0.0, 1e-9, -1e-9)):
            return None
    except NoValue:
        return None
    return found


def agrees(found: float, wanted: float) -> bool:
    """Whether two values are one, but for a few roundings."""
    if math.isnan(found) or math.isnan(wanted):
        return math.isnan(found) and math.isnan(wanted)
    return found == wanted or abs(found - wanted) <= 1e-9 * max(1.0, abs(found), abs(wanted))
