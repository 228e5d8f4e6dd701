"""NumPy's functions on traced arrays: axes, and what `x[...]` takes.

Each takes NumPy's own parameters, in NumPy's order; those that are not traced must keep their defaults.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from derive.code.elements import position, refused
from derive.code.kinds import WHOLE
from derive.code.tracer import Tracer, is_everything, lift, plain, traces
from derive.term import ONE, Term, rational_value, substitute, term


def less(length: Term, count: int) -> Term:
    """`length - count`, worked out where it is a number."""
    value = rational_value(length)
    return term(value - count) if value is not None else length - count if count else length


def axes_of(axis: Any, rank: int) -> set[int]:
    """The axes that an `axis` argument names, counted from the left."""
    if axis is None:
        return set(range(rank))
    chosen = axis if type(axis) is tuple else (axis,)
    if not all(type(one) in (int, np.int64) and -rank <= one < rank for one in chosen):
        raise refused(f"there is no axis {axis} in an array with {rank}")
    if len({one % rank for one in chosen}) < len(chosen):
        raise refused(f"an axis is named twice: {axis}")
    return {one % rank for one in chosen}


def default(function: str, **options: Any) -> None:
    """Refuses options that are not what NumPy has by default, and are not traced."""
    for name, (given, usual) in options.items():
        if given is not usual:
            raise refused(f"np.{function} with {name} is not traced")


# Axes: what they give are views


@traces("transpose", "permute_dims")
def transpose(a: Any, axes: Any = None) -> Tracer:
    array = plain(a)
    if axes is None:
        return array.T
    if type(axes) not in (tuple, list) or len(axes) != array.ndim:
        raise refused(f"{axes} are not the axes of an array with {array.ndim}")
    order = [next(iter(axes_of(axis, array.ndim))) for axis in axes]
    if len(set(order)) < array.ndim:
        raise refused(f"an axis is named twice: {axes}")
    return array.reordered(tuple(order))


@traces("swapaxes")
def swap(a: Any, axis1: int, axis2: int) -> Tracer:
    array = plain(a)
    first, second = (next(iter(axes_of(axis, array.ndim))) for axis in (axis1, axis2))
    order = list(range(array.ndim))
    order[first], order[second] = second, first
    return array.reordered(tuple(order))


@traces("expand_dims")
def expand(a: Any, axis: Any) -> Tracer:
    array = plain(a)
    places: list[Any] = [slice(None)] * array.ndim
    if type(axis) is not int or not -array.ndim - 1 <= axis <= array.ndim:
        raise refused(f"an axis {axis} cannot be put into an array with {array.ndim}")
    places.insert(axis % (array.ndim + 1), None)
    return taken(array, tuple(places))


@traces("squeeze")
def squeeze(a: Any, axis: Any = None) -> Tracer:
    array = plain(a)
    dropped = {k for k, size in enumerate(array.shape_) if size is ONE} if axis is None else axes_of(axis, array.ndim)
    if any(array.shape_[k] is not ONE for k in dropped):
        raise refused("an axis that may be longer than 1 cannot be squeezed away")
    return taken(array, tuple(0 if k in dropped else slice(None) for k in range(array.ndim)))


@traces("ravel")
def ravel(a: Any, order: str = "C") -> Tracer:
    if plain(a).ndim > 1:
        raise refused("only a vector can be flattened")
    return lift(a)


@traces("flatten")
def flatten(a: Any, order: str = "C") -> Tracer:
    return ravel(a).copied()


@traces("#getitem")
def taken(array: Tracer, places: tuple[Any, ...]) -> Tracer:
    """`array[places]`: whole numbers, traced scalars, slices, `None` and `...`."""
    gaps = [at for at, place in enumerate(places) if place is Ellipsis]
    if len(gaps) > 1:
        raise refused("an index has ... twice")
    for at in gaps:
        used = sum(1 for place in places if place is not None) - 1
        places = (*places[:at], *[slice(None)] * (array.ndim - used), *places[at + 1 :])
    places = places + (slice(None),) * (array.ndim - sum(1 for place in places if place is not None))
    kept = [place for place in places if place is None or type(place) is slice]
    sizes: list[Term] = []
    moved: dict[Term, Term] = {}
    axis = 0
    for place in places:
        if place is None:
            sizes.append(ONE)
            continue
        if axis >= array.ndim:
            raise refused(f"{len(places)} indices for an array with {array.ndim} axes")
        old, length = position(array.ndim - 1 - axis), array.shape_[axis]
        axis += 1
        if type(place) is slice:
            index, size = _sliced(place, position(len(kept) - 1 - len(sizes)), length)
            sizes.append(size)
        else:
            index = _at(place, length)
        moved[old] = index
    return array.view(substitute(array.formula, moved), tuple(sizes))


def _at(place: Any, length: Term) -> Term:
    index = plain(place)
    if index.shape_ or index.kind != WHOLE:
        raise refused("an index is a whole number: neither an array of indices nor a real number is traced")
    value, size = rational_value(index.formula), rational_value(length)
    if value is not None and size is not None and not -size <= value < size:
        raise refused(f"the index {value} lies outside an axis of {size}")
    return less(length, int(-value)) if value is not None and value < 0 else index.formula


def _sliced(place: slice, index: Term, length: Term) -> tuple[Term, Term]:
    """The old index that a new one stands for, and the new size."""
    if is_everything(place):
        return index, length
    if place.start is None and place.stop is None and type(place.step) is int and place.step == -1:
        return less(length, 1) - index, length
    start, stop = (0 if place.start is None else place.start), place.stop
    if place.step not in (None, 1) or not all(type(end) is int for end in (start, 0 if stop is None else stop)):
        raise refused("only slices with whole numbers and step 1 are traced")
    if start < 0 or (stop is not None and stop >= 0):
        raise refused("a slice of a traced array counts from its start and to its end: x[1:], x[:-1]")
    return (index + start if start else index), less(length, start - (stop or 0))
