"""The symbols that specs are stated in: SymPy's, with the assumptions that the proofs rely on."""

from __future__ import annotations

from typing import Any

import sympy


def real(names: str) -> Any:
    """One real scalar, or several: `x = real("x")`, `x, y = real("x y")`."""
    return sympy.symbols(names, real=True)


def positive(names: str) -> Any:
    """One positive scalar, or several."""
    return sympy.symbols(names, positive=True)


def size(names: str) -> Any:
    """A symbolic size, such as a number of classes: a positive integer."""
    return sympy.symbols(names, integer=True, positive=True)


def index(names: str) -> Any:
    """One index, or several, for the components of vectors and for sums."""
    return sympy.symbols(names, integer=True)


def vector(name: str, length: sympy.Expr) -> sympy.IndexedBase:
    """A vector with real components `x[1] .. x[length]`."""
    return sympy.IndexedBase(name, shape=(length,), real=True)
