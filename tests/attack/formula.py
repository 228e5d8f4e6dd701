"""The attack's own reader of formulas: text to nested tuples. Nothing of derive is used.

A node is a tuple whose first member says what it is: `num` (a Fraction), `name`, `const`, `index` (a name, then
indices), `add sub mul div pow neg`, `call` (a name, then arguments), `cases` (value, condition, ...), `rel` (a
comparison, then two sides), `and or not`, `true false`, `delta`, and `Sum Product Maximum` (body, name, first, last).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

Node = tuple[Any, ...]

SPELLINGS: Final = {
    "Abs": "abs", "Max": "max", "Min": "min", "ln": "log", "ceil": "ceiling", "Heaviside": "heaviside",
    "LambertW": "lambertw", "arctan": "atan", "arcsin": "asin", "arccos": "acos", "lgamma": "loggamma",
    "psi": "digamma",
}  # fmt: skip
WRITTEN: Final = {"abs": "Abs", "max": "Max", "min": "Min"}
BINDERS: Final = ("Sum", "Product", "Maximum")
ARITHMETIC: Final[dict[type[ast.AST], str]] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow",
}  # fmt: skip
COMPARED: Final[dict[type[ast.AST], str]] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
CALLED: Final = {"Lt": "<", "Le": "<=", "Gt": ">", "Ge": ">=", "Eq": "==", "Ne": "!="}
CONSTANTS: Final = ("pi", "E", "oo")


class UnreadableError(ValueError):
    """The attack's reader does not know what is written."""


@lru_cache(maxsize=4096)
def read(text: str) -> Node:
    """The tree that a formula writes."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as problem:
        raise UnreadableError(f"{text!r}: {problem.msg}") from None
    return _read(tree, text.strip())


def _read(node: ast.expr, text: str) -> Node:
    def inner(part: ast.expr) -> Node:
        return _read(part, text)

    match node:
        case ast.Constant(value=bool(value)):
            return ("true",) if value else ("false",)
        case ast.Constant():
            return ("num", Fraction(ast.get_source_segment(text, node) or ""))
        case ast.Name(id=name):
            return ("const", name) if name in CONSTANTS else ("name", name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return ("neg", inner(operand))
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return inner(operand)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return ("not", inner(operand))
        case ast.BinOp(op=op, left=left, right=right) if type(op) in ARITHMETIC:
            return (ARITHMETIC[type(op)], inner(left), inner(right))
        case ast.Compare(left=first, ops=ops, comparators=rest):
            sides = [inner(side) for side in (first, *rest)]
            links = [("rel", COMPARED[type(op)], sides[at], sides[at + 1]) for at, op in enumerate(ops)]
            return links[0] if len(links) == 1 else ("and", *links)
        case ast.BoolOp(op=op, values=values):
            return ("and" if isinstance(op, ast.And) else "or", *map(inner, values))
        case ast.Subscript(value=ast.Name(id=name), slice=where):
            return ("index", name, *map(inner, where.elts if isinstance(where, ast.Tuple) else [where]))
        case ast.Call(func=ast.Name(id=name), args=args):
            return _called(name, args, text)
    raise UnreadableError(f"{ast.dump(node)[:60]} in {text!r}")


def _called(name: str, args: list[ast.expr], text: str) -> Node:
    if name == "Piecewise":
        pairs = [part.elts for part in args if isinstance(part, ast.Tuple)]
        return ("cases", *(_read(part, text) for pair in pairs for part in pair))
    if name in BINDERS:
        body = _read(args[0], text)
        for limits in args[1:]:
            bound, first, last = limits.elts  # type: ignore[attr-defined]
            body = (name, body, bound.id, _read(first, text), _read(last, text))
        return body
    parts = [_read(part, text) for part in args]
    if name in CALLED:
        return ("rel", CALLED[name], *parts)
    if name in ("And", "Or", "Not"):
        return (name.lower(), *parts)
    if name == "KroneckerDelta":
        return ("delta", *parts)
    if name == "Rational":
        return ("div", *parts)
    name = SPELLINGS.get(name, name)
    if name in ("max", "min") and len(parts) > 2:
        found = ("call", name, parts[0], parts[1])
        for part in parts[2:]:
            found = ("call", name, found, part)
        return found
    return ("call", name, *parts)


def names(node: Node, bound: frozenset[str] = frozenset()) -> Iterator[str]:
    """The free names of a tree; an array's name is written `x[]`."""
    match node:
        case ("name", name):
            if name not in bound:
                yield name
        case ("index", name, *where):
            yield f"{name}[]"
            for part in where:
                yield from names(part, bound)
        case ("Sum" | "Product" | "Maximum", body, name, first, last):
            yield from names(body, bound | {name})
            yield from names(first, bound)
            yield from names(last, bound)
        case _:
            for part in node[1:]:
                if isinstance(part, tuple):
                    yield from names(part, bound)


