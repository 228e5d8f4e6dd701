"""`trace`: a plain Python function of numbers or NumPy arrays, run on symbols and returned as its formula."""

from __future__ import annotations

import inspect
import linecache
import math
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from derive.code import arrays as arrays
from derive.code import shapes
from derive.code.constants import EXACT, Constants
from derive.code.elements import UNSET, as_number, constants, position, refusals, refused
from derive.code.paths import explore
from derive.code.tracer import Tracer, array, lift
from derive.code.views import contents, on_symbols
from derive.errors import DeriveError, UnsupportedError
from derive.spec.domain import Axis
from derive.term import NAN, ZERO, Term, free_symbols, fresh, substitute, subterms, symbol

# What a function that runs may raise, by its own statements or because a symbol is no number.
RAISED: Final = (
    DeriveError, TypeError, AttributeError, ValueError, LookupError, ArithmeticError, AssertionError, NameError,
    RuntimeError, ImportError, OSError,
)  # fmt: skip


@dataclass(frozen=True)
class Traced:
    """A function read from code: one element of its result, at the free indices `indices`.

    `arguments` are those that became symbols, in order; `axes` are the index ranges of those that are
    vectors, from 0; `shape` holds the size of the result along each of its indices; `facts` are hypotheses
    that the types of the arguments state.
    """

    name: str
    arguments: tuple[str, ...]
    formula: Term
    indices: tuple[str, ...]
    shape: tuple[Term, ...]
    axes: Mapping[str, tuple[Axis, ...]]
    facts: tuple[str, ...] = ()


def trace(function: Callable[..., Any], *, exact: bool = True, **declared: Any) -> Term:
    """The formula of a plain Python function of numbers or NumPy arrays.

    Its arguments become real scalars, or what `declared` says: `x=vector("x", size("K"))`, a number, or any
    other value. Defaults that are floats become symbols too, other defaults are kept. A vector's components
    count from 0, and a result that is an array is given by one element, at indices i, j, ....
    An `if` on a symbol becomes a Piecewise. With `exact`, a float with all its digits is read as the
    constant that it rounds (1/3, pi/2, sqrt(2)); without, as the decimal that it prints.
    Operators are NumPy's. What is not modelled exactly is refused: functions, options, types of elements, statements.
    Raises UnsupportedError, with the user's line, for what has no formula.

    >>> def relu(x):
    ...     return x if x > 0 else 0.0
    >>> derive.trace(relu)
    Piecewise((x, x > 0), (0, True))
    """
    return run(function, declared, Constants(exact)).formula


def run(function: Callable[..., Any], declared: Mapping[str, Any], reading: Constants = EXACT) -> Traced:
    """As `trace`, with all that it learned."""
    if not isinstance(function, types.FunctionType):
        raise UnsupportedError(f"{function!r} is not a plain Python function")
    symbolic, outside = on_symbols(function)
    given = _arguments(function, declared)
    shapes: list[tuple[Term, ...]] = []

    def once() -> Term:
        # Arguments are made anew for every path, so that none sees what another wrote.
        refusals.set([])
        before = contents(outside)
        result = symbolic(**{name: make() for name, make in given.items()})
        for problem in refusals.get() or ():
            raise problem  # the code caught it, and went on with something else
        if contents(outside) != before:
            raise refused("the code changes a list or its like that other calls see")
        found = _result(result, function.__name__)
        shapes.append(found.shape_)
        return substitute(as_number(found.formula), {UNSET: NAN})

    token = constants.set(reading)
    try:
        formula = explore(once)
    except RAISED as problem:
        said = str(problem) or type(problem).__name__
        raise UnsupportedError(f"{_place(problem, function)}{said}") from problem
    finally:
        constants.reset(token)
        refusals.set(None)
    if len(set(shapes)) > 1:
        raise UnsupportedError(f"{function.__name__}: its result has one shape on one path and another elsewhere")
    return _named(function.__name__, formula, shapes[0], {name: make() for name, make in given.items()})


def _arguments(function: Callable[..., Any], declared: Mapping[str, Any]) -> dict[str, Callable[[], Any]]:
    """For each parameter, what makes its value."""
    found: dict[str, Callable[[], Any]] = {}
    parameters = inspect.signature(function).parameters
    for name, parameter in parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if parameter.kind is parameter.POSITIONAL_ONLY:
            raise UnsupportedError(f"{function.__name__}: its argument {name} can only be given by position")
        default = parameter.default
        if name in declared:
            found[name] = _declared(name, declared[name])
        elif default is parameter.empty or (isinstance(default, float) and math.isfinite(default)):
            found[name] = lambda name=name: Tracer(symbol(name), borrowed=True)  # type: ignore[misc]
    unknown = set(declared) - set(parameters)
    if unknown:
        raise UnsupportedError(f"{function.__name__} has no argument {', '.join(sorted(unknown))}")
    return found


def _declared(name: str, value: Any) -> Callable[[], Any]:
    if type(value) is Tracer:
        return lambda: Tracer(value.formula, value.shape_, borrowed=True, whole=value.whole)
    if type(value).__name__ == "IndexedBase":
        from derive.notation.bridge import from_sympy

        shape = value.shape
        if shape is None:
            raise UnsupportedError(f"the vector {value} has no length; write vector({str(value)!r}, size('K'))")
        sizes = tuple(map(from_sympy, shape))
        return lambda: array(name, sizes, borrowed=True)
    if hasattr(value, "free_symbols"):
        return lambda: Tracer(symbol(name), borrowed=True, whole=bool(getattr(value, "is_integer", False)))
    return lambda: value


def _result(value: Any, name: str) -> Tracer:
    if type(value) in (tuple, list):
        raise UnsupportedError(f"{name} returns {len(value)} values; trace one of them: lambda x: {name}(x)[0]")
    if value is None:
        raise UnsupportedError(f"{name} returns nothing")
    found = lift(value)
    if found.mask is not None:
        raise UnsupportedError(f"{name} returns only the elements that a mask selected")
    return found


def _named(name: str, formula: Term, shape: tuple[Term, ...], given: Mapping[str, Any]) -> Traced:
    """The result with letters for its indices, that no other symbol has."""
    symbols = {argument: value for argument, value in given.items() if type(value) is Tracer}
    taken = {node.name for node in subterms(formula) if node.head == "sym"} | set(given)
    taken |= {size for value in symbols.values() for length in value.shape_ for size in free_symbols(length)}
    indices: list[str] = []
    for letter in "ijlpqr"[: len(shape)]:
        indices.append(fresh(letter, taken | set(indices)))
    places = {position(len(shape) - 1 - place): symbol(index) for place, index in enumerate(indices)}
    axes = {
        argument: tuple((ZERO, shapes.less(size, 1)) for size in value.shape_)
        for argument, value in symbols.items()
        if value.shape_
    }
    return Traced(name, tuple(symbols), substitute(formula, places), tuple(indices), shape, axes)


def _place(problem: BaseException, function: Callable[..., Any]) -> str:
    """`file:line: source: ` of the user's line that failed, as far as it is known."""
    file = function.__code__.co_filename
    found, trace_ = None, problem.__traceback__
    while trace_ is not None:
        if trace_.tb_frame.f_code.co_filename == file:
            found = trace_.tb_lineno
        trace_ = trace_.tb_next
    if found is None:
        return ""
    source = linecache.getline(file, found).strip()
    return f"{file.rpartition('/')[2]}:{found}: {source + ': ' if source else ''}"
