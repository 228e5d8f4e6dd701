"""Arguments that share their letter with an array: the z of `\\sigma(z) = ...` is none of the `z_b`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from derive.review.reading import FormulaRow
from derive.term import Term, descend, rebuild, subterms, symbol


def with_local_arguments(rows: Sequence[FormulaRow], arrays: Collection[str]) -> list[FormulaRow]:
    """`rows` with another name for the argument of a function, down its chain, where an array has that name."""
    found = []
    local: dict[Term, Term] = {}
    for row in rows:
        readings = []
        for chain in row.chains:
            first = chain.readings[0] if chain.readings else None
            if first is not None and first.states:
                local = _locals(chain, first.written, arrays)
            for reading in chain.readings:
                written = reading.written if reading.written is None else _renamed(reading.written, local)
                readings.append(replace(reading, written=written))
        found.append(replace(row, readings=tuple(readings)))
    return found


def plain_argument(text: str) -> str:
    """`text` with local arguments as the document writes them."""
    return re.sub(r"(?<=\w)_(?!\w)", "", text)


def _locals(chain: FormulaRow, left: Term | None, arrays: Collection[str]) -> dict[Term, Term]:
    if left is None:
        return {}
    nodes = [node for part in chain.readings if part.written is not None for node in subterms(part.written)]
    indexed = {node.args[0] for node in nodes if node.head == "index"}
    applied = (part for node in subterms(left) if node.head == "apply" for part in node.args)
    mine = {part for part in applied if part.head == "sym" and part.name in arrays and part not in indexed}
    return {part: symbol(f"{part.name}_") for part in mine}


def _renamed(root: Term, local: dict[Term, Term]) -> Term:
    """`root` with the names replaced that carry no index."""
    if not local:
        return root

    def visit(node: Term, walk: Callable[[Term], Term]) -> Term:
        kept = 1 if node.head == "index" and node.args[0].head == "sym" else 0
        return local.get(node) or rebuild(node, (*node.args[:kept], *map(walk, node.args[kept:])))

    return descend(root, visit)
