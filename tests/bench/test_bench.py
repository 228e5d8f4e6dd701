"""`derive bench`: every candidate is judged and timed, and what a spec says of peers is read with care."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

import derive
from derive import Spec
from derive.bench import bench
from derive.bench.peers import PEERS, knows
from derive.bench.report import BenchReport, Timing
from derive.codegen.emit import emit
from derive.codegen.kernel import Kernel
from derive.codegen.lower import every_kernel_of, kernels_of
from derive.errors import DeriveError, NotBuiltError
from derive.spec.statement import Function, name_function
from derive.targets.table import TARGETS


def built(function: Function, folder: Path, kernels: Callable[..., Sequence[Kernel]] = every_kernel_of) -> Path:
    for target in TARGETS.values():
        for file in emit(function, kernels(function), target) if target.default else ():
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8")
    return folder


def catalogued(name: str) -> Function:
    return next(function for function in derive.catalogue() if function.name == name)


@pytest.mark.parametrize("name", ["sigmoid", "softmax"])
def test_candidates_are_judged_and_timed(name: str, tmp_path: Path) -> None:
    function = catalogued(name)
    report = bench([function], built(function, tmp_path), ("numpy",), count=4000, length=100, turns=1)
    whos = {(timing.who, timing.task) for timing in report.timings}
    assert {("derive c", "value"), ("derive c", "step"), ("derive c fast", "step"), ("derive numpy", "value")} <= whos
    assert (("numpy", "step") in whos) == function.elementwise
    assert all(timing.ns > 0 and timing.memory_ns > 0 for timing in report.timings)
    mine = [timing for timing in report.timings if timing.who == "derive c"]
    assert all(timing.worst_ulp <= 0.51 and not timing.faults for timing in mine)
    assert json.loads(report.to_json())["timings"][0]["function"] == name
    assert ("is" in report.ratios()[0]) if function.elementwise else report.ratios() == []


def test_what_the_textbook_loses_is_seen(tmp_path: Path) -> None:
    function = catalogued("sigmoid")
    report = bench([function], built(function, tmp_path), ("numpy",), count=1000, turns=1)
    (textbook,) = (t for t in report.timings if (t.who, t.task) == ("numpy", "step"))
    assert textbook.worst_ulp > 1e6
    assert textbook.faults > 0


def test_a_library_is_called_as_the_spec_says(monkeypatch: pytest.MonkeyPatch) -> None:
    library = ModuleType("torch")
    calls = []

    def doubled(x: object, scale: float = 1.0) -> object:
        calls.append(scale)
        return SimpleNamespace(detach=lambda: np.asarray(x) * 2 * scale)

    library.doubled = doubled  # type: ignore[attr-defined]
    library.as_tensor = np.asarray  # type: ignore[attr-defined]
    library.set_num_threads = lambda _: None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", library)
    function = name_function(Spec("2*x", peers={"torch": "torch.doubled(x, scale=3.0)"}), "mine", "mine")
    found = PEERS["torch"](function, {"x": np.ones(3)}, "")()
    assert found.detach().tolist() == [6.0] * 3
    assert calls == [3.0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("torch.", "is not a call"),
        ("torch", "is not a call"),
        ("numpy.nothing(x)", "there is no numpy.nothing here"),
        ("nowhere.at_all(x)", "there is no nowhere.at_all here"),
    ],
)
def test_a_peer_that_is_no_call_is_refused(text: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    library = ModuleType("torch")
    library.set_num_threads = lambda _: None  # type: ignore[attr-defined]
    library.as_tensor = np.asarray  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", library)
    function = name_function(Spec("2*x", peers={"torch": text}), "mine", "mine.py:1: mine")
    with pytest.raises(DeriveError, match=says):
        PEERS["torch"](function, {"x": np.ones(3)}, "")


def test_a_peer_is_asked_for_what_it_has() -> None:
    assert knows("numpy", catalogued("sigmoid"))
    assert not knows("numpy", catalogued("softmax"))
    assert knows("numba", catalogued("sigmoid"))
    assert knows("torch", catalogued("softmax"))
    assert not knows("jax", name_function(Spec("2*x"), "mine", "mine"))


def test_kernels_that_were_not_built_are_told(tmp_path: Path) -> None:
    with pytest.raises(NotBuiltError):
        bench([catalogued("sigmoid")], tmp_path, ())


def test_files_of_an_earlier_build_are_told(tmp_path: Path) -> None:
    function = catalogued("sigmoid")
    with pytest.raises(NotBuiltError, match="no derive_sigmoid_with_derivative_f32: another derive built them"):
        bench([function], built(function, tmp_path, kernels_of), ())


def test_ratios_are_of_what_both_do() -> None:
    timings = [
        Timing("f", "value", "derive c", 1.0, 0.1, 0.5, 0),
        Timing("f", "value", "torch", 4.0, 0.1, 2.0, 0),
        Timing("g", "value", "derive c", 2.0, 0.1, 0.5, 0),
        Timing("g", "value", "torch", 2.0, 0.1, 2.0, 0),
        Timing("h", "value", "derive c", 9.0, 0.1, 0.5, 0),
    ]
    report = BenchReport("float32", 10, tuple(timings))
    assert report.against("derive c", "torch") == [4.0, 1.0]
    (line,) = report.ratios()
    assert f"{math.sqrt(4):.2f} times as fast as torch (geometric mean of 2; median 2.50, least 1.00)" in line


@pytest.mark.parametrize("text", ["numpy.exp(z)", "numpy.exp(x, wrong=1)"])
def test_a_call_that_fails_is_told_with_its_spec(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    library = ModuleType("torch")
    library.set_num_threads = lambda _: None  # type: ignore[attr-defined]
    library.as_tensor = np.asarray  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", library)
    function = name_function(Spec("2*x", peers={"torch": text}), "mine", "mine.py:1: mine")
    with pytest.raises(DeriveError, match=r"mine.py:1: mine: peers: .* fails: "):
        PEERS["torch"](function, {"x": np.ones(3)}, "")()
