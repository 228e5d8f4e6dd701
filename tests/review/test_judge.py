"""Verdicts on documents: right lines proved, planted faults caught, nothing right refuted."""

from __future__ import annotations

import pytest
from planting import Fault, faults, names, read, values

from derive.proof.verdict import Verdict
from derive.review.documents import parse_document
from derive.review.judge import Audit, audit


def audited(text: str, name: str = "page.md") -> Audit:
    return audit(parse_document(text, name))


def refuted(found: Audit) -> set[int]:
    """The printed lines that are refuted, by value or by step."""
    return {each.line.number for each in found.judgements if each.verdict is Verdict.REFUTED}


@pytest.mark.parametrize("name", names())
def test_right_documents_are_read_and_proved(name: str) -> None:
    found = audited(read(name), name)
    assert all(each.read for each in found.judgements)
    assert not refuted(found)
    proved = {each.line.number for each in found.judgements if each.value is Verdict.PROVED}
    assert values(name) <= proved


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: f"{fault.document}:{fault.number}:{fault.wrong}")
def test_planted_faults_are_caught_where_they_are(fault: Fault) -> None:
    assert refuted(audited(fault.planted(), fault.document)) & {fault.number, fault.number + 1}


def display(*lines: str) -> str:
    return "\\begin{align}\n" + " \\\\\n".join(lines) + "\n\\end{align}\n"


def test_an_error_that_is_undone_is_a_wrong_step() -> None:
    found = audited(display(r"f(x) &= x^3", r"f'(x) &= 3x^2", r"&= 3x", r"&= 3x^2"))
    assert [(each.value, each.step) for each in found.judgements[1:]] == [
        (Verdict.PROVED, None),
        (Verdict.REFUTED, Verdict.REFUTED),
        (Verdict.PROVED, Verdict.REFUTED),
    ]


def test_an_error_that_is_carried_over_is_wrong_by_value_alone() -> None:
    found = audited(display(r"f(x) &= x^3", r"f'(x) &= 2x^2 + x^2 - x", r"&= 3x^2 - x"))
    assert (found.judgements[2].value, found.judgements[2].step) == (Verdict.REFUTED, Verdict.PROVED)


def test_a_fix_is_proposed_once_it_is_proved() -> None:
    lines = r"L(p) &= -y \log p - (1-y) \log(1-p)", r"\frac{dL}{dp} &= -\frac{y}{p} - \frac{1-y}{1-p}"
    judgement = audited(display(*lines)).judgements[1]
    assert judgement.message == "the sign of the second term?  -y/p + (1 - y)/(1 - p) is PROVED"
    assert judgement.witness is not None


def test_an_index_swapped_inside_a_sum_that_collapses_later_is_caught() -> None:
    lines = (
        r"L &= \sum_{k=1}^K y_k \log(q_k)",
        r"\frac{\partial L}{\partial q_i} &= \frac{\partial}{\partial q_i} \sum_{k=1}^K %s \log(q_k)",
    )
    right, wrong = (audited(display(lines[0], lines[1] % label)) for label in ("y_k", "y_i"))
    assert right.judgements[1].verdict is Verdict.PROVED
    assert wrong.judgements[1].value is Verdict.PROVED
    assert wrong.judgements[1].step is Verdict.REFUTED


def test_a_hypothesis_that_is_needed_is_named() -> None:
    lines = r"L &= \sum_k y_k \log \sum_j e^{z_j}", r"&= \log \sum_j e^{z_j}"
    said = audited("The vector $y$ is one-hot.\n" + display(*lines)).judgements[1]
    assert (said.verdict, said.message) == (Verdict.PROVED, "under Sum(y) = 1")


def test_proportional_means_up_to_a_constant_factor() -> None:
    right, wrong = (
        audited(display(r"f(x) &= (x - a)^2", rf"f'(x) &= 2(x - a) \propto {claim}")).judgements[1].value
        for claim in ("x - a", "x + a")
    )
    assert (right, wrong) == (Verdict.PROVED, Verdict.REFUTED)


def test_a_name_that_nothing_defines_refutes_nothing() -> None:
    text = '---\nfunction: "x**2"\nwrt: "x"\n---\n$$\\frac{df}{dx} = 2 x \\Gamma_\\theta$$\n'
    judgement = audited(text).judgements[0]
    assert judgement.verdict is None
    assert "Gamma_theta is not defined" in judgement.message


def test_the_name_of_another_function_is_no_name_for_this_one() -> None:
    found = audited(display(r"\text{sigmoid}(x) &= \frac{e^x - e^{-x}}{e^x + e^{-x}}"))
    assert found.judgements[0].step is Verdict.REFUTED
    assert "another function" in found.judgements[0].message


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (r"g(x) &= \frac{d}{dx} -x", "bare minus"),
        (r"g(x) &= \begin{cases} x & x > 0 \\ 0 & x < 0 \end{cases}", "undefined at x = 0"),
        (r"g &= \sum_i \log \hat{y_i}", "inside the accent"),
    ],
)
def test_faults_of_notation_are_warnings(line: str, fault: str) -> None:
    (judgement,) = audited(display(line)).judgements
    assert judgement.read
    assert any(fault in message for _, message in judgement.warnings)


def test_what_cannot_be_read_is_said_with_its_place() -> None:
    text = display(r"g(x) &= \left( x + 1", r"h(x) &= x \heartsuit x")
    found = audited(text)
    assert [each.read for each in found.judgements] == [False, False]
    assert found.judgements[0].message == "brackets do not balance: 1 ) missing"
    assert text[found.judgements[1].offset :].startswith(r"\heartsuit")
