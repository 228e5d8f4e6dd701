"""Power series: what is claimed of them holds at points, and is not claimed too widely."""

from __future__ import annotations

from fractions import Fraction
from math import inf

import numpy as np
import pytest
from flint import arb, ctx

from derive.notation.text import read_text
from derive.spec.domain import Domain
from derive.stabilisation.samples import draw, truth_at
from derive.stabilisation.series import Zero, about_origin, about_zero, relative_error
from derive.stabilisation.zeros import simple_zeros, split
from derive.term import Term
from derive.values.balls import enclose
from derive.values.formats import FLOAT32, FLOAT64, Floats, Format
from derive.values.rounded import Machine
from derive.values.taylor import NoSeries, TaylorFold, polynomial

NEAR_ZERO = ["x - tanh(x)", "(1 - cos(x))/x**2", "1/x - 1/tan(x)", "(exp(x) - 1)/x", "log(1 + x) - x", "x - sin(x)"]


def zeros_of(text: str, formats: list[Format]) -> list[Zero]:
    return simple_zeros(read_text(text), "x", draw([read_text(text)], Domain(), FLOAT64), formats)


def next_to(zero: Zero, format_: Format) -> Floats:
    """The numbers of a format nearest to a zero, but the zero itself."""
    middle = np.array([float(sum(zero.parts))], format_.dtype)
    found = np.concatenate([format_.steps(middle, count) for count in (-3, -2, -1, 0, 1, 2, 3)])
    return found if len(zero.parts) > 1 else found[found != middle]


def relative(form: Term, stated: Term, at: Fraction) -> float:
    found, truth = (enclose(side, {"x": at}, 400) for side in (form, stated))
    return float(abs((found - truth) / truth).upper())


@pytest.mark.parametrize("text", NEAR_ZERO)
def test_a_series_is_within_its_bound(text: str) -> None:
    pieces = list(about_origin(read_text(text), "x", [FLOAT64]))
    assert max(piece.high for piece in pieces) >= Fraction(1, 10)
    for piece in pieces:
        assert piece.error < 2.0**-53
        for share in (Fraction(99, 100), Fraction(-1, 3), Fraction(1, 1000)):
            assert relative(piece.form, read_text(text), piece.high * share) <= piece.error


@pytest.mark.parametrize(
    "text",
    ["tan(x)", "(1 - cos(x))/x**2*((exp(x) - 1)/x)", "1/x - 1/sin(x)", "(1 + x)*(sin(x)/x)**2", "x/(exp(x) - 1) - 2/x"],
)
def test_an_expansion_encloses_the_function(text: str) -> None:
    radius = arb(0.5)
    expansion = TaylorFold(arb(0), radius, 5).of(read_text(text))
    with ctx.workprec(200):
        for t in (arb(0.5), arb(-0.5), arb(0.3)):
            beyond = expansion.rest * t ** len(expansion.parts)
            found = t**expansion.low * (polynomial(expansion.parts, t) + beyond)
            truth = enclose(read_text(text), {"x": Fraction(float(t))}, 200)
            assert found.contains(truth)
            assert float(beyond.rad() + abs(beyond.mid())) < 1


def test_a_series_is_as_short_as_the_format_allows() -> None:
    lengths = [len(str(next(about_origin(read_text("x - sin(x)"), "x", [one])).form)) for one in (FLOAT32, FLOAT64)]
    assert lengths[0] < lengths[1]


@pytest.mark.parametrize("text", ["abs(x)", "log(x)", "sqrt(x)", "x - x"])
def test_no_series_where_there_is_none(text: str) -> None:
    assert list(about_origin(read_text(text), "x", [FLOAT64])) == []


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("abs(x - 2)*exp(-abs(x + 3))", "(2 - x)*exp(-3 - x)"),
        ("Piecewise((0, exp(x) == 0), (x, x > 1), (sin(x), True))", "sin(x)"),
        ("max(x, 1) + min(x, -1)", "0"),
    ],
)
def test_a_kink_outside_the_interval_does_not_matter(text: str, plain: str) -> None:
    found, expected = (list(about_origin(read_text(one), "x", [FLOAT64])) for one in (text, f"{plain} + x - x"))
    assert {piece.form for piece in found if piece.high <= Fraction(1, 2)} == {
        piece.form for piece in expected if piece.high <= Fraction(1, 2)
    }


