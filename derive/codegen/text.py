"""`KernelText`: one kernel in one number format of a target, as a template sees it: finished strings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from derive.codegen.kernel import (
    Argument,
    Assign,
    Axis,
    HardCase,
    HardCases,
    Kernel,
    Map,
    Reduce,
    Reduction,
    Statement,
    Store,
    statements,
)
from derive.codegen.lower import whole_arrays
from derive.codegen.names import taken
from derive.codegen.printer import Printer
from derive.codegen.target import Fold, NumberFormat, Target
from derive.spec.statement import Function
from derive.term import fresh

LOST: Final = 2.0**24  # an error that leaves no digit of a float
BLOCK: Final = 128  # values: small beside a cache, large beside a vector


@dataclass(frozen=True)
class Block:
    """A line of code and the reason for it; or the head of a loop and its lines."""

    text: str = ""
    reason: str = ""
    body: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Gathered:
    """Values of a block in an array, and the lines that take up the array."""

    name: str
    value: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class ArgumentText:
    """An argument as a template sees it."""

    name: str
    declaration: str
    meaning: str


@dataclass(frozen=True)
class KernelText:
    """A kernel as a template sees it: finished strings, in the order in which they are printed.

    `inputs` are the names of all that is read, in order; of them, `arrays` have one value per element,
    `rows` one per row, `params` one per call, and `unused` do not matter to the result. `output` is
    declared, or shaped, as the target says; it is the first of them. `tables`: the hard cases that it names, by name.
    `needs_float64`: whether it loses too much in a format that is narrower.
    """

    symbol: str
    summary: str
    sizes: tuple[ArgumentText, ...]
    arguments: tuple[ArgumentText, ...]
    output: ArgumentText
    inputs: tuple[str, ...]
    arrays: tuple[str, ...]
    rows: tuple[str, ...]
    params: tuple[str, ...]
    unused: tuple[str, ...]
    body: tuple[Block, ...]
    tables: Mapping[str, tuple[HardCase, ...]] = field(default_factory=dict)
    needs_float64: bool = False

    @property
    def declarations(self) -> str:
        return ", ".join(part.declaration for part in (*self.sizes, *self.arguments))


class KernelWriter:
    """One kernel in one number format of one target."""

    def __init__(self, function: Function, kernel: Kernel, target: Target, number_format: NumberFormat) -> None:
        kernel = replace(kernel, body=number_format.body(kernel))
        self.function, self.kernel, self.target, self.format = function, kernel, target, number_format
        self.printer = Printer(kernel, target, number_format, function.where)
        self.symbol = number_format.symbol.format(stem=kernel.stem)
        for output in kernel.outputs:
            if output.name in target.reserved and "{name}" in target.outputs[output.shape]:
                raise taken(function, output.name, target, kernel.wrt or function.wrt[0])

    def kernel_text(self) -> KernelText:
        kernel = self.kernel
        body = kernel.body if self.target.loops else whole_arrays(kernel.body)
        blocks = self.blocks(body)
        by_shape = {shape: tuple(a.name for a in kernel.inputs if a.shape == shape)
                    for shape in ("element", "vector", "row", "scalar")}  # fmt: skip
        return KernelText(
            symbol=self.symbol,
            summary=self.target.comment(self.summary()),
            sizes=tuple(ArgumentText(size, self.target.size.format(name=size), "") for size in kernel.sizes),
            arguments=tuple(map(self.argument, kernel.arguments)),
            output=self.argument(kernel.output),
            inputs=tuple(argument.name for argument in kernel.inputs),
            arrays=by_shape["element"] or by_shape["vector"],
            rows=by_shape["row"],
            params=by_shape["scalar"],
            unused=kernel.unused,
            body=blocks,
            tables={self.table(hard): hard.cases for hard in self.hard_cases},
            needs_float64=bool(self.kernel.precise)
            or self.kernel.narrow_ulp > (self.format.ulp if self.is_of_one() else LOST),
        )

    def is_of_one(self) -> bool:
        """Whether it is of one number, so that no terms of several cancel."""
        return sum(argument.role in ("input", "param") for argument in self.kernel.inputs) == 1

    def argument(self, argument: Argument) -> ArgumentText:
        declare = self.target.outputs if argument.role == "output" else self.target.declare
        return ArgumentText(
            argument.name,
            self.printer.fill(declare[argument.shape], argument.name),
            self.printer.fill(self.target.meaning[argument.shape], argument.name),
        )

    def summary(self) -> str:
        call = f"{self.function.name}({', '.join((*self.function.inputs, *self.function.params))})"
        output = self.kernel.output.name
        if self.kernel.order == "forward":
            return f"{output} = {call}"
        wrt = self.kernel.wrt or self.function.wrt[0]
        if self.kernel.order == "with_derivative":
            return f"{output} = {call}, and {self.kernel.outputs[1].name} = the derivative in {wrt}"
        if self.kernel.order == "d2":
            return f"{output} = the second derivative of {call} in {wrt}"
        (upstream,) = (a.name for a in self.kernel.arguments if a.role == "upstream")
        return f"{output} = the gradient in {wrt}, from {upstream}, the gradient in {call}"

    def blocks(self, body: tuple[Statement, ...]) -> tuple[Block, ...]:
        return tuple(block for statement in body for block in self.statement(statement))

    def statement(self, statement: Statement) -> list[Block]:
        if isinstance(statement, Map) and self.hard_cases and self.kernel.row is None:
            return [self.rounded(statement)]
        if isinstance(statement, Map):
            return [self.loop(statement.axis, self.blocks(statement.body))]
        if isinstance(statement, Reduce):
            return self.reduce(statement)
        if isinstance(statement, Store):
            value = self.printer.write_narrow(statement.value)
            return [Block(self.printer.fill(self.target.store[statement.target.shape], statement.target.name, value))]
        return [self.assign(statement)]

    def assign(self, statement: Assign) -> Block:
        line = self.printer.format.assign.format(name=statement.name, value=self.printer.write(statement.value))
        self.printer.assigned(statement.name, statement.value)
        return Block(line, statement.reason)

    def reduce(self, statement: Reduce) -> list[Block]:
        if statement.kind == "maximum" and self.are_read(statement):
            return [line for part in statement.state for line in self.largest(statement.axis, part)]
        shape = "vector" if self.kernel.row and statement.axis == self.kernel.element else "element"
        fold = self.printer.format.folds[statement.kind, shape]
        for helper in fold.helpers:
            self.printer.require(helper)
        body = [self.assign(inner) for inner in statement.body]
        parts = [{"name": part.name, "value": self.printer.write(part.value)} for part in statement.state]
        self.check_parts(fold, [part["name"] for part in parts])

        def lines(patterns: tuple[str, ...]) -> list[Block]:
            return [Block(pattern.format(**part)) for part in parts for pattern in patterns]

        if not self.target.loops:
            inside = [*body, *lines(fold.step)]
        elif fold.each:
            inside = [self.folded(statement.axis, fold, body, parts)]
        else:
            inside = [self.loop(statement.axis, (*body, *lines(fold.step)))]
        return [*lines(fold.before), *inside, *lines(fold.after)]

    def are_read(self, statement: Reduce) -> bool:
        """Whether the values of a reduction are arguments' own, which a block would only copy."""
        vectors = {argument.name for argument in self.kernel.inputs if argument.shape == "vector"}
        are_vectors = all(part.value.head == "sym" and part.value.name in vectors for part in statement.state)
        return self.target.blocks is not None and are_vectors

    def largest(self, axis: Axis, part: Reduction) -> list[Block]:
        """The largest value of an argument in a row: exact in whatever format, and so found in the argument's own."""
        fold, blocks, wide = self.format.folds["maximum", "vector"], self.target.blocks, self.format.wide
        assert blocks is not None
        for helper in fold.helpers:
            self.printer.outer_helpers[helper] = None
        name = fresh(f"{part.name}_{part.value.name}", self.names) if wide else part.name
        values = self.printer.fill(blocks.row, part.value.name)
        lines = [line.format(name=name, length=axis.size, values=values) for line in (*fold.before, *fold.each)]
        if wide:
            value = wide.convert.pattern.format(name)
            lines.append(self.printer.format.assign.format(name=part.name, value=value))
        return list(map(Block, lines))

    def loop(self, axis: Axis, body: Sequence[Block], first: str = "0", end: str = "", step: str = "") -> Block:
        """Without a step, by one; without an end, along the whole axis."""
        step = step.format(index=axis.index) or f"{axis.index}++"
        return Block(
            self.target.loop.format(index=axis.index, first=first, end=end or axis.size, step=step), body=tuple(body)
        )

    def folded(self, axis: Axis, fold: Fold, body: list[Block], parts: list[dict[str, str]]) -> Block:
        """A reduction of values that are computed a block at a time, which lets a compiler use vectors."""

        def converted(value: str) -> str:
            return fold.convert.pattern.format(f"({value})") if fold.convert else value

        gathered = [
            Gathered(
                f"{part['name']}_values",
                converted(part["value"]),
                tuple(line.replace("{name}", part["name"]) for line in fold.each),
            )
            for part in parts
        ]
        return self.in_blocks(axis, fold.type, body, gathered)

    def rounded(self, loop: Map) -> Block:
        """A loop whose values are rounded a block at a time, so that one look at a block finds its hard cases."""
        wide, (read, *_) = self.format.wide, self.kernel.inputs
        assert wide is not None
        self.printer.require(wide.helper)
        gathered, body = list[Gathered](), list[Block]()
        for part in loop.body:
            if isinstance(part, Store) and part.hard is not None:
                line = wide.round_cases.replace("{output}", part.target.name).replace("{input}", read.name)
                line = line.replace("{cases}", self.table(part.hard)).replace("{count}", str(len(part.hard.cases)))
                gathered.append(Gathered(f"{part.target.name}_values", self.printer.write(part.value), (line,)))
            else:
                body += self.statement(part)
        return self.in_blocks(loop.axis, wide.format.names["type"], body, gathered)

    @property
    def hard_cases(self) -> tuple[HardCases, ...]:
        return self.kernel.hard_cases if self.format.wide and self.format.wide.round_cases else ()

    def table(self, hard: HardCases) -> str:
        """What the table of these cases is called."""
        return fresh(f"{hard.stem}_hard_cases", self.names)

    @property
    def names(self) -> set[str]:
        """What is called something in this kernel."""
        names = {argument.name for argument in self.kernel.arguments} | {*self.kernel.sizes}
        names |= {part.axis.index for part in statements(self.kernel.body) if isinstance(part, (Map, Reduce))}
        return names | {part.name for part in statements(self.kernel.body) if isinstance(part, Assign)}

    def in_blocks(self, axis: Axis, type_: str, body: Sequence[Block], gathered: Sequence[Gathered]) -> Block:
        """A loop that fills arrays of values, and takes them up, a block at a time."""
        blocks, names = self.target.blocks, self.names
        assert blocks is not None
        first, length = (fresh(name, names) for name in ("first", "length"))
        known = {"first": first, "length": length, "size": axis.size, "most": str(BLOCK), "index": axis.index}
        declared, filled, taken_up = [blocks.length.format(**known)], list[str](), list[str]()
        for it in gathered:
            array = fresh(it.name, names)
            declared.append(blocks.array.format(**known, values=array, type=type_))
            filled.append(blocks.fill.format(**known, values=array, value=it.value))
            taken_up += [line.format(**known, values=array) for line in it.lines]
        inner = self.loop(axis, [*body, *map(Block, filled)], first, f"{first} + {length}")
        outer = [*map(Block, declared), inner, *map(Block, taken_up)]
        return self.loop(Axis(first, axis.size), outer, step=blocks.step.format(index="{index}", most=BLOCK))

    def check_parts(self, fold: Fold, names: Sequence[str]) -> None:
        """A reduction whose state has several parts names them after itself; no argument may be called so."""
        suffixes = re.findall(r"\{name\}(_\w+)", " ".join(fold.before))
        clash = {f"{name}{suffix}" for name in names for suffix in suffixes} & {a.name for a in self.kernel.arguments}
        for name in sorted(clash):
            raise taken(self.function, name, self.target)
