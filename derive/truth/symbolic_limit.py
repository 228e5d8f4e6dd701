"""Indeterminate forms of one moving input, by SymPy's algorithm for limits."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from functools import reduce
from typing import Any, Final

from flint import arb, ctx

from derive.errors import UnsupportedError
from derive.term import BINDERS, Term, rebuild, size, symbol, term
from derive.truth.enclose import Undefined, Undetermined, enclose
from derive.truth.limits import Calculus, Inputs
from derive.truth.near import OO, Indeterminate, Near

SECONDS: Final = 5.0
LARGEST: Final = 64  # subterms; of longer formulas SymPy finds a limit too slowly
MOVING: Final = symbol("t")
FOLDS: Final[dict[str, Callable[[Term, Term], Term]]] = {
    "sum": lambda a, b: a + b,
    "product": lambda a, b: a * b,
    "maximum": lambda a, b: Term("max", (a, b)),
}


def symbolic_limit(root: Term, calculus: Calculus, indices: Mapping[str, int]) -> arb:
    """The limit of `root` where exactly one input moves: a ball at the current precision, or an infinity.

    calculus: the point; it resolves kinks and branches. Raises Indeterminate where SymPy finds none in time.
    """
    moving = [near for near in _flat(calculus.inputs) if not near.constant]
    if len(moving) != 1 or moving[0].side is None:
        raise Indeterminate
    import sympy

    from derive.bridge import from_sympy, to_sympy

    written = _Writer(calculus).write(root, indices)
    if size(written) > LARGEST:
        raise Indeterminate
    variable = sympy.Symbol("t", real=True)
    at = sympy.oo * moving[0].sign if moving[0].infinite else sympy.Rational(*_fraction(moving[0]).as_integer_ratio())
    try:
        with _deadline(SECONDS):
            found = sympy.limit(to_sympy(written), variable, at, "+" if moving[0].side == 1 else "-")
        if found in (sympy.oo, -sympy.oo):
            return OO if found == sympy.oo else -OO
        if not (found.is_number and found.is_finite and found.is_extended_real):
            raise Indeterminate
        return enclose(from_sympy(found), {}, ctx.prec)
    # SymPy says that it found no limit in one of these ways.
    except (NotImplementedError, ValueError, TimeoutError, UnsupportedError, Undefined, Undetermined):
        raise Indeterminate from None


def _flat(inputs: Inputs) -> Iterator[Near]:
    for found in inputs.values():
        yield from (found,) if isinstance(found, Near) else found


def _fraction(near: Near) -> Fraction:
    mantissa, exponent = (int(part) for part in near.value.man_exp())
    return Fraction(mantissa) * Fraction(2) ** exponent


class _Writer:
    """A formula with the inputs' values written in, MOVING for the one that moves, kinks resolved."""

    def __init__(self, calculus: Calculus) -> None:
        self.calculus, self.memo = calculus, dict[Any, Term]()

    def write(self, node: Term, indices: Mapping[str, int]) -> Term:
        key = (node, *sorted(indices.items()))
        if key not in self.memo:
            self.memo[key] = self.rewritten(node, indices)
        return self.memo[key]

    def rewritten(self, node: Term, indices: Mapping[str, int]) -> Term:
        head, args = node.head, node.args
        if head in ("sym", "index", "delta"):
            near = self.calculus.near(node, indices)
            return term(_fraction(near)) if near.constant else MOVING
        if head in BINDERS:
            low, high = (self.calculus.place(end, indices) for end in args[2:])
            parts = [self.write(args[0], {**indices, args[1].name: place}) for place in range(low, high + 1)]
            return reduce(FOLDS[head], parts)
        if head == "cases":
            return self.write(self.calculus.chosen(node, indices), indices)
        if head in ("abs", "sign"):
            return self.signed(node, indices)
        return rebuild(node, tuple(self.write(child, indices) for child in args))

    def signed(self, node: Term, indices: Mapping[str, int]) -> Term:
        inner = self.write(node.args[0], indices)
        sign = self.calculus.near(node.args[0], indices).sign
        if sign is None:
            raise Indeterminate
        if node.head == "sign":
            return term(sign)
        return inner if sign >= 0 else -inner


@contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """TimeoutError after `seconds`; without a bound outside the main thread, where no alarm can ring."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
