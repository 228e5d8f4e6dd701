"""Textbook derivations of seven functions: nothing right is refuted, and every single fault is caught."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from derive.proof.verdict import Verdict
from derive.review.documents import parse_document
from derive.review.judge import audit

PAGES = {
    "sigmoid": r"""
\sigma(x) &= \frac{1}{1 + e^{-x}} \\
\frac{\partial \sigma(x)}{\partial x} &= \frac{\partial}{\partial x} (1 + e^{-x})^{-1} \\
&= -(1 + e^{-x})^{-2} \frac{\partial}{\partial x} e^{-x} \\
&= \frac{e^{-x}}{(1 + e^{-x})^{2}} \\
&= \frac{1}{1 + e^{-x}} \left[1 - \frac{1}{1 + e^{-x}}\right] \\
&= \sigma(x) [1 - \sigma(x)]
""",
    "tanh": r"""
\tanh(x) &= \frac{e^x - e^{-x}}{e^x + e^{-x}} \\
\frac{\partial \tanh(x)}{\partial x} &= \frac{(e^x + e^{-x})^2 - (e^x - e^{-x})^2}{(e^x + e^{-x})^2} \\
&= 1 - \tanh^2(x)
""",
    "relu": r"""
r(x) &= \begin{cases} x & x > 0 \\ 0 & x \leq 0 \end{cases} \\
\frac{\partial r(x)}{\partial x} &= \begin{cases} 1 & x > 0 \\ 0 & x < 0 \end{cases}
""",
    "binary_cross_entropy": r"""
L_{\text{BCE}}(y, \hat{y}) &= -\left[y \log \hat{y} + (1 - y) \log(1 - \hat{y})\right] \\
\frac{\partial L}{\partial \hat{y}} &=
    -\left[\frac{\partial}{\partial \hat{y}} y \log \hat{y}
    + \frac{\partial}{\partial \hat{y}} (1 - y) \log(1 - \hat{y})\right] \\
&= -\left[\frac{y}{\hat{y}} - \frac{1 - y}{1 - \hat{y}}\right]
""",
    "cross_entropy": r"""
L_{CE}(y, \hat{y}) &= -\left[ \sum^{K}_{k=1} y_k \log(\hat{y}_k) \right] \\
\frac{\partial L}{\partial \hat{y}_i} &= \frac{\partial}{\partial \hat{y}_i}
    \left[-\sum^{K}_{k=1} y_k \log(\hat{y}_k) \right] \\
&= -\left[ \frac{\partial}{\partial \hat{y}_i} y_i \log(\hat{y}_i) \right] \\
&= -\frac{y_i}{\hat{y}_i}
""",
    "mean_squared_error": r"""
L_{\text{MSE}}(y, \hat{y}) &= (y - \hat{y})^2 \\
\frac{\partial L}{\partial \hat{y}} &= 2 (y - \hat{y}) \frac{\partial}{\partial \hat{y}} (y - \hat{y}) \\
&= 2 (\hat{y} - y) \\
&\propto \hat{y} - y
""",
    "softmax": r"""
s(x_i) &= \frac{e^{x_i}}{\sum^K_{k=1} e^{x_k}} \\
\frac{\partial s(x_j)}{\partial x_i} &= \frac{\partial}{\partial x_i} \frac{e^{x_j}}{\sum^K_{k=1} e^{x_k}} \\
&= \begin{cases} s(x_i) (1 - s(x_i)) & i = j \\ -s(x_j) s(x_i) & i \neq j \end{cases} \\
&= s(x_i) (\delta_{i=j} - s(x_j))
""",
}
# Where i = j, either index says the same.
HARMLESS = ("{cases} s(x_j) (1 - s(x_i)) & i = j", "{cases} s(x_i) (1 - s(x_j)) & i = j")


def page(name: str, text: str) -> str:
    return f"\\begin{{aligned}}{text}\\end{{aligned}}\n"


def refuted(text: str) -> bool:
    found = audit(parse_document(text, "page.tex"))
    return any(each.verdict is Verdict.REFUTED for each in found.judgements)


@pytest.mark.parametrize("name", PAGES)
def test_every_line_is_read_and_none_is_refuted(name: str) -> None:
    found = audit(parse_document(page(name, PAGES[name]), "page.tex"))
    assert all(each.read for each in found.judgements)
    assert all(each.verdict is Verdict.PROVED for each in found.judgements[1:])


def faults() -> Iterator[tuple[str, str]]:
    """Behind each definition: every sign, exponent, factor and index changed in turn; a label and the page."""
    changes = (
        (r"(?<![{^])[-+]", {"+": "-", "-": "+"}),
        (r"(?<![\w{])[12](?!\w)|(?<=\^)2", {"1": "2", "2": "3"}),
        (r"(?<=[xy}]_)[ijk]", {"i": "j", "j": "i", "k": "i"}),
    )
    for name, text in PAGES.items():
        for pattern, new in changes:
            for found in re.compile(pattern).finditer(text, text.index("\\\\\n")):
                wrong = text[: found.start()] + new[found.group()] + text[found.end() :]
                if not any(same in wrong for same in HARMLESS):
                    yield f"{name}:{found.start()}:{found.group()}", page(name, wrong)


@pytest.mark.parametrize("wrong", [pytest.param(text, id=label) for label, text in faults()])
def test_every_single_fault_is_caught(wrong: str) -> None:
    assert refuted(wrong)
