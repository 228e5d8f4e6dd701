"""`Fold`: the one walk that gives a Term a value. What a value is, an algebra says: a subclass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, Generic, TypeVar

from derive.errors import UnsupportedError
from derive.term import BINDERS, CONDITIONS, Term

V = TypeVar("V")

# The method that gives a value to a node of each head; any other head is an operation of the algebra.
METHODS: Final[Mapping[str, str]] = {
    "num": "number", "const": "constant", "sym": "symbol", "index": "component", "pow": "power", "cases": "cases",
    "delta": "delta", "det": "determinant",
    **dict.fromkeys(BINDERS, "binder"), **dict.fromkeys(CONDITIONS, "condition"),
}  # fmt: skip


class Fold(Generic[V]):
    """Values of Terms, of each shared subterm once."""

    operations: ClassVar[Mapping[str, Callable[..., Any]]] = {}

    def __init__(self) -> None:
        self.known: dict[Term, V] = {}

    def value(self, node: Term) -> V:
        if node not in self.known:
            method = METHODS.get(node.head)
            self.known[node] = getattr(self, method)(node) if method else self.operation(node)
        return self.known[node]

    def operation(self, node: Term) -> V:
        """The value of an operation or a function, by the values of its arguments."""
        return self.apply(node.head, *map(self.value, node.args))

    def apply(self, head: str, *values: V) -> V:
        function = self.operations.get(head)
        if function is None:
            raise self.unknown(head)
        found: V = function(*values)
        return found

    def unknown(self, head: str) -> Exception:
        """The error for an operation that the algebra does not have."""
        return UnsupportedError(f"{head} has no value here")

    def refused(self, node: Term) -> V:
        raise self.unknown(node.head)

    number = constant = symbol = component = power = cases = delta = determinant = binder = condition = refused
