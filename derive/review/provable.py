"""What a formula of a document may hold for the prover to take it: a grammar, checked before anything is asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from derive.review.components import WHOLE, Axes
from derive.term import BINDERS, CONDITIONS, FUNCTIONS, Term, rational_value, subterms

ARITHMETIC: Final = ("add", "sub", "mul", "div", "neg")
MATRIX: Final = ("det", "inv")  # functions of a whole matrix


def obstacle(roots: Iterable[Term], axes: Axes) -> str:
    """Why the prover cannot take `roots`, or ""."""
    found = list(roots)
    condition = next((root for root in found if root.head in CONDITIONS), None)
    if condition is not None:
        return f"{condition} is a condition where a number is expected"
    nodes = [node for root in found for node in subterms(root)]
    return next(filter(None, (_obstacle(node, axes) for node in nodes)), "") or other_rank(nodes, axes)


def other_rank(nodes: Iterable[Term], axes: Axes) -> str:
    """A name that carries another number of indices in another place."""
    ranks: dict[str, int] = {name: len(spans) for name, spans in axes.items()}
    for node in nodes:
        is_component = node.head == "index" and node.args[0].head == "sym"
        inside = node.args[1:] if is_component else () if node.head in (*MATRIX, "apply") else node.args
        used = [(node.args[0].name, len(node.args) - 1)] if is_component else []
        used += [(part.name, 2) for part in node.args if node.head in MATRIX and part.head == "sym"]
        used += [(part.name, 0) for part in inside if part.head == "sym"]
        for name, rank in used:
            if ranks.setdefault(name, rank) != rank:
                return f"{name} has {rank} indices here and {ranks[name]} elsewhere"
    return ""


def _obstacle(node: Term, axes: Axes) -> str:
    if node.head in WHOLE or node.head == "der":
        return f"{node} is left in the formula, and has no value by itself"
    if node.head in MATRIX:
        matrix = node.args[0]
        known = matrix.head == "sym" and len(axes.get(matrix.name, ())) == 2
        return "" if known else f"nothing says that {matrix} is a matrix, and of which size"
    if node.head in ("index", "delta"):
        return _of_places(node)
    if node.head in BINDERS:
        _, bound, first, last = node.args
        odd = next((end for end in (first, last) if not _is_whole(end)), None)
        return f"{bound} runs to {odd}, which is no size" if odd is not None else ""
    if node.head == "cases":
        holds = all(part.head in CONDITIONS for part in node.args[1::2])
        return "" if holds else f"{node} has a case without condition"
    inside = node.args if node.head in (*ARITHMETIC, "pow", *FUNCTIONS) else ()
    condition = next((part for part in inside if part.head in CONDITIONS), None)
    return f"{condition} is a condition where a number is expected" if condition is not None else ""


def _of_places(node: Term) -> str:
    base = node.args[0]
    if node.head == "index" and base.head not in ("sym", "apply", "inv"):
        return f"{node}: only a named array has components"
    odd = next((place for place in node.args[node.head == "index" :] if not _is_whole(place)), None)
    return f"{odd} stands where an index is expected" if odd is not None else ""


def _is_whole(place: Term) -> bool:
    """Whether an index or an end of a range is made of names and whole numbers."""
    number = rational_value(place)
    if number is not None:
        return number.denominator == 1
    if place.head in ARITHMETIC and place.head != "div":
        return all(map(_is_whole, place.args))
    return place.head == "sym"
