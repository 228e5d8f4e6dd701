"""From what is written to what it says: components, names expanded, derivatives taken, in the right order.

A derivative in a quantity that has a definition (d log p / d p) is taken while that quantity still
stands for itself; every other definition is written out first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from derive.calculus.derivative import depends, derivative
from derive.calculus.indices import alpha, index_names
from derive.errors import UnsupportedError
from derive.notation.latex_stream import PRIMED
from derive.review.components import Axes, component
from derive.review.context import catalogued
from derive.review.provable import obstacle, other_rank
from derive.term import (
    BINDERS,
    ZERO,
    Term,
    descend,
    free_symbols,
    rational_value,
    rebuild,
    substitute,
    subterms,
    symbol,
    term,
    transform,
)

UNUSED: Final = symbol("#unused")
MAX_DEPTH: Final = 12  # definitions inside one another


@dataclass(frozen=True)
class Definition:
    """`name(params)` at `outputs` is `body`; a param may be a component `x[i]`, as in s(x_i) = ..."""

    body: Term
    params: tuple[Term, ...] = ()
    outputs: tuple[Term, ...] = ()

    def at(self, arguments: tuple[Term, ...], places: tuple[Term, ...]) -> Term:
        replacements: dict[Term, Term] = {}
        if self.outputs and not places:
            # s(x_i) written for a component: its index is the argument's.
            places = tuple(place for part in arguments if part.head == "index" for place in part.args[1:])
        for param, argument in zip(self.params, arguments, strict=False):
            if param.head == "index" and argument.head == "index":
                replacements |= dict(zip(param.args, argument.args, strict=False))
            elif param.head != "index" and argument.head == "index" and self.outputs:
                replacements[param] = argument.args[0]
            else:
                replacements[param] = argument
        replacements |= dict(zip(self.outputs, places, strict=False))
        return substitute(self.body, {key: value for key, value in replacements.items() if key is not value})


@dataclass(frozen=True)
class Meaning:
    """What the names of one document stand for.

    `names`: plain names that stand for another name. `variable` is what is differentiated where a prime
    does not say; `axes` are the ranges of the arrays, and `place` the component of vectors that is meant.
    `sizes` are ends of sums that mean themselves: every other one is another name for the end of the axis.
    `unsettled` names may stand for anything; `shapeless` ones are vectors or matrices of unknown size.
    """

    definitions: Mapping[str, Definition] = field(default_factory=dict)
    names: Mapping[Term, Term] = field(default_factory=dict)
    variable: Term | None = None
    axes: Axes = field(default_factory=dict)
    place: Term | None = None
    unsettled: frozenset[str] = frozenset()
    shapeless: frozenset[str] = frozenset()
    sizes: frozenset[str] = frozenset()

    def defining(self, name: str, definition: Definition) -> Meaning:
        return replace(self, definitions={**self.definitions, name: definition})

    def close(self, written: Term) -> Term:
        """`written` with every derivative taken and every defined name expanded.

        Raises UnsupportedError for a derivative that has no rule, or whose quantity is not defined, for a vector
        or a matrix that stands there whole, and for what the prover does not take.
        """
        closed = self.expand(self.differentiated(self.entry(written)))
        if problem := obstacle((closed,), self.axes):
            raise UnsupportedError(problem)
        if name := self.whole_array(closed):
            raise UnsupportedError(f"{name} is a vector or a matrix, and nothing says its size: write its components")
        return closed

    def whole_array(self, closed: Term) -> str:
        """A vector or a matrix that stands in `closed` whole, and not as the argument of a function; or ""."""
        inside = {
            part
            for node in subterms(closed)
            for part in (node.args if node.head == "apply" else node.args[:1] if node.head == "index" else ())
        }
        whole = (node.name for node in subterms(closed) if node.head == "sym" and node not in inside)
        return next((name for name in whole if name in self.shapeless), "")

    def entry(self, written: Term) -> Term:
        """`written` in components, under the names and the ranges of the function's own arrays."""
        renamed = substitute(written, self.names)
        if self.place is not None:
            # Bound names give way to the index of the component that is meant.
            renamed = substitute(renamed, {UNUSED: self.place})
        return component(self.ranged(renamed), self.axes, self.place)

    def differentiated(self, node: Term) -> Term:
        order, body = 0, node
        while body.head == "der" and body.args[1] is PRIMED:
            order, body = order + 1, body.args[0]
        inner = rebuild(body, tuple(map(self.differentiated, body.args)))
        if order:
            return self.primed(inner, order)
        return self.slope(*inner.args) if inner.head == "der" else inner

    def slope(self, body: Term, variable: Term) -> Term:
        name = name_of_variable(variable)
        body = self.expand(body, keep=name)
        if not depends(body, variable) and name in self.definitions:
            body = self.folded(body, name)
        for other in (unknown_names(body) - index_names(body)) & self.unsettled - {name}:
            raise UnsupportedError(f"{other} is not defined, so its derivative in {variable} is not known")
        if problem := other_rank([*subterms(body), *subterms(variable)], {}):
            raise UnsupportedError(problem)
        if not depends(body, variable):
            self.check_known(body, variable)
        return derivative(body, variable)

    def check_known(self, body: Term, variable: Term) -> None:
        """A quantity that is not defined may depend on anything."""
        if name := self.undefined(body):
            raise UnsupportedError(f"{name} is not defined, so its derivative in {variable} is not known")
        if base_of(variable).name in self.definitions:
            raise UnsupportedError(f"{body} is not written in terms of {variable}")

    def undefined(self, body: Term) -> str:
        """A name in `body` that stands for an unknown quantity, or ""."""
        for node in subterms(body):
            if node.head == "apply":
                return node.name
        is_quantity = body.head == "sym" or (body.head == "index" and body.args[0].head == "sym")
        return base_of(body).name if is_quantity else ""

    def primed(self, body: Term, order: int) -> Term:
        """f'(a) is the derivative of f in its argument, at a; f''(a) is of order 2."""
        if body.head == "apply" and body.name in self.definitions and len(body.args) == 1:
            definition = self.definitions[body.name]
            param = definition.params[0] if definition.params else self.variable
            if param is not None:
                slope = self.slopes(definition.body, param, order)
                return replace(definition, body=slope, params=(param,)).at(body.args, ())
        if body.head == "apply" and body.args and body.args[0].head == "sym":
            return self.slopes(body, body.args[0], order)
        if self.variable is None:
            raise UnsupportedError("a prime without a variable: say in what is differentiated")
        return self.slopes(body, self.variable, order)

    def slopes(self, body: Term, variable: Term, order: int) -> Term:
        for _ in range(order):
            body = self.slope(body, variable)
        return body

    def folded(self, body: Term, name: str) -> Term:
        """`body` with the quantity `name` put in where its definition stands written out."""
        definition = self.definitions[name]
        whole = self.expand(definition.body)
        shapes = {}
        if len(definition.outputs) == 1:
            places = {node for node in subterms(body) if node.head == "sym"}
            for place in places:
                shapes[alpha(substitute(whole, {definition.outputs[0]: place}))] = symbol(name)[place]
        elif not definition.outputs:
            shapes[alpha(whole)] = symbol(name)
        return replaced(body, shapes)

    def expand(self, node: Term, keep: str = "") -> Term:
        """`node` with names replaced by their definitions, all but `keep`."""
        for _ in range(MAX_DEPTH):
            expanded = self.expand_once(node, keep)
            if expanded is node:
                return node
            node = expanded
        raise UnsupportedError("the definitions go round in a circle")

    def expand_once(self, root: Term, keep: str) -> Term:
        return descend(root, lambda node, walk: self.meaning_of(node, keep, walk))

    def meaning_of(self, node: Term, keep: str, walk: Callable[[Term], Term]) -> Term:
        places: tuple[Term, ...] = ()
        head = node
        if node.head == "index":
            head, places = node.args[0], node.args[1:]
        if head.head in ("sym", "apply") and head.name != keep and head.name != "":
            found = self.definition(head.name, head.head == "apply")
            if found is not None and self.fits(found, head, places):
                value = found.at(tuple(map(walk, head.args)), tuple(map(walk, places)))
                return value if head.name in self.definitions else self.ranged(value)
        if node.head == "index":
            base = rebuild(head, tuple(map(walk, head.args)))
            return rebuild(node, (base, *map(walk, places)))
        return rebuild(node, tuple(map(walk, node.args)))

    def fits(self, found: Definition, head: Term, places: tuple[Term, ...]) -> bool:
        """A name of an array alone is no component of it."""
        component_given = places or any(part.head == "index" for part in (*head.args, *found.params))
        return not found.outputs or bool(component_given)

    def definition(self, name: str, is_applied: bool) -> Definition | None:
        if name in self.definitions:
            return self.definitions[name]
        if is_applied and name in catalogued() and name not in self.unsettled:
            function = catalogued()[name]
            params = tuple(map(symbol, (*function.inputs, *function.params)))
            return Definition(function.body, params, tuple(map(symbol, function.output)))
        return None

    # -- ranges

    def ranged(self, root: Term) -> Term:
        """Every sum over a whole axis given that axis' own range, however the document counts."""
        return transform(root, self.with_range) if self.axes else root

    def with_range(self, node: Term) -> Term:
        if node.head not in BINDERS:
            return node
        body, bound, first, last = node.args
        axis = self.axis_of(bound, body)
        if axis is None or (first, last) == axis:
            return node
        start, low = rational_value(first), rational_value(axis[0])
        size, step = (last.args[0], last.args[1]) if last.head == "sub" else (last, ZERO)
        cut = rational_value(step)
        if size.head != "sym" or size.name in self.sizes or start is None or cut is None or low is None:
            return node
        if start == 0 and cut == 1:
            start, cut = term(1).number, ZERO.number
        return rebuild(node, (body, bound, term(low + start - 1), axis[1] - term(cut) if cut else axis[1]))

    def axis_of(self, bound: Term, body: Term) -> tuple[Term, Term] | None:
        for node in subterms(body):
            if node.head == "index" and node.args[0].head == "sym" and bound in node.args[1:]:
                axes = self.axes.get(node.args[0].name, ())
                position = node.args[1:].index(bound)
                if position < len(axes):
                    return axes[position]
        return None


def name_of_variable(variable: Term) -> str:
    base = base_of(variable)
    if base.head != "sym":
        raise UnsupportedError(f"{variable} is not a variable")
    return base.name


def reached(roots: Iterable[Term], meaning: Meaning) -> frozenset[str]:
    """The names in `roots`, and in the definitions of those names, and so on."""
    found: set[str] = set()
    waiting = {name for root in roots for name in unknown_names(root)}
    while waiting:
        name = waiting.pop()
        found.add(name)
        if name in meaning.definitions:
            waiting |= unknown_names(meaning.definitions[name].body) - found
    return frozenset(found)


def unknown_names(root: Term) -> frozenset[str]:
    """The names of variables and of functions that are not known in `root`."""
    return free_symbols(root) | {node.name for node in subterms(root) if node.head == "apply"}


def base_of(variable: Term) -> Term:
    return variable.args[0] if variable.head == "index" else variable


def replaced(root: Term, shapes: Mapping[Term, Term]) -> Term:
    """`root` with each subterm that is one of `shapes`, whatever its bound names, replaced; outermost first."""
    return descend(root, lambda node, walk: shapes.get(alpha(node)) or rebuild(node, tuple(map(walk, node.args))))
