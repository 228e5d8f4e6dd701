"""Linear forms over the rationals, read from terms; and whether inequalities of them contradict each other."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final, TypeVar

from derive.term import Term, rational_value

# An unknown: the exponents of a monomial, or a name; that of all zeros, and the empty name, stand for 1.
Unknown = TypeVar("Unknown", tuple[int, ...], str)
Linear = Mapping[Unknown, Fraction]
# A row says: a linear form is > 0 (strict) or >= 0.
Inequality = tuple[Linear[tuple[int, ...]], bool]
MAX_ROWS: Final = 120
Combination = dict[Term | None, Fraction]  # by terms, the constant under None


def infeasible(rows: list[tuple[Linear[Unknown], bool]]) -> bool:
    """True only if no values of the unknowns satisfy every row; False where that is not found."""
    current = [(dict(row), strict) for row, strict in rows]
    while True:
        unknown = _next_unknown(current)
        if unknown is None:
            return any(_contradicts(row, strict) for row, strict in current)
        above = [(row, s) for row, s in current if row.get(unknown, 0) > 0]
        below = [(row, s) for row, s in current if row.get(unknown, 0) < 0]
        current = [(row, s) for row, s in current if not row.get(unknown, 0)]
        if len(current) + len(above) * len(below) > MAX_ROWS:
            return False
        current += [(_eliminated(a, b, unknown), s or t) for a, s in above for b, t in below]


def _next_unknown(rows: list[tuple[dict[Unknown, Fraction], bool]]) -> Unknown | None:
    counts: dict[Unknown, int] = {}
    for row, _ in rows:
        for unknown, coefficient in row.items():
            if any(unknown) and coefficient:
                counts[unknown] = counts.get(unknown, 0) + 1
    return min(counts, key=lambda unknown: (counts[unknown], unknown)) if counts else None


def _contradicts(row: Linear[Unknown], strict: bool) -> bool:
    constant = sum(row.values(), Fraction(0))
    return constant < 0 or (strict and constant == 0)


def _eliminated(
    above: dict[Unknown, Fraction], below: dict[Unknown, Fraction], unknown: Unknown
) -> dict[Unknown, Fraction]:
    """The positive combination of two rows in which `unknown` cancels."""
    a, b = above[unknown], -below[unknown]
    keys = above.keys() | below.keys()
    return {key: above.get(key, Fraction(0)) * b + below.get(key, Fraction(0)) * a for key in keys if key != unknown}


def combination(root: Term) -> Combination | None:
    """`root` as a rational combination of terms, the constant under None; None where it has no sum in it."""
    value = rational_value(root)
    if value is not None:
        return {None: value}
    if root.head == "neg":
        return _added({}, combination(root.args[0]), Fraction(-1))
    if root.head in ("add", "sub"):
        left, right = map(combination, root.args)
        return _added(left, right, Fraction(1 if root.head == "add" else -1))
    if root.head in ("mul", "div"):
        factor, other = root.args
        scale = rational_value(other)
        if scale is None and root.head == "mul":
            factor, scale = other, rational_value(factor)
        if scale:
            return _added({}, combination(factor), scale if root.head == "mul" else 1 / scale)
    return {root: Fraction(1)}


def _added(left: Combination | None, right: Combination | None, scale: Fraction) -> Combination | None:
    if left is None or right is None:
        return None
    total = {part: left.get(part, Fraction(0)) + scale * right.get(part, Fraction(0)) for part in {**left, **right}}
    # What may have no value must stay: log(x) - log(x) is 0 for x > 0 alone.
    lost = any(part is not None and part.head != "sym" and not value for part, value in total.items())
    return None if lost else {part: value for part, value in total.items() if value}
