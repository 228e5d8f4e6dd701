"""LaTeX as textbooks write it: the fewest brackets, never ambiguous, taken by a MathML converter."""

from __future__ import annotations

from keyword import iskeyword

import latex2mathml.converter
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from terms import terms

import derive
from derive.notation.latex import latex_name, write_latex
from derive.notation.latex_reader import Names, read_latex
from derive.notation.latex_tokens import FUNCTION_COMMANDS
from derive.notation.text import read_text
from derive.term import FUNCTIONS, Term, symbol

READABLE = ("exp", "log", "sqrt", "sin", "cosh", "tanh", "abs", "sign", "erf", "asin", "max", "min")
NAMES = Names(arrays=frozenset({"v", "w", "y_hat"}), words=frozenset({"lo"}))


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("1/(1 + exp(-x))", r"\frac{1}{1 + e^{-x}}"),
        ("-(y*log(y_hat) + (1 - y)*log(1 - y_hat))", r"-[y \log(\hat{y}) + (1 - y) \log(1 - \hat{y})]"),
        ("exp(-x**2/2)", "e^{-x^{2}/2}"),
        ("exp(x/2*y)", "e^{(x/2) y}"),
        ("Sum(exp(x[k]), (k, 1, K))", r"\sum_{k=1}^{K} e^{x_{k}}"),
        ("Sum(x[k], (k, 1, K))*y", r"\left(\sum_{k=1}^{K} x_{k}\right) y"),
        ("y*Sum(x[k], (k, 1, K)) + 1", r"y \sum_{k=1}^{K} x_{k} + 1"),
        ("y*Sum(x[k], (k, 1, K))*z", r"y \left(\sum_{k=1}^{K} x_{k}\right) z"),
        ("Sum(x[k] + 1, (k, 1, K))", r"\sum_{k=1}^{K} (x_{k} + 1)"),
        ("KroneckerDelta(i, j) - s[j]", r"\delta_{ij} - s_{j}"),
        ("A[i + 1, j]", "A_{i + 1, j}"),
        ("Derivative(-x, x)", r"\frac{\partial}{\partial x} (-x)"),
        ("Derivative(x*y, x)", r"\frac{\partial}{\partial x} (x y)"),
        ("Derivative(x, x)*y", r"\frac{\partial x}{\partial x} y"),
        ("Derivative(Derivative(x, y), y)", r"\frac{\partial^2 x}{\partial y^2}"),
        ("Derivative(Derivative(x, y), z)", r"\frac{\partial}{\partial z} \frac{\partial x}{\partial y}"),
        ("Derivative(x*y, x)*z", r"\left[\frac{\partial}{\partial x} (x y)\right] z"),
        ("Derivative((x + 1)**2, x)", r"\frac{\partial}{\partial x} [(x + 1)^{2}]"),
        ("Derivative(exp(x)*y, x)", r"\frac{\partial}{\partial x} (e^{x} y)"),
        ("Derivative(exp(x**2), x)", r"\frac{\partial}{\partial x} e^{x^{2}}"),
        ("Derivative(log(x)/x, x)", r"\frac{\partial}{\partial x} \frac{\log(x)}{x}"),
        ("Derivative(Sum(x[k], (k, 1, K)), y)", r"\frac{\partial}{\partial y} \sum_{k=1}^{K} x_{k}"),
        ("tanh(x)**2", r"\tanh^{2}(x)"),
        ("(x/y)**2", r"\left(\frac{x}{y}\right)^{2}"),
        ("abs(x)", r"\left|x\right|"),
        ("max(x, 0)", r"\max(x, 0)"),
        ("2*3*x", r"2 \cdot 3 x"),
        ("2*(1/3)", r"2 \cdot \frac{1}{3}"),
        ("a - (b - c)", "a - (b - c)"),
        ("a + -b", "a + (-b)"),
        ("(x*(y + 1) + 2)*z", "[x (y + 1) + 2] z"),
        ("Piecewise((1, x > 0), (0, True))", r"\begin{cases} 1 & x > 0 \\ 0 & \text{otherwise} \end{cases}"),
        ("1e-7*x", "0.0000001 x"),
        ("x_1[i]", "{x_{1}}_{i}"),
        ("gamma(x)*digamma(x)", r"\Gamma(x) \psi(x)"),
    ],
)
def test_as_a_textbook_writes_it(text: str, latex: str) -> None:
    assert write_latex(read_text(text)) == latex


