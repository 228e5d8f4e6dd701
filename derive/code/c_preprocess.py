"""C's preprocessor: comments, conditional groups and macros, replaced token by token as the standard has it.

What the text alone does not settle, such as a macro that the compiler defines, may not decide which program is read.
"""

from __future__ import annotations

import ast
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from derive.errors import UnsupportedError

# What <math.h> and <float.h> define.
HEADER_MACROS: Final = {
    "M_PI": "3.14159265358979323846", "M_PI_2": "1.57079632679489661923", "M_PI_4": "0.78539816339744830962",
    "M_1_PI": "0.31830988618379067154", "M_2_PI": "0.63661977236758134308", "M_2_SQRTPI": "1.12837916709551257390",
    "M_SQRT2": "1.41421356237309504880", "M_SQRT1_2": "0.70710678118654752440", "M_E": "2.7182818284590452354",
    "M_LN2": "0.69314718055994530942", "M_LN10": "2.30258509299404568402", "M_LOG2E": "1.4426950408889634074",
    "M_LOG10E": "0.43429448190325182765",
    "FLT_EPSILON": "0x1p-23", "DBL_EPSILON": "0x1p-52", "FLT_MIN": "0x1p-126", "DBL_MIN": "0x1p-1022",
    "FLT_MAX": "0x1.fffffep127", "DBL_MAX": "0x1.fffffffffffffp1023",
}  # fmt: skip
# Reserved names that no C compiler defines for the programs that are read here.
NEVER_DEFINED: Final = frozenset(("__cplusplus", "__FAST_MATH__", "__CUDACC__", "__CUDA_ARCH__"))
RESERVED: Final = re.compile(r"_[A-Z_]\w*")
NAME: Final = re.compile(r"[A-Za-z_]\w*")
TOKEN: Final = re.compile(
    r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|[A-Za-z_]\w*|\.?\d(?:[eEpP][+-]|[\w.])*|\s+|##|.', re.DOTALL
)
COMMENT: Final = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|//[^\n]*|/\*.*?\*/', re.DOTALL)
DIRECTIVE: Final = re.compile(r"\s*#\s*([a-z]*)\s*(.*?)\s*", re.DOTALL)
DEFINITION: Final = re.compile(r"([A-Za-z_]\w*)(\(([^()]*)\))?(.*)", re.DOTALL)
JOINT: Final = "\x01"  # where a line of the source ends within a logical line
NEGATION: Final = "negation"
MAX_TOKENS: Final = 200_000  # of replacements
CToken = tuple[str, frozenset[str]]  # a token, and the macros that it came from


@dataclass(frozen=True)
class Macro:
    body: tuple[str, ...]
    parameters: tuple[str, ...] | None = None


def preprocess(source: str) -> str:
    """The program text, on the lines where it stood. Raises UnsupportedError where the text does not settle it."""
    return _Preprocessor().run(source)


class _Unsettled(Exception):  # noqa: N818  (an answer, not an error)
    """A condition depends on what the compiler defines."""


@dataclass
class _Group:
    """`#if` to `#endif`: whether the part at hand is read, and whether one was."""

    line: int
    reads: bool
    taken: bool
    unsettled: str = ""  # the name on which it depends
    guarded: str = ""  # the header's macro that it defines anew where the header has not


