"""Who is who: which quantity of a document is the function, what is differentiated, what names stand for.

What follows from where a name stands is taken as said. What can only be guessed is left open, so that no
verdict rests on it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from derive.calculus.axes import occurrences, with_axes
from derive.calculus.derivative import derivative
from derive.calculus.indices import index_names
from derive.errors import UnsupportedError
from derive.notation.latex_stream import PRIMED
from derive.review.components import Axes
from derive.review.context import catalogued
from derive.review.definitions import defined, definitions_in, without_contested
from derive.review.guesses import best_guess, formulas, unmatched, with_alike
from derive.review.header import Header
from derive.review.meaning import Definition, Meaning, base_of
from derive.review.reading import FormulaRow, is_name, name_of, slopes, written_terms
from derive.review.settled import Settled, conventions, find_settled
from derive.review.source import Source
from derive.spec.domain import Domain
from derive.term import BINDERS, ONE, ZERO, Term, free_symbols, substitute, subterms, symbol

DOT = "_dot"


@dataclass(frozen=True)
class Roles:
    """`meaning` expands the document's names; `function` and `variable` are what is differentiated, closed.

    `main`: names of the function itself, which the front matter defines. `settled`: what is known of names.
    """

    meaning: Meaning
    function: Term | None = None
    variable: Term | None = None
    main: frozenset[str] = frozenset()
    settled: Settled = field(default_factory=Settled)


def find_roles(source: Source) -> Roles:
    """The roles of the names in `source`, under what its front matter says."""
    header = source.header
    if header.function is None or header.variable is None:
        return _without_header(source)
    return _with_header(source, header.function, header.variable)


# -- a document that stands alone


def _without_header(source: Source) -> Roles:
    rows, header = source.rows, source.header
    used = {base_of(found): found for slope in slopes(rows) if (found := _differentiated_in(slope)) is not None}
    variable = next(iter(used.values())) if len(used) == 1 else header.variable
    meaning = _stated(Meaning(variable=variable), header)
    functions = []
    for row in (*rows, *source.inlines):
        for name, body in definitions_in(row):
            functions.append(body)
            if name_of(name) not in meaning.definitions:
                meaning = defined(meaning, name, body)
    meaning = replace(meaning, axes=_whole(with_axes(Domain(), functions).axes), sizes=source.sizes)
    meaning = _with_longer_names(meaning, rows)
    meaning, contested = without_contested(meaning, source.inlines)
    settled = find_settled((*rows, *source.inlines), meaning, header, source.prose, source.every_size)
    settled = replace(settled, open={**settled.open, **contested})
    shapeless = source.shapeless - meaning.axes.keys()
    meaning = replace(meaning, unsettled=frozenset(settled.open), shapeless=shapeless)
    return Roles(meaning, header.function, variable, settled=settled)


def _whole(axes: Axes) -> Axes:
    """Arrays begin at 0 or 1, whatever part of them a sum runs over."""
    return {
        name: tuple((first if first in (ZERO, ONE) else ONE, last) for first, last in spans)
        for name, spans in axes.items()
    }


def _stated(meaning: Meaning, header: Header) -> Meaning:
    """The definitions that stand in the front matter's prose."""
    for name, body in header.definitions:
        meaning = defined(meaning, name, body)
    return meaning


def _with_longer_names(meaning: Meaning, rows: Sequence[FormulaRow]) -> Meaning:
    """`L` is what `L_BCE` is, where no line says what L itself is."""
    lefts = (row.left.written for row in rows if row.left is not None)
    said = {name_of(left) for left in lefts if left is not None and is_name(left)}
    said |= {name for row in rows for reading in row.readings[:1] for name in reading.names}
    for name in sorted(unknown_quantities(rows, meaning) - said):
        longer = [known for known in meaning.definitions if _is_shortened(name, known)]
        shorter = [known for known in meaning.definitions if _is_shortened(known, name)]
        if len(longer or shorter) == 1:
            meaning = meaning.defining(name, meaning.definitions[(longer or shorter)[0]])
    return meaning


def _is_shortened(name: str, longer: str) -> bool:
    """Whether a name is another one without the word that labels it."""
    label = longer[len(name) + 1 :]
    return longer.startswith(f"{name}_") and len(label) > 1 and label.isalpha()


def unknown_quantities(rows: Sequence[FormulaRow], meaning: Meaning) -> frozenset[str]:
    """Names that are differentiated and that have no definition."""
    found = (slope.args[0] for slope in slopes(rows) if is_name(slope.args[0]))
    return frozenset(name_of(name) for name in found) - set(meaning.definitions)


