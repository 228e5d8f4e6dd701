"""`Target`: a target as one value, and what targets share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, Protocol

from derive.codegen.kernel import Kernel, Shape, Statement, Variant
from derive.elementary.cores import Setting
from derive.elementary.table import TABLE, column
from derive.errors import NotBuiltError
from derive.spec.domain import Interval
from derive.term import Term, size
from derive.values.formats import Floats

MAX_NARROW_ULP: Final = 4  # of a form that is computed in no wider format though there is one
WIDER_COST: Final = 2  # of an operation in a wider format, half as many of which go into a vector
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

    In the lines, `{name}` is the part of the state, `{value}` what is folded into it. `type`: of values, where they
    are gathered in blocks, to which `convert` brings them, and which `each` folds into the state: lines with `{length}`
    and the array `{values}`.
    """

    before: tuple[str, ...] = ()
    step: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    type: str = ""
    convert: Op | None = None
    each: tuple[str, ...] = ()


@dataclass(frozen=True)
class Blocks:
    """How a target computes the values along an axis a block at a time, gathered in an array.

    length: the line that says how long the block is that begins at `{first}`, of at most `{most}` values of an axis of
    `{size}`. array: the line that declares the `{values}`, of a `{type}`. fill: one value, at `{index}`. step: from
    one block to the next. row: where the values of the argument `{name}` in a row begin.
    """

    length: str
    array: str
    fill: str
    step: str
    row: str


@dataclass(frozen=True)
class Wide:
    """A wider number format, in which a kernel computes; the ways there and back of what it loads and stores.

    round_cases: a line that brings back a block, `{length}` of its `{values}` from `{first}` on, where the `{input}`
    may be among the `{count}` hard `{cases}`; `helper`: what it calls.
    """

    format: NumberFormat
    convert: Op
    narrow: Op
    round_cases: str = ""
    helper: str = ""


@dataclass(frozen=True)
class NumberFormat:
    """A number format as a target writes it.

    `variants`: the kernels whose text this is. `symbol`: a kernel's name, from its `{stem}`.
    `literal`: the text of the number nearest to a rational. `folds`: by kind of reduction and the
    shape of its values. `names`: what helper templates call things by. `setting`: how exactly the polynomials
    in helpers are wanted. `wide`: what its kernels compute in, if that is another format; literals, operations and
    folds are then those of it. `ulp`: the contract where a spec states none. `shorter`: how functions are written whose
    argument, or the difference of whose arguments, lies in an interval. `otherwise`: a format in which a kernel
    computes where its form there is so much shorter that this is faster, or where its own loses too much.
    """

    variants: tuple[Variant, ...]
    symbol: str
    literal: Callable[[Fraction], str]
    constants: Mapping[str, str]
    operations: Mapping[str, Op]
    folds: Mapping[tuple[str, str], Fold]
    assign: str
    names: Mapping[str, str] = field(default_factory=dict)
    setting: Setting | None = None
    wide: Wide | None = None
    ulp: float = 5.0
    shorter: Mapping[str, tuple[Interval, Op]] = field(default_factory=dict)
    otherwise: NumberFormat | None = None
    pairs: bool = False

    def form(self, kernel: Kernel) -> Term | None:
        """What a kernel computes here, where that is not its evaluation form itself."""
        return (kernel.wide_form if self.wide else None) or (kernel.precise_form if self.pairs else None)

    def body(self, kernel: Kernel) -> tuple[Statement, ...]:
        """The statements that compute it."""
        return (kernel.wide if self.wide else ()) or (kernel.precise if self.pairs else ()) or kernel.body


@dataclass(frozen=True)
class SourceFile:
    """A file to be written: its path below the output folder, with `/`, and its text."""

    path: str
    text: str


def existing(folder: Path, target: str, kernel: Kernel, *endings: str) -> list[SourceFile]:
    """The files of a kernel's function as they lie in an output folder. Raises NotBuiltError where one does not."""
    paths = [folder / target / f"{kernel.function}{ending}" for ending in endings]
    for path in paths:
        if not path.is_file():
            raise NotBuiltError(f"{path}: there is no such file")
    return [SourceFile(path.name, path.read_text(encoding="utf-8")) for path in paths]


@dataclass(frozen=True)
class Toolchain:
    """How sources become a shared library.

    language: what messages call it. variable: the environment's, which names a compiler before all `commands`, the
    first of which is the system's own. zig: the ziglang package's command. ending: of the files that are compiled.
    flags: for running.
    """

    language: str
    variable: str
    commands: tuple[str, ...]
    zig: str
    ending: str
    flags: tuple[str, ...]


