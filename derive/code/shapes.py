"""NumPy's functions on traced arrays: new arrays, types of elements, axes, and what `x[...]` takes.

Each takes NumPy's own parameters, in NumPy's order; those that are not traced must keep their defaults.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from derive.code.library import applied
from derive.code.tracer import (
    FUNCTIONS,
    REAL,
    TRUTH,
    UNSET,
    WHOLE,
    Tracer,
    as_condition,
    as_number,
    is_everything,
    lift,
    plain,
    position,
    refused,
    traces,
)
from derive.term import FALSE, ONE, TRUE, ZERO, Term, rational_value, substitute, term

KINDS: Final = {"f": REAL, "i": WHOLE, "b": TRUTH}
LEAST_BYTES: Final = {REAL: 4, WHOLE: 4, TRUTH: 1}  # of a type whose values are not cut or wrapped
DEFAULT: Final = object()  # an option that was not given


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


# Types of elements


def kind_of(dtype: Any) -> str:
    """What an array with a dtype holds. Raises UnsupportedError for one that cuts numbers or wraps around."""
    if type(dtype) is Tracer:
        raise refused("a symbol is no dtype")
    try:
        found = np.dtype(dtype)
    except TypeError:
        raise refused(f"{dtype!r} is no dtype") from None
    kind = KINDS.get(found.kind)
    if kind is None or found.itemsize < LEAST_BYTES[kind]:
        raise refused(f"the dtype {found} is not traced: only float64, float32, int64, int32 and bool are")
    return kind


def cast(array: Tracer, dtype: Any) -> Tracer:
    """A copy with another type of elements; real numbers lose their fraction where they become integers."""
    kind = array.kind if dtype is None else kind_of(dtype)
    formula = array.formula
    if kind == TRUTH:
        return Tracer(as_condition(formula), array.shape_, array.mask)
    if kind == WHOLE and array.kind == REAL:
        cut = applied("trunc", formula)
        assert cut is not None
        formula = cut
    return Tracer(as_number(formula), array.shape_, array.mask, whole=kind == WHOLE)


def same(array: Tracer, dtype: Any) -> bool:
    return dtype is None or kind_of(dtype) == array.kind


@traces("astype")
def astype(
    a: Any, dtype: Any, order: Any = "K", casting: str = "unsafe", subok: bool = True, copy: bool = True
) -> Tracer:
    default("astype", casting=(casting, "unsafe"))
    array = lift(a)
    return array if not copy and same(array, dtype) else cast(array, dtype)


@traces("asarray", "asanyarray", "ascontiguousarray")
def as_array(
    a: Any, dtype: Any = None, order: Any = None, *, copy: Any = None, like: Any = None, device: Any = None
) -> Tracer:
    array = lift(a)
    return array if not copy and same(array, dtype) else cast(array, dtype)


@traces("array")
def new_array(
    object: Any,
    dtype: Any = None,
    *,
    copy: Any = True,
    order: Any = "K",
    subok: bool = False,
    ndmin: int = 0,
    like: Any = None,
) -> Tracer:
    default("array", ndmin=(ndmin, 0))
    array = lift(object)
    return array if not copy and same(array, dtype) else cast(array, dtype)


@traces("atleast_1d")
def atleast_1d(*arys: Any) -> Tracer:
    if len(arys) != 1:
        raise refused("np.atleast_1d of several arrays is not traced")
    return lift(arys[0])


@traces("copy")
def copied(a: Any, order: Any = "K", subok: bool = False) -> Tracer:
    return lift(a).copied()


@traces("result_type")
def result_type(*arrays_and_dtypes: Any) -> Any:
    given = [lift(one).dtype if type(one) in (Tracer, int, float) else one for one in arrays_and_dtypes]
    return np.result_type(*given)


FUNCTIONS.update(shape=lambda a: plain(a).shape, ndim=lambda a: plain(a).ndim)
FUNCTIONS.update(iscomplexobj=lambda x: False, isrealobj=lambda x: True)
FUNCTIONS.update(conj=lambda x: lift(x), conjugate=lambda x: lift(x), real=lambda val: lift(val))


@traces("size")
def size(a: Any, axis: Any = None) -> Any:
    return plain(a).size if axis is None else plain(a).shape[axis]


# New arrays


def _made(function: str, value: Term, shape: tuple[Term, ...], kind: str) -> Tracer:
    if kind == TRUTH:
        if value is UNSET:
            raise refused(f"np.{function} of booleans has no value")
        return Tracer(TRUE if value is ONE else FALSE, shape)
    return Tracer(value, shape, whole=kind == WHOLE)


def sizes_of(shape: Any) -> tuple[Term, ...]:
    sizes = [plain(size) for size in (shape if type(shape) in (tuple, list) else (shape,))]
    if any(size.shape_ or size.kind != WHOLE for size in sizes):
        raise refused("the sizes of an array are whole numbers")
    return tuple(size.formula for size in sizes)


def _filled(function: str, value: Term) -> Callable[..., Tracer]:
    def make(shape: Any, dtype: Any = float, order: str = "C", *, like: Any = None, device: Any = None) -> Tracer:
        return _made(function, value, sizes_of(shape), kind_of(dtype))

    return make


def _like(function: str, value: Term) -> Callable[..., Tracer]:
    def make(
        a: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None, *, device: Any = None
    ) -> Tracer:
        default(function, shape=(shape, None))
        array = plain(a)
        return _made(function, value, array.shape_, array.kind if dtype is None else kind_of(dtype))

    return make


for _name, _value in {"zeros": ZERO, "ones": ONE, "empty": UNSET}.items():
    FUNCTIONS.update({_name: _filled(_name, _value), f"{_name}_like": _like(f"{_name}_like", _value)})


@traces("full")
def full(
    shape: Any, fill_value: Any, dtype: Any = None, order: str = "C", *, like: Any = None, device: Any = None
) -> Tracer:
    value = cast(plain(fill_value), dtype)
    if value.shape_:
        raise refused("np.full with an array is not traced")
    return Tracer(value.formula, sizes_of(shape), whole=value.whole)


@traces("full_like")
def full_like(
    a: Any,
    fill_value: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Tracer:
    default("full_like", shape=(shape, None))
    array = plain(a)
    value = cast(plain(fill_value), array.dtype if dtype is None else dtype)
    if value.shape_:
        raise refused("np.full_like with an array is not traced")
    return Tracer(value.formula, array.shape_, whole=value.whole)


@traces("arange")
def counting(*ends: Any, dtype: Any = None, like: Any = None, device: Any = None) -> Tracer:
    """`arange(stop)` and `arange(start, stop)`, of whole numbers."""
    start, stop = (lift(0), plain(ends[0])) if len(ends) == 1 else map(plain, ends[:2])
    if len(ends) > 2 or start.kind != WHOLE or stop.kind != WHOLE or start.shape_ or stop.shape_:
        raise refused("np.arange is traced for whole numbers, in steps of 1")
    first = rational_value(start.formula)
    length = less(stop.formula, int(first)) if first is not None else stop.formula - start.formula
    formula = position(0) if start.formula is ZERO else start.formula + position(0)
    return cast(Tracer(formula, (length,), whole=True), dtype)


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
