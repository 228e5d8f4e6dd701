"""Abbreviations such as `s = 1/(1 + exp(-x))`: read, and written out in formulas that use them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from derive.errors import FormulaError
from derive.notation.text import read_text
from derive.term import BINDERS, Term, descend, free_symbols, fresh, rebuild, substitute, subterms, symbol


def with_meanings(formulas: Iterable[Term], let: Iterable[str], variable: Term) -> tuple[Term, ...]:
    """The formulas with abbreviations written out, which may use those before them. Raises FormulaError for one of
    `variable`."""
    meanings: list[tuple[Term, Term]] = []
    for sentence in let:
        name, meaning = _read_let(sentence)
        if name == variable:
            raise FormulaError(f"let gives {name} a meaning, and it is the variable: give another name a meaning")
        meaning = _written_out(meaning, meanings)
        defined = (name.args[0] if name.head == "index" else name).name
        if defined in free_symbols(meaning):
            raise FormulaError(f"the abbreviation {sentence!r} leads back to {defined} itself")
        meanings.append((name, meaning))
    return tuple(_written_out(formula, meanings) for formula in formulas)


def _read_let(sentence: str) -> tuple[Term, Term]:
    """The name (or component) that an abbreviation defines, and its meaning."""
    parts = re.split(r"(?<![<>=!])=(?!=)", sentence, maxsplit=1)
    if len(parts) != 2:
        raise FormulaError(f"cannot read the abbreviation {sentence!r}: write  s = 1/(1 + exp(-x))")
    name, meaning = map(read_text, parts)
    if name.head == "index" and all(part.head == "sym" for part in name.args):
        return name, meaning
    if name.head != "sym":
        raise FormulaError(f"{name} cannot be defined: write a name, or a component such as s[i]")
    return name, meaning


def _written_out(formula: Term, meanings: list[tuple[Term, Term]]) -> Term:
    for name, meaning in meanings:
        formula = _expanded(formula, name, meaning)
    return formula


def _expanded(formula: Term, name: Term, meaning: Term) -> Term:
    """`formula` with an abbreviation written out; its indices take the places of those in the definition."""
    if name.head == "sym":
        return substitute(formula, {name: meaning})
    base, *formal = name.args
    outside = free_symbols(meaning) - {index.name for index in formal}

    def visit(node: Term, walk: Callable[[Term], Term]) -> Term:
        if node.head not in BINDERS:
            return use(rebuild(node, tuple(map(walk, node.args))))
        body, bound, *ends = node.args
        if bound.name in outside:
            # What the definition names must not become this index.
            renamed = symbol(fresh(bound.name, outside | free_symbols(body)))
            body, bound = substitute(body, {bound: renamed}), renamed
        return Term(node.head, (walk(body), bound, *map(walk, ends)))

    def use(node: Term) -> Term:
        if node.head != "index" or node.args[0] is not base:
            return node
        if len(node.args) != len(name.args):
            raise FormulaError(f"{node} does not have as many indices as {name}")
        return substitute(meaning, dict(zip(formal, node.args[1:], strict=True)))

    found = descend(formula, visit)
    alone = next((node for node in subterms(formula) if node.head != "index" and base in node.args), None)
    if alone is not None:
        raise FormulaError(f"{base} is defined by its components, {name}, and stands alone in {alone}")
    return found
