"""Points at which a claim may go wrong: where a formula bends, jumps or divides by zero, and those beside it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from .formula import Node
from .pairs import UndefinedValue, UnknownValue
from .values import Env, Evaluator

CANDIDATES: Final = tuple(
    sorted(
        {Fraction(n, d) for d in (1, 2, 3, 6) for n in range(-5 * d, 5 * d + 1)},
        key=lambda it: (it.denominator, abs(it)),
    )
)
TURNING: Final = ("abs", "sign", "heaviside", "sqrt", "cbrt", "floor", "ceiling", "log", "acot", "atan2")
MOST: Final = 6


def turning(node: Node) -> Iterator[Node]:
    """What changes its sign, or passes a whole number, where a formula bends or jumps."""
    match node:
        case ("call", name, part, *_) if name in TURNING:
            yield part
        case ("call", ("max" | "min"), left, right):
            yield ("sub", left, right)
        case ("rel", _, left, right):
            yield ("sub", left, right)
        case ("div", _, below):
            yield below
        case ("pow", base, exponent) if exponent[0] != "num" or exponent[1].denominator != 1 or exponent[1] < 0:
            yield base
    for part in node[1:]:
        if isinstance(part, tuple):
            yield from turning(part)


def special(parts: tuple[Node, ...], name: str, env: Env) -> list[dict[str, Any]]:
    """Points that differ from `env` in a name at most, at which something of `parts` turns."""
    found: list[Fraction] = []
    for part in dict.fromkeys(one for root in parts for one in turning(root)):
        found += _roots(part, name, env)
    return [{**env, name: value} for value in list(dict.fromkeys(found))[:MOST]]


def _roots(part: Node, name: str, env: Env) -> list[Fraction]:
    values = [_exact(part, {**env, name: Fraction(at)}) for at in (0, 1, 2)]
    if None not in values:
        at_0, at_1, at_2 = values
        assert at_0 is not None and at_1 is not None and at_2 is not None  # noqa: PT018
        if at_1 - at_0 == at_2 - at_1:
            return [-at_0 / (at_1 - at_0)] if at_1 != at_0 else []
    return [value for value in CANDIDATES if _exact(part, {**env, name: value}) == 0][:3]


def _exact(part: Node, env: Env) -> Fraction | None:
    try:
        found = Evaluator(env, 20).value(part)
    except (UndefinedValue, UnknownValue):
        return None
    return found if isinstance(found, Fraction) else None
