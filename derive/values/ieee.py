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

FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "neg": np.negative, "pow": np.power,
    **{head: getattr(np, name) for head, name in column("numpy").items()},
    **{head: np.vectorize(getattr(math, name), otypes=[float]) for head, name in column("libm").items()
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
