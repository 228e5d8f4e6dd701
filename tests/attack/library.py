"""The functions that the oracle knows, in mpmath: where they are real, their exact values, their edges."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import isqrt
from typing import Any, Final

from mpmath import mp, mpf

from .pairs import SAFETY, Pair, UndefinedValue, UnknownValue, Value, sign


def real(function: Callable[..., Any], *args: Any) -> Any:
    """The real value of a function of mpmath; None where there is none."""
    try:
        found = function(*args)
    except (ValueError, ZeroDivisionError):
        return None
    except (OverflowError, MemoryError, NotImplementedError, mp.NoConvergence) as problem:
        raise UnknownValue(str(problem)) from None
    if isinstance(found, mp.mpc):
        if found.imag == 0:
            found = found.real
        elif abs(found.imag) > abs(found.real) * mpf(10) ** (-mp.dps // 2):
            return None
        else:
            raise UnknownValue("a part that may be imaginary")
    return None if mp.isnan(found) or mp.isinf(found) else found


def root(value: Fraction, order: int) -> Fraction | None:
    """The exact root of a positive rational, where it is rational."""
    parts = []
    for part in (value.numerator, value.denominator):
        found = isqrt(part) if order == 2 else round(part ** (1 / 3)) if part < 10**15 else 0
        if found**order != part:
            return None
        parts.append(found)
    return Fraction(parts[0], parts[1])


def _abs(run: Any, value: Value) -> Value:
    return abs(value) if isinstance(value, Fraction) else Pair(abs(value.disturbed), abs(value.plain))


def _extreme(chosen: Callable[..., Any]) -> Callable[..., Value]:
    def of(run: Any, left: Value, right: Value) -> Value:
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            return Fraction(chosen(left, right))
        a, b = run.pair(left), run.pair(right)
        return Pair(chosen(a.disturbed, b.disturbed), chosen(a.plain, b.plain))

    return of


def _step(rounding: Callable[[Any], Any]) -> Callable[..., Value]:
    def of(run: Any, value: Value) -> Value:
        if isinstance(value, Fraction):
            return Fraction(rounding(value))
        near = mp.nint(value.plain)
        if abs(near - value.plain) <= SAFETY * value.error:
            raise UnknownValue("a step")
        return Fraction(int(mp.floor(value.plain)) + (rounding is _ceiling))

    return of


def _floor(value: Fraction) -> int:
    return value.__floor__()


def _ceiling(value: Fraction) -> int:
    return value.__ceil__()


def _heaviside(run: Any, value: Value) -> Value:
    side = sign(value)
    if side == 0:
        raise UnknownValue("heaviside(0) is a convention")
    return Fraction(side > 0)


def _sqrt(run: Any, value: Value) -> Value:
    return run.power(value, Fraction(1, 2))


def _cbrt(run: Any, value: Value) -> Value:
    side = sign(value)
    found = run.power(_abs(run, value), Fraction(1, 3)) if side else Fraction(0)
    return run.negated(found) if side < 0 else found


def _hypot(run: Any, x: Value, y: Value) -> Value:
    return _sqrt(run, run.binary("add", run.whole_power(x, 2), run.whole_power(y, 2)))


def _atan2(run: Any, y: Value, x: Value) -> Value:
    if y == 0 and x == 0:
        raise UndefinedValue("the angle of nothing")
    if y == 0 and sign(x) > 0:
        return Fraction(0)
    if sign(y) == 0:
        return run.rounded(lambda: mp.pi + mpf(0))
    a, b = run.pair(y), run.pair(x)
    return Pair(run.disturbed(mp.atan2(a.disturbed, b.disturbed)), mp.atan2(a.plain, b.plain))


def _reciprocal_of(name: str) -> Callable[..., Value]:
    def of(run: Any, value: Value) -> Value:
        if sign(value) == 0:
            raise UnknownValue("a convention decides the value at 0")
        return run.called(name, [run.binary("div", Fraction(1), value)])

    return of


EXACT: Final[dict[str, Callable[..., Value]]] = {
    "abs": _abs, "sign": lambda run, value: Fraction(sign(value)), "heaviside": _heaviside,
    "max": _extreme(max), "min": _extreme(min), "floor": _step(_floor), "ceiling": _step(_ceiling),
    "sqrt": _sqrt, "cbrt": _cbrt, "hypot": _hypot, "atan2": _atan2, "acot": _reciprocal_of("atan"),
    "exp2": lambda run, value: run.power(Fraction(2), value),
}  # fmt: skip


def _when(condition: Callable[..., bool], function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of mpmath that is taken to have no real value elsewhere."""

    def of(*args: Any) -> Any:
        return function(*args) if condition(*args) else mp.nan

    return of


