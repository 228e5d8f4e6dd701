"""The symbols that specs are stated in: SymPy's, with the assumptions that the proofs rely on."""

from __future__ import annotations

from typing import Any

import sympy

from derive.errors import DeriveError


def _named(names: str, **assumptions: bool) -> Any:
    if not isinstance(names, str):
        raise DeriveError(f"a name is text, not {names!r}: write real('x'), or real('x y') for two")
    return sympy.symbols(names, **assumptions)


def real(names: str) -> Any:
    """One real scalar, or several where `names` has several words, as SymPy's symbols.

    >>> x, y = derive.real("x y")
    >>> x.is_real
    True
    """
    return _named(names, real=True)


def positive(names: str) -> Any:
    """One positive scalar, or several where `names` has several words, as SymPy's symbols.

    >>> derive.positive("alpha").is_positive
    True
    """
    return _named(names, positive=True)


def size(names: str) -> Any:
    """A symbolic size, such as a number of classes: a positive integer; several where `names` has several words.

    >>> K = derive.size("K")
    >>> derive.vector("x", K).shape
    (K,)
    """
    return _named(names, integer=True, positive=True)


def index(names: str) -> Any:
    """One index, or several where `names` has several words, for the components of vectors and for sums.

    >>> k, K = derive.index("k"), derive.size("K")
    >>> x = derive.vector("x", K)
    >>> derive.Sum(x[k], (k, 1, K))
    Sum(x[k], (k, 1, K))
    """
    return _named(names, integer=True)


def vector(name: str, length: sympy.Expr) -> sympy.IndexedBase:
    """A vector, called `name`, with real components `x[1] .. x[length]`, counted as the sums over it say.

    length: a `size`, or a whole number from 1. Raises DeriveError for another length.

    >>> x = derive.vector("x", derive.size("K"))
    >>> x[derive.index("i")]
    x[i]
    """
    known = sympy.sympify(length, strict=True) if not isinstance(length, str) else None
    if known is None or known.is_positive is False or known.is_integer is False:
        raise DeriveError(f"a vector has a length, from 1: write vector({name!r}, size('K')), not {length!r}")
    return sympy.IndexedBase(name, shape=(length,), real=True)
