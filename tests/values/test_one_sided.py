"""One-sided limits against quantities that do approach them, each at a speed of its own."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Final

import pytest
from balls import many_digits as many_digits
from flint import arb

from derive.errors import UnsupportedError
from derive.values.balls import to_ball
from derive.values.one_sided import CONSTANT, OO, Indeterminate, OneSided, apply, fold, order, power

T: Final = Fraction(1, 10**8)  # what goes to 0
SPEEDS: Final = (T, 3 * T, T**2)
VALUES: Final = (Fraction(-2), Fraction(0), Fraction(1, 2), Fraction(3))
PLACES: Final = [*product(VALUES, (-1, CONSTANT, 1)), (OO, -1), (-OO, 1)]


def limit(place: tuple) -> OneSided:
    value, side = place
    return OneSided(to_ball(value) if isinstance(value, Fraction) else value, side)


def near(place: tuple, speed: Fraction) -> Fraction:
    value, side = place
    return value + side * speed if isinstance(value, Fraction) else -side / speed


def agrees(found: OneSided, exact: Fraction) -> bool:
    """Whether what is near a limit is near this one, and on its side."""
    if found.infinite:
        return abs(exact) > 10**6 and (exact > 0) == (found.value > 0) and found.side == -(1 if exact > 0 else -1)
    away = to_ball(exact) - found.value
    return bool(abs(away) < 1e-6) and (found.side is None or found.side == int(away > 0) - int(away < 0))


def sign(x: Fraction) -> Fraction:
    return Fraction((x > 0) - (x < 0))


UNARY: Final[dict[str, Callable]] = {"neg": lambda x: -x, "abs": abs, "sign": sign}
BINARY: Final[dict[str, Callable]] = {
    "add": lambda x, y: x + y, "sub": lambda x, y: x - y, "mul": lambda x, y: x * y, "div": lambda x, y: x / y,
    "max": max, "min": min,
}  # fmt: skip


@pytest.mark.parametrize("head", UNARY)
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_limit_of_one_quantity_is_what_it_approaches(head: str, place: tuple) -> None:
    assert agrees(apply(head, [limit(place)]), UNARY[head](near(place, T)))


@pytest.mark.parametrize("head", BINARY)
def test_a_limit_of_two_is_what_they_approach_at_any_speeds_and_else_they_differ(head: str) -> None:
    for one, other in product(PLACES, repeat=2):
        if head == "div" and other == (0, CONSTANT):
            continue
        exact = [BINARY[head](near(one, u), near(other, v)) for u, v in product(SPEEDS, repeat=2)]
        try:
            found = apply(head, [limit(one), limit(other)])
        except Indeterminate:
            assert max(exact) - min(exact) > 1, (one, other)
        else:
            assert all(agrees(found, value) for value in exact), (one, other)


@pytest.mark.parametrize("exponent", range(-3, 4))
def test_a_limit_of_a_whole_power(exponent: int) -> None:
    for place in PLACES:
        if exponent >= 0 or place != (0, CONSTANT):
            found = power(limit(place), OneSided(arb(exponent)), Fraction(exponent))
            assert agrees(found, near(place, T) ** exponent), place
            assert exponent == 0 or found.side is not None


@pytest.mark.parametrize("place", [place for place in PLACES if place[0] > 0], ids=str)
def test_another_power_is_an_exponential_of_a_logarithm(place: tuple) -> None:
    found = power(limit(place), OneSided(arb(0.5)), Fraction(1, 2))
    square = apply("mul", [found, found])
    assert square.value == place[0] if found.infinite else bool(abs(square.value - to_ball(place[0])) < 1e-9)
    assert found.side == place[1]
    falling = power(limit(place), OneSided(-arb(0.5)), None)
    assert falling.value.is_zero() if found.infinite else falling.value.overlaps(1 / found.value)


def test_which_of_two_lies_above_is_told_where_they_are_apart_or_come_from_two_sides() -> None:
    for one, other in product(PLACES, repeat=2):
        exact = {sign(near(one, u) - near(other, v)) for u, v in product(SPEEDS, repeat=2)}
        try:
            assert exact == {order(limit(one), limit(other))}
        except Indeterminate:
            assert len(exact) > 1


@pytest.mark.parametrize("head", ["floor", "ceiling", "heaviside"])
def test_a_jump_is_left_alone_where_its_argument_moves(head: str) -> None:
    assert apply(head, [OneSided(arb(0.5))]).side == CONSTANT
    with pytest.raises(Indeterminate):
        apply(head, [OneSided(arb(0), 1)])


@pytest.mark.parametrize(
    ("head", "place", "value", "side"),
    [
        ("exp", (OO, -1), OO, -1),
        ("exp", (-OO, 1), 0, 1),
        ("exp", (Fraction(0), -1), 1, -1),
        ("erfc", (OO, -1), 0, 1),
        ("erfc", (-OO, 1), 2, -1),
        ("erfc", (Fraction(0), 1), 1, -1),
        ("log", (Fraction(0), 1), -OO, 1),
        ("log", (Fraction(1), CONSTANT), 0, CONSTANT),
        ("tanh", (-OO, 1), -1, 1),
        ("cos", (Fraction(0), 1), 1, None),
        ("acosh", (Fraction(1), 1), 0, 1),
    ],
)
def test_a_function_goes_to_the_limit_of_its_record_from_the_side_on_which_it_moves(
    head: str, place: tuple, value: object, side: int | None
) -> None:
    found = apply(head, [limit(place)])
    assert found.value == value
    assert found.side == side


@pytest.mark.parametrize(
    ("head", "place"), [("log", (Fraction(0), -1)), ("sin", (OO, -1)), ("gamma", (Fraction(0), 1))]
)
def test_where_a_function_has_no_limit_none_is_given(head: str, place: tuple) -> None:
    with pytest.raises(Indeterminate):
        apply(head, [limit(place)])


def test_what_has_no_enclosure_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="det"):
        apply("det", [OneSided(arb(1))])


@pytest.mark.parametrize(("kind", "exact"), [("sum", -2), ("product", 8), ("maximum", 2)])
def test_a_fold_of_limits(kind: str, exact: int) -> None:
    terms = [OneSided(arb(number), CONSTANT) for number in (-4, 2, 1, -1)]
    assert fold(kind, terms).value == exact


def test_a_fold_of_nothing_is_0_or_1() -> None:
    assert (fold("sum", []).value, fold("product", []).value) == (0, 1)


def test_e_to_a_difference_is_e_to_what_the_difference_approaches() -> None:
    one = OneSided(OO, -1)
    assert apply("expdiff", [one, one]).value == 1
    assert apply("expdiff", [OneSided(arb(0)), one]).value == 0
    with pytest.raises(Indeterminate):
        apply("expdiff", [one, OneSided(OO, -1)])
