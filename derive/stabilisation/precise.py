"""What a form comes to in kernels: in float64, where those intermediates are pairs on which the result hangs; and for
float32 in float64."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from derive.stabilisation.pairs import ROUNDED, in_pairs, is_exact, multiplied_out
from derive.stabilisation.samples import Sample
from derive.term import Term, free_symbols, fresh, substitute, subterms, symbol
from derive.values.formats import FLOAT32, FLOAT64, Floats
from derive.values.rounded import Machine

MAX_UNITS: Final = 3.0  # numbers that a form may be off by, where functions are rounded correctly
AIM: Final = 2.0  # that one in pairs should be off by at most
CONDITIONS: Final = (8.0, 1.0, 0.4)  # what is worse conditioned than that is a pair: as few as will do
MUCH: Final = 8  # times nearer to the truth is worth code that is longer
NUDGE: Final = 2.0**-20  # relative: large beside rounding, small beside what bends a function


def serves(form: Term, samples: Iterable[Sample], scale: Term | None = None) -> bool:
    """Whether a form will do for kernels as it is, or in pairs; `scale`: in units of what, where terms may cancel."""
    for sample in samples:
        if sample.format_ is FLOAT32:
            lost, error = _errors(_in_float64(sample), form, sample, scale)
        else:
            found = most_precise([form], sample, scale)
            lost, error = units_off(found, sample, scale)
        if lost or error > (1.0 if sample.format_ is FLOAT32 else MAX_UNITS):
            return False
    return True


def _in_float64(sample: Sample) -> Machine:
    return Machine(FLOAT64, {name: column.astype(np.float64) for name, column in sample.columns.items()})


def units_off(form: Term, sample: Sample, scale: Term | None = None) -> tuple[int, float]:
    """How many values are lost, and the largest error of the others, in numbers of the format from the truth; or in
    units of `scale` where that is larger."""
    return _errors(Machine(sample.format_, sample.columns), form, sample, scale)


def _errors(machine: Machine, form: Term, sample: Sample, scale: Term | None) -> tuple[int, float]:
    with np.errstate(over="ignore", under="ignore"):
        values = machine.value(form).astype(sample.format_.dtype)
    lost = np.isnan(values) | (np.isinf(values) != np.isinf(sample.truth))
    if scale is None:
        apart = np.abs(sample.format_.ordinals(np.where(lost, sample.truth, values)) - sample.places)
        return int(lost.sum()), float(apart.max(initial=0))
    size = np.nan_to_num(np.abs(_in_float64(sample).value(scale)), nan=0.0, posinf=0.0)
    with np.errstate(all="ignore"):
        errors = np.abs(values.astype(np.float64) - sample.truth)
        units = errors / sample.format_.ulp(np.maximum(np.abs(sample.truth), size).astype(sample.format_.dtype))
    return int(lost.sum()), float(np.where(lost | (values == sample.truth), 0.0, units).max(initial=0.0))


def most_precise(starts: Sequence[Term], sample: Sample, scale: Term | None = None) -> Term:
    """Of forms of float64, as they are and in pairs, the first that is near enough, or else one that is much nearer to
    the truth than the first."""
    best = starts[0]
    lost, error = units_off(best, sample, scale)
    for form in _others(starts, sample) if lost or error > MAX_UNITS else ():
        own_lost, own = units_off(form, sample, scale)
        if own_lost <= lost and own <= max(MAX_UNITS, error / MUCH) and (own_lost, own) < (lost, error):
            best, lost, error = form, own_lost, own
        if not lost and error <= AIM:
            break
    return best


def _others(starts: Sequence[Term], sample: Sample) -> Iterator[Term]:
    yield from starts[1:]
    for start in dict.fromkeys(map(multiplied_out, starts)):
        conditions = condition_numbers(start, sample.columns)
        for bound in CONDITIONS:
            kept = {node for node, number in conditions.items() if number > bound}
            if kept:
                yield in_pairs(start, kept)


def condition_numbers(form: Term, columns: Mapping[str, Floats]) -> dict[Term, float]:
    """How many times an error of each rounded operation the error of the result may be, relatively, at some point."""
    machine = Machine(FLOAT64, columns)
    value = machine.value(form)
    nudge = symbol(fresh("nudge", set(columns)))
    nudged = Machine(FLOAT64, {**columns, nudge.name: np.full(machine.length, NUDGE)})
    found = {}
    for node in subterms(form):
        if node.head in ROUNDED and free_symbols(node) and not is_exact(node):
            changed = nudged.value(substitute(form, {node: node + node * nudge}))
            found[node] = _amplification(value, changed)
    return found


def _amplification(value: Floats, changed: Floats) -> float:
    with np.errstate(all="ignore"):
        ratios = np.abs((changed - value) / value) / NUDGE
    return float(ratios[np.isfinite(ratios) & (np.abs(value) > FLOAT64.smallest_normal)].max(initial=0.0))
