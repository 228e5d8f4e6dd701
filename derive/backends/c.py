"""C99: what it calls things, and how it is compiled."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from derive.backends.base import (
    AND,
    ARITHMETIC,
    ATOM,
    CHOICE,
    COMPARE,
    OR,
    SIGN,
    Backend,
    Fold,
    NumberFormat,
    Op,
    Wide,
    functions,
    infix,
)
from derive.backends.base import (
    function as call,
)
from derive.backends.literals import nearest_float32, shortest_float32, shortest_float64
from derive.elementary.table import column
from derive.errors import UnsupportedError

HELPERS: Final = ("maximum", "minimum", "sign_of", "exp_difference")

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


def _operations(suffix: str, helper_suffix: str) -> dict[str, Op]:
    return {
        **ARITHMETIC,
        **LOGIC,
        **functions("libm", f"{{}}{suffix}".format, f"1.0{suffix}", f"{{}}_{helper_suffix}".format, HELPERS),
        "pow": call(f"pow{suffix}", 2),
    }


def _maximum(number: str, infinity: str, suffix: str) -> Fold:
    return Fold(
        before=(f"{number} {{name}} = -{infinity};",),
        step=(f"{{name}} = maximum_{suffix}({{name}}, {{value}});",),
        helpers=("maximum",),
    )


# The rounding error of every addition is kept, and added at the end.
COMPENSATED_SUM: Final = Fold(
    before=("double {name}_high = 0.0, {name}_low = 0.0;",),
    step=("add_exactly(&{name}_high, &{name}_low, {value});",),
    after=("const double {name} = isfinite({name}_low) ? {name}_high + {name}_low : {name}_high;",),
    helpers=("add_exactly",),
)


def _float_literal(value: Fraction) -> str:
    number = nearest_float32(value)
    if number == float("inf"):
        raise UnsupportedError(f"the constant {float(value):.6g} is beyond the range of float32")
    return f"{shortest_float32(number)}f"


def _double_literal(value: Fraction) -> str:
    return shortest_float64(float(value))


def _folds(suffix: str, number: str, infinity: str, total: Fold) -> dict[tuple[str, str], Fold]:
    return {("maximum", "vector"): _maximum(number, infinity, suffix), ("sum", "vector"): total,
            ("sum", "element"): total}  # fmt: skip


DOUBLE: Final = NumberFormat(
    dtypes=("float64",),
    symbol="derive_{stem}_f64",
    literal=_double_literal,
    constants={"oo": "(double)INFINITY", "nan": "(double)NAN"},
    operations=_operations("", "f64"),
    folds=_folds("f64", "double", "(double)INFINITY", COMPENSATED_SUM),
    assign="const double {name} = {value};",
    names={"type": "double", "suffix": "f64", "f": ""},
)
# In double, terms and all: where terms cancel, the total is still as good as a float can be.
WIDE_SUM: Final = Fold(
    before=("double {name} = 0.0;",),
    step=("{name} += {value};",),
    wide=Wide(DOUBLE, Op("(double){}", SIGN, (ATOM,)), Op("(float){}", SIGN, (ATOM,))),
)
FLOAT: Final = NumberFormat(
    dtypes=("float32",),
    symbol="derive_{stem}_f32",
    literal=_float_literal,
    constants={"oo": "INFINITY", "nan": "NAN"},
    operations=_operations("f", "f32"),
    folds=_folds("f32", "float", "INFINITY", WIDE_SUM),
    assign="const float {name} = {value};",
    names={"type": "float", "suffix": "f32", "f": "f"},
)

# C's words to C23, and C++'s: a header is read by both.
KEYWORDS: Final = frozenset(
    """alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t class
    co_await co_return co_yield compl concept const const_cast consteval constexpr constinit continue decltype default
    delete do double dynamic_cast else enum explicit export extern false float for friend goto if inline int long
    mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public register
    reinterpret_cast requires restrict return short signed sizeof static static_assert static_cast struct switch
    template this thread_local throw true try typedef typeid typename typeof typeof_unqual union unsigned using virtual
    void volatile wchar_t while xor xor_eq""".split()
)
CONSTANTS: Final = "E LOG2E LOG10E LN2 LN10 PI PI_2 PI_4 1_PI 2_PI 2_SQRTPI SQRT2 SQRT1_2".split()
WIDTHS: Final = "F16 F32 F64 F128 F32X F64X".split()
# Macros that compilers predefine, and those of <stddef.h>, <math.h> and, in C++, what the latter includes.
MACROS: Final = frozenset(
    """unix linux i386 sun sparc mips hppa vax PPC NULL errno math_errhandling MATH_ERRNO MATH_ERREXCEPT
    INFINITY NAN HUGE HUGE_VAL HUGE_VALF HUGE_VALL SNAN SNANF SNANL MAXFLOAT
    DOMAIN SING OVERFLOW UNDERFLOW TLOSS PLOSS X_TLOSS FP_NAN FP_INFINITE FP_ZERO FP_SUBNORMAL FP_NORMAL
    FP_ILOGB0 FP_ILOGBNAN FP_LLOGB0 FP_LLOGBNAN FP_FAST_FMA FP_FAST_FMAF FP_FAST_FMAL
    FP_INT_UPWARD FP_INT_DOWNWARD FP_INT_TOWARDZERO FP_INT_TONEAREST FP_INT_TONEARESTFROMZERO
    BIG_ENDIAN LITTLE_ENDIAN PDP_ENDIAN BYTE_ORDER EXIT_SUCCESS EXIT_FAILURE RAND_MAX MB_CUR_MAX FD_SETSIZE NFDBITS
    WNOHANG WUNTRACED WSTOPPED WEXITED WCONTINUED WNOWAIT""".split()
) | {f"M_{name}{suffix}" for name in CONSTANTS for suffix in ("", "f", "l", *map(str.lower, WIDTHS))} | {
    f"{name}{width}" for name in ("HUGE_VAL_", "SNAN") for width in WIDTHS
}  # fmt: skip
# What a kernel's text calls: an argument of that name would hide it.
CALLED: Final = {
    *(f"{name}{suffix}" for name in (*column("libm").values(), "pow") for suffix in ("", "f")),
    *(f"{name}_{suffix}" for name in HELPERS for suffix in ("f32", "f64")),
    *("add_exactly", "isfinite", "size_t"),
}
HEADERS: Final = frozenset(
    """assert complex ctype errno features fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg
    stdatomic stdbit stdbool stdckdint stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar
    wctype""".split()
)


def _in_comment(text: str) -> str:
    return text.replace("*/", "* /").replace("/*", "/ *")


C: Final = Backend(
    name="c",
    loops=True,
    formats=(FLOAT, DOUBLE),
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
    # Nothing here changes a result: no reassociation, no contraction, no flush to zero.
    flags=("-std=c99", "-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off"),
)
