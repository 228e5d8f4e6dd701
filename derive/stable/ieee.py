"""A form evaluated as a kernel evaluates it: in IEEE arithmetic, one rounded operation after another."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from derive.elementary.table import TABLE, column
from derive.errors import UnsupportedError
from derive.term import Term, branches, rational_value, subterms
from derive.truth.formats import nearest_float

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
    dtype = next(iter(inputs.values())).dtype
    memo: dict[Term, Any] = {}
    for node in subterms(form):
        memo[node] = _value(node, inputs, memo, dtype)
    return memo


def _value(node: Term, inputs: Mapping[str, Floats], memo: Mapping[Term, Any], dtype: Any) -> Any:
    if node.head == "sym" and node.name in inputs:
        return inputs[node.name]
    number = rational_value(node)
    if number is not None:
        return dtype.type(nearest_float(number))
    if node.head == "const":
        return dtype.type(CONSTANTS[node.name])
    if node.head in ("true", "false"):
        return np.bool_(node.head == "true")
    if node.head == "cases":
        listed = [(memo[value], memo[condition]) for value, condition in branches(node)]
        chosen: Any = dtype.type(math.nan)
        for value, condition in reversed(listed):
            chosen = np.where(condition, value, chosen)
        return chosen
    if node.head == "pow" and rational_value(node.args[1]) == 2:
        return memo[node.args[0]] * memo[node.args[0]]
    if node.head not in FUNCTIONS:
        raise UnsupportedError(f"{node.head} is not evaluated in floating point here")
    found = FUNCTIONS[node.head](*(memo[part] for part in node.args))
    return found if found.dtype == np.bool_ else found.astype(dtype, copy=False)
