"""Exponents in two parts: equal exactly, and without the error of a rounded exponent in any format."""

from __future__ import annotations

import numpy as np
import pytest

from derive.fuel import Fuel
from derive.notation.text import read_text
from derive.proof.scalar import prove_equal
from derive.proof.verdict import Verdict
from derive.spec.domain import Domain
from derive.stabilisation.samples import truth_at
from derive.stabilisation.two_parts import in_two_parts
from derive.term import Term
from derive.values.formats import FLOAT32, FLOAT64, Format
from derive.values.rounded import Machine

POLYNOMIALS = [
    "exp(2*(sqrt(2/pi)*(x + 0.044715*x**3)))",
    "exp(-abs(sqrt(2/pi)*(x + 0.044715*x**3)))",
    "exp(-(max(min(x, 9), -9)**2 + max(min(x, 9), -9))/3)",
    "exp(x**2/2 - x/7 + 1/9)",
]
REACH = {"float64": 20.0, "float32": 8.0}


def in_parts(text: str) -> Term:
    (found,) = in_two_parts(read_text(text))
    return found


def largest_error(form: Term, stated: Term, format_: Format) -> int:
    """In numbers of the format, where the value is normal."""
    reach = REACH[format_.name]
    columns = {"x": np.random.default_rng(0).uniform(-reach, reach, 500).astype(format_.dtype)}
    truth, known = truth_at([stated], columns, format_)
    normal = known & np.isfinite(truth) & (truth > format_.smallest_normal)
    found = Machine(format_, columns).value(form)
    return int(abs(format_.ordinals(found) - format_.ordinals(truth))[normal].max())


@pytest.mark.parametrize("text", POLYNOMIALS)
def test_both_parts_come_to_the_exponent(text: str) -> None:
    assert prove_equal(read_text(text), in_parts(text), Domain(), Fuel()).verdict is Verdict.PROVED


@pytest.mark.parametrize("format_", [FLOAT64, FLOAT32])
@pytest.mark.parametrize("text", POLYNOMIALS)
def test_the_exponents_rounding_is_no_error(text: str, format_: Format) -> None:
    before, after = (largest_error(form, read_text(text), format_) for form in (read_text(text), in_parts(text)))
    assert after <= min(12, before)


@pytest.mark.parametrize("text", POLYNOMIALS[:2])
def test_far_exponents_are_infinite_or_vanish(text: str) -> None:
    far = Machine(FLOAT64, {"x": np.array([1e300, -1e300, 1e5, -1e5])})
    with np.errstate(all="ignore"):
        assert (far.value(in_parts(text)) == far.value(read_text(text))).all()


@pytest.mark.parametrize(
    "text", ["exp(x)", "exp(-x**2)", "exp(x*y + x**2)", "exp(abs(x - x**2))", "exp(x**2 + sin(x))"]
)
def test_nothing_is_made_of_other_exponents(text: str) -> None:
    assert not list(in_two_parts(read_text(text)))


# Steep functions of a multiple of a variable


SCALED = ["erfc(-x/sqrt(2))", "erfc(sqrt(3)*x)", "erfc(x/pi)"]


@pytest.mark.parametrize("text", SCALED)
def test_a_compensated_function_is_equal(text: str) -> None:
    (form,) = in_two_parts(read_text(text))
    assert prove_equal(read_text(text), form, Domain(), Fuel()).verdict is Verdict.PROVED


@pytest.mark.parametrize(("format_", "end"), [(FLOAT32, 9.0), (FLOAT64, 26.0)], ids=lambda it: getattr(it, "name", ""))
@pytest.mark.parametrize("text", SCALED)
def test_the_rounding_of_the_argument_is_made_good(text: str, format_: Format, end: float) -> None:
    stated = read_text(text)
    (form,) = in_two_parts(stated)
    scale = float(abs(Machine(FLOAT64, {"x": np.ones(1)}).value(stated.args[0])[0]))
    columns = {"x": (np.random.default_rng(0).uniform(-end, end, 300) / scale).astype(format_.dtype)}
    truth, known = truth_at([stated], columns, format_)
    machine = Machine(format_, columns)
    apart = [abs(format_.ordinals(machine.value(one)) - format_.ordinals(truth))[known].max() for one in (stated, form)]
    assert apart[1] <= 3 < 50 < apart[0]


@pytest.mark.parametrize("text", ["erfc(x)", "erfc(2*x)", "exp(x/sqrt(2))", "erfc(x + sqrt(2))", "erfc(x*y)"])
def test_nothing_is_compensated_where_nothing_is_lost_or_known(text: str) -> None:
    assert list(in_two_parts(read_text(text))) == []
