"""Products and sums as people write them, and the arithmetic of sums of products."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.calculus.products import (
    Product,
    addends,
    as_product,
    collected,
    common_factors,
    is_decimal,
    merged,
    multiplied,
    product_of,
    scaled,
    tidy,
    without,
    write_sum,
)
from derive.notation.text import read_text
from derive.term import Term, symbol, term
from derive.values.balls import exact

FACTORS = st.dictionaries(st.sampled_from("xyz").map(symbol), st.sampled_from((-2, -1, 1, 2)), max_size=3)
PRODUCTS = st.builds(Product, st.fractions(-4, 4, max_denominator=4), FACTORS, st.just({}))
SUMS = st.lists(PRODUCTS, min_size=1, max_size=4)
POINT = {symbol("x"): Fraction(2), symbol("y"): Fraction(-3), symbol("z"): Fraction(5, 7)}


def value(parts: list[Product]) -> Fraction:
    total = Fraction(0)
    for part in parts:
        worth = part.coefficient
        for base, exponent in part.above.items():
            worth *= POINT[base] ** int(exponent)
        total += worth
    return total


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("x*2*x", "2*x**2"),
        ("x*1 + 0", "x"),
        ("a - -b", "a + b"),
        ("2*x/(4*y)", "x/(2*y)"),
        ("y*(1/x)", "y/x"),
        ("1/x*Derivative(x**2, x)", "1/x*Derivative(x**2, x)"),
        ("0*x", "0"),
        ("exp(0*x)", "1"),
        ("1.702*x*3", "5.106*x"),
        ("3*x/8", "3*x/8"),
    ],
)
def test_tidying_keeps_the_order_of_writing(text: str, tidied: str) -> None:
    assert tidy(read_text(text)) is read_text(tidied)
    assert tidy(read_text(tidied)) is read_text(tidied)


def test_a_sum_is_its_signed_terms() -> None:
    root = read_text("a - b*c + (d - e) - (f - g)")
    parts = [(sign, str(part)) for sign, part in addends(root)]
    assert parts == [(1, "a"), (-1, "b*c"), (1, "d"), (-1, "e"), (-1, "f - g")]
    assert write_sum(addends(root)) is read_text("a - b*c + d - e - (f - g)")


def test_a_product_is_its_coefficient_and_its_factors() -> None:
    found = as_product(read_text("-3*x**2*y/(2*z)"))
    assert found.coefficient == Fraction(-3, 2)
    assert {str(base): exponent for base, exponent in found.above.items()} == {"x": 2, "y": 1}
    assert {str(base): exponent for base, exponent in found.below.items()} == {"z": 1}


@given(SUMS, SUMS)
def test_arithmetic_of_sums_of_products_keeps_values(left: list[Product], right: list[Product]) -> None:
    assert value(collected([*left, *right])) == value(left) + value(right)
    assert value(multiplied(left, right)) == value(left) * value(right)
    assert value(scaled(left, Fraction(-2, 3))) == Fraction(-2, 3) * value(left)


@given(SUMS)
def test_a_sum_is_its_common_factors_times_what_is_left(parts: list[Product]) -> None:
    common = common_factors(parts)
    rest = [part.over(common) for part in parts]
    assert value([Product(Fraction(1), common, {})]) * value(rest) == value(parts)
    assert common_factors(rest) == {}
    for base in common:
        assert all(abs(part.above[base]) >= abs(common[base]) for part in parts)


@given(PRODUCTS)
def test_a_product_reads_back_as_it_was_written(product: Product) -> None:
    found = as_product(product.as_fraction().write())
    if product.coefficient:
        assert found.coefficient == product.coefficient
        assert found.above == {base: count for base, count in product.above.items() if count > 0}
        assert found.below == {base: -count for base, count in product.above.items() if count < 0}
    else:
        assert found == Product(Fraction(0), {}, {})


@given(PRODUCTS, st.sampled_from((1, 2, 3)))
def test_a_power_of_a_product_is_its_factors_to_that_power(product: Product, exponent: int) -> None:
    assert value([product.raised(exponent)]) == value([product]) ** exponent


SUMMANDS = st.recursive(
    st.sampled_from([symbol("x"), symbol("y"), symbol("z"), term(2), term(Fraction(1, 3))]),
    lambda parts: st.one_of(
        st.builds(lambda head, a, b: Term(head, (a, b)), st.sampled_from(("add", "sub", "mul")), parts, parts),
        parts.map(lambda part: -part),
    ),
    max_leaves=8,
)


@given(SUMMANDS)
def test_a_sum_is_what_its_signed_terms_add_up_to(root: Term) -> None:
    at = {base.name: number for base, number in POINT.items()}
    wanted = exact(root, at)
    assert exact(write_sum(addends(root)), at) == wanted
    assert sum((sign * (exact(part, at) or 0) for sign, part in addends(root)), Fraction(0)) == wanted
    assert exact(tidy(root), at) == exact(as_product(root).write(), at) == wanted


@pytest.mark.parametrize(
    ("text", "coefficient", "above", "below"),
    [
        ("(2*x*y)**3", "8", {"x": 3, "y": 3}, {}),
        ("(-x)**3", "-1", {"x": 3}, {}),
        ("(x**2)**-3", "1", {"x": -6}, {}),
        ("(x/y)**2", "1", {"x/y": 2}, {}),
        ("(x*(y/z))**2", "1", {"x": 2, "y/z": 2}, {}),
        ("(x + y)**2", "1", {"x + y": 2}, {}),
        ("(0*x)**2", "1", {"0*x": 2}, {}),
        ("exp(x)**3", "1", {"exp(x)": 3}, {}),
        ("exp(-3*x)*exp(x)", "1", {"exp(x)": -2}, {}),
        ("exp(x/2)", "1", {"exp(x/2)": 1}, {}),
        ("exp(0)", "1", {"exp(0)": 1}, {}),
        ("x**0", "1", {"x**0": 1}, {}),
        ("x**(1/2)", "1", {"x**(1/2)": 1}, {}),
        ("x/(0*y)", "1", {"x/(0*y)": 1}, {}),
        ("2**3*x", "1", {"2": 3, "x": 1}, {}),
        ("x*(2*y/z)", "2", {"x": 1, "y/z": 1}, {}),
        ("x*(1/z)*3", "3", {"x": 1}, {"z": 1}),
        ("3*(y/z)", "3", {"y": 1}, {"z": 1}),
        ("-(x*-y)", "1", {"x": 1, "y": 1}, {}),
        ("4/6", "2/3", {}, {}),
    ],
)
def test_what_is_one_product_and_what_stays_a_factor(
    text: str, coefficient: str, above: dict[str, int], below: dict[str, int]
) -> None:
    found = as_product(read_text(text))
    assert found.coefficient == Fraction(coefficient)
    assert {str(base): exponent for base, exponent in found.above.items()} == {
        str(read_text(base)): exponent for base, exponent in above.items()
    }
    assert {str(base): exponent for base, exponent in found.below.items()} == below


@pytest.mark.parametrize(("text", "one"), [("x*y", True), ("-x", True), ("x**2", True), ("x/y", True),
    ("(x + y)**(1/2)", False), ("x + y", False), ("x", False), ("exp(2*x)", False)])  # fmt: skip
def test_a_product_of_something_besides_itself(text: str, one: bool) -> None:
    root = read_text(text)
    assert product_of(root) == (as_product(root) if one else None)


@pytest.mark.parametrize(
    ("value", "decimal"),
    [("851/500", True), ("1/100", True), ("1/125", True), ("1/128", False), ("1/99", False), ("1/95", False),
     ("1/300", False), ("3", False), ("1/20", False), (f"1/{10**12}", True), (f"1/{10**13}", False)],
)  # fmt: skip
def test_a_fraction_is_written_as_a_decimal_where_that_is_shorter(value: str, decimal: bool) -> None:
    assert is_decimal(Fraction(value)) == decimal


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("exp(x)*exp(x)*exp(x)", "exp(3*x)"),
        ("exp(x)*exp(-x)", "1"),
        ("exp(x)", "exp(x)"),
        ("x*x*x/(y*y)", "x**3/y**2"),
        ("x**1", "x"),
        ("exp(0*x)*x", "x"),
        ("-(2*x)", "-(2*x)"),
        ("x/y*(-3)", "-(3*x/y)"),
    ],
)
def test_powers_are_collected_and_those_of_e_are_written_in_the_exponent(text: str, written: str) -> None:
    assert tidy(read_text(text)) is read_text(written)


@given(PRODUCTS, PRODUCTS)
def test_a_product_of_products_has_the_product_of_their_values(one: Product, other: Product) -> None:
    assert value([one.times(other)]) == value([one]) * value([other])
    assert without(one.times(other).above, other.above) == merged(one.above)


def test_negative_powers_go_below_but_those_of_e_do_not() -> None:
    x, e = symbol("x"), read_text("exp(x)")
    found = Product(Fraction(2), {x: -2, e: -1}, {x: 1}).as_fraction()
    assert found == Product(Fraction(2), {e: -1}, {x: 3})
