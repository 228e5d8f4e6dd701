"""The vector-Jacobian product: upstream times derivative, contracted before it is ever a matrix.

Reverse mode over the reductions of a body. Within one element the calculus rules apply as they
stand; a derivative that leaves an index behind is summed over it there and then, so a sum never
ends up inside another sum over an index on which it depends, and a row costs O(K).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from derive.calculus.contraction import Style, Sum, renamed, split
from derive.calculus.derivative import depends, derivative, times
from derive.calculus.indices import Range, shared
from derive.calculus.products import collected, multiplied
from derive.errors import UnsupportedError
from derive.spec.statement import Function
from derive.term import (
    BINDERS,
    ONE,
    ZERO,
    Term,
    cases,
    free_symbols,
    fresh,
    relation,
    substitute,
    subterms,
    symbol,
    transform,
)

Ranges = Mapping[str, Range]


def vjp(function: Function, name: str) -> Term:
    """The upstream gradient `g` pulled back to the input or parameter `name`.

    `g` is a scalar, or `g[i]` where the function has an output index; the result's free index is
    `j`, and it is a scalar for a scalar input. All three names give way to the function's own.
    Raises UnsupportedError where a derivative has no rule.
    """
    upstream, targets = upstream_name(function), target_names(function, name)
    seed = symbol(upstream)
    if function.output:
        seed = seed[tuple(map(symbol, function.output))]
    if function.elementwise:
        return times(seed, derivative(function.body, symbol(name)))
    return _Pullback(function, name, tuple(map(symbol, targets))).pull(seed)


def upstream_name(function: Function) -> str:
    """The name of the upstream gradient in this function's vjp."""
    return fresh("g", _names(function))


def at_upstream_1(form: Term, upstream: str) -> Term:
    """A form with an upstream gradient of 1, which is not multiplied by."""

    def visit(node: Term) -> Term:
        if node.head == "mul" and ONE in node.args:
            return node.args[0] if node.args[1] == ONE else node.args[1]
        return node

    return transform(substitute(form, {symbol(upstream): ONE}), visit)


def target_names(function: Function, name: str) -> tuple[str, ...]:
    """The free indices of the vjp in `name`: none for a scalar, `j` for a row."""
    taken = {*_names(function), upstream_name(function)}
    found: list[str] = []
    for position, _ in enumerate(function.domain.axes.get(name, ())):
        found.append(fresh("jlmn"[position], taken | set(found)))
    return tuple(found)


def _names(function: Function) -> set[str]:
    inside = {node.name for node in subterms(function.body) if node.head == "sym"}
    return {*inside, *function.inputs, *function.params, *function.sizes}


class _Pullback:
    """The adjoints of one body's reductions, each a sum of products in that reduction's own indices."""

    def __init__(self, function: Function, name: str, targets: tuple[Term, ...]) -> None:
        self.function, self.name, self.targets = function, name, targets
        self.axes = function.domain.axes.get(name, ())
        self.body = shared(function.body)
        self.style = Style(self.body, function.domain)
        self.gradient: Sum = []

    def pull(self, seed: Term) -> Term:
        body = self.body
        order = {node: position for position, node in enumerate(subterms(body))}
        ranges = {index: self.output_range(index) for index in self.function.output}
        # A reduction and the ranges of its free indices; a parent always comes before its parts.
        waiting: dict[tuple[Term, tuple[tuple[str, Range], ...]], Sum] = {}
        self.spread(body, split(seed), ranges, waiting)
        while waiting:
            place = max(waiting, key=lambda entry: (order[entry[0]], str(entry[1])))
            adjoint = waiting.pop(place)
            node, outer = place
            inner, bound, first, last = node.args
            if node.head == "product":
                adjoint = multiplied(adjoint, split(node / inner))
            elif node.head == "maximum":
                raise UnsupportedError("the derivative of a maximum over an index is not defined where components tie")
            self.spread(inner, adjoint, {**dict(outer), bound.name: (first, last)}, waiting)
        return self.style.write(self.gradient)

    def output_range(self, index: str) -> Range:
        """The axis along which an output index runs."""
        for node in subterms(self.function.body):
            if node.head == "index" and symbol(index) in node.args[1:]:
                axes = self.function.domain.axes.get(node.args[0].name, ())
                if axes:
                    return axes[node.args.index(symbol(index)) - 1]
        raise UnsupportedError(f"the range of the index {index} is not known: no input has it as a bare index")

    def spread(
        self, root: Term, adjoint: Sum, ranges: Ranges,
        waiting: dict[tuple[Term, tuple[tuple[str, Range], ...]], Sum],
    ) -> None:  # fmt: skip
        """Pass the adjoint of `root` on to the reductions and components that it is made of."""
        parts = list(self.parts(root))
        stand_ins = {part: symbol(f"#{position}") for position, part in enumerate(parts)}
        element = substitute(root, stand_ins)
        for part, stand_in in stand_ins.items():
            partial = substitute(derivative(element, stand_in), {mark: kept for kept, mark in stand_ins.items()})
            if partial is ZERO:
                continue
            passed = multiplied(adjoint, split(partial))
            if part.head not in BINDERS:
                self.arrive(part, passed, ranges)
                continue
            mine = {name: ranges[name] for name in sorted(free_symbols(part) & ranges.keys())}
            for index in sorted(ranges.keys() - mine.keys()):
                passed = self.style.total(passed, symbol(index), ranges[index])
            place = (part, tuple(mine.items()))
            waiting[place] = collected([*waiting.get(place, []), *passed])

    def parts(self, root: Term) -> Iterator[Term]:
        """The outermost reductions and components of the variable in `root`, each once."""
        variable, seen, stack = symbol(self.name), {root}, [root]
        while stack:
            node = stack.pop()
            if not depends(node, variable):
                continue
            if node.head in BINDERS or node is variable or (node.head == "index" and node.args[0] is variable):
                yield node
                continue
            fresh_children = [child for child in reversed(node.args) if child not in seen]
            seen.update(fresh_children)
            stack.extend(fresh_children)

    def arrive(self, leaf: Term, adjoint: Sum, ranges: Ranges) -> None:
        """Add what reaches the component `leaf` to the gradient in the target component."""
        left, indices, limits = dict(ranges), list(leaf.args[1:]), list[Term]()
        for position, target in enumerate(self.targets):
            index = indices[position]
            if index.head == "sym" and index.name in left:
                adjoint = renamed(adjoint, index, target)
                indices = [substitute(other, {index: target}) for other in indices]
                limits += _limits(target, left.pop(index.name), self.axes[position])
            else:
                adjoint = multiplied(adjoint, split(Term("delta", (index, target))))
        for name in sorted(left):
            adjoint = self.style.total(adjoint, symbol(name), left[name])
        if limits:
            within = limits[0] if len(limits) == 1 else Term("and", tuple(limits))
            adjoint = split(cases((self.style.write(adjoint), within), otherwise=0))
        self.gradient = collected([*self.gradient, *adjoint])


def _limits(target: Term, along: Range, axis: Range) -> list[Term]:
    """What keeps `target` within a range that is not the whole axis."""
    (first, last), (start, stop) = along, axis
    low = [] if first is start else [relation("ge", target, first)]
    return low if last is stop else [*low, relation("le", target, last)]
