"""Totality: no operation of a form overflows or has no value at a finite input, in branches not taken either."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from derive.spec.domain import Domain
from derive.stabilisation.points import STRATA, combined, ranges, special_points, within
from derive.term import CONDITIONS, RELATIONS, Term, free_symbols, rational_value, subterms
from derive.values.formats import FORMATS, Format
from derive.values.rounded import Machine

COUNT: Final = 512  # points of each stratum
MAX_SPECIAL: Final = 4096  # special points of all variables together


def is_total(form: Term, domain: Domain, formats: Collection[Format] = tuple(FORMATS.values())) -> bool:
    """Whether, wherever it was tried, `form` is a number and no operation overflows but where the value does."""
    return not any(_is_at_fault(form, machine) for machine in _machines(form, domain, formats))


def _is_at_fault(form: Term, machine: Machine) -> bool:
    """Whether a value is NaN, or finite though that of some operation is not."""
    value = machine.value(form)
    return bool(np.any(np.isnan(value) | (np.isfinite(value) & _failures(form, machine))))


def has_failures(form: Term, domain: Domain) -> bool:
    """Whether some operation of a form has no finite value somewhere."""
    return any(_failures(form, machine).any() for machine in _machines(form, domain, FORMATS.values()))


def _failures(form: Term, machine: Machine) -> NDArray[np.bool_]:
    """The points at which the value of some operation is not finite."""
    failed = np.zeros(machine.length, bool)
    for node in subterms(form):
        if node.args and free_symbols(node) and node.head not in CONDITIONS:
            failed |= ~np.isfinite(machine.value(node))
    return failed


def agree_at_ends(form: Term, other: Term, domain: Domain) -> bool:
    """Whether `form` is NaN nowhere at the ends of the line and of the domain where `other` is not, and infinite or 0
    where `other` is."""
    names = sorted(free_symbols(form) | free_symbols(other))
    for format_ in FORMATS.values() if names else ():
        ends = {}
        for name, range_ in ranges(names, domain, format_).items():
            low, high = range_.interval.low, range_.interval.high
            bounds = [-np.inf if low is None else float(low), 0.0, np.inf if high is None else float(high)]
            ends[name] = np.array(bounds, format_.dtype)
        machine = Machine(format_, combined(ends, MAX_SPECIAL))
        own, its = machine.value(form), machine.value(other)
        if np.any(~np.isnan(its) & (np.isnan(own) | ((np.isinf(its) | (its == 0)) & (own != its)))):
            return False
    return True


def _machines(form: Term, domain: Domain, formats: Iterable[Format]) -> Iterator[Machine]:
    """At points of the domain: special ones, all bit patterns, and where users live; in every format."""
    random = np.random.default_rng(0)
    for format_ in formats if free_symbols(form) else ():
        allowed = ranges(free_symbols(form), domain, format_)
        special = combined(special_points(allowed, _thresholds(form)), MAX_SPECIAL)
        drawn = ({name: random.permutation(draw(range_, COUNT, random)) for name, range_ in allowed.items()}
                 for draw in STRATA.values())  # fmt: skip
        for columns in (special, *drawn):
            yield Machine(format_, within(domain, columns, format_))


def _thresholds(form: Term) -> set[Fraction]:
    """The numbers that a form compares with."""
    compared = (side for node in subterms(form) if node.head in (*RELATIONS, "max", "min") for side in node.args)
    return {value for side in compared if (value := rational_value(side)) is not None}
