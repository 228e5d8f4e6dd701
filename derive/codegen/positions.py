"""`Positions`: a form in kernel terms, in which an argument's symbol stands for its value at the present position."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from derive.codegen.schedule import REDUCTIONS
from derive.errors import UnsupportedError
from derive.term import (
    BINDERS,
    NAN,
    ONE,
    TRUE,
    Term,
    branches,
    call,
    rational_value,
    rebuild,
    symbol,
    term,
)

LARGEST: Final = 2**1024  # from it on, numbers are infinite in every format
EXACT: Final = 2**24  # whole numbers below it are exact in every format


@dataclass(frozen=True)
class Positions:
    """The arguments of one function's kernels.

    known: by a name in the form, that in the kernel; `vectors`, of those in the kernel, have one value per element of a
    row, whose length is `size`, and over which indices run as `ranges` says. fail: makes an error of a problem.
    """

    known: Mapping[str, str]
    vectors: frozenset[str]
    size: str
    ranges: tuple[Term, ...]
    fail: Callable[[str], UnsupportedError]
    memo: dict[tuple[Term, str | None], Term] = field(default_factory=dict)

    def read(self, node: Term, index: str | None) -> Term:
        """`node`, in which the free index (or the bound one, within a sum) is `index`."""
        key = (node, index)
        if key not in self.memo:
            self.check_size(node)
            self.memo[key] = self._read(node, index)
        return self.memo[key]

    def _read(self, node: Term, index: str | None) -> Term:
        if node.head == "sym":
            name = self.known.get(node.name)
            if name is None or name in self.vectors or node.name == index:
                raise self.fail(f"{node} is used where a number is wanted")
            return symbol(name)
        if node.head == "index":
            return self.component(node, index)
        if node.head in BINDERS:
            return self.reduction(node)
        if node.head in ("delta", "der", "apply", "det", "inv"):
            raise self.fail(f"{node} is not something that a kernel evaluates")
        args = tuple(self.read(part, index) for part in node.args)
        if node.head == "pow":
            return _power(*args)
        if node.head == "cases":
            return _choice(branches(rebuild(node, args)))
        if node.head == "div":
            return _ratio(*args)
        return rebuild(node, args)

    def check_size(self, node: Term) -> None:
        value = rational_value(node)
        if value is not None and abs(value) >= LARGEST:
            raise self.fail(f"a number of {len(str(int(abs(value))))} digits in it is beyond every format")

    def component(self, node: Term, index: str | None) -> Term:
        base, *indices = node.args
        name = self.known.get(base.name) if base.head == "sym" else None
        if name not in self.vectors:
            raise self.fail(f"{node} is not a component of an argument")
        if len(indices) != 1 or indices[0].head != "sym" or indices[0].name != index:
            raise self.fail(f"{node} is not at the present position, {index}")
        assert name is not None
        return symbol(name)

    def reduction(self, node: Term) -> Term:
        body, bound, first, last = node.args
        if node.head == "product" or (first, last) != self.ranges:
            raise self.fail(f"{node} is not a sum or a maximum over the whole of a row")
        inner = self.read(body, bound.name)
        if self.varies(inner):
            return self.total(inner) if node.head == "sum" else Term("maximum", (inner,))
        return inner * symbol(self.size) if node.head == "sum" else inner

    def total(self, body: Term) -> Term:
        """The sum of `body` along the row; a divisor that is the same all along it divides once, at the end."""
        if body.head == "div" and not self.varies(body.args[1]):
            return self.total(body.args[0]) / body.args[1]
        if body.head == "mul":
            left, right = body.args
            if right.head == "div" and not self.varies(right.args[1]):
                return self.total(left * right.args[0]) / right.args[1]
            if left.head == "div" and not self.varies(left.args[1]):
                return self.total(left.args[0] * right) / left.args[1]
        return Term("sum", (body,))

    def varies(self, node: Term) -> bool:
        """Whether `node`, in kernel terms, differs along a row."""
        if node.head == "sym":
            return node.name in self.vectors
        return node.head not in REDUCTIONS and any(map(self.varies, node.args))


def _power(base: Term, exponent: Term) -> Term:
    """Small powers as products, halves as roots."""
    value = rational_value(exponent)
    if value is None or abs(value) > 4 or value == 0 or value.denominator > 2:
        return base**exponent
    if value < 0:
        return ONE / _power(base, term(-value))
    if value.denominator == 2:
        return call("sqrt", base) if value.numerator == 1 else base**exponent
    if value == 4:
        return _power(_power(base, term(2)), term(2))
    return base if value == 1 else _power(base, term(value - 1)) * base


def _ratio(above: Term, below: Term) -> Term:
    """A quotient; constants above and below that a format may not hold exactly are one, which is rounded once."""
    divisor = rational_value(below)
    factor = rational_value(above.args[0]) if above.head == "mul" else None
    if not divisor or factor is None or (_exact(factor) and _exact(divisor)):
        return above / below
    return term(factor / divisor) * above.args[1]


def _exact(value: Fraction) -> bool:
    return value.denominator == 1 and abs(value) < EXACT


def _choice(pairs: list[tuple[Term, Term]]) -> Term:
    """The branches as one term; where none holds, NaN.

    Branches that end in the same operation choose its operand instead: the rounding is the same,
    and the operation is done once.
    """
    values = [value for value, _ in pairs]
    first = values[0]
    if pairs[-1][1] is TRUE and first.args and all(_alike(first, value) for value in values):
        differing = [p for p, parts in enumerate(zip(*(v.args for v in values), strict=True)) if len(set(parts)) > 1]
        if len(differing) == 1:
            chosen = _choice([(value.args[differing[0]], condition) for value, condition in pairs])
            return rebuild(first, tuple(chosen if p == differing[0] else a for p, a in enumerate(first.args)))
    flat = [part for pair in pairs for part in pair]
    return Term("cases", tuple(flat) if pairs[-1][1] is TRUE else (*flat, NAN, TRUE))


def _alike(one: Term, other: Term) -> bool:
    return one.head == other.head and one.head not in (*REDUCTIONS, "cases") and len(one.args) == len(other.args)
