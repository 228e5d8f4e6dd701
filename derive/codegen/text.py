"""`KernelText`: one kernel in one number format of a target, as a template sees it: finished strings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from derive.codegen.kernel import Argument, Assign, Axis, Kernel, Map, Reduce, Statement, Store, statements
from derive.codegen.lower import whole_arrays
from derive.codegen.names import taken
from derive.codegen.printer import Printer
from derive.codegen.target import Fold, NumberFormat, Target
from derive.spec.statement import Function
from derive.term import fresh

BLOCK: Final = 128  # values: small beside a cache, large beside a vector


@dataclass(frozen=True)
class Block:
    """A line of code and the reason for it; or the head of a loop and its lines."""

    text: str = ""
    reason: str = ""
    body: tuple[Block, ...] = ()


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
    declared, or shaped, as the target says.
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

    @property
    def declarations(self) -> str:
        return ", ".join(part.declaration for part in (*self.sizes, *self.arguments))


class KernelWriter:
    """One kernel in one number format of one target."""

    def __init__(self, function: Function, kernel: Kernel, target: Target, number_format: NumberFormat) -> None:
        if number_format.wide and kernel.wide:
            kernel = replace(kernel, body=kernel.wide)
        self.function, self.kernel, self.target, self.format = function, kernel, target, number_format
        self.printer = Printer(kernel, target, number_format, function.where)
        self.symbol = number_format.symbol.format(stem=kernel.stem)
        if kernel.output.name in target.reserved and "{name}" in target.outputs[kernel.output.shape]:
            raise taken(function, kernel.output.name, target, kernel.wrt or function.wrt[0])

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
        )

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
        if self.kernel.order == "d2":
            return f"{output} = the second derivative of {call} in {wrt}"
        (upstream,) = (a.name for a in self.kernel.arguments if a.role == "upstream")
        return f"{output} = the gradient in {wrt}, from {upstream}, the gradient in {call}"

    def blocks(self, body: tuple[Statement, ...]) -> tuple[Block, ...]:
        return tuple(block for statement in body for block in self.statement(statement))

    def statement(self, statement: Statement) -> list[Block]:
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
            inside = [self.in_blocks(statement.axis, fold, body, parts)]
        else:
            inside = [self.loop(statement.axis, (*body, *lines(fold.step)))]
        return [*lines(fold.before), *inside, *lines(fold.after)]

    def loop(self, axis: Axis, body: Sequence[Block], first: str = "0", end: str = "", step: str = "") -> Block:
        """Without a step, by one; without an end, along the whole axis."""
        step = step.format(index=axis.index) or f"{axis.index}++"
        return Block(
            self.target.loop.format(index=axis.index, first=first, end=end or axis.size, step=step), body=tuple(body)
        )

    def in_blocks(self, axis: Axis, fold: Fold, body: list[Block], parts: list[dict[str, str]]) -> Block:
        """A reduction of values that are computed a block at a time, which lets a compiler use vectors."""
        names = {argument.name for argument in self.kernel.arguments} | {*self.kernel.sizes, axis.index}
        names |= {part.name for part in statements(self.kernel.body) if isinstance(part, Assign)}
        first, length = (fresh(name, names) for name in ("first", "length"))

        def converted(value: str) -> str:
            return fold.convert.pattern.format(f"({value})") if fold.convert else value

        arrays = [fresh(f"{part['name']}_values", names) for part in parts]
        filled = [
            Block(f"{array}[{axis.index} - {first}] = {converted(part['value'])};")
            for array, part in zip(arrays, parts, strict=True)
        ]
        declared = [
            Block(line.format(first=first, length=length, size=axis.size, most=BLOCK, type=fold.type, values=array))
            for number, array in enumerate(arrays)
            for line in self.target.block[number > 0 :]
        ]
        folded = [
            Block(line.format(name=part["name"], length=length, values=array))
            for array, part in zip(arrays, parts, strict=True)
            for line in fold.each
        ]
        inner = self.loop(axis, [*body, *filled], first, f"{first} + {length}")
        return self.loop(Axis(first, axis.size), [*declared, inner, *folded], step=f"{{index}} += {BLOCK}")

    def check_parts(self, fold: Fold, names: Sequence[str]) -> None:
        """A reduction whose state has several parts names them after itself; no argument may be called so."""
        suffixes = re.findall(r"\{name\}(_\w+)", " ".join(fold.before))
        clash = {f"{name}{suffix}" for name in names for suffix in suffixes} & {a.name for a in self.kernel.arguments}
        for name in sorted(clash):
            raise taken(self.function, name, self.target)