# -- a document with front matter


def _with_header(source: Source, function: Term, variable: Term) -> Roles:
    rows, header = source.rows, source.header
    axes = with_axes(Domain(), (function, variable)).axes
    meaning = _stated(Meaning(variable=variable, axes=axes, sizes=_several_sizes(rows)), header)
    lines = [(row, dict(definitions_in(row))) for row in rows]
    stated = frozenset(name_of(name) for _, definitions in lines for name in definitions)
    meaning = _with_variable(meaning, rows, variable, stated)
    main = frozenset[str]()
    meaning = with_alike(rows, meaning, function, variable, stated)
    main_line = _main_line(lines, rows)
    if main_line is None:
        meaning, main = _with_undefined_main(meaning, rows, function, stated)
    for row, definitions in (*lines, *((row, dict(definitions_in(row))) for row in source.inlines)):
        for name, body in definitions.items():
            if row is main_line:
                meaning = _as_function(meaning, name, function)
            elif name_of(name) not in meaning.definitions:
                meaning = defined(meaning, name, _entered(meaning, body))
    if main_line is not None:
        main = frozenset(map(name_of, dict(definitions_in(main_line))))
    meaning = _with_longer_names(meaning, rows)
    meaning, contested = without_contested(meaning, source.inlines)
    settled = _settled_with_header(source, meaning, function, variable)
    settled = replace(settled, open={**settled.open, **contested})
    shapeless = source.shapeless - header.names if header.is_indexed else frozenset[str]()
    return Roles(
        replace(meaning, unsettled=frozenset(settled.open), shapeless=shapeless), function, variable, main, settled
    )


def _several_sizes(rows: Sequence[FormulaRow]) -> frozenset[str]:
    """Ends of sums along one array that differ: they cannot all be names for the end of its axis."""
    ends: dict[tuple[str, int], set[str]] = {}
    for root in written_terms(rows):
        for node, ranges in occurrences(root):
            for position, place in enumerate(node.args[1:]):
                last = ranges[place.name][1] if place.head == "sym" and place.name in ranges else None
                if last is not None and last.head == "sym" and node.args[0].head == "sym":
                    ends.setdefault((node.args[0].name, position), set()).add(last.name)
    return frozenset(name for names in ends.values() if len(names) > 1 for name in names)


def _entered(meaning: Meaning, body: Term) -> Term:
    try:
        return meaning.entry(body)
    except UnsupportedError:
        return body


def _settled_with_header(source: Source, meaning: Meaning, function: Term, variable: Term) -> Settled:
    """Every name that neither the front matter nor a line defines is open; a guess is said, and no more."""
    rows, header = source.rows, source.header
    _, unknown = unmatched(formulas(rows), meaning, function, variable)
    said = best_guess(rows, meaning, function, variable, unknown).said if unknown else {}
    found = {
        name: f"{name} is not defined: say what it is"
        + (f", if it is meant, in the front matter: definitions: {name} = {said[name]}" if name in said else "")
        for name in unknown
    }
    names = header.names | {base_of(variable).name}
    return Settled(names, source.every_size, {**found, **conventions(rows, meaning, header, source.prose)})


def _with_variable(meaning: Meaning, rows: Sequence[FormulaRow], variable: Term, stated: frozenset[str]) -> Meaning:
    """What the document differentiates in is the front matter's variable, however it is called there.

    Where it differentiates in several names and none is the front matter's, nothing says which is meant.
    """
    used = list(dict.fromkeys(filter(None, map(_differentiated_in, slopes(rows)))))
    base = base_of(variable)
    if not used:
        return meaning
    names: dict[Term, Term] = {}
    others = {base_of(found) for found in used if found.head != "mul"} - {base}
    if not any(found.head == "mul" or base_of(found) is base for found in used):
        written = frozenset(name for root in written_terms(rows) for name in free_symbols(root))
        if len(others) > 1 or base.name in written or {other.name for other in others} & stated:
            return meaning
    mine = next((found for found in used if found.head != "mul" and base_of(found) is base), used[0])
    whole = any(node.head in ("transpose", "norm") for root in written_terms(rows) for node in subterms(root))
    if mine.head == "mul" or (
        mine.head == "index" and variable.head == "index" and whole and _is_label(mine, rows, meaning, variable)
    ):
        names[mine] = base
    elif base_of(mine) is not base:
        names[base_of(mine)] = base
    place = variable.args[1] if variable.head == "index" and (mine.head == "sym" or mine in names) else None
    return replace(meaning, names=names, place=place)