def called(node: Node) -> Iterator[str]:
    """The functions that a tree calls."""
    if node[0] == "call":
        yield node[1]
    for part in node[1:]:
        if isinstance(part, tuple):
            yield from called(part)


def replaced(node: Node, name: str, by: Node) -> Node:
    """`node` with `by` in the place of a name."""
    if node == ("name", name):
        return by
    return (node[0], *(replaced(part, name, by) if isinstance(part, tuple) else part for part in node[1:]))


def fill(template: str, *parts: Node) -> Node:
    """The formula of a template in which u, v, w stand for parts."""
    node = read(template)
    marks = [f"part{at}" for at in range(len(parts))]
    for name, mark in zip("uvw", marks, strict=False):
        node = replaced(node, name, ("name", mark))
    for mark, part in zip(marks, parts, strict=True):
        node = replaced(node, mark, part)
    return node


# Writing: how tightly each operation binds.
SUM, SIGN, PRODUCT, POWER, ATOM = range(1, 6)
SIGNS: Final = {
    "add": (" + ", SUM, SUM, SIGN), "sub": (" - ", SUM, SUM, SIGN), "mul": ("*", PRODUCT, PRODUCT, POWER),
    "div": ("/", PRODUCT, PRODUCT, POWER), "pow": ("**", POWER, ATOM, POWER),
}  # fmt: skip


def write(node: Node) -> str:
    """A tree as text, which `read` reads back."""
    return _written(node)[0]


def _written(node: Node) -> tuple[str, int]:
    match node:
        case ("num", value):
            if value.denominator == 1:
                return (str(value), ATOM) if value >= 0 else (str(value), SIGN)
            return str(value), PRODUCT if value >= 0 else SIGN
        case ("name" | "const", name):
            return name, ATOM
        case ("true",) | ("false",):
            return node[0].capitalize(), ATOM
        case ("neg", part):
            return f"-{_bracketed(part, PRODUCT)}", SIGN
        case (("add" | "sub" | "mul" | "div" | "pow") as head, left, right):
            sign, own, least, most = SIGNS[head]
            return f"{_bracketed(left, least)}{sign}{_bracketed(right, most)}", own
        case ("rel", op, left, right):
            if op in ("==", "!="):
                return f"{'Eq' if op == '==' else 'Ne'}({write(left)}, {write(right)})", ATOM
            return f"{_bracketed(left, SUM)} {op} {_bracketed(right, SUM)}", 0
        case ("index", name, *where):
            return f"{name}[{', '.join(map(write, where))}]", ATOM
        case ("cases", *parts):
            pairs = [f"({write(parts[at])}, {write(parts[at + 1])})" for at in range(0, len(parts), 2)]
            return f"Piecewise({', '.join(pairs)})", ATOM
        case (("Sum" | "Product" | "Maximum") as head, body, name, first, last):
            return f"{head}({write(body)}, ({name}, {write(first)}, {write(last)}))", ATOM
        case ("call", name, *parts):
            return f"{WRITTEN.get(name, name)}({', '.join(map(write, parts))})", ATOM
        case (("and" | "or" | "not") as head, *parts):
            return f"{head.capitalize()}({', '.join(map(write, parts))})", ATOM
        case ("delta", left, right):
            return f"KroneckerDelta({write(left)}, {write(right)})", ATOM
    raise UnreadableError(f"{node[0]} cannot be written")


def _bracketed(node: Node, least: int) -> str:
    text, binds = _written(node)
    return text if binds >= least else f"({text})"


def split(text: str) -> list[str]:
    """The parts of a list of hypotheses: commas, semicolons and `and` outside of brackets part them."""
    parts, depth, start = [], 0, 0
    for at, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign in ",;" and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    parts.append(text[start:])
    return [piece.strip() for part in parts for piece in re.split(r"\band\b", part) if piece.strip()]
