"""Words and names in LaTeX: nothing that pdfTeX, XeTeX or KaTeX stops at."""

from __future__ import annotations

import pytest

from derive.notation.latex_words import latex_letters, latex_text


@pytest.mark.parametrize(
    ("words", "latex"),
    [
        ("sum rule", r"\text{sum rule}"),
        ("contract δ", r"\text{contract }\delta"),
        ("one index for two, by δ; then", r"\text{one index for two, by }\delta\text{; then}"),
        ("100% of a_b & #1", r"\text{100\% of a\_b \& \#1}"),
        ("", ""),
    ],
)
def test_words(words: str, latex: str) -> None:
    assert latex_text(words) == latex


@pytest.mark.parametrize(
    ("name", "latex"),
    [("loss_", r"loss\_"), ("σx", r"\sigma x"), ("Ω", r"\Omega"), ("größe", "grou00dfe"), ("中", "u4e2d")],
)
def test_letters(name: str, latex: str) -> None:
    assert latex_letters(name) == latex
