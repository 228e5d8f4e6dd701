"""What a trace goes by: formulas of elements as numbers and as conditions, what it decides, and what it refused."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

from derive.code.constants import EXACT, Constants
from derive.errors import UnsupportedError
from derive.term import CONDITIONS, ONE, ZERO, Term, cases, subterms, symbol

UNSET: Final = symbol("#unset")  # what np.empty holds

# Set while a function is traced: what an `if` on a condition chooses, how constants are read, and what was refused.
decide: ContextVar[Callable[[Term], bool]] = ContextVar("decide")
constants: ContextVar[Constants] = ContextVar("constants", default=EXACT)
refusals: ContextVar[list[UnsupportedError] | None] = ContextVar("refusals", default=None)


def refused(message: str) -> UnsupportedError:
    """The error for what is not traced; it is remembered, since the code that is run may catch it."""
    problem = UnsupportedError(message)
    noted = refusals.get()
    if noted is not None:
        noted.append(problem)
    return problem


def position(axis: int) -> Term:
    """The index of an element along an axis, counted from the last."""
    return symbol(f"#{axis}")


def is_condition(formula: Term) -> bool:
    if formula.head == "cases":
        return all(is_condition(value) for value in formula.args[::2])
    return formula.head in CONDITIONS


def as_number(formula: Term) -> Term:
    """A condition counted as 1 where it holds and 0 where it does not."""
    return cases((ONE, formula), otherwise=ZERO) if is_condition(formula) else formula


def as_condition(formula: Term) -> Term:
    """A number counted as true where it is not 0."""
    refuse_unset(formula)
    return formula if is_condition(formula) else Term("ne", (formula, ZERO))


def refuse_unset(formula: Term) -> None:
    if UNSET in set(subterms(formula)):
        raise refused("a condition on elements that may have no value yet; begin with np.zeros_like")
