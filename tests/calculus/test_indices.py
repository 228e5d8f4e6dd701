"""Indices: their names, how many a range holds, sums under other names for them, and sums that are known."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from terms import terms

from derive.calculus.indices import alpha, closed_total, extent, holds_after, index_names, shared
from derive.notation.text import read_text
from derive.spec.domain import Domain
from derive.term import BINDERS, ONE, Term, free_symbols, substitute, symbol, term, transform
from derive.values.balls import exact

K, ROW = symbol("K"), (ONE, symbol("K"))
SIMPLEX = Domain(properties=frozenset({("y", "simplex")})).with_axes("y", ROW)


def test_equal_sums_inside_another_are_spelled_alike() -> None:
    inner = "Sum(x[{0}], ({0}, 1, K))"
    whole = "Sum(x[k]/{} - {}, (k, 1, K))"
    found = shared(read_text(whole.format(inner.format("j"), inner.format("l"))))
    assert found is read_text(whole.format(inner.format("j"), inner.format("j")))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x[i] + j", {"i"}),
        ("KroneckerDelta(i, j)*x", {"i", "j"}),
        ("Sum(x[k]*y[m + 1], (k, 1, K))", {"m"}),
        ("x[2]", set()),
    ],
)
def test_names_of_indices_are_those_that_pick_components(text: str, names: set[str]) -> None:
    assert index_names(read_text(text)) == names


@given(st.integers(-5, 5), st.integers(-5, 5), st.integers(1, 9))
def test_a_range_holds_its_last_less_its_first_and_one(first: int, last: int, size: int) -> None:
    assert extent((term(first), term(last))) is term(last - first + 1)
    for written, count in (("K", size), ("K - 1", size - 1), ("K - 3", size - 3)):
        found = extent((term(first), read_text(written)))
        assert exact(found, {"K": Fraction(size)}) == count - first + 1


def test_a_usual_range_holds_its_size() -> None:
    assert extent((ONE, K)) is K
    assert extent((term(0), K - 1)) is K
    assert exact(extent((symbol("m"), K)), {"m": Fraction(3), "K": Fraction(7)}) == 5


@given(st.integers(-3, 3), st.integers(-3, 3))
def test_an_indicator_is_one_at_and_after_its_place(larger: int, smaller: int) -> None:
    assert exact(holds_after(term(larger), term(smaller)), {}) == int(larger >= smaller)


@given(terms(("exp",)))
def test_names_that_are_bound_make_no_difference(root: Term) -> None:
    assert alpha(alpha(root)) is alpha(root)
    assert free_symbols(alpha(root)) == free_symbols(root)
    renamed = transform(root, _with_another_index)
    assert alpha(renamed) is alpha(root)


def _with_another_index(node: Term) -> Term:
    if node.head not in BINDERS:
        return node
    body, bound, *ends = node.args
    return Term(node.head, (substitute(body, {bound: symbol("n")}), symbol("n"), *ends))


@pytest.mark.parametrize(
    ("total", "value"),
    [
        ("Sum(y[k], (k, 1, K))", "1"),
        ("Sum(y[m], (m, 1, K))", "1"),
        ("Sum(y[k], (k, 2, K))", "Sum(y[k], (k, 2, K))"),
        ("Sum(y[k]**2, (k, 1, K))", "Sum(y[k]**2, (k, 1, K))"),
        ("Sum(y[i], (k, 1, K))", "Sum(y[i], (k, 1, K))"),
        ("Sum(x[k], (k, 1, K))", "Sum(x[k], (k, 1, K))"),
    ],
)
def test_the_components_of_a_simplex_add_up_to_one(total: str, value: str) -> None:
    assert closed_total(read_text(total), SIMPLEX) is read_text(value)


def test_the_components_of_each_row_of_a_matrix_add_up_to_one() -> None:
    rows = Domain(properties=frozenset({("y", "onehot")})).with_axes("y", (ONE, symbol("N")), ROW)
    assert closed_total(read_text("Sum(y[i, k], (k, 1, K))"), rows) is ONE
    for total in ("Sum(y[k, i], (k, 1, N))", "Sum(y[k, k], (k, 1, K))", "Sum(y[i, k], (k, 1, N))"):
        assert closed_total(read_text(total), rows) is read_text(total)


@pytest.mark.parametrize("fact", ["Eq(Sum(x[i]**2, (i, 1, K)), r)", "Eq(r, Sum(x[i]**2, (i, 1, K)))"])
def test_a_total_that_is_given_has_its_value(fact: str) -> None:
    domain = Domain(relations=(read_text("Ne(Sum(x[k]**2, (k, 1, K)), 2)"), read_text(fact)))
    assert closed_total(read_text("Sum(x[k]**2, (k, 1, K))"), domain) is symbol("r")
    assert closed_total(read_text("Sum(x[k]**3, (k, 1, K))"), domain) is read_text("Sum(x[k]**3, (k, 1, K))")
