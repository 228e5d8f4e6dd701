"""Balls themselves: what a function makes of one that is wide, or that touches a kink."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import pytest
from balls import LINE, close, to_arb
from balls import many_digits as many_digits
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from derive.elementary.balls import whole_power
from derive.errors import Undetermined, UnsupportedError
from derive.term import call, term
from derive.values.balls import BALLS, enclose

SMALL = st.fractions(-2, 2, max_denominator=8)


@given(SMALL, st.fractions(0, 1, max_denominator=8), st.integers(0, 9), st.sampled_from((-1, 0, 1)))
def test_a_whole_power_of_a_ball_holds_the_power_of_each_number_in_it(
    middle: Fraction, radius: Fraction, order: int, side: int
) -> None:
    found = whole_power(arb(to_arb(middle), to_arb(radius)), order)
    assert found.is_finite()
    assert found.overlaps(to_arb((middle + side * radius) ** order))
    assert radius or close(found, to_arb(middle**order))


def test_a_power_of_what_may_be_0_is_not_made_wider_than_by_squaring() -> None:
    assert whole_power(arb(0, 2), 3).rad() < 9
    assert whole_power(arb(0, 2), 1).rad() < 3


@pytest.mark.parametrize(("head", "value"), [("sign", lambda u: (u > 0) - (u < 0)), ("heaviside", lambda u: u > 0)])
def test_a_ball_on_one_side_of_a_jump_has_the_value_there(head: str, value) -> None:
    for at in LINE:
        if at:
            assert BALLS[head](to_arb(at)) == int(value(at))
            assert BALLS[head](arb(to_arb(at), to_arb(abs(at) / 2))) == int(value(at))
    with pytest.raises(Undetermined):
        BALLS[head](arb(0, 0.5))
    assert BALLS["sign"](arb(0)) == 0


@pytest.mark.parametrize(("head", "value"), [("floor", floor), ("ceiling", ceil)])
def test_a_ball_between_two_whole_numbers_has_one_step(head: str, value) -> None:
    for at in LINE:
        assert BALLS[head](to_arb(Fraction(at))) == value(at)
    assert BALLS[head](arb(2.5, 0.25)) == value(2.5)
    with pytest.raises(Undetermined):
        BALLS[head](arb(2, 0.25))


def test_a_cube_root_of_a_ball_across_0_is_not_known() -> None:
    assert BALLS["cbrt"](arb(0)) == 0
    with pytest.raises(Undetermined):
        BALLS["cbrt"](arb(0, 0.5))


@pytest.mark.parametrize("at", LINE)
def test_a_cube_root_cubed_is_the_number(at: Fraction) -> None:
    assert close(BALLS["cbrt"](to_arb(at)) ** 3, to_arb(at))


def test_bessel_s_k_is_as_narrow_as_wanted_for_small_arguments_and_cheap_for_large_ones() -> None:
    near, far = (enclose(call("besselk", 2, at), {}, 400) for at in (3, 300))
    assert near.rel_accuracy_bits() > 350
    assert 100 < far.rel_accuracy_bits() < 250
    assert close(far, enclose(call("besselk", 2, term(300)), {}, 192))


@pytest.mark.parametrize("order", [Fraction(-1), Fraction(1, 2)])
def test_polygamma_is_of_whole_orders_alone(order: Fraction) -> None:
    with pytest.raises(UnsupportedError, match="integer orders"):
        enclose(call("polygamma", term(order), 2), {})
