"""How the prover sees elementary and special functions, as data: u, v are the arguments.

REWRITTEN functions are other functions in disguise. What is left after rewriting is exp, log, sin,
cos, powers and functions that stand for themselves; those have a range, perhaps a symmetry, and
recurrences in `derive.prove.recurrences`. Source: https://dlmf.nist.gov.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from derive.domain import Interval

REWRITTEN: Final[dict[str, str]] = {
    "sqrt":       "u**(1/2)",
    "expm1":      "exp(u) - 1",
    "exp2":       "exp(u*log(2))",
    "log1p":      "log(1 + u)",
    "log2":       "log(u)/log(2)",
    "log10":      "log(u)/log(10)",
    "tan":        "sin(u)/cos(u)",
    "cot":        "cos(u)/sin(u)",
    "sec":        "1/cos(u)",
    "csc":        "1/sin(u)",
    "acos":       "pi/2 - asin(u)",
    "acot":       "atan(1/u)",
    "asec":       "pi/2 - asin(1/u)",
    "acsc":       "asin(1/u)",
    "sinh":       "(exp(u) - exp(-u))/2",
    "cosh":       "(exp(u) + exp(-u))/2",
    "tanh":       "(exp(2*u) - 1)/(exp(2*u) + 1)",
    "coth":       "(exp(2*u) + 1)/(exp(2*u) - 1)",
    "sech":       "2/(exp(u) + exp(-u))",
    "csch":       "2/(exp(u) - exp(-u))",
    "asinh":      "log(u + sqrt(u**2 + 1))",
    "acosh":      "log(u + sqrt(u**2 - 1))",
    "atanh":      "(log(1 + u) - log(1 - u))/2",
    "acoth":      "log((u + 1)/(u - 1))/2",
    "asech":      "log((1 + sqrt(1 - u**2))/u)",
    "acsch":      "log(1/u + sqrt(1/u**2 + 1))",
    "erfc":       "1 - erf(u)",
    "erfcinv":    "erfinv(1 - u)",
    "beta":       "gamma(u)*gamma(v)/gamma(u + v)",
    "lowergamma": "gamma(u) - uppergamma(u, v)",
    "hypot":      "sqrt(u**2 + v**2)",
    "expdiff":    "exp(u - v)",
}  # fmt: skip

# What its rewriting has in it that is positive for every argument.
SURELY_POSITIVE: Final[dict[str, tuple[str, ...]]] = {
    "asinh": ("u**2 + 1", "u + sqrt(u**2 + 1)"),
    "acsch": ("1/u**2 + 1", "1/u + sqrt(1/u**2 + 1)"),
    "hypot": ("u**2 + v**2",),
}

# Where a function is real: what must be positive, or at least not negative on the boundary.
REAL_WHERE: Final[dict[str, str]] = {
    "sqrt":   "u",
    "log":    "u",
    "log1p":  "1 + u",
    "log2":   "u",
    "log10":  "u",
    "asin":   "1 - u**2",
    "acos":   "1 - u**2",
    "asec":   "u**2 - 1",
    "acsc":   "u**2 - 1",
    "acosh":  "u - 1",
    "atanh":  "1 - u**2",
    "acoth":  "u**2 - 1",
    "asech":  "u*(1 - u)",
    "erfinv": "1 - u**2",
    "erfcinv": "u*(2 - u)",
    "Ci":     "u",
    "Chi":    "u",
    "elliptic_k": "1 - u",
    "elliptic_e": "1 - u",
}  # fmt: skip

# Of these, the ones with a value where that is zero.
REAL_AT_END: Final = frozenset(("sqrt", "asin", "acos", "asec", "acsc", "acosh", "elliptic_e"))

ODD: Final = frozenset(("erf", "erfi", "erfinv", "asin", "atan", "Si", "Shi"))
# Odd or not, these have the sign of their argument.
SIGN_OF_ARGUMENT: Final = ODD - {"Si"} | {"lambertw"}
POSITIVE: Final = frozenset(("gamma", "uppergamma", "besselk", "expint", "elliptic_k", "elliptic_e"))
_UNIT: Final = Interval(Fraction(-1), Fraction(1))
_QUARTER_TURN: Final = Interval(Fraction(-1571, 1000), Fraction(1571, 1000))
RANGES: Final[dict[str, Interval]] = {"erf": _UNIT, "asin": _QUARTER_TURN, "atan": _QUARTER_TURN}
