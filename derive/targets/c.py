"""C99: what it calls things, how it is compiled and run, and read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Final

from derive.code.c_kernels import c_formula
from derive.code.c_words import HEADERS, KEYWORDS, MACROS, STDINT
from derive.codegen.kernel import VARIANTS, Kernel, Variant
from derive.codegen.literals import nearest_float32, shortest_float32, shortest_float64
from derive.codegen.machine import Words
from derive.codegen.target import (
    AND,
    ARITHMETIC,
    ATOM,
    CHOICE,
    COMPARE,
    OR,
    SIGN,
    Blocks,
    Call,
    Fold,
    NumberFormat,
    Op,
    Read,
    Runner,
    SourceFile,
    Target,
    Toolchain,
    Wide,
    existing,
    functions,
    infix,
)
from derive.codegen.target import (
    function as call,
)
from derive.compiled.compiler import compile_library
from derive.compiled.exceptions import raised_flags
from derive.compiled.library import Compiled
from derive.elementary.table import ERRORS, HOLDS, TABLE, column
from derive.errors import UnsupportedError
from derive.paths import templates_folder
from derive.spec.domain import Interval
from derive.values.formats import FLOAT32, FLOAT64, Format
from derive.values.intervals import bound

HELPERS: Final = ("maximum", "minimum", "sign_of", *ERRORS, *HOLDS)
OWN: Final = column("written_out")
LIBM: Final = [name for head, name in column("libm").items() if head not in OWN]  # what kernels call of it

LOGIC: Final = {
    "and": infix("&&", AND, AND, COMPARE),
    "or": infix("||", OR, COMPARE, COMPARE),  # gcc asks for brackets around && within ||
    "not": Op("!{}", SIGN, (ATOM,)),
    "true": Op("1"),
    "false": Op("0"),
    "cases": Op("{} ? {} : {}", CHOICE, (OR, OR, CHOICE)),
}
STRICT: Final = (
    "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wdouble-promotion", "-Werror",
)  # fmt: skip


# What templates define: no argument may be called so.
DEFINED: Final = sorted(
    name
    for template in (templates_folder() / "c").glob("_*.j2")
    for name in re.findall(r"\b(\w+)\{\{ [SB] \}\}\(", template.read_text(encoding="utf-8"))
)


def _operations(f: str, suffix: str, base: str) -> dict[str, Op]:
    return {
        **ARITHMETIC,
        **LOGIC,
        **functions("libm", f"{{}}{f}".format, f"1.0{f}", f"{{}}{base}".format, HELPERS),
        **{head: call(f"{name}{suffix}", TABLE[head].arity, name) for head, name in OWN.items()},
        "pow": call(f"pow{f}", 2),
    }


def _shorter(suffix: str) -> dict[str, tuple[Interval, Op]]:
    return {
        head: (Interval(bound(low, 0), bound(high, 0)), call(f"{name}{suffix}", TABLE[head].arity, name))
        for head, (low, high, name) in column("shorter").items()
    }


def _maximum(number: str, base: str) -> Fold:
    return Fold(
        before=(f"{number} {{name}} = -({number})INFINITY;",),
        type=number,
        each=(f"raise_each{base}(&{{name}}, {{length}}, {{values}});",),
        helpers=("raise_each",),
    )


def _sum(number: str, base: str) -> Fold:
    return Fold(
        before=(f"{number} {{name}} = 0;",),
        type=number,
        each=(f"add_each{base}(&{{name}}, {{length}}, {{values}});",),
        helpers=("add_each",),
    )


# The rounding error of every addition is kept, and added at the end.
COMPENSATED_SUM: Final = Fold(
    before=("double {name}_high = 0.0, {name}_low = 0.0;",),
    type="double",
    each=("add_exactly_each_f64(&{name}_high, &{name}_low, {length}, {values});",),
    after=("const double {name} = isfinite({name}_low) ? {name}_high + {name}_low : {name}_high;",),
    helpers=("add_exactly_each",),
)


# In double, which costs little beside what is summed; the helper is there for kernels that compute in double.
FLOAT_SUM: Final = Fold(
    before=("double {name}_sum = 0.0;",),
    type="double",
    convert=Op("(double){}", SIGN, (ATOM,)),
    each=("add_each_f64(&{name}_sum, {length}, {values});",),
    after=("const float {name} = (float){name}_sum;",),
)


def _folds(number: str, base: str, total: Fold) -> dict[tuple[str, str], Fold]:
    return {("maximum", "vector"): _maximum(number, base), ("sum", "vector"): total, ("sum", "element"): total}


def _float_literal(value: Fraction) -> str:
    number = nearest_float32(value)
    if number == float("inf"):
        raise UnsupportedError(f"the constant {float(value):.6g} is beyond the range of float32")
    return f"{shortest_float32(number)}f"


def _double_literal(value: Fraction) -> str:
    return shortest_float64(float(value))


SINGLE: Final = {
    "type": "float", "T": "float", "B": "_f32", "f": "f", "FP_FAST_FMA": "FP_FAST_FMAF", "lanes": "16",
    "infinity": "INFINITY", "nan": "NAN",
}  # fmt: skip
WIDER: Final = {
    "type": "double", "T": "double", "B": "_f64", "f": "", "FP_FAST_FMA": "FP_FAST_FMA", "lanes": "8",
    "infinity": "(double)INFINITY", "nan": "(double)NAN",
}  # fmt: skip


def _names(format_: Format, literal: Callable[[Fraction], str], suffix: str, wide: bool = False) -> dict[str, str]:
    """What templates call things by: types, endings of helpers' names and of libm's, constants."""
    single = format_ is FLOAT32
    size = 32 if single else 64
    return {
        **(SINGLE if single else WIDER),
        "U": f"uint{size}_t",
        "S": suffix,
        **Words(format_, literal, f"UINT{size}_C({{:#x}})".format, wide).constants(),
    }  # fmt: skip


def _double(suffix: str, total: Fold, wide: bool = False) -> NumberFormat:
    return NumberFormat(
        variants=("float64",),
        symbol="derive_{stem}_f64",
        literal=_double_literal,
        constants={"oo": "(double)INFINITY", "nan": "(double)NAN"},
        operations=_operations("", suffix, "_f64"),
        folds=_folds("double", "_f64", total),
        shorter=_shorter(suffix),
        assign="const double {name} = {value};",
        names=_names(FLOAT64, _double_literal, suffix, wide),
        setting="wide" if wide else "float64",
        pairs=not wide,
    )


DOUBLE: Final = _double("_f64", COMPENSATED_SUM)
# In arithmetic of its own width: as fast as can be.
SINGLE_PRECISION: Final = NumberFormat(
    variants=("fast float32",),
    symbol="derive_{stem}_fast_f32",
    literal=_float_literal,
    constants={"oo": "INFINITY", "nan": "NAN"},
    operations=_operations("f", "_f32", "_f32"),
    folds=_folds("float", "_f32", FLOAT_SUM),
    shorter=_shorter("_f32"),
    assign="const float {name} = {value};",
    names=_names(FLOAT32, _float_literal, "_f32"),
    setting="float32",
)
WIDE: Final = Wide(
    _double("_wide", _sum("double", "_f64"), wide=True),
    Op("(double){}", SIGN, (ATOM,)),
    Op("(float){}", SIGN, (ATOM,)),
)
# In double, and rounded once: what overflows or cancels on the way does not matter.
FLOAT: Final = replace(
    SINGLE_PRECISION,
    variants=("float32",),
    symbol="derive_{stem}_f32",
    ulp=1.0,
    wide=replace(
        WIDE,
        round_cases="round_each(&{output}[{first}], {length}, &{input}[{first}], {values}, {cases}, {count});",
        helper="round_each",
    ),
)
FAST: Final = replace(SINGLE_PRECISION, otherwise=replace(FLOAT, wide=WIDE))

# What a kernel's text calls: an argument of that name would hide it.
CALLED: Final = {
    *(f"{name}{suffix}" for name in (*LIBM, "pow") for suffix in ("", "f")),
    *(f"{name}{suffix}" for name in DEFINED for suffix in ("_f32", "_f64", "_wide")),
    *(f"DERIVE_{name}{suffix}".upper() for name in DEFINED for suffix in ("_f32", "_f64", "_wide")),  # their guards
    *("DERIVE_KERNEL", "DERIVE_FMA", "DERIVE_DISPATCH", "DERIVE_IS_NEAR_TIE"),
    *STDINT,
    *("round_each", "isfinite", "memcpy", "fma", "fmaf", "size_t", "uint32_t", "uint64_t"),
}  # fmt: skip


def _in_comment(text: str) -> str:
    return text.replace("*/", "* /").replace("/*", "/ *")


# Nothing here changes a result: no reassociation, no contraction, no flush to zero.
RESULTS: Final = ("-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off")
TOOLCHAIN: Final = Toolchain("C", "CC", ("cc", "gcc", "clang"), "cc", ".c", ("-std=c99", *RESULTS))
# With exceptions as the text raises them: values that nobody asked for may raise some.
FLAGGED: Final = tuple(flag for flag in RESULTS if flag != "-fno-trapping-math")


def _load(out_dir: Path, kernel: Kernel, variant: Variant, toolchain: Toolchain = TOOLCHAIN) -> Call:
    library = compile_library(existing(out_dir, TARGET.name, kernel, ".h", ".c"), toolchain)
    return Compiled(kernel, VARIANTS[variant], library, TARGET.symbol(kernel, variant))


def _load_flagged(out_dir: Path, kernel: Kernel, variant: Variant) -> Call:
    return _load(out_dir, kernel, variant, replace(TOOLCHAIN, flags=("-std=c99", *FLAGGED)))


# What helpers mean, for a reader.
def _meaning(number: str, suffix: str) -> str:
    """What helpers of one number format mean, in C of exact numbers."""
    own = [(record.written_out, record) for record in TABLE.values() if record.written_out]
    own += [(record.shorter[2], record) for record in TABLE.values() if record.shorter]
    lines = [
        f"{name}{suffix}({number} a) {{ return {record.libm}(a); }}"
        if record.arity == 1
        else f"{name}{suffix}({number} a, {number} b) {{ return exp(a - b); }}"
        for name, record in own
    ]
    return "\n".join(f"static {number} {line}" for line in lines)


def _folding(number: str, base: str) -> str:
    errors = "\n".join(f"static {number} {name}{base}({number} a, {number} b) {{ return 0; }}" for name in ERRORS)
    errors += "".join(f"\nstatic {number} {name}{base}({number} a, {number} b) {{ return a; }}" for name in HOLDS)
    return f"""
{errors}
static {number} maximum{base}({number} a, {number} b) {{ return a > b || a != a ? a : b; }}
static {number} minimum{base}({number} a, {number} b) {{ return a < b || a != a ? a : b; }}
static {number} sign_of{base}({number} a) {{ return a > 0 ? 1 : a < 0 ? -1 : a; }}
static void add{base}({number} *total, {number} term) {{ *total += term; }}
static void add_exactly{base}({number} *high, {number} *low, {number} term) {{ *high += term; }}
static void raise{base}({number} *largest, {number} value) {{ *largest = maximum{base}(*largest, value); }}
"""


WORDS: Final = "\n".join(
    [_meaning(*pair) for pair in (("float", "_f32"), ("double", "_f64"), ("double", "_wide"))]
    + [_folding(*pair) for pair in (("float", "_f32"), ("double", "_f64"))]
)
# Helpers are taken at their word: what approximates has a bound of its own, and what folds is measured.
HELPER: Final = re.compile(r"^#ifndef (DERIVE_\w+)$.*?^#endif  /\* \1 \*/$", re.MULTILINE | re.DOTALL)
HARD_CASES: Final = re.compile(r"^static const struct hard_case .*?^\};$", re.MULTILINE | re.DOTALL)
PREFIX: Final = "DERIVE_KERNEL "  # of a kernel: a macro


def _read(files: Sequence[SourceFile], kernel: Kernel, variants: Sequence[Variant]) -> Iterator[Read]:
    for file in files:
        if file.path.endswith(TOOLCHAIN.ending):
            for name in (TARGET.symbol(kernel, variant) for variant in variants):
                text = HARD_CASES.sub("", HELPER.sub("", file.text)).replace(PREFIX, "")
                yield Read(file.path, name, c_formula(kernel, text, name, WORDS))


TARGET: Final = Target(
    name="c",
    title="C",
    default=True,
    loops=True,
    loop="for (size_t {index} = {first}; {index} < {end}; {step})",
    blocks=Blocks(
        length="const size_t {length} = {size} - {first} < {most} ? {size} - {first} : {most};",
        array="{type} {values}[{most}];",
        fill="{values}[{index} - {first}] = {value};",
        step="{index} += {most}",
        row="&{name}[{row.index} * {element.size}]",
    ),
    formats=(FLOAT, FAST, DOUBLE),
    load={
        "element": "{name}[{element.index}]",
        "vector": "{name}[{row.index} * {element.size} + {element.index}]",
        "row": "{name}[{row.index}]",
        "scalar": "{name}",
    },
    declare={**dict.fromkeys(("element", "vector", "row"), "const {type} *{name}"), "scalar": "{type} {name}"},
    outputs=dict.fromkeys(("element", "vector", "row", "scalar"), "{type} *{name}"),
    store={
        "element": "{name}[{element.index}] = {value};",
        "vector": "{name}[{row.index} * {element.size} + {element.index}] = {value};",
        "row": "{name}[{row.index}] = {value};",
        "scalar": "*{name} = {value};",
    },
    meaning={
        "element": "{element.size} values",
        "vector": "{row.size} by {element.size} values, row after row",
        "row": "{row.size} values, one a row",
        "scalar": "one value",
    },
    size="size_t {name}",
    size_value="({type}){name}",
    reserved=KEYWORDS | MACROS | CALLED,
    reserved_functions=HEADERS,  # a folder that is searched for headers is searched before the system's
    comment=_in_comment,
    toolchain=TOOLCHAIN,
    runner=Runner(_load, raised_flags, arrays=False, load_flagged=_load_flagged),
    reader=_read,
)
