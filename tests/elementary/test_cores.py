"""Cores: where reductions leave their argument, and what people are told of the polynomials kept."""

from __future__ import annotations

import math
import re
from dataclasses import FrozenInstanceError
from fractions import Fraction

import pytest
from flint import arb

from derive.elementary.cores import CORES, PRECISIONS, Core, polynomials
from derive.notation.text import read_text
from derive.values.balls import enclose, to_ball
from derive.values.formats import FORMATS

every_core = pytest.mark.parametrize("core", CORES, ids=lambda core: core.name)
# What is left of an argument: by multiples of log(2), by powers of 2, and by nothing.
LEFT = {
    "exp": math.log(2) / 2,
    "log": (math.sqrt(2) - 1) / (math.sqrt(2) + 1),
    "log1p": 1 / 3,
    "erf": 1,
    "erfcx": 3 / 4,
}


@every_core
def test_a_core_reaches_what_its_reduction_leaves_and_hardly_beyond(core: Core) -> None:
    assert LEFT[core.name] <= float(core.high) <= LEFT[core.name] * (1 + 8e-5)
    # What is left of x >= 0 by (x - 4)/(x + 4) begins at -1.
    assert core.low == (-1 if core.name == "erfcx" else 0 if core.even else -core.high)


@every_core
def test_the_precision_of_a_setting_is_that_of_what_computes_it(core: Core) -> None:
    assert core.terms.keys() == PRECISIONS.keys()
    for setting, bits in PRECISIONS.items():
        assert bits == FORMATS["float64" if setting == "wide" else setting].precision


@every_core
def test_a_polynomial_has_as_many_coefficients_as_its_core_says(core: Core) -> None:
    for setting, found in polynomials()[core.name].items():
        powers = core.powers(setting)
        assert len(found.coefficients) == core.terms[setting] == len(powers)
        assert powers == sorted(set(powers))
        assert powers[0] == 0
        assert not core.even or all(power % 2 == 0 for power in powers)


@every_core
def test_formula_and_claim_are_what_the_core_computes(core: Core) -> None:
    for r in (Fraction(1, 7), Fraction(core.high)):
        formula, claim = (as_written(text, r) for text in (core.formula, core.claim))
        ball = to_ball(r)
        assert formula.overlaps(core.numerator(ball) / ball**core.power)
        # The error of the polynomial times r^weight is relative where the rest of r^power is about the claim.
        assert 0.8 < claim / ball ** (core.power - core.weight) < 1.3
        assert core.least == 1 or claim / ball ** (core.power - core.weight) >= float(core.least)


def as_written(text: str, r: Fraction) -> arb:
    formula, _, said = text.partition(", x = ")
    x = 4 * (1 + r) / (1 - r) if said or "exp(x" in text else r
    for written, meant in (("^", "**"), ("2s", "2*s"), ("2 x", "2*x"), (") exp", ")*exp"), (") erfc", ")*erfc")):
        formula = formula.replace(written, meant)
    return enclose(read_text(formula), {"r": r, "s": r, "x": x})


@every_core
def test_a_claim_tells_the_bound_the_quantity_and_the_interval(core: Core) -> None:
    for found in polynomials()[core.name].values():
        claim = core.claim_of(found)
        assert core.claim in claim
        exponent, low, high = re.findall(r"2\^(-[\d.]+) of .*\[(.+), (.+)\]", claim)[0]
        assert 2.0 ** float(exponent) == pytest.approx(found.bound, rel=0.1)
        assert (float(low), float(high)) == pytest.approx((float(core.low), float(core.high)), rel=1e-5)


def test_cores_and_polynomials_never_change() -> None:
    for fixed, field in ((CORES[0], "name"), (polynomials()["exp"]["float32"], "bound")):
        with pytest.raises(FrozenInstanceError):
            setattr(fixed, field, 0)
