"""Loops over blocks, read as the loops along a whole row that they are.

for (b = 0; b < n; b += B) {                            for (j = 0; j < n; j++) {
    length = n - b < B ? n - b : B;                         ...
    T values[B];                                            fold(&state, value);
    for (j = b; j < b + length; j++) {           is     }
        ...
        values[j - b] = value;
    }
    fold_each(&state, length, values);
}

So is one that ends in round_each(&y[b], length, &x[b], values, ...): y[j] is values[j - b] in a narrower format.
"""

from __future__ import annotations

import re
from typing import Any

from pycparser import c_ast, c_generator

EACH = re.compile(r"(\w+)_each(_\w+)?")
ROUNDED = "round_each"
PLACE = "each_place"  # a counter of the reader's own


class _Blocks(c_ast.NodeVisitor):  # type: ignore[misc]  # pycparser has no types
    def visit_Compound(self, node: Any) -> None:
        node.block_items = [_whole(item) or _of_a_row(item) or item for item in node.block_items or []]
        self.generic_visit(node)


def unblocked(tree: Any) -> Any:
    """A translation unit whose loops over blocks run along whole rows."""
    _Blocks().visit(tree)
    return tree


def _of_a_row(item: Any) -> Any:
    """`fold_each(&state, length, &x[start])` as the loop that it is; None for any other statement."""
    name = EACH.fullmatch(_text(item.name)) if type(item).__name__ == "FuncCall" else None
    if name is None or len(item.args.exprs) < 3:
        return None
    *state, length, values = item.args.exprs
    if type(values).__name__ != "UnaryOp" or values.op != "&" or type(values.expr).__name__ != "ArrayRef":
        return None
    counter = c_ast.TypeDecl(PLACE, [], None, c_ast.IdentifierType(["size_t"]))
    start = c_ast.Decl(PLACE, [], [], [], [], counter, c_ast.Constant("int", "0"), None)
    condition = c_ast.BinaryOp("<", c_ast.ID(PLACE), length)
    value = c_ast.ArrayRef(values.expr.name, c_ast.BinaryOp("+", values.expr.subscript, c_ast.ID(PLACE)))
    single = c_ast.FuncCall(c_ast.ID(f"{name[1]}{name[2] or ''}"), c_ast.ExprList([*state, value]), item.coord)
    after = c_ast.UnaryOp("p++", c_ast.ID(PLACE))
    return c_ast.For(c_ast.DeclList([start]), condition, after, c_ast.Compound([single]), item.coord)


def _whole(outer: Any) -> Any:
    """The plain loop that a loop over blocks is; None for any other statement."""
    if type(outer).__name__ != "For" or type(outer.stmt).__name__ != "Compound":
        return None
    items = outer.stmt.block_items or []
    inner = [item for item in items if type(item).__name__ == "For"]
    if len(inner) != 1 or type(inner[0].stmt).__name__ != "Compound":
        return None
    (loop,), place = inner, items.index(inner[0])
    block = _Block.of(outer, loop, items[:place])
    folds = [block.fold(item) for item in items[place + 1 :]] if block else []
    if block is None or not folds or None in folds or len(block.values) != len(block.arrays):
        return None
    index = block.index
    start = c_ast.Decl(index, [], [], [], [], loop.init.decls[0].type, c_ast.Constant("int", "0"), None)
    condition = c_ast.BinaryOp("<", c_ast.ID(index), c_ast.ID(block.size))
    body = [item for item in loop.stmt.block_items if item not in block.stores]
    return c_ast.For(c_ast.DeclList([start]), condition, loop.next, c_ast.Compound([*body, *folds]), outer.coord)


class _Block:
    """The names of a loop over blocks, and the values that its arrays are filled with."""

    def __init__(self, first: str, index: str, size: str, length: str, arrays: set[str]) -> None:
        self.first, self.index, self.size, self.length, self.arrays = first, index, size, length, arrays
        self.values: dict[str, Any] = {}
        self.stores: list[Any] = []

    @classmethod
    def of(cls, outer: Any, loop: Any, declared: list[Any]) -> _Block | None:
        head = re.fullmatch(r"for \(size_t (\w+) = 0; \1 < (\w+); \1 \+= (\d+)\)", _head(outer))
        if head is None:
            return None
        first, size, most = head.groups()
        inner = re.fullmatch(rf"for \(size_t (\w+) = {first}; \1 < \({first} \+ (\w+)\); \1\+\+\)", _head(loop))
        if inner is None:
            return None
        index, length = inner.groups()
        cut = rf"const size_t {length} = \(\({size} - {first}\) < {most}\) \? \({size} - {first}\) : \(?{most}\)?"
        arrays = [re.fullmatch(rf"(?:float|double) (\w+)\[{most}\]", _text(item)) for item in declared[1:]]
        if not declared or re.fullmatch(cut, _text(declared[0])) is None or not all(arrays):
            return None
        found = cls(first, index, size, length, {array[1] for array in arrays if array})
        for item in loop.stmt.block_items or []:
            store = re.fullmatch(rf"(\w+)\[{index} - {first}\]", _text(getattr(item, "lvalue", None)))
            if store and store[1] in found.arrays and item.op == "=":
                found.values[store[1]] = item.rvalue
                found.stores.append(item)
        return found

    def fold(self, item: Any) -> Any:
        """`fold_each(state, length, values)` as `fold(state, value)`; None for anything else."""
        name = EACH.fullmatch(_text(getattr(item, "name", None)))
        if type(item).__name__ != "FuncCall" or name is None:
            return None
        if name[0] == ROUNDED:
            return self.rounded(item)
        *state, length, array = item.args.exprs
        if _text(length) != self.length or _text(array) not in self.values:
            return None
        single = c_ast.ID(f"{name[1]}{name[2] or ''}")
        return c_ast.FuncCall(single, c_ast.ExprList([*state, self.values[_text(array)]]), item.coord)

    def rounded(self, item: Any) -> Any:
        """`round_each(&y[first], length, &x[first], values, cases, count)` as the store that it is."""
        output, length, _, array, *_ = map(_text, item.args.exprs)
        stored = re.fullmatch(rf"&(\w+)\[{self.first}\]", output)
        if stored is None or length != self.length or array not in self.values:
            return None
        place = c_ast.ArrayRef(c_ast.ID(stored[1]), c_ast.ID(self.index))
        return c_ast.Assignment("=", place, self.values[array], item.coord)


def _text(node: Any) -> str:
    return "" if node is None else str(c_generator.CGenerator().visit(node))


def _head(loop: Any) -> str:
    return f"for ({_text(loop.init)}; {_text(loop.cond)}; {_text(loop.next)})"
