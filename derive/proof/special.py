"""How the prover sees elementary and special functions, as data: u, v are the arguments.

REWRITTEN functions are other functions in disguise. What is left after rewriting is exp, log, sin,
cos, powers and functions that stand for themselves; those have a range, perhaps a symmetry, and
recurrences in `derive.proof.recurrences`. Source: https://dlmf.nist.gov.
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

# Where each function of `derive.term.FUNCTIONS` has a real value: a condition on its arguments, no wider and no
# narrower. A function without a row is refused.
_NO_POLE: Final = "Or({0} > 0, Ne(floor({0}), {0}))"  # not 0, -1, -2, ...
_WHOLE: Final = "Eq(floor({0}), {0})"
REAL: Final[dict[str, str]] = {
    **dict.fromkeys((
        "exp expm1 exp2 cbrt sin cos atan sinh cosh tanh sech asinh abs sign floor ceiling heaviside erf erfc erfi "
        "airyai airyaiprime airybi airybiprime Si Shi max min expdiff det"
    ).split(), "True"),
    "sqrt":       "u >= 0",
    "log":        "u > 0",
    "log1p":      "1 + u > 0",
    "log2":       "u > 0",
    "log10":      "u > 0",
    "tan":        "Ne(cos(u), 0)",
    "sec":        "Ne(cos(u), 0)",
    "cot":        "Ne(sin(u), 0)",
    "csc":        "Ne(sin(u), 0)",
    "asin":       "1 - u**2 >= 0",
    "acos":       "1 - u**2 >= 0",
    "acot":       "Ne(u, 0)",
    "asec":       "u**2 - 1 >= 0",
    "acsc":       "u**2 - 1 >= 0",
    "coth":       "Ne(u, 0)",
    "csch":       "Ne(u, 0)",
    "acosh":      "u - 1 >= 0",
    "atanh":      "1 - u**2 > 0",
    "acoth":      "u**2 - 1 > 0",
    "asech":      "And(u > 0, 1 - u >= 0)",
    "acsch":      "Ne(u, 0)",
    "erfinv":     "1 - u**2 > 0",
    "erfcinv":    "u*(2 - u) > 0",
    "gamma":      _NO_POLE.format("u"),
    "loggamma":   "u > 0",
    "digamma":    _NO_POLE.format("u"),
    "Ci":         "u > 0",
    "Chi":        "u > 0",
    "Ei":         "Ne(u, 0)",
    "elliptic_k": "1 - u > 0",
    "elliptic_e": "1 - u >= 0",
    "lambertw":   "1 + E*u >= 0",
    "inv":        "Ne(det(u), 0)",
    "atan2":      "Ne(u**2 + v**2, 0)",
    "hypot":      "u**2 + v**2 >= 0",
    "polygamma":  f"And({_WHOLE.format('u')}, u >= 0, {_NO_POLE.format('v')})",
    "beta":       f"And({_NO_POLE.format('u')}, {_NO_POLE.format('v')})",
    "zeta":       f"Or(And(v > 0, Ne(u, 1)), And({_WHOLE.format('u')}, u > 1, {_NO_POLE.format('v')}), "
                  f"And({_WHOLE.format('u')}, u <= 0))",
    "besselj":    f"Or({_WHOLE.format('u')}, v > 0, And(Eq(v, 0), u > 0))",
    "bessely":    "v > 0",
    "besseli":    f"Or({_WHOLE.format('u')}, v > 0, And(Eq(v, 0), u > 0))",
    "besselk":    "v > 0",
    "expint":     f"Or(v > 0, And(Eq(v, 0), u > 1), And({_WHOLE.format('u')}, u <= 0, Ne(v, 0)))",
    "uppergamma": f"Or(v > 0, And(Eq(v, 0), u > 0), And({_WHOLE.format('u')}, u > 0))",
    "lowergamma": f"Or(And({_WHOLE.format('u')}, u > 0), And(v > 0, {_NO_POLE.format('u')}), And(Eq(v, 0), u > 0))",
}  # fmt: skip
# Where u/v and u**v have one; a power of 0 with the exponent 0 is 1.
DIVISION: Final = "Ne(v, 0)"
POWER: Final = f"Or(And({_WHOLE.format('v')}, Or(v >= 0, Ne(u, 0))), u > 0, And(Eq(u, 0), v > 0))"

# What is positive wherever the function has a value, ends apart: normal forms do not see it.
IMPLIED: Final[dict[str, tuple[str, ...]]] = {
    "asinh": ("u**2 + 1", "u + sqrt(u**2 + 1)"),
    "acsch": ("1/u**2 + 1", "1/u + sqrt(1/u**2 + 1)"),
    "acosh": ("u**2 - 1", "u + sqrt(u**2 - 1)"),
    "atanh": ("1 + u", "1 - u"),
    "acoth": ("(u + 1)/(u - 1)",),
    "asech": ("1 - u**2", "(1 + sqrt(1 - u**2))/u"),
    "asec": ("1 - 1/u**2",),
    "acsc": ("1 - 1/u**2",),
    "hypot": ("u**2 + v**2",),
}

# Functions with a jump inside where they have a value: what is 0 on it, and what is not positive there.
JUMPS: Final[dict[str, tuple[str, str]]] = {"atan2": ("u", "v")}

# Values at 0 that no recurrence gives; an odd function is 0 there.
AT_ZERO: Final[dict[str, str]] = {"lambertw": "0", "elliptic_k": "pi/2", "elliptic_e": "pi/2"}
ODD: Final = frozenset(("erf", "erfi", "erfinv", "asin", "atan", "Si", "Shi"))
# Odd or not, these have the sign of their argument.
SIGN_OF_ARGUMENT: Final = ODD - {"Si"} | {"lambertw"}
POSITIVE: Final = frozenset(("gamma", "uppergamma", "besselk", "expint", "elliptic_k", "elliptic_e"))
_UNIT: Final = Interval(Fraction(-1), Fraction(1))
_QUARTER_TURN: Final = Interval(Fraction(-1571, 1000), Fraction(1571, 1000))
RANGES: Final[dict[str, Interval]] = {"erf": _UNIT, "asin": _QUARTER_TURN, "atan": _QUARTER_TURN}
