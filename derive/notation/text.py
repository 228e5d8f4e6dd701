"""Formulas as text: the safe reader, and the printer whose output it reads back unchanged.

The reader walks Python's syntax tree over a whitelist and builds Terms; nothing is evaluated.
"""

from __future__ import annotations

import ast
import difflib
import re
import warnings
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from derive.errors import FormulaError
from derive.term import (
    BINDERS,
    CONSTANTS,
    FUNCTIONS,
    RELATIONS,
    Term,
    branches,
    decimal,
    relation,
    symbol,
    term,
)

LONGEST: Final = 20_000  # characters
DEEPEST: Final = 200  # levels of nesting
WIDEST_NUMBER: Final = 400  # decimal digits of a literal or of a power of literals

# What people and SymPy write, and the name it has here.
SPELLINGS: Final = {
    "Abs": "abs", "fabs": "abs", "Max": "max", "Min": "min", "maximum": "max", "minimum": "min", "ln": "log",
    "ceil": "ceiling", "Heaviside": "heaviside", "sgn": "sign", "arcsin": "asin", "arccos": "acos",
    "arctan": "atan", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "lgamma": "loggamma",
    "gammaln": "loggamma", "psi": "digamma", "LambertW": "lambertw", "arctan2": "atan2", "pow": "pow",
}  # fmt: skip
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
    if len(text) > LONGEST:
        raise FormulaError(f"the formula has {len(text):,} characters; at most {LONGEST:,} are read")
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
        raise FormulaError(f"the formula is nested more than {DEEPEST} levels deep") from None


def _refuse_deep_brackets(text: str) -> None:
    depth = 0
    for column, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if depth > DEEPEST:
            raise FormulaError(f"brackets are nested more than {DEEPEST} levels deep", text, column)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.depth = text.strip(), 0

    def fail(self, node: ast.AST, message: str) -> FormulaError:
        column = getattr(node, "col_offset", 0)
        # ast counts bytes; the excerpt counts characters.
        characters = len(self.text.encode()[:column].decode(errors="ignore"))
        return FormulaError(message, self.text, characters)

    def read(self, node: ast.expr) -> Term:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaError(f"the formula is nested more than {DEEPEST} levels deep")
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
        written = ast.get_source_segment(self.text, node) or ""
        if not re.fullmatch(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", written) or len(written) > WIDEST_NUMBER:
            raise self.fail(node, "only decimal numbers of moderate length are read")
        if abs(int(written.lower().partition("e")[2] or 0)) > 308:
            raise self.fail(node, f"{written} is outside the range of float64")
        # A decimal literal means exactly the decimal written.
        return decimal(Fraction(written))

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
        if exponent.head == "pow" and exponent.args[0].head == "num" and base.head == "num":
            raise self.fail(node, "a tower of powers of numbers is too large")
        if exponent.head == "num" and base.head == "num":
            digits = max(len(str(base.number.numerator)), len(str(base.number.denominator)))
            if exponent.number * digits > WIDEST_NUMBER:
                raise self.fail(node, f"this power has more than {WIDEST_NUMBER} digits")

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
            near = difflib.get_close_matches(name, KNOWN_CALLS, 1)
            hint = f"; did you mean {near[0]}?" if near else "; a product is written with *"
            raise self.fail(node, f"unknown function {name}{hint}")
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


# Binding strength, weakest first, as in Python.
OR, AND, NOT, COMPARE, SUM, SIGN, PRODUCT, POWER, ATOM = range(9)
INFIX: Final = {"add": " + ", "sub": " - ", "mul": "*", "div": "/"}
SYMBOLS: Final = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}


def write_text(root: Term) -> str:
    """`root` in the syntax of `read_text`, with the fewest brackets that read back as `root`."""
    return _write(root)[0]


def write_number(value: Fraction) -> str:
    """A non-negative terminating decimal, digits as a person would write them."""
    if value.denominator == 1 and value < 10**16:
        return str(value.numerator)
    shift = 0
    while (value * 10**shift).denominator != 1:
        shift += 1
    digits = str(value * 10**shift).rstrip("0") if value.denominator == 1 else str(value * 10**shift)
    point = len(digits) - shift if value.denominator != 1 else len(str(value))
    if -4 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    if 0 < point < len(digits):
        return f"{digits[:point]}.{digits[point:]}"
    mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    return f"{mantissa}e{point - 1}"


def _within(root: Term, least: int) -> str:
    text, strength = _write(root)
    return text if strength >= least else f"({text})"


def _write(node: Term) -> tuple[str, int]:
    head, args = node.head, node.args
    if head == "num":
        return write_number(node.number), ATOM
    if head in ("sym", "const"):
        return node.name, ATOM
    if head in ("true", "false"):
        return head.capitalize(), ATOM
    if head in ("add", "sub"):
        return _within(args[0], SUM) + INFIX[head] + _within(args[1], SIGN), SUM
    if head in ("mul", "div"):
        return _within(args[0], PRODUCT) + INFIX[head] + _within(args[1], POWER), PRODUCT
    if head == "neg":
        # A leading minus takes in the whole product that follows it.
        return "-" + _within(args[0], PRODUCT), SIGN
    if head == "pow":
        exponent = _within(args[1], POWER)
        if args[1].head == "neg":
            exponent = f"({_write(args[1])[0]})"
        return f"{_within(args[0], ATOM)}**{exponent}", POWER
    if head in SYMBOLS:
        return f"{_within(args[0], SUM)} {SYMBOLS[head]} {_within(args[1], SUM)}", COMPARE
    if head in ("and", "or"):
        return f"{head.capitalize()}({', '.join(_write(part)[0] for part in args)})", ATOM
    if head == "not":
        return f"Not({_write(args[0])[0]})", ATOM
    if head in BINDERS:
        body, bound, first, last = (_write(part)[0] for part in args)
        return f"{head.capitalize()}({body}, ({bound}, {first}, {last}))", ATOM
    if head == "index":
        return f"{_write(args[0])[0]}[{', '.join(_write(part)[0] for part in args[1:])}]", ATOM
    if head == "cases":
        pairs = [f"({_write(value)[0]}, {_write(condition)[0]})" for value, condition in branches(node)]
        return f"Piecewise({', '.join(pairs)})", ATOM
    written = {"delta": "KroneckerDelta", "der": "Derivative"}.get(head) or (str(node.data) if head == "apply" else head)
    return f"{written}({', '.join(_write(part)[0] for part in args)})", ATOM
