"""Random functions, and settings: names, what is assumed of them, and points where it holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, Final

from .disguise import number
from .formula import Node, fill, read
from .slopes import depends

EVERYDAY: Final = tuple(
    map(Fraction, "0 1/2 -1/2 1 -1 3/2 -3/2 2 -2 5/2 3 -3 1/3 -1/3 2/3 4 -4 5 -5 1/10 7 -7".split())
)
SMALL: Final = tuple(map(Fraction, "1/2 1/3 1 3/2 2 3 2/3 1/4 5/2".split()))
UNIT: Final = tuple(map(Fraction, "1/2 1/3 1/5 9/10 1/10 2/3 3/4 19/20 1/50".split()))


@dataclass(frozen=True)
class Setting:
    """`pools`: the values that each name is drawn from; `form`: the kind of argument that functions take in x."""

    assume: tuple[str, ...]
    pools: dict[str, tuple[Fraction, ...]]
    form: str = "real"

    def point(self, rng: Random) -> dict[str, Any]:
        return {name: rng.choice(pool) for name, pool in self.pools.items()}


SETTINGS: Final = (
    Setting((), {"x": EVERYDAY}),
    Setting((), {"x": EVERYDAY}),
    Setting((), {"x": EVERYDAY, "y": EVERYDAY}),
    Setting((), {"x": EVERYDAY, "a": EVERYDAY, "y": EVERYDAY}),
    Setting(("a > 0",), {"x": EVERYDAY, "a": SMALL}),
    Setting(("x > 0",), {"x": SMALL}, "positive"),
    Setting(("x > 0", "a > 0"), {"x": SMALL, "a": SMALL}, "positive"),
    Setting(("0 < x < 1",), {"x": UNIT}, "unit"),
    Setting(("0 < x < 1", "0 < y < 1"), {"x": UNIT, "y": UNIT}, "unit"),
    Setting(("x in [-1, 2]",), {"x": tuple(map(Fraction, "-1 2 0 1/2 -1/2 1 3/2 -1/3".split()))}),
)
# Of any real argument.
SMOOTH: Final = (
    "sin(u)", "cos(u)", "tanh(u)", "atan(u)", "log(1 + u**2)", "sqrt(1 + u**2)", "1/(1 + exp(-u))", "exp(-u**2)",
    "log(1 + exp(u))", "1/(1 + u**2)", "u**2", "u**3", "asinh(u)", "u/(1 + exp(-u))", "u*tanh(u)", "u**2 + 1",
)  # fmt: skip
STEEP: Final = ("exp(u)", "sinh(u)", "cosh(u)", "expm1(u)", "u*exp(u)", "erf(u)", "erfc(u)", "exp(-u)", "2**u")
POSITIVE: Final = (
    "log(u)",
    "sqrt(u)",
    "u**(3/2)",
    "1/u",
    "log1p(u)",
    "u*log(u)",
    "u**(-2)",
    "exp(-u)",
    "u**u",
    "cbrt(u)",
)
UNITED: Final = (
    "log(u/(1 - u))",
    "log(u)",
    "log(1 - u)",
    "asin(u)",
    "atanh(u)",
    "acos(u)",
    "1/(1 - u)",
    "sqrt(1 - u**2)",
)
KINKED: Final = (
    "Abs(u)", "Max(u, 0)", "Min(u, 1)", "Max(u, -u/10)", "Piecewise((u, u > 0), (exp(u) - 1, True))", "u*Abs(u)",
    "Abs(u)**3", "Max(u, 0)**2", "Max(0, 1 - Abs(u))", "u*sign(u)", "Max(-1, Min(1, u))", "log(1 + Abs(u))",
    "Piecewise((u**2/2, Abs(u) <= 1), (Abs(u) - 1/2, True))", "u/(1 + Abs(u))", "Piecewise((u, u >= 0), (u/100, True))",
    "sign(u)*log(1 + Abs(u))", "u*Max(0, Min(1, u/6 + 1/2))", "Max(u, 0) + log(1 + exp(-Abs(u)))",
    "Piecewise((u**2, u < 1), (2*u - 1, True))", "sqrt(u**2)", "Piecewise((0, u < -1), (u + 1, u < 1), (2, True))",
)  # fmt: skip
JUMPING: Final = (
    "floor(u)", "ceiling(u)", "sign(u)", "u - floor(u)", "Piecewise((1, u > 0), (-2, True))", "u*floor(u)",
    "floor(u)*(u - floor(u))**2", "Piecewise((u, u < 1), (u + 1, True))", "heaviside(u - 1/7)*u",
)  # fmt: skip
TWO: Final = (
    "Max(u, v)",
    "Min(u, v)",
    "Piecewise((u, u > v), (v, True))",
    "Abs(u - v)",
    "Piecewise((u, v > 0), (-u, True))",
)
JOINED: Final = ("u + v", "u*v", "u - v", "u/(1 + v**2)", "u*v", "u + v")


class Functions:
    """Draws functions of x in one setting."""

    def __init__(self, rng: Random, setting: Setting) -> None:
        self.rng, self.setting = rng, setting

    def linear(self) -> Node:
        """An argument: x, shifted, scaled, or with another name."""
        rng, others = self.rng, [name for name in self.setting.pools if name != "x"]
        x: Node = ("name", "x")
        if self.setting.form in ("positive", "unit"):
            choice = rng.choice(
                ("u", "u", "u/2", "u**2") + (("u + 1", "2*u") if self.setting.form == "positive" else ())
            )
            return fill(choice, x)
        if others and rng.random() < 0.5:
            return fill(rng.choice(("u*v", "u - v", "u + v", "u*v + 1", "u - 2*v")), x, ("name", rng.choice(others)))
        shift = rng.choice((0, 0, 1, -1, Fraction(1, 2), -2, Fraction(1, 3)))
        scaled = fill(rng.choice(("u", "u", "u", "2*u", "-u", "u/2", "3*u")), x)
        if shift == 0:
            return scaled
        return ("add", scaled, number(shift)) if shift > 0 else ("sub", scaled, number(-shift))

    def outer(self) -> str:
        table = {"positive": POSITIVE, "unit": UNITED}.get(self.setting.form)
        return self.rng.choice(table if table and self.rng.random() < 0.7 else SMOOTH + STEEP)

    def smooth(self, depth: int = 2) -> Node:
        found = fill(self.outer(), self.linear())
        if self.rng.random() < 0.3:
            found = fill(self.rng.choice(SMOOTH), found)
        for _ in range(self.rng.randrange(depth)):
            found = fill(self.rng.choice(JOINED), found, fill(self.rng.choice(SMOOTH), self.linear()))
        return found

    def kinked(self, table: tuple[str, ...] = KINKED) -> Node:
        inner = (
            self.linear()
            if self.rng.random() < 0.8
            else fill(self.rng.choice(("u**2 - 1", "u*(u - 1)")), self.linear())
        )
        found = fill(self.rng.choice(table), inner)
        roll = self.rng.random()
        if roll < 0.25:
            found = fill(self.rng.choice(SMOOTH), found)
        elif roll < 0.5:
            found = fill(self.rng.choice(JOINED), found, self.smooth(1))
        elif roll < 0.65:
            found = fill(self.rng.choice(JOINED), found, fill(self.rng.choice(table), self.linear()))
        elif roll < 0.8:
            found = fill(self.rng.choice(TWO), found, self.linear())
        return found

    def of_x(self, draw: Callable[[], Node]) -> Node:
        """A draw that depends on x."""
        for _ in range(20):
            found = draw()
            if depends(found, "x"):
                return found
        return read("x")
