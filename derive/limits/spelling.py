"""Functions in fewer words: exponentials, logarithms and powers, and what has a Taylor series."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Final

from derive.notation.text import read_text
from derive.term import ONE, PI, Term, call, rational_value, substitute, symbol, term

U: Final = symbol("u")
# The same everywhere; `u` is the argument.
SAME: Final = {
    "sqrt": "u**(1/2)", "expm1": "exp(u) - 1", "log1p": "log(1 + u)", "exp2": "exp(u*log(2))",
    "log2": "log(u)/log(2)", "log10": "log(u)/log(10)",
    "sinh": "(exp(u) - exp(-u))/2", "cosh": "(exp(u) + exp(-u))/2", "tanh": "1 - 2/(exp(2*u) + 1)",
    "coth": "1 + 2/(exp(2*u) - 1)", "sech": "2/(exp(u) + exp(-u))", "csch": "2/(exp(u) - exp(-u))",
    "acosh": "log(u + (u**2 - 1)**(1/2))", "atanh": "log((1 + u)/(1 - u))/2", "acoth": "log((u + 1)/(u - 1))/2",
    "tan": "sin(u)/cos(u)", "cot": "cos(u)/sin(u)", "sec": "1/cos(u)", "csc": "1/sin(u)",
    "acot": "atan(1/u)", "asec": "acos(1/u)", "acsc": "asin(1/u)",
    "asech": "log(1/u + (1/u**2 - 1)**(1/2))",
}  # fmt: skip
ERFCX: Final = "erfcx"  # e^(u^2) erfc(u), which falls as 1/u
# Where the argument goes to infinity; `u` is its absolute value.
BEYOND: Final = {
    "atan": ("pi/2 - atan(1/u)", -1), "asinh": ("log(u + (u**2 + 1)**(1/2))", -1),
    "erf": ("1 - exp(-u**2)*erfcx(u)", -1), "erfc": ("exp(-u**2)*erfcx(u)", 2),
}  # fmt: skip


def same_words(node: Term) -> Term:
    """A function by those that expansions are made of."""
    if node.head in SAME:
        return substitute(_read(SAME[node.head]), {U: node.args[0]})
    if node.head == "expdiff":
        return call("exp", node.args[0] - node.args[1])
    if node.head == "hypot":
        return (node.args[0] ** 2 + node.args[1] ** 2) ** term(Fraction(1, 2))
    if node.head == "pow" and rational_value(node.args[1]) is None:
        return call("exp", node.args[1] * call("log", node.args[0]))
    return node


def beyond(node: Term, sign: int) -> Term:
    """A function whose argument goes to infinity, which has this sign."""
    text, below = BEYOND[node.head]
    size = node.args[0] if sign > 0 else -node.args[0]
    found = substitute(_read(text), {U: size})
    if sign > 0:
        return found
    return -found if below < 0 else term(below) - found


def at_one(node: Term, sign: int) -> Term:
    """asin or acos of what goes to 1, or to -1."""
    half = Term("pow", ((ONE - (node.args[0] if sign > 0 else -node.args[0])) / 2, term(Fraction(1, 2))))
    near = term(2) * call("asin", half)  # acos of the argument's absolute value
    if node.head == "acos":
        return near if sign > 0 else PI - near
    return PI / 2 - near if sign > 0 else near - PI / 2


def as_defined(node: Term) -> Term:
    """erfcx by what it stands for."""
    if node.head == "apply" and node.data == ERFCX:
        return call("exp", node.args[0] ** 2) * call("erfc", node.args[0])
    return node


_known: dict[str, Term] = {}


def _read(text: str) -> Term:
    if text not in _known:
        found = read_text(text.replace("erfcx", "lambertw"))
        _known[text] = _renamed(found) if "erfcx" in text else found
    return _known[text]


def _renamed(root: Term) -> Term:
    from derive.term import transform

    def visit(node: Term) -> Term:
        return Term("apply", node.args, ERFCX) if node.head == "lambertw" else node

    return transform(root, visit)


Sign = Callable[[Term], int]
