"""Hard cases in a lock file: kept beside the form, read into its kernel, refused where they are none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from derive.codegen.kernel import HardCase
from derive.codegen.lower import kernels_of
from derive.errors import DeriveError
from derive.spec.lock import lock_path
from derive.spec.pages import catalogue, read_specs
from derive.tree.build import make
from derive.tree.hard_cases import lock_hard_cases

SPECS = """
from derive import Spec, exp, real
x = real("x")
swish = Spec(x/(1 + exp(-x)), x)
"""
SILU = next(function for function in catalogue() if function.name == "silu")
CASES = (HardCase(1, 0xFFFFFF, away=True), HardCase(0x80000001, 0x80FFFFFF, away=False))


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(SPECS, encoding="utf-8")
    plain = {name: {key: it for key, it in entry.items() if key != "hard"} for name, entry in SILU.locked.items()}
    lock_path(path).write_text(json.dumps({"swish": plain}), encoding="utf-8")
    return path


def test_a_kernel_knows_the_cases_that_are_locked(specs: Path) -> None:
    (before,) = read_specs(specs)
    assert lock_hard_cases(specs, {"swish": {"forward": CASES}}) == lock_path(specs)
    (function,) = read_specs(specs)
    hard = {it.stem: sum((hard.cases for hard in it.hard_cases), ()) for it in kernels_of(function)}
    assert hard == {"swish": CASES, "swish_vjp": (), "swish_d2": ()}
    assert make(function).entries["forward"]["hard"] == list(map(str, CASES))
    (text,) = (file.text for file in make(function).files if file.path == "c/swish.c")
    assert "    {0x00000001, 0x00ffffff, 1}, {0x80000001, 0x80ffffff, 0},\n};" in text
    assert "hard_case" not in "".join(file.text for file in make(before).files)


def test_cases_of_another_form_are_left_behind(specs: Path) -> None:
    lock_hard_cases(specs, {"swish": {"forward": CASES}})
    (function,) = read_specs(specs)
    entry = {**function.locked["forward"], "answers": "another question"}
    other = replace(function, locked={**function.locked, "forward": entry})
    made = make(other)
    assert "hard" not in made.entries["forward"]
    assert "hard_case" not in "".join(file.text for file in made.files)


def test_what_no_form_is_locked_for_is_refused(specs: Path) -> None:
    with pytest.raises(DeriveError, match=r"mine\.lock\.json has no form of other, forward: run derive build first"):
        lock_hard_cases(specs, {"other": {"forward": CASES}})


def test_cases_that_contradict_each_other_are_refused(specs: Path) -> None:
    before = lock_path(specs).read_bytes()
    with pytest.raises(DeriveError, match="inputs at 0x00000004 are too high and too low"):
        lock_hard_cases(specs, {"swish": {"forward": (HardCase(1, 5, away=True), HardCase(4, 9, away=False))}})
    assert lock_path(specs).read_bytes() == before


@pytest.mark.parametrize("order", [(1, 0), (0, 0)])
def test_a_table_out_of_order_is_refused(order: tuple[int, int], specs: Path) -> None:
    (function,) = read_specs(specs)
    entry = {**function.locked["forward"], "hard": [str(CASES[place]) for place in order]}
    with pytest.raises(DeriveError, match="not in order"):
        kernels_of(replace(function, locked={**function.locked, "forward": entry}))


@pytest.mark.parametrize("stated", ["0x00000002 to 0x00000001 away", "0x00000001 up", "1 away", "", 1])
def test_a_stated_case_that_is_none_is_refused(stated: object, specs: Path) -> None:
    (function,) = read_specs(specs)
    entry = {**function.locked["forward"], "hard": [stated]}
    with pytest.raises(DeriveError, match="its lock file states a hard case that is none"):
        kernels_of(replace(function, locked={**function.locked, "forward": entry}))
