"""`trace`: a plain Python function of numbers or NumPy arrays, run on symbols and returned as its formula."""

from __future__ import annotations

import inspect
import linecache
import math
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from derive.code import arrays as arrays  # with shapes, fills FUNCTIONS
from derive.code import shapes
from derive.code.constants import EXACT, Constants
from derive.code.library import meaning
from derive.code.paths import explore
from derive.code.tracer import FUNCTIONS, Tracer, array, as_number, constants, elementwise, lift, position, traces
from derive.domain import Axis
from derive.errors import DeriveError, UnsupportedError
from derive.term import INFINITY, NAN, PI, ZERO, Term, call, free_symbols, fresh, substitute, subterms, symbol

CONSTANTS: Final = {"pi": PI, "e": call("exp", 1), "inf": INFINITY, "nan": NAN, "tau": 2 * PI, "newaxis": None}


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
    Raises UnsupportedError, with the user's line, for what has no formula.
    """
    return run(function, declared, Constants(exact)).formula


def run(function: Callable[..., Any], declared: Mapping[str, Any], reading: Constants = EXACT) -> Traced:
    """As `trace`, with all that it learned."""
    symbolic = _on_symbols(function)
    given = _arguments(function, declared)
    shapes: list[tuple[Term, ...]] = []

    def once() -> Term:
        # Arguments are made anew for every path, so that none sees what another wrote.
        result = symbolic(**{name: make() for name, make in given.items()})
        found = _result(result, function.__name__)
        shapes.append(found.shape_)
        return as_number(found.formula)

    token = constants.set(reading)
    try:
        formula = explore(once)
    except (DeriveError, TypeError, AttributeError, ValueError, LookupError, ArithmeticError) as problem:
        raise UnsupportedError(f"{_place(problem, function)}{problem}") from problem
    finally:
        constants.reset(token)
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
    shape = getattr(value, "shape", None)
    if isinstance(value, Tracer):
        return lambda: Tracer(value.formula, value.shape_, borrowed=True)
    if type(value).__name__ == "IndexedBase":
        from derive.bridge import from_sympy

        if shape is None:
            raise UnsupportedError(f"the vector {value} has no length; write vector({str(value)!r}, size('K'))")
        sizes = tuple(map(from_sympy, shape))
        return lambda: array(name, sizes, borrowed=True)
    if hasattr(value, "free_symbols"):
        return lambda: Tracer(symbol(name), borrowed=True)
    return lambda: value


def _result(value: Any, name: str) -> Tracer:
    if isinstance(value, (tuple, list)):
        raise UnsupportedError(f"{name} returns {len(value)} values; trace one of them: lambda x: {name}(x)[0]")
    if value is None:
        raise UnsupportedError(f"{name} returns nothing")
    found = lift(value)
    if found.mask is not None:
        raise UnsupportedError(f"{name} returns only the elements that a mask selected")
    return found


def _named(name: str, formula: Term, shape: tuple[Term, ...], given: Mapping[str, Any]) -> Traced:
    """The result with letters for its indices, that no other symbol has."""
    symbols = {argument: value for argument, value in given.items() if isinstance(value, Tracer)}
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


# The function's own view of its module: NumPy and math, understood exactly.


def _on_symbols(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, seeing NumPy and `math` through `_Library`; helpers of its own module too."""
    if not isinstance(function, types.FunctionType):
        raise UnsupportedError(f"{function!r} is not a plain Python function")
    seen: dict[str, Any] = {}
    for name, value in function.__globals__.items():
        seen[name] = _seen(value, function.__globals__, seen)
    return _seen(function, function.__globals__, seen)  # type: ignore[no-any-return]


def _seen(value: Any, home: Mapping[str, Any], seen: dict[str, Any]) -> Any:
    if isinstance(value, types.FunctionType) and value.__globals__ is home:
        again = types.FunctionType(value.__code__, seen, value.__name__, value.__defaults__, value.__closure__)
        again.__kwdefaults__ = value.__kwdefaults__
        return again
    if _home_of(value) in ("numpy", "math", "scipy"):
        return _view(value)
    return value


def _home_of(value: Any) -> str:
    """The package that a function or a module belongs to."""
    if isinstance(value, np.ufunc):
        return "numpy"
    path = value.__name__ if isinstance(value, types.ModuleType) else getattr(value, "__module__", "")
    return str(path).partition(".")[0]


def _view(value: Any) -> Any:
    """A library's module or function as traced code sees it; types are left alone."""
    if isinstance(value, types.ModuleType):
        return _Library(value)
    return _function(value) if callable(value) and not isinstance(value, type) else value


class _Library:
    """NumPy, `math` or SciPy, with numbers kept exact: `np.pi` is pi, `np.sqrt(2)` a square root."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        if name in CONSTANTS:
            known = CONSTANTS[name]
            return known if known is None else Tracer(known)
        return _view(getattr(self._module, name))


@traces("__array_namespace__")
def _namespace(*_: Any, **__: Any) -> _Library:
    """What code that follows the array API standard gets as its `xp`."""
    return _Library(np)


def _function(real: Callable[..., Any]) -> Callable[..., Any]:
    """A library's function: by its meaning where it is given symbols and numbers alone, else itself."""
    name = real.__name__

    def call_it(*args: Any, **kwargs: Any) -> Any:
        symbolic = any(_symbolic(arg) for arg in (*args, *kwargs.values()))
        if symbolic and name in FUNCTIONS:
            return FUNCTIONS[name](*args, **kwargs)
        found = None if symbolic else real(*args, **kwargs)
        plain = all(isinstance(arg, (Tracer, int, float, np.generic)) for arg in args) and not kwargs
        if plain and meaning(name) is not None and not isinstance(found, (int, np.integer, np.bool_)):
            return elementwise(name, *args)
        return real(*args, **kwargs) if symbolic else found

    return call_it


def _symbolic(value: Any) -> bool:
    return isinstance(value, Tracer) or (isinstance(value, (tuple, list)) and any(map(_symbolic, value)))
