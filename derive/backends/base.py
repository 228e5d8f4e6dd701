"""`Backend`: a target as one value. Tables of operations, number formats and argument spellings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from derive.elementary.table import TABLE, column
from derive.kernel import Dtype, Shape

# Binding strengths that targets share, weakest first; a target that orders them otherwise has its own.
NONE, CHOICE, OR, AND, COMPARE, SUM, PRODUCT, SIGN, ATOM = range(9)


@dataclass(frozen=True)
class Op:
    """How a target writes one operation.

    `pattern` has a `{}` per operand; `needs` is the strength below which an operand is bracketed,
    `strength` that of the whole. `helper` names the template of a function that the target lacks.
    """

    pattern: str
    strength: int = ATOM
    needs: tuple[int, ...] = ()
    helper: str = ""


def infix(sign: str, strength: int, left: int, right: int) -> Op:
    return Op(f"{{}} {sign} {{}}", strength, (left, right))


def function(name: str, operands: int = 1, helper: str = "") -> Op:
    """A call; whatever stands between its brackets needs none of its own."""
    return Op(f"{name}({', '.join(['{}'] * operands)})", ATOM, (NONE,) * operands, helper)


ARITHMETIC: Final[dict[str, Op]] = {
    "add": infix("+", SUM, SUM, PRODUCT),
    "sub": infix("-", SUM, SUM, PRODUCT),
    "mul": infix("*", PRODUCT, PRODUCT, SIGN),
    "div": infix("/", PRODUCT, PRODUCT, SIGN),
    "neg": Op("-{}", SIGN, (ATOM,)),
    **{head: infix(sign, COMPARE, SUM, SUM) for head, sign in
       {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}.items()},
}  # fmt: skip


def reciprocal(one: str, name: str) -> Op:
    """One over a call of `name`."""
    return Op(f"{one} / {name}({{}})", PRODUCT, (NONE,))


def functions(
    library: str, call: Callable[[str], str], one: str, helper_call: Callable[[str], str], helpers: Collection[str]
) -> dict[str, Op]:
    """The elementary functions of a target: those of its library, one over these, and those that a template defines.

    `library` is the field of a record that names the library's function, `call` writes that name as it is called,
    `helper_call` that of a template, `one` the number 1. `helpers`: the templates that the target has.
    """
    names = column(library)
    found = {head: function(call(name), TABLE[head].arity) for head, name in names.items()}
    for head, record in TABLE.items():
        if head not in names and record.reciprocal in names:
            found[head] = reciprocal(one, call(names[record.reciprocal]))
        elif head not in names and record.helper in helpers:
            found[head] = function(helper_call(record.helper), record.arity, helper=record.helper)
    return found


@dataclass(frozen=True)
class Fold:
    """How a target writes a reduction: lines before the loop, in it, and after it.

    In the lines, `{name}` is the part of the state, `{value}` what is folded into it.
    """

    before: tuple[str, ...] = ()
    step: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    wide: Wide | None = None


@dataclass(frozen=True)
class Wide:
    """A wider number format, in which a reduction is computed, and what a row makes of it; the ways there and back."""

    format: NumberFormat
    convert: Op
    narrow: Op


@dataclass(frozen=True)
class NumberFormat:
    """A number format as a target writes it.

    `dtypes`: the formats that this text computes in. `symbol`: a kernel's name, from its `{stem}`.
    `literal`: the text of the number nearest to a rational. `folds`: by kind of reduction and the
    shape of its values. `names`: what helper templates call things by.
    """

    dtypes: tuple[Dtype, ...]
    symbol: str
    literal: Callable[[Fraction], str]
    constants: Mapping[str, str]
    operations: Mapping[str, Op]
    folds: Mapping[tuple[str, str], Fold]
    assign: str
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Backend:
    """A target. Its templates are the folder `templates/<name>`.

    Patterns are filled in by `str.format` with the argument's `name`, the axes `row` and `element`
    (each with `.index` and `.size`) and, in `declare`, the number format's `names`.

    loops: whether an operation takes one value, inside loops, or whole arrays.
    load, declare, meaning: by shape; how an argument is read, declared and explained.
    outputs: by shape, how an output is declared, or what shape it has where it is returned.
    store: by shape; how an output's value is written.
    size, size_value: how a size is declared, and written as a number (`vector` is an argument that has it).
    reserved: words that can name no argument.
    reserved_functions: words that can name no function: its file would hide another, or its definition a builtin.
    comment: what makes a text safe inside a comment.
    flags: the toolchain's flags for running.
    """

    name: str
    loops: bool
    formats: tuple[NumberFormat, ...]
    load: Mapping[Shape, str]
    declare: Mapping[Shape, str]
    outputs: Mapping[Shape, str]
    store: Mapping[Shape, str]
    meaning: Mapping[Shape, str]
    size: str
    size_value: str
    reserved: frozenset[str]
    comment: Callable[[str], str]
    flags: tuple[str, ...] = ()
    reserved_functions: frozenset[str] = frozenset()