@pytest.mark.parametrize(
    ("name", "latex"),
    [("x", "x"), ("alpha", r"\alpha"), ("y_hat", r"\hat{y}"), ("x_1", "x_{1}"), ("lo", r"\mathrm{lo}"),
     ("lambda_max", r"\lambda_{\text{max}}"), ("mu_bar_t", r"\bar{\mu}_{t}"), ("pred_", r"\mathrm{pred\_}"),
     ("_x", r"\mathrm{\_x}"), ("lr__max", r"\mathrm{lr\_\_max}"), ("σ", r"\sigma"), ("é_1", "e_{1}")],
)  # fmt: skip
def test_names(name: str, latex: str) -> None:
    assert latex_name(name) == latex


def test_declared_names_are_used_for_values_and_for_functions() -> None:
    applied = Term("apply", (read_text("x"),), "f")
    assert write_latex(applied ** read_text("2") + read_text("f"), {"f": r"\sigma"}) == r"\sigma(x)^{2} + \sigma"
    assert write_latex(applied ** read_text("2"), {"f": r"\tanh"}) == r"\tanh^{2}(x)"
    assert write_latex(applied[read_text("i")], {"f": "s"}) == "s_{i}(x)"


@given(terms(READABLE))
@settings(derandomize=True, max_examples=300, deadline=None)
def test_what_is_printed_reads_back_unchanged(root: Term) -> None:
    assert read_latex(write_latex(root), NAMES) is root


@given(terms(tuple(sorted(FUNCTIONS))))
@settings(derandomize=True, max_examples=100, deadline=None)
def test_every_formula_converts_to_mathml(root: Term) -> None:
    assert latex2mathml.converter.convert(write_latex(root)).startswith("<math")


@pytest.mark.parametrize("function", derive.catalogue(), ids=lambda function: function.name)
def test_definitions_read_back(function: derive.spec.Function) -> None:
    names = Names(arrays=frozenset(function.domain.axes))
    assert read_latex(write_latex(function.body), names) is function.body


def test_a_name_with_odd_underscores_reads_back() -> None:
    for name in ("pred_", "_x", "lr__max"):
        assert read_latex(latex_name(name)).name == name


PARTS = (
    "x a b T i e I E d ab lr max min hat bar dot alpha delta gamma Gamma zeta sin log exp pi ell prime oo sum det"
    " lambda Pi text frac true x1 diag"
).split()
LABELS = st.sampled_from([*PARTS, "", "0", "01", "1", "12", "1x"])
FUNCTION_WORDS = {"e", *FUNCTION_COMMANDS}


@given(st.builds(lambda head, rest: "_".join((head, *rest)), st.sampled_from(PARTS), st.lists(LABELS, max_size=4)))
@example("a__b")
@example("x_1_2")
@example("x_01")
@example("log_2")
@example("delta_1")
@settings(derandomize=True, max_examples=500, deadline=None)
def test_every_name_reads_back(name: str) -> None:
    """But for words that are functions or constants in LaTeX, however they are written."""
    assume(name not in FUNCTION_WORDS and not iskeyword(name) and read_text(name).head == "sym")
    assert read_latex(latex_name(name)) is symbol(name)


def test_a_first_value_of_cases_in_square_brackets_reads_back() -> None:
    root = read_text("Piecewise((Derivative(x**3, x)*log(x), x > 0), (0, True))")
    assert read_latex(write_latex(root)) is root


def test_a_name_before_brackets_is_a_factor_and_no_function() -> None:
    product = read_text("f*(x - 1)*lr*(x + 1)")
    assert write_latex(product, {"f": "f"}) == r"f \cdot (x - 1) \mathrm{lr} \cdot (x + 1)"
