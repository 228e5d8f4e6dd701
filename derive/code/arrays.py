"""NumPy's functions on traced arrays: products and choices.

Each takes NumPy's own parameters, in NumPy's order; those that are not traced must keep their defaults.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.code.elements import as_condition, as_number, position, refused
from derive.code.kinds import REAL, TRUTH, WHOLE, broadcast
from derive.code.reductions import bound_name, refuse_unless_real, stored_in
from derive.code.shapes import default, less
from derive.code.tracer import Tracer, elementwise, lift, plain, traces
from derive.term import TRUE, ZERO, Term, cases, substitute

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
    return stored_in(found, out)


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
    return stored_in(elementwise("multiply", left[:, None], right), out)


@traces("diag", "diagflat")
def diagonal(v: Any, k: int = 0) -> Tracer:
    default("diag", k=(k, 0))
    array = plain(v)
    if array.ndim != 1:
        raise refused("np.diag is traced for vectors alone")
    return elementwise("multiply", identity(Tracer(array.shape_[0], whole=True)), array)


@traces("eye")
def eye(N: Any, M: Any = None, k: int = 0, dtype: Any = float, order: str = "C", *, device: Any = None) -> Tracer:  # noqa: N803
    default("eye", M=(M, None), k=(k, 0))
    return identity(N, dtype)


@traces("identity")
def identity(n: Any, dtype: Any = None) -> Tracer:
    size = plain(n)
    if size.kind != WHOLE or size.shape_:
        raise refused("the sizes of an array are whole numbers")
    refuse_unless_real("identity", dtype)
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
    return stored_in(found, out)


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
