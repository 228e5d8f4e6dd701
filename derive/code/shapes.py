"""NumPy's functions on traced arrays: new arrays, axes, and what `x[...]` takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.code.tracer import FUNCTIONS, Tracer, lift, position, traces
from derive.errors import UnsupportedError
from derive.term import NAN, ONE, ZERO, Term, rational_value, substitute, term


def less(length: Term, count: int) -> Term:
    """`length - count`, worked out where it is a number."""
    value = rational_value(length)
    return term(value - count) if value is not None else length - count if count else length


def axes_of(axis: Any, rank: int) -> set[int]:
    """The axes that an `axis` argument names, counted from the left."""
    if axis is None:
        return set(range(rank))
    chosen = axis if isinstance(axis, tuple) else (axis,)
    if not all(-rank <= one < rank for one in chosen):
        raise UnsupportedError(f"there is no axis {axis} in an array with {rank}")
    return {one % rank for one in chosen}


def _filled(value: Any, shape: Any) -> Tracer:
    sizes = shape if isinstance(shape, tuple) else (shape,)
    return Tracer(lift(value).formula, tuple(lift(size).formula for size in sizes))


def _like(value: Term) -> Callable[..., Tracer]:
    return lambda a, *_, **__: Tracer(value, lift(a).shape_)


FUNCTIONS.update(zeros_like=_like(ZERO), ones_like=_like(ONE), empty_like=_like(NAN))
FUNCTIONS.update(zeros=lambda shape, *_, **__: _filled(0, shape), ones=lambda shape, *_, **__: _filled(1, shape))
FUNCTIONS.update(empty=lambda shape, *_, **__: Tracer(NAN, _filled(0, shape).shape_))
FUNCTIONS.update(full=lambda shape, value, *_, **__: _filled(value, shape))
FUNCTIONS.update(full_like=lambda a, value, *_, **__: Tracer(lift(value).formula, lift(a).shape_))
FUNCTIONS.update(shape=lambda a: lift(a).shape, ndim=lambda a: lift(a).ndim, size=lambda a: lift(a).size)
FUNCTIONS.update(result_type=lambda *_: Tracer(ZERO).dtype, iscomplexobj=lambda *_: False)
FUNCTIONS.update(copy=lambda a, *_, **__: lift(a).copied(), astype=lambda a, *_, **__: lift(a).copied())
FUNCTIONS.update(conj=lambda a: lift(a), real=lambda a: lift(a))


@traces("arange")
def counting(stop: Any) -> Tracer:
    return Tracer(position(0), (lift(stop).formula,))


@traces("asarray", "array", "asanyarray", "ascontiguousarray", "atleast_1d")
def as_array(a: Any, *_: Any, **__: Any) -> Tracer:
    return lift(a)


@traces("transpose", "permute_dims")
def transpose(a: Any, axes: Any = None) -> Tracer:
    array = lift(a)
    return array.T if axes is None else array.reordered(tuple(axes))


@traces("swapaxes")
def swap(a: Any, axis1: int, axis2: int) -> Tracer:
    array = lift(a)
    order = list(range(array.ndim))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return array.reordered(tuple(order))


@traces("expand_dims")
def expand(a: Any, axis: int) -> Tracer:
    array = lift(a)
    places: list[Any] = [slice(None)] * array.ndim
    places.insert(axis % (array.ndim + 1), None)
    return taken(array, tuple(places))


@traces("squeeze")
def squeeze(a: Any, axis: Any = None) -> Tracer:
    array = lift(a)
    dropped = {k for k, size in enumerate(array.shape_) if size is ONE} if axis is None else axes_of(axis, array.ndim)
    return taken(array, tuple(0 if k in dropped else slice(None) for k in range(array.ndim)))


@traces("ravel", "flatten")
def flat(a: Any) -> Tracer:
    if lift(a).ndim > 1:
        raise UnsupportedError("only a vector can be flattened")
    return lift(a)


@traces("take")
def taken(array: Tracer, places: tuple[Any, ...]) -> Tracer:
    """`array[places]`: whole numbers, traced scalars, slices, `None` and `...`."""
    if Ellipsis in places:
        at = places.index(Ellipsis)
        used = sum(1 for place in places if place is not None) - 1
        places = (*places[:at], *[slice(None)] * (array.ndim - used), *places[at + 1 :])
    places = places + (slice(None),) * (array.ndim - sum(1 for place in places if place is not None))
    kept = [place for place in places if place is None or isinstance(place, slice)]
    sizes: list[Term] = []
    moved: dict[Term, Term] = {}
    axis = 0
    for place in places:
        if place is None:
            sizes.append(ONE)
            continue
        if axis >= array.ndim:
            raise UnsupportedError(f"{len(places)} indices for an array with {array.ndim} axes")
        old, length = position(array.ndim - 1 - axis), array.shape_[axis]
        axis += 1
        if isinstance(place, slice):
            index, size = _sliced(place, position(len(kept) - 1 - len(sizes)), length)
            sizes.append(size)
        else:
            index = _at(place, length)
        moved[old] = index
    return Tracer(substitute(array.formula, moved), tuple(sizes), array.mask)


def _at(place: Any, length: Term) -> Term:
    index = lift(place)
    if index.shape_:
        raise UnsupportedError("an array of indices is not traced")
    value = rational_value(index.formula)
    return less(length, int(-value)) if value is not None and value < 0 else index.formula


def _sliced(place: slice, index: Term, length: Term) -> tuple[Term, Term]:
    """The old index that a new one stands for, and the new size."""
    if place == slice(None):
        return index, length
    if place == slice(None, None, -1):
        return less(length, 1) - index, length
    start, stop = place.start or 0, place.stop
    if place.step not in (None, 1) or not all(isinstance(end, int) for end in (start, stop or 0)):
        raise UnsupportedError("only slices with whole numbers and step 1 are traced")
    if start < 0 or (stop is not None and stop >= 0):
        raise UnsupportedError("a slice of a traced array counts from its start and to its end: x[1:], x[:-1]")
    return (index + start if start else index), less(length, start - (stop or 0))