@pytest.mark.parametrize("text", ["abs(x - 1/1000)", "max(x, 0)", "Piecewise((x, sin(x) > 0), (x**2, True))"])
def test_a_kink_inside_the_interval_is_noticed(text: str) -> None:
    assert list(about_origin(read_text(text), "x", [FLOAT64])) == []


def test_a_singularity_inside_the_interval_is_noticed() -> None:
    with pytest.raises(NoSeries):
        TaylorFold(arb(0), arb(2), 20).of(read_text("tan(x)/x"))


def test_the_bound_sees_a_wrong_coefficient() -> None:
    expansion = TaylorFold(arb(0), arb(0.1), 40).of(read_text("cos(x)"))
    right = relative_error(expansion, [Fraction(1), Fraction(0), Fraction(-1, 2)], arb(0.1))
    wrong = relative_error(expansion, [Fraction(1), Fraction(0), Fraction(-1, 3)], arb(0.1))
    assert right < 1e-5 < wrong


def test_what_may_vanish_has_no_bound() -> None:
    found = TaylorFold(arb(0), arb(2), 40).of(read_text("x - 1"))
    assert relative_error(found, [Fraction(-1), Fraction(1)], arb(0.5)) == 0
    assert relative_error(found, [Fraction(-1), Fraction(1)], arb(2)) == inf


@pytest.mark.parametrize(
    ("text", "wide"), [("1 + exp(x)*(2 + x + exp(x))", 0.7), ("cos(x) - x", 0.7), ("exp(x) - 20", 1)]
)
def test_a_piece_about_a_zero_is_wide(text: str, wide: float) -> None:
    for zero in zeros_of(text, [FLOAT64]):
        (*_, piece) = about_zero(read_text(text), "x", zero, [FLOAT64])
        assert piece.high - piece.low >= wide


@pytest.mark.parametrize("text", ["1/(1 + exp(-x)) + x*exp(-x)/(1 + exp(-x))**2", "log(x)", "x**2 - 2"])
@pytest.mark.parametrize("formats", [[FLOAT64], [FLOAT32], [FLOAT64, FLOAT32]])
def test_a_simple_zero_keeps_its_digits(text: str, formats: list[Format]) -> None:
    stated = read_text(text)
    for zero in zeros_of(text, formats):
        pieces = list(about_zero(stated, "x", zero, formats))
        assert pieces
        for piece in pieces:
            for format_ in formats:
                for value in next_to(zero, format_):
                    assert relative(piece.form, stated, Fraction(float(value))) <= piece.error
            assert piece.error < (2.0**-51 if FLOAT64 in formats else 2.0**-22)


@pytest.mark.parametrize("text", ["1/(1 + exp(-x)) + x*exp(-x)/(1 + exp(-x))**2", "x**2 - 2", "x**3 - 5", "cos(x) - x"])
def test_one_form_is_accurate_in_every_format_next_to_a_zero(text: str) -> None:
    formats = [FLOAT64, FLOAT32]
    for zero in zeros_of(text, formats):
        (*_, piece) = about_zero(read_text(text), "x", zero, formats)
        for format_ in formats:
            columns = {"x": next_to(zero, format_)}
            truth, known = truth_at([read_text(text)], columns, format_)
            found = Machine(format_, columns).value(piece.form)
            assert known.all()
            assert (abs(format_.ordinals(found) - format_.ordinals(truth)) <= 4).all()


def test_what_is_subtracted_first_is_a_number_of_every_format() -> None:
    first, *others = split(Fraction(2**0.5), [FLOAT64, FLOAT32])
    assert Fraction(float(np.float32(float(first)))) == first
    assert abs(first + sum(others) - Fraction(2**0.5)) < Fraction(1, 2**100)
    assert list(split(Fraction(3, 4), [FLOAT64, FLOAT32])) == [Fraction(3, 4)]


def test_a_pole_is_no_zero() -> None:
    stated = read_text("1/(x - 1)")
    assert all(not list(about_zero(stated, "x", zero, [FLOAT64])) for zero in zeros_of("1/(x - 1)", [FLOAT64]))
