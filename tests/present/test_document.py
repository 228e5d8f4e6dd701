"""Pages, terminal lines, Markdown and JSON of derivations."""

from __future__ import annotations

import json
import re
from pathlib import Path

import latex2mathml.converter
import pytest

import derive
from derive.derivation.chain import differentiate
from derive.errors import DeriveError
from derive.notation.latex_reader import Names, read_latex
from derive.present.document import latex_page, show_kernels, show_markdown, show_text, to_json
from derive.proof.verdict import Proof, Verdict
from derive.review.documents import parse_document
from derive.review.judge import audit
from derive.spec.pages import read_specs
from derive.spec.statement import Function
from derive.stabilisation.forms import orders
from derive.stabilisation.kinks import twice_differentiable

CATALOGUE = derive.catalogue()
EACH = pytest.mark.parametrize("function", CATALOGUE, ids=lambda function: function.name)


def derivations(function: Function) -> dict[str, derive.derivation.Derivation]:
    return {name: differentiate(function, name) for name in function.wrt}


@EACH
def test_a_page_is_one_aligned_block_that_converts_to_mathml(function: Function) -> None:
    page = latex_page(function, derivations(function))
    assert page.path == f"latex/{function.name}.tex"
    head = [line for line in page.text.splitlines() if line.startswith("%")]
    body = [line for line in page.text.splitlines() if not line.startswith("%")]
    assert "Do not edit" in " ".join(head)
    assert (body[0], body[-1]) == (r"\begin{aligned}", r"\end{aligned}")
    assert all(re.search(r"\\\\(\[-4pt\])?$", line) for line in body[1:-2])
    assert not body[-2].endswith("\\")  # an empty line would follow
    # The converter knows the environment under its older name.
    assert "<mtable" in latex2mathml.converter.convert(
        "\n".join(body).replace("aligned", "align*").replace("[-4pt]", "")
    )


@EACH
def test_a_page_is_followed_by_the_audit(function: Function) -> None:
    page = latex_page(function, derivations(function))
    judged = audit(parse_document(page.text, "page.tex"))
    assert judged.holds()
    assert any(judgement.step is Verdict.PROVED for judgement in judged.judgements) or len(judged.judgements) < 4


def test_the_environment_is_the_writer_s_choice() -> None:
    found = derivations(CATALOGUE[0])
    numbered = latex_page(CATALOGUE[0], found, environment="align").text
    assert r"\begin{align}" in numbered
    assert r"\begin{align*}" in latex_page(CATALOGUE[0], found, environment="align*").text
    with pytest.raises(DeriveError, match="gather is not an environment: write aligned, align, align"):
        latex_page(CATALOGUE[0], found, environment="gather")


@EACH
def test_every_line_of_a_page_reads_back(function: Function) -> None:
    names = Names(functions=frozenset({"sigma", "tanh", "r", "s", "L"}), arrays=frozenset(function.domain.axes))
    for derivation in derivations(function).values():
        definition, *rows = derivation.rows("latex")
        assert read_latex(definition.right, names) is function.body
        for row, step in list(zip(rows, derivation.steps, strict=True))[:-1]:
            assert read_latex(row.right, names) is step.after


def test_the_terminal_shows_the_chain_with_its_reasons() -> None:
    function = CATALOGUE[0]
    proofs = {"x": Proof(Verdict.PROVED)}
    lines = show_text(derivations(function), proofs=proofs).splitlines()
    first, second = lines[: lines.index("", 2)], lines[lines.index("", 2) + 1 :]
    assert lines[0] == "σ(x) = 1/(1 + e^(-x))"
    assert lines[2].startswith("dσ/dx = d/dx (1 + e^(-x))^(-1)")
    assert lines[2].endswith("write as a power")
    assert first[-1].startswith("      = σ(x) · (1 - σ(x))    ")
    assert first[-1].endswith("documented, PROVED")
    assert "recognise σ" in first[-1]
    assert second == [
        "d²σ/dx² = d/dx σ(x) · (1 - σ(x))                   differentiate again",
        "        = (1 - σ(x) - σ(x)) · σ(x) · (1 - σ(x))    calculus, with dσ/dx from above",
        "        = (1 - 2 · σ(x)) · σ(x) · (1 - σ(x))       collect like terms",
    ]
    assert len(show_text(derivations(function), steps=False).splitlines()) == 5


@EACH
def test_columns_never_touch(function: Function) -> None:
    for name, derivation in derivations(function).items():
        for row in derivation.rows("pretty"):
            line = next(it for it in show_text({name: derivation}).splitlines() if row.right in it)
            assert not row.reason or f"{row.right}    " in line


@EACH
def test_markdown_and_json(function: Function) -> None:
    found = derivations(function)
    text = show_markdown(function, found)
    assert text.startswith(f"## {function.name}\n")
    assert text.count("$$") == 2 * (len(found) + len(twice_differentiable(function)))
    told = json.loads(json.dumps(to_json(function, found)))
    assert told["name"] == function.name
    assert set(told["derivations"]) == set(function.wrt)
    assert set(told["second_derivatives"]) == set(twice_differentiable(function))


def test_a_team_s_template_comes_first(tmp_path: Path) -> None:
    folder = tmp_path / "latex"
    folder.mkdir()
    (folder / "NAME.tex.j2").write_text("{{ name }}: {{ rows | length }} rows\n", encoding="utf-8")
    page = latex_page(CATALOGUE[0], derivations(CATALOGUE[0]), tmp_path)
    assert page.text == "sigmoid: 12 rows\n"


@EACH
def test_what_kernels_evaluate_is_named_and_explained(function: Function) -> None:
    head, *lines = show_kernels(function).splitlines()
    assert head == "for kernels"
    assert len(lines) == len(orders(function))


def test_what_a_kernel_uses_twice_gets_a_name() -> None:
    said = " ".join(show_kernels(CATALOGUE[0]).splitlines()[2].split())
    assert re.match(r"gradient in x = g · z/\(.*\), z = e\^\(-\|x\|\) ", said)


def test_a_part_that_approximates_is_named_and_not_written_out() -> None:
    (function,) = (it for it in read_specs(Path(__file__).parents[1] / "kin_specs.py") if it.name == "logistic_product")
    slope = show_kernels(function).splitlines()[2]
    assert slope.split("=")[1].strip().startswith("g · {")
    assert re.search(r"p_1 if x < .*p_1 a power series, within \S+ of the value, relatively, between", slope)
    assert not re.search(r"\d{12}", slope)  # no coefficient
