"""Names that nothing defines, matched with parts of the function: `\\gamma` for gam, `p_k` for a softmax.

Names that are spelled alike stand for each other. For the rest every assignment is tried, and the one
under which most of the document's members hold at sample points is said. That is a guess, which tells people
which sentence to write; no verdict rests on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, product
from typing import Any, Final

from derive.calculus.derivative import depends, derivative
from derive.calculus.indices import index_names
from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.notation.latex_tokens import GREEK
from derive.review.context import catalogued
from derive.review.meaning import Definition, Meaning
from derive.review.provable import MATRIX, obstacle
from derive.review.reading import FormulaRow, is_name, written_terms
from derive.term import BINDERS, Term, free_symbols, rebuild, subterms, symbol, transform
from derive.values.balls import enclose

MAX_ASSIGNMENTS: Final = 200
MAX_COMPOUNDS: Final = 12
SIZE: Final = 3
SAMPLES: Final = (Fraction(2, 7), Fraction(3, 5), Fraction(4, 9), Fraction(5, 11), Fraction(1, 6), Fraction(7, 12))


@dataclass(frozen=True)
class Guess:
    """`said` tells for each guessed name what it may stand for; `meaning` is the document's under the guess."""

    meaning: Meaning
    said: Mapping[str, str]


def best_guess(
    rows: Sequence[FormulaRow], meaning: Meaning, function: Term, variable: Term, unknown: Sequence[str]
) -> Guess:
    """What `unknown` names may stand for: parts of the function under which the most lines hold."""
    roots = formulas(rows)
    unused, _ = unmatched(roots, meaning, function, variable)
    candidates = [symbol(name) for name in unused]
    best, best_score = Guess(meaning, {}), 0
    telling = [root for root in roots if plain_names([root]) & set(unknown)]
    compounds = _compounds(function, variable)
    for choice in islice(product([*candidates, *compounds, None], repeat=len(unknown)), MAX_ASSIGNMENTS):
        chosen = [part for part in choice if part is not None]
        if len(set(chosen)) < len(chosen) or not chosen:
            continue
        tried = _assigned(meaning, zip(unknown, choice, strict=True), function)
        score = _score(tried.meaning, telling, function, variable)
        if score > best_score:
            best, best_score = tried, score
    return best


def formulas(rows: Sequence[FormulaRow]) -> list[Term]:
    """What the lines write, but for names alone and their derivatives."""
    return [root for root in written_terms(rows) if not is_name(root.args[0] if root.head == "der" else root)]


def with_alike(
    rows: Sequence[FormulaRow], meaning: Meaning, function: Term, variable: Term, stated: frozenset[str]
) -> Meaning:
    """`meaning` with names that are spelled like one of the function's: `\\gamma` for gam."""
    unused, unknown = unmatched(formulas(rows), meaning, function, variable)
    for name in unknown:
        alike = [other for other in unused if spelled_alike(name, other)]
        mine = [other for other in unknown if alike and spelled_alike(other, alike[0])]
        if len(alike) == len(mine) == 1 and name not in stated:
            meaning = replace(meaning, names={**meaning.names, symbol(name): symbol(alike[0])})
    return meaning


def _sizes(meaning: Meaning) -> frozenset[str]:
    ends = (end for axes in meaning.axes.values() for axis in axes for end in axis)
    return frozenset(name for end in ends for name in free_symbols(end))


def unmatched(roots: Sequence[Term], meaning: Meaning, function: Term, variable: Term) -> tuple[list[str], list[str]]:
    """Names of the function that the document does not use, and names of the document that nothing defines."""
    sizes = _sizes(meaning)
    entries = []
    for root in roots:
        try:
            entries.append(meaning.entry(root))
        except UnsupportedError:
            entries.append(root)
    ends = {
        name
        for root in entries
        for node in subterms(root)
        if node.head in BINDERS
        for name in free_symbols(node.args[3])
    }
    written = plain_names([_without_placeholders(root, meaning) for root in entries]) - sizes - ends
    known = free_symbols(function) | free_symbols(variable)
    unknown = written - known - set(meaning.definitions) - set(catalogued())
    return sorted(plain_names([function, variable]) - written - sizes), sorted(unknown)


def _without_placeholders(root: Term, meaning: Meaning) -> Term:
    """`root` without the arguments that only tell where a function is taken: the words of P(w_o | w_c)."""

    def visit(node: Term) -> Term:
        found = meaning.definitions.get(node.name) if node.head == "apply" else None
        if found is None or len(found.params) != len(node.args):
            return node
        pairs = zip(found.params, node.args, strict=True)
        return rebuild(node, tuple(part for param, part in pairs if plain_names([param]) & free_symbols(found.body)))

    return transform(root, visit)


def plain_names(roots: Iterable[Term]) -> frozenset[str]:
    """Free names of the terms, and names that are applied, but for those that only pick components."""
    found = list(roots)
    names = frozenset(name for root in found for name in free_symbols(root))
    applied = frozenset(node.name for root in found for node in subterms(root) if node.head == "apply")
    bases = set(array_ranks(found))
    picking = frozenset(name for root in found for name in index_names(root)) - bases
    return (names | applied) - picking - {""}


