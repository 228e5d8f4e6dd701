"""Why digits stay lost: where the error is largest, and what the condition number says there."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import numpy as np
from flint import arb

from derive.calculus.derivative import derivative
from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.stabilisation.samples import HIDDEN, Sample
from derive.term import Term, symbol
from derive.values.balls import Point, enclose
from derive.values.rounded import Machine

MIN_BITS: Final = 3.0  # bits
MIN_CONDITION: Final = 4.0  # a condition number from which on rounding the input alone explains an error
BITS: Final = 640


def reasons(stated: Term, form: Term, sample: Sample) -> Iterator[str]:
    """A sentence for each stratum whose largest error is worth one."""
    bits = sample.bits(Machine(sample.format_, sample.columns).value(form))
    for name, part in sample.strata.items():
        worst = part.start + int(np.argmax(bits[part]))
        if bits[worst] > MIN_BITS and name not in HIDDEN:
            point = {v: Fraction(float(column[worst])) for v, column in sample.columns.items()}
            place = ", ".join(f"{v} = {float(value):.6g}" for v, value in point.items())
            yield f"{name}: {bits[worst]:.1f} bits are lost at {place}; {_because(stated, point)}"


def _because(stated: Term, point: Point) -> str:
    condition = condition_number(stated, point)
    if condition is None:
        return "the formula has no derivative there"
    if condition < MIN_CONDITION:
        return f"the condition number is {condition:.1g}: a better form may exist, none was found"
    return f"the condition number is {condition:.1e}: to round the input costs as much, in any form"


def condition_number(stated: Term, point: Point) -> float | None:
    """The sum of |x f_x / f| over the variables; None where it has no value."""
    total = arb(0)
    try:
        value = enclose(stated, point, BITS)
        for name, place in point.items():
            slope = enclose(derivative(stated, symbol(name)), point, BITS)
            assert isinstance(place, Fraction)
            total += abs(slope * arb(float(place)) / value)
    except (Undefined, Undetermined, UnsupportedError):
        return None
    return float(total) if total.is_finite() else None
