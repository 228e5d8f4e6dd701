"""Vectors and matrices as components: `X^T(Xw - y)` at j is a sum over the axes that meet.

Everything is a matrix; a vector is one with a single column, a scalar one with a single entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from derive.calculus.indices import Range
from derive.errors import UnsupportedError
from derive.term import BINDERS, FUNCTIONS, Term, free_symbols, fresh, rebuild, subterms, symbol, term

Axes = Mapping[str, tuple[Range, ...]]
Place = tuple[Term | None, Term | None]

WHOLE: Final = ("transpose", "norm")  # heads that only vectors and matrices have


@dataclass(frozen=True)
class Array:
    """`at(row, column)` is the entry; an axis that is None has one place, which is not named."""

    rows: Range | None
    columns: Range | None
    at: Callable[[Term | None, Term | None], Term]

    @property
    def is_scalar(self) -> bool:
        return self.rows is None and self.columns is None

    @property
    def value(self) -> Term:
        return self.at(None, None)


def component(root: Term, axes: Axes, place: Term | None) -> Term:
    """The entry of `root` at `place`; a scalar as it is. Raises UnsupportedError where shapes do not fit."""
    if not needs_components(root, axes):
        return root
    found = _Elaboration(axes, free_symbols(root)).array(root)
    if found.is_scalar:
        return found.value
    if (found.rows and found.columns) or place is None:
        raise UnsupportedError("this is a vector or a matrix, and nothing says which component is meant")
    return found.at(place, None) if found.rows else found.at(None, place)


def needs_components(root: Term, axes: Axes) -> bool:
    """Whether an array stands in `root` without all of its indices."""
    done: dict[Term, bool] = {}
    for node in subterms(root):
        whole = node.head in WHOLE or (node.head == "sym" and node.name in axes)
        below = node.args
        if node.head == "index" and node.args[0].head == "sym":
            whole = len(node.args) - 1 < len(axes.get(node.args[0].name, ()))
            below = node.args[1:]
        elif node.head == "apply":
            below = tuple(part for part in node.args if part.head != "sym")
        done[node] = whole or any(done[part] for part in below)
    return done[root]


class _Elaboration:
    def __init__(self, axes: Axes, taken: frozenset[str]) -> None:
        self.axes = axes
        self.taken = set(taken)

    def index(self) -> Term:
        """A name for an index that nothing else has."""
        name = fresh("a_1", self.taken)
        self.taken.add(name)
        return symbol(name)

    def array(self, node: Term) -> Array:
        if node.head in ("sym", "index"):
            return self.named(node)
        rule = getattr(self, f"array_{node.head}", None)
        if rule is not None:
            return rule(node)  # type: ignore[no-any-return]  # every rule returns an Array
        if node.head in BINDERS:
            return self.binder(node)
        if node.head in FUNCTIONS and len(node.args) == 1:
            inner = self.array(node.args[0])
            return Array(inner.rows, inner.columns, lambda i, j: rebuild(node, (inner.at(i, j),)))
        if node.head == "apply":
            return _scalar(rebuild(node, tuple(map(self.argument, node.args))))
        return _scalar(rebuild(node, tuple(map(self.scalar, node.args))))

    def scalar(self, node: Term) -> Term:
        found = self.array(node)
        if not found.is_scalar:
            raise UnsupportedError(f"{node} is a vector or a matrix where a number is expected")
        return found.value

    def argument(self, node: Term) -> Term:
        """A whole array may be an argument: softmax(o)."""
        return node if node.head == "sym" else self.scalar(node)

    def named(self, node: Term) -> Array:
        base, *places = node.args if node.head == "index" else (node,)
        axes = self.axes.get(base.name, ()) if base.head == "sym" else ()
        if base.head != "sym":
            return _scalar(rebuild(node, (self.argument_base(base), *places)))
        left = axes[len(places) :]
        if not left:
            return _scalar(node)
        if len(left) == 1:
            return Array(left[0], None, lambda i, _: base[(*places, _known(i))])
        return Array(left[0], left[1], lambda i, j: base[(_known(i), _known(j))])

    def argument_base(self, base: Term) -> Term:
        return rebuild(base, tuple(map(self.argument, base.args)))

    def array_transpose(self, node: Term) -> Array:
        inner = self.shaped(node.args[0])
        return Array(inner.columns, inner.rows, lambda i, j: inner.at(j, i))

    def shaped(self, node: Term) -> Array:
        """What is transposed or measured is no number."""
        inner = self.array(node)
        if inner.is_scalar and free_symbols(node):
            raise UnsupportedError(f"nothing says which shape {node} has")
        return inner

    def array_det(self, node: Term) -> Array:
        if not (node.args[0].head == "sym" and len(self.axes.get(node.args[0].name, ())) == 2):
            raise UnsupportedError(f"nothing says that {node.args[0]} is a matrix, and of which size")
        return _scalar(node)

    def array_inv(self, node: Term) -> Array:
        inner = self.array(self.array_det(node).value.args[0])
        return Array(inner.columns, inner.rows, lambda i, j: node[(_known(i), _known(j))])

    def array_norm(self, node: Term) -> Array:
        return _scalar(Term("sqrt", (self.squares(self.shaped(node.args[0])),)))

    def squares(self, inner: Array) -> Term:
        i, j = (None if axis is None else self.index() for axis in (inner.rows, inner.columns))
        total = inner.at(i, j) ** 2
        for bound, axis in ((i, inner.rows), (j, inner.columns)):
            if bound is not None and axis is not None:
                total = Term("sum", (total, bound, *axis))
        return total

    def array_pow(self, node: Term) -> Array:
        base, exponent = node.args
        if base.head == "norm" and exponent == term(2):
            return _scalar(self.squares(self.shaped(base.args[0])))
        return _scalar(self.scalar(base) ** self.scalar(exponent))

    def array_neg(self, node: Term) -> Array:
        inner = self.array(node.args[0])
        return Array(inner.rows, inner.columns, lambda i, j: -inner.at(i, j))

    def array_add(self, node: Term) -> Array:
        left, right = map(self.array, node.args)
        if (left.rows is None, left.columns is None) != (right.rows is None, right.columns is None):
            raise UnsupportedError(f"the shapes of {node.args[0]} and {node.args[1]} differ")
        return Array(left.rows, left.columns, lambda i, j: rebuild(node, (left.at(i, j), right.at(i, j))))

    array_sub = array_add

    def array_div(self, node: Term) -> Array:
        above, below = self.array(node.args[0]), self.scalar(node.args[1])
        return Array(above.rows, above.columns, lambda i, j: above.at(i, j) / below)

    def array_mul(self, node: Term) -> Array:
        left, right = map(self.array, node.args)
        if left.is_scalar:
            return Array(right.rows, right.columns, lambda i, j: left.value * right.at(i, j))
        if right.is_scalar:
            return Array(left.rows, left.columns, lambda i, j: left.at(i, j) * right.value)
        if left.columns is None and right.rows is None:
            return Array(left.rows, right.columns, lambda i, j: left.at(i, None) * right.at(None, j))
        if left.columns is None or right.rows is None:
            raise UnsupportedError(f"the shapes of {node.args[0]} and {node.args[1]} do not fit a product")
        meeting = self.index()
        axis = left.columns
        return Array(
            left.rows,
            right.columns,
            lambda i, j: Term("sum", (left.at(i, meeting) * right.at(meeting, j), meeting, *axis)),
        )

    def array_der(self, node: Term) -> Array:
        body, variable = node.args
        base = variable.args[0] if variable.head == "index" else variable
        by = self.array(variable) if base.head == "sym" and base.name in self.axes else _scalar(variable)
        if by.is_scalar:
            inner = self.array(body)
            return Array(inner.rows, inner.columns, lambda i, j: Term("der", (inner.at(i, j), variable)))
        quantity = body if body.head in ("sym", "apply") else self.scalar(body)
        return Array(by.rows, by.columns, lambda i, j: Term("der", (quantity, by.at(i, j))))

    def binder(self, node: Term) -> Array:
        body, bound, first, last = node.args
        inner = self.array(body)
        return Array(inner.rows, inner.columns, lambda i, j: Term(node.head, (inner.at(i, j), bound, first, last)))


def _known(place: Term | None) -> Term:
    assert place is not None
    return place


def _scalar(value: Term) -> Array:
    return Array(None, None, lambda i, j: value)
