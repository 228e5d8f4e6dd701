"""`trace_c`: a C function read as a formula, by running its syntax tree on symbols."""

from __future__ import annotations

from typing import Any, Final

from derive.calculus.axes import with_axes
from derive.code.c_expressions import fail, located
from derive.code.c_iteration import Iteration
from derive.code.c_source import parse
from derive.code.c_strides import in_order
from derive.code.c_types import HEADERS, VOID, CType, Declared, PointerType, declared
from derive.code.c_values import Number, Pointer, State, Value, Write, unknown
from derive.code.constants import EXACT, Constants
from derive.code.trace import Traced
from derive.errors import UnsupportedError
from derive.spec.domain import Axis, Domain
from derive.term import Term, symbol

MAX_CALL_DEPTH: Final = 32


def trace_c(source: str, name: str | None = None, *, exact: bool = True) -> Term:
    """The formula that a C function computes, in real numbers: rounding is left out.

    name: which function; the last one where it is left out. A function that returns a number gives its
    value; a void function that fills one array in loops gives the element at the loops' indices, with
    inputs as components `x[i]`. With `exact`, a constant with all its digits is the one that it rounds
    (see `derive.trace`). Functions of libm are known by their meaning; others must be in the source.
    Integers are C's, with their types and conversions; arrays of different parameters do not overlap.
    Raises UnsupportedError, with the line, for what has no formula.

    >>> derive.trace_c("double square(double x) { return x * x; }")
    x*x
    """
    return run_c(source, name, Constants(exact)).formula


def run_c(source: str, name: str | None = None, reading: Constants = EXACT) -> Traced:
    """As `trace_c`, with all that it learned."""
    try:
        return _run(CProgram(source, reading), name)
    except RecursionError:
        raise UnsupportedError("the source is nested too deeply to be read") from None


def _run(program: CProgram, name: str | None) -> Traced:
    function = program.function(name)
    result, writes = program.run(function)
    called = function.decl.name
    arguments = tuple(parameter.name for parameter in program.parameters(function))
    facts = program.facts(function)
    if result is not None:
        return Traced(called, arguments, result, (), (), _axes(arguments, result), facts)
    if len(writes) != 1:
        raise UnsupportedError(f"{called} returns nothing, and does not fill one array once")
    (write,) = writes
    if not in_order(write.index, write.counters):
        raise UnsupportedError(f"{called} fills {write.array} at {write.index}, not in the order of its loops")
    arguments = tuple(argument for argument in arguments if argument != write.array)
    indices = tuple(counter.name for counter in write.counters)
    shape = tuple(counter.last + 1 for counter in write.counters)
    whole = write.value
    for counter in write.counters:
        whole = Term("sum", (whole, symbol(counter.name), counter.first, counter.last))
    return Traced(called, arguments, write.value, indices, shape, _axes(arguments, whole), facts)


def _axes(arguments: tuple[str, ...], formula: Term) -> dict[str, tuple[Axis, ...]]:
    """How long the arrays are, from the loops that run along them."""
    found = with_axes(Domain(), [formula]).axes
    return {name: axes for name, axes in found.items() if name in arguments}


