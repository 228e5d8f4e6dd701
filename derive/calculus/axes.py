"""How long arrays are, where a domain does not say: from the sums that run over them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from derive.calculus.indices import Range
from derive.spec.domain import Domain
from derive.term import BINDERS, RELATIONS, Term, free_symbols, subterms, symbol, term

Occurrence = tuple[Term, Mapping[str, Range]]  # a component, and the ranges of the indices bound about it


def with_axes(domain: Domain, terms: Iterable[Term]) -> Domain:
    """`domain` with axes for every array of `terms`.

    An axis is the range of a bound index that runs along it, else the axis of another array at the same
    free index, else 0..K-1, or 1..K where the other axes begin at 1.
    """
    found: dict[str, list[Range | None]] = {name: list(axes) for name, axes in domain.axes.items()}
    components = [occurrence for root in terms for occurrence in occurrences(root)]
    for node, ranges in components:
        base, *places = node.args
        axes = found.setdefault(base.name, [None] * len(places))
        for position, place in enumerate(places):
            if position < len(axes) and axes[position] is None and place.head == "sym":
                axes[position] = ranges.get(place.name)
    along = free_ranges(found, components)
    starts = {axis[0] for axes in found.values() for axis in axes if axis is not None}
    default = (term(1), symbol("K")) if starts == {term(1)} else (term(0), symbol("K") - 1)
    for node, _ in components:
        base, *places = node.args
        for position, (place, axis) in enumerate(zip(places, found[base.name], strict=False)):
            if axis is None:
                found[base.name][position] = along.get(str(place), default)
    axes_of = {name: tuple(axis or default for axis in axes) for name, axes in found.items()}
    return replace(domain, axes=axes_of)


def free_ranges(axes: Mapping[str, list[Range | None]], components: Iterable[Occurrence]) -> dict[str, Range]:
    """The range of each free index: the axis along which it picks a component, if need be at an offset."""
    found: dict[str, Range] = {}
    shifted: dict[str, Range] = {}
    for node, ranges in components:
        base, *places = node.args
        for place, axis in zip(places, axes[base.name], strict=False):
            if axis is not None:
                for name in free_symbols(place) - ranges.keys():
                    (found if place.head == "sym" else shifted).setdefault(name, axis)
    sizes = {name for spans in axes.values() for axis in spans for end in axis or () for name in free_symbols(end)}
    return {name: axis for name, axis in shifted.items() if name not in sizes} | found


def compared(terms: Iterable[Term]) -> Iterator[tuple[str, str]]:
    """Pairs of names that are told apart or ordered: indices over the same range."""
    for root in terms:
        for node in subterms(root):
            if node.head in ("delta", *RELATIONS) and all(side.head == "sym" for side in node.args):
                left, right = node.args
                yield from ((left.name, right.name), (right.name, left.name))


def occurrences(root: Term) -> Iterator[Occurrence]:
    """Every component of an array or of an inverse, written `A[i, j]` for both."""
    seen = set[tuple[Term, tuple[str, ...]]]()
    stack: list[tuple[Term, dict[str, Range]]] = [(root, {})]
    while stack:
        node, ranges = stack.pop()
        if (node, tuple(ranges)) in seen:
            continue
        seen.add((node, tuple(ranges)))
        if node.head == "index":
            base = node.args[0].args[0] if node.args[0].head == "inv" else node.args[0]
            yield Term("index", (base, *node.args[1:])), ranges
        if node.head in BINDERS:
            body, bound, first, last = node.args
            stack.append((body, {**ranges, bound.name: (first, last)}))
            stack += [(first, ranges), (last, ranges)]
        else:
            stack += [(child, ranges) for child in node.args]
