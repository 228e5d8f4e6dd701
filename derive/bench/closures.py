"""`compiled`: a formula as a ufunc of Numba's, made of functions within functions: no text is evaluated."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any, Final

import numpy as np

from derive.errors import UnsupportedError
from derive.term import TRUE, Term, branches, rational_value, subterms
from derive.values.ieee import CONSTANTS, FUNCTIONS

Compiled = Callable[[Any], Any]  # of a tuple of numbers
Jit = Callable[[Compiled], Compiled]
MAX_INPUTS: Final = 2
PLAIN: Final = ("num", "const", "sym", "true", "cases", "and", "or")


def compiled(formula: Term, names: Sequence[str]) -> Callable[..., Any]:
    """A function of arrays, in the order of `names`. Raises UnsupportedError for more than MAX_INPUTS of them."""
    numba = importlib.import_module("numba")
    found = _made(formula, tuple(names), numba.njit)
    if len(names) == 1:
        one: Callable[..., Any] = numba.vectorize(lambda a: found((a,)))
        return one
    if len(names) == MAX_INPUTS:
        two: Callable[..., Any] = numba.vectorize(lambda a, b: found((a, b)))
        return two
    raise UnsupportedError(f"a formula of {len(names)} inputs is not compiled for a comparison")


def compiles(formula: Term, names: Sequence[str]) -> bool:
    """Whether `compiled` can be asked for a formula."""
    return len(names) <= MAX_INPUTS and all(
        node.head in PLAIN or isinstance(FUNCTIONS.get(node.head), np.ufunc) for node in subterms(formula)
    )


def _made(node: Term, names: tuple[str, ...], njit: Jit) -> Compiled:
    value = rational_value(node)
    if value is not None or node.head == "const":
        number = float(value) if value is not None else CONSTANTS[node.name]
        return njit(lambda _: number)
    if node.head == "sym":
        place = names.index(node.name)
        return njit(lambda given: given[place])
    if node is TRUE:
        return njit(lambda _: True)
    if node.head == "cases":
        return _choice(node, names, njit)
    operation, parts = FUNCTIONS.get(node.head), [_made(part, names, njit) for part in node.args]
    if node.head in ("and", "or"):
        return reduce(partial(_both if node.head == "and" else _either, njit), parts)
    if not isinstance(operation, np.ufunc) or len(parts) > MAX_INPUTS:
        raise UnsupportedError(f"{node.head} is not compiled for a comparison")
    if len(parts) == 1:
        (only,) = parts
        return njit(lambda given: operation(only(given)))
    left, right = parts
    return njit(lambda given: operation(left(given), right(given)))


def _both(njit: Jit, one: Compiled, other: Compiled) -> Compiled:
    return njit(lambda given: one(given) and other(given))


def _either(njit: Jit, one: Compiled, other: Compiled) -> Compiled:
    return njit(lambda given: one(given) or other(given))


def _choice(node: Term, names: tuple[str, ...], njit: Jit) -> Compiled:
    nothing = float("nan")
    found = njit(lambda _: nothing)
    for value, condition in reversed(branches(node)):
        found = _branch(_made(value, names, njit), _made(condition, names, njit), found, njit)
    return found


def _branch(value: Compiled, holds: Compiled, otherwise: Compiled, njit: Jit) -> Compiled:
    return njit(lambda given: value(given) if holds(given) else otherwise(given))