def array_ranks(roots: Iterable[Term]) -> dict[str, int]:
    """Names that carry indices, and how many."""
    return {
        node.args[0].name: len(node.args) - 1
        for root in roots
        for node in subterms(root)
        if node.head == "index" and node.args[0].head == "sym"
    }


def spelled_alike(name: str, other: str) -> bool:
    """`gam` and `gamma`, `u` and `U`, `y_hat` and `yhat`; `g` for the letter `\\gamma`."""
    mine, theirs = (part.replace("_", "").lower() for part in (name, other))
    short, long = sorted((mine, theirs), key=len)
    return mine == theirs or (long.startswith(short) and (len(short) > 1 or name in GREEK))


def _compounds(function: Term, variable: Term) -> list[Term]:
    """Parts of the function for which a document may have a name, and their derivatives; short ones first."""
    plain = ("num", "sym", "const", "index", "neg", *BINDERS)
    found = [node for node in subterms(function) if node.head not in plain and node is not function]
    found += [rest for node in (*found, function) for rest in _cofactors(node)]
    found.sort(key=lambda node: (len(repr(node)), repr(node)))
    if variable.head == "sym":
        found += [derivative(node, variable) for node in found[:MAX_COMPOUNDS]]
    depending = (node for node in found if depends(node, variable))
    return list(dict.fromkeys(depending))[: 2 * MAX_COMPOUNDS]


def _cofactors(node: Term) -> list[Term]:
    """What is left of a product without one plain factor: (1 + e)/2 of x*(1 + e)/2."""
    if node.head == "div":
        return [rest / node.args[1] for rest in _cofactors(node.args[0])]
    if node.head != "mul":
        return []
    left, right = node.args
    return [other for one, other in ((left, right), (right, left)) if one.head in ("sym", "num", "index")]


def _assigned(meaning: Meaning, pairs: Iterable[tuple[str, Term | None]], function: Term) -> Guess:
    said: dict[str, str] = {}
    bound = {node.args[1].name for node in subterms(function) if node.head in BINDERS}
    pairs = list(pairs)
    for name, part in pairs:
        if part is None:
            continue
        said[name] = str(part)
        if part.head == "sym":
            meaning = replace(meaning, names={**meaning.names, symbol(name): part})
            continue
        outputs = tuple(map(symbol, sorted(index_names(part) & (bound | free_symbols(function)) - _sizes(meaning))))
        params = (meaning.variable,) if meaning.variable is not None and not outputs else ()
        meaning = meaning.defining(name, Definition(part, params, outputs))
    return Guess(meaning, said)


def _score(meaning: Meaning, roots: Sequence[Term], function: Term, variable: Term) -> int:
    count = 0
    target = derivative(function, variable)
    for root in roots:
        try:
            closed = meaning.close(root)
        except UnsupportedError:
            continue
        count += agree(closed, target, meaning) or agree(closed, function, meaning)
    return count


def agree(left: Term, right: Term, meaning: Meaning) -> bool:
    """Whether enclosures of both sides meet at two sample points: evidence, not proof."""
    sides = (left, right)
    if obstacle(sides, meaning.axes) or any(_is_opaque(node) for side in sides for node in subterms(side)):
        return False
    for trial in range(2):
        try:
            gap = enclose(left - right, _sample_point((left, right), _sizes(meaning), trial), 128)
        except (Undetermined, Undefined, UnsupportedError):
            return False
        if not (gap.is_finite() and gap.contains(0)):
            return False
    return True


def _is_opaque(node: Term) -> bool:
    """Whether a value is unknown: an application of what is not defined, or a component of one."""
    return node.head in ("apply", "der", *MATRIX) or (node.head == "index" and node.args[0].head != "sym")


def _sample_point(roots: Sequence[Term], sizes: frozenset[str], trial: int) -> dict[str, Any]:
    """Distinct rationals in (0, 1) for the free names; every array sums to one, as labels do."""
    ranks = array_ranks(roots)
    indices = frozenset(name for root in roots for name in index_names(root))
    point: dict[str, Any] = {}
    for position, name in enumerate(sorted(frozenset().union(*map(free_symbols, roots)) | set(ranks))):
        if name in sizes:
            point[name] = Fraction(SIZE)
        elif name in ranks:
            point[name] = _sample_array(ranks[name], position + trial)
        elif name in indices:
            point[name] = Fraction((position + trial) % SIZE)
        else:
            point[name] = SAMPLES[(position + trial) % len(SAMPLES)] + Fraction(position, 97)
    return point


def _sample_array(rank: int, seed: int) -> tuple[Any, ...]:
    if rank > 1:
        return tuple(_sample_array(rank - 1, seed + 2 * row + 1) for row in range(SIZE))
    weights = [SAMPLES[(seed + place) % len(SAMPLES)] + Fraction(place, 13) for place in range(SIZE)]
    return tuple(weight / sum(weights) for weight in weights)
