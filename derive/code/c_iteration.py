"""C's loops: run step by step where their number is known, else one step on symbols and what all come to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from derive.code.c_expressions import Scope, fail
from derive.code.c_loops import folded
from derive.code.c_statements import Statements, returns
from derive.code.c_strides import writes_once
from derive.code.c_types import UNSIGNED, CType
from derive.code.c_values import Counter, Number, State, unknown
from derive.code.paths import settled
from derive.code.shapes import less
from derive.term import Term, free_symbols, fresh, symbol

UNROLLED: Final = 64  # steps of a loop with a known number of them
COMPARISONS: Final = ("<", "<=", ">", ">=", "!=")


class Iteration(Statements):
    """Runs `for` loops."""

    taken: set[str]  # names that no loop's index may have

    def do_For(self, node: Any, scope: Scope, state: State) -> None:
        if returns(node.stmt):
            raise fail(node, "a return within a loop is not read")
        for part in getattr(node.init, "decls", [node.init] if node.init is not None else []):
            if type(part).__name__ == "Decl":
                scope = self.declared_in(part, scope, state)
            else:
                self.statement(part, scope, state)
        self.check_condition(node, scope, state)
        if self.unrolled(node, scope, state):
            return
        cell, first, last = self.counted(node, scope, state)
        counter = Counter(fresh(node.cond.left.name, self.taken), first.amount, last)
        self.taken.add(counter.name)
        self.fold(node, scope, state, cell, counter)
        self.taken.discard(counter.name)
        state.forget(cell, "is read after the loop that counts it")

    def check_condition(self, node: Any, scope: Scope, state: State) -> None:
        condition = node.cond
        if getattr(condition, "op", None) not in COMPARISONS or type(condition).__name__ != "BinaryOp":
            raise fail(node, ONLY)
        sides = self.number(condition.left, scope, state), self.number(condition.right, scope, state)
        if not all(side.kind.whole for side in sides):
            raise fail(node, "how often a loop runs that counts in real numbers depends on their rounding")

    # A known number of steps

    def unrolled(self, node: Any, scope: Scope, state: State) -> bool:
        """Runs the loop step by step, if its condition is settled at each of a few steps."""
        running = state.copy()
        for _ in range(UNROLLED + 1):
            holds = self.holds(node.cond, scope, running)
            if holds is None:
                return False
            if not holds:
                state.become(running)
                return True
            self.run_one(node.stmt, scope, running)
            if node.next is not None:
                self.statement(node.next, scope, running)
        return False

    def holds(self, condition: Any, scope: Scope, state: State) -> bool | None:
        sides = self.number(condition.left, scope, state), self.number(condition.right, scope, state)
        if any(side.wraps or side.constant is None for side in sides):
            return None
        return settled(self.number(condition, scope, state).condition)

    # Any number of steps

    def counted(self, node: Any, scope: Scope, state: State) -> tuple[int, Number, Term]:
        """The counter's cell, its first and its last value."""
        condition, step = node.cond, node.next
        name = getattr(condition.left, "name", None)
        if not _steps_up(step, name) or name not in scope or condition.op not in ("<", "<=", "!="):
            raise fail(node, ONLY)
        cell = scope[name]
        kind, first = state.kinds[cell], state.cells[cell]
        end = self.number(condition.right, scope, state)
        assert isinstance(first, Number)
        assert isinstance(kind, CType)
        if kind.bits < UNSIGNED.bits:
            raise fail(node, f"{name} is of the type {kind}, and may wrap around before the loop ends")
        if kind.signed and not end.kind.signed and first.span[0] < 0:
            raise fail(node, f"{name} may be negative where it is compared with {end.kind}")
        if condition.op == "!=" and first.constant != 0 and first.place is not end.place:
            raise fail(node, f"{name} may begin beyond the end that it is to meet")
        return cell, first, _last(condition.op, end)

    def fold(self, node: Any, scope: Scope, state: State, cell: int, counter: Counter) -> None:
        """One step on symbols for whatever the loop carries along, and what all steps come to."""
        kind, first = state.kinds[cell], state.cells[cell]
        end = self.number(node.cond.right, scope, state)
        assert isinstance(kind, CType)
        assert isinstance(first, Number)
        greatest = end.span[1] - (node.cond.op != "<=")
        bound = Number(symbol(counter.name), kind, (first.span[0], max(first.span[0], min(greatest, kind.span[1]))))
        depth = len(state.counting)
        carried: dict[int, Number] = {}
        while True:
            after = replace(state.copy(), counting=(*state.counting, counter), reads=set())
            after.cells |= carried | {cell: bound}
            _at_least(after, end, first.span[0] + (node.cond.op != "<="))
            before = dict(after.cells)
            self.run_one(node.stmt, scope, after)
            changed = [kept for kept in state.cells if after.cells.get(kept) != before[kept] and kept not in carried]
            if not changed:
                break
            for kept in changed:
                variable = state.kinds[kept]
                if not isinstance(variable, CType):
                    raise fail(node, "the loop moves a pointer")
                carried[kept] = unknown(symbol(f"#{depth}.{kept}"), variable)
        if cell in carried or _last(node.cond.op, self.number(node.cond.right, scope, after)) is not counter.last:
            raise fail(node, "the loop changes its own counter or end")
        marks = {mark.formula.name for mark in carried.values()}
        state.reads |= after.reads
        self.keep(node, state, after, marks, counter)
        names = {cell: name for name, cell in scope.items()}
        for kept, mark in carried.items():
            step = after.cells.get(kept)
            if step is None or not isinstance(step, Number) or not free_symbols(step.place) & marks:
                state.forget(kept, "is read after the loop that sets it")
                continue
            old = state.cells[kept]
            assert isinstance(old, Number)
            value = folded(names.get(kept, "a variable"), old.amount, mark.formula, step.amount, counter)
            # Marks of loops around this one stay what they are.
            if free_symbols(value) & marks:
                raise fail(node, "the loop's variables depend on each other's course")
            state.cells[kept] = Number(value, mark.kind, mark.span)

    def keep(self, node: Any, state: State, after: State, marks: set[str], counter: Counter) -> None:
        """What the steps of a loop wrote to arrays, where every step has a place of its own."""
        for write in [write for write in after.writes if write not in state.writes]:
            if free_symbols(write.value) & marks or free_symbols(write.index) & marks:
                raise fail(node, f"{write.array} is filled with values that the loop carries along")
            if counter.name not in free_symbols(write.index):
                raise fail(node, f"{write.array} is written at the same place in every step of the loop")
            counters = (counter, *write.counters)
            if not writes_once(write.index, counters):
                raise fail(node, f"{write.array} may be written at the same place in several steps of the loop")
            inner = len(state.counting) + 1
            read = [(index, loops[inner:]) for array, index, loops in after.reads if array == write.array]
            if not all(write.reaches(index, loops) for index, loops in read):
                raise fail(node, f"{write.array} is read where another step of the loop writes")
            state.record(replace(write, counters=counters))


ONLY: Final = "only loops of the form for (i = first; i < last; i++) are read"


def _steps_up(step: Any, name: str | None) -> bool:
    if getattr(step, "op", None) in ("p++", "++"):
        return getattr(step.expr, "name", None) == name
    by_one = getattr(step, "op", None) == "+=" and getattr(step.rvalue, "value", None) == "1"
    return by_one and getattr(step.lvalue, "name", None) == name


def _last(sign: str, end: Number) -> Term:
    # A program that wraps here would reach outside its arrays, or never end.
    return end.place if sign == "<=" else less(end.place, 1)


def _at_least(state: State, end: Number, least: int) -> None:
    """Within a loop its end is at least what the first step needs, which numbers with that formula learn."""
    for cell, value in state.cells.items():
        if isinstance(value, Number) and value.kind.whole and value.place is end.place:
            low = max(value.span[0], least)
            if low <= value.span[1]:
                state.cells[cell] = replace(value, span=(low, value.span[1]))
