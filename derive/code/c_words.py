"""Words to which C, C++ and their headers give a meaning."""

from __future__ import annotations

from typing import Final

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
STDINT: Final = {
    f"{kind}{width}{end}"
    for kind in ("INT", "UINT", "INT_LEAST", "UINT_LEAST", "INT_FAST", "UINT_FAST")
    for width in ("8", "16", "32", "64", "MAX", "PTR")
    for end in ("_MIN", "_MAX", "_C", "_WIDTH")
} | {
    f"{kind}{end}" for kind in ("PTRDIFF", "SIZE", "SIG_ATOMIC", "WCHAR", "WINT") for end in ("_MIN", "_MAX", "_WIDTH")
}
HEADERS: Final = frozenset(
    """assert complex ctype errno features fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg
    stdatomic stdbit stdbool stdckdint stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar
    wctype""".split()
)
