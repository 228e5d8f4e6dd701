"""Which forms kernels compute: in a wider format the shortest that rounds alike, in float64 pairs where it matters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Final

import numpy as np

from derive.calculus.derivative import times
from derive.calculus.magnitude import largest_term
from derive.calculus.vjp import at_upstream_1, upstream_name
from derive.elementary.table import POWERS_OF_E
from derive.spec.function import Order
from derive.spec.statement import Function
from derive.stabilisation.clamps import with_clamped_exponents
from derive.stabilisation.forms import equal_form, everyday_range, forms_between, stabilise
from derive.stabilisation.pairs import is_exact
from derive.stabilisation.points import STRATA, Columns, combined, edges, ranges, tails, within
from derive.stabilisation.precise import most_precise
from derive.stabilisation.samples import EDGES, TAILS, Sample, draw, with_points
from derive.stabilisation.total import is_total
from derive.term import Term, free_symbols, size, subterms, symbol
from derive.values.formats import FLOAT32, FLOAT64, Floats
from derive.values.rounded import Machine

Forms = Mapping[tuple[Order, str], Term]
COUNT: Final = 4096  # points of each kind
COUNT_PRECISE: Final = 192  # where the truth is enclosed
MAX_SPECIAL: Final = 4096  # special points of all variables together
MUCH_SHORTER: Final = 0.6  # of a form's size: for less, no step of a search is taken back
MAX_APART: Final = 0.001  # of the points, at which two forms may round to neighbours


def wide_forms(function: Function, forms: Forms) -> Forms:
    """For each of a function's evaluation forms the one that is computed in a wider format."""
    return {(order, wrt): wide_form(function, order, wrt, form) for (order, wrt), form in forms.items()}


@lru_cache(256)
def wide_form(function: Function, order: Order, wrt: str, form: Term) -> Term:
    """`form`, or a shorter one that is proved equal to what was stated, for float32 computed in float64.

    There nothing overflows on the way that does not in the end, and what cancels has digits to spare.
    """
    if not function.elementwise:
        return form
    between = sorted(forms_between(function, order, wrt), key=lambda pair: size(pair[0]))
    shorter = [proved for it, proved in between if size(it) < MUCH_SHORTER * size(form)]
    candidates: list[Callable[[], Term | None]] = [partial(equal_form, function, order, wrt), *shorter]
    for proved in candidates:
        other = proved()
        if other is None or size(other) >= size(form):
            continue
        if all(_round_alike(other, form, columns) for columns in _points(form, function)):
            return other
    return form


def precise_forms(function: Function, forms: Forms) -> Forms:
    """For each of a function's evaluation forms the one that is computed in float64."""
    return {(order, wrt): precise_form(function, order, wrt, form) for (order, wrt), form in forms.items()}


@lru_cache(256)
def precise_form(function: Function, order: Order, wrt: str, form: Term) -> Term:
    """`form`, or where that is too far off in float64 an equal one in which some intermediates are pairs."""
    if not function.elementwise:
        return form
    starts = [it for it in (form, equal_form(function, order, wrt)) if it is not None]
    stated = stabilise(function, order, wrt).stated
    if order == "vjp":  # whatever the upstream gradient is
        upstream = upstream_name(function)
        stated, *starts = (at_upstream_1(it, upstream) for it in (stated, *starts))
        return times(symbol(upstream), _precise(function, starts, stated))
    return _precise(function, starts, stated)


def _precise(function: Function, starts: list[Term], stated: Term) -> Term:
    form, names = starts[0], free_symbols(stated)
    scale = largest_term(stated) if len(names) > 1 else None
    found = most_precise(starts, _sample(function, stated, form), scale) if free_symbols(form) else form
    return form if found == form else with_clamped_exponents(found, function.domain)


def _sample(function: Function, stated: Term, form: Term) -> Sample:
    """Points at which forms are tried, with the values of what was stated, which an equal form may tell more easily."""
    domain, names = function.domain, sorted(free_symbols(stated) | free_symbols(form))
    forms = sorted([stated, form], key=lambda it: -len(free_symbols(it)))  # the first tells the variables
    sample = draw(forms, domain, FLOAT64, everyday_range(function), COUNT_PRECISE)
    sample = with_points(sample, EDGES, edges(names, domain, FLOAT64), forms)
    return with_points(sample, TAILS, tails(names, domain, FLOAT64, COUNT_PRECISE, 0), forms)


def failing(function: Function, forms: Forms) -> frozenset[tuple[Order, str]]:
    """The forms of which some operation fails in float32, or whose exponents it rounds."""
    if not function.elementwise:
        return frozenset(kind for kind, form in forms.items() if any(map(_rounds_its_exponent, subterms(form))))
    upstream = upstream_name(function)
    return frozenset(
        kind for kind, form in forms.items() if not is_total(at_upstream_1(form, upstream), function.domain, [FLOAT32])
    )


def _rounds_its_exponent(node: Term) -> bool:
    """Whether the argument of a power of e is a product, or a quotient, that is rounded before it is taken."""
    if node.head not in POWERS_OF_E:
        return False
    inside = (part for argument in node.args for part in subterms(argument) if part.head in ("mul", "div"))
    return any(free_symbols(part) and not is_exact(part) for part in inside)


def _round_alike(one: Term, other: Term, columns: Columns) -> bool:
    """Whether no value differs by more than a neighbour, and few by that."""
    machine = Machine(FLOAT64, columns)
    mine, its = (_narrowed(machine.value(form)) for form in (one, other))
    if (np.isnan(mine) != np.isnan(its)).any() or (machine.failed(one) & np.isfinite(its)).any():
        return False
    known = ~np.isnan(mine)
    apart = np.abs(FLOAT32.ordinals(mine[known]) - FLOAT32.ordinals(its[known]))
    return bool(apart.size == 0 or (apart.max() <= 1 and (apart > 0).mean() <= MAX_APART))


def _narrowed(values: Floats) -> Floats:
    with np.errstate(over="ignore", under="ignore"):
        return values.astype(np.float32)


def _points(form: Term, function: Function) -> Iterator[Columns]:
    """Special values, infinities and the ends of the domain with them; all bit patterns; where users live."""
    random = np.random.default_rng(0)
    domain = function.domain
    allowed = ranges(sorted(free_symbols(form)), domain, FLOAT32)
    special = combined({name: range_.special() for name, range_ in allowed.items()}, MAX_SPECIAL)
    yield _widened(special)
    for drawing in STRATA.values():
        drawn = {name: random.permutation(drawing(range_, COUNT, random)) for name, range_ in allowed.items()}
        yield _widened(within(domain, drawn, FLOAT32))


def _widened(columns: Columns) -> Columns:
    return {name: column.astype(np.float64) for name, column in columns.items()}
