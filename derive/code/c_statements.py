"""C's statements, run on symbols: declarations, assignments, branches, and returns within them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from derive.code.c_expressions import Expressions, Scope, fail, located
from derive.code.c_types import VOID, Declared, declared
from derive.code.c_values import Number, Pointer, State, Value, Write, either, whole
from derive.code.constants import Constants
from derive.code.paths import settled
from derive.errors import UnsupportedError

MAX_SPLITS: Final = 64  # returns inside conditions
Frames = tuple[tuple[tuple[Any, ...], Scope], ...]  # statements still to run, each with its scope, the innermost first


class Statements(Expressions):
    """Runs statements of pycparser's tree, in a scope and a state."""

    def __init__(self, functions: dict[str, Any], typedefs: Mapping[str, Declared], constants: Constants) -> None:
        super().__init__(functions, typedefs, constants)
        self.splits = 0
        self.returning: list[Declared] = []  # the types of the functions that are running

    def run_frames(self, frames: Frames, state: State) -> Number | None:
        """Runs statements in order; the value returned, if one is."""
        while frames:
            (statements, scope), *outer = frames
            if not statements:
                frames = tuple(outer)
                continue
            node, rest = statements[0], statements[1:]
            kind = type(node).__name__
            if kind == "Return":
                return self.returned(node, scope, state)
            if kind == "If" and (returns(node.iftrue) or returns(node.iffalse)):
                return self.split(node, ((rest, scope), *outer), state)
            if kind == "Compound":
                frames = ((tuple(node.block_items or ()), scope), (rest, scope), *outer)
            elif kind in ("Decl", "DeclList"):
                for declaration in node.decls if kind == "DeclList" else (node,):
                    scope = self.declared_in(declaration, scope, state)
                frames = ((rest, scope), *outer)
            else:
                self.statement(node, scope, state)
                frames = ((rest, scope), *outer)
        return None

    def run_one(self, node: Any, scope: Scope, state: State) -> None:
        """One statement, which does not return."""
        if node is not None:
            self.run_frames((((node,), scope),), state)

    def returned(self, node: Any, scope: Scope, state: State) -> Number | None:
        kind = self.returning[-1]
        if node.expr is None or kind == VOID:
            if node.expr is None and kind == VOID:
                return None
            raise fail(node, f"the function is of the type {kind}, and the return does not fit")
        found = self.whole_value(node.expr, scope, state)
        if not isinstance(found, Number):
            raise fail(node, "a pointer is returned")
        try:
            value = state.fitting(kind, found)
        except UnsupportedError as problem:
            raise located(node, problem) from None
        assert isinstance(value, Number)
        return value

    def split(self, node: Any, rest: Frames, state: State) -> Number | None:
        """An `if` that may return: both ways to the end of the function."""
        self.splits += 1
        if self.splits > MAX_SPLITS:
            raise fail(node, f"more than {MAX_SPLITS} paths through the code")
        scope = rest[0][1]
        condition = self.number(node.cond, scope, state).condition
        branches = [(((part,) if part is not None else (), scope), *rest) for part in (node.iftrue, node.iffalse)]
        known = settled(condition)
        if known is not None:
            return self.run_frames(branches[0 if known else 1], state)
        other = state.copy()
        first, second = self.run_frames(branches[0], state), self.run_frames(branches[1], other)
        try:
            state.merge(condition, other)
            if first is None or second is None:
                if first is not second:
                    raise fail(node, "one way returns a value, the other does not")
                return None
            return either(condition, first, second)
        except UnsupportedError as problem:
            raise located(node, problem) from None

    def statement(self, node: Any, scope: Scope, state: State) -> None:
        handler = getattr(self, f"do_{type(node).__name__}", None)
        if handler is None:
            raise fail(node, f"{type(node).__name__} is not read")
        try:
            handler(node, scope, state)
        except UnsupportedError as problem:
            raise located(node, problem) from None

    def do_EmptyStatement(self, node: Any, scope: Scope, state: State) -> None:
        pass

    def do_Pragma(self, node: Any, scope: Scope, state: State) -> None:
        pass

    def declared_in(self, node: Any, scope: Scope, state: State) -> Scope:
        """The scope with one more variable."""
        if type(node).__name__ != "Decl":
            raise fail(node, f"{type(node).__name__} is not read")
        if type(node.type).__name__ == "ArrayDecl":
            raise fail(node, "an array of the function's own is not read")
        if type(node.type).__name__ == "FuncDecl":
            return scope
        if set(node.storage) & {"static", "extern"} and not ("static" in node.storage and "const" in node.quals):
            raise fail(node, f"{node.name} is {node.storage[0]}: what it holds is not settled by this call alone")
        try:
            kind = declared(node.type, self.typedefs)
            if kind == VOID:
                raise fail(node, f"{node.name} has the type void")
            # A name means the new variable in its own initial value already.
            cell = state.declare(kind)
            scope = {**scope, node.name: cell}
            if node.init is not None:
                state.assign(cell, self.whole_value(node.init, scope, state))
            return scope
        except UnsupportedError as problem:
            raise located(node, problem) from None

    def do_Cast(self, node: Any, scope: Scope, state: State) -> None:
        self.value(node.expr, scope, state)  # (void)x; says that x is not used

    def do_FuncCall(self, node: Any, scope: Scope, state: State) -> None:
        self.called(node, scope, state)

    def do_Assignment(self, node: Any, scope: Scope, state: State) -> None:
        if node.op != "=":
            value = self.value(node.rvalue, scope, state)
            value = self.combined(node, node.op[:-1], self.number(node.lvalue, scope, state), value)
        elif type(node.rvalue).__name__ == "Assignment":
            # a = b = 0: the value of the inner one is what b then holds.
            self.do_Assignment(node.rvalue, scope, state)
            value = self.value(node.rvalue.lvalue, scope, state)
        elif type(node.lvalue).__name__ == "ID":
            value = self.whole_value(node.rvalue, scope, state)
        else:
            value = self.value(node.rvalue, scope, state)
        self.store(node.lvalue, value, scope, state)

    def do_UnaryOp(self, node: Any, scope: Scope, state: State) -> None:
        if node.op not in ("p++", "++", "p--", "--"):
            raise fail(node, "a statement without effect")
        sign = "+" if "+" in node.op else "-"
        step = self.combined(node, sign, self.number(node.expr, scope, state), whole(1))
        self.store(node.expr, step, scope, state)

    def do_If(self, node: Any, scope: Scope, state: State) -> None:
        condition = self.number(node.cond, scope, state).condition
        known = settled(condition)
        if known is not None:
            self.run_one(node.iftrue if known else node.iffalse, scope, state)
            return
        other = state.copy()
        self.run_one(node.iftrue, scope, state)
        self.run_one(node.iffalse, scope, other)
        state.merge(condition, other)

    def store(self, target: Any, value: Value, scope: Scope, state: State) -> None:
        place = self.place(target, scope, state)
        if isinstance(place, int):
            state.assign(place, value)
            return
        pointer, index = place
        if isinstance(value, Pointer) or not isinstance(value, Number):
            raise fail(target, "a pointer is stored in an array")
        stored = value.converted(pointer.target)
        state.record(Write(pointer.array, index, stored.amount))


def returns(node: Any) -> bool:
    """Whether a return is somewhere in it."""
    if node is None:
        return False
    return type(node).__name__ == "Return" or any(returns(child) for _, child in node.children())
