"""Whole documents as people write them: right lines are never refuted, wrong ones never proved, most are caught."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.proof.verdict import Verdict
from derive.review.documents import parse_document
from derive.review.judge import Audit, audit

FOLDER = Path(__file__).parent / "notes"
# How many lines of each page are proved, and what is planted there: the right text and the wrong one.
PROVED = {
    "activations.md": 3,
    "attention_weights.md": 2,
    "batch_loss.md": 3,
    "batch_norm.md": 2,
    "contrastive.md": 2,
    "gaussian_fit.md": 2,
    "hinge_cases.md": 0,
    "layers.md": 3,
    "poisson_notes.tex": 2,
    "rates.md": 2,
    "ridge_line.md": 2,
    "two_layers.md": 4,
}
PLANTED = (
    ("activations.md", r"f'(x) = \frac{1}{1 + e^{-x}}$$", r"f'(x) = \frac{1}{1 + e^{x}}$$"),
    ("activations.md", r"\frac{x e^{-x}}", r"\frac{e^{-x}}"),
    ("activations.md", r"{(1 + |x|)^2}", r"{1 + |x|}"),
    ("attention_weights.md", r"(\delta_{ts} - a_s)", r"(\delta_{ts} - a_t)"),
    ("attention_weights.md", r"(v_s - c)", r"(c - v_s)"),
    ("batch_loss.md", r"&= \sigma(z_b) - y_b", r"&= B (\sigma(z_b) - y_b)"),
    ("batch_loss.md", r"&= -y_b (1", r"&= y_b (1"),
    ("batch_loss.md", r"\sigma(z) (1 - \sigma(z))", r"\sigma(z) (1 + \sigma(z))"),
    ("batch_norm.md", r"\frac{2}{N} (x_p", r"\frac{2}{N} (x_n"),
    ("batch_norm.md", r"x_p} &= \frac{1}{N} \\", r"x_p} &= \frac{2}{N} \\"),
    ("contrastive.md", r"\frac{1}{\tau} (p_q - r_q)", r"\tau (p_q - r_q)"),
    ("contrastive.md", r"(r_q - p_q) s_q", r"(p_q - r_q) s_q"),
    ("gaussian_fit.md", r"\frac{n}{s} - ", r"\frac{n}{s} + "),
    ("gaussian_fit.md", r"&= -\frac{1}{s^2} \sum", r"&= -\frac{1}{s} \sum"),
    ("hinge_cases.md", r"H'(r) = r", r"H'(r) = 2 r"),
    ("hinge_cases.md", r"= -\frac{1}{1 + e^{z}}$$", r"= \frac{1}{1 + e^{z}}$$"),
    ("layers.md", r"- y) a^{(1)} \\", r"- y) a^{(2)} \\"),
    ("layers.md", r"- y) w^{(2)}" + "\n", r"+ y) w^{(2)}" + "\n"),
    ("poisson_notes.tex", r"c_g - G \\", r"c_g - 1 \\"),
    ("poisson_notes.tex", r"-\frac{1}{\lambda^2} \sum", r"\frac{1}{\lambda^2} \sum"),
    ("rates.md", r"= -k g(t)", r"= k g(t)"),
    ("rates.md", r"k q(t) \left( 1 - ", r"k q(t) \left( 1 + "),
    ("ridge_line.md", r"x_a + \lambda w \\", r"x_a + 2 \lambda w \\"),
    ("ridge_line.md", r"x_a^2 + \lambda", r"x_a + \lambda"),
    ("two_layers.md", r"(\hat{y} - t) h \\", r"(\hat{y} - t) v h \\"),
    ("two_layers.md", r"(1 - h^2) x", r"(1 - h) x"),
)
# No verdict: one brings in a name that nothing defines, one is right at a value that the text gives.
SILENT = (r"- y) a^{(2)} \\", r"x_a + 2 \lambda w \\")


def audited(name: str, text: str) -> Audit:
    return audit(parse_document(text, name))


def read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.iterdir()))
def test_right_pages_are_read_proved_and_not_refuted(name: str) -> None:
    found = audited(name, read(name)).judgements
    assert all(each.read for each in found)
    assert [each.line.number for each in found if each.verdict not in (None, Verdict.PROVED)] == []
    assert sum(each.verdict is Verdict.PROVED for each in found) == PROVED[name]


@pytest.mark.parametrize(("name", "right", "wrong"), PLANTED)
def test_planted_errors_are_caught_where_they_are(name: str, right: str, wrong: str) -> None:
    text = read(name)
    assert text.count(right) == 1
    planted = text.replace(right, wrong)
    found = audited(name, planted).judgements
    before = [each for each in found if each.line.offset <= text.index(right) + len(wrong)]
    changed = before[-1]
    refuted = [each for each in found if each.verdict is Verdict.REFUTED]
    assert changed.verdict is (None if wrong in SILENT else Verdict.REFUTED)
    # The line behind a wrong one may be right, and not follow from it.
    assert [each.line.number for each in refuted if each.value is Verdict.REFUTED and each is not changed] == []
    assert all(each.line.number - changed.line.number in (0, 1) for each in refuted)
