"""`Core`: what a polynomial stands for in the code of elementary functions, and how exactly it is wanted."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

Ball = Any  # a number of Arb's, or a series
Setting = Literal["float32", "wide", "float64"]  # float arithmetic; double, for a float; double
PRECISIONS: Final[Mapping[Setting, int]] = {"float32": 24, "wide": 53, "float64": 53}


@dataclass(frozen=True, kw_only=True)
class Core:
    """A function of a reduced argument, numerator(r)/r^power on [low, high], which a polynomial stands for.

    formula: the function as people write it. claim: that of which `weight` times the error of the polynomial is the
    relative error, where r^weight is the power of r. even: whether the polynomial has even powers alone.
    terms: how many coefficients the polynomial has, by setting. least: of what the claim names, from below, where
    the error is relative to it. pieces: on which the error is bounded one by one.
    """

    name: str
    formula: str
    numerator: Callable[[Ball], Ball]
    power: int
    low: Fraction
    high: Fraction
    weight: int
    claim: str
    even: bool = False
    least: Fraction = Fraction(1)
    pieces: int = 64
    terms: Mapping[Setting, int]

    def powers(self, setting: Setting) -> list[int]:
        return [2 * n if self.even else n for n in range(self.terms[setting])]

    def claim_of(self, found: Polynomial) -> str:
        """What is proved of a polynomial, for people."""
        low, high = float(self.low), float(self.high)
        within = f"2^{math.log2(found.bound):.1f} of {self.claim}, relatively, on [{low:g}, {high:g}]"
        return f"P is within {within}: proved by Arb."


@dataclass(frozen=True)
class Polynomial:
    """Coefficients, lowest power first, and the bound of `weight` times the error, proved by Arb."""

    coefficients: tuple[Fraction, ...]
    bound: float


def _scaled_erfc(x: Ball) -> Ball:
    return (1 + 2 * x) * (x * x).exp() * x.erfc()


HALF_LOG_2: Final = Fraction(3466, 10000)  # a little more than log(2)/2, as the reduction is rounded
LOG_REACH: Final = Fraction(17158, 100000)  # a little more than (sqrt(2) - 1)/(sqrt(2) + 1)

CORES: Final = (
    Core(
        name="exp",
        formula="(exp(r) - 1 - r)/r^2",
        numerator=lambda r: r.exp() - 1 - r,
        power=2,
        low=-HALF_LOG_2,
        high=HALF_LOG_2,
        weight=1,
        claim="exp(r) - 1",
        terms={"float32": 6, "wide": 10, "float64": 11},
    ),
    Core(
        name="log",
        formula="(log((1 + s)/(1 - s)) - 2s)/s^3",
        numerator=lambda s: ((1 + s) / (1 - s)).log() - 2 * s,
        power=3,
        low=Fraction(0),
        high=LOG_REACH,
        weight=2,
        claim="log((1 + s)/(1 - s))/2",
        even=True,
        terms={"float32": 3, "wide": 7, "float64": 7},
    ),
    Core(
        name="log1p",
        formula="(log((1 + s)/(1 - s)) - 2s)/s^3",
        numerator=lambda s: ((1 + s) / (1 - s)).log() - 2 * s,
        power=3,
        low=Fraction(0),
        high=Fraction(1, 3),
        weight=2,
        claim="log((1 + s)/(1 - s))/2",
        even=True,
        terms={"float32": 4, "wide": 10, "float64": 11},
    ),
    Core(
        name="erf",
        formula="(erf(x) - x)/x",
        numerator=lambda x: x.erf() - x,
        power=1,
        low=Fraction(0),
        high=Fraction(1),
        weight=0,
        claim="erf(x)",
        least=Fraction(8427, 10000),  # a little less than erf(1)
        even=True,
        terms={"float32": 7, "wide": 12, "float64": 14},
    ),
    Core(
        name="erfcx",
        formula="(1 + 2 x) exp(x^2) erfc(x), x = 4 (1 + t)/(1 - t)",
        numerator=lambda t: _scaled_erfc(4 * (1 + t) / (1 - t)),
        power=0,
        low=Fraction(-1),
        high=Fraction(3, 4),  # where x is 28
        weight=0,
        claim="(1 + 2 x) exp(x^2) erfc(x)",
        pieces=2048,
        terms={"float32": 13, "wide": 22, "float64": 25},
    ),
)


@cache
def polynomials() -> Mapping[str, Mapping[Setting | None, Polynomial]]:
    """Those of every core, by setting, as `python -m derive.approximation` fitted them."""
    kept = json.loads(Path(__file__).with_name("polynomials.json").read_text(encoding="utf-8"))
    return {
        name: {
            setting: Polynomial(
                tuple(Fraction(float.fromhex(text)) for text in found["coefficients"]), float.fromhex(found["bound"])
            )
            for setting, found in settings.items()
        }
        for name, settings in kept.items()
    }
