"""Formulas over several lines: broken before signs, and equal to what they were."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st
from terms import terms

from derive.notation.latex import write_latex
from derive.notation.latex_lines import broken
from derive.notation.latex_reader import Names, read_latex
from derive.term import Term

NAMES = Names(arrays=frozenset({"v", "w", "y_hat"}), words=frozenset({"lo"}))


def test_what_fits_stays_on_one_line() -> None:
    assert broken("a + b", 100) == (["a + b"], 0)


def test_the_outermost_sign_breaks_first() -> None:
    assert broken("(a + b) (c + d) + (e + f) (g + h)", 120).lines == ["(a + b) (c + d)", "+ (e + f) (g + h)"]


def test_a_bracket_over_two_lines_has_a_size_of_its_own() -> None:
    lines = broken(r"x \left(\frac{a}{b} + c + d + e + f\right)", 60).lines
    assert len(lines) > 1
    assert r"\left(" not in "".join(lines)
    assert r"\biggl(" in lines[0] + lines[1]


def test_nothing_is_torn_from_its_operator() -> None:
    formula = r"\frac{\partial}{\partial x} \log(a + b) + \sum_{k=1}^{K} x_{k} y_{k}"
    for room in range(20, 120, 10):
        lines = broken(formula, room).lines
        assert not any(line.endswith(("}{\\partial x}", "^{K}")) for line in lines)


def test_a_wide_fraction_is_written_with_a_slash() -> None:
    lines = broken(r"\frac{a + b + c + d + e + f}{(1 + x)^{2}}", 80).lines
    assert lines == ["(a + b + c + d + e", r"+ f) \big/ (1 + x)^{2}"]


@given(terms(("exp", "log", "tanh", "abs")), st.sampled_from((30.0, 80.0, 150.0)))
@settings(derandomize=True, max_examples=300, deadline=None)
def test_the_lines_together_are_what_was_written(root: Term, room: float) -> None:
    assert read_latex(" ".join(broken(write_latex(root), room).lines), NAMES) is root
