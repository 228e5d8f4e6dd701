"""One-sided limits of Terms: the value on a domain's boundary and at infinity.

A calculus of limits and of the sides from which they are approached. It answers only where the limit
exists however the inputs approach their ends; an input that stays fixed at 0 makes a product 0, so
that 0 log 0 = 0 needs no rule. Where it meets an indeterminate form it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final, TypeAlias

from flint import arb

from derive.errors import UnsupportedError
from derive.term import BINDERS, Term, branches, free_symbols, rational_value
from derive.truth.enclose import BALLS, Undefined, Undetermined, to_ball

CONSTANT: Final = 0
Side: TypeAlias = int | None  # 1: from above, -1: from below, CONSTANT: the value itself, None: not known
OO: Final = arb.pos_inf()


@dataclass(frozen=True, eq=False)
class Near:
    """A limit, and the side from which it is approached.

    An object stands for one moving quantity: it less itself is 0, whatever its limit.
    """

    value: arb
    side: Side = CONSTANT

    @property
    def constant(self) -> bool:
        return self.side == CONSTANT

    @property
    def zero(self) -> bool:
        return bool(self.value.is_zero())

    @property
    def infinite(self) -> bool:
        return not self.value.is_finite() and not self.value.is_nan()

    @property
    def sign(self) -> Side:
        """The sign of what approaches; CONSTANT for 0 itself."""
        if self.zero:
            return self.side
        return 1 if self.value > 0 else -1 if self.value < 0 else None


class Indeterminate(ArithmeticError):  # noqa: N818  (an answer, not an error)
    """The limits of the parts do not tell the limit of the whole."""


# Where an elementary function has a limit and no value, a line each: (argument, limit), ...
ENDS: Final[dict[str, tuple[tuple[arb, arb], ...]]] = {
    "exp":   ((-OO, arb(0)),  (OO, OO)),
    "exp2":  ((-OO, arb(0)),  (OO, OO)),
    "expm1": ((-OO, arb(-1)), (OO, OO)),
    "log":   ((arb(0), -OO),  (OO, OO)),
    "log2":  ((arb(0), -OO),  (OO, OO)),
    "log10": ((arb(0), -OO),  (OO, OO)),
    "log1p": ((arb(-1), -OO), (OO, OO)),
    "sqrt":  ((OO, OO),),
    "cbrt":  ((-OO, -OO),     (OO, OO)),
    "sinh":  ((-OO, -OO),     (OO, OO)),
    "cosh":  ((-OO, OO),      (OO, OO)),
    "tanh":  ((-OO, arb(-1)), (OO, arb(1))),
    "asinh": ((-OO, -OO),     (OO, OO)),
    "acosh": ((OO, OO),),
    "atanh": ((arb(-1), -OO), (arb(1), OO)),
    "erf":   ((-OO, arb(-1)), (OO, arb(1))),
    "erfc":  ((-OO, arb(2)),  (OO, arb(0))),
}  # fmt: skip
# How the side of the argument becomes the side of the value.
MONOTONE: Final = dict.fromkeys(
    "exp exp2 expm1 log log2 log10 log1p sqrt cbrt sinh tanh asinh acosh atan atanh erf".split(), 1
) | {"erfc": -1}
JUMPING: Final = ("heaviside", "floor", "ceiling")


Inputs: TypeAlias = Mapping[str, Near | Sequence[Near]]


class Calculus:
    """Limits at one point, as the inputs approach theirs in any manner.

    inputs: a scalar's limit, or those of a vector's components, whose indices begin at `first`.
    """

    def __init__(self, inputs: Inputs, first: int = 0) -> None:
        self.inputs, self.first = inputs, first
        self.folds: dict[tuple[Term, tuple[int, ...]], Near] = {}

    def limit(self, root: Term, indices: Mapping[str, int]) -> arb:
        """The limit of `root`, a ball or an infinity; `indices`: the values of index symbols and sizes.

        Raises Indeterminate, and UnsupportedError for what has no enclosure.
        """
        return self.near(root, indices).value

    def near(self, root: Term, indices: Mapping[str, int]) -> Near:
        memo: dict[Term, Near] = {}

        def value(node: Term) -> Near:
            if node not in memo:
                memo[node] = self.node(node, indices, value)
            return memo[node]

        return value(root)

    def node(self, node: Term, indices: Mapping[str, int], value: Callable[[Term], Near]) -> Near:
        head, args = node.head, node.args
        if head == "num":
            return Near(to_ball(node.number))
        if head == "const":
            return self.constant(node.name)
        if head == "sym":
            return self.symbol(node.name, indices)
        if head == "index":
            return self.component(node, indices)
        if head == "delta":
            return Near(arb(int(self.place(args[0], indices) == self.place(args[1], indices))))
        if head == "cases":
            return value(self.chosen(node, indices))
        if head in BINDERS:
            return self.fold(node, indices)
        if head == "pow":
            return _power(value(args[0]), value(args[1]), args[1])
        parts = [value(child) for child in args]
        return _OPERATIONS[head](*parts) if head in _OPERATIONS else _apply(head, parts)

    def fold(self, node: Term, indices: Mapping[str, int]) -> Near:
        """A sum, product or maximum; once for all components of a row, where it is the same for them."""
        key = (node, tuple(indices[name] for name in sorted(free_symbols(node) & indices.keys())))
        if key not in self.folds:
            body, bound, *ends = node.args
            low, high = (self.place(end, indices) for end in ends)
            terms = [self.near(body, {**indices, bound.name: place}) for place in range(low, high + 1)]
            self.folds[key] = _fold(node.head, terms)
        return self.folds[key]

    def constant(self, name: str) -> Near:
        if name == "nan":
            raise Indeterminate
        return Near({"pi": arb.pi, "E": arb.const_e, "oo": arb.pos_inf}[name]())

    def symbol(self, name: str, indices: Mapping[str, int]) -> Near:
        found = self.inputs.get(name)
        if isinstance(found, Near):
            return found
        if name not in indices:
            raise UnsupportedError(f"{name} has no value at this point")
        return Near(arb(indices[name]))

    def component(self, node: Term, indices: Mapping[str, int]) -> Near:
        values = self.inputs[node.args[0].name]
        if isinstance(values, Near) or len(node.args) != 2:
            raise UnsupportedError(f"{node}: only the components of vectors have limits here")
        return values[self.place(node.args[1], indices) - self.first]

    def place(self, node: Term, indices: Mapping[str, int]) -> int:
        found = self.near(node, indices).value.unique_fmpz()
        if found is None:
            raise UnsupportedError(f"{node} is not an integer index")
        return int(found)

    def chosen(self, node: Term, indices: Mapping[str, int]) -> Term:
        for value, condition in branches(node):
            if self.holds(condition, indices):
                return value
        raise Indeterminate

    def holds(self, condition: Term, indices: Mapping[str, int]) -> bool:
        """Whether `condition` holds at all points that are near enough."""
        head, args = condition.head, condition.args
        if head in ("true", "false"):
            return head == "true"
        if head == "and":
            return all(self.holds(part, indices) for part in args)
        if head == "or":
            return any(self.holds(part, indices) for part in args)
        if head == "not":
            return not self.holds(args[0], indices)
        order = _order(*(self.near(side, indices) for side in args))
        return {"lt": order < 0, "le": order <= 0, "gt": order > 0,
                "ge": order >= 0, "eq": order == 0, "ne": order != 0}[head]  # fmt: skip


def _order(a: Near, b: Near) -> int:
    """Whether what approaches `a` lies below (-1), at (0) or above (1) what approaches `b`."""
    if a.value < b.value or a.value > b.value:
        return -1 if a.value < b.value else 1
    if not (a.value == b.value or (a.infinite and b.infinite)):
        raise Indeterminate
    if a.constant and b.constant:
        return 0
    if a.side is None or b.side is None or a.side == b.side:
        raise Indeterminate
    return a.side or -b.side


def _times(a: Side, b: Side) -> Side:
    return None if a is None or b is None else a * b


def _both(a: Side, b: Side) -> Side:
    """The side of a sum: that of the moving part, or of both where they agree."""
    return b if a == CONSTANT else a if b == CONSTANT or a == b else None


def _infinity(sign: Side) -> Near:
    if not sign:
        raise Indeterminate
    return Near(sign * OO, -sign)


def _negative(a: Near) -> Near:
    return Near(-a.value, _times(a.side, -1))


def _add(a: Near, b: Near) -> Near:
    if a.infinite or b.infinite:
        if a.infinite and b.infinite and a.sign != b.sign:
            raise Indeterminate
        return _infinity((a if a.infinite else b).sign)
    return Near(a.value + b.value, _both(a.side, b.side))


def _subtract(a: Near, b: Near) -> Near:
    return Near(arb(0)) if a is b else _add(a, _negative(b))


def _multiply(a: Near, b: Near) -> Near:
    if (a.zero and a.constant) or (b.zero and b.constant):
        return Near(arb(0))
    sign = _times(a.sign, b.sign)
    if a.infinite or b.infinite:
        if a.zero or b.zero:
            raise Indeterminate
        return _infinity(sign)
    if a.zero or b.zero:
        return Near(arb(0), sign)
    return Near(a.value * b.value, _both(_times(a.side, b.sign), _times(b.side, a.sign)))


def _reciprocal(a: Near) -> Near:
    if a.zero:
        return _infinity(a.sign)
    if a.infinite:
        return Near(arb(0), a.sign)
    return Near(1 / a.value, _times(a.side, -1))


def _absolute(a: Near) -> Near:
    if a.zero:
        return Near(a.value, CONSTANT if a.constant else 1)
    if a.sign is None:
        return Near(abs(a.value), None)
    return a if a.sign > 0 else _negative(a)


def _sign(a: Near) -> Near:
    if a.sign is None:
        raise Indeterminate
    return Near(arb(a.sign))


def _larger(a: Near, b: Near) -> Near:
    try:
        return a if _order(a, b) >= 0 else b
    except Indeterminate:
        # Which of two that meet is larger does not matter to the limit.
        return _infinity(a.sign) if a.infinite else Near(a.value.max(b.value), None)


def _smaller(a: Near, b: Near) -> Near:
    return _negative(_larger(_negative(a), _negative(b)))


_OPERATIONS: Final[dict[str, Callable[..., Near]]] = {
    "neg": _negative, "add": _add, "sub": _subtract, "mul": _multiply,
    "div": lambda a, b: _multiply(a, _reciprocal(b)), "abs": _absolute, "sign": _sign,
    "max": _larger, "min": _smaller, "expdiff": lambda a, b: _apply("exp", [_subtract(a, b)]),
}  # fmt: skip


def _fold(kind: str, terms: list[Near]) -> Near:
    if kind == "maximum":
        return reduce(_larger, terms)
    return reduce(_add, terms, Near(arb(0))) if kind == "sum" else reduce(_multiply, terms, Near(arb(1)))


def _power(base: Near, exponent: Near, written: Term) -> Near:
    order = rational_value(written)
    if order is None or order.denominator != 1:
        # u^v is exp(v log u) for a positive base.
        return _apply("exp", [_multiply(exponent, _apply("log", [base]))])
    if order < 0:
        return _reciprocal(_power(base, exponent, -written if written.head != "neg" else written.args[0]))
    if order == 0:
        return Near(arb(1))
    sign = base.sign if order % 2 else _times(base.sign, base.sign)
    if base.infinite:
        return _infinity(sign)
    if base.zero:
        return Near(arb(0), sign)
    return Near(base.value ** int(order), base.side if order % 2 else _times(base.side, base.sign))


def _apply(function: str, parts: list[Near]) -> Near:
    """A function that is continuous wherever it has a value, or whose argument stays fixed."""
    constant = all(part.constant for part in parts)
    side = CONSTANT if constant else _times(parts[0].side, MONOTONE.get(function)) if len(parts) == 1 else None
    for end, found in ENDS.get(function, ()) if len(parts) == 1 else ():
        if parts[0].value == end:
            return _infinity(1 if found > 0 else -1) if not found.is_finite() else Near(found, side)
    if any(part.infinite for part in parts) or (function in JUMPING and not constant):
        raise Indeterminate
    if function not in BALLS:
        raise UnsupportedError(f"no enclosure is known for {function}")
    try:
        value = BALLS[function](*(part.value for part in parts))
    except (Undefined, Undetermined):
        raise Indeterminate from None
    if not value.is_finite():
        raise Indeterminate
    return Near(value, side)
