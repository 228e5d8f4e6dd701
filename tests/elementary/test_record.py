"""Records: what is not checked of a field where it is filled in, and that it is filled in wherever it holds."""

from __future__ import annotations

import inspect
from dataclasses import FrozenInstanceError, fields
from fractions import Fraction
from types import ModuleType
from typing import Final

import pytest
from balls import LINE, U, value
from balls import many_digits as many_digits
from flint import arb

from derive.elementary import table
from derive.elementary.record import Elementary
from derive.elementary.special import BESSEL, GAMMA
from derive.elementary.table import KINKED, TABLE, column, named
from derive.notation.text import read_text
from derive.term import call, free_symbols, subterms

ONE: Final = [head for head in column("ball") if TABLE[head].arity == 1]
ALGEBRAIC: Final = {"cbrt", "atan2", "rounding_error"}  # or that may stand still: atan2(0, v)
# The argument is positive wherever these are real, ends apart.
NEEDS: Final = ("log", "sqrt")
FAR: Final = Fraction(10**5)
BEYOND: Final = arb(2) ** 1100  # every format


def test_a_record_is_written_by_names_and_never_changes() -> None:
    with pytest.raises(TypeError):
        Elementary("f", 1)
    with pytest.raises(FrozenInstanceError):
        TABLE["exp"].name = "f"


def test_a_record_says_only_what_is_filled_in() -> None:
    said = {field.name for field in fields(Elementary) if getattr(Elementary(name="f"), field.name)}
    assert said == {"name", "arity"}


def test_a_function_is_on_one_page() -> None:
    page = ModuleType("page")
    page.FUNCTIONS = (TABLE["exp"],)
    with pytest.raises(ValueError, match="exp is on two pages"):
        table._read((page, page))
    assert table._read((page,)).keys() == {"exp"}


@pytest.mark.parametrize("head", column("ball"))
def test_a_ball_is_made_of_as_many_arguments_as_the_function_has(head: str) -> None:
    assert len(inspect.signature(TABLE[head].need("ball")).parameters) == TABLE[head].arity


@pytest.mark.parametrize("head", TABLE)
def test_a_function_rises_or_falls_or_does_neither(head: str) -> None:
    assert TABLE[head].monotone in (-1, 0, 1)


def test_a_smooth_function_that_others_do_not_give_is_nowhere_constant() -> None:
    smooth = named(lambda record: record.ball and not record.kink and not record.equals)
    assert smooth - ALGEBRAIC == named(lambda record: record.never_constant and not record.equals)


def test_of_one_argument_it_is_no_root_of_a_polynomial_either() -> None:
    wanted = named(lambda record: record.never_constant and not record.equals and record.arity == 1)
    assert named(lambda record: record.transcendental) == wanted


@pytest.mark.parametrize("head", ONE)
def test_a_function_that_rises_through_0_has_the_sign_of_its_argument(head: str) -> None:
    at_zero = value(call(head, 0), {})
    if TABLE[head].monotone == 1 and at_zero is not None and at_zero.contains(0):
        assert TABLE[head].sign_of_argument


@pytest.mark.parametrize("head", sorted(named(lambda record: record.odd and record.equals)))
def test_an_odd_function_that_keeps_one_sign_on_either_side_says_so(head: str) -> None:
    """As far as others give it; 1/sin(u) would keep its sign on few points of the line."""
    found = [value(call(head, U), {"u": at * 10}) for at in LINE if at > 0]
    assert all(one > 0 for one in found if one is not None) == TABLE[head].sign_of_argument


@pytest.mark.parametrize("head", column("equals"))
def test_what_logarithms_and_roots_need_is_implied_or_is_where_the_function_is_real(head: str) -> None:
    said = {read_text(text) for text in TABLE[head].implied}
    where = {condition.args[0] for condition in subterms(read_text(TABLE[head].need("real"))) if condition.args}
    for node in subterms(read_text(TABLE[head].equals)):
        if node.head in NEEDS and free_symbols(node):
            assert node.args[0] in said | where


def test_what_libraries_have_and_formats_cannot_hold_far_out_grows() -> None:
    libraries = [head for head in ONE if TABLE[head].libm or TABLE[head].numpy]
    found = {head: [value(call(head, U), {"u": at}) for at in (FAR, -FAR)] for head in libraries}
    leaving = {
        head for head, sides in found.items() if any(one is not None and max(one, 1 / one) > BEYOND for one in sides)
    }
    assert leaving == named(lambda record: record.grows)


def test_a_power_of_e_is_its_own_derivative_up_to_a_constant() -> None:
    own = {head for head, record in TABLE.items() if record.derivative in ("exp(u)", f"{head}(u)", f"{head}(u, v)")}
    assert own == named(lambda record: record.power_of_e)


def test_the_functions_of_gamma_and_of_bessel_are_slow_to_enclose() -> None:
    assert named(lambda record: record.slow) == {record.name for record in (*GAMMA, *BESSEL)}


def test_ieee_rounds_roots_and_what_chooses_or_cuts_off() -> None:
    choosing = {head for head in column("numpy") if head in KINKED or TABLE[head].kink}
    assert named(lambda record: record.exact_in_ieee) == choosing | {"sqrt"}