@dataclass
class _Preprocessor:
    macros: dict[str, Macro] = field(
        default_factory=lambda: {name: Macro((text,)) for name, text in HEADER_MACROS.items()}
    )
    own: set[str] = field(default_factory=set)
    groups: list[_Group] = field(default_factory=list)
    spent: int = 0

    def run(self, source: str) -> str:
        found: list[str] = []
        pending: list[str] = []
        for number, line in _logical_lines(source):
            directive = DIRECTIVE.fullmatch(line) if line.lstrip().startswith("#") else None
            ends = "\n" * (1 + line.count(JOINT))
            line = line.replace(JOINT, " ")
            if directive is None:
                pending.append((line if self.reading(number, line) else "") + ends)
                continue
            found.append(self.expanded("".join(pending)))
            pending = []
            self.directive(number, directive[1], directive[2].replace(JOINT, " "))
            found.append(ends)
        if self.groups:
            raise UnsupportedError(f"line {self.groups[-1].line}: #if without #endif")
        found.append(self.expanded("".join(pending)))
        return "".join(found)

    def reading(self, number: int, line: str) -> bool:
        for group in self.groups:
            if group.unsettled and line.strip():
                raise UnsupportedError(
                    f"line {number}: whether this is compiled depends on {group.unsettled}, which the compiler defines"
                )
        return all(group.reads for group in self.groups)

    # Directives

    def directive(self, number: int, name: str, rest: str) -> None:
        if name in ("if", "ifdef", "ifndef"):
            self.groups.append(self.opened(number, name, rest))
        elif name in ("elif", "else", "endif"):
            if not self.groups:
                raise UnsupportedError(f"line {number}: #{name} without #if")
            self.turned(number, name, rest)
        elif all(group.reads or group.unsettled for group in self.groups):
            self.obeyed(number, name, rest)

    def opened(self, number: int, name: str, rest: str) -> _Group:
        if not all(group.reads for group in self.groups):
            return _Group(number, reads=False, taken=True)
        if name == "ifndef" and rest in HEADER_MACROS and rest not in self.own:
            return _Group(number, reads=True, taken=True, guarded=rest)
        condition = {"if": rest, "ifdef": f"defined({rest})", "ifndef": f"!defined({rest})"}[name]
        holds, unsettled = self.settled(number, condition)
        return _Group(number, holds, holds, unsettled)

    def turned(self, number: int, name: str, rest: str) -> None:
        group = self.groups[-1]
        if name == "endif":
            self.groups.pop()
        elif group.unsettled:
            pass
        elif name == "else":
            group.reads, group.taken = not group.taken, True
        elif group.taken:
            group.reads = False
        else:
            group.reads, group.unsettled = self.settled(number, rest)
            group.taken = group.reads

    def obeyed(self, number: int, name: str, rest: str) -> None:
        unsettled = next((group.unsettled for group in self.groups if group.unsettled), "")
        if name in ("define", "undef"):
            if unsettled:
                raise UnsupportedError(f"line {number}: this macro depends on {unsettled}, which the compiler defines")
            self.defined(number, name, rest)
        elif name == "error" and not unsettled:
            raise UnsupportedError(f"line {number}: #error {rest}")
        elif name not in ("include", "pragma", "line", "error", "warning", ""):
            raise UnsupportedError(f"line {number}: the directive #{name} is not read")

    def defined(self, number: int, name: str, rest: str) -> None:
        if name == "undef":
            self.macros.pop(rest, None)
            self.own.discard(rest)
            return
        definition = DEFINITION.fullmatch(rest)
        if definition is None:
            raise UnsupportedError(f"line {number}: #define {rest} is not a definition")
        macro, brackets, parameters, body = definition.groups()
        guarded = any(group.guarded == macro for group in self.groups)
        if guarded and _number(body) != _number(HEADER_MACROS[macro]):
            raise UnsupportedError(
                f"line {number}: {macro} is another number than the header's, which some compilers define"
            )
        if guarded:
            return
        listed = None if brackets is None else tuple(part.strip() for part in parameters.split(",") if part.strip())
        self.macros[macro] = Macro(tuple(part for part in TOKEN.findall(body) if not part.isspace()), listed)
        self.own.add(macro)

    # Conditions

    def settled(self, number: int, condition: str) -> tuple[bool, str]:
        """Whether the text says that a condition holds, and the name that it depends on where it does not say."""
        try:
            asked = re.sub(r"\bdefined\s*(?:\(\s*(\w+)\s*\)|(\w+))", self.asked, condition)
            text = re.sub(NAME, self.unknown, self.expanded(asked))
        except _Unsettled as problem:
            return False, str(problem)
        value = _whole_value(text)
        if value is None:
            raise UnsupportedError(f"line {number}: the condition {condition} is not read")
        return bool(value), ""

    def asked(self, found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name not in self.own and name not in NEVER_DEFINED and (RESERVED.fullmatch(name) or name in HEADER_MACROS):
            raise _Unsettled(name)
        return " 1 " if name in self.own else " 0 "

    def unknown(self, found: re.Match[str]) -> str:
        if RESERVED.fullmatch(found[0]) and found[0] not in NEVER_DEFINED:
            raise _Unsettled(found[0])
        return "0"

    # Macros

    def expanded(self, text: str) -> str:
        given = deque((part, frozenset[str]()) for part in TOKEN.findall(text))
        # Spaces keep what a macro gave from growing together with its neighbours.
        return "".join(
            f" {token} " if origin and not token.isspace() else token for token, origin in self.replaced(given)
        )

    def replaced(self, waiting: deque[CToken]) -> Iterator[CToken]:
        """Tokens with the macros among them replaced; what a macro gave is not replaced by that macro again."""
        while waiting:
            token, origin = waiting.popleft()
            macro = self.macros.get(token) if token not in origin else None
            given = None if macro is None or macro.parameters is None else _arguments(token, waiting)
            if macro is None or (macro.parameters is not None and given is None):
                yield token, origin
                continue
            body = list(self.substituted(token, macro, given or []))
            self.spent += len(body) + 1
            if self.spent > MAX_TOKENS:
                raise UnsupportedError(f"the macro {token} grows without end")
            waiting.extendleft(reversed([(part, before | origin | {token}) for part, before in body]))

    def substituted(self, name: str, macro: Macro, given: list[list[CToken]]) -> Iterator[CToken]:
        """A macro's body, with what it was given in its parameters' places."""
        parameters = macro.parameters or ()
        if "#" in macro.body or "##" in macro.body or "..." in parameters:
            raise UnsupportedError(f"the macro {name} joins tokens or takes any number of them, which is not read")
        if not parameters and all(token.isspace() for part in given for token, _ in part):
            given = []
        if len(given) != len(parameters):
            raise UnsupportedError(f"the macro {name} takes {len(parameters)} arguments, not {len(given)}")
        values = dict(zip(parameters, given, strict=True))
        for part in macro.body:
            if part in values:
                yield from self.replaced(deque(values[part]))
            else:
                yield part, frozenset()


def _arguments(name: str, waiting: deque[CToken]) -> list[list[CToken]] | None:
    """What a macro is given, taken from the tokens that follow it; None where no bracket does."""
    following = next((token for token, _ in waiting if not token.isspace()), "")
    if following != "(":
        return None
    while waiting.popleft()[0] != "(":
        pass
    found: list[list[CToken]] = [[]]
    depth = 1
    while waiting:
        token, origin = waiting.popleft()
        depth += (token in ("(", "[", "{")) - (token in (")", "]", "}"))
        if depth == 0:
            return found
        if token == "," and depth == 1:
            found.append([])
        else:
            found[-1].append((token, origin))
    raise UnsupportedError(f"the macro {name} is called without a closing bracket")


def _logical_lines(source: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, joined where a comment or a backslash joins them, without comments."""
    text = re.sub(r"\\[ \t]*\n", JOINT, source.replace("\r\n", "\n"))
    text = COMMENT.sub(lambda found: found[0] if found[0][0] in "\"'" else " " + _joints(found[0]), text)
    if "/*" in re.sub(r'"(?:\\.|[^"\\\n])*"', "", text):
        raise UnsupportedError("a comment is never closed")
    number = 1
    for line in text.split("\n"):
        yield number, line
        number += 1 + line.count(JOINT)


def _joints(comment: str) -> str:
    return JOINT * (comment.count("\n") + comment.count(JOINT))


def _number(written: str) -> float | None:
    """The double that a macro's text stands for, where it is one constant."""
    text = written.strip().strip("()").rstrip("fFlL") if not written.strip().lower().startswith("0x") else written
    try:
        return float.fromhex(text) if "0x" in text.lower() else float(Fraction(text))
    except (ValueError, ZeroDivisionError):
        return None


def _whole_value(text: str) -> int | None:
    """The value of a condition of whole numbers; None for one that is not read."""
    text = re.sub(r"\b(\d+)[uUlL]+\b", r"\1", text)
    # C's `!` binds before any comparison, as a call does.
    text = re.sub(r"!\s*(\d+)", r"!(\1)", text)
    text = re.sub(r"!\s*\(", f"{NEGATION}(", text.replace("&&", " and ").replace("||", " or "))
    try:
        return _folded(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _folded(node: ast.expr) -> int | None:
    """The value of Python's tree of a condition; None where a part of it is not read."""
    match node:
        case ast.Constant(value=int() as number):
            return int(number)
        case ast.Call(func=ast.Name(id=name), args=[inner]) if name == NEGATION:
            negated = _folded(inner)
            return None if negated is None else int(not negated)
        case ast.BoolOp(op=sign, values=parts):
            values = [_folded(part) for part in parts]
            chosen = all(values) if isinstance(sign, ast.And) else any(values)
            return None if None in values else int(chosen)
        case ast.Compare(left=left, ops=[compared], comparators=[right]):
            one, other = _folded(left), _folded(right)
            if one is None or other is None:
                return None
            held = {
                ast.Lt: one < other, ast.LtE: one <= other, ast.Gt: one > other, ast.GtE: one >= other,
                ast.Eq: one == other, ast.NotEq: one != other,
            }  # fmt: skip
            return int(held[type(compared)]) if type(compared) in held else None
    return None
