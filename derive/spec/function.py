"""`Function`: what a user stated, checked: names are strings, formulas are Terms."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Final, Literal

from derive.errors import DeriveError
from derive.spec.domain import Domain
from derive.spec.lock import Entries
from derive.term import Term, free_symbols, substitute, subterms, symbol

Order = Literal["forward", "vjp", "d2"]  # what a kernel computes, in code; for people:
ORDERS: Final[Mapping[Order, str]] = {"forward": "value", "vjp": "gradient", "d2": "second derivative"}


def order_in_words(order: Order, wrt: str = "") -> str:
    """What people call a kernel: `value`, `gradient in x`, `second derivative in x`."""
    return ORDERS[order] + (f" in {wrt}" if wrt else "")


@dataclass(frozen=True, init=False, repr=False)
class Accuracy:
    """The accuracy contract of a function's kernels: the largest error in ulp, by target; a target has one of its own.

    >>> derive.Accuracy(c=3.0)
    Accuracy(c=3.0)
    """

    bounds: Mapping[str, float]

    def __init__(self, **bounds: float) -> None:
        """Raises DeriveError for what is no number of ulp."""
        object.__setattr__(self, "bounds", bounds)
        for target, bound in bounds.items():
            if isinstance(bound, bool) or not isinstance(bound, (int, float)) or not 0 <= bound < math.inf:
                raise DeriveError(f"accuracy in {target} is a number of ulp, not {bound!r}: write Accuracy({target}=5)")

    def __repr__(self) -> str:
        return f"Accuracy({', '.join(f'{target}={bound}' for target, bound in self.bounds.items())})"


@dataclass(frozen=True)
class ClosedForm:
    """The documented derivative with respect to `variable`: a symbol, or a component `x[j]`."""

    variable: Term
    formula: Term


@dataclass(frozen=True, eq=False, repr=False)
class Function:
    """A checked Spec. Names are strings; formulas are Terms; `where` is `file:line: name`.

    `output` holds the free indices of the body (empty: one value per element, or per row); `locked` the
    evaluation forms that were found before.
    """

    name: str
    body: Term
    inputs: tuple[str, ...]
    params: tuple[str, ...]
    wrt: tuple[str, ...]
    documented: Mapping[str, ClosedForm]
    domain: Domain
    kinks: Mapping[str, Mapping[Fraction, Term]]
    accuracy: Accuracy
    samples: Mapping[str, tuple[float, float]]
    latex: str
    source: str
    accept_undecided: str
    where: str
    locked: Entries = field(default_factory=dict)
    peers: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Function {self.name}({', '.join((*self.inputs, *self.params))}) = {self.body}>"

    @cached_property
    def output(self) -> tuple[str, ...]:
        known = {*self.inputs, *self.params, *self.sizes}
        return tuple(sorted(free_symbols(self.body) - known))

    @cached_property
    def sizes(self) -> tuple[str, ...]:
        """The symbolic sizes, in the order in which the inputs' axes name them."""
        seen: dict[str, None] = {}
        for name in self.inputs:
            for _, last in self.domain.axes.get(name, ()):
                seen.update(dict.fromkeys(sorted(free_symbols(last))))
        return tuple(seen)

    @property
    def elementwise(self) -> bool:
        return not self.domain.axes

    @property
    def value(self) -> Term:
        """The function at its inputs: `f(x)`, or a component of it, `f(x)[i]`."""
        value = Term("apply", tuple(map(symbol, (*self.inputs, *self.params))), self.name)
        return value[tuple(map(symbol, self.output))] if self.output else value

    def spelled(self, formula: Term) -> Term:
        """`formula` with `f(x)` for the name `f`, where f has one input and one value."""
        short = self.output or len(self.inputs) + len(self.params) > 1
        return formula if short else substitute(formula, {symbol(self.name): self.value})

    def expand(self, formula: Term) -> Term:
        """`formula` with this function's own name, `f` or `f[i]`, replaced by its body."""
        uses = [node for node in subterms(formula) if node.head == "index" and node.args[0] == symbol(self.name)]
        replacements: dict[Term, Term] = {
            use: substitute(self.body, dict(zip(map(symbol, self.output), use.args[1:], strict=True))) for use in uses
        }
        if not self.output:
            replacements[symbol(self.name)] = self.body
        return substitute(formula, replacements)
