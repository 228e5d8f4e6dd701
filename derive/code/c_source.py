"""C source text to pycparser's tree: comments, directives and the types of headers, without a preprocessor."""

from __future__ import annotations

import re
from typing import Any, Final

from pycparser import CParser, c_parser

from derive.errors import UnsupportedError

# What <math.h> and <float.h> define.
MACROS: Final = {
    "M_PI": "3.14159265358979323846", "M_PI_2": "1.57079632679489661923", "M_PI_4": "0.78539816339744830962",
    "M_1_PI": "0.31830988618379067154", "M_2_PI": "0.63661977236758134308", "M_2_SQRTPI": "1.12837916709551257390",
    "M_SQRT2": "1.41421356237309504880", "M_SQRT1_2": "0.70710678118654752440", "M_E": "2.7182818284590452354",
    "M_LN2": "0.69314718055994530942", "M_LN10": "2.30258509299404568402", "M_LOG2E": "1.4426950408889634074",
    "M_LOG10E": "0.43429448190325182765",
    "FLT_EPSILON": "0x1p-23", "DBL_EPSILON": "0x1p-52", "FLT_MIN": "0x1p-126", "DBL_MIN": "0x1p-1022",
    "FLT_MAX": "0x1.fffffep127", "DBL_MAX": "0x1.fffffffffffffp1023",
}  # fmt: skip
TYPES: Final = {
    "int": "size_t ptrdiff_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t bool".split(),
    "float": ["float_t", "float32_t"],
    "double": ["double_t", "float64_t"],
}
# What compilers add to the language, and nothing here depends on.
DECORATIONS: Final = re.compile(
    r"__attribute__\s*\(\(.*?\)\)|__declspec\s*\(.*?\)|\b_*(?:force_?inline|restrict|always_inline|device|host|global)_*\b",
    re.IGNORECASE,
)
COMMENT: Final = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
DEFINITION: Final = re.compile(r"[ \t]*#[ \t]*define[ \t]+(\w+)(\(?)[ \t]*(.*)")


def parse(source: str) -> Any:
    """The tree of a translation unit. Raises UnsupportedError for what is not C99."""
    problems = tuple({getattr(c_parser, "ParseError", SyntaxError), SyntaxError})
    try:
        return CParser().parse(_preamble() + _without_directives(source), "source.c")
    except problems as problem:
        raise UnsupportedError(f"not C that can be read: {problem}") from None


def _preamble() -> str:
    lines = [f"typedef {base} {name};" for base, names in TYPES.items() for name in names]
    return " ".join(lines) + "\n#line 1\n"


def _without_directives(source: str) -> str:
    """The program text, line by line, with macros that stand for a constant put in their places."""
    # A comment keeps its newlines, so that lines keep their numbers.
    text = COMMENT.sub(lambda found: " " + "\n" * found[0].count("\n"), source)
    text = re.sub(r"\\\n", " ", text)
    macros = dict(MACROS)
    kept = []
    for line in text.split("\n"):
        definition = DEFINITION.fullmatch(line.rstrip())
        if definition and not definition[2] and definition[3]:
            macros[definition[1]] = f"({_expanded(definition[3], macros)})"
        kept.append("" if line.lstrip().startswith("#") else _expanded(line, macros))
    return DECORATIONS.sub(lambda found: "", "\n".join(kept))


def _expanded(line: str, macros: dict[str, str]) -> str:
    return re.sub(r"\b[A-Za-z_]\w*\b", lambda found: macros.get(found[0], found[0]), line)
