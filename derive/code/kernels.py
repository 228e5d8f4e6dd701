"""What readers of kernels share: which constants a text may have rounded, and its formula for one element."""

from __future__ import annotations

from derive.code.constants import Constants
from derive.codegen.kernel import Assign, Kernel, Reduce, Store, statements
from derive.errors import UnsupportedError
from derive.term import (
    FUNCTIONS,
    INFINITY,
    ONE,
    PI,
    ZERO,
    Term,
    free_symbols,
    rational_value,
    substitute,
    subterms,
    symbol,
)


def constants_of(kernel: Kernel) -> Constants:
    """What a kernel's text may have rounded: the parts of its terms that have no variable. No other is guessed."""
    found: dict[Term, None] = {}
    for statement in statements(kernel.body + kernel.wide + kernel.precise):
        values = [statement.value] if isinstance(statement, (Assign, Store)) else []
        values += [part.value for part in statement.state] if isinstance(statement, Reduce) else []
        for value in values:
            found.update(dict.fromkeys(filter(_is_rounded, subterms(value))))
    # Of two that round to one float, such as 11863283/2**23 and sqrt(2), it is the one that is that float.
    return Constants(exact=False, known=tuple(sorted(found, key=_is_binary, reverse=True)))


def _is_binary(number: Term) -> bool:
    value = rational_value(number)
    return value is not None and value.denominator.bit_count() == 1


def _is_rounded(node: Term) -> bool:
    """A number that is no float: 1/10, sqrt(pi)."""
    if node.head in ("num", "const"):
        return (node.head == "num" and node.number.denominator != 1) or node is PI
    number = node.head in ("add", "sub", "mul", "div", "pow", *FUNCTIONS) and not free_symbols(node)
    return number and INFINITY not in set(subterms(node))


def of_an_element(kernel: Kernel, formula: Term, index: str | None) -> Term:
    """The formula in which `x[i]` is x; for a parameter's gradient, the term of its sum."""
    if kernel.output.shape == "scalar":
        last = symbol(kernel.element.size) - ONE
        if formula.head != "sum" or formula.args[2:] != (ZERO, last):
            raise UnsupportedError(f"{kernel.output.name} is not a sum over all elements, but {formula}")
        formula, bound = formula.args[:2]
        index = bound.name
    if index is None:
        raise UnsupportedError(f"{kernel.output.name} is the same everywhere: {formula}")
    here = {symbol(a.name)[symbol(index)]: symbol(a.name) for a in kernel.inputs if a.shape == "element"}
    return _without_strays(substitute(formula, here))


def _without_strays(formula: Term) -> Term:
    for node in subterms(formula):
        if node.head == "index":
            raise UnsupportedError(f"{node} is not the element at hand")
    return formula
