"""Sums of products under sums: nothing changes its value, and what can stand outside does."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from derive.calculus.contraction import Style, renamed, split, write_product
from derive.calculus.products import Product
from derive.notation.text import read_text
from derive.spec.domain import Domain
from derive.term import ONE, Term, call, symbol, term
from derive.values.balls import enclose

POINT: Final = {
    "x": (Fraction(3), Fraction(-1, 2), Fraction(4, 3)), "y": (Fraction(2), Fraction(5), Fraction(1, 7)),
    "a": Fraction(2, 3), "b": Fraction(5), "c": Fraction(-7, 2), "K": Fraction(3), "i": Fraction(2),
}  # fmt: skip
SYMBOLS: Final = [symbol(name) for name in "abc"]
INDEX: Final = symbol("k")
ALONG: Final = (ONE, symbol("K"))


def value(root: Term) -> arb:
    return enclose(root, POINT, 200, first_index=1)


def same(left: Term, right: Term) -> bool:
    return bool(abs(value(left) - value(right)) < 1e-40 * (1 + abs(value(left))))


def larger(parts: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    return st.one_of(
        st.builds(lambda head, u, v: Term(head, (u, v)), st.sampled_from(("add", "sub", "mul")), parts, parts),
        st.builds(lambda u, v: u / v, parts, st.sampled_from([symbol("K"), symbol("i")])),
        st.builds(lambda u, n: u ** term(n), st.sampled_from(SYMBOLS), st.sampled_from((-2, -1, 2, 3))),
        st.builds(lambda u, n: u ** term(n), parts, st.sampled_from((2, 3))),
        st.sampled_from(SYMBOLS).map(lambda u: call("sqrt", u * u + 1)),
        parts.map(lambda part: -part),
    )


LEAVES: Final = st.one_of(st.sampled_from(SYMBOLS), st.fractions(-3, 3, max_denominator=3).map(term))
ROOTS: Final = st.recursive(LEAVES, larger, max_leaves=7)


@given(ROOTS)
def test_a_term_split_and_written_again_keeps_its_value(root: Term) -> None:
    assert same(Style(root, Domain()).write(split(root)), root)
    added = term(0)
    for part in split(root):
        added = added + write_product(part)
    assert same(added, root)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a*b - 2*a*c + a*b", {"2*a*b", "-2*a*c"}),
        ("(a + b)*c", {"(a + b)*c"}),
        ("(a - a)*c", {"(a - a)*c"}),
        ("-(a - b)/c", {"-(a - b)/c"}),
        ("-(a - b)", {"-a", "b"}),
        ("(2*a*b)**-2", {"1/(4*a**2*b**2)"}),
        ("sqrt(a)*sqrt(a)", {"a"}),
        ("sqrt(a)**3", {"a*sqrt(a)"}),
        ("a**(1/3)*b", {"a**(1/3)*b"}),
        ("3/4", {"3/4"}),
        ("0", set()),
    ],
)
def test_a_sum_of_products_has_each_once_and_no_sum_is_expanded(text: str, parts: set[str]) -> None:
    found = [write_product(part) for part in split(read_text(text))]
    assert len(found) == len(parts)
    assert set(found) == {read_text(part) for part in parts}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2*a*b - 2*a*c", "2*a*(b - c)"),
        ("2*a*b - 3*a*c", "a*(2*b - 3*c)"),
        ("-3*a*b + 3*c", "3*(c - a*b)"),
        ("b/a - c/a", "(b - c)/a"),
        ("2*b/a - 2*c/a", "2/a*(b - c)"),
        ("b/2 - c/3 + a", "b/2 + a - c/3"),
        ("a*b", "a*b"),
        ("a - a", "0"),
    ],
)
def test_what_is_common_to_all_stands_in_front(text: str, written: str) -> None:
    assert str(Style(read_text("a"), Domain()).write(split(read_text(text)))) == written


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ("a*x[k]", "Sum(x[m], (m, 1, K))*a"),
        ("a*x[k]/b", "Sum(x[m], (m, 1, K))*a/b"),
        ("a*b", "K*a*b"),
        ("a*x[k] - b*x[k]*y[k]", "Sum(x[m], (m, 1, K))*a - Sum(x[k]*y[k], (k, 1, K))*b"),
        ("x[k]/(x[k]*a)", "K/a"),
        ("(x[k] - y[k])*a", "a*(Sum(x[m], (m, 1, K)) - Sum(y[k], (k, 1, K)))"),
        ("(x[k] - Sum(x[m], (m, 1, K))/K)", "0"),
    ],
)
def test_constants_leave_a_sum_and_constant_products_are_counted(body: str, written: str) -> None:
    style = Style(read_text("Sum(x[m], (m, 1, K))/K"), Domain())
    found = style.write(style.total(split(read_text(body)), INDEX, ALONG))
    assert str(found) == written
    assert same(found, read_text(f"Sum({body}, (k, 1, K))"))


def test_sums_and_quotients_are_written_as_the_body_has_them() -> None:
    softmax = read_text("exp(x[i])/Sum(exp(x[m]), (m, 1, K))")
    style = Style(softmax, Domain())
    (total,) = style.total(split(read_text("exp(x[k])")), INDEX, ALONG)
    assert write_product(total) is read_text("Sum(exp(x[m]), (m, 1, K))")
    assert str(style.write(split(softmax * symbol("a")))) == f"a*({softmax})"
    squared = style.kept(split(softmax * softmax)[0])
    assert squared.above == {softmax: 2}
    elsewhere = read_text("b*exp(x[j])/Sum(exp(x[m]), (m, 1, K))")
    assert read_text("exp(x[j])/Sum(exp(x[m]), (m, 1, K))") in style.kept(split(elsewhere)[0]).above


def test_a_quotient_is_kept_only_where_all_of_it_divides() -> None:
    style = Style(read_text("x[i]/y[i]"), Domain())
    for text in ("x[i]*y[i]", "a/y[i]", "x[i]/y[j]"):
        (product,) = split(read_text(text))
        assert style.kept(product) == product


def test_a_renamed_index_is_renamed_everywhere_and_like_products_meet() -> None:
    found = renamed(split(read_text("x[k]*y[k] + x[j]*y[k]")), INDEX, symbol("j"))
    assert found == [Product(Fraction(2), {read_text("x[j]"): 1, read_text("y[j]"): 1}, {})]


@pytest.mark.parametrize(
    ("product", "written"),
    [
        (Product(Fraction(-2, 3), {SYMBOLS[0]: 1, SYMBOLS[1]: -2}, {}), "-(2*a/(3*b**2))"),
        (Product(Fraction(1), {SYMBOLS[1]: Fraction(3, 2), SYMBOLS[0]: 1}, {}), "a*(b*sqrt(b))"),
        (Product(Fraction(1), {SYMBOLS[0]: Fraction(-1, 2)}, {}), "1/sqrt(a)"),
        (Product(Fraction(1), {SYMBOLS[0]: Fraction(7, 3)}, {}), "a**2*a**(1/3)"),
        (Product(Fraction(5), {}, {}), "5"),
    ],
)
def test_positive_powers_stand_over_negative_ones_and_halves_are_roots(product: Product, written: str) -> None:
    assert write_product(product) is read_text(written)
