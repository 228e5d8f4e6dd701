"""A form evaluated as a kernel evaluates it: in IEEE arithmetic, one rounded operation after another."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from derive.elementary.table import TABLE, column
from derive.errors import UnsupportedError
from derive.term import Term, branches, rational_value, subterms
from derive.values.fold import Fold
from derive.values.formats import nearest_float

Floats = NDArray[Any]


def _of_math(name: str) -> Callable[..., Any]:
    """A function of Python's, value by value: NaN where it has none, infinite where it is too large."""
    function = getattr(math, name)

    def value(*at: float) -> float:
        try:
            return float(function(*at))
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf

    return np.vectorize(value, otypes=[float])


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "neg": np.negative, "pow": np.power,
    **{head: getattr(np, name) for head, name in column("numpy").items()},
    **{head: _of_math(name) for head, name in column("libm").items()
       if not TABLE[head].numpy and hasattr(math, name)},
    "expdiff": lambda a, b: _exp_difference(a, b),
    "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
    "eq": np.equal, "ne": np.not_equal, "and": lambda *parts: reduce(np.logical_and, parts),
    "or": lambda *parts: reduce(np.logical_or, parts), "not": np.logical_not,
}  # fmt: skip


def _exp_difference(a: Any, b: Any) -> Any:
    """e^(a - b), with what the subtraction rounds off."""
    difference = a - b
    back = difference - a
    low = (a - (difference - back)) - (b + back)
    return np.exp(difference) * np.where(np.isfinite(low), 1 + low, 1)


def _sum_error(a: Any, b: Any) -> Any:
    """a + b - (a + b as it is rounded), exactly. Source: Knuth, The Art of Computer Programming, volume 2, 4.2.2."""
    total = a + b
    added = total - a
    return (a - (total - added)) + (b - added)


def _product_error(a: Any, b: Any) -> Any:
    """a b - (a b as it is rounded), to the last bit but one. Source: Dekker, Numerische Mathematik 18, 1971."""
    product = a * b
    if product.dtype == np.float32:
        return (np.multiply(a, b, dtype=np.float64) - product).astype(np.float32)
    a_high, b_high = _leading(a), _leading(b)
    a_low, b_low = a - a_high, b - b_high
    error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return np.where(np.abs(product) > LEAST_PAIR, error, 0.0)


def _quotient_error(a: Any, b: Any) -> Any:
    quotient = a / b
    return np.where(np.abs(a) > LEAST_PAIR, ((a - quotient * b) - _product_error(quotient, b)) / b, 0.0)


def _held(value: Any, factor: Any) -> Any:
    half = 2.0 ** (np.finfo(value.dtype).maxexp // 2)
    size = np.abs(factor)
    most = np.where(size > half, 1.0, np.where(size > 1, half / 2, np.inf)).astype(value.dtype)
    return np.clip(value, -most, most)


def _parted(value: Any, above: Any) -> Any:
    reach = value.dtype.type(2.0 ** -(np.finfo(value.dtype).maxexp - 24))
    least = np.where(np.isfinite(above), np.abs(above), 0) * reach + np.finfo(value.dtype).smallest_subnormal
    return np.copysign(np.maximum(np.abs(value), least), value)


# What operations drop, in numbers of the format.
_DROPPED: Final = {"add": _sum_error, "mul": _product_error, "div": _quotient_error}
ERRORS: Final = {head: _DROPPED[operation] for head, operation in column("error_of").items() if operation in _DROPPED}
_KEPT: Final = {"mul": _held, "div": _parted}
FUNCTIONS.update(ERRORS | {head: _KEPT[operation] for head, operation in column("holds").items()})


LEAST_PAIR: Final = 2.0**-969  # below it errors are no numbers of float64


def _leading(value: Any) -> Any:
    """The number of half as many digits next to a float64, toward 0."""
    return (np.asarray(value).view(np.int64) & -(2**27)).view(np.float64)


CONSTANTS: Final = {"pi": math.pi, "E": math.e, "oo": math.inf, "nan": math.nan}


def evaluate(form: Term, inputs: Mapping[str, Floats]) -> Floats:
    """The values of an elementwise form on arrays of one shape and dtype; every branch is evaluated.

    Raises UnsupportedError for a function that has no counterpart in NumPy or math.
    """
    first = next(iter(inputs.values()))
    return np.broadcast_to(np.asarray(values(form, inputs)[form], first.dtype), first.shape)


def values(form: Term, inputs: Mapping[str, Floats]) -> Mapping[Term, Any]:
    """The values of a form and of all its subterms: arrays, and scalars where no variable is. Raises as `evaluate`."""
    machine = Ieee(inputs)
    for node in subterms(form):
        machine.value(node)
    return machine.known


class Ieee(Fold[Any]):
    """Arrays of a number format, and numbers of it where no variable is."""

    operations: ClassVar[Mapping[str, Callable[..., Any]]] = FUNCTIONS

    def __init__(self, inputs: Mapping[str, Floats]) -> None:
        super().__init__()
        self.inputs, self.dtype = inputs, next(iter(inputs.values())).dtype

    def number(self, node: Term) -> Any:
        return self.dtype.type(nearest_float(node.number))

    def constant(self, node: Term) -> Any:
        return self.dtype.type(CONSTANTS[node.name])

    def symbol(self, node: Term) -> Any:
        if node.name not in self.inputs:
            raise self.unknown(node.name)
        return self.inputs[node.name]

    def operation(self, node: Term) -> Any:
        number = rational_value(node)
        return self.dtype.type(nearest_float(number)) if number is not None else super().operation(node)

    def apply(self, head: str, *values: Any) -> Any:
        found = super().apply(head, *values)
        return found if found.dtype == np.bool_ else found.astype(self.dtype, copy=False)

    def power(self, node: Term) -> Any:
        if rational_value(node.args[1]) != 2 or rational_value(node) is not None:
            return self.operation(node)
        base = self.value(node.args[0])
        return base * base

    def condition(self, node: Term) -> Any:
        return np.bool_(node.head == "true") if node.head in ("true", "false") else self.operation(node)

    def cases(self, node: Term) -> Any:
        chosen: Any = self.dtype.type(math.nan)
        for value, condition in reversed([(self.value(v), self.value(c)) for v, c in branches(node)]):
            chosen = np.where(condition, value, chosen)
        return chosen

    def unknown(self, head: str) -> Exception:
        return UnsupportedError(f"{head} is not evaluated in floating point here")
