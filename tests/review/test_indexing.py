"""Indices come from use, whatever their letters are; what may be an index or a label gets no verdict."""

from __future__ import annotations

import pytest

from derive.proof.verdict import Verdict
from derive.review.documents import parse_document
from derive.review.judge import Judgement, audit


def judged(*lines: str, text: str = "") -> tuple[Judgement, ...]:
    display = "\\begin{align}\n" + " \\\\\n".join(lines) + "\n\\end{align}\n"
    return audit(parse_document(f"{text}\n{display}", "page.md")).judgements


LETTERS = [
    ("a", "A"), ("b", "B"), ("e", "E"), ("f", "F"), ("g", "G"), ("h", "H"), ("p", "P"), ("u", "U"), ("v", "V"),
    ("w", "n"), ("N", "K"), (r"\mu", "M"), (r"\nu", "N"), (r"\alpha", r"\Lambda"), ("i", "n"), ("k", r"\kappa"),
]  # fmt: skip


@pytest.mark.parametrize(("letter", "size"), LETTERS)
def test_a_letter_that_a_sum_binds_is_an_index(letter: str, size: str) -> None:
    slope = rf"\frac{{\partial L}}{{\partial z_{{{letter}}}}}"
    z, y = f"z_{{{letter}}}", f"y_{{{letter}}}"
    loss, wrong, right = judged(
        rf"L &= \sum_{{{letter}=1}}^{{{size}}} \left( \log(1 + e^{{{z}}}) - {y} {z} \right)",
        rf"{slope} &= {size} \left(\frac{{1}}{{1 + e^{{-{z}}}}} - {y}\right)",
        rf"{slope} &= \frac{{1}}{{1 + e^{{-{z}}}}} - {y}",
    )
    assert loss.read
    assert wrong.value is Verdict.REFUTED
    assert right.value is Verdict.PROVED


@pytest.mark.parametrize("letter", ["b", "h", "p", r"\nu", "q"])
@pytest.mark.parametrize("claim", [r"N x_{%s}", r"N x_{%s}^2 / x_{%s}", r"x_{%s} N"])
def test_a_sum_is_no_multiple_of_its_terms(letter: str, claim: str) -> None:
    body = claim.replace("%s", letter)
    (line,) = judged(rf"\sum_{{{letter}=1}}^{{N}} x_{{{letter}}} &= {body}")
    assert line.verdict is not Verdict.PROVED


@pytest.mark.parametrize(
    ("definition", "other"),
    [
        (r"s_a &= \frac{e^{x_a}}{\sum_{u=1}^{n} e^{x_u}}", "b"),
        (r"s_h &= \frac{e^{x_h}}{\sum_{v=1}^{n} e^{x_v}}", "g"),
        (r"s_p &= \frac{e^{x_p}}{\sum_{\nu=1}^{n} e^{x_\nu}}", r"\rho"),
    ],
)
def test_a_letter_beside_an_index_is_one(definition: str, other: str) -> None:
    mine = definition[2]
    slope = rf"\frac{{\partial s_{mine}}}{{\partial x_{{{other}}}}}"
    _, right, wrong = judged(
        definition,
        rf"{slope} &= s_{mine} (\delta_{{{mine}{other}}} - s_{{{other}}})",
        rf"{slope} &= -s_{mine} s_{{{other}}}",
    )
    assert right.value is Verdict.PROVED
    assert wrong.value is Verdict.REFUTED


@pytest.mark.parametrize("said", [r"where $g = 1, \dots, G$", r"for all $g \in \{1, \ldots, G\}$", ""])
def test_letters_that_only_tell_names_apart_are_no_indices_unless_a_range_is_given(said: str) -> None:
    _, slope = judged(r"D &= x_g x_h", r"\frac{\partial D}{\partial x_g} &= x_h", text=said)
    # Components may be the same one, and then the slope is another; names are not.
    assert slope.verdict is not Verdict.PROVED
    assert slope.message if not said else slope.verdict is Verdict.REFUTED


