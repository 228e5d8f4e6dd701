"""Ratios: what is read, what cancels, and how it is written for evaluation."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.fuel import Fuel
from derive.notation.text import read_text
from derive.proof.scalar import prove_equal
from derive.proof.verdict import Verdict
from derive.spec.domain import Domain
from derive.stabilisation.writer import Writer
from derive.term import Term, symbol
from derive.values.ratio import (
    Ratio,
    Ring,
    TooLarge,
    degree,
    generator,
    lowered,
    lowest,
    polynomial_of,
    ratio_of,
    read_ratio,
    slots_in,
)


def ratio(formula: str, ring: Ring) -> Ratio:
    def read(node: Term) -> Ratio:
        found = read_ratio(node, read)
        return found if found is not None else ring.ratio(node)

    return read(read_text(formula))


def written(formula: str, small: str = "") -> str:
    ring = Ring([symbol("z")])
    found = ratio(formula, ring)
    bounded = {slot for slot, part in enumerate(ring.terms) if str(part) in small.split()}
    return str(Writer(dict(enumerate(ring.terms)), (), bounded).ratio(found))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("(1 - y)/(1 - p) - y/p", "(p - y)/p/(1 - p)"),
        ("(x**2 - 2*x*y + y**2)/(x - y)", "x - y"),
        ("((1 + a) - a)/(1 + a)**2", "1/(1 + a)/(1 + a)"),
        ("1 + 4*z + (4*t + 6)*z**2", "1 + z*(4 + z*(6 + 4*t))"),
        ("3*x/6 - x/2", "0"),
    ],
)
def test_common_factors_cancel_and_sums_nest(formula: str, expected: str) -> None:
    assert written(formula) == expected


def test_what_is_small_is_multiplied_in_before_what_may_be_large() -> None:
    assert written("4*x*y*z", small="z") == "4*z*y*x"
    assert written("4*x*y") == "y*x*4"


def test_large_factors_divide_one_after_another() -> None:
    assert written("1/(x*y)") == "1/y/x"
    assert written("1/(x*y)", small="x y") == "1/(y*x)"


def test_a_sum_that_cancels_where_z_is_near_one_is_collected_by_what_multiplies_it() -> None:
    ring = Ring([symbol("z")])
    found = ratio("1 - z**2 + 4*x*z", ring)
    writer = Writer(dict(enumerate(ring.terms)), ((generator(0) - 1, symbol("less")),), {0})
    assert str(writer.ratio(found)) == "4*z*x - less*(1 + z)"


def test_a_square_near_one_is_rounded_once_where_z_is_small() -> None:
    assert written("1/(1 + z)**2", small="z") == "1/(1 + z*(2 + z))"
    assert written("1/(1 + z)**3", small="z") == "1/(1 + z)**3"


@pytest.mark.parametrize("formula", ["(a + b)**40", "(a + b + c + d)**12*(a + 2*b + 3*c)**9"])
def test_what_would_swell_is_refused(formula: str) -> None:
    with pytest.raises(TooLarge):
        ratio(formula, Ring())


@pytest.mark.parametrize(
    "formula", ["(1 + 2*x + 3*z*x**2 - y)/(z*y - 2*x)", "(x/3 - y/2)**3/(1 - z**2)", "-(z - x)*(z - 1)"]
)
def test_what_is_written_equals_what_was_read(formula: str) -> None:
    proof = prove_equal(read_text(formula), read_text(written(formula)), Domain(), Fuel())
    assert proof.verdict is Verdict.PROVED


def test_a_ratio_is_read_once_with_whatever_is_not_arithmetic_opaque() -> None:
    ring = Ring()
    found = ratio_of(read_text("(exp(x) - 1)**2/(exp(x)**2 - 1) - sqrt(y)/y**(1/2)"), ring)
    assert [str(part) for part in ring.terms] == ["exp(x)", "sqrt(y)", "y**(1/2)"]
    assert found.equals(ratio_of(read_text("(exp(x) - 1)/(exp(x) + 1) - sqrt(y)/y**(1/2)"), ring))
    assert not found.equals(ratio_of(read_text("(exp(x) - 1)/(exp(x) + 2) - sqrt(y)/y**(1/2)"), ring))


@pytest.mark.parametrize(("formula", "value"), [("x/x + 1/3", "4/3"), ("x - x", "0"), ("(2*x)**-2*x**2", "1/4")])
def test_a_constant_ratio_has_a_value(formula: str, value: str) -> None:
    found = ratio(formula, Ring())
    assert found.is_constant
    assert found.value() == Fraction(value)
    assert not ratio("x/y", Ring()).is_constant
    assert not ratio("1/y", Ring()).is_constant
    assert not ratio("y", Ring()).is_constant


def test_generators_are_sixteen_and_powers_go_to_the_twelfth() -> None:
    assert ratio("+".join(f"x_{n}" for n in range(16)), Ring())
    assert degree(ratio("x**12", Ring()).above, 0) == degree(ratio("x**-12", Ring()).below, 0) == 12
    for formula in ("+".join(f"x_{n}" for n in range(17)), "x**13", "x**-13"):
        with pytest.raises(TooLarge):
            ratio(formula, Ring())


def test_a_division_by_what_cancels_is_refused() -> None:
    with pytest.raises(ZeroDivisionError):
        ratio("1/(x - x)", Ring())


def test_a_generator_is_counted_lowered_and_replaced() -> None:
    ring = Ring()
    found = ratio("x**4*y + x**2", ring).above
    assert (degree(found, 0), lowest(found, 0), degree(found, 1), lowest(found, 1)) == (4, 2, 1, 0)
    assert lowered(found, 0) == ratio("x**2*y + 1", ring).above
    assert lowered(found, 1) == found
    assert slots_in(found) == {0, 1}
    assert slots_in(generator(3)) == {3}
    replaced = ratio("(x + y)/(x - y)", ring).replaced(0, 2 * generator(1))
    assert replaced.value() == 3
    assert polynomial_of({(1,) + (0,) * 15: 2}) == 2 * generator(0)
