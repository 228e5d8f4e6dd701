"""Signs: concluded only where they follow."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.fuel import Fuel
from derive.notation.text import read_text
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.linear import infeasible
from derive.proof.algebra.normal import Normaliser
from derive.proof.algebra.signs import NeedSign
from derive.proof.algebra.syntactic_signs import syntactically_positive
from derive.proof.algebra.values import sign_at
from derive.proof.indices.order import IndexOrder
from derive.proof.indices.sums import IndexReader
from derive.spec.domain import Domain, read_domain


def sign(term: str, assume: str = "") -> int | None:
    try:
        return Normaliser.under(Facts(read_domain([assume])), Fuel()).sign(read_text(term))
    except NeedSign:
        return None


@pytest.mark.parametrize(
    ("term", "assume", "expected"),
    [
        ("1 - p", "0<p<1", 1),
        ("p*(p - 1)", "0<p<1", -1),
        ("log(p)", "0<p<1", -1),
        ("log(x)", "x>1", 1),
        ("x**2 + x + 1", "", 1),
        ("x**2 - 2", "x>2", 1),
        ("x**2 - 2", "x>1", None),
        ("exp(x) - 1", "x>0", 1),
        ("1 - exp(-x)", "x<0", -1),
        ("exp(x) - exp(y)", "x<y", -1),
        ("tanh(x)", "x<0", -1),
        ("erf(x) - 1", "", -1),
        ("1 - x**2", "-1<x<1", 1),
        ("a*x", "a>0", None),
        ("hi - lo + 1", "lo<hi", 1),
        ("x - hi", "x<lo, lo<hi", -1),
        ("sqrt(x) - 2", "x>4", 1),
        ("x", "x>=0", None),
        ("gamma(x)", "x>0", 1),
        ("besselk(1, x)", "x>0", 1),
        ("digamma(x)", "x>0", None),
        ("cos(x) + 2", "", 1),
        ("pi - 3", "", 1),
        ("pi - 22/7", "", -1),
    ],
)
def test_a_sign_follows_from_the_facts(term: str, assume: str, expected: int | None) -> None:
    assert sign(term, assume) == expected


@pytest.mark.parametrize(
    ("term", "plain"),
    [("(x - 1)**2 + 1", True), ("(x - 1)**2", False), ("exp(x)*cosh(y)", True), ("x**2 + y**2", False),
     ("(x*x + 3)/2", True), ("1 - x**2", False), ("x + 1", False), ("abs(x) + 1e-9", True)],
)  # fmt: skip
def test_what_is_plainly_positive(term: str, plain: bool) -> None:
    domain = read_domain([])
    assert syntactically_positive(read_text(term), domain.range) is plain


rows = st.lists(st.tuples(*[st.integers(-4, 4)] * 3), min_size=1, max_size=5)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(rows, st.integers(-3, 3), st.integers(-3, 3))
def test_inequalities_that_a_point_satisfies_are_never_infeasible(
    found: list[tuple[int, int, int]], x: int, y: int
) -> None:
    satisfied = [
        ({(1, 0): Fraction(a), (0, 1): Fraction(b), (0, 0): Fraction(c)}, a * x + b * y + c > 0)
        for a, b, c in found
        if a * x + b * y + c >= 0
    ]
    assert not infeasible(satisfied)


def test_inequalities_that_contradict_each_other_are_infeasible() -> None:
    one = Fraction(1)
    above = ({(1, 0): one, (0, 1): -one}, True)  # x > y
    below = ({(1, 0): -one, (0, 1): one}, False)  # y >= x
    assert infeasible([above, below])
    assert not infeasible([below])


TOUCHING = [
    "x**2", "x**2*y**2", "(x - 1)**2", "x**2 + y**2", "(x - y)**2", "x**4", "x**2*y", "x**2 - 2*x + 1", "exp(y)*x**2",
    "sin(x)**2", "x**2*(y**2 + 1)", "(x - y)**2 + (y - 1)**2", "x**2*y**2 + x**2", "(x + y)**4", "x**2 + y**4 + 2*y**2",
    "x + y", "x*y", "x - y", "1 + x**2", "2 + x**2*y", "x**3*y",
]  # fmt: skip
ASSUMED = ["", "x > 0", "x >= 0", "x < 0", "y > 0", "y >= 0", "x > 0, y > 0", "x >= 0, y >= 1", "-1 < x < 2", "x > 1"]


@pytest.mark.parametrize("text", TOUCHING)
@pytest.mark.parametrize("assume", ASSUMED)
def test_a_sign_that_is_told_holds_at_zeros_of_even_powers_too(text: str, assume: str) -> None:
    told, domain, root = sign(text, assume), read_domain([assume]), read_text(text)
    values = [Fraction(at) for at in ("-3", "-1", "-1/2", "0", "1/3", "1", "2")]
    for x in values:
        for y in values:
            if told is not None and x in domain.range("x") and y in domain.range("y"):
                assert sign_at(root, {"x": x, "y": y}) == told, (x, y)


@pytest.mark.parametrize(
    ("text", "positive"),
    [("Sum(x[k]**2, (k, 0, K - 1))", False), ("Sum(x[k]**2 + 1, (k, 0, K - 1))", True),
     ("Sum(x[k]**2*exp(y[k]), (k, 0, K - 1))", False),
     ("Sum(exp(x[k]), (k, 0, K - 1))", True), ("Product(x[k]**2, (k, 0, K - 1))", False)],
)  # fmt: skip
def test_a_sum_of_squares_may_be_zero(text: str, positive: bool) -> None:
    root = read_text(text)
    axis = (read_text("0"), read_text("K - 1"))
    domain = Domain(axes=dict.fromkeys("xy", (axis,)))
    reader = IndexReader.over(domain, IndexOrder({"K": domain.range("K")}), Fuel())
    try:
        found = reader.signs.of_at_zeros_too(reader.read(root))
    except NeedSign:
        found = 0
    assert (found == 1) is positive
