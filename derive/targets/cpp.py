"""C++11: what it calls things, how its headers are compiled and run, and read. Kernels are templates on the number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from derive.code.c_kernels import c_formula
from derive.code.c_words import KEYWORDS, MACROS
from derive.codegen.kernel import VARIANTS, Dtype, Kernel, Variant
from derive.codegen.literals import shortest_float64
from derive.codegen.target import (
    ARITHMETIC,
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
)
from derive.codegen.target import (
    function as call,
)
from derive.compiled.compiler import compile_library
from derive.compiled.exceptions import raised_flags
from derive.compiled.library import Compiled
from derive.elementary.table import column
from derive.targets.c import FLAGGED, LOGIC, RESULTS
from derive.targets.c import TARGET as C

HELPERS: Final = ("maximum", "minimum", "sign_of", "exp_difference")
TYPES: Final[Mapping[Dtype, str]] = {"float32": "float", "float64": "double"}
STRICT: Final = (
    "-std=c++11", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wdouble-promotion", "-Wold-style-cast", "-Werror",
)  # fmt: skip


def _operations(one: str) -> dict[str, Op]:
    return {
        **ARITHMETIC,
        **LOGIC,
        **functions("libm", "std::{}".format, one, "detail::{}".format, HELPERS),
        "pow": call("std::pow", 2),
    }


def _constants(number: str) -> dict[str, str]:
    limits = f"std::numeric_limits<{number}>"
    return {"oo": f"{limits}::infinity()", "nan": f"{limits}::quiet_NaN()"}


# The rounding error of every addition is kept, and added at the end.
COMPENSATED_SUM: Final = Fold(
    before=("double {name}_high = 0.0, {name}_low = 0.0;",),
    step=("detail::add_exactly(&{name}_high, &{name}_low, {value});",),
    after=("const double {name} = std::isfinite({name}_low) ? {name}_high + {name}_low : {name}_high;",),
    helpers=("add_exactly",),
)
DOUBLE: Final = NumberFormat(
    variants=("float64",),
    symbol="{stem}",
    literal=lambda value: shortest_float64(float(value)),
    constants=_constants("double"),
    operations=_operations("1.0"),
    folds={
        ("maximum", "vector"): Fold(
            before=(f"double {{name}} = -{_constants('double')['oo']};",),
            step=("{name} = detail::maximum({name}, {value});",),
            helpers=("maximum",),
        ),
        ("sum", "vector"): COMPENSATED_SUM,
        ("sum", "element"): COMPENSATED_SUM,
    },
    assign="const double {name} = {value};",
    names={"type": "double"},
)
# Kernels compute in double, whatever the number: a float is rounded once.
ANY: Final = replace(
    DOUBLE,
    variants=("float32", "float64"),
    names={"type": "T"},
    wide=Wide(DOUBLE, call("static_cast<double>"), call("static_cast<T>")),
)

TOOLCHAIN: Final = Toolchain("C++", "CXX", ("c++", "g++", "clang++"), "c++", ".cpp", ("-std=c++11", *RESULTS))
ENDING: Final = ".hpp"


# Running: each kernel under C's name for it, for each number


def _load(out_dir: Path, kernel: Kernel, variant: Variant, toolchain: Toolchain = TOOLCHAIN) -> Call:
    unit = "\n".join([f'#include "{kernel.function}{ENDING}"', *(_instance(kernel, each) for each in TYPES), ""])
    sources = [*existing(out_dir, TARGET.name, kernel, ENDING), SourceFile("library.cpp", unit)]
    library = compile_library(sources, toolchain)
    return Compiled(kernel, VARIANTS[variant], library, C.symbol(kernel, variant))


def _load_flagged(out_dir: Path, kernel: Kernel, variant: Variant) -> Call:
    return _load(out_dir, kernel, variant, replace(TOOLCHAIN, flags=("-std=c++11", *FLAGGED)))


def _instance(kernel: Kernel, dtype: Dtype) -> str:
    declared = [TARGET.size.format(name=size) for size in kernel.sizes]
    for argument in kernel.arguments:
        patterns = TARGET.outputs if argument.role == "output" else TARGET.declare
        declared.append(patterns[argument.shape].format(name=argument.name, type=TYPES[dtype]))
    passed = ", ".join((*kernel.sizes, *(argument.name for argument in kernel.arguments)))
    inside = f"derive::{TARGET.symbol(kernel, dtype)}<{TYPES[dtype]}>({passed});"
    return f'extern "C" void {C.symbol(kernel, dtype)}({", ".join(declared)}) {{ {inside} }}'


# Reading: the template for one number, as C; what has another form than kernels stays C++, which no C reader takes

WORDS: Final = """
static double detail_exp_difference(double a, double b) { return exp(a - b); }
static void detail_add_exactly(double *high, double *low, double term) { *high += term; }
"""
LIBRARY: Final = "|".join((*column("libm").values(), "pow", "isfinite"))
DETAIL: Final = re.compile(r"^namespace detail \{$(.*?)^\}  // namespace detail$", re.MULTILINE | re.DOTALL)
AS_C: Final = (
    (r"^namespace derive \{$|^\}  // namespace derive$|^template <typename T>$|^ *static_assert\(.*\);$", ""),
    (r"^void (\w+)\(", r"void derive_\1("),  # so that none is called as a function of the library
    (r"\bdetail::(\w+)\(", r"detail_\1("),
    (rf"\bstd::({LIBRARY})\(", r"\1("),
    (r"\bstd::size_t\b", "size_t"),
    (r"\bstd::numeric_limits<\w+>::infinity\(\)", "INFINITY"),
    (r"\bstd::numeric_limits<\w+>::quiet_NaN\(\)", "NAN"),
    (r"\bstatic_cast<(\w+)>\(", r"(\1)("),
    (r"\bT\(", "(T)("),
)


def as_c(text: str, number: str) -> str:
    """The templates of a header for `number`, as C; a kernel is called `derive_` and its name, a helper `detail_`."""
    text = DETAIL.sub(lambda found: re.sub(rf"\b({'|'.join(HELPERS)}|add_exactly)\(", r"detail_\1(", found[1]), text)
    for pattern, written in AS_C:
        text = re.sub(pattern, written, text, flags=re.MULTILINE)
    return re.sub(r"\bT\b", number, text)


def _read(files: Sequence[SourceFile], kernel: Kernel, variants: Sequence[Variant]) -> Iterator[Read]:
    for file in files:
        if file.path.endswith(ENDING):
            for number in (TYPES[VARIANTS[variant]] for variant in variants):
                formula = c_formula(kernel, as_c(file.text, number), f"derive_{kernel.stem}", WORDS)
                yield Read(file.path, f"{kernel.stem}<{number}>", formula)


TARGET: Final = Target(
    name="cpp",
    title="C++",
    loops=True,
    loop="for (std::size_t {index} = {first}; {index} < {end}; {step})",
    formats=(ANY,),
    load=C.load,
    declare=C.declare,
    outputs=C.outputs,
    store=C.store,
    meaning=C.meaning,
    size="std::size_t {name}",
    size_value="static_cast<{type}>({name})",
    # Names of the library, and of helpers, are written with their namespace, which no argument hides.
    reserved=KEYWORDS | MACROS | {"T"},
    reserved_functions=KEYWORDS | MACROS | {"detail", "assert"},
    comment=C.comment,
    like=C.name,
    toolchain=TOOLCHAIN,
    runner=Runner(_load, raised_flags, arrays=False, load_flagged=_load_flagged),
    reader=_read,
)
