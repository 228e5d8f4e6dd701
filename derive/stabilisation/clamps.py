"""Clamps: variables bounded by min or max where that changes no rounded value, so that no operation overflows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.elementary.table import HOLDS, POWERS_OF_E
from derive.limits.sides import resolve
from derive.relations import ORDERS
from derive.rules.engine import replace_everywhere
from derive.spec.domain import Domain
from derive.stabilisation.guards import where_not
from derive.stabilisation.total import has_failures, is_total
from derive.stabilisation.underflow import exponent, underflow_bound, underflows
from derive.term import (
    BINDERS,
    RELATIONS,
    ZERO,
    Term,
    branches,
    call,
    cases,
    free_symbols,
    rational_value,
    rebuild,
    relation,
    substitute,
    subterms,
    symbol,
    term,
    transform,
)
from derive.values.intervals import decide
from derive.values.ratio import ARITHMETIC

# Putting clamps in


def with_clamped_exponents(form: Term, domain: Domain) -> Term:
    """`form`, with the variable of an exponential whose exponent may overflow clamped where the exponential is 0."""
    for node in [node for node in subterms(form) if node.head in POWERS_OF_E]:
        names = free_symbols(node)
        if names and any(has_failures(part, domain) for part in node.args):
            clamped = _clamped_exponential(node, symbol(*names), domain) if len(names) == 1 else _held(node, domain)
            form = replace_everywhere(form, node, clamped)
    for node in [node for node in subterms(form) if node.head in ORDERS and ZERO in node.args]:
        if len(free_symbols(node)) > 1 and any(has_failures(part, domain) for part in node.args):
            form = replace_everywhere(form, node, _held(node, domain))
    return form


def _held(root: Term, domain: Domain) -> Term:
    """`root`, in which no product and no quotient overflows: where only that it is large matters."""

    def visit(node: Term) -> Term:
        if node.head not in ("mul", "div") or not all(map(free_symbols, node.args)) or not has_failures(node, domain):
            return node
        one, other = node.args
        return call("held", one, other) * other if node.head == "mul" else one / call("parted", other, one)

    return transform(root, visit)


def _clamped_exponential(node: Term, variable: Term, domain: Domain) -> Term:
    """An exponential of a variable clamped, on either side, where it underflows."""
    for head, sign in (("min", 1), ("max", -1)):
        bound = underflow_bound(exponent(node), variable, sign, domain)
        if bound is not None:
            node = substitute(node, {variable: call(head, variable, bound)})
    return transform(node, lambda part: (resolve(part, domain) if part.head in ("min", "max") else None) or part)


def with_clamped_branches(form: Term, domain: Domain) -> Term:
    """`form`, with the variable that its branches turn on clamped within each branch that has no value elsewhere."""
    of_rows = any(node.head in ("index", *BINDERS) for node in subterms(form))
    has_branches = any(node.head == "cases" for node in subterms(form))
    return form if not has_branches or of_rows or is_total(form, domain) else _within_branches(form, domain)


def _within_branches(form: Term, domain: Domain) -> Term:
    if form.head in ARITHMETIC:
        return rebuild(form, tuple(_within_branches(part, domain) for part in form.args))
    if form.head != "cases":
        return form
    parts, passed = list[Term](), list[Term]()  # passed: what holds where no condition so far does
    for value, condition in branches(form):
        clamped = _clamped(value, [*passed, *_orders(condition)], domain) if has_failures(value, domain) else value
        parts += [clamped, condition]
        beyond = where_not(condition)
        passed += [] if beyond is None else _orders(beyond)
    return Term("cases", tuple(parts))


def _orders(condition: Term) -> list[Term]:
    """The inequalities that hold wherever a condition does."""
    if condition.head == "and":
        return [found for part in condition.args for found in _orders(part)]
    return [condition] if condition.head in ORDERS else []


def _clamped(value: Term, region: list[Term], domain: Domain) -> Term:
    """`value` with the variable of the conditions in `region` clamped to where they are true."""
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


# Seeing through them


@dataclass(frozen=True)
class _Clamp:
    """min(u, c) or max(u, c), `inner` being u, and the parts of a domain beyond c."""

    node: Term
    inner: Term
    beyond: tuple[Domain, ...]


def without_clamps(form: Term, domain: Domain) -> Term:
    """`form` with no variable clamped where that changes no rounded value."""
    loose = transform(form, lambda node: node.args[0] if node.head in HOLDS else node)
    for node in subterms(form):
        clamp = _clamp(node, domain)
        if clamp is not None and _changes_nothing(loose, clamp, guarded=False):
            loose = substitute(loose, {clamp.node: clamp.inner})
    # What clamps a variable that is clamped already shows only now.
    return loose if loose == form else without_clamps(loose, domain)


def _clamp(node: Term, domain: Domain) -> _Clamp | None:
    """A clamp of a variable, or of its absolute value, at a number."""
    if node.head not in ("min", "max"):
        return None
    inner, end = node.args[0], rational_value(node.args[1])
    variable = inner.args[0] if inner.head == "abs" else inner
    if end is None or variable.head != "sym":
        return None
    beyond = [relation("ge" if node.head == "min" else "le", variable, term(end))]
    beyond += [relation("le", variable, term(-end))] if inner.head == "abs" else []
    return _Clamp(node, inner, tuple(domain.related(side) for side in beyond))


def _changes_nothing(node: Term, clamp: _Clamp, guarded: bool) -> bool:
    """Whether a clamp changes no rounded value of `node`; guarded: nothing here is evaluated beyond its bound."""
    if guarded or clamp.node not in set(subterms(node)):
        return True
    if node == clamp.node:
        return False
    if node.head in POWERS_OF_E:
        powers = (exponent(node), substitute(exponent(node), {clamp.node: clamp.inner}))
        return all(underflows(part, side) for part in powers for side in clamp.beyond)
    if node.head in RELATIONS:
        relations = (node, substitute(node, {clamp.node: clamp.inner}))
        decided = [{decide(part, side) for part in relations} for side in clamp.beyond]
        return all(len(answers) == 1 and None not in answers for answers in decided)
    if node.head == "cases":
        return _changes_no_branch(node, clamp)
    return all(_changes_nothing(part, clamp, guarded) for part in node.args)


def _changes_no_branch(node: Term, clamp: _Clamp) -> bool:
    """Beyond a branch for where an exponential is 0, that exponential guards those that follow."""
    guarded = False
    for value, condition in branches(node):
        is_zero = condition.head == "eq" and condition.args[0].head in POWERS_OF_E
        guards = is_zero and all(underflows(exponent(condition.args[0]), side) for side in clamp.beyond)
        if not (guards or _changes_nothing(condition, clamp, guarded)) or not _changes_nothing(value, clamp, guarded):
            return False
        guarded = guarded or guards
    return True
