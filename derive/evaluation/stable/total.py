"""Totality: no operation of a form overflows or has no value at a finite input, in branches not taken either."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from derive.elementary.table import POWERS_OF_E
from derive.evaluation.stable.guards import where_not
from derive.evaluation.stable.places import Columns, ranges_of
from derive.evaluation.stable.proof import exponent, vanishes
from derive.limits.sides import resolve
from derive.relations import ORDERS
from derive.rules.engine import replace_everywhere
from derive.spec.domain import Domain
from derive.term import (
    BINDERS,
    RELATIONS,
    Term,
    branches,
    call,
    cases,
    free_symbols,
    rational_value,
    relation,
    substitute,
    subterms,
    symbol,
    term,
    transform,
)
from derive.values.formats import FORMATS
from derive.values.ieee import Floats, values
from derive.values.samples import SampleRange, cartesian, few

COUNT: Final = 512  # points of each kind
REACHES: Final = tuple(2**power for power in range(2, 13))  # how far from 0 a variable may be held
COMBINED: Final = 4096  # special points of all variables together
Places = NDArray[np.bool_]


def is_total(form: Term, domain: Domain) -> bool:
    """Whether, wherever it was tried, `form` is a number and no operation overflows but where the value does."""
    return not any(_faults(form, columns).any() for columns in _inside(form, domain))


def _faults(form: Term, columns: Columns) -> Places:
    """Where the value is NaN, or finite though that of some operation is not."""
    with np.errstate(all="ignore"):
        value = values(form, columns)[form]
    return np.asarray(np.isnan(value) | (np.isfinite(value) & _failures(form, columns)), bool)


def _failures(form: Term, columns: Columns) -> Places:
    """Where the value of some operation is not finite."""
    with np.errstate(all="ignore"):
        found = values(form, columns)
    failed = np.zeros(_length(columns), bool)
    for node in subterms(form):
        if node.args and free_symbols(node) and node.head not in (*RELATIONS, "and", "or", "not"):
            failed |= ~np.isfinite(found[node])
    return failed


def _fails(form: Term, domain: Domain) -> bool:
    return any(_failures(form, columns).any() for columns in _inside(form, domain))


def agree_at_ends(form: Term, other: Term, domain: Domain) -> bool:
    """Whether `form` is NaN nowhere at the ends of the line and of the domain where `other` is not, and infinite or 0
    where `other` is."""
    for columns in _at_ends(form, domain):
        with np.errstate(all="ignore"):
            mine, its = (np.broadcast_to(values(side, columns)[side], _length(columns)) for side in (form, other))
        if np.any(~np.isnan(its) & (np.isnan(mine) | ((np.isinf(its) | (its == 0)) & (mine != its)))):
            return False
    return True


def _inside(form: Term, domain: Domain) -> Iterator[Columns]:
    """Points of the domain: special ones, all bit patterns, and where users live; in every format."""
    if not free_symbols(form):
        return
    random = np.random.default_rng(0)
    for format_ in FORMATS.values():
        ranges = ranges_of(form, domain, format_)
        special = [range_.special(_thresholds(form)) for range_ in ranges.values()]
        special = [points[range_.place(points) == 0] for points, range_ in zip(special, ranges.values(), strict=True)]
        yield _within(domain, dict(zip(ranges, _combined(special), strict=True)))
        for draw in (SampleRange.patterns, SampleRange.common):
            drawn = {name: random.permutation(draw(range_, COUNT, random)) for name, range_ in ranges.items()}
            yield _within(domain, drawn)


def _at_ends(form: Term, domain: Domain) -> Iterator[Columns]:
    """Every combination of the ends of the variables."""
    if not free_symbols(form):
        return
    for format_ in FORMATS.values():
        ranges = ranges_of(form, domain, format_)
        yield dict(zip(ranges, _combined([_line_ends(range_) for range_ in ranges.values()]), strict=True))


def _line_ends(range_: SampleRange) -> Floats:
    ends = (range_.interval.low, range_.interval.high)
    places = [infinity if end is None else float(end) for end, infinity in zip(ends, (-np.inf, np.inf), strict=True)]
    return np.array([*places, 0.0], range_.format_.dtype)


def _combined(columns: list[Floats]) -> list[Floats]:
    each = int(COMBINED ** (1 / len(columns)))
    return cartesian([few(column, each) for column in columns])


def _within(domain: Domain, columns: Columns) -> Columns:
    """The points at which the relations of a domain hold."""
    held = np.ones(_length(columns), bool)
    for fact in domain.relations:
        if free_symbols(fact) <= set(columns):
            held &= np.asarray(values(fact, columns)[fact], bool)
    return {name: column[held] for name, column in columns.items()}


def _length(columns: Columns) -> int:
    return len(next(iter(columns.values())))


def _thresholds(form: Term) -> set[Fraction]:
    """The numbers that a form compares with."""
    compared = (side for node in subterms(form) if node.head in (*RELATIONS, "max", "min") for side in node.args)
    return {value for side in compared if (value := rational_value(side)) is not None}


def held_where_nothing_is_left(form: Term, domain: Domain) -> Term:
    """`form`, with the variable of an exponential whose exponent fails held where the exponential is 0 by rounding."""
    for node in [node for node in subterms(form) if node.head in POWERS_OF_E]:
        names = free_symbols(node)
        if len(names) == 1 and any(_fails(part, domain) for part in node.args):
            form = replace_everywhere(form, node, _kept_near(node, symbol(*names), domain))
    return form


def _kept_near(node: Term, variable: Term, domain: Domain) -> Term:
    """An exponential of a variable that is held at the nearest power of 2 beyond which it vanishes, on either side."""
    for side, kind in (("min", "ge"), ("max", "le")):
        for reach in REACHES:
            end = term(reach if side == "min" else -reach)
            if vanishes(exponent(node), domain.related(relation(kind, variable, end))):
                node = substitute(node, {variable: call(side, variable, end)})
                break
    return transform(node, lambda part: _held_once(part, domain))


def _held_once(node: Term, domain: Domain) -> Term:
    """`node`, or what it holds where that does not go so far."""
    return (resolve(node, domain) if node.head in ("min", "max") else None) or node


def held_in_branches(form: Term, domain: Domain) -> Term:
    """`form`, with the variable that its branches turn on held within each branch that has no value elsewhere."""
    of_rows = any(node.head in ("index", *BINDERS) for node in subterms(form))
    if form.head != "cases" or of_rows or is_total(form, domain):
        return form
    parts, failed = list[Term](), list[Term]()
    for value, condition in branches(form):
        parts += [_held(value, [*failed, *_orders(condition)], domain) if _fails(value, domain) else value, condition]
        beyond = where_not(condition)
        failed += [] if beyond is None else _orders(beyond)
    return Term("cases", tuple(parts))


def _orders(condition: Term) -> list[Term]:
    """The inequalities that hold wherever a condition does."""
    if condition.head == "and":
        return [found for part in condition.args for found in _orders(part)]
    return [condition] if condition.head in ORDERS else []


def _held(value: Term, region: list[Term], domain: Domain) -> Term:
    """`value` with the variable of the conditions in `region` held where they are true."""
    for condition in _narrowest(region):
        key, end = condition.args
        if key.head == "sym":
            value = substitute(value, {key: call(_side(condition), key, end)})
        elif key.head == "abs" and key.args[0].head == "sym":
            variable = key.args[0]
            inside = -end if domain.range(variable.name).is_negative() else end
            value = substitute(value, {variable: cases((variable, condition), otherwise=inside)})
    return value


def _side(condition: Term) -> str:
    return "min" if condition.head in ("lt", "le") else "max"


def _narrowest(region: list[Term]) -> Iterator[Term]:
    """Of the bounds on one side of one key the narrowest, where they are numbers."""
    found: dict[tuple[Term, str], Term] = {}
    for condition in region:
        key, side = condition.args[0], _side(condition)
        other = found.get((key, side), condition)
        ends = [rational_value(bound.args[1]) for bound in (condition, other)]
        if ends[0] is not None and ends[1] is not None:
            wider = ends[0] > ends[1] if side == "min" else ends[0] < ends[1]
            found[key, side] = other if wider else condition
    yield from found.values()
