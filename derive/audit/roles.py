"""Who is who: which quantity of a document is the function, what is differentiated, what names stand for.

What follows from where a name stands is taken as said. What is only guessed is kept apart (`guessed`),
so that a verdict never rests on it alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from derive.audit.components import Axes
from derive.audit.context import Header, catalogued
from derive.audit.guesses import best_guess, with_alike
from derive.audit.meaning import Definition, Meaning, base_of
from derive.audit.reading import Row, has_derivative, is_name, name_of, slopes, written_terms
from derive.axes import with_axes
from derive.differentiate import derivative
from derive.domain import Domain
from derive.errors import UnsupportedError
from derive.indices import index_names
from derive.notation.latex_stream import PRIMED
from derive.term import BINDERS, ONE, ZERO, Term, free_symbols, substitute, subterms, symbol

DOT = "_dot"


@dataclass(frozen=True)
class Roles:
    """`meaning` expands the document's names; `function` and `variable` are what is differentiated, closed.

    `main`: names of the function itself. `guessed`: names of which the meaning is a guess, as it is said.
    `unknown`: names that nothing defines, in a document whose front matter says what the function is.
    """

    meaning: Meaning
    function: Term | None = None
    variable: Term | None = None
    main: frozenset[str] = frozenset()
    guessed: Mapping[str, str] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()


def find_roles(rows: Sequence[Row], header: Header) -> Roles:
    """The roles of the names in `rows`, under what the front matter says."""
    if header.function is None or header.variable is None:
        return _without_header(rows, header)
    return _with_header(rows, header, header.function, header.variable)


# -- a document that stands alone


def _without_header(rows: Sequence[Row], header: Header) -> Roles:
    variable = next(filter(None, map(_differentiated_in, slopes(rows))), header.variable)
    meaning = _stated(Meaning(variable=variable), header)
    functions = []
    for row in rows:
        for name, body in _definitions(row):
            if name_of(name) not in meaning.definitions:
                meaning = _defined(meaning, name, body)
                functions.append(body)
    meaning = replace(meaning, axes=_whole(with_axes(Domain(), functions).axes))
    meaning = _with_longer_names(meaning, rows)
    main = frozenset(name_of(slope.args[0]) for slope in slopes(rows) if is_name(slope.args[0]))
    return Roles(meaning, header.function, variable, main)


def _whole(axes: Axes) -> Axes:
    """Arrays begin at 0 or 1, whatever part of them a sum runs over."""
    return {
        name: tuple((first if first in (ZERO, ONE) else ONE, last) for first, last in spans)
        for name, spans in axes.items()
    }


def _stated(meaning: Meaning, header: Header) -> Meaning:
    """The definitions that stand in the front matter's prose."""
    for name, body in header.definitions:
        meaning = _defined(meaning, name, body)
    return meaning


def _definitions(row: Row) -> Iterator[tuple[Term, Term]]:
    """The names that a line defines, each with its body: `y = f(x) = body`."""
    left = row.left.written if row.left else None
    if left is not None and left.head == "log" and left.args[0].head == "apply" and len(row.readings) > 1:
        body = row.readings[1].written
        if is_name(left.args[0]) and body is not None and not has_derivative(body):
            yield left.args[0], Term("exp", (body,))
    if not is_name(left):
        return
    written = [reading.written for reading in row.readings]
    names = [name for name in written if name is not None and is_name(name) and name is not written[-1]]
    bodies = [body for body in written[1:] if body is not None and body not in names and not has_derivative(body)]
    if bodies:
        yield from ((name, bodies[0]) for name in names if not _occurs(name, bodies[0]))


def _occurs(name: Term, body: Term) -> bool:
    """Whether a body uses the name itself, as `w = w - eta g` does: an assignment, not a definition."""
    label = name_of(name)
    return any(node.head in ("sym", "apply") and node.name == label for node in subterms(body))


def _defined(meaning: Meaning, name: Term, body: Term) -> Meaning:
    label = name_of(name)
    head, places = (name.args[0], name.args[1:]) if name.head == "index" else (name, ())
    return meaning.defining(label, Definition(body, head.args, places))


def _with_longer_names(meaning: Meaning, rows: Sequence[Row]) -> Meaning:
    """`L` is what `L_BCE` is, where L itself is never defined."""
    for name in sorted(unknown_quantities(rows, meaning)):
        longer = [known for known in meaning.definitions if known.startswith(f"{name}_")]
        shorter = [known for known in meaning.definitions if name.startswith(f"{known}_")]
        if len(longer or shorter) == 1:
            meaning = meaning.defining(name, meaning.definitions[(longer or shorter)[0]])
    return meaning


def unknown_quantities(rows: Sequence[Row], meaning: Meaning) -> frozenset[str]:
    """Names that are differentiated and that have no definition."""
    found = (slope.args[0] for slope in slopes(rows) if is_name(slope.args[0]))
    return frozenset(name_of(name) for name in found) - set(meaning.definitions)


# -- a document with front matter


def _with_header(rows: Sequence[Row], header: Header, function: Term, variable: Term) -> Roles:
    axes = with_axes(Domain(), (function, variable)).axes
    meaning = _stated(Meaning(variable=variable, axes=axes), header)
    meaning = _with_variable(meaning, rows, variable)
    main = frozenset[str]()
    lines = [(row, dict(_definitions(row))) for row in rows]
    stated = frozenset(name_of(name) for _, definitions in lines for name in definitions)
    meaning = with_alike(rows, meaning, function, variable, stated)
    main_line = _main_line(lines, rows)
    if main_line is None:
        meaning, main = _with_undefined_main(meaning, rows, function, stated)
    for row, definitions in lines:
        for name, body in definitions.items():
            if row is main_line:
                meaning = _as_function(meaning, name, function)
            elif name_of(name) not in meaning.definitions:
                meaning = _defined(meaning, name, meaning.entry(body))
    if main_line is not None:
        main = frozenset(map(name_of, dict(_definitions(main_line))))
    meaning = _with_longer_names(meaning, rows)
    guess = best_guess(rows, meaning, function, variable)
    return Roles(guess.meaning, function, variable, main, guess.said, guess.unknown)


def _with_variable(meaning: Meaning, rows: Sequence[Row], variable: Term) -> Meaning:
    """What the document differentiates in is the front matter's variable, however it is called there."""
    used = list(dict.fromkeys(filter(None, map(_differentiated_in, slopes(rows)))))
    base = base_of(variable)
    if not used:
        return meaning
    names: dict[Term, Term] = {}
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


def _is_label(component: Term, rows: Sequence[Row], meaning: Meaning, variable: Term) -> bool:
    """Whether the index of `v_c` only tells vectors apart."""
    label = component.args[1]
    bound = {node.args[1] for root in written_terms(rows) for node in subterms(root) if node.head in BINDERS}
    return label not in bound and label is not variable.args[1]


def _main_line(lines: Sequence[tuple[Row, Mapping[Term, Term]]], rows: Sequence[Row]) -> Row | None:
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
    meaning: Meaning, rows: Sequence[Row], function: Term, stated: Collection[str]
) -> tuple[Meaning, frozenset[str]]:
    """The quantity on the left that the document differentiates and never defines is the function."""
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
        if left.head == "der" and not _is_undefined(meaning, left):
            continue
        return _as_function(meaning, name, body), frozenset((name_of(name),))
    return meaning, frozenset()


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
