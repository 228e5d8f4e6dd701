"""What the functions of NumPy, SciPy, `math` and libm mean, a line each, for a stranger to verify.

`u`, `v`, `w` are the arguments in order. Functions that mean the same under a name of
`derive.term.FUNCTIONS` or `derive.notation.text.SPELLINGS` (exp, arctan, lgamma) are not repeated.
"""

from __future__ import annotations

import math
import sys
from functools import cache
from typing import Any, Final

import numpy as np

from derive.elementary.record import EVERYWHERE
from derive.elementary.table import TABLE, column, named
from derive.notation.text import SPELLINGS, read_text
from derive.term import FUNCTIONS, PI, RELATIONS, Term, call, free_symbols, substitute, subterms, symbol

MEANINGS: Final[dict[str, str]] = {
    # arithmetic
    "add":          "u + v",
    "subtract":     "u - v",
    "multiply":     "u*v",
    "divide":       "u/v",
    "true_divide":  "u/v",
    "power":        "u**v",
    "float_power":  "u**v",
    "negative":     "-u",
    "positive":     "u",
    "reciprocal":   "1/u",
    "square":       "u**2",
    "fma":          "u*v + w",
    "fdim":         "max(u - v, 0)",
    "ldexp":        "u*2**v",
    "deg2rad":      "u*pi/180",
    "radians":      "u*pi/180",
    "rad2deg":      "u*180/pi",
    "degrees":      "u*180/pi",
    # steps
    "absolute":     "abs(u)",
    "fmax":         "max(u, v)",
    "fmin":         "min(u, v)",
    "heaviside":    "Piecewise((0, u < 0), (v, u == 0), (1, True))",
    # a zero has no sign here
    "copysign":     "Piecewise((abs(u), v >= 0), (-abs(u), True))",
    "round":        "Piecewise((floor(u + 1/2), u >= 0), (ceiling(u - 1/2), True))",
    "trunc":        "Piecewise((floor(u), u >= 0), (ceiling(u), True))",
    "floor_divide": "floor(u/v)",
    "mod":          "u - v*floor(u/v)",
    "remainder":    "u - v*floor(u/v)",
    "fmod":         "u - v*Piecewise((floor(u/v), u/v >= 0), (ceiling(u/v), True))",
    "clip":         "min(max(u, v), w)",
    # elementary functions, composed
    "logaddexp":    "log(exp(u) + exp(v))",
    "logaddexp2":   "log2(2**u + 2**v)",
    "sinc":         "Piecewise((1, u == 0), (sin(pi*u)/(pi*u), True))",
    "exp10":        "10**u",
    "tgamma":       "gamma(u)",
    # scipy.special
    "expit":        "1/(1 + exp(-u))",
    "log_expit":    "-log(1 + exp(-u))",
    "logit":        "log(u/(1 - u))",
    "exprel":       "Piecewise((1, u == 0), ((exp(u) - 1)/u, True))",
    "xlogy":        "Piecewise((0, u == 0), (u*log(v), True))",
    "xlog1py":      "Piecewise((0, u == 0), (u*log(1 + v), True))",
    "entr":         "Piecewise((0, u == 0), (-u*log(u), True))",
    "rel_entr":     "Piecewise((0, u == 0), (u*log(u/v), True))",
    "kl_div":       "Piecewise((v, u == 0), (u*log(u/v) - u + v, True))",
    "huber":        "Piecewise((v**2/2, abs(v) <= u), (u*(abs(v) - u/2), True))",
    "pseudo_huber": "u**2*(sqrt(1 + (v/u)**2) - 1)",
    "ndtr":         "(1 + erf(u/sqrt(2)))/2",
    "log_ndtr":     "log((1 + erf(u/sqrt(2)))/2)",
    "erfcx":        "exp(u**2)*erfc(u)",
    "dawsn":        "sqrt(pi)/2*exp(-u**2)*erfi(u)",
    "betaln":       "log(beta(u, v))",
    "exp1":         "expint(1, u)",
    "expn":         "expint(u, v)",
    "expi":         "Ei(u)",
    "jv":           "besselj(u, v)",
    "yv":           "bessely(u, v)",
    "iv":           "besseli(u, v)",
    "kv":           "besselk(u, v)",
    "j0":           "besselj(0, u)",
    "j1":           "besselj(1, u)",
    "i0":           "besseli(0, u)",
    "i1":           "besseli(1, u)",
    "ellipk":       "elliptic_k(u)",
    "ellipe":       "elliptic_e(u)",
    "gammainc":     "lowergamma(u, v)/gamma(u)",
    "gammaincc":    "uppergamma(u, v)/gamma(u)",
    # conditions
    "less":          "u < v",
    "less_equal":    "u <= v",
    "greater":       "u > v",
    "greater_equal": "u >= v",
    "equal":         "u == v",
    "not_equal":     "u != v",
    "logical_and":   "And(u, v)",
    "bitwise_and":   "And(u, v)",
    "logical_or":    "Or(u, v)",
    "bitwise_or":    "Or(u, v)",
    "logical_not":   "Not(u)",
    "invert":        "Not(u)",
    "logical_xor":   "Or(And(u, Not(v)), And(Not(u), v))",
    "bitwise_xor":   "Or(And(u, Not(v)), And(Not(u), v))",
    # a formula's variables are real numbers
    "isnan":         "False",
    "isinf":         "False",
    "isfinite":      "True",
    "signbit":       "u < 0",
}  # fmt: skip
# The functions of C's <math.h> and <stdlib.h>: the name under which this page says what each means, and what it takes:
# real numbers (d), an int (i), or any number, of which it says whether something holds (c).
LIBM: Final[dict[str, tuple[str, str]]] = {
    **{name: (name, "d" * TABLE[head].arity) for head, name in column("libm").items()},
    **{name: (name, "d") for name in "exp10 tgamma lgamma trunc round j0 j1 y0 y1".split()},
    **{name: (name, "dd") for name in ("pow", "fmod", "fdim", "fmax", "fmin", "copysign")},
    **{name: (name, "c") for name in ("isnan", "isinf", "isfinite")},
    "fma": ("fma", "ddd"), "ldexp": ("ldexp", "di"), "abs": ("absolute", "i"),
}  # fmt: skip
ARGUMENTS: Final = tuple(map(symbol, "uvw"))
# The functions whose meaning this page says for NumPy's name, for that of Python's `math`, and for SciPy's.
NUMPY: Final = {*column("numpy").values()} | frozenset(
    "add subtract multiply divide power float_power negative positive reciprocal square absolute fabs heaviside fmax "
    "fmin copysign trunc floor_divide remainder fmod logaddexp logaddexp2 sinc deg2rad rad2deg radians degrees ldexp "
    "isnan isinf isfinite signbit less less_equal greater greater_equal equal not_equal logical_and logical_or "
    "logical_not logical_xor bitwise_and bitwise_or bitwise_xor invert matmul".split()
)
MATH: Final = {*column("libm").values()} | frozenset(
    "trunc fmod pow gamma lgamma degrees radians copysign ldexp fma isnan isinf isfinite".split()
)
SPECIAL: Final = {name for names in column("scipy").values() for name in names} | frozenset(
    "expit log_expit logit exprel xlogy xlog1py entr rel_entr kl_div huber pseudo_huber ndtr log_ndtr erfcx dawsn "
    "betaln exp1 expn expi jv yv iv kv j0 j1 y0 y1 i0 i1 k0 k1 exp10".split()
)
LINALG: Final = frozenset(("norm", "vector_norm"))
# NumPy's functions that make integers of integers; and what those of booleans are that make booleans.
KEEPS_WHOLE: Final = frozenset(
    "add subtract multiply power negative positive reciprocal square absolute sign maximum minimum fmax fmin "
    "floor_divide remainder fmod floor ceil trunc".split()
)
OF_TRUTHS: Final = {
    "multiply": "logical_and", "maximum": "logical_or", "minimum": "logical_and", "fmax": "logical_or",
    "fmin": "logical_and",
}  # fmt: skip
COMPARISONS: Final = frozenset("less less_equal greater greater_equal equal not_equal".split())
CLASSES: Final = frozenset(("isnan", "isinf", "isfinite"))
BITWISE: Final = frozenset(("bitwise_and", "bitwise_or", "bitwise_xor", "invert"))
LOGIC: Final = BITWISE | {"logical_and", "logical_or", "logical_xor", "logical_not"}


