"""What a formula is worth at a point, in mpmath, with an estimate of the error.

A value is a Fraction where arithmetic is exact, else a Pair: the same computation twice, once with every result
disturbed in a digit near the last. Where the two agree the digits are certain; a decision that hangs on digits in
which they differ is not taken: `UnknownValue`. `UndefinedValue`: there is no real value.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

from mpmath import mp, mpf

from .formula import Node
from .library import EDGES, EXACT, FUNCTIONS, GROWING, ORDERED, POINTS, real, root
from .pairs import SAFETY, MissingComponent, Pair, UndefinedValue, UnknownValue, Value, sign

Env = Mapping[str, Any]  # a name: a Fraction; an array's name: a mapping from places to Fractions
MOST_BITS: Final = 2**17  # of an exact power
LARGEST_EXPONENT: Final = 10**10
GUARD: Final = 12  # digits below which results are disturbed


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
            exact = root(base, exponent.denominator)
            if exact is not None:
                return self.whole_power(exact, exponent.numerator)
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
        if name in GROWING and abs(pairs[0].plain) > GROWING[name]:
            raise UnknownValue("a number too large")
        if name in ORDERED and not isinstance(args[0], Fraction):
            raise UnknownValue("an order that is not exact")
        found = [real(FUNCTIONS[name], *(pair[at] for pair in pairs)) for at in (0, 1)]
        if (found[0] is None) != (found[1] is None):
            raise UnknownValue("at the edge of where a function is real")
        if found[1] is None:
            raise UndefinedValue(f"{name} is not real here")
        return Pair(self.disturbed(found[0]), found[1])
