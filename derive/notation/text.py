"""Formulas as text: the safe reader, and the printer whose output it reads back unchanged.

The reader walks Python's syntax tree over a whitelist and builds Terms; nothing is evaluated.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import ClassVar, Final

from derive.elementary.table import column
from derive.errors import FormulaError, UnknownFunctionError, nearest
from derive.notation.writer import ANY, ATOM, COMPARE, POWER, PRODUCT, SIGN, SUM, Form, Fragment, Writer
from derive.term import (
    CONSTANTS,
    FUNCTIONS,
    RELATIONS,
    Term,
    branches,
    decimal,
    print_by,
    rational_value,
    relation,
    symbol,
    term,
)

MAX_CHARACTERS: Final = 20_000  # characters
MAX_DEPTH: Final = 200  # levels of nesting
MAX_DIGITS: Final = 400  # decimal digits of a literal or of a power of literals

# What people and SymPy write, and the name it has here.
SPELLINGS: Final = (
    {name: head for head, names in column("spellings").items() for name in names}
    | {name: head for field in ("numpy", "libm") for head, name in column(field).items() if name not in FUNCTIONS}
    | {"pow": "pow"}
)
WRITTEN_BINDERS: Final = {"Sum": "sum", "Product": "product", "Maximum": "maximum"}
ARITHMETIC: Final[dict[type[ast.AST], str]] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow",
}  # fmt: skip
COMPARISONS: Final[dict[type[ast.AST], str]] = {
    ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne",
}  # fmt: skip
CALLED_RELATIONS: Final = {kind.capitalize(): kind for kind in RELATIONS}
NAMES: Final = {"True": Term("true"), "False": Term("false"), "inf": Term("const", (), "oo")} | {
    name: Term("const", (), name) for name in CONSTANTS
}
KNOWN_CALLS: Final = sorted(
    {*FUNCTIONS, *SPELLINGS, *WRITTEN_BINDERS, *CALLED_RELATIONS}
    | {"Piecewise", "KroneckerDelta", "Rational", "And", "Or", "Not", "Derivative"}
)


def read_text(text: str) -> Term:
    """The Term that `text` writes, in Python syntax with SymPy's names, in the order written.

    Raises FormulaError, in one line with the place of the fault. `E`, `pi`, `oo` are constants;
    every other name is a variable unless it is called. `-a*b` is read as `-(a*b)`.
    """
    tree = _parse(text)
    return _Reader(text).read(tree)


def _parse(text: str) -> ast.expr:
    if len(text) > MAX_CHARACTERS:
        raise FormulaError(f"the formula has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read")
    if not text.strip():
        raise FormulaError("the formula is empty")
    _refuse_deep_brackets(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)
            return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError) as problem:
        column = problem.offset - 1 if isinstance(problem, SyntaxError) and problem.offset else 0
        hint = " (a power is written **)" if re.search(r"\^", text) else ""
        said = problem.msg if isinstance(problem, SyntaxError) else str(problem)
        raise FormulaError(f"not a formula: {said}{hint}", text.strip(), min(column, len(text))) from None
    except (RecursionError, MemoryError):
        raise FormulaError(f"the formula is nested more than {MAX_DEPTH} levels deep") from None


def _refuse_deep_brackets(text: str) -> None:
    depth = 0
    for place, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if depth > MAX_DEPTH:
            raise FormulaError(f"brackets are nested more than {MAX_DEPTH} levels deep", text, place)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.depth = text.strip(), 0
        self.line = self.text.encode()  # where it is one line; ast counts bytes

    def fail(self, node: ast.AST, message: str) -> FormulaError:
        column = getattr(node, "col_offset", 0)
        # ast counts bytes; the excerpt counts characters.
        characters = len(self.text.encode()[:column].decode(errors="ignore"))
        return FormulaError(message, self.text, characters)

    def read(self, node: ast.expr) -> Term:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FormulaError(f"the formula is nested more than {MAX_DEPTH} levels deep")
        reader: Callable[..., Term] | None = getattr(self, f"read_{type(node).__name__}", None)
        if reader is None:
            raise self.fail(node, f"{type(node).__name__} has no meaning in a formula")
        found = reader(node)
        self.depth -= 1
        return found

    def read_Constant(self, node: ast.Constant) -> Term:
        if isinstance(node.value, bool):
            return NAMES[str(node.value)]
        if not isinstance(node.value, (int, float)):
            raise self.fail(node, f"{node.value!r} is not a number")
        written = self.written(node)
        if not re.fullmatch(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", written) or len(written) > MAX_DIGITS:
            raise self.fail(node, "only decimal numbers of moderate length are read")
        if abs(int(written.lower().partition("e")[2] or 0)) > 308:
            raise self.fail(node, f"{written} is outside the range of float64")
        # A decimal literal means exactly the decimal written.
        return decimal(Fraction(written))

    def written(self, node: ast.Constant) -> str:
        """The characters of a constant. `ast.get_source_segment` splits the whole text into lines each time."""
        if node.end_lineno == 1:
            return self.line[node.col_offset : node.end_col_offset].decode()
        return ast.get_source_segment(self.text, node) or ""

    def read_Name(self, node: ast.Name) -> Term:
        return NAMES.get(node.id) or symbol(node.id)

    def read_UnaryOp(self, node: ast.UnaryOp) -> Term:
        if isinstance(node.op, ast.USub):
            return Term("neg", (self.read(node.operand),))
        if isinstance(node.op, ast.UAdd):
            return self.read(node.operand)
        if isinstance(node.op, ast.Not):
            return Term("not", (self.read(node.operand),))
        raise self.fail(node, "~ has no meaning in a formula; write `not`")

    def read_BinOp(self, node: ast.BinOp) -> Term:
        head = ARITHMETIC.get(type(node.op))
        if head is None:
            power = "; a power is written **" if isinstance(node.op, ast.BitXor) else ""
            raise self.fail(node, f"{type(node.op).__name__} has no meaning in a formula{power}")
        left, right = self.read(node.left), self.read(node.right)
        if head == "pow":
            self.refuse_huge(node, left, right)
        opens_with_minus = left.head == "neg" and node.left.col_offset == node.col_offset
        if head in ("mul", "div") and opens_with_minus and not isinstance(node.left, ast.Call):
            return -Term(head, (left.args[0], right))
        return Term(head, (left, right))

    def refuse_huge(self, node: ast.AST, base: Term, exponent: Term) -> None:
        is_tower = exponent.head == "pow" and all(part.head == "num" for part in exponent.args)
        if base.head != "num" or not (exponent.head == "num" or is_tower):
            return
        power = rational_value(exponent)
        if power is None:  # a root, or more than is worked out
            power = Fraction(10) ** min(_digits(*(part.number for part in exponent.args)), MAX_DIGITS)
        if _digits(base.number, power) > MAX_DIGITS:
            what = "a tower of powers of numbers is too large" if is_tower else ""
            raise self.fail(node, what or f"this power has more than {MAX_DIGITS} digits")

    def read_Compare(self, node: ast.Compare) -> Term:
        sides = [self.read(side) for side in (node.left, *node.comparators)]
        links = []
        for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
            if type(operator) not in COMPARISONS:
                raise self.fail(node, f"{type(operator).__name__} has no meaning in a formula")
            links.append(relation(COMPARISONS[type(operator)], left, right))
        return links[0] if len(links) == 1 else Term("and", tuple(links))

    def read_BoolOp(self, node: ast.BoolOp) -> Term:
        return Term("and" if isinstance(node.op, ast.And) else "or", tuple(map(self.read, node.values)))

    def read_IfExp(self, node: ast.IfExp) -> Term:
        return Term("cases", (*map(self.read, (node.body, node.test, node.orelse)), Term("true")))

    def read_Subscript(self, node: ast.Subscript) -> Term:
        base = self.read(node.value)
        if base.head not in ("sym", "inv"):
            raise self.fail(node, "only a name or inv(A) carries an index")
        where = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return Term("index", (base, *map(self.read, where)))

    def read_Call(self, node: ast.Call) -> Term:
        if not isinstance(node.func, ast.Name):
            raise self.fail(node, "only a named function can be called")
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.fail(node, "a formula's functions take plain arguments")
        name = node.func.id
        special: Callable[[ast.Call], Term] | None = getattr(self, f"call_{name}", None)
        if special is not None:
            return special(node)
        if name in WRITTEN_BINDERS:
            return self.binder(node, WRITTEN_BINDERS[name])
        arguments = tuple(map(self.read, node.args))
        if name in CALLED_RELATIONS:
            self.count(node, 2)
            return relation(CALLED_RELATIONS[name], *arguments)
        return self.apply(node, SPELLINGS.get(name, name), arguments)

    def apply(self, node: ast.Call, name: str, arguments: tuple[Term, ...]) -> Term:
        if name in ("max", "min") and len(arguments) > 2:
            return Term(name, (self.apply(node, name, arguments[:-1]), arguments[-1]))
        if name == "zeta" and len(arguments) == 1:
            arguments = (*arguments, term(1))
        if name == "heaviside" and len(arguments) == 2:
            raise self.fail(node, "heaviside takes one argument; write the value at 0 as a Piecewise")
        if name not in FUNCTIONS:
            near = nearest(name, KNOWN_CALLS)
            hint = f"; did you mean {near}?" if near else "; a product is written with *"
            problem = self.fail(node, "")
            raise UnknownFunctionError(name, f"unknown function {name}{hint}", problem.text, problem.column)
        if len(arguments) != FUNCTIONS[name]:
            raise self.fail(node, f"{name} takes {FUNCTIONS[name]} argument(s), not {len(arguments)}")
        return Term(name, arguments)

    def count(self, node: ast.Call, wanted: int) -> None:
        if len(node.args) != wanted:
            assert isinstance(node.func, ast.Name)
            raise self.fail(node, f"{node.func.id} takes {wanted} argument(s), not {len(node.args)}")

    def binder(self, node: ast.Call, head: str) -> Term:
        if len(node.args) < 2:
            raise self.fail(node, "a sum is written Sum(body, (k, first, last))")
        body = self.read(node.args[0])
        for limits in node.args[1:]:
            parts = limits.elts if isinstance(limits, ast.Tuple) else []
            if len(parts) != 3 or not isinstance(parts[0], ast.Name):
                raise self.fail(limits, "the range of a sum is written (k, first, last)")
            body = Term(head, (body, *map(self.read, parts)))
        return body

    def call_Piecewise(self, node: ast.Call) -> Term:
        flat: list[Term] = []
        for branch in node.args:
            if not isinstance(branch, ast.Tuple) or len(branch.elts) != 2:
                raise self.fail(branch, "a branch is written (value, condition)")
            flat += map(self.read, branch.elts)
        if not flat:
            raise self.fail(node, "Piecewise needs a branch (value, condition)")
        return Term("cases", tuple(flat))

    def call_KroneckerDelta(self, node: ast.Call) -> Term:
        self.count(node, 2)
        return Term("delta", tuple(map(self.read, node.args)))

    def call_Rational(self, node: ast.Call) -> Term:
        self.count(node, 2)
        return self.read(node.args[0]) / self.read(node.args[1])

    def call_pow(self, node: ast.Call) -> Term:
        self.count(node, 2)
        return self.read(node.args[0]) ** self.read(node.args[1])

    def call_And(self, node: ast.Call) -> Term:
        return Term("and", tuple(map(self.read, node.args)))

    def call_Or(self, node: ast.Call) -> Term:
        return Term("or", tuple(map(self.read, node.args)))

    def call_Not(self, node: ast.Call) -> Term:
        self.count(node, 1)
        return Term("not", tuple(map(self.read, node.args)))

    def call_Derivative(self, node: ast.Call) -> Term:
        self.count(node, 2)
        return Term("der", tuple(map(self.read, node.args)))


class _TextWriter(Writer):
    """Python's precedence; every operator that is not arithmetic is written as a call."""

    forms: ClassVar[Mapping[str, Form]] = {
        "add": Form("{} + {}", SUM, (SUM, SIGN)),
        "sub": Form("{} - {}", SUM, (SUM, SIGN)),
        "div": Form("{}/{}", PRODUCT, (PRODUCT, POWER)),
        "neg": Form("-{}", SIGN, (PRODUCT,)),  # a leading minus takes in the whole product that follows it
        "pow": Form("{}**{}", POWER, (ATOM, POWER)),
        "sum": Form("Sum({}, ({}, {}, {}))", ATOM, (ANY,) * 4),
        "product": Form("Product({}, ({}, {}, {}))", ATOM, (ANY,) * 4),
        "maximum": Form("Maximum({}, ({}, {}, {}))", ATOM, (ANY,) * 4),
        **{
            head: Form(f"{{}} {sign} {{}}", COMPARE, (SUM, SUM))
            for head, sign in zip(RELATIONS, ("<", "<=", ">", ">=", "==", "!="), strict=True)
        },
    }
    calls: ClassVar[Mapping[str, str]] = {
        "and": "And", "or": "Or", "not": "Not", "delta": "KroneckerDelta", "der": "Derivative",
    }  # fmt: skip

    def write_true(self, node: Term) -> Fragment:
        return "True", ATOM

    def write_false(self, node: Term) -> Fragment:
        return "False", ATOM

    def write_index(self, node: Term) -> Fragment:
        return f"{self.write(node.args[0])}[{', '.join(map(self.write, node.args[1:]))}]", ATOM

    def write_cases(self, node: Term) -> Fragment:
        pairs = [f"({self.write(value)}, {self.write(condition)})" for value, condition in branches(node)]
        return f"Piecewise({', '.join(pairs)})", ATOM


def write_text(root: Term) -> str:
    """`root` in the syntax of `read_text`, with the fewest brackets that read back as `root`."""
    return _TextWriter().write(root)


print_by(write_text)


def _digits(base: Fraction, exponent: Fraction) -> int:
    """At most so many digits has a power of a number, above or below."""
    plain = base in (-1, 0, 1)
    return 0 if plain else int(exponent * max(len(str(base.numerator)), len(str(base.denominator))))
