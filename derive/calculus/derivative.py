"""Derivatives as shared expressions, by the records of `derive.elementary`."""

from __future__ import annotations

from derive.elementary.table import TABLE
from derive.errors import UnsupportedError
from derive.notation.formulas import filled
from derive.term import (
    ONE,
    RELATIONS,
    ZERO,
    Term,
    branches,
    call,
    cases,
    free_symbols,
    fresh,
    rational_value,
    substitute,
    subterms,
    symbol,
    term,
)

LEAVES = ("num", "sym", "const", "true", "false", "index", "delta", "inv", "and", "or", "not", *RELATIONS)


def derivative(body: Term, variable: Term) -> Term:
    """d body / d variable, off kinks and jumps; `variable` is a symbol or a component `x[j]`.

    Shared subterms are differentiated once. Trivial factors and terms (0, 1) are left out, nothing
    else is simplified. Raises UnsupportedError where no rule is known.
    """
    memo: dict[Term, Term] = {}
    for node in subterms(body):
        if node.head not in ("sum", "product", "maximum"):
            memo[node] = _rule(node, variable, memo)
        else:
            memo[node] = _binder_rule(node, variable)
    return memo[body]


def depends(body: Term, variable: Term) -> bool:
    """Whether `variable`, or any component of its array, occurs in `body`."""
    name = (variable.args[0] if variable.head == "index" else variable).name
    return name in free_symbols(body)


def _rule(node: Term, variable: Term, memo: dict[Term, Term]) -> Term:
    if node == variable:
        return ONE
    if node.head == "index":
        return _component_rule(node, variable)
    if node.head in ("det", "inv") and node.args[0] == variable:
        raise UnsupportedError(f"{node} is differentiated by a component of the matrix: {variable}[i, j]")
    if node.head in LEAVES or not depends(node, variable):
        return ZERO
    if node.head == "cases":
        return cases(*((memo[value], condition) for value, condition in branches(node)))
    if node.head == "det":
        return _determinant_rule(node, variable)
    u, du = node.args[0], memo[node.args[0]]
    if node.head == "neg":
        return negated(du)
    if node.head in ("add", "sub", "mul", "div", "pow"):
        v, dv = node.args[1], memo[node.args[1]]
        return _arithmetic_rule(node, u, v, du, dv)
    total = ZERO
    for partial, argument in zip(partials(node), node.args, strict=True):
        if memo[argument] is ZERO:
            continue
        if partial is None:
            raise UnsupportedError(f"no rule for the derivative of {node} in {argument}")
        total = plus(total, times(partial, memo[argument]))
    return total


def _arithmetic_rule(node: Term, u: Term, v: Term, du: Term, dv: Term) -> Term:
    if node.head == "add":
        return plus(du, dv)
    if node.head == "sub":
        return minus(du, dv)
    if node.head == "mul":
        return plus(times(du, v), times(u, dv))
    if node.head == "div":
        if dv is ZERO:
            return over(du, v)
        return over(minus(times(du, v), times(u, dv)), v ** term(2))
    if dv is ZERO:
        return times(times(v, power(u, v)), du)
    if du is ZERO:
        return times(times(node, call("log", u)), dv)
    return times(node, plus(times(dv, call("log", u)), over(times(v, du), u)))


def _component_rule(node: Term, variable: Term) -> Term:
    """d x[i] / d x[j]: one where every index agrees; d inv(A)[p, q] / d A[i, j] = -inv(A)[p, i] inv(A)[j, q]."""
    base = node.args[0]
    if base.head == "inv" and variable.head == "index" and base.args[0] == variable.args[0]:
        (row, column), (i, j) = node.args[1:], variable.args[1:]
        return -(Term("index", (base, row, i)) * Term("index", (base, j, column)))
    if variable.head != "index" or node.args[0] != variable.args[0]:
        return ZERO
    product = ONE
    for mine, theirs in zip(node.args[1:], variable.args[1:], strict=True):
        product = times(product, Term("delta", (mine, theirs)))
    return product


def _determinant_rule(node: Term, variable: Term) -> Term:
    """Jacobi: d det A / d A[i, j] = det A inv(A)[j, i]."""
    matrix, i, j = variable.args
    return node * Term("index", (Term("inv", (matrix,)), j, i))


def _binder_rule(node: Term, variable: Term) -> Term:
    """The derivative passes under a sum; the bound name gives way to the names in the variable."""
    if not depends(node, variable):
        return ZERO
    body, bound, first, last = node.args
    taken = free_symbols(variable) | free_symbols(body)
    if bound.name in free_symbols(variable):
        renamed = symbol(fresh(bound.name, taken))
        body, bound = substitute(body, {bound: renamed}), renamed
    inner = derivative(body, variable)
    if node.head == "sum":
        return ZERO if inner is ZERO else Term("sum", (inner, bound, first, last))
    if node.head == "product":
        whole = Term("product", (body, bound, first, last))
        return whole * Term("sum", (over(inner, body), bound, first, last))
    raise UnsupportedError("the derivative of a maximum over an index is not defined where two components tie")


def partials(node: Term) -> list[Term | None]:
    """The partial derivatives of a function call in its arguments, None where none is known in closed form."""
    record = TABLE.get(node.head)
    if record is None or not any(record.derivatives):
        raise UnsupportedError(f"no rule for the derivative of {node.head}")
    return [filled(text, node) if text else None for text in record.derivatives]


def negated(a: Term) -> Term:
    if a is ZERO:
        return a
    return a.args[0] if a.head == "neg" else -a


def plus(a: Term, b: Term) -> Term:
    if a is ZERO or b is ZERO:
        return b if a is ZERO else a
    return a - b.args[0] if b.head == "neg" else a + b


def minus(a: Term, b: Term) -> Term:
    if a is ZERO or b is ZERO:
        return negated(b) if a is ZERO else a
    return a + b.args[0] if b.head == "neg" else a - b


def times(a: Term, b: Term) -> Term:
    if a is ZERO or b is ZERO:
        return ZERO
    if a is ONE or b is ONE:
        return b if a is ONE else a
    if a.head == "neg":
        return negated(times(a.args[0], b))
    return negated(times(a, b.args[0])) if b.head == "neg" else a * b


def over(a: Term, b: Term) -> Term:
    if a is ZERO or b is ONE:
        return a
    return negated(a.args[0] / b) if a.head == "neg" else a / b


def power(u: Term, exponent: Term) -> Term:
    """u^(exponent - 1), with a number's exponent worked out."""
    value = rational_value(exponent)
    if value is None:
        return u ** (exponent - 1)
    if value == 1:
        return ONE
    return u if value == 2 else u ** term(value - 1)
