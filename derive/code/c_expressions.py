"""C's expressions, valued on symbols."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from derive.code.c_arithmetic import chosen, combined, inverted, negated
from derive.code.c_types import (
    DOUBLE,
    FLOAT,
    INT,
    LONG_DOUBLE,
    VOID,
    CType,
    Declared,
    declared,
    literal_value,
    of_literal,
)
from derive.code.c_values import Number, Pointer, Reference, State, Value, truth, unknown, whole
from derive.code.constants import DOUBLE as DOUBLE_BITS
from derive.code.constants import SINGLE, Constants
from derive.code.library import LIBM, applied, finite
from derive.errors import UnsupportedError
from derive.term import INFINITY, NAN, ZERO, Term, decimal

NAMES: Final = {
    **dict.fromkeys(("INFINITY", "HUGE_VALF"), Number(INFINITY, FLOAT)),
    "HUGE_VAL": Number(INFINITY, DOUBLE),
    "NAN": Number(NAN, FLOAT),
    "true": whole(1),
    "false": whole(0),
}

Scope = dict[str, int]


class Expressions:
    """Reads expressions of pycparser's tree, in a scope and a state; functions are called by `call`.

    Nothing in an expression changes a variable or an array, but for a call that is all of a statement's value.
    """

    def __init__(self, functions: dict[str, Any], typedefs: Mapping[str, Declared], constants: Constants) -> None:
        self.functions, self.typedefs, self.constants = functions, typedefs, constants
        self.globals: dict[str, Number] = {}

    def call(self, function: Any, given: list[Value], state: State) -> Number | None:
        raise NotImplementedError

    def number(self, node: Any, scope: Scope, state: State) -> Number:
        found = self.value(node, scope, state)
        if not isinstance(found, Number):
            raise fail(node, "a number is wanted here, not a pointer")
        return found

    def value(self, node: Any, scope: Scope, state: State) -> Value:
        handler = getattr(self, f"read_{type(node).__name__}", None)
        if handler is None:
            raise fail(node, f"{type(node).__name__} is not read")
        try:
            found: Value = handler(node, scope, state)
        except UnsupportedError as problem:
            raise located(node, problem) from None
        return found

    def whole_value(self, node: Any, scope: Scope, state: State) -> Value:
        """The value of all of a statement's expression, which may be a call that changes things."""
        if type(node).__name__ != "FuncCall":
            return self.value(node, scope, state)
        found = self.called(node, scope, state)
        if found is None:
            raise fail(node, f"{node.name.name} returns nothing")
        return found

    def read_Constant(self, node: Any, scope: Scope, state: State) -> Number:
        written = node.value.lower()
        if "char" in node.type or "string" in node.type:
            raise fail(node, f"{node.value} is not a number")
        if "int" in node.type:
            return whole(literal_value(written.rstrip("ul")), of_literal(written))
        hexadecimal = written.startswith("0x")
        suffix = written[-1] if written[-1] in "fl" else ""
        kind = {"f": FLOAT, "l": LONG_DOUBLE, "": DOUBLE}[suffix]
        digits = written.rstrip("fl") if suffix and not hexadecimal else written.rstrip("l")
        if hexadecimal:
            return Number(decimal(Fraction(float.fromhex(written.removesuffix(suffix)))), kind)
        return Number(self.constants.read(digits, SINGLE if kind is FLOAT else DOUBLE_BITS), kind)

    def read_ID(self, node: Any, scope: Scope, state: State) -> Value:
        if node.name in scope:
            cell = scope[node.name]
            if cell not in state.cells:
                raise fail(node, f"{node.name} {state.lost.get(cell, 'is read before it has a value')}")
            return state.cells[cell]
        found = self.globals.get(node.name) or NAMES.get(node.name)
        if found is None:
            raise fail(node, f"{node.name} is not known here")
        return found

    def read_Cast(self, node: Any, scope: Scope, state: State) -> Value:
        kind = declared(node.to_type.type, self.typedefs)
        if kind is VOID:
            raise fail(node, "a value is thrown away where one is wanted")
        return state.fitting(kind, self.value(node.expr, scope, state))

    def read_TernaryOp(self, node: Any, scope: Scope, state: State) -> Value:
        condition = self.number(node.cond, scope, state).condition
        return chosen(condition, self.number(node.iftrue, scope, state), self.number(node.iffalse, scope, state))

    def read_ArrayRef(self, node: Any, scope: Scope, state: State) -> Value:
        place = self.place(node, scope, state)
        if isinstance(place, int):
            if place not in state.cells:
                raise fail(node, state.lost.get(place, "a variable is read before it has a value"))
            return state.cells[place]
        pointer, index = place
        return unknown(state.load(pointer.array, index), pointer.target)

    def read_UnaryOp(self, node: Any, scope: Scope, state: State) -> Value:
        if node.op == "&":
            place = self.place(node.expr, scope, state)
            return Reference(place) if isinstance(place, int) else Pointer(place[0].array, place[0].target, place[1])
        if node.op == "*":
            return self.read_ArrayRef(node, scope, state)
        if node.op not in ("!", "-", "+"):
            raise fail(node, f"the operator {node.op.strip('p')} is not read within an expression")
        found = self.number(node.expr, scope, state)
        if node.op == "!":
            return inverted(found)
        return negated(found) if node.op == "-" else combined("+", found, whole(0)) if found.kind.whole else found

    def read_BinaryOp(self, node: Any, scope: Scope, state: State) -> Value:
        left, right = self.value(node.left, scope, state), self.value(node.right, scope, state)
        return self.combined(node, node.op, left, right)

    def combined(self, node: Any, sign: str, left: Value, right: Value) -> Value:
        if isinstance(left, Number) and isinstance(right, Number):
            return combined(sign, left, right)
        if sign == "+" and isinstance(right, Pointer):
            left, right = right, left
        if sign == "+" and isinstance(left, Pointer) and isinstance(right, Number) and right.kind.whole:
            return Pointer(left.array, left.target, left.at(right.place))
        raise fail(node, "arithmetic with pointers is not read")

    def read_FuncCall(self, node: Any, scope: Scope, state: State) -> Value:
        before = dict(state.cells), state.writes
        found = self.called(node, scope, state)
        if found is None:
            raise fail(node, f"{node.name.name} returns nothing")
        if any(state.cells.get(cell) != value for cell, value in before[0].items()) or state.writes != before[1]:
            raise fail(node, f"{node.name.name} changes something in the midst of an expression")
        return found

    def called(self, node: Any, scope: Scope, state: State) -> Number | None:
        name = getattr(node.name, "name", None)
        if not isinstance(name, str) or name in scope:
            raise fail(node, "a call through a pointer is not read")
        given = [self.value(part, scope, state) for part in (node.args.exprs if node.args else [])]
        if name in self.functions:
            return self.call(self.functions[name], given, state)
        found = _libm(name, given)
        if found is None:
            raise fail(node, f"unknown function {name}: it is neither of libm nor defined in the source")
        return found

    def place(self, node: Any, scope: Scope, state: State) -> int | tuple[Pointer, Term]:
        """The variable's cell, or the array and index, that an expression names."""
        kind = type(node).__name__
        if kind == "ID" and node.name in scope:
            return scope[node.name]
        if kind == "ArrayRef":
            base, index = self.value(node.name, scope, state), self.number(node.subscript, scope, state)
            if isinstance(base, Pointer) and index.kind.whole:
                return base, base.at(index.place)
        if kind == "UnaryOp" and node.op == "*":
            base = self.value(node.expr, scope, state)
            if isinstance(base, Reference):
                return base.cell
            if isinstance(base, Pointer):
                return base, base.at(ZERO)
        raise fail(node, "this cannot be read from or stored to")


