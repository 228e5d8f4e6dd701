"""Whole runs over emitted files: what a person gets from `derive verify`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from derive.codegen.emit import emit
from derive.codegen.lower import kernels_of
from derive.spec.pages import catalogue
from derive.stabilisation.forms import orders
from derive.targets.table import DEFAULT, chosen
from derive.verify import verify
from derive.verify.report import ReadingReport

CATALOGUE = {function.name: function for function in catalogue()}
POINTS = 512


def emitted(name: str, folder: Path) -> Path:
    """The files of one function below `folder`, as a build leaves them."""
    function = CATALOGUE[name]
    for target in chosen(DEFAULT):
        for file in emit(function, kernels_of(function), target):
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_kernel_holds_and_is_read_back_as_proved(name: str, tmp_path: Path) -> None:
    report = verify([CATALOGUE[name]], emitted(name, tmp_path), POINTS, processes=1)
    assert report.held, report.problems()
    assert {kernel.reading.verdict for kernel in report.kernels} == {"PROVED"}
    assert {(kernel.order, kernel.wrt) for kernel in report.kernels} == set(orders(CATALOGUE[name]))


@pytest.mark.parametrize(
    ("path", "text", "slip"),
    [("c/sigmoid.c", "1.0f + z", "1.0000001f + z"), ("numpy/sigmoid.py", "1.0 + z", "1.0000000000000002 + z")],
)
def test_a_slip_below_the_contract_is_caught_by_proof(path: str, text: str, slip: str, tmp_path: Path) -> None:
    file = emitted("sigmoid", tmp_path) / path
    right = file.read_text(encoding="utf-8")
    assert text in right
    file.write_text(right.replace(text, slip), encoding="utf-8")
    report = verify([CATALOGUE["sigmoid"]], tmp_path, POINTS, processes=1)
    assert not report.held
    assert any("its text, read back: REFUTED" in problem for problem in report.problems())


def test_a_text_of_another_form_is_said_to_be_unread(tmp_path: Path) -> None:
    file = emitted("relu", tmp_path) / "c/relu.c"
    unlike = file.read_text(encoding="utf-8").replace(
        "for (size_t i = 0; i < n; i++) {", "size_t i = 0; while (i < n) {"
    )
    file.write_text(unlike.replace("\n    }\n}", "\n        i++;\n    }\n}"), encoding="utf-8")
    report = verify([CATALOGUE["relu"]], tmp_path, POINTS, processes=1)
    assert {kernel.reading.verdict for kernel in report.kernels if kernel.target == "c"} == {"unread"}
    assert any("unread" in problem for problem in report.problems())


def test_a_kernel_that_is_not_proved_to_be_its_form_does_not_hold(tmp_path: Path) -> None:
    (kernel, *_) = verify([CATALOGUE["relu"]], emitted("relu", tmp_path), POINTS, processes=1).kernels
    assert kernel.held
    undecided = replace(kernel, reading=ReadingReport("UNDECIDED", ""))
    assert not undecided.held
    assert any("its text, read back: UNDECIDED" in problem for problem in undecided.problems())
