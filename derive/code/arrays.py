"""NumPy's functions on traced arrays: reductions, products, choices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from derive.code.shapes import axes_of, less
from derive.code.tracer import Tracer, broadcast, elementwise, is_condition, lift, position, shared_mask, traces
from derive.errors import UnsupportedError
from derive.term import INFINITY, ONE, ZERO, Term, cases, fresh, substitute, subterms, symbol

# Reductions


def _reduce(head: str, array: Tracer, axis: Any, keepdims: bool, empty: Term) -> Tracer:
    """The binder `head` over some axes; `empty` stands for the elements that a mask left out."""
    if not array.shape_:
        raise UnsupportedError(
            "a sum over a scalar: say that the argument is a vector, such as x=vector('x', size('K'))"
        )
    whole = array.formula if array.mask is None else cases((array.formula, array.mask), otherwise=empty)
    found = Tracer(whole, array.shape_)
    # From the left, so that the axes still to come keep their positions.
    for place in sorted(axes_of(axis, array.ndim)):
        found = _reduce_one(head, found, array.ndim - 1 - place, keepdims)
    return found


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
        length = Tracer(array.shape_[place])
        whole = length if whole.formula is ONE else whole * length
    return whole


def _reducer(head: str, neutral: Term, join: str) -> Callable[..., Tracer]:
    """The reduction `head`, whose value over nothing is `neutral`, with the function that joins two of its values."""

    def reduce(
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        keepdims: bool = False,
        initial: Any = None,
        where: Any = True,
    ) -> Tracer:
        array = lift(a)
        if where is not True:
            array = Tracer(array.formula, array.shape_, lift(where).formula)
        if array.mask is not None and neutral.head != "num":
            raise UnsupportedError("an extreme over chosen elements is not traced")
        found = _reduce(head, array, axis, keepdims, neutral)
        if initial is not None and lift(initial).formula is not neutral:
            found = elementwise(join, found, initial)
        return found if out is None else _only(out).write(found)

    return reduce


def _only(out: Any) -> Tracer:
    found: Tracer = out[0] if isinstance(out, tuple) else out
    return found


total = traces("sum")(_reducer("sum", ZERO, "add"))
product = traces("prod")(_reducer("product", ONE, "multiply"))
largest = traces("max", "amax")(_reducer("maximum", -INFINITY, "maximum"))


@traces("min", "amin")
def smallest(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, initial: Any = None) -> Tracer:
    found: Tracer = -largest(-lift(a), axis, keepdims=keepdims, initial=None if initial is None else -initial)
    return found if out is None else _only(out).write(found)


@traces("mean", "average")
def mean(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Tracer:
    array = lift(a)
    if array.mask is not None:
        raise UnsupportedError("a mean over elements that a mask selected is not traced")
    found: Tracer = total(array, axis, keepdims=keepdims) / _count(array, axis)
    return found if out is None else _only(out).write(found)


@traces("var")
def variance(a: Any, axis: Any = None, dtype: Any = None, ddof: int = 0, keepdims: bool = False) -> Tracer:
    array = lift(a)
    squares = total((array - mean(array, axis, keepdims=True)) ** 2, axis, keepdims=keepdims)
    count = _count(array, axis)
    found: Tracer = squares / (count - ddof if ddof else count)
    return found


@traces("std")
def deviation(a: Any, axis: Any = None, dtype: Any = None, ddof: int = 0, keepdims: bool = False) -> Tracer:
    return elementwise("sqrt", variance(a, axis, ddof=ddof, keepdims=keepdims))


@traces("norm", "vector_norm")
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Tracer:
    array = lift(x)
    if ord == 1 and (array.ndim == 1 or axis is not None):
        return total(abs(array), axis, keepdims=keepdims)
    if ord not in (None, 2) or (ord == 2 and array.ndim > 1 and axis is None):
        raise UnsupportedError(f"the norm of order {ord} is not traced")
    return elementwise("sqrt", total(array**2, axis, keepdims=keepdims))


@traces("any", "all")
def truth(a: Any, *_: Any, **__: Any) -> Tracer:
    if lift(a).shape_:
        raise UnsupportedError("any and all over a traced array: its elements are not known")
    return lift(a)


# Products


@traces("dot", "inner", "vdot", "matmul")
def matmul(a: Any, b: Any) -> Tracer:
    """The matrix product, of vectors and matrices."""
    left, right = lift(a), lift(b)
    if not left.shape_ or not right.shape_:
        return left * right
    if left.ndim > 2 or right.ndim > 2:
        raise UnsupportedError("a matrix product of more than two axes is not traced")
    inner, other = left.shape_[-1], right.shape_[-2 if right.ndim == 2 else -1]
    if inner is not other:
        raise UnsupportedError(f"sizes {inner} and {other} do not match")
    bound = bound_name(left.formula + right.formula)
    rows = substitute(left.formula, {position(0): bound, position(1): position(right.ndim - 1)})
    columns = substitute(right.formula, {position(right.ndim - 1): bound})
    formula = Term("sum", (rows * columns, bound, ZERO, less(inner, 1)))
    return Tracer(formula, left.shape_[:-1] + (right.shape_[1:] if right.ndim == 2 else ()))


@traces("outer")
def outer(a: Any, b: Any) -> Tracer:
    found: Tracer = lift(a)[:, None] * lift(b)
    return found


@traces("diag", "diagflat")
def diagonal(v: Any) -> Tracer:
    array = lift(v)
    if array.ndim != 1:
        raise UnsupportedError("np.diag is traced for vectors alone")
    return identity(Tracer(array.shape_[0])) * array


@traces("eye", "identity")
def identity(n: Any, **_: Any) -> Tracer:
    size = lift(n).formula
    return Tracer(Term("delta", (position(1), position(0))), (size, size))


@traces("polyval")
def polynomial(p: Sequence[Any], x: Any) -> Tracer:
    found = lift(0)
    for coefficient in p:
        found = found * x + coefficient
    return found


# Choices


@traces("where")
def where(condition: Any, x: Any, y: Any) -> Tracer:
    holds, kept, other = map(lift, (condition, x, y))
    formula = holds.formula if is_condition(holds.formula) else Term("ne", (holds.formula, ZERO))
    chosen = cases((kept.formula, formula), otherwise=other.formula)
    return Tracer(chosen, broadcast(holds.shape_, kept.shape_, other.shape_), shared_mask(kept, other))


@traces("clip")
def clip(a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, **bounds: Any) -> Tracer:
    low, high = bounds.get("min", a_min), bounds.get("max", a_max)
    found = lift(a)
    if low is not None:
        found = elementwise("maximum", found, low)
    if high is not None:
        found = elementwise("minimum", found, high)
    return found if out is None else _only(out).write(found)


@traces("select")
def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Tracer:
    found = lift(default)
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        found = where(condition, choice, found)
    return found


@traces("piecewise")
def piecewise(x: Any, condlist: Sequence[Any], funclist: Sequence[Any]) -> Tracer:
    values = [part(x) if callable(part) else part for part in funclist]
    default = values.pop() if len(values) > len(condlist) else 0
    # Unlike np.select, the last condition that holds decides.
    return select(list(reversed(condlist)), list(reversed(values)), default)
