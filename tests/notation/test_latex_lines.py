"""Formulas over several lines: broken before signs, and equal to what they were."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from terms import terms

from derive.errors import FormulaError
from derive.notation.latex import write_latex
from derive.notation.latex_lines import broken
from derive.notation.latex_reader import Names, read_latex
from derive.notation.latex_width import latex_width
from derive.notation.text import read_text
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
    joined = " ".join(broken(write_latex(root), room).lines)
    assume("quad" not in joined)  # stacked branches, which are not read
    assert read_latex(joined, NAMES) is root


WIDE_VALUE = "exp(-x**2)*sin(x)*cos(x)*tanh(x)*log(1+x**2)*(x+1)*(x+2)/(x**2+x+1)"
WIDE_CONDITION = "And(x > 0, x < a + b + c + d + f + g + h, a > b + c + d + f, h > x**2 + a**2 + b**2)"
WIDE_CASES = {
    "a product and a sum": f"Piecewise(({WIDE_VALUE}, x > 0), (exp(x) + sin(3*x) + x**5 + 3*x**4 - 2*x**3, True))",
    "a condition": f"Piecewise((x + 1, {WIDE_CONDITION}), (2*x, True))",
    "a factor": f"a*Piecewise(({WIDE_VALUE}, x > 0), (2*x, True)) + b*x",
    "within another": f"Piecewise((x, x > 1), (Piecewise(({WIDE_VALUE}, x > 0), (1, True)), True))",
}


@pytest.mark.parametrize("text", WIDE_CASES.values(), ids=WIDE_CASES.keys())
@pytest.mark.parametrize("room", [345.0, 260.0])
def test_wide_branches_are_stacked(text: str, room: float) -> None:
    formula = write_latex(read_text(text))
    lines = broken(formula, room).lines
    assert max(map(latex_width, lines)) <= room
    whole = " ".join(lines)
    assert whole.count(r"\begin{cases}") == whole.count(r"\end{cases}") == formula.count(r"\begin{cases}")
    assert whole.count(r"\text{otherwise}") == formula.count(r"\text{otherwise}")


def test_branches_that_fit_are_left() -> None:
    formula = write_latex(read_text("Piecewise((x, x > 0), (-x, True))"))
    assert broken(formula, 345).lines == [formula]


@pytest.mark.parametrize("text", WIDE_CASES.values(), ids=WIDE_CASES.keys())
def test_stacked_branches_are_never_read_as_others(text: str) -> None:
    for line in broken(write_latex(read_text(text)), 260).lines:
        if r"\begin{cases}" in line and r"\quad" in line:
            with pytest.raises(FormulaError):
                read_latex(line)
