"""NumPy's reductions of traced arrays: sums, products, extremes, means and norms.

Each takes NumPy's own parameters, in NumPy's order; those that are not traced must keep their defaults.
"""

from __future__ import annotations

from typing import Any

from derive.code.creation import kind_of
from derive.code.elements import as_condition, as_number, position, refused
from derive.code.kinds import REAL, TRUTH, WHOLE, broadcast
from derive.code.shapes import axes_of, default, less
from derive.code.tracer import Tracer, elementwise, lift, plain, traces
from derive.term import INFINITY, ONE, TRUE, ZERO, Term, cases, fresh, substitute, subterms, symbol


def _reduce(head: str, array: Tracer, axis: Any, keepdims: bool, empty: Term, where: Any = True) -> Tracer:
    """The binder `head` over some axes; `empty` stands for the elements that a mask left out."""
    if not array.shape_:
        raise refused("a sum over a scalar: say that the argument is a vector, such as x=vector('x', size('K'))")
    if array.mask is not None and (keepdims or (array.ndim > 1 and axis is not None)):
        raise refused("elements that a mask selected lie along one axis, which is traced without axis= and keepdims=")
    whole = as_number(array.formula)
    chosen = plain(where)
    if chosen.kind != TRUTH or broadcast(chosen.shape_, array.shape_) != array.shape_:
        raise refused("where= is traced for booleans of the array's shape")
    for condition in (array.mask, chosen.formula):
        if condition is not None and condition is not TRUE:
            whole = cases((whole, condition), otherwise=empty)
    found = Tracer(whole, array.shape_)
    # From the left, so that the axes still to come keep their positions.
    for place in sorted(axes_of(axis, array.ndim)):
        found = _reduce_one(head, found, array.ndim - 1 - place, keepdims)
    return Tracer(found.formula, found.shape_, whole=array.kind != REAL)


def _reduce_one(head: str, array: Tracer, place: int, keepdims: bool) -> Tracer:
    left = array.ndim - 1 - place
    length = array.shape_[left]
    formula = array.formula
    if length is not ONE:
        bound = bound_name(formula)
        body = substitute(formula, {position(place): bound})
        formula = Term(head, (body, bound, ZERO, less(length, 1)))
    if keepdims:
        return Tracer(formula, (*array.shape_[:left], ONE, *array.shape_[left + 1 :]))
    moved = {position(old): position(old - 1) for old in range(place + 1, array.ndim)}
    return Tracer(substitute(formula, moved), array.shape_[:left] + array.shape_[left + 1 :])


def bound_name(formula: Term) -> Term:
    """A name for a bound index, used nowhere in `formula`: the same for the same formula."""
    taken = frozenset(node.name for node in subterms(formula) if node.head == "sym")
    return symbol(next((name for name in ("k", "m", "n") if name not in taken), fresh("k", taken)))


def _count(array: Tracer, axis: Any) -> Tracer:
    whole = lift(1)
    for place in sorted(axes_of(axis, array.ndim)):
        length = Tracer(array.shape_[place], whole=True)
        whole = length if whole.formula is ONE else whole * length
    return whole


def stored_in(found: Tracer, out: Any) -> Tracer:
    """The result, or the array that it was to be stored in."""
    if out is None:
        return found
    target = lift(out[0] if type(out) is tuple else out)
    if target.shape_ != found.shape_:
        raise refused("out= has another shape than the result")
    return target.write(found)


def _begun(join: str, found: Tracer, initial: Any) -> Tracer:
    """The result, when the reduction begins with a value of its own, which NumPy takes for one of the elements."""
    start = plain(initial)
    if found.kind == WHOLE and start.kind == REAL:
        raise refused("initial= is a real number in a reduction of integers, which cuts it")
    return elementwise(join, found, start)


def refuse_unless_real(function: str, dtype: Any) -> None:
    if dtype is not None and kind_of(dtype) != REAL:
        raise refused(f"np.{function} in the dtype {dtype} is not traced")


@traces("sum")
def total(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = True,
) -> Tracer:
    array = lift(a)
    if dtype is None or kind_of(dtype) != array.kind:
        refuse_unless_real("sum", dtype)
    found = _reduce("sum", array, axis, keepdims, ZERO, where)
    found = Tracer(found.formula, found.shape_, whole=found.whole and (dtype is None or kind_of(dtype) == WHOLE))
    if initial is not None and lift(initial).formula is not ZERO:
        found = _begun("add", found, initial)
    return stored_in(found, out)