def test_what_holds_in_both_readings_of_a_subscript_is_proved() -> None:
    _, slope = judged(r"D &= (x_a - x_b)^2", r"\frac{\partial D}{\partial t} &= 0 \cdot x_a")
    assert slope.verdict is None
    _, same = judged(r"D &= (x_a - x_b)^2", r"D &= x_a^2 - 2 x_a x_b + x_b^2")
    assert same.value is Verdict.PROVED


@pytest.mark.parametrize("script", ["^{(%s)}", "_{%s}", "^{[%s]}"])
@pytest.mark.parametrize("letter", ["i", "b", "n"])
def test_a_superscript_in_brackets_is_an_index_and_no_power(script: str, letter: str) -> None:
    x, y = (name + script.replace("%s", letter) for name in "xy")
    lines = (
        rf"J(w) &= \frac{{1}}{{2}} \sum_{{{letter}=1}}^{{m}} (w {x} - {y})^2",
        rf"J'(w) &= \sum_{{{letter}=1}}^{{m}} (w {x} - {y}) {x}",
        rf"&= m (w {x} - {y}) {x}",
    )
    _, right, wrong = judged(*lines)
    assert right.value is Verdict.PROVED
    assert wrong.verdict is Verdict.REFUTED


def test_layers_are_told_apart_by_numbers_in_brackets() -> None:
    _, slope, power = judged(
        r"C &= (w^{(2)} a^{(1)} - y)^2",
        r"\frac{\partial C}{\partial w^{(2)}} &= 2 (w^{(2)} a^{(1)} - y) a^{(1)}",
        r"\frac{\partial C}{\partial w^{(2)}} &= 2 (w^2 a - y) a",
    )
    assert slope.value is Verdict.PROVED
    assert power.verdict is None


@pytest.mark.parametrize("size", ["N", "B", "n", r"\Lambda"])
def test_a_sum_that_does_not_say_how_far_it_runs(size: str) -> None:
    mean, slope, residual = judged(
        rf"\mu &= \frac{{1}}{{{size}}} \sum_i x_i",
        rf"\frac{{\partial \mu}}{{\partial x_j}} &= \frac{{1}}{{{size}}}",
        r"\sum_i (x_i - \mu) &= 0",
    )
    assert mean.verdict is None
    assert slope.value is Verdict.PROVED
    assert residual.verdict is None
    assert "say how far they run" in residual.message


def test_the_argument_of_a_function_is_none_of_the_array_of_that_name() -> None:
    sigma, slope, loss, of_loss = judged(
        r"\sigma(z) &= \frac{1}{1 + e^{-z}}",
        r"\sigma'(z) &= \sigma(z) (1 - \sigma(z))",
        r"L &= \sum_{b=1}^{B} \sigma(z_b)",
        r"\frac{\partial L}{\partial z_b} &= \sigma(z_b) (1 - \sigma(z_b))",
    )
    assert slope.value is Verdict.PROVED
    assert of_loss.value is Verdict.PROVED
    assert not any("z_" in each.message for each in (sigma, slope, loss))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"\sum_{i=1}^{n} x_i", r"\sum_{i=1}^{m} x_i"),
        (r"\sum_{i \in A} x_i", r"\sum_{i \in B} x_i"),
        (r"\sum_{i=1}^{n} x_i", r"\sum_{i \in B} x_i"),
        (r"\prod_{b \in \mathcal{T}} x_b", r"\prod_{b \in \mathcal{V}} x_b"),
        (r"\sum_{i=1}^{n} x_i", r"\sum_{i=2}^{n} x_i"),
    ],
)
def test_sums_over_other_ranges_are_not_equal(one: str, other: str) -> None:
    found = judged(rf"S &= {one}", rf"S &= {other}", rf"{one} &= {other}", rf"c + {one} &= {other} + c")
    assert [each.line.number for each in found if each.verdict is Verdict.PROVED] == []


def test_sums_over_one_set_are_equal() -> None:
    _, same, slope = judged(
        r"S &= \sum_{i \in \mathcal{B}} x_i^2",
        r"S &= \sum_{j \in \mathcal{B}} x_j^2",
        r"\frac{\partial S}{\partial x_k} &= 2 x_k",
    )
    assert same.value is Verdict.PROVED
    assert slope.value is Verdict.PROVED
