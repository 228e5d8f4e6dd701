"""C's expressions, valued on symbols."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from derive.code.c_source import TYPES
from derive.code.c_values import Number, Pointer, Reference, State, Value, either
from derive.code.constants import DOUBLE, SINGLE, Constants
from derive.code.library import applied
from derive.code.paths import settled
from derive.errors import UnsupportedError
from derive.term import FALSE, INFINITY, NAN, TRUE, ZERO, Term, decimal, relation, term

NAMES: Final = {
    **dict.fromkeys(("INFINITY", "HUGE_VAL", "HUGE_VALF"), INFINITY),
    "NAN": NAN,
    "true": TRUE,
    "false": FALSE,
}
OPERATORS: Final = {"+": "add", "-": "sub", "*": "mul", "/": "div"}
COMPARISONS: Final = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}
WHOLE: Final = {"int", "long", "short", "char", "unsigned", "signed", "_Bool", *TYPES["int"]}

Scope = dict[str, int]


class Expressions:
    """Reads expressions of pycparser's tree, in a scope and a state; functions are called by `call`."""

    def __init__(self, functions: dict[str, Any], constants: Constants) -> None:
        self.functions, self.constants = functions, constants

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
        found: Value = handler(node, scope, state)
        return found

    def read_Constant(self, node: Any, scope: Scope, state: State) -> Number:
        written = node.value.lower()
        if "char" in node.type or "string" in node.type:
            raise fail(node, f"{node.value} is not a number")
        if written.startswith("0x") and "p" in written:
            return Number(decimal(Fraction(float.fromhex(written.rstrip("fl")))))
        if "int" in node.type:
            digits = written.rstrip("ul")
            return Number(term(int(digits, 8 if digits.isdigit() and digits[0] == "0" else 0)), True)
        bits = SINGLE if written.endswith("f") else DOUBLE
        return Number(self.constants.read(written.rstrip("fl"), bits))

    def read_ID(self, node: Any, scope: Scope, state: State) -> Value:
        if node.name in scope:
            if scope[node.name] not in state.cells:
                raise fail(node, f"{node.name} is read before it has a value")
            return state.cells[scope[node.name]]
        if node.name in NAMES:
            return Number(NAMES[node.name])
        raise fail(node, f"{node.name} is not known here")

    def read_Cast(self, node: Any, scope: Scope, state: State) -> Value:
        found = self.value(node.expr, scope, state)
        return found.converted(is_whole(node.to_type.type)) if isinstance(found, Number) else found

    def read_TernaryOp(self, node: Any, scope: Scope, state: State) -> Value:
        condition = self.number(node.cond, scope, state).condition
        known = settled(condition)
        if known is not None:
            return self.value(node.iftrue if known else node.iffalse, scope, state)
        ways = self.number(node.iftrue, scope, state), self.number(node.iffalse, scope, state)
        return either(condition, *ways)

    def read_ArrayRef(self, node: Any, scope: Scope, state: State) -> Value:
        place = self.place(node, scope, state)
        if isinstance(place, int):
            return state.cells[place]
        pointer, index = place
        try:
            return Number(state.load(pointer.array, index))
        except UnsupportedError as problem:
            raise fail(node, str(problem)) from problem

    def read_UnaryOp(self, node: Any, scope: Scope, state: State) -> Value:
        if node.op == "&":
            place = self.place(node.expr, scope, state)
            return Reference(place) if isinstance(place, int) else Pointer(place[0].array, place[1])
        if node.op == "*":
            return self.read_ArrayRef(node, scope, state)
        found = self.number(node.expr, scope, state)
        if node.op == "!":
            return Number(Term("not", (found.condition,)), True)
        if node.op == "-":
            return Number(-found.amount, found.whole)
        if node.op == "+":
            return found
        raise fail(node, f"the operator {node.op} is not read")

    def read_BinaryOp(self, node: Any, scope: Scope, state: State) -> Value:
        left, right = self.value(node.left, scope, state), self.value(node.right, scope, state)
        return self.combined(node, node.op, left, right)

    def combined(self, node: Any, sign: str, left: Value, right: Value) -> Value:
        if isinstance(left, Pointer) and isinstance(right, Number) and sign == "+":
            return Pointer(left.array, left.at(right.amount))
        if not isinstance(left, Number) or not isinstance(right, Number):
            raise fail(node, "arithmetic with pointers is not read")
        whole = left.whole and right.whole
        if sign in ("&&", "||"):
            return Number(_joined("and" if sign == "&&" else "or", left.condition, right.condition), True)
        if sign in COMPARISONS:
            return Number(relation(COMPARISONS[sign], left.amount, right.amount), True)
        if sign == "/" and whole:
            return Number(left.amount / right.amount).converted(True)
        if sign == "%" and whole:
            found = applied("fmod", left.amount, right.amount)
            assert found is not None
            return Number(found, True)
        if sign not in OPERATORS:
            raise fail(node, f"the operator {sign} is not read")
        return Number(Term(OPERATORS[sign], (left.amount, right.amount)), whole)

    def read_FuncCall(self, node: Any, scope: Scope, state: State) -> Value:
        found = self.called(node, scope, state)
        if found is None:
            raise fail(node, f"{node.name.name} returns nothing")
        return found

    def called(self, node: Any, scope: Scope, state: State) -> Number | None:
        name = getattr(node.name, "name", None)
        if not isinstance(name, str):
            raise fail(node, "a call through a pointer is not read")
        given = [self.value(part, scope, state) for part in (node.args.exprs if node.args else [])]
        if name in self.functions:
            return self.call(self.functions[name], given, state)
        numbers = [part.amount for part in given if isinstance(part, Number)]
        found = _libm(name, numbers) if len(numbers) == len(given) else None
        if found is None:
            raise fail(node, f"unknown function {name}: it is neither of libm nor defined in the source")
        return Number(found)

    def place(self, node: Any, scope: Scope, state: State) -> int | tuple[Pointer, Term]:
        """The variable's cell, or the array and index, that an expression names."""
        kind = type(node).__name__
        if kind == "ID" and node.name in scope:
            return scope[node.name]
        if kind == "ArrayRef":
            base, index = self.value(node.name, scope, state), self.number(node.subscript, scope, state)
            if isinstance(base, Pointer):
                return base, base.at(index.amount)
        if kind == "UnaryOp" and node.op == "*":
            base = self.value(node.expr, scope, state)
            if isinstance(base, Reference):
                return base.cell
            if isinstance(base, Pointer):
                return base, base.at(ZERO)
        raise fail(node, "this cannot be read from or stored to")


def _joined(head: str, left: Term, right: Term) -> Term:
    """Two conditions, without one that holds always or never."""
    for one, other in ((left, right), (right, left)):
        known = settled(one)
        if known is not None:
            return one if known == (head == "or") else other
    return Term(head, (left, right))


def _libm(name: str, arguments: list[Term]) -> Term | None:
    """By its name, or by its name without the suffix for float or long double."""
    for known in (name, name[:-1] if name[-1] in "fl" else ""):
        found = applied(known, *arguments) if known else None
        if found is not None:
            return found
    return None


def is_whole(declared: Any) -> bool:
    """Whether a declared type is one of C's integers."""
    names = getattr(getattr(declared, "type", None), "names", [])
    return bool(names) and set(names) <= WHOLE


def fail(node: Any, problem: str) -> UnsupportedError:
    line = getattr(getattr(node, "coord", None), "line", None)
    return UnsupportedError(f"line {line}: {problem}" if line else problem)
