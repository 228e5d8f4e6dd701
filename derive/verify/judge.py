"""`judge_source`: a formula as C that computes it in doubles or in pairs of them, with a bound on its error.

It shares nothing with the kernels: neither their forms, nor their printer, nor their elementary functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Final, Literal

from derive.calculus.vjp import at_upstream_1
from derive.errors import UnsupportedError
from derive.relations import SIGNS
from derive.term import (
    CONDITIONS,
    FALSE,
    INFINITY,
    TRUE,
    ZERO,
    Term,
    branches,
    rational_value,
    subterms,
    transform,
)
from derive.values.balls import enclose
from derive.verify.near_zero import REACH, near_zero

FOLDER: Final = Path(__file__).parent / "judging"
CONSTANT_BITS: Final = 256
LARGEST_PRODUCT: Final = 16  # powers up to it are products

CALLS: Final[Mapping[str, str]] = {
    "add": "add({}, {})", "sub": "subtract({}, {})", "mul": "multiply({}, {})", "div": "divide({}, {})",
    "neg": "negative({})", "abs": "absolute({})", "max": "maximum({}, {})", "min": "minimum({}, {})",
    "sign": "sign_of({})", "sqrt": "square_root({})", "exp": "exponential({})", "expm1": "exponential_less_1({})",
    "log": "logarithm({})", "log1p": "logarithm_of_1_plus({})", "tanh": "hyperbolic_tangent({})",
    "lt": "less({}, {})", "gt": "less({1}, {0})", "le": "opposite(less({1}, {0}))", "ge": "opposite(less({}, {}))",
    "eq": "equals({}, {})", "ne": "opposite(equals({}, {}))", "not": "opposite({})",
    "and": "both({}, {})", "or": "either({}, {})",
}  # fmt: skip
TRUTHS: Final[Mapping[Term, str]] = {TRUE: "((truth){1.0, 0.0})", FALSE: "((truth){0.0, 1.0})"}


Arithmetic = Literal["doubles", "pairs"]


def judge_source(formula: Term, variable: str, arithmetic: Arithmetic, stated: Term | None = None) -> str:
    """The text of a library with the function `walk`, that judges a kernel which computes `formula` of one variable.

    stated: another form of the same, smooth at 0 as it is written, to tell of what lies beside 0. Raises
    UnsupportedError for a formula that it cannot compute.
    """
    exactly = f"static inline value exactly(value {ARGUMENT})\n{{\n{_body(formula, variable)}}}\n"
    line = near_zero(stated or formula)
    near = (2.0**-REACH, float(line.slope), line.before, line.after) if line else (-1.0, 0.0, 0, 0)
    constants = zip(("NEAR", "SLOPE", "BEFORE", "AFTER"), near, strict=True)
    defined = "".join(f"#define {name} ({float(constant).hex()})\n" for name, constant in constants)
    heads = (_text(f"{name}.h") for name in ("value", arithmetic, "functions"))
    return "\n".join((*heads, exactly, defined, _text("walk.h")))


NOWHERE: Final = "number(0.0, 0.0, UNKNOWN)"
ARGUMENT: Final = "a0"  # no name of the formula's own: those are numbered


@cache
def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def at_numbers(formula: Term, upstream: str = "") -> Term:
    """`formula` at finite inputs, with an upstream gradient of 1, if it has one.

    There no exponential is 0 and nothing is infinite: branches for what machines make of them go.
    """
    return transform(at_upstream_1(formula, upstream) if upstream else formula, _simpler)


def _simpler(node: Term) -> Term:
    if node.head in SIGNS and (sign := _apart(*node.args)):
        return TRUE if sign in SIGNS[node.head] else FALSE
    if node.head == "and" and FALSE in node.args:
        return FALSE
    if node.head == "cases":
        kept = [(value, condition) for value, condition in branches(node) if condition is not FALSE]
        if kept and kept[0][1] is TRUE:
            return kept[0][0]
        return Term("cases", tuple(part for pair in kept for part in pair))
    return node


def _apart(left: Term, right: Term) -> int:
    """The sign of left - right where one of them is infinite, or an exponential beside 0; 0 where it is not known."""
    lowest = Term("neg", (INFINITY,))
    if right == ZERO and left.head == "exp":
        return 1
    if (left in (lowest, INFINITY)) == (right in (lowest, INFINITY)):
        return 0
    return 1 if left == INFINITY or right == lowest else -1


def _body(formula: Term, variable: str) -> str:
    """A line for each part, in order."""
    names: dict[Term, str] = {}
    lines = []
    for node in subterms(formula):
        written = _written(node, variable, names)
        if "(" in written:
            kind = "truth" if node.head in CONDITIONS else "value"
            names[node] = f"a{len(names) + 1}"
            lines.append(f"    const {kind} {names[node]} = {written};\n")
        else:
            names[node] = written
    return "".join(lines) + f"    return {names[formula]};\n"


def _written(node: Term, variable: str, names: Mapping[Term, str]) -> str:
    if node.head == "sym":
        if node.name != variable:
            raise UnsupportedError(f"the judge knows {variable} alone, not {node}")
        return ARGUMENT
    if node in TRUTHS:
        return TRUTHS[node]
    value = rational_value(node)
    if value is not None or node.head == "const":
        return _number(node, value)
    if node.head == "pow":
        return _power(node, names)
    if node.head == "cases":
        return _choice(node, names)
    if node.head not in CALLS:
        raise UnsupportedError(f"the judge has no {node.head}")
    return _joined(CALLS[node.head].format, [names[part] for part in node.args])


def _joined(call: Callable[..., str], parts: list[str]) -> str:
    """A call; conditions with more than two parts are two at a time."""
    while len(parts) > 2:
        parts[-2:] = [call(*parts[-2:])]
    return call(*parts)


def _number(node: Term, value: Fraction | None) -> str:
    """The nearest pair of doubles, and what it lacks."""
    if value is None:
        if node.name in ("nan", "oo"):
            return NOWHERE
        middle = enclose(node, {}, CONSTANT_BITS).mid().fmpq()
        value = Fraction(int(middle.p), int(middle.q))
        rest = Fraction(1, 2**200)
    else:
        rest = Fraction(0)
    high = float(value)
    low = float(value - Fraction(high))
    rest += abs(value - Fraction(high) - Fraction(low))
    return f"constant({high.hex()}, {low.hex()}, {(float(rest) * (1 + 2**-40)).hex()})"


def _power(node: Term, names: Mapping[Term, str]) -> str:
    base, order = names[node.args[0]], rational_value(node.args[1])
    if order == Fraction(1, 2):
        return f"square_root({base})"
    if order is None or order.denominator != 1 or not 0 < abs(order) <= LARGEST_PRODUCT:
        raise UnsupportedError(f"the judge has no power such as {node}")
    found = base
    for _ in range(abs(int(order)) - 1):
        found = f"multiply({found}, {base})"
    return found if order > 0 else f"divide(number(1.0, 0.0, 0.0), {found})"


def _choice(node: Term, names: Mapping[Term, str]) -> str:
    """From the last branch up; where none holds there is no value."""
    found = NOWHERE
    for value, condition in reversed(branches(node)):
        found = names[value] if condition is TRUE else f"chosen({names[condition]}, {names[value]}, {found})"
    return found
