"""What a loop leaves behind: sums, products and extremes over its index."""

from __future__ import annotations

from derive.code.c_values import Counter
from derive.code.shapes import less
from derive.errors import UnsupportedError
from derive.term import (
    INFINITY,
    ONE,
    RELATIONS,
    ZERO,
    Term,
    branches,
    call,
    cases,
    free_symbols,
    substitute,
    symbol,
    transform,
)


def folded(name: str, before: Term, carried: Term, after: Term, counter: Counter) -> Term:
    """A variable's value after a loop that turned `carried` into `after` at every step, from `before`.

    Raises UnsupportedError for anything but a sum, a product, a maximum or a minimum.
    """
    bound, first, last = symbol(counter.name), counter.first, counter.last
    for head, neutral, join in (("add", ZERO, "sum"), ("mul", ONE, "product")):
        step = _rest(after, carried, head, neutral)
        if step is not None:
            start, inside = _taken_in(step, before, bound, first)
            whole = Term(join, (step, bound, start, last))
            return whole if inside or before is neutral else Term(head, (before, whole))
    found = _extreme(after, carried)
    if found is None:
        raise UnsupportedError(f"the loop changes {name} in another way than by a sum, a product or an extreme")
    head, step = found
    start, inside = _taken_in(step, before, bound, first)
    if head == "max":
        whole = Term("maximum", (step, bound, start, last))
        return whole if inside or before is -INFINITY else call("max", before, whole)
    whole = -Term("maximum", (-step, bound, start, last))
    return whole if inside or before is INFINITY else call("min", before, whole)


def _taken_in(step: Term, before: Term, bound: Term, first: Term) -> tuple[Term, bool]:
    """Where the fold really begins: `m = x[0]` and a loop from 1 is a fold from 0."""
    previous = less(first, 1)
    inside = bound.name in free_symbols(step) and tidy(substitute(step, {bound: previous})) is tidy(before)
    return (previous, True) if inside else (first, False)


def tidy(formula: Term) -> Term:
    """Without `+ 0`, which sums and indices get where they are worked out."""
    return transform(formula, lambda node: node.args[0] if node.head == "add" and node.args[1] is ZERO else node)


def _has(formula: Term, carried: Term) -> bool:
    return carried.name in free_symbols(formula)


def _rest(formula: Term, carried: Term, head: str, neutral: Term) -> Term | None:
    """What `carried` was joined with by `head` (add or mul), in `formula`."""
    if formula is carried:
        return neutral
    if formula.head == "cases" and not any(_has(condition, carried) for condition in formula.args[1::2]):
        parts = [(_rest(value, carried, head, neutral), condition) for value, condition in branches(formula)]
        if any(part is None for part, _ in parts):
            return None
        return cases(*((part, condition) for part, condition in parts if part is not None))
    inverse = {"add": "sub", "mul": "div"}[head]
    if formula.head not in (head, inverse):
        return None
    left, right = formula.args
    if _has(right, carried):
        inner = None if _has(left, carried) or formula.head == inverse else _rest(right, carried, head, neutral)
        return None if inner is None else _joined(head, left, inner, neutral)
    inner = _rest(left, carried, head, neutral)
    return None if inner is None else _joined(formula.head, inner, right, neutral)


def _joined(head: str, left: Term, right: Term, neutral: Term) -> Term:
    if right is neutral:
        return left
    if left is neutral:
        return {"sub": -right, "div": ONE / right}.get(head, right)
    return Term(head, (left, right))


def _extreme(formula: Term, carried: Term) -> tuple[str, Term] | None:
    """`max(carried, step)` and `min(carried, step)`, also as `step > carried ? step : carried`."""
    if formula.head in ("max", "min"):
        parts = [part for part in formula.args if part is not carried]
        return (formula.head, parts[0]) if len(parts) == 1 and not _has(parts[0], carried) else None
    if formula.head != "cases" or len(formula.args) != 4:
        return None
    chosen, condition, other, _ = formula.args
    if condition.head not in RELATIONS[:4] or set(condition.args) != {chosen, other} or carried not in (chosen, other):
        return None
    step = other if chosen is carried else chosen
    if _has(step, carried):
        return None
    greater = condition.head in ("gt", "ge")
    return ("max" if greater == (condition.args[0] is chosen) else "min"), step
