"""What a formula is worth at a point, in mpmath, with an estimate of the error.

A value is a Fraction where arithmetic is exact, else a Pair: the same computation twice, once with every result
disturbed in a digit near the last. Where the two agree the digits are certain; a decision that hangs on digits in
which they differ is not taken: `UnknownValue`. `UndefinedValue`: there is no real value.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import isqrt
from typing import Any, Final, NamedTuple

from mpmath import mp, mpf

from .formula import Node

Env = Mapping[str, Any]  # a name: a Fraction; an array's name: a mapping from places to Fractions
SAFETY: Final = 10**6  # a decision is taken where it would stand with an error this many times larger
MOST_BITS: Final = 2**17  # of an exact power
LARGEST_EXPONENT: Final = 10**6
GUARD: Final = 12  # digits below which results are disturbed


class UndefinedValue(ArithmeticError):  # noqa: N818  (an answer, not an error)
    """There is no real value here."""


class UnknownValue(ArithmeticError):  # noqa: N818  (an answer, not an error)
    """Digits do not suffice, or a convention decides."""


class MissingComponent(UnknownValue):
    """A component of an array is not given."""

    def __init__(self, name: str, place: tuple[int, ...]) -> None:
        super().__init__(f"{name}{list(place)} is not given")
        self.name, self.place = name, place


class Pair(NamedTuple):
    disturbed: Any
    plain: Any

    @property
    def error(self) -> Any:
        return abs(self.disturbed - self.plain)


Value = Fraction | Pair


def sign(value: Value) -> int:
    if isinstance(value, Fraction):
        return (value > 0) - (value < 0)
    if value.disturbed == value.plain == 0:
        return 0
    if abs(value.plain) <= SAFETY * value.error:
        raise UnknownValue("a sign")
    return 1 if value.plain > 0 else -1


class Evaluator:
    """Evaluates trees at one point with `digits` digits; equal parts are evaluated once."""

    def __init__(self, env: Env, digits: int) -> None:
        self.env, self.digits = dict(env), digits
        self.noise = random.Random(digits)
        self.known: dict[Node, Value] = {}

    def value(self, node: Node) -> Value:
        with mp.workdps(self.digits):
            return self.of(node)

    def holds(self, node: Node) -> bool:
        with mp.workdps(self.digits):
            return self.true(node)

    # Conditions

    def true(self, node: Node) -> bool:
        match node:
            case ("true",):
                return True
            case ("false",):
                return False
            case ("and", *parts):
                return all(map(self.true, parts))
            case ("or", *parts):
                return any(map(self.true, parts))
            case ("not", part):
                return not self.true(part)
            case ("rel", op, left, right):
                gap = Fraction(0) if left == right and self.of(left) is not None else self.minus(left, right)
                side = sign(gap)
                return {"<": side < 0, "<=": side <= 0, ">": side > 0, ">=": side >= 0,
                        "==": side == 0, "!=": side != 0}[op]  # fmt: skip
        raise UnknownValue(f"no condition: {node[0]}")

    def minus(self, left: Node, right: Node) -> Value:
        return self.binary("sub", self.of(left), self.of(right))

    # Values

    def of(self, node: Node) -> Value:
        if node not in self.known:
            self.known[node] = self.fresh(node)
        return self.known[node]

    def fresh(self, node: Node) -> Value:
        match node:
            case ("num", value):
                return value
            case ("name", name):
                return self.looked_up(name)
            case ("const", name):
                if name in self.env:
                    return self.looked_up(name)
                return self.rounded(lambda: {"pi": mp.pi, "E": mp.e}[name] + mpf(0))
            case ("index", name, *where):
                place = tuple(self.whole(part) for part in where)
                if place not in self.env.get(name, {}):
                    raise MissingComponent(name, place)
                return Fraction(self.env[name][place])
            case ("neg", part):
                return self.negated(self.of(part))
            case ("sub", left, right) if left == right:
                self.of(left)
                return Fraction(0)
            case ("add" | "sub" | "mul" | "div" as head, left, right):
                return self.binary(head, self.of(left), self.of(right))
            case ("pow", base, exponent):
                return self.power(self.of(base), self.of(exponent))
            case ("cases", *parts):
                for at in range(0, len(parts), 2):
                    if self.true(parts[at + 1]):
                        return self.of(parts[at])
                raise UndefinedValue("no branch holds")
            case ("delta", left, right):
                return Fraction(sign(self.minus(left, right)) == 0)
            case ("Sum" | "Product" | "Maximum" as head, body, name, first, last):
                return self.bound(head, body, name, self.whole(first), self.whole(last))
            case ("call", name, *args):
                return self.called(name, [self.of(part) for part in args])
        raise UnknownValue(f"{node[0]} has no value")

    def looked_up(self, name: str) -> Fraction:
        found = self.env.get(name)
        if not isinstance(found, (int, Fraction)):
            raise UnknownValue(f"{name} is not given")
        return Fraction(found)

    def whole(self, node: Node) -> int:
        found = self.of(node)
        if not isinstance(found, Fraction) or found.denominator != 1:
            raise UnknownValue("an index that is no whole number")
        return int(found)

    def bound(self, head: str, body: Node, name: str, first: int, last: int) -> Value:
        found = []
        for at in range(first, last + 1):
            inner = Evaluator({**self.env, name: Fraction(at)}, self.digits)
            inner.noise = self.noise
            found.append(inner.of(body))
        if head == "Maximum":
            if not found:
                raise UndefinedValue("the maximum of nothing")
            total = found[0]
            for one in found[1:]:
                total = self.called("max", [total, one])
            return total
        total = Fraction(0 if head == "Sum" else 1)
        for one in found:
            total = self.binary("add" if head == "Sum" else "mul", total, one)
        return total

    def rounded(self, compute: Callable[[], Any]) -> Pair:
        found = compute()
        return Pair(self.disturbed(found), found)

    def disturbed(self, value: Any) -> Any:
        return value * (1 + self.noise.choice((-1, 1)) * self.noise.randint(1, 99) * mpf(10) ** (GUARD - self.digits))

    def pair(self, value: Value) -> Pair:
        if isinstance(value, Pair):
            return value
        found = mpf(value.numerator) / value.denominator
        exact = value.denominator & (value.denominator - 1) == 0 and value.numerator.bit_length() < mp.prec
        return Pair(found, found) if exact else Pair(self.disturbed(found), found)

    def negated(self, value: Value) -> Value:
        return -value if isinstance(value, Fraction) else Pair(-value.disturbed, -value.plain)

    def binary(self, head: str, left: Value, right: Value) -> Value:
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            if head == "div" and right == 0:
                raise UndefinedValue("a division by zero")
            return {"add": left.__add__, "sub": left.__sub__, "mul": left.__mul__, "div": left.__truediv__}[head](right)
        if head == "mul" and (left == 0 or right == 0):
            return Fraction(0)
        if head == "div":
            if sign(right) == 0:
                raise UndefinedValue("a division by zero")
            if left == 0:
                return Fraction(0)
        a, b = self.pair(left), self.pair(right)
        if head in ("add", "sub"):
            total = [x + y if head == "add" else x - y for x, y in zip(a, b, strict=True)]
            # A sum loses what lies below its larger part, not below its result.
            dust = max(abs(a.plain), abs(b.plain)) * mpf(10) ** (GUARD - self.digits)
            return Pair(total[0] + self.noise.choice((-1, 1)) * dust, total[1])
        found = [x * y if head == "mul" else x / y for x, y in zip(a, b, strict=True)]
        return Pair(self.disturbed(found[0]), found[1])

    def power(self, base: Value, exponent: Value) -> Value:
        if isinstance(exponent, Fraction) and exponent.denominator == 1:
            return self.whole_power(base, int(exponent))
        side = sign(base)
        if side < 0:
            if isinstance(exponent, Pair):
                near = mp.nint(exponent.plain)
                if abs(near - exponent.plain) <= SAFETY * exponent.error:
                    raise UnknownValue("an exponent that may be whole")
            raise UndefinedValue("a power of a negative number")
        if side == 0:
            if sign(exponent) > 0:
                return Fraction(0)
            raise UndefinedValue("a power of zero")
        if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator in (2, 3):
            root = _root(base, exponent.denominator)
            if root is not None:
                return self.whole_power(root, exponent.numerator)
        a, b = self.pair(base), self.pair(exponent)
        self.refuse_large(b.plain * mp.log(a.plain))
        found = [mp.exp(y * mp.log(x)) for x, y in zip(a, b, strict=True)]
        return Pair(self.disturbed(found[0]), found[1])

    def whole_power(self, base: Value, exponent: int) -> Value:
        if exponent == 0:
            return Fraction(1)
        if isinstance(base, Fraction):
            if base == 0:
                if exponent < 0:
                    raise UndefinedValue("a power of zero")
                return Fraction(0)
            if (base.numerator.bit_length() + base.denominator.bit_length()) * abs(exponent) <= MOST_BITS:
                return base**exponent
        elif exponent < 0 and sign(base) == 0:
            raise UndefinedValue("a power of zero")
        a = self.pair(base)
        self.refuse_large(exponent * mp.log(abs(a.plain)) if a.plain else mpf(0))
        return Pair(self.disturbed(a.disturbed**exponent), a.plain**exponent)

    @staticmethod
    def refuse_large(exponent: Any) -> None:
        if abs(exponent) > LARGEST_EXPONENT:
            raise UnknownValue("a number too large")

    def called(self, name: str, args: list[Value]) -> Value:
        if name in EXACT:
            return EXACT[name](self, *args)
        if name not in FUNCTIONS:
            raise UnknownValue(f"{name} is not known")
        if (
            len(args) == 1
            and (found := POINTS.get((name, args[0]) if isinstance(args[0], Fraction) else None)) is not None
        ):
            return found
        pairs = [self.pair(value) for value in args]
        for edge in EDGES.get(name, ()):
            gap = self.binary("sub", args[-1], Fraction(edge))
            if isinstance(gap, Pair):
                sign(gap)
        if name in ("exp", "exp2", "sinh", "cosh", "expm1", "erfi", "erfc", "sech", "csch", "gamma", "loggamma"):
            limit = 1000 if name in ("erfi", "erfc") else LARGEST_EXPONENT
            if abs(pairs[0].plain) > limit:
                raise UnknownValue("a number too large")
        if name in ORDERED and not isinstance(args[0], Fraction):
            raise UnknownValue("an order that is not exact")
        found = [real(FUNCTIONS[name], *(pair[at] for pair in pairs)) for at in (0, 1)]
        if (found[0] is None) != (found[1] is None):
            raise UnknownValue("at the edge of where a function is real")
        if found[1] is None:
            raise UndefinedValue(f"{name} is not real here")
        return Pair(self.disturbed(found[0]), found[1])


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


def _root(value: Fraction, order: int) -> Fraction | None:
    """The exact root of a positive rational, where it is rational."""
    parts = []
    for part in (value.numerator, value.denominator):
        root = isqrt(part) if order == 2 else round(part ** (1 / 3)) if part < 10**15 else 0
        if root**order != part:
            return None
        parts.append(root)
    return Fraction(parts[0], parts[1])


def _abs(run: Evaluator, value: Value) -> Value:
    return abs(value) if isinstance(value, Fraction) else Pair(abs(value.disturbed), abs(value.plain))


def _extreme(chosen: Callable[..., Any]) -> Callable[..., Value]:
    def of(run: Evaluator, left: Value, right: Value) -> Value:
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            return Fraction(chosen(left, right))
        a, b = run.pair(left), run.pair(right)
        return Pair(chosen(a.disturbed, b.disturbed), chosen(a.plain, b.plain))

    return of


def _step(rounding: Callable[[Any], Any]) -> Callable[..., Value]:
    def of(run: Evaluator, value: Value) -> Value:
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


def _heaviside(run: Evaluator, value: Value) -> Value:
    side = sign(value)
    if side == 0:
        raise UnknownValue("heaviside(0) is a convention")
    return Fraction(side > 0)


def _sqrt(run: Evaluator, value: Value) -> Value:
    return run.power(value, Fraction(1, 2))


def _cbrt(run: Evaluator, value: Value) -> Value:
    side = sign(value)
    found = run.power(_abs(run, value), Fraction(1, 3)) if side else Fraction(0)
    return run.negated(found) if side < 0 else found


def _hypot(run: Evaluator, x: Value, y: Value) -> Value:
    return _sqrt(run, run.binary("add", run.whole_power(x, 2), run.whole_power(y, 2)))


def _atan2(run: Evaluator, y: Value, x: Value) -> Value:
    if y == 0 and x == 0:
        raise UndefinedValue("the angle of nothing")
    if y == 0 and sign(x) > 0:
        return Fraction(0)
    if sign(y) == 0:
        return run.rounded(lambda: mp.pi + mpf(0))
    a, b = run.pair(y), run.pair(x)
    return Pair(run.disturbed(mp.atan2(a.disturbed, b.disturbed)), mp.atan2(a.plain, b.plain))


def _reciprocal_of(name: str) -> Callable[..., Value]:
    def of(run: Evaluator, value: Value) -> Value:
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
