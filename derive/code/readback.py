"""Generated kernels read back from their text, and proved to compute the evaluation forms they were made from.

Those forms are themselves proved to be what the spec states, so a text that is proved here computes the spec.
What is read is the mathematics, in real numbers: loops become sums, a rounded constant is the one
that it rounds. Helpers that only make rounding errors good are taken at their word, in `WORDS` and
`C_WORDS`; that they keep it is for `derive.verify` to measure.
"""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np

from derive.calculus.vjp import target_names, upstream_name
from derive.code.c_loops import tidy
from derive.code.c_reader import CProgram
from derive.code.c_values import Write
from derive.code.constants import EXACT, Constants
from derive.code.guards import interior, without_edges, without_points
from derive.code.trace import run
from derive.code.tracer import array, elementwise
from derive.emit import SourceFile
from derive.errors import UnsupportedError
from derive.evaluation.stable.points import with_points
from derive.fuel import KERNEL, Fuel
from derive.kernel import Assign as Temporary
from derive.kernel import Dtype, Kernel, Reduce, Store, statements
from derive.proof.api import prove_equal
from derive.proof.verdict import Proof
from derive.spec.statement import Function
from derive.term import (
    BINDERS,
    FUNCTIONS,
    INFINITY,
    ONE,
    PI,
    ZERO,
    Term,
    call,
    free_symbols,
    rational_value,
    rebuild,
    substitute,
    subterms,
    symbol,
    transform,
)

WORDS: Final[Mapping[str, Any]] = {
    "_arrays": lambda *values, out: (None, (), *values),
    "_rows": lambda arrays, per_row=(), *, out: (None, (), *arrays, *(value[..., None] for value in per_row)),
    "_result": lambda value, *_: value,
    "_row_sum": lambda values: np.sum(values, axis=-1, keepdims=True),
    "_exp_difference": lambda a, b: np.exp(a - b),
    "_erf": lambda x: elementwise("erf", x),
    "_erfc": lambda x: elementwise("erfc", x),
    "_number": lambda value: value,
}
C_WORDS: Final = """
static float exp_difference_f32(float a, float b) { return expf(a - b); }
static double exp_difference_f64(double a, double b) { return exp(a - b); }
static void add_exactly(double *high, double *low, double term) { *high += term; }
"""
DTYPES: Final[tuple[Dtype, ...]] = ("float32", "float64")


@dataclass(frozen=True)
class ReadBack:
    """A kernel's formula, as its text has it and in the spec's names, and the proof that it is its evaluation form.

    The proof is for the inside of the domain; what the kernel answers on its boundary is a limit.
    """

    path: str
    symbol: str
    formula: Term
    proof: Proof


def read_back(
    function: Function,
    forms: Sequence[Term],
    kernels: Sequence[Kernel],
    files: Sequence[SourceFile],
    dtypes: Sequence[Dtype] = DTYPES,
) -> Iterator[ReadBack]:
    """Every kernel in the NumPy and C files of one function, read and proved to be its evaluation form.

    `forms`: the evaluation form of each of `kernels`, in the spec's names. `dtypes`: which of C's are read;
    NumPy has one kernel for all.

    Raises UnsupportedError for a text that is not of the form that kernels have.
    """
    for file in files:
        if file.path.endswith(".py"):
            module = _module(file)
            for kernel, form in zip(kernels, forms, strict=True):
                stem = kernel.variant("float64").stem
                yield _judged(function, kernel, form, file, stem, _from_numpy(kernel, module, stem))
        elif file.path.endswith(".c"):
            for kernel, form in zip(kernels, forms, strict=True):
                for dtype in dtypes:
                    name = kernel.variant(dtype).symbol
                    yield _judged(function, kernel, form, file, name, _from_c(kernel, file, name))


def _judged(function: Function, kernel: Kernel, form: Term, file: SourceFile, name: str, formula: Term) -> ReadBack:
    inside = interior(function.domain)
    sides = _in_spec(function, kernel, formula), transform(form, _plainly)
    found, wanted = (without_points(without_edges(side, inside)) for side in sides)
    proof = prove_equal(wanted, found, inside, Fuel(KERNEL))
    return ReadBack(file.path, name, found, with_points(proof, sides[1], sides[0], inside))


def _plainly(node: Term) -> Term:
    """The form's fused operations as the words in a kernel's text are read."""
    return call("exp", node.args[0] - node.args[1]) if node.head == "expdiff" else node


# What a kernel's text says, per element or row: arguments as `x`, or as `x[j]` along a row


