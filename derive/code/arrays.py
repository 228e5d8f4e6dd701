"""NumPy's functions on traced arrays: reductions, products, choices.

Each takes NumPy's own parameters, in NumPy's order; those that are not traced must keep their defaults.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.code.shapes import axes_of, default, kind_of, less
from derive.code.tracer import (
    REAL,
    TRUTH,
    WHOLE,
    Tracer,
    as_condition,
    as_number,
    broadcast,
    elementwise,
    lift,
    plain,
    position,
    refused,
    traces,
)
from derive.term import INFINITY, ONE, TRUE, ZERO, Term, cases, fresh, substitute, subterms, symbol

# Reductions


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


def _stored(found: Tracer, out: Any) -> Tracer:
    """The result, or the array that it was to be stored in."""
    if out is None:
        return found
    target = lift(out[0] if type(out) is tuple else out)
    if target.shape_ != found.shape_:
        raise refused("out= has another shape than the result")
    return target.write(found)


def _real(function: str, dtype: Any) -> None:
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
        _real("sum", dtype)
    found = _reduce("sum", array, axis, keepdims, ZERO, where)
    found = Tracer(found.formula, found.shape_, whole=found.whole and (dtype is None or kind_of(dtype) == WHOLE))
    if initial is not None and lift(initial).formula is not ZERO:
        found = elementwise("add", found, plain(initial))
    return _stored(found, out)


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
    _real("prod", dtype)
    if array.kind == WHOLE and dtype is None:
        raise refused("a product of integers may be too large for an integer; make them floats first")
    found = _reduce("product", array, axis, keepdims, ONE, where)
    if initial is not None and lift(initial).formula is not ONE:
        found = elementwise("multiply", found, plain(initial))
    return _stored(found, out)


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
        found = elementwise("maximum", found, plain(initial))
    return _stored(found, out)


@traces("min", "amin")
def smallest(
    a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, initial: Any = None, where: Any = True
) -> Tracer:
    found: Tracer = -_extreme(-lift(a), axis, keepdims, where)
    if initial is not None and lift(initial).formula is not INFINITY:
        found = elementwise("minimum", found, plain(initial))
    return _stored(found, out)


@traces("mean")
def mean(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False, *, where: Any = True
) -> Tracer:
    _real("mean", dtype)
    default("mean", where=(where, True))
    array = lift(a)
    if array.mask is not None:
        raise refused("a mean over elements that a mask selected is not traced")
    found: Tracer = total(array, axis, keepdims=keepdims) / _count(array, axis)
    return _stored(found, out)


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
    _real("var", dtype)
    default("var", where=(where, True), mean=(mean, None))
    array = plain(a)
    squares = total((array - average(array, axis, keepdims=True)) ** 2, axis, keepdims=keepdims)
    count = _count(array, axis)
    removed = ddof if correction is None else correction
    found: Tracer = squares / (count - removed if type(removed) is Tracer or removed else count)
    return _stored(found, out)


@traces("std")
def deviation(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: bool = False, *,
    where: Any = True, mean: Any = None, correction: Any = None,
) -> Tracer:  # fmt: skip
    found = variance(a, axis, dtype, None, ddof, keepdims, where=where, mean=mean, correction=correction)
    return _stored(elementwise("sqrt", found), out)


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


# Products


@traces("matmul")
def matmul(a: Any, b: Any) -> Tracer:
    """The matrix product, of vectors and matrices."""
    left, right = plain(a), plain(b)
    if not left.shape_ or not right.shape_:
        raise refused("a matrix product with a scalar; write *")
    if left.ndim > 2 or right.ndim > 2:
        raise refused("a matrix product of more than two axes is not traced")
    if left.kind == right.kind == TRUTH:
        raise refused("a matrix product of booleans is one of booleans; convert them first")
    inner, other = left.shape_[-1], right.shape_[-2 if right.ndim == 2 else -1]
    if inner is not other:
        raise refused(f"sizes {inner} and {other} do not match")
    one, two = as_number(left.formula), as_number(right.formula)
    bound = bound_name(one + two)
    rows = substitute(one, {position(0): bound, position(1): position(right.ndim - 1)})
    columns = substitute(two, {position(right.ndim - 1): bound})
    formula = Term("sum", (rows * columns, bound, ZERO, less(inner, 1)))
    shape = left.shape_[:-1] + (right.shape_[1:] if right.ndim == 2 else ())
    return Tracer(formula, shape, whole=REAL not in (left.kind, right.kind))


@traces("dot")
def dot(a: Any, b: Any, out: Any = None) -> Tracer:
    left, right = plain(a), plain(b)
    found: Tracer = matmul(left, right) if left.shape_ and right.shape_ else left * right
    return _stored(found, out)


@traces("inner", "vdot")
def inner(a: Any, b: Any, /) -> Tracer:
    left, right = plain(a), plain(b)
    if left.ndim != 1 or right.ndim != 1:
        raise refused("np.inner and np.vdot are traced for two vectors")
    return matmul(left, right)


@traces("outer")
def outer(a: Any, b: Any, out: Any = None) -> Tracer:
    left, right = plain(a), plain(b)
    if left.ndim != 1 or right.ndim != 1:
        raise refused("np.outer is traced for two vectors")
    return _stored(left[:, None] * right, out)


@traces("diag", "diagflat")
def diagonal(v: Any, k: int = 0) -> Tracer:
    default("diag", k=(k, 0))
    array = plain(v)
    if array.ndim != 1:
        raise refused("np.diag is traced for vectors alone")
    return identity(Tracer(array.shape_[0], whole=True)) * array


@traces("eye")
def eye(N: Any, M: Any = None, k: int = 0, dtype: Any = float, order: str = "C", *, device: Any = None) -> Tracer:  # noqa: N803
    default("eye", M=(M, None), k=(k, 0))
    return identity(N, dtype)


@traces("identity")
def identity(n: Any, dtype: Any = None) -> Tracer:
    size = plain(n)
    if size.kind != WHOLE or size.shape_:
        raise refused("the sizes of an array are whole numbers")
    _real("identity", dtype)
    return Tracer(Term("delta", (position(1), position(0))), (size.formula, size.formula))


@traces("polyval")
def polynomial(p: Any, x: Any) -> Tracer:
    if type(p) not in (list, tuple):
        raise refused("np.polyval is traced for a list of coefficients")
    found = lift(0)
    for coefficient in p:
        found = found * plain(x) + coefficient
    return found


# Choices


@traces("where")
def where(condition: Any, x: Any, y: Any) -> Tracer:
    holds, kept, other = map(plain, (condition, x, y))
    truths = kept.kind == other.kind == TRUTH
    values = [part.formula if truths else as_number(part.formula) for part in (kept, other)]
    chosen = cases((values[0], as_condition(holds.formula)), otherwise=values[1])
    whole = REAL not in (kept.kind, other.kind) and not truths
    return Tracer(chosen, broadcast(holds.shape_, kept.shape_, other.shape_), whole=whole)


@traces("clip")
def clip(a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, *, min: Any = None, max: Any = None) -> Tracer:
    low, high = a_min if min is None else min, a_max if max is None else max
    found = lift(a)
    if low is not None:
        found = elementwise("maximum", found, low)
    if high is not None:
        found = elementwise("minimum", found, high)
    return _stored(found, out)


@traces("select")
def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Tracer:
    found = plain(default)
    if any(plain(condition).kind != TRUTH for condition in condlist):
        raise refused("np.select chooses by booleans")
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        found = where(condition, choice, found)
    return found


@traces("piecewise")
def piecewise(x: Any, condlist: Any, funclist: Sequence[Any]) -> Tracer:
    """The last condition that holds decides; each function sees the elements for which its own holds."""
    array = plain(x)
    if type(condlist) not in (list, tuple) or array.kind != REAL:
        raise refused("np.piecewise is traced for a list of conditions on real numbers")
    conditions = [plain(condition) for condition in condlist]
    if len(funclist) not in (len(conditions), len(conditions) + 1):
        raise refused("np.piecewise has a function for each condition, and one more at most")
    otherwise = Tracer(TRUE, array.shape_)
    for condition in conditions:
        otherwise = otherwise & ~condition
    found = Tracer(ZERO, array.shape_)
    for condition, part in zip((*conditions, otherwise), funclist, strict=False):
        found[condition] = part(array[condition]) if callable(part) else part
    return found