def _differentiated_in(slope: Term) -> Term | None:
    """The variable of a derivative; for f'(x) the argument, where that is a name."""
    body, variable = slope.args
    if variable is not PRIMED:
        return variable
    plain = body.head == "apply" and len(body.args) == 1 and body.args[0].head in ("sym", "index")
    return body.args[0] if plain else None


def _is_label(component: Term, rows: Sequence[FormulaRow], meaning: Meaning, variable: Term) -> bool:
    """Whether the index of `v_c` only tells vectors apart."""
    label = component.args[1]
    bound = {node.args[1] for root in written_terms(rows) for node in subterms(root) if node.head in BINDERS}
    return label not in bound and label is not variable.args[1]


def _main_line(
    lines: Sequence[tuple[FormulaRow, Mapping[Term, Term]]], rows: Sequence[FormulaRow]
) -> FormulaRow | None:
    """The line that defines the function: of those that are differentiated in the variable, the last."""
    differentiated = {name_of(slope.args[0]) for slope in slopes(rows) if is_name(slope.args[0])}
    named = [(row, names) for row, names in lines if names and not any(name_of(name).endswith(DOT) for name in names)]
    found = [row for row, names in named if differentiated & set(map(name_of, names))]
    known = [row for row, names in named if set(map(name_of, names)) & set(catalogued())]
    if found:
        return found[-1]
    alone = not any(slopes(rows)) and len(named) == sum(bool(names) for _, names in lines)
    return known[0] if known else (named[-1][0] if named and alone else None)


def _as_function(meaning: Meaning, name: Term, function: Term) -> Meaning:
    head, places = (name.args[0], name.args[1:]) if name.head == "index" else (name, ())
    params = tuple(substitute(param, meaning.names) for param in head.args)
    outputs = _outputs(function, meaning)
    if len(outputs) == len(places):
        function = substitute(function, dict(zip(outputs, places, strict=True)))
    return meaning.defining(name_of(name), Definition(function, params, places))


def _outputs(function: Term, meaning: Meaning) -> tuple[Term, ...]:
    """The free indices of a function."""
    sizes = {name for axes in meaning.axes.values() for axis in axes for end in axis for name in free_symbols(end)}
    return tuple(map(symbol, sorted(index_names(function) - sizes)))


def _with_undefined_main(
    meaning: Meaning, rows: Sequence[FormulaRow], function: Term, stated: Collection[str]
) -> tuple[Meaning, frozenset[str]]:
    """The quantity on the left that the document differentiates and never defines is the function."""
    candidates: dict[str, tuple[Term, Term]] = {}
    for row in rows:
        left = row.left.written if row.left else None
        if left is None:
            continue
        if left.head == "der":
            found = _solved(left.args[0], function)
        elif is_name(left) and name_of(left).endswith(DOT) and meaning.variable is not None:
            found = left, derivative(function, meaning.variable) * symbol(f"{meaning.variable}{DOT}")
        else:
            found = _solved(left, function) if left.head == "log" else None
        if found is None or (name_of(found[0]) in stated and not name_of(found[0]).endswith(DOT)):
            continue
        name, body = found
        if left.head == "der" and not (_is_undefined(meaning, left) and _is_in(meaning, left.args[1])):
            continue
        candidates.setdefault(name_of(name), (name, body))
    if len(candidates) != 1:
        # Of several quantities nothing says which is the function.
        return meaning, frozenset()
    ((label, (name, body)),) = candidates.items()
    return _as_function(meaning, name, body), frozenset((label,))


def _is_in(meaning: Meaning, variable: Term) -> bool:
    """Whether `variable` is what the front matter differentiates in."""
    mine = substitute(variable, meaning.names)
    return variable is PRIMED or (meaning.variable is not None and base_of(mine) is base_of(meaning.variable))


def _is_undefined(meaning: Meaning, left: Term) -> bool:
    try:
        meaning.close(left)
    except UnsupportedError:
        return True
    return False


def _solved(quantity: Term, function: Term) -> tuple[Term, Term] | None:
    """The name in `quantity` and its body, given that `quantity` is `function`: log P = F says P = exp(F)."""
    if is_name(quantity) or quantity.head == "apply":
        return quantity, function
    if quantity.head == "log":
        return _solved(quantity.args[0], Term("exp", (function,)))
    if quantity.head == "neg":
        return _solved(quantity.args[0], -function)
    return None