def _module(file: SourceFile) -> ModuleType:
    """The generated module, with helpers that say what they mean."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(file.path).name
        path.write_text(file.text, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(f"derive_read_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    vars(module).update(WORDS)
    return module


def _from_numpy(kernel: Kernel, module: ModuleType, name: str) -> Term:
    length = symbol(kernel.element.size)
    spread = ("element", "vector")
    given = {a.name: array(a.name, (length,) if a.shape in spread else ()) for a in kernel.inputs}
    traced = run(getattr(module, name), given, _constants(kernel))
    if kernel.row is not None:
        here = {symbol(index): symbol(kernel.element.index) for index in traced.indices}
        return substitute(traced.formula, here)
    return _of_an_element(kernel, traced.formula, traced.indices[0] if traced.indices else None)


def _from_c(kernel: Kernel, file: SourceFile, name: str) -> Term:
    program = CProgram(file.text, _constants(kernel))
    program.functions |= CProgram(C_WORDS, EXACT).functions
    _, writes = program.run(program.function(name))
    if len(writes) != 1 or writes[0].array != kernel.output.name:
        raise UnsupportedError(f"{file.path}: {name} does not fill {kernel.output.name} once")
    write = replace(writes[0], value=tidy(writes[0].value))
    axes = [kernel.row] if kernel.row else []
    axes += [kernel.element] if kernel.output.shape in ("element", "vector") else []
    wanted = [(ZERO, symbol(axis.size) - ONE) for axis in axes]
    if [(counter.first, counter.last) for counter in write.counters] != wanted:
        raise UnsupportedError(f"{file.path}: {name} does not fill all of {kernel.output.name}")
    if kernel.row is not None:
        return _of_a_row(kernel, write)
    return _of_an_element(kernel, write.value, write.counters[0].name if write.counters else None)


def _constants(kernel: Kernel) -> Constants:
    """What a kernel's text may have rounded: the parts of its terms that have no variable. No other is guessed."""
    found: dict[Term, None] = {}
    for statement in statements(kernel.body):
        values = [statement.value] if isinstance(statement, (Temporary, Store)) else []
        values += [part.value for part in statement.state] if isinstance(statement, Reduce) else []
        for value in values:
            found.update(dict.fromkeys(filter(_is_rounded, subterms(value))))
    # Of two that round to one float, such as 11863283/2**23 and sqrt(2), it is the one that is that float.
    return Constants(exact=False, known=tuple(sorted(found, key=_is_binary, reverse=True)))


def _is_binary(number: Term) -> bool:
    value = rational_value(number)
    return value is not None and value.denominator.bit_count() == 1


def _is_rounded(node: Term) -> bool:
    """A number that is no float: 1/10, sqrt(pi)."""
    if node.head in ("num", "const"):
        return (node.head == "num" and node.number.denominator != 1) or node is PI
    number = node.head in ("add", "sub", "mul", "div", "pow", *FUNCTIONS) and not free_symbols(node)
    return number and INFINITY not in set(subterms(node))


def _of_an_element(kernel: Kernel, formula: Term, index: str | None) -> Term:
    """The formula in which `x[i]` is x; for a parameter's gradient, the term of its sum."""
    if kernel.output.shape == "scalar":
        last = symbol(kernel.element.size) - ONE
        if formula.head != "sum" or formula.args[2:] != (ZERO, last):
            raise UnsupportedError(f"{kernel.output.name} is not a sum over all elements, but {formula}")
        formula, bound = formula.args[:2]
        index = bound.name
    if index is None:
        raise UnsupportedError(f"{kernel.output.name} is the same everywhere: {formula}")
    here = {symbol(a.name)[symbol(index)]: symbol(a.name) for a in kernel.inputs if a.shape == "element"}
    return _without_strays(substitute(formula, here))


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


def _without_strays(formula: Term) -> Term:
    for node in subterms(formula):
        if node.head == "index":
            raise UnsupportedError(f"{node} is not the element at hand")
    return formula


# What the spec says


def _in_spec(function: Function, kernel: Kernel, formula: Term) -> Term:
    """A kernel's formula with the spec's names for the length, the index and the upstream gradient."""
    names = {a.name: upstream_name(function) for a in kernel.inputs if a.role == "upstream"}
    if kernel.row is not None:
        (size,) = function.sizes
        names[kernel.element.size] = size
        formula = _in_range(formula, symbol(kernel.element.size), next(iter(function.domain.axes.values()))[0])
        free = target_names(function, _wrt(function, kernel)) if kernel.order == "vjp" else function.output
        names |= dict.fromkeys([kernel.element.index], free[0]) if free else {}
    return substitute(formula, {symbol(old): symbol(new) for old, new in names.items()})


def _in_range(formula: Term, length: Term, axis: tuple[Term, Term]) -> Term:
    """Sums over a whole row, from 0 in code, over the range that the spec gives to the same row."""
    whole = (ZERO, length - ONE)

    def renumbered(node: Term) -> Term:
        if node.head not in BINDERS:
            return node
        if node.args[2:] != whole:
            raise UnsupportedError(f"{node} does not run over the whole row")
        return rebuild(node, (*node.args[:2], *axis))

    return transform(formula, renumbered)


def _wrt(function: Function, kernel: Kernel) -> str:
    return kernel.wrt or function.wrt[0]