class CProgram(Iteration):
    """A translation unit, ready to be run on symbols."""

    def __init__(self, source: str, reading: Constants) -> None:
        functions: dict[str, Any] = {}
        typedefs: dict[str, Declared] = dict(HEADERS)
        super().__init__(functions, typedefs, reading)
        self.taken: set[str] = set()
        self.depth = 0
        for node in parse(source).ext:
            kind = type(node).__name__
            if kind == "FuncDef":
                functions[node.decl.name] = node
            elif kind == "Typedef":
                self.define_type(node, typedefs)
            elif kind == "Decl":
                self.define_global(node)

    def define_type(self, node: Any, typedefs: dict[str, Declared]) -> None:
        """A name for a type; one that is not read is refused where it is used."""
        typedefs.pop(node.name, None)
        try:
            typedefs[node.name] = declared(node.type, typedefs)
        except UnsupportedError:
            return

    def define_global(self, node: Any) -> None:
        """A constant of the whole file; what is no constant number is refused where it is used."""
        if type(node.type).__name__ != "TypeDecl" or "const" not in node.quals or node.init is None:
            return
        try:
            kind = declared(node.type, self.typedefs)
            value = State().fitting(kind, self.number(node.init, {}, State()))
        except UnsupportedError:
            return
        assert isinstance(value, Number)
        self.globals[node.name] = value

    def function(self, name: str | None) -> Any:
        if not self.functions:
            raise UnsupportedError("the source defines no function")
        chosen = name or list(self.functions)[-1]
        if chosen not in self.functions:
            raise UnsupportedError(f"the source defines no function {chosen}, only {', '.join(self.functions)}")
        return self.functions[chosen]

    def parameters(self, function: Any) -> list[Any]:
        declaration = function.decl.type
        if type(declaration).__name__ != "FuncDecl":
            raise fail(function, f"{function.decl.name} has no list of parameters")
        listed = declaration.args.params if declaration.args else []
        if len(listed) == 1 and getattr(listed[0], "name", None) is None and _is_void(listed[0]):
            return []
        for parameter in listed:
            if type(parameter).__name__ != "Decl" or parameter.name is None:
                raise fail(function, f"a parameter of {function.decl.name} has no type or no name")
        return list(listed)

    def kinds(self, function: Any) -> list[Declared]:
        """The types of the parameters."""
        found = []
        for parameter in self.parameters(function):
            try:
                found.append(declared(parameter.type, self.typedefs))
            except UnsupportedError as problem:
                raise located(parameter, problem) from None
        return found

    def run(self, function: Any) -> tuple[Term | None, tuple[Write, ...]]:
        """What the function returns, and what it writes to arrays, with symbols for its parameters."""
        state = State()
        names = [parameter.name for parameter in self.parameters(function)]
        self.taken = set(names)
        given: list[Value] = [
            Pointer(name, kind.target) if isinstance(kind, PointerType) else unknown(symbol(name), kind)
            for name, kind in zip(names, self.kinds(function), strict=True)
        ]
        result = self.call(function, given, state)
        return (None if result is None else result.amount), state.writes

    def facts(self, function: Any) -> tuple[str, ...]:
        """What the types of the parameters say of their values."""
        found: list[str] = []
        for parameter, kind in zip(self.parameters(function), self.kinds(function), strict=True):
            if isinstance(kind, CType) and kind.whole:
                found.append(f"{parameter.name} integer")
                found += [] if kind.signed else [f"{parameter.name} >= 0"]
                found += [f"{parameter.name} <= 1"] if kind.bits == 1 else []
        return tuple(found)

    def call(self, function: Any, given: list[Value], state: State) -> Number | None:
        parameters, kinds = self.parameters(function), self.kinds(function)
        called = function.decl.name
        if len(parameters) != len(given):
            raise fail(function, f"{called} takes {len(parameters)} arguments, not {len(given)}")
        if self.depth == MAX_CALL_DEPTH:
            raise fail(function, f"{called} calls itself, or calls are more than {MAX_CALL_DEPTH} deep")
        returned = declared(function.decl.type.type, self.typedefs)
        pairs = zip(parameters, kinds, given, strict=True)
        scope = {parameter.name: state.declare(kind, value) for parameter, kind, value in pairs}
        self.depth += 1
        self.returning.append(returned)
        result = self.run_frames(((tuple(function.body.block_items or ()), scope),), state)
        self.returning.pop()
        self.depth -= 1
        if result is None and returned != VOID:
            raise fail(function, f"{called} ends without returning a value")
        return result


def _is_void(parameter: Any) -> bool:
    return getattr(getattr(parameter.type, "type", None), "names", None) == ["void"]
