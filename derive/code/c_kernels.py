"""`c_formula`: what a kernel in C computes, per element or along a row."""

from __future__ import annotations

from dataclasses import replace

from derive.code.c_loops import tidy
from derive.code.c_reader import CProgram
from derive.code.c_values import Write
from derive.code.constants import EXACT
from derive.code.kernels import constants_of, of_an_element
from derive.codegen.kernel import Kernel
from derive.errors import UnsupportedError
from derive.term import ONE, ZERO, Term, free_symbols, substitute, symbol, transform


def c_formula(kernel: Kernel, source: str, name: str, words: str) -> Term:
    """The formula of the function `name`, which fills the kernel's output: of an element, or along a row.

    words: C, too, that says what helpers mean, in place of what `source` says.
    Raises UnsupportedError for a text that is not of the form that kernels have.
    """
    program = CProgram(source, constants_of(kernel))
    program.functions |= CProgram(words, EXACT).functions
    _, writes = program.run(program.function(name))
    if len(writes) != 1 or writes[0].array != kernel.output.name:
        raise UnsupportedError(f"{name} does not fill {kernel.output.name} once")
    write = replace(writes[0], value=tidy(writes[0].value))
    axes = [kernel.row] if kernel.row else []
    axes += [kernel.element] if kernel.output.shape in ("element", "vector") else []
    wanted = [(ZERO, symbol(axis.size) - ONE) for axis in axes]
    if [(counter.first, counter.last) for counter in write.counters] != wanted:
        raise UnsupportedError(f"{name} does not fill all of {kernel.output.name}")
    if kernel.row is not None:
        return _of_a_row(kernel, write)
    return of_an_element(kernel, write.value, write.counters[0].name if write.counters else None)


def _of_a_row(kernel: Kernel, write: Write) -> Term:
    """The formula in which `x[r*k + j]` is `x[j]`, and `y[r]` is y."""
    assert kernel.row is not None
    row, length = symbol(write.counters[0].name), symbol(kernel.element.size)
    shapes = {argument.name: argument.shape for argument in kernel.arguments}

    def local(node: Term) -> Term:
        if node.head != "index":
            return node
        base, index = node.args
        if shapes[base.name] == "row" and index is row:
            return base
        if shapes[base.name] == "vector" and index.head == "add" and index.args[0] is row * length:
            return base[index.args[1]]
        raise UnsupportedError(f"{node} is outside the row {row}")

    target = local(symbol(write.array)[write.index])
    found = transform(write.value, local)
    if row.name in free_symbols(found):
        raise UnsupportedError(f"{kernel.output.name} depends on the number of its row")
    return substitute(found, {target.args[1]: symbol(kernel.element.index)}) if target.head == "index" else found
