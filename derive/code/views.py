"""The traced function's own view of Python: its libraries, understood exactly; its helpers, seen the same way.

What depends on more than the arguments, or on an error that a number raises and a symbol does not, is refused
where the code comes to it.
"""

from __future__ import annotations

import builtins
import dis
import functools
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from derive.code.elements import refused
from derive.code.library import in_math, in_numpy, in_special, listed
from derive.code.tracer import FUNCTIONS, Tracer, elementwise, traces
from derive.term import INFINITY, NAN, PI, call

CONSTANTS: Final = {"pi": PI, "e": call("exp", 1), "inf": INFINITY, "nan": NAN, "tau": 2 * PI, "newaxis": None}
LIBRARIES: Final = ("numpy", "math", "scipy")
OWN: Final = frozenset(("derive",))  # whose functions know what a symbol is
RANDOM: Final = ("random", "secrets")
INTEGERS: Final = frozenset(("floor", "ceil", "trunc"))  # of `math`, which makes integers of them


def on_symbols(function: types.FunctionType) -> tuple[Callable[..., Any], list[Any]]:
    """`function` as it is when its libraries are known by their meaning, helpers in Python too; and the lists and
    their like outside, which it may not change."""
    viewer = _Viewer()
    return viewer.function(function), viewer.outside


def contents(outside: list[Any]) -> list[Any]:
    """What lists and their like hold, to be compared with what they hold later."""
    return [
        held.tobytes() if isinstance(held, np.ndarray) else list(map(id, held.values() if type(held) is dict else held))
        for held in outside
    ]


class _Viewer:
    """Functions, their globals and their closures, made anew once each."""

    def __init__(self) -> None:
        self.functions: dict[int, Callable[..., Any]] = {}
        self.homes: dict[int, dict[str, Any]] = {}
        self.cells: dict[int, types.CellType] = {}
        self.kept: list[Any] = []  # what the numbers above stand for
        self.outside: list[Any] = []  # what is neither the function's own nor fixed
        self.waiting: list[Callable[[], None]] = []

    def function(self, function: types.FunctionType) -> Callable[..., Any]:
        found = self.again(function)
        while self.waiting:
            self.waiting.pop()()
        return found

    def again(self, function: types.FunctionType) -> Callable[..., Any]:
        """The function once more, its globals and closures to be filled later."""
        if id(function) in self.functions:
            return self.functions[id(function)]
        self.kept.append(function)
        problem = _untraceable(function)
        if problem:
            self.functions[id(function)] = _refusing(problem)
            return self.functions[id(function)]
        home = self.homes.setdefault(id(function.__globals__), _home(function))
        closure = tuple(map(self.cell, function.__closure__ or ()))
        made = types.FunctionType(function.__code__, home, function.__name__, function.__defaults__, closure)
        made.__kwdefaults__ = function.__kwdefaults__
        for default in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
            self.note(default)
        self.functions[id(function)] = made

        def fill() -> None:
            for name in _names(function.__code__):
                if name in function.__globals__ and name not in home:
                    home[name] = self.value(function.__globals__[name])

        self.waiting.append(fill)
        return made

    def cell(self, cell: types.CellType) -> types.CellType:
        if id(cell) not in self.cells:
            self.kept.append(cell)
            made = self.cells[id(cell)] = types.CellType()

            def fill() -> None:
                try:
                    made.cell_contents = self.value(cell.cell_contents)
                except ValueError:
                    return  # a cell that is empty still

            self.waiting.append(fill)
        return self.cells[id(cell)]

    def note(self, value: Any) -> None:
        if type(value) in (list, dict, set, np.ndarray):
            self.outside.append(value)

    def value(self, value: Any) -> Any:
        self.note(value)
        home = _home_of(value)
        if home in (*LIBRARIES, *RANDOM):
            return view(value)
        if isinstance(value, types.FunctionType) and home not in OWN | sys.stdlib_module_names - {"__main__"}:
            return self.again(value)
        if isinstance(value, functools.partial):
            return functools.partial(self.value(value.func), *value.args, **value.keywords)
        return value


def _home(function: types.FunctionType) -> dict[str, Any]:
    return {
        "__builtins__": vars(builtins) | {"__import__": _imported, "type": _type},
        "__name__": function.__globals__.get("__name__", ""),
        "__package__": function.__globals__.get("__package__"),
    }


def _names(code: types.CodeType) -> Iterator[str]:
    """The names that code, and functions within it, look up."""
    for inner in _codes(code):
        yield from inner.co_names


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