@cache
def meaning(name: str) -> Term | None:
    """The formula in `u`, `v`, `w` for a library's function; None for one that has no line here."""
    if name in MEANINGS:
        return read_text(MEANINGS[name])
    head = SPELLINGS.get(name, name)
    if head == "pow":
        return ARGUMENTS[0] ** ARGUMENTS[1]
    return call(head, *ARGUMENTS[: FUNCTIONS[head]]) if head in FUNCTIONS else None


def arity(name: str) -> int:
    """How many arguments a function of this page takes."""
    formula = meaning(name)
    assert formula is not None
    return 1 if not free_symbols(formula) else 1 + max("uvw".index(used) for used in free_symbols(formula))


def applied(name: str, *arguments: Term) -> Term | None:
    """The formula of a library's function at these arguments; None where none is known."""
    formula = meaning(name)
    if formula is None or len(arguments) != arity(name):
        return None
    return substitute(formula, dict(zip(ARGUMENTS, arguments, strict=False)))


def in_numpy(function: Any) -> bool:
    """Whether it is NumPy's own of its name: others, as in np.emath, mean something else."""
    name = getattr(function, "__name__", "")
    if name in LINALG:
        return getattr(np.linalg, name, None) is function
    return getattr(np, name, None) is function


def in_math(function: Any) -> bool:
    return getattr(math, getattr(function, "__name__", ""), None) is function


def in_special(function: Any) -> bool:
    name = getattr(function, "__name__", "")
    return name in SPECIAL and getattr(sys.modules.get("scipy.special"), name, None) is function


def listed(function: Any) -> bool:
    """Whether this page says what a library's function means, element by element."""
    name = getattr(function, "__name__", "")
    return (
        (in_math(function) and name in MATH) or (in_numpy(function) and name in NUMPY) or in_special(function)
    ) and meaning(name) is not None


# What has a value wherever its arguments have.
TOTAL: Final = {
    *named(lambda function: function.real == EVERYWHERE and function.ball and function.name != "heaviside"), *RELATIONS,
    *"num sym index add sub mul neg cases sum product maximum delta hypot true false and or not".split(),
}  # fmt: skip


def finite(formula: Term) -> bool:
    """Whether a formula is a finite number wherever its variables are, but for overflow."""
    return all(
        node.head in TOTAL or node is PI or (node.head == "pow" and node.args[1].head == "num")
        for node in subterms(formula)
    )


@cache
def chooses(name: str) -> bool:
    """Whether what a function is depends on conditions, which hold of numbers only."""
    formula = meaning(name)
    heads = {node.head for node in subterms(formula)} if formula is not None else set()
    return name in ("fmax", "fmin") or bool(heads & {"cases", "true", "false", "not", "and", "or", *RELATIONS})