def _whole(value: Any) -> bool:
    return bool(value == mp.nint(value))


def _zeta(s: Any, a: Any) -> Any:
    total = mpf(0)
    if a <= 0 and not _whole(s):
        return mp.nan
    while a <= 0:
        if a == 0 or a < -200:
            return mp.nan
        total, a = total + a ** (-int(s)), a + 1
    return total + mp.zeta(s, a)


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    **{name: getattr(mp, name) for name in (
        "exp expm1 sin cos tan cot sec csc asin acos atan sinh cosh tanh coth sech csch asinh acosh atanh "
        "asec acsc acoth asech acsch erf erfc erfi erfinv airyai airybi"
    ).split()},
    "log": _when(lambda x: x > 0, mp.log), "log1p": _when(lambda x: x > -1, mp.log1p),
    "log2": _when(lambda x: x > 0, lambda x: mp.log(x, 2)), "log10": _when(lambda x: x > 0, mp.log10),
    "gamma": mp.gamma, "loggamma": _when(lambda x: x > 0, mp.loggamma), "digamma": mp.digamma,
    "polygamma": lambda n, x: mp.polygamma(int(n), x), "beta": mp.beta,
    "airyaiprime": lambda x: mp.airyai(x, derivative=1), "airybiprime": lambda x: mp.airybi(x, derivative=1),
    "Si": mp.si, "Ci": _when(lambda x: x > 0, mp.ci), "Ei": mp.ei, "Shi": mp.shi,
    "Chi": _when(lambda x: x > 0, mp.chi), "lambertw": _when(lambda x: x >= -mp.exp(-1), mp.lambertw),
    "erfcinv": lambda x: mp.erfinv(1 - x), "elliptic_k": mp.ellipk, "elliptic_e": mp.ellipe,
    "besselj": mp.besselj, "bessely": _when(lambda n, x: x > 0, mp.bessely), "besseli": mp.besseli,
    "besselk": _when(lambda n, x: x > 0, mp.besselk), "expint": mp.expint, "zeta": _zeta,
    "uppergamma": mp.gammainc, "lowergamma": lambda a, x: mp.gammainc(a, 0, x),
}  # fmt: skip
COSTLY: Final = (
    *"gamma loggamma digamma polygamma beta airyai airybi airyaiprime airybiprime Si Ci Ei Shi Chi lambertw".split(),
    *"erfinv erfcinv elliptic_k elliptic_e besselj bessely besseli besselk expint zeta uppergamma lowergamma".split(),
)
ORDERED: Final = ("besselj", "bessely", "besseli", "besselk", "expint", "zeta", "polygamma", "uppergamma", "lowergamma")
# Beyond such an argument a value is not computed.
GROWING: Final = {
    **dict.fromkeys(("exp", "exp2", "sinh", "cosh", "expm1", "sech", "csch"), 10**10),
    **dict.fromkeys(("gamma", "loggamma"), 10**6),
    "erfi": 1000, "erfc": 1000,
}  # fmt: skip
# Where a function begins or ends to be real; a value that may lie on either side is not judged.
EDGES: Final[dict[str, tuple[int, ...]]] = {
    **dict.fromkeys(("log", "log2", "log10", "loggamma", "Ci", "Chi", "bessely", "besselk", "Ei", "expint", "besselj",
                     "besseli", "uppergamma", "lowergamma", "zeta"), (0,)),
    "log1p": (-1,), **dict.fromkeys(("asin", "acos", "atanh", "erfinv", "asec", "acsc", "acoth"), (-1, 1)),
    "acosh": (1,), "asech": (0, 1), "acsch": (0,), "erfcinv": (0, 2), "elliptic_k": (1,), "elliptic_e": (1,),
    "cot": (0,), "csc": (0,), "coth": (0,), "csch": (0,), "gamma": (0,), "digamma": (0,), "polygamma": (0,),
}  # fmt: skip
# Exact values, so that what cancels there is seen to be zero.
POINTS: Final[dict[Any, Fraction]] = {
    **{(name, Fraction(0)): Fraction(0) for name in
       "sin tan atan sinh tanh asinh atanh asin erf erfi Si Shi expm1 log1p erfinv lambertw".split()},
    **{(name, Fraction(0)): Fraction(1) for name in "exp cos cosh sec sech erfc".split()},
    **{(name, Fraction(1)): Fraction(0) for name in "log log2 log10 acos acosh asech asec loggamma erfcinv".split()},
    **{("gamma", Fraction(n + 1)): Fraction(value) for n, value in enumerate((1, 1, 2, 6, 24, 120))},
    ("loggamma", Fraction(2)): Fraction(0),
}  # fmt: skip
