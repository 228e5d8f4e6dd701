"""Hypotheses as sentences, cut into conditions."""

from __future__ import annotations

import pytest

from derive.notation.sentences import as_condition, sentence_parts, set_of, split_outside


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("x > 0, y > 0", ["x > 0", "y > 0"]),
        ("x > 0 and y > 0; z < 1", ["x > 0", "y > 0", "z < 1"]),
        ("Sum(t[k], (k, 0, K - 1)) = 1, x > 0", ["Sum(t[k], (k, 0, K - 1)) = 1", "x > 0"]),
        ("Or(y > 2, Eq(y, 0))", ["Or(y > 2, Eq(y, 0))"]),
        ("not (x > 0 and y > 0)", ["not (x > 0 and y > 0)"]),
        ("x > 0 and y > 0 or z > 0, w < 1", ["x > 0 and y > 0 or z > 0", "w < 1"]),
        ("x in (0, 1], y in {1, 2}", ["x in (0, 1]", "y in {1, 2}"]),
        ("x ≥ 0 ∧ y ≤ 1", ["x >= 0", "y <= 1"]),
        ("random > 0, order < 1", ["random > 0", "order < 1"]),
    ],
)
def test_a_sentence_is_cut_outside_of_brackets(sentence: str, parts: list[str]) -> None:
    assert sentence_parts(sentence) == parts


@pytest.mark.parametrize(
    ("sentence", "condition"),
    [
        ("x = 1", "x == 1"),
        ("x not in {0, 1}", "And(Ne(x, 0), Ne(x, 1))"),
        ("x in {0, 1} or x > 2", "Or(Eq(x, 0), Eq(x, 1)) or x > 2"),
        ("x in [a, b)", "((a) <= x and x < (b))"),
        ("x in (0, oo)", "((0) < x)"),
        ("x not in (0, 1]", "(not ((0) < x and x <= (1)))"),
        ("x in (f(a), 1)", "((f(a)) < x and x < (1))"),
        ("t[i] in {0, 1}", "Or(Eq(t[i], 0), Eq(t[i], 1))"),
    ],
)
def test_sets_and_intervals_are_written_out(sentence: str, condition: str) -> None:
    assert as_condition(sentence) == condition


def test_a_set_is_read_where_it_is_all_that_is_said() -> None:
    assert set_of("y in {-1, 1}") == ("y", ["-1", " 1"])
    assert set_of("y not in {-1, 1}") is None
    assert set_of("y in {-1, 1} or y > 2") is None


def test_separators_in_brackets_do_not_count() -> None:
    assert split_outside("a(b, c), [d, {e, f}], g", ",") == ["a(b, c)", " [d, {e, f}]", " g"]
