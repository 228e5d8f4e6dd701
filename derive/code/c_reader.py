"""`trace_c`: a C function read as a formula, by running its syntax tree on symbols."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from derive.code.c_expressions import Expressions, Scope, fail, is_whole
from derive.code.c_loops import folded
from derive.code.c_source import parse
from derive.code.c_values import Counter, Number, Pointer, State, Value, Write, either
from derive.code.constants import EXACT, Constants
from derive.code.paths import settled
from derive.code.shapes import less
from derive.code.trace import Traced
from derive.errors import UnsupportedError
from derive.term import (
    Term,
    free_symbols,
    fresh,
    rational_value,
    symbol,
    term,
)

MOST_SPLITS: Final = 64  # returns inside conditions
UNROLLED: Final = 64  # steps of a loop with a known number of them


def trace_c(source: str, name: str | None = None, *, exact: bool = True) -> Term:
    """The formula that a C function computes, in real numbers: rounding is left out.

    name: which function; the last one where it is left out. A function that returns a number gives its
    value; a void function that fills one array in loops gives the element at the loops' indices, with
    inputs as components `x[i]`. With `exact`, a constant with all its digits is the one that it rounds
    (see `derive.trace`). Functions of libm are known by their meaning; others must be in the source.
    Raises UnsupportedError, with the line, for what has no formula.
    """
    return run_c(source, name, Constants(exact)).formula


def run_c(source: str, name: str | None = None, reading: Constants = EXACT) -> Traced:
    """As `trace_c`, with all that it learned."""
    program = CProgram(source, reading)
    function = program.function(name)
    result, writes = program.run(function)
    arguments = tuple(parameter.name for parameter in program.parameters(function))
    if result is not None:
        return Traced(function.decl.name, arguments, result, (), (), {})
    if len(writes) != 1:
        raise UnsupportedError(f"{function.decl.name} returns nothing, and does not fill one array once")
    (write,) = writes
    arguments = tuple(argument for argument in arguments if argument != write.array)
    indices = tuple(counter.name for counter in write.counters)
    return Traced(function.decl.name, arguments, write.value, indices, (), {})


class CProgram(Expressions):
    """A translation unit, ready to be run on symbols."""

    def __init__(self, source: str, reading: Constants) -> None:
        functions = {node.decl.name: node for node in parse(source).ext if type(node).__name__ == "FuncDef"}
        super().__init__(functions, reading)
        self.splits = 0
        self.taken: set[str] = set()

    def function(self, name: str | None) -> Any:
        if not self.functions:
            raise UnsupportedError("the source defines no function")
        chosen = name or list(self.functions)[-1]
        if chosen not in self.functions:
            raise UnsupportedError(f"the source defines no function {chosen}, only {', '.join(self.functions)}")
        return self.functions[chosen]

    def parameters(self, function: Any) -> list[Any]:
        listed = function.decl.type.args.params if function.decl.type.args else []
        return [parameter for parameter in listed if getattr(parameter, "name", None)]

    def run(self, function: Any) -> tuple[Term | None, tuple[Write, ...]]:
        """What the function returns, and what it writes to arrays, with symbols for its parameters."""
        state = State()
        parameters = self.parameters(function)
        self.taken = {parameter.name for parameter in parameters}
        given: list[Value] = [
            Pointer(parameter.name)
            if _is_pointer(parameter.type)
            else Number(symbol(parameter.name), is_whole(parameter.type))
            for parameter in parameters
        ]
        result = self.call(function, given, state)
        return (None if result is None else result.amount), state.writes

    def call(self, function: Any, given: list[Value], state: State) -> Number | None:
        parameters = self.parameters(function)
        if len(parameters) != len(given):
            raise fail(function, f"{function.decl.name} takes {len(parameters)} arguments, not {len(given)}")
        scope = {p.name: state.declare(is_whole(p.type), value) for p, value in zip(parameters, given, strict=True)}
        result = self.block(list(function.body.block_items or []), scope, state)
        whole = is_whole(function.decl.type.type)
        return None if result is None else result.converted(whole)

    # Statements

    def block(self, statements: list[Any], scope: Scope, state: State) -> Number | None:
        """Runs statements in order; the value returned, if one is."""
        scope = dict(scope)
        for place, statement in enumerate(statements):
            kind = type(statement).__name__
            if kind == "Return":
                return None if statement.expr is None else self.number(statement.expr, scope, state)
            if kind == "If" and (_returns(statement.iftrue) or _returns(statement.iffalse)):
                return self.split(statement, statements[place + 1 :], scope, state)
            if kind == "Compound" and _returns(statement):
                return self.block([*(statement.block_items or []), *statements[place + 1 :]], scope, state)
            self.statement(statement, scope, state)
        return None

    def split(self, statement: Any, rest: list[Any], scope: Scope, state: State) -> Number | None:
        """An `if` that may return: both ways to the end of the function."""
        self.splits += 1
        if self.splits > MOST_SPLITS:
            raise fail(statement, f"more than {MOST_SPLITS} paths through the code")
        condition = self.number(statement.cond, scope, state).condition
        known = settled(condition)
        ways = [[part, *rest] if part is not None else rest for part in (statement.iftrue, statement.iffalse)]
        if known is not None:
            return self.block(ways[0 if known else 1], scope, state)
        other = state.copy()
        results = self.block(ways[0], scope, state), self.block(ways[1], scope, other)
        state.merge(condition, other)
        first, second = results
        if first is None or second is None:
            if first is not second:
                raise fail(statement, "one way returns a value, the other does not")
            return None
        return either(condition, first, second)

    def statement(self, node: Any, scope: Scope, state: State) -> None:
        handler = getattr(self, f"do_{type(node).__name__}", None)
        if handler is None:
            raise fail(node, f"{type(node).__name__} is not read")
        handler(node, scope, state)

    def do_Compound(self, node: Any, scope: Scope, state: State) -> None:
        self.block(list(node.block_items or []), scope, state)

    def do_EmptyStatement(self, node: Any, scope: Scope, state: State) -> None:
        pass

    def do_DeclList(self, node: Any, scope: Scope, state: State) -> None:
        for declaration in node.decls:
            self.do_Decl(declaration, scope, state)

    def do_Decl(self, node: Any, scope: Scope, state: State) -> None:
        if type(node.type).__name__ == "ArrayDecl":
            raise fail(node, "an array of the function's own is not read")
        value = None if node.init is None else self.value(node.init, scope, state)
        scope[node.name] = state.declare(is_whole(node.type), value)

    def do_Cast(self, node: Any, scope: Scope, state: State) -> None:
        self.value(node.expr, scope, state)  # (void)x; says that x is not used

    def do_FuncCall(self, node: Any, scope: Scope, state: State) -> None:
        self.called(node, scope, state)

    def do_Assignment(self, node: Any, scope: Scope, state: State) -> None:
        value = self.value(node.rvalue, scope, state)
        if node.op != "=":
            value = self.combined(node, node.op[:-1], self.number(node.lvalue, scope, state), value)
        self.store(node.lvalue, value, scope, state)

    def do_UnaryOp(self, node: Any, scope: Scope, state: State) -> None:
        if node.op not in ("p++", "++", "p--", "--"):
            raise fail(node, "a statement without effect")
        sign = "+" if "+" in node.op else "-"
        step = self.combined(node, sign, self.number(node.expr, scope, state), Number(term(1), True))
        self.store(node.expr, step, scope, state)

    def do_If(self, node: Any, scope: Scope, state: State) -> None:
        condition = self.number(node.cond, scope, state).condition
        known = settled(condition)
        if known is not None:
            chosen = node.iftrue if known else node.iffalse
            self.block([chosen] if chosen is not None else [], scope, state)
            return
        other = state.copy()
        self.block([node.iftrue], scope, state)
        self.block([node.iffalse] if node.iffalse is not None else [], scope, other)
        state.merge(condition, other)

    def store(self, target: Any, value: Value, scope: Scope, state: State) -> None:
        place = self.place(target, scope, state)
        if isinstance(place, int):
            state.assign(place, value)
        elif isinstance(value, Number):
            pointer, index = place
            state.record(Write(pointer.array, index, value.amount))
        else:
            raise fail(target, "a pointer is stored in an array")

    # Loops

    def do_For(self, node: Any, scope: Scope, state: State) -> None:
        name, first, last, inner = self.counted(node, scope, state)
        ends = rational_value(first), rational_value(last)
        if ends[0] is not None and ends[1] is not None and ends[1] - ends[0] < UNROLLED:
            for step in range(int(ends[0]), int(ends[1]) + 1):
                state.assign(inner[name], Number(term(step), True))
                self.block([node.stmt], inner, state)
            return
        counter = Counter(fresh(name, self.taken), first, last)
        self.taken.add(counter.name)
        self.fold(node, inner, state, inner[name], counter)
        self.taken.discard(counter.name)

    def counted(self, node: Any, scope: Scope, state: State) -> tuple[str, Term, Term, Scope]:
        """The counter, its first and last value, and the scope of the body."""
        inner = dict(scope)
        if node.init is not None:
            self.statement(node.init, inner, state)
        condition, step = node.cond, node.next
        name = getattr(getattr(condition, "left", None), "name", None)
        counts = getattr(step, "op", None) in ("p++", "++") and getattr(step.expr, "name", None) == name
        if not counts or name not in inner or condition.op not in ("<", "<=", "!="):
            raise fail(node, "only loops of the form for (i = first; i < last; i++) are read")
        end = self.number(condition.right, inner, state).amount
        first = state.cells[inner[name]]
        assert isinstance(first, Number)
        return name, first.amount, (end if condition.op == "<=" else less(end, 1)), inner

    def fold(self, node: Any, scope: Scope, state: State, cell: int, counter: Counter) -> None:
        """One step on symbols for whatever the loop carries along, and what all steps come to."""
        bound = Number(symbol(counter.name), True)
        carried: dict[int, Term] = {}
        while True:
            marked = {cell: Number(mark, state.whole[cell]) for cell, mark in carried.items()}
            after = replace(state.copy(), counting=(*state.counting, counter), reads=set())
            after.cells |= marked | {cell: bound}
            before = dict(after.cells)
            self.block([node.stmt], scope, after)
            changed = [kept for kept in state.cells if after.cells[kept] != before[kept] and kept not in carried]
            if not changed:
                break
            carried |= {kept: symbol(f"#{kept}") for kept in changed}
        last = self.number(node.cond.right, scope, after).amount
        if cell in carried or (last if node.cond.op == "<=" else less(last, 1)) is not counter.last:
            raise fail(node, "the loop changes its own counter or end")
        state.reads |= after.reads
        names = {cell: name for name, cell in scope.items()}
        new = [write for write in after.writes if write not in state.writes]
        self.keep(node, state, after, new, {mark.name for mark in carried.values()}, counter)
        for kept, mark in carried.items():
            old, step = state.cells[kept], after.cells[kept]
            if not isinstance(old, Number) or not isinstance(step, Number):
                raise fail(node, "the loop moves a pointer")
            value = folded(names.get(kept, "a variable"), old.amount, mark, step.amount, counter)
            if free_symbols(value) & {mark.name for mark in carried.values()}:
                raise fail(node, "the loop's variables depend on each other's course")
            state.cells[kept] = Number(value, old.whole)

    def keep(self, node: Any, state: State, after: State, new: list[Write], marks: set[str], counter: Counter) -> None:
        """What the steps of a loop wrote to arrays, where every step has a place of its own."""
        for write in new:
            if free_symbols(write.value) & marks:
                raise fail(node, f"{write.array} is filled with values that the loop carries along")
            if counter.name not in free_symbols(write.index):
                raise fail(node, f"{write.array} is written at the same place in every step of the loop")
            read = (index for array, index in after.reads if array == write.array)
            if not all(write.reaches(index) for index in read):
                raise fail(node, f"{write.array} is read where another step of the loop writes")
            state.record(replace(write, counters=(counter, *write.counters)))


def _returns(node: Any) -> bool:
    if node is None:
        return False
    return type(node).__name__ == "Return" or any(_returns(child) for _, child in node.children())


def _is_pointer(declared: Any) -> bool:
    return type(declared).__name__ in ("PtrDecl", "ArrayDecl")
