"""Limits at infinity, where the operations of a form would meet as infinity times 0 or less infinity."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import numpy as np

from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.limits.moving import moving_limit
from derive.spec.domain import Domain
from derive.term import INFINITY, Term, cases, free_symbols, relation, symbol, term
from derive.values.formats import FLOAT64
from derive.values.limits import Calculus
from derive.values.one_sided import OO, Indeterminate, OneSided
from derive.values.rounded import Machine


def at_infinity(form: Term, stated: Term, domain: Domain) -> Term:
    """`form`, in one variable, with the limit of what was stated at each infinity where its operations give NaN."""
    names = sorted(free_symbols(form))
    if len(names) != 1:
        return form
    for sign in (1, -1):
        end = domain.range(names[0]).high if sign > 0 else domain.range(names[0]).low
        if end is None and _is_lost(form, names[0], sign):
            limit = _limit(stated, names[0], sign)
            place = relation("eq", symbol(names[0]), INFINITY if sign > 0 else -INFINITY)
            form = cases((limit, place), otherwise=form) if limit is not None else form
    return form


def _is_lost(form: Term, name: str, sign: int) -> bool:
    with suppress(UnsupportedError):
        return bool(np.isnan(Machine(FLOAT64, {name: np.array([sign * np.inf])}).value(form)[0]))
    return False


def _limit(form: Term, name: str, sign: int) -> Term | None:
    """The limit where it is infinite or a rational that Arb gives exactly; None for any other."""
    calculus = Calculus({name: OneSided(sign * OO, -sign)})
    found = None
    with suppress(Indeterminate, UnsupportedError, Undefined, Undetermined):
        found = calculus.limit(form, {})
    if found is None:
        with suppress(Indeterminate, UnsupportedError, Undefined, Undetermined):
            found = moving_limit(form, calculus, {})
    if found is None or found.is_nan():
        return None
    if not found.is_finite():
        return INFINITY if found > 0 else -INFINITY
    mantissa, exponent = found.mid().man_exp()
    return term(Fraction(int(mantissa)) * Fraction(2) ** int(exponent)) if found.is_exact() else None