def _libm(name: str, given: list[Value]) -> Number | None:
    """By its name, or by its name without the suffix for float or long double."""
    numbers = [part for part in given if isinstance(part, Number)]
    known, kind = next(
        ((found, kind) for found, kind in ((name, DOUBLE), (name[:-1], SUFFIXES.get(name[-1:]))) if found in LIBM),
        (None, None),
    )
    if known is None or kind is None or len(numbers) < len(given):
        return None
    meaning, takes = LIBM[known]
    if len(takes) != len(given):
        raise UnsupportedError(f"{name} takes {len(takes)} arguments, not {len(given)}")
    wanted: dict[str, CType] = {"d": kind, "i": INT}
    arguments = [
        number.amount if take == "c" else number.converted(wanted[take]).amount
        for number, take in zip(numbers, takes, strict=True)
    ]
    found = applied(meaning, *arguments)
    assert found is not None
    if takes == "c":
        if not finite(arguments[0]):
            raise UnsupportedError(f"{name} of what may be infinite or no number")
        return truth(found)
    return unknown(found, INT if takes == "i" else kind)


SUFFIXES: Final = {"f": FLOAT, "l": LONG_DOUBLE}


def located(node: Any, problem: UnsupportedError) -> UnsupportedError:
    """The problem with the line at which it is, if it does not say one."""
    return problem if str(problem).startswith("line ") else fail(node, str(problem))


def fail(node: Any, problem: str) -> UnsupportedError:
    line = getattr(getattr(node, "coord", None), "line", None)
    return UnsupportedError(f"line {line}: {problem}" if line else problem)