def _untraceable(function: types.FunctionType) -> str:
    """What in a function is not traced, with its line; nothing where all is."""
    outside = set(function.__code__.co_freevars)
    for code in _codes(function.__code__):
        line = code.co_firstlineno
        instructions = list(dis.get_instructions(code))
        for place, instruction in enumerate(instructions):
            starts = getattr(instruction, "starts_line", None)
            line = starts if type(starts) is int else getattr(instruction, "line_number", None) or line
            following = instructions[place + 1].opname if place + 1 < len(instructions) else ""
            said = ""
            if instruction.opname == "PUSH_EXC_INFO" and following != "WITH_EXCEPT_START":
                said = "try is not traced: a number may raise errors where a symbol does not"
            elif instruction.opname in ("STORE_GLOBAL", "DELETE_GLOBAL"):
                said = f"the global {instruction.argval} is changed"
            elif instruction.opname == "STORE_DEREF" and instruction.argval in outside:
                said = f"{instruction.argval} is changed, which other calls see"
            if said:
                return f"{code.co_filename.rpartition('/')[2]}:{line}: {said}"
    return ""


def _refusing(problem: str) -> Callable[..., Any]:
    def refuse(*_: Any, **__: Any) -> Any:
        raise refused(problem)

    return refuse


# Libraries


def _home_of(value: Any) -> str:
    """The package that a function or a module belongs to."""
    if isinstance(value, np.ufunc):
        return "numpy"
    path = value.__name__ if isinstance(value, types.ModuleType) else getattr(value, "__module__", "")
    return str(path).partition(".")[0]


def view(value: Any) -> Any:
    """A library's module or function as traced code sees it; types are left alone."""
    if isinstance(value, types.ModuleType):
        return Library(value)
    if _home_of(value) in RANDOM:
        return _refusing("numbers drawn at random are not traced")
    return _function(value) if callable(value) and not isinstance(value, type) else value


class Library:
    """NumPy, `math` or SciPy, with numbers kept exact: `np.pi` is pi, `np.sqrt(2)` a square root."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        if self._module.__name__ in ("numpy.random", *RANDOM):
            raise refused("numbers drawn at random are not traced")
        if name in CONSTANTS and self._module.__name__ in ("numpy", "math"):
            known = CONSTANTS[name]
            return known if known is None else Tracer(known)
        return view(getattr(self._module, name))


@traces("__array_namespace__")
def _namespace(self: Any, api_version: Any = None) -> Library:
    """What code that follows the array API standard gets as its `xp`."""
    return Library(np)


def _function(real: Callable[..., Any]) -> Callable[..., Any]:
    """A library's function: by its meaning where it is given symbols and numbers alone, else itself."""
    name = getattr(real, "__name__", "")
    known = listed(real)

    def call_it(*args: Any, **kwargs: Any) -> Any:
        symbolic = any(_symbolic(arg) for arg in (*args, *kwargs.values()))
        if symbolic and name in FUNCTIONS and in_numpy(real):
            return FUNCTIONS[name](*args, **kwargs)
        found = None if symbolic else real(*args, **kwargs)
        plain = all(type(arg) in (Tracer, int, float, bool) or isinstance(arg, np.generic) for arg in args)
        if plain and known and not kwargs and not isinstance(found, (int, np.integer, np.bool_)):
            traced = elementwise(name, *args)
            if in_math(real) and name in INTEGERS:
                traced = Tracer(traced.formula, traced.shape_, traced.mask, whole=True)
            return traced
        if not symbolic:
            return found
        if in_numpy(real) or in_special(real):
            return real(*args, **kwargs)
        raise refused(f"{getattr(real, '__module__', '')}.{name} is not traced")

    for method in ("reduce",) if isinstance(real, np.ufunc) else ():
        setattr(call_it, method, getattr(real, method))
    return call_it


def _symbolic(value: Any) -> bool:
    if type(value) in (tuple, list):
        return any(map(_symbolic, value))
    return type(value) is Tracer


# Python's own


def _imported(name: str, *where: Any, **options: Any) -> Any:
    """What `import` gives within a traced function."""
    found = builtins.__import__(name, *where, **options)
    return view(found) if _home_of(found) in (*LIBRARIES, *RANDOM) else found


def _type(*given: Any) -> Any:
    if len(given) == 1 and type(given[0]) is Tracer:
        raise refused("what the code does depends on the type of its argument")
    return type(*given)
