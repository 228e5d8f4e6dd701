"""C's types of numbers: which values each holds, what arithmetic on two of them has, and how declarations name them.

The widths are those of 64-bit Unix and of 32-bit int everywhere: int has 32 bits, long and size_t 64.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from derive.errors import UnsupportedError


@dataclass(frozen=True)
class CType:
    """A type of numbers; of real numbers where it has no bits, since rounding is left out."""

    name: str
    bits: int = 0
    signed: bool = True

    @property
    def whole(self) -> bool:
        return self.bits > 0

    @property
    def span(self) -> tuple[int, int]:
        """The least and the greatest value of a type of integers."""
        return (-(2 ** (self.bits - 1)), 2 ** (self.bits - 1) - 1) if self.signed else (0, 2**self.bits - 1)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class PointerType:
    """A pointer to numbers of one type; a pointer to nothing in particular has no target."""

    target: CType


Declared = CType | PointerType

FLOAT, DOUBLE, LONG_DOUBLE = CType("float"), CType("double"), CType("long double")
BOOL: Final = CType("_Bool", 1, False)
INT, UNSIGNED = CType("int", 32), CType("unsigned int", 32, False)
LONG, UNSIGNED_LONG = CType("long", 64), CType("unsigned long", 64, False)
VOID: Final = CType("void")
_SMALL: Final = {
    "signed char": CType("signed char", 8),
    "unsigned char": CType("unsigned char", 8, False),
    "short": CType("short", 16),
    "unsigned short": CType("unsigned short", 16, False),
}

# The words of a declaration, in alphabetical order and without a superfluous int or signed.
WORDS: Final[Mapping[str, CType]] = {
    "float": FLOAT, "double": DOUBLE, "double long": LONG_DOUBLE, "void": VOID, "_Bool": BOOL,
    "int": INT, "unsigned": UNSIGNED, "long": LONG, "long long": LONG,
    "long unsigned": UNSIGNED_LONG, "long long unsigned": UNSIGNED_LONG,
    "short": _SMALL["short"], "short unsigned": _SMALL["unsigned short"],
    "char signed": _SMALL["signed char"], "char unsigned": _SMALL["unsigned char"],
}  # fmt: skip
# What headers of the standard define.
HEADERS: Final[Mapping[str, CType]] = {
    "float_t": FLOAT, "float32_t": FLOAT, "double_t": DOUBLE, "float64_t": DOUBLE, "bool": BOOL,
    "size_t": UNSIGNED_LONG, "ptrdiff_t": LONG, "ssize_t": LONG, "intptr_t": LONG, "uintptr_t": UNSIGNED_LONG,
    "int8_t": _SMALL["signed char"], "uint8_t": _SMALL["unsigned char"],
    "int16_t": _SMALL["short"], "uint16_t": _SMALL["unsigned short"],
    "int32_t": INT, "uint32_t": UNSIGNED, "int64_t": LONG, "uint64_t": UNSIGNED_LONG,
}  # fmt: skip


def declared(node: Any, typedefs: Mapping[str, Declared]) -> Declared:
    """The type that a declaration's tree names. Raises UnsupportedError for structures and their like."""
    kind = type(node).__name__
    if kind == "TypeDecl":
        return declared(node.type, typedefs)
    if kind == "IdentifierType":
        return _named(node.names, typedefs)
    if kind in ("PtrDecl", "ArrayDecl"):
        target = declared(node.type, typedefs)
        if isinstance(target, PointerType):
            raise UnsupportedError("a pointer to pointers, or an array of arrays, is not read")
        return PointerType(target)
    raise UnsupportedError(f"the type {kind} is not read")


def _named(names: list[str], typedefs: Mapping[str, Declared]) -> Declared:
    if len(names) == 1 and names[0] in typedefs:
        return typedefs[names[0]]
    words = sorted(names)
    for superfluous in ("int", "signed"):
        if len(words) > 1 and superfluous in words and "char" not in words:
            words.remove(superfluous)
    found = WORDS.get(" ".join("int" if words == ["signed"] else word for word in words))
    if found is None:
        hint = ": compilers differ in whether it has a sign" if names == ["char"] else ""
        raise UnsupportedError(f"the type {' '.join(names)} is not read{hint}")
    return found


def promoted(kind: CType) -> CType:
    """What arithmetic makes of a type: nothing smaller than int."""
    return INT if kind.whole and kind.bits < INT.bits else kind


def common(left: CType, right: CType) -> CType:
    """The type in which two numbers are combined (C99, 6.3.1.8)."""
    if not (left.whole and right.whole):
        reals = [kind for kind in (LONG_DOUBLE, DOUBLE, FLOAT) if kind in (left, right)]
        return reals[0]
    left, right = promoted(left), promoted(right)
    if left.bits != right.bits:
        return left if left.bits > right.bits else right
    return right if left.signed else left


def of_literal(written: str) -> CType:
    """The type of an integer constant: the first that holds it, of those that its suffix and base allow."""
    digits = written.lower().rstrip("ul")
    suffix = written.lower()[len(digits) :]
    value = literal_value(digits)
    decimal = not digits.startswith("0")
    choices = [INT, UNSIGNED, LONG, UNSIGNED_LONG]
    for kind in choices:
        long_enough = "l" not in suffix or kind.bits == LONG.bits
        sign_allowed = not kind.signed if "u" in suffix else kind.signed or not decimal
        if long_enough and sign_allowed and value <= kind.span[1]:
            return kind
    raise UnsupportedError(f"{written} is too large for an integer")


def literal_value(digits: str) -> int:
    octal = digits.isdigit() and digits[0] == "0" and len(digits) > 1
    return int(digits, 8 if octal else 0)
