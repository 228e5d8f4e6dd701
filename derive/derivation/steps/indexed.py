"""Moves on what has indices or cases: deltas, sums over an index, cases within cases."""

from __future__ import annotations

from fractions import Fraction

from derive.calculus.products import SUMS, Product, addends, as_product, merged, product_of, tidy, without, write_sum
from derive.term import TRUE, Term, branches, cases, free_symbols, substitute, subterms


def same_index(node: Term) -> Term | None:
    """Beside delta_ij, i may be written as j."""
    found = product_of(node)
    for delta in found.above if found else ():
        if delta.head == "delta" and all(index.head == "sym" for index in delta.args):
            rest = {other: count for other, count in as_product(node).above.items() if other is not delta}
            old, new = delta.args
            if any(old.name in free_symbols(other) for other in rest):
                renamed = {substitute(other, {old: new}): count for other, count in rest.items()}
                return as_product(node)._replace(above=merged({delta: 1}, renamed)).write()
    return None


def contract(node: Term) -> Term | None:
    """sum_k delta_kj f(k) is f(j)."""
    if node.head != "sum":
        return None
    body, bound, *_ = node.args
    product = as_product(body)
    for delta in product.above:
        if delta.head == "delta" and bound in delta.args:
            other = delta.args[0] if delta.args[1] is bound else delta.args[1]
            return substitute(product._replace(above=without(product.above, {delta: 1})).write(), {bound: other})
    return None


def split_sum(node: Term) -> Term | None:
    """A sum of sums, term by term; and what the index does not occur in, in front."""
    if node.head != "sum":
        return None
    body, bound, first, last = node.args
    if body.head in SUMS:
        return write_sum((sign, Term("sum", (part, bound, first, last))) for sign, part in addends(body))
    product = as_product(body)
    front, back = (
        {base: e for base, e in product.above.items() if (bound.name in free_symbols(base)) is inside}
        for inside in (False, True)
    )
    if not back or (not front and product.coefficient == 1):
        return None
    inner = Product(Fraction(1), back, product.below).write()
    return Product(product.coefficient, front, {}).write() * Term("sum", (inner, bound, first, last))


def into_cases(node: Term) -> Term | None:
    """A factor before cases, within each of them."""
    found = product_of(node)
    for piecewise in found.above if found else ():
        if piecewise.head == "cases":
            rest = as_product(node)._replace(above=without(as_product(node).above, {piecewise: 1})).write()
            return cases(*((tidy(rest * value), condition) for value, condition in branches(piecewise)))
    return None


def settled_cases(node: Term) -> Term | None:
    """Cases within cases, where the outer condition settles the inner one."""
    if node.head != "cases":
        return None
    denied: list[Term] = []
    found = []
    for value, condition in branches(node):
        for inner in subterms(value):
            if inner.head == "cases":
                value = substitute(value, {inner: _settled(inner, condition, denied)})
        found.append((value, condition))
        denied.append(condition)
    after = cases(*found)
    return None if after == node else after


def _settled(inner: Term, held: Term, denied: list[Term]) -> Term:
    rows = [(value, condition) for value, condition in branches(inner) if condition not in denied]
    return rows[0][0] if rows and rows[0][1] in (held, TRUE) else cases(*rows)
