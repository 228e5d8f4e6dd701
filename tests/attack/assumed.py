"""Hypotheses of kinds that mislead: values that are listed, orders that are not strict, equations."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Final

from .disguise import number
from .drafts import Draft
from .formula import fill, read
from .slopes import ONE


def listed(draft: Draft, rng: Random) -> Draft:
    """x takes finitely many values, and the claim is right at them, or at all but one."""
    values = rng.sample(draft.setting.pools["x"], 3)
    factors = values if rng.random() < 0.5 else values[:2]
    vanishing = ONE
    for value in factors:
        vanishing = fill("u*(x - v)", vanishing, number(value))
    drawn = draft.claiming("u + v", vanishing) if rng.random() < 0.7 else draft
    stated = f"x in {{{', '.join(map(str, sorted(values)))}}}"
    drawn = replace(drawn, assume=(*draft.assume, stated), base={**draft.base, "x": values[0]})
    for value in values:
        drawn = drawn.at(x=value)
    return drawn


# What is assumed, with values that satisfy it; none, some or all of the names may be in the claim.
WEAK: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    ("x <= y, y <= x", {"x": "60", "y": "60"}), ("x <= y, y <= z, z <= x", {"x": "60", "y": "60", "z": "60"}),
    ("y**2 + z**2 >= 1", {"x": "60", "y": "1", "z": "0"}), ("y*z >= 1", {"x": "60", "y": "-1", "z": "-1"}),
    ("x - y <= 0, y - x <= 0", {"x": "60", "y": "60"}), ("y >= z, z >= 0", {"x": "60", "y": "0", "z": "0"}),
    ("y**2 >= z**2", {"x": "60", "y": "-2", "z": "1"}), ("Abs(y) <= 1", {"x": "60", "y": "-1"}),
    ("x*y >= 0, x*y <= 0", {"x": "60", "y": "0"}), ("Max(x, y) >= 3", {"x": "60", "y": "-1"}),
    ("Or(x >= 60, y >= 1)", {"x": "60", "y": "0"}), ("x >= y**2", {"x": "60", "y": "7"}),
    ("y**2 <= z, z <= 4", {"x": "60", "y": "2", "z": "4"}), ("x >= 50, x <= 60", {"x": "60"}),
    ("(x - y)**2 <= 0", {"x": "60", "y": "60"}), ("x + y <= 100, x - y >= 20", {"x": "60", "y": "40"}),
)  # fmt: skip
# Equations, what vanishes under them, and a point on them.
EQUATIONS: Final[tuple[tuple[str, str, dict[str, str]], ...]] = (
    ("y = 1", "y - 1", {"y": "1"}), ("y = 2", "y**2 - 4", {"y": "2"}), ("y**2 = 1", "y**2 - 1", {"y": "-1"}),
    ("a**2 + b**2 = 1", "a**2 + b**2 - 1", {"a": "3/5", "b": "-4/5"}), ("p*q = 0", "p*q", {"p": "0", "q": "2"}),
    ("p*q = 0", "(p + q)**2 - p**2 - q**2", {"p": "3", "q": "0"}), ("a = b", "a**3 - b**3", {"a": "2", "b": "2"}),
    ("a + b = 1", "a**2 - b**2 - a + b", {"a": "1/3", "b": "2/3"}), ("a*b = 1", "a**2*b - a", {"a": "2", "b": "1/2"}),
    ("x + y = 1", "x**2 - (1 - y)**2", {"x": "1/3", "y": "2/3"}), ("y in {-1, 1}", "y**2 - 1", {"y": "-1"}),
    ("y in {0, 1}", "y**2 - y", {"y": "1"}), ("p + q + r = 1", "p + q + r - 1", {"p": "1/2", "q": "1/3", "r": "1/6"}),
    ("y**3 = y", "y**3 - y", {"y": "-1"}), ("y = -1, a = 2", "a + 2*y", {"y": "-1", "a": "2"}),
)  # fmt: skip


def weak(draft: Draft, rng: Random) -> Draft:
    """Orders that are not strict; the claim is right, or wrong for large x alone."""
    stated, values = rng.choice(WEAK)
    drawn = draft.under(stated, values)
    if drawn is None:
        return draft
    if rng.random() < 0.5:
        return drawn
    return drawn.claiming(
        rng.choice(("Piecewise((u, x < 50), (7, True))", "u + Max(0, x - 59)", "Piecewise((3, Eq(x, 60)), (u, True))"))
    )


def equation(draft: Draft, rng: Random) -> Draft:
    """What vanishes under an equation is added, or nearly that."""
    stated, vanishing, values = rng.choice(EQUATIONS)
    drawn = draft.under(stated, values)
    if drawn is None:
        return draft
    roll = rng.random()
    if roll < 0.5:
        return drawn.claiming(rng.choice(("u + v", "u - 2*v", "u*(1 + v)", "u + v*exp(x)")), read(vanishing))
    if roll < 0.6:
        return replace(drawn, function=fill("u + x*v", drawn.function, read(vanishing)))
    return drawn.claiming(rng.choice(("u + v + 1", "u + x*(v + 2)", "u + v - 1/7")), read(vanishing))
