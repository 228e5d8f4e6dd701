"""What the functions of NumPy, SciPy, `math` and libm mean, a line each, for a stranger to verify.

`u`, `v`, `w` are the arguments in order. Functions that mean the same under a name of
`derive.term.FUNCTIONS` or `derive.notation.text.SPELLINGS` (exp, arctan, lgamma) are not repeated.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from derive.notation.text import SPELLINGS, read_text
from derive.term import FUNCTIONS, Term, call, free_symbols, substitute, symbol

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
    # a formula's variables are real numbers
    "isnan":         "False",
    "isinf":         "False",
    "isfinite":      "True",
    "signbit":       "u < 0",
}  # fmt: skip
# The functions of C's <math.h> and <stdlib.h>: the name under which this page says what each means, and what it takes:
# real numbers (d), an int (i), or any number, of which it says whether something holds (c).
LIBM: Final[dict[str, tuple[str, str]]] = {
    **{name: (name, "d") for name in (
        "exp exp2 exp10 expm1 log log2 log10 log1p sqrt cbrt sin cos tan asin acos atan sinh cosh tanh asinh acosh "
        "atanh erf erfc tgamma lgamma fabs floor ceil trunc round j0 j1 y0 y1"
    ).split()},
    **{name: (name, "dd") for name in ("pow", "atan2", "hypot", "fmod", "fdim", "fmax", "fmin", "copysign")},
    **{name: (name, "c") for name in ("isnan", "isinf", "isfinite")},
    "fma": ("fma", "ddd"), "ldexp": ("ldexp", "di"), "abs": ("absolute", "i"),
}  # fmt: skip
ARGUMENTS: Final = tuple(map(symbol, "uvw"))
LOGIC: Final = frozenset(("logical_and", "bitwise_and", "logical_or", "bitwise_or", "logical_not", "invert"))


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