@traces("prod")
def product(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = True,
) -> Tracer:
    array = lift(a)
    refuse_unless_real("prod", dtype)
    if array.kind == WHOLE and dtype is None:
        raise refused("a product of integers may be too large for an integer; make them floats first")
    found = _reduce("product", array, axis, keepdims, ONE, where)
    if initial is not None and lift(initial).formula is not ONE:
        found = _begun("multiply", found, initial)
    return stored_in(found, out)


def _extreme(array: Tracer, axis: Any, keepdims: bool, where: Any) -> Tracer:
    if array.mask is not None or where is not True or array.kind == TRUTH:
        raise refused("an extreme over chosen elements, or over booleans, is not traced")
    return _reduce("maximum", array, axis, keepdims, -INFINITY)


@traces("max", "amax")
def largest(
    a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, initial: Any = None, where: Any = True
) -> Tracer:
    found = _extreme(lift(a), axis, keepdims, where)
    if initial is not None and lift(initial).formula is not -INFINITY:
        found = _begun("maximum", found, initial)
    return stored_in(found, out)


@traces("min", "amin")
def smallest(
    a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, initial: Any = None, where: Any = True
) -> Tracer:
    found: Tracer = -_extreme(-lift(a), axis, keepdims, where)
    if initial is not None and lift(initial).formula is not INFINITY:
        found = _begun("minimum", found, initial)
    return stored_in(found, out)


@traces("mean")
def mean(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False, *, where: Any = True
) -> Tracer:
    refuse_unless_real("mean", dtype)
    default("mean", where=(where, True))
    array = lift(a)
    if array.mask is not None:
        raise refused("a mean over elements that a mask selected is not traced")
    found: Tracer = total(array, axis, keepdims=keepdims) / _count(array, axis)
    return stored_in(found, out)


@traces("average")
def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Tracer:
    default("average", returned=(returned, False))
    array = plain(a)
    if weights is None:
        return mean(array, axis, keepdims=keepdims)
    weighing = plain(weights)
    if weighing.shape_ != array.shape_:
        raise refused("np.average is traced with weights of the array's shape")
    weighed: Tracer = total(array * weighing, axis, keepdims=keepdims) / total(weighing, axis, keepdims=keepdims)
    return weighed


@traces("var")
def variance(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: bool = False, *,
    where: Any = True, mean: Any = None, correction: Any = None,
) -> Tracer:  # fmt: skip
    refuse_unless_real("var", dtype)
    default("var", where=(where, True), mean=(mean, None))
    array = plain(a)
    squares = total((array - average(array, axis, keepdims=True)) ** 2, axis, keepdims=keepdims)
    count = _count(array, axis)
    removed = ddof if correction is None else correction
    found: Tracer = squares / (count - removed if type(removed) is Tracer or removed else count)
    return stored_in(found, out)


@traces("std")
def deviation(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: bool = False, *,
    where: Any = True, mean: Any = None, correction: Any = None,
) -> Tracer:  # fmt: skip
    found = variance(a, axis, dtype, None, ddof, keepdims, where=where, mean=mean, correction=correction)
    return stored_in(elementwise("sqrt", found), out)


@traces("norm")
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Tracer:
    array = plain(x)
    along_one = array.ndim == 1 or type(axis) is int
    if type(ord) is Tracer or not (ord is None or (ord in (1, 2) and along_one)):
        raise refused(f"the norm of order {ord} is traced along one axis, for the orders 1 and 2")
    if ord == 1:
        return total(abs(array), axis, keepdims=keepdims)
    return elementwise("sqrt", total(array**2, axis, keepdims=keepdims))


@traces("vector_norm")
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Tracer:
    if type(ord) is Tracer or ord not in (1, 2):
        raise refused(f"the norm of order {ord} is not traced")
    array = plain(x)
    if ord == 1:
        return total(abs(array), axis, keepdims=keepdims)
    return elementwise("sqrt", total(array**2, axis, keepdims=keepdims))


@traces("any", "all")
def truth(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, *, where: Any = True) -> Tracer:
    default("any", axis=(axis, None), out=(out, None), where=(where, True))
    if plain(a).shape_:
        raise refused("any and all over a traced array: its elements are not known")
    return Tracer(as_condition(lift(a).formula))