class Call(Protocol):
    """A kernel in one number format, called with its arguments in order."""

    def __call__(self, *values: Any, out: Floats | None = None) -> Floats: ...


@dataclass(frozen=True)
class Runner:
    """How a target's kernels are loaded from an output folder, and what a call raises.

    flags: the floating-point exceptions, by name, that a call leaves behind, underflow and inexact aside.
    load_flagged: as `load`, for kernels that raise what their text says and nothing else, where compilers that are
    fast compute more than that, and drop it; None where `load` gives such.
    arrays: whether calls take arrays of any shape and strides, or contiguous memory alone.
    """

    load: Callable[[Path, Kernel, Variant], Call]
    flags: Callable[[Callable[[], object]], frozenset[str]]
    arrays: bool
    load_flagged: Callable[[Path, Kernel, Variant], Call] | None = None


@dataclass(frozen=True)
class Read:
    """A kernel's formula as its text has it, in real numbers and in the kernel's own names; where it stands."""

    path: str
    symbol: str
    formula: Term


# Reads a kernel in some number formats from the files of its function. Raises UnsupportedError for what it cannot read.
Reader = Callable[[Sequence[SourceFile], Kernel, Sequence[Variant]], Iterator[Read]]


@dataclass(frozen=True, kw_only=True)
class Target:
    """A target. Its templates are the folder `templates/<name>`.

    Patterns are filled in by `str.format` with the argument's `name`, the axes `row` and `element`
    (each with `.index` and `.size`) and, in `declare`, the number format's `names`.

    title: what people call it.
    default: whether a build that names no target makes it.
    loops: whether an operation takes one value, inside loops, or whole arrays.
    load, declare, meaning: by shape; how an argument is read, declared and explained.
    outputs: by shape, how an output is declared, or what shape it has where it is returned.
    store: by shape; how an output's value is written.
    loop: the head of one, by its `index`, `first`, `end` (which it does not reach) and `step`. blocks: of loops.
    size, size_value: how a size is declared, and written as a number (`vector` is an argument that has it).
    reserved: words that can name no argument.
    reserved_functions: words that can name no function: its file would hide another, or its definition a builtin.
    comment: what makes a text safe inside a comment.
    opening: what a kernel's text begins with; helpers stand before it.
    like: the target whose stated contract counts for this one too where a spec states none for it.
    toolchain: what compiles it, if anything does.
    runner, reader: None where no kernel can be measured, or read back; it is then told wherever one is.
    """

    name: str
    title: str
    default: bool = False
    loops: bool
    loop: str = ""
    blocks: Blocks | None = None
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
    reserved_functions: frozenset[str] = frozenset()
    opening: str = ""
    like: str = ""
    toolchain: Toolchain | None = None
    runner: Runner | None = None
    reader: Reader | None = None

    @property
    def variants(self) -> tuple[Variant, ...]:
        return tuple(variant for it in self.formats for variant in it.variants)

    def format(self, variant: Variant) -> NumberFormat:
        return next(it for it in self.formats if variant in it.variants)

    def computing(self, kernel: Kernel, variant: Variant) -> NumberFormat:
        """The format in which a variant of a kernel computes."""
        own = self.format(variant)
        is_shorter = kernel.wide_form is not None and WIDER_COST * size(kernel.wide_form) <= kernel.size
        if own.otherwise is None or not (is_shorter or kernel.narrow_ulp > MAX_NARROW_ULP):
            return own
        return replace(own.otherwise, variants=own.variants, symbol=own.symbol, ulp=own.ulp)

    def symbol(self, kernel: Kernel, variant: Variant) -> str:
        """What this variant of a kernel is called."""
        return self.format(variant).symbol.format(stem=kernel.stem)

    def contract(self, stated: Mapping[str, float], variant: Variant) -> float:
        """The largest error allowed, in ulp; `stated`: what a spec says, by target."""
        return stated.get(self.name, stated.get(self.like, self.format(variant).ulp))

    @property
    def gaps(self) -> tuple[str, ...]:
        """What no kernel of it can be, a sentence without its stop each: measured, read back."""
        unmeasured = ("not measured: derive cannot run it",) if self.runner is None else ()
        return (*unmeasured, *(("not read back: derive cannot read it",) if self.reader is None else ()))
