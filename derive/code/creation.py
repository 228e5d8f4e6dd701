"""NumPy's functions that make arrays: new ones, copies, and those with another type of elements.

Each takes NumPy's own parameters, in NumPy's order; those that are not traced must keep their defaults.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from derive.code.elements import UNSET, as_condition, as_number, position, refused
from derive.code.kinds import REAL, TRUTH, WHOLE
from derive.code.library import applied
from derive.code.shapes import default, less
from derive.code.tracer import FUNCTIONS, Tracer, lift, plain, traces
from derive.term import FALSE, ONE, TRUE, ZERO, Term, rational_value

KINDS: Final = {"f": REAL, "i": WHOLE, "b": TRUTH}
MIN_BYTES: Final = {REAL: 4, WHOLE: 4, TRUTH: 1}  # of a type whose values are not cut or wrapped


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
    if kind is None or found.itemsize < MIN_BYTES[kind]:
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


def _difference(stop: Term, start: Term) -> Term:
    """`stop - start`, so that from 1 to K + 1 it is K."""
    first = rational_value(start)
    if first is None:
        return stop - start
    more = rational_value(stop.args[1]) if stop.head == "add" else None
    if more is None or more < first:
        return less(stop, int(first))
    return stop.args[0] if more == first else stop.args[0] + int(more - first)


@traces("arange")
def counting(*ends: Any, dtype: Any = None, like: Any = None, device: Any = None) -> Tracer:
    """`arange(stop)` and `arange(start, stop)`, of whole numbers."""
    start, stop = (lift(0), plain(ends[0])) if len(ends) == 1 else map(plain, ends[:2])
    if len(ends) > 2 or start.kind != WHOLE or stop.kind != WHOLE or start.shape_ or stop.shape_:
        raise refused("np.arange is traced for whole numbers, in steps of 1")
    length = _difference(stop.formula, start.formula)
    formula = position(0) if start.formula is ZERO else start.formula + position(0)
    return cast(Tracer(formula, (length,), whole=True), dtype)
