"""The LaTeX that the field writes: what each piece reads as, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from terms import terms

from derive.errors import FormulaError
from derive.notation.latex import write_latex
from derive.notation.latex_reader import Names, read_latex
from derive.notation.text import read_text
from derive.term import FUNCTIONS, Term, symbol

NAMES = Names(
    functions=frozenset({"f", "sigma", "p", "s"}), arrays=frozenset({"v", "w", "y", "y_hat"}), words=frozenset({"lo"}),
    values=frozenset({"s"}),
)  # fmt: skip
# The exponent -1 of a name alone is its power; an inverse has indices.
PRINTED = tuple(sorted(set(FUNCTIONS) - {"inv"}))


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\tfrac12 x^2", "1/2*x**2"),
        (r"\dfrac 1 {\cosh^2 x}", "1/cosh(x)**2"),
        (r"2 \pi x_1", "2*pi*x_1"),
        (r"e^{-x} + \exp\left\{-x\right\}", "exp(-x) + exp(-x)"),
        (r"\log_2 x + \ln x", "log2(x) + log(x)"),
        (r"\sin^2 x \cos 2x", "sin(x)**2*cos(2*x)"),
        (r"\left| x \right| + \lvert y_i \rvert", "Abs(x) + Abs(y[i])"),
        (r"\max\{0, 1 - x\}", "Max(0, 1 - x)"),
        (r"\sqrt[3]{x} + \sqrt x", "cbrt(x) + sqrt(x)"),
        (r"\sum_k y_k \log \hat{y}_k", "Sum(y[k]*log(y_hat[k]), (k, 1, K))"),
        (r"\sum^n_{i=0} y_i", "Sum(y[i], (i, 0, n))"),
        (r"\sum_{k \neq i} y_k", "Sum(Piecewise((y[k], Ne(k, i)), (0, True)), (k, 1, K))"),
        (r"\delta_{ij} + \delta_{i=j} + \mathbf{1}\{i=j\} + [i = j]", "+".join(["KroneckerDelta(i, j)"] * 4)),
        (r"\mathbb{1}_{x > 0} + \boldsymbol{1}[x > 0]", "+".join(["Piecewise((1, x > 0), (0, True))"] * 2)),
        (r"\begin{cases} 1 & \text{if } x > 0 \\ 0 & \text{else} \end{cases}", "Piecewise((1, x > 0), (0, True))"),
        (r"\frac{\mathrm{d}}{\mathrm{d}x} x^2", "Derivative(x**2, x)"),
        (r"\partial_x x^2 y_i", "Derivative(x**2*y[i], x)"),
        (r"\frac{\partial^2 \mathrm{lo}}{\partial x \partial y}", "Derivative(Derivative(lo, x), y)"),
        (r"\map {\dfrac \d {\d x} } {\tanh x}", "Derivative(tanh(x), x)"),
        (r"\hat{\mathbf{y}}_i - \hat y_i", "y_hat[i] - y_hat[i]"),
        (r"x \, \text{(chain rule)}", "x"),
        (r"\Gamma(x) \psi(x) n!", "gamma(x)*digamma(x)*gamma(n + 1)"),
        (r"\left(x - 1\right)\left[x + 1\right]", "(x - 1)*(x + 1)"),
        (r"\underbrace{x + 1}_{\text{shifted}}", "x + 1"),
    ],
)  # fmt: skip
def test_dialects(latex: str, text: str) -> None:
    assert read_latex(latex, NAMES) is read_text(text)


def applied(name: str, *arguments: str) -> Term:
    return Term("apply", tuple(map(symbol, arguments)), name)


def test_application_and_product_are_told_apart_by_what_is_declared() -> None:
    x = symbol("x")
    assert read_latex("f(x)", NAMES) is applied("f", "x")
    assert read_latex("a(x)", NAMES) is symbol("a") * x
    assert read_latex(r"p(x \mid \mu, \sigma)", Names(functions=frozenset({"p"}))) is applied("p", "x", "mu", "sigma")
    assert read_latex("f'(x)", NAMES) is Term("der", (applied("f", "x"), symbol("")))
    # A name that also stands for its value is a factor before a bracket that speaks of it.
    assert read_latex("s_i(1 - s_j)", NAMES).head == "mul"
    assert read_latex("s(x)", NAMES) is applied("s", "x")


def test_vectors_keep_their_transposes_and_norms() -> None:
    w, x = symbol("w"), symbol("x")
    assert read_latex(r"w^\top x", NAMES) is Term("transpose", (w,)) * x
    assert read_latex(r"\|w - x\|_2^2", NAMES) is Term("norm", (w - x,)) ** 2


@pytest.mark.parametrize(
    ("latex", "column", "fault"),
    [
        (r"x + \heartsuit", 4, "expected"),
        (r"\left( x + 1", 5, "not closed"),
        (r"\frac{x}{", 8, "expected"),
        (r"x \pm y", 2, "cannot be read"),
        (r"\sin^{-1} x", 5, "inverse or a reciprocal"),
        (r"f^{-1}(x)", 1, "inverse or a reciprocal"),
        (r"\operatorname{mystery}(x)", 0, "not defined"),
        (r"\begin{cases} 1 & x > 0 \\ 0", 0, "too soon"),
        ("(" * 500 + "x", 0, "nested"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_column(latex: str, column: int, fault: str) -> None:
    with pytest.raises(FormulaError, match=fault) as caught:
        read_latex(latex, NAMES)
    if column:
        assert caught.value.column == column


@given(terms(PRINTED))
@settings(derandomize=True, max_examples=300, deadline=None)
def test_every_function_that_is_printed_reads_back(root: Term) -> None:
    assert read_latex(write_latex(root), NAMES) is root
