"""Hypotheses, read once from sentences."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.errors import FormulaError
from derive.notation.text import read_text
from derive.spec.domain import NONNEGATIVE, POSITIVE, REALS, Domain, Interval, read_domain, read_hypothesis_on
from derive.term import symbol, term

HALF = Fraction(1, 2)


def interval(low: str | None, high: str | None, low_open: bool = True, high_open: bool = True) -> Interval:
    ends = (None if end is None else Fraction(end) for end in (low, high))
    return Interval(*ends, low_open, high_open)


@pytest.mark.parametrize(
    ("sentence", "name", "wanted"),
    [
        ("0 < p < 1", "p", interval("0", "1")),
        ("0 <= p < 1", "p", interval("0", "1", low_open=False)),
        ("p > 1/2", "p", interval("1/2", None)),
        ("1 > p", "p", interval(None, "1")),
        ("p = 2", "p", interval("2", "2", low_open=False, high_open=False)),
        ("p > 0, p < 3", "p", interval("0", "3")),
        ("p > 0 and p < 3", "p", interval("0", "3")),
        ("p positive", "p", POSITIVE),
        ("p is nonnegative", "p", NONNEGATIVE),
        ("positive p", "p", POSITIVE),
        ("p: positive", "p", POSITIVE),
        ("p real", "p", REALS),
        ("-1/2 <= p", "p", interval("-1/2", None, low_open=False)),
        ("p, q > 0", "p", POSITIVE),
        ("p, q > 0", "q", POSITIVE),
        ("p, q positive", "p", POSITIVE),
        ("p in [0, 1)", "p", interval("0", "1", low_open=False)),
        ("p ∈ (-∞, 3]", "p", interval(None, "3", high_open=False)),
        ("-1 ≤ p ≤ 1", "p", interval("-1", "1", low_open=False, high_open=False)),
        ("not (p > 0)", "p", interval(None, "0", high_open=False)),
        ("not p <= 0", "p", interval("0", None)),
        ("not (p < 0 or p >= 1)", "p", interval("0", "1", low_open=False)),
        ("not not (p > 0)", "p", POSITIVE),
        ("p in (-oo, oo)", "p", REALS),
    ],
)
def test_ranges(sentence: str, name: str, wanted: Interval) -> None:
    domain = read_domain([sentence])
    assert domain.range(name) == wanted
    assert not domain.relations


@pytest.mark.parametrize(
    ("sentence", "relation"),
    [
        ("lo < hi", "lo < hi"),
        ("x != y", "x != y"),
        ("p nonzero", "p != 0"),
        ("a*b > 0", "a*b > 0"),
        ("Sum(y) = 1", "Sum(y[y_0], (y_0, 0, K - 1)) == 1"),
        ("Sum(y[k], (k, 0, K - 1)) = 1", "Sum(y[k], (k, 0, K - 1)) == 1"),
        ("1 = sum(y)", "1 == Sum(y[y_0], (y_0, 0, K - 1))"),
        ("Sum(y[i], i) = 1", "Sum(y[i], (i, 0, K - 1)) == 1"),
        ("Product(y) < 2", "Product(y[y_0], (y_0, 0, K - 1)) < 2"),
        ("x < 0 or x > 1", None),
        ("x < 0 and y < 0 or x > 1", None),
        ("Or(y > 2, Eq(y, 0))", None),
        ("not (x > 0 and y > 0)", "Or(x <= 0, y <= 0)"),
        ("not (x == y)", "x != y"),
        ("y in {1, sqrt(2)}", "Or(y == 1, y == sqrt(2))"),
        ("x in {0, 1} or x > 2", "Or(Or(x == 0, x == 1), x > 2)"),
    ],
)
def test_what_is_not_one_name_against_one_constant_stays_a_relation(sentence: str, relation: str | None) -> None:
    domain = read_domain([sentence])
    assert domain.relations == (read_text(relation or sentence),)
    assert set(domain.ranges.values()) <= {REALS}


def test_an_interval_may_have_symbolic_ends() -> None:
    assert read_domain(["x in (a, b**2]"]).relations == (read_text("a < x"), read_text("x <= b**2"))


def test_listed_values_lie_in_the_range_of_their_name() -> None:
    assert read_domain(["n in {1, 2, 7/2}, n integer, n > 1"]).values == {"n": (Fraction(2),)}
    assert read_domain(["n in {1, 2}, n in {2, 3}"]).values == {"n": (Fraction(2),)}
    with pytest.raises(FormulaError, match="no n satisfies the hypotheses"):
        read_domain(["n in {1, 2}, n > 3"])


def test_a_whole_sum_runs_over_the_axis_that_is_declared() -> None:
    domain = read_domain(["Sum(y) = 1"], Domain().with_axes("y", (term(1), symbol("N"))))
    assert domain.relations == (read_text("Sum(y[y_0], (y_0, 1, N)) == 1"),)


def test_values_words_and_properties() -> None:
    domain = read_domain(["s in {1, -1}", "n positive integer", "y one-hot", "A spd"])
    assert domain.values == {"s": (Fraction(-1), Fraction(1))}
    assert domain.integers == {"n"}
    assert domain.range("n") == POSITIVE
    assert domain.properties == {("y", "onehot"), ("A", "spd")}


@pytest.mark.parametrize(
    "sentence",
    [
        "x",
        "x +",
        "x is purple",
        "x in {a, b}",
        "2 positive",
        "f(x) > 0",
        "x, 0 < y",
        "x, y + 1 > 0",
        "Sum(t**2) = 1",
        "x in {}",
    ],
)
def test_what_cannot_be_read_is_said_and_never_dropped(sentence: str) -> None:
    with pytest.raises(FormulaError):
        read_domain([sentence])


def test_a_sentence_about_a_name_may_leave_it_out() -> None:
    domain = read_hypothesis_on("q", "positive integer, q < 9", Domain())
    assert domain.range("q") == interval("0", "9")
    assert domain.integers == {"q"}


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        (interval("0", "2"), interval("1", "3"), interval("1", "2")),
        (interval("0", "1", False, False), interval("0", "1"), interval("0", "1")),
        (interval("0", "1", False), REALS, interval("0", "1", False)),
        (REALS, REALS, REALS),
        (interval(None, "0"), interval("0", None), interval("0", "0")),
    ],
)
def test_intervals_meet(one: Interval, other: Interval, wanted: Interval) -> None:
    assert one.meet(other) == wanted == other.meet(one)


def test_membership_emptiness_and_sign() -> None:
    half_open = interval("0", "1", low_open=False)
    assert Fraction(0) in half_open
    assert HALF in half_open
    assert Fraction(1) not in half_open
    assert interval("1", "0").empty
    assert interval("0", "0").empty
    assert not interval("0", "0", False, False).empty
    assert not REALS.empty
    assert POSITIVE.is_positive()
    assert not NONNEGATIVE.is_positive()
    assert interval(None, "0").is_negative()


@pytest.mark.parametrize(
    ("sentences", "said"),
    [
        ((), ("real x",)),
        (("x > 0",), ("x > 0",)),
        (("0 <= x < 1",), ("0 <= x < 1",)),
        (("x < 1",), ("x < 1",)),
        (("x positive integer",), ("integer x > 0",)),
        (("x in {0, 1}",), ("x in {0, 1}",)),
        (("x = 1",), ("x = 1",)),
        (("not (x > 0)",), ("x <= 0",)),
        (("x one-hot", "x < y"), ("real x", "x onehot", "x < y")),
    ],
)
def test_hypotheses_are_told_as_sentences(sentences: tuple[str, ...], said: tuple[str, ...]) -> None:
    assert read_domain(sentences).hypotheses(["x"]) == said
