"""Walks over small slices: what is planted is found, nothing is lost or counted twice, a changed kernel is another."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive import Spec
from derive.codegen.emit import emit
from derive.codegen.kernel import HardCase
from derive.codegen.lower import kernels_of
from derive.errors import DeriveError, UnsupportedError
from derive.spec.lock import HARD
from derive.spec.pages import catalogue
from derive.spec.statement import Function, name_function
from derive.targets.c import TARGET
from derive.verify.exhaustive import Walk, carry_out, shard_of, summary, walks
from derive.verify.found import MOST_LISTED, NEAR, Found, Misrounded, joined
from derive.verify.ledger import Page, read_page
from derive.verify.measure import Faults
from derive.verify.walk import Chunk

CATALOGUE = {function.name: function for function in catalogue()}
LENGTH = 2**14
HALF = int(np.float32(0.5).view(np.uint32)) // LENGTH  # the chunk of inputs from 0.5 on
SLICE = (0, HALF, 0x7F800000 // LENGTH, 0x80000000 // LENGTH, 0xBF800000 // LENGTH, 0xFF800000 // LENGTH)


def without_hard_cases(function: Function) -> Function:
    entries = {name: {key: it for key, it in entry.items() if key != HARD} for name, entry in function.locked.items()}
    return replace(function, locked=entries)


def emitted(name: str, folder: Path, text: str = "", slip: str = "", hard: Misrounded = ()) -> Path:
    """The C files of one function below `folder`, with one text replaced; `hard`: the cases that its value knows of."""
    function = without_hard_cases(CATALOGUE[name])
    if hard:
        entry = {**function.locked["forward"], HARD: list(map(str, hard))}
        function = replace(function, locked={**function.locked, "forward": entry})
    for file in emit(function, kernels_of(function), TARGET):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        assert text in file.text or path.suffix == ".h"
        path.write_text(file.text.replace(text, slip) if text else file.text, encoding="utf-8")
    return folder


def walk_of(symbol: str, folder: Path) -> Walk:
    name = symbol.removeprefix("derive_").split("_")[0]
    return next(it for it in walks([without_hard_cases(CATALOGUE[name])], folder, LENGTH) if it.symbol == symbol)


def test_every_kernel_of_one_number_is_walked(tmp_path: Path) -> None:
    told: list[str] = []
    found = [
        it.symbol
        for it in walks([CATALOGUE["relu"], CATALOGUE["softmax"]], emitted("relu", tmp_path), tell=told.append)
    ]
    assert found == [f"derive_relu_{it}" for it in ("f32", "fast_f32", "vjp_f32", "vjp_fast_f32")]
    assert told == ["softmax: not walked: it is of more than one number"]


@pytest.mark.parametrize(
    ("formula", "assumed", "said"),
    [
        ("log(x)", "x > 0", "not all real numbers"),
        ("x + x**2", "x <= 1", "not all real numbers"),
        ("erf(x)", None, "erf"),
    ],
)
def test_what_cannot_be_walked_is_told(formula: str, assumed: str | None, said: str, tmp_path: Path) -> None:
    function = name_function(Spec(formula, assume=assumed) if assumed else Spec(formula), "mine", "here")
    for file in emit(function, kernels_of(function), TARGET):
        (tmp_path / file.path).parent.mkdir(exist_ok=True)
        (tmp_path / file.path).write_text(file.text, encoding="utf-8")
    told: list[str] = []
    assert not [
        it
        for it in walks([function], tmp_path, LENGTH, told.append)
        if "vjp" not in it.symbol and "d2" not in it.symbol
    ]
    assert told[0].startswith("mine: not walked: ")
    assert said in told[0]


def test_what_is_too_hard_for_the_judges_ends_the_walk(tmp_path: Path) -> None:
    walker = walk_of("derive_relu_f32", emitted("relu", tmp_path)).walker
    left = Chunk(Found(), (), np.arange(2**17, dtype=np.uint32))
    with pytest.raises(UnsupportedError, match="131072 inputs about 0x00000000"):
        walker.decided(left)


def test_a_right_kernel_is_found_right(tmp_path: Path) -> None:
    walk = walk_of("derive_sigmoid_f32", emitted("sigmoid", tmp_path))
    total = carry_out(walk, tmp_path / "state", SLICE).total
    assert total.inputs == len(SLICE) * LENGTH
    assert total.worst == pytest.approx(0.5, abs=1e-4)
    assert (total.misrounded, total.faults, total.unjudged) == (0, Faults(), 0)
    assert total.by_balls == 2  # the two infinities


def test_results_on_the_wrong_side_of_a_tie_near_0_are_found(tmp_path: Path) -> None:
    # silu(x) is x/2 + x^2/4 there: a kernel that computes x/2 rounds ties to even, and half of them wrongly.
    walk = walk_of("derive_silu_f32", emitted("silu", tmp_path))
    page = carry_out(walk, tmp_path / "state", [0])
    assert page.total.misrounded == LENGTH // 4
    assert page.total.by_balls == 0
    assert page.wrong == (HardCase(1, LENGTH - 3, away=True),)
    assert page.total.worst == pytest.approx(0.5)


def test_a_kernel_that_knows_its_hard_cases_rounds_them_right(tmp_path: Path) -> None:
    chunks = [0, 0x80000000 // LENGTH, HALF]
    walk = walk_of("derive_silu_f32", emitted("silu", tmp_path / "before"))
    before = carry_out(walk, tmp_path / "state", chunks)
    hard = walk.hard_cases(before)
    assert hard == before.wrong
    assert [case.away for case in hard] == [True, False]
    after = walk_of("derive_silu_f32", emitted("silu", tmp_path / "after", hard=hard))
    assert after.body != walk.body
    page = carry_out(after, tmp_path / "state", chunks)
    assert (page.total.misrounded, page.total.faults.total) == (0, 0)
    assert before.total.misrounded == LENGTH // 2
    assert after.hard_cases(page) is None


def test_what_is_misrounded_still_joins_what_a_kernel_knows(tmp_path: Path) -> None:
    walk = walk_of("derive_silu_f32", emitted("silu", tmp_path))
    known, new = HardCase(1, 5, away=True), HardCase(1000, 1000, away=False)
    assert replace(walk, known=(known,)).hard_cases(Page(walk.key, {}, (new,))) == (known, new)
    fast = walk_of("derive_silu_fast_f32", tmp_path)
    assert fast.hard_cases(Page(walk.key, {}, (new,))) is None


def test_a_planted_misrounding_is_found(tmp_path: Path) -> None:
    text = "y[i] = (float)(((double)x[i] >= 0.0 ? 1.0 : z) / (1.0 + z));"
    slip = text.replace("(1.0 + z)", "(1.0 + z) + (x[i] == 0.50006103515625f ? 0x1p-24 : 0)")
    walk = walk_of("derive_sigmoid_f32", emitted("sigmoid", tmp_path, text, slip))
    page = carry_out(walk, tmp_path / "state", SLICE)
    bits = int(np.float32(0.50006103515625).view(np.uint32))
    assert page.wrong == (HardCase(bits, bits, away=False),)
    assert page.total.misrounded == 1
    assert page.total.where == bits
    assert 0.5 < page.total.worst < 1.5


@pytest.mark.parametrize(
    ("slip", "kind"),
    [
        ("NAN", "nan"),
        ("INFINITY", "inf"),
        ("0.0f", "zero"),
        ("-1.0f", "sign"),
        ("x[i] == x[i] ? 0.6f : 1.0f", "number"),
    ],
)
def test_faults_are_told_apart(slip: str, kind: str, tmp_path: Path) -> None:
    text = "(float)(((double)x[i] >= 0.0 ? 1.0 : z) / (1.0 + z))"
    walk = walk_of("derive_sigmoid_f32", emitted("sigmoid", tmp_path, text, slip))
    total = carry_out(walk, tmp_path / "state", [0x7FC00000 // LENGTH if kind == "number" else HALF]).total
    assert getattr(total.faults, kind) == total.faults.total == total.misrounded == LENGTH


def test_an_input_that_was_walked_is_not_walked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walk, state = walk_of("derive_relu_f32", emitted("relu", tmp_path)), tmp_path / "state"
    first = carry_out(walk, state, [0, 1])
    monkeypatch.setattr(type(walk.walker), "chunk", lambda *_: pytest.fail("walked again"))
    assert carry_out(walk, state, [0, 1]) == first


def test_shards_join_to_the_whole(tmp_path: Path) -> None:
    walk = walk_of("derive_silu_fast_f32", emitted("silu", tmp_path))
    whole = carry_out(walk, tmp_path / "whole", SLICE)
    parts = [carry_out(walk, tmp_path / f"part{n}", SLICE[n::3]) for n in range(3)]
    assert parts[0].joined(parts[1]).joined(parts[2]) == whole
    assert parts[2].joined(parts[0]).joined(parts[2]).joined(parts[1]).to_json() == whole.to_json()
    shared = [carry_out(walk, tmp_path / "shared", SLICE[n::3]) for n in range(3)]
    assert shared[-1] == whole
    assert len(whole.wrong) == MOST_LISTED < whole.total.misrounded


def test_shards_are_apart_and_cover_everything(tmp_path: Path) -> None:
    walk = walk_of("derive_relu_f32", emitted("relu", tmp_path))
    numbers = [number for shard in (1, 2, 3) for number in shard_of(walk, shard, 3)]
    assert sorted(numbers) == list(walk.numbers)


KILLED = """
import sys
from pathlib import Path
from derive.verify.exhaustive import carry_out
sys.path.insert(0, sys.argv[1])
from tests.verify.test_exhaustive import walk_of
folder = Path(sys.argv[2])
carry_out(walk_of("derive_sigmoid_f32", folder), folder / "state", range(4000), threads=1)
"""


def test_a_walk_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    walk = walk_of("derive_sigmoid_f32", emitted("sigmoid", tmp_path))
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", KILLED, str(root), str(tmp_path)], cwd=root) as process:
        ledger = walk.ledger(tmp_path / "state")
        for _ in range(600):
            if len(ledger.read().chunks) >= 3 or process.poll() is not None:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    before = ledger.read()
    assert 3 <= len(before.chunks) < 4000
    done = sorted(before.chunks)
    after = carry_out(walk, tmp_path / "state", range(max(done) + 2))
    assert {number: after.chunks[number] for number in done} == before.chunks
    assert after == carry_out(walk, tmp_path / "anew", range(max(done) + 2))


def test_a_changed_kernel_is_walked_anew(tmp_path: Path) -> None:
    head = "void derive_relu_f32(size_t n, const float *x, float *y)\n{\n"
    before = walk_of("derive_relu_f32", emitted("relu", tmp_path / "a"))
    after = walk_of("derive_relu_f32", emitted("relu", tmp_path / "b", head, f"{head}    n += 0;\n"))
    assert before.body != after.body
    assert before.key != after.key
    other = walk_of("derive_relu_vjp_f32", tmp_path / "b")
    assert other.body == walk_of("derive_relu_vjp_f32", tmp_path / "a").body


def test_a_file_that_is_no_page_is_refused(tmp_path: Path) -> None:
    (tmp_path / "page.json").write_text('{"key": 1}', encoding="utf-8")
    with pytest.raises(DeriveError, match=r"page\.json"):
        read_page(tmp_path / "page.json")


def test_the_summary_and_the_certificate_say_what_was_found(tmp_path: Path) -> None:
    walk = walk_of("derive_relu_f32", emitted("relu", tmp_path))
    page = Page(
        walk.key,
        {0: Found(2**31, 0.25, 7, 2), 1: Found(2**31, 0.5, 9, 1, Faults(zero=3))},
        (HardCase(7, 8, away=True),),
    )
    said = summary(walk, page)
    assert "all inputs: worst 0.5000 ulp at 0x00000009, 3 misrounded, 3 wrong zero" in said
    found = walk.certificate(page)
    assert (found["inputs"], found["worst_ulp"], found["at"], found["misrounded"]) == (2**32, 0.5, "0x00000009", 3)
    assert found["misrounded_inputs"] == ["0x00000007 to 0x00000008 away"]


def test_a_list_is_the_same_whatever_the_order() -> None:
    cases = [HardCase(2 * NEAR * n, 2 * NEAR * n, away=True) for n in range(2 * MOST_LISTED)]
    assert joined(cases[1::2], cases[::2]) == tuple(cases[:MOST_LISTED])


@given(st.lists(st.lists(st.integers(0, 2000), max_size=30), max_size=5), st.randoms())
def test_hard_cases_join_in_any_order(parts: list[list[int]], random: Random) -> None:
    found = [joined(HardCase(one, one, away=True) for one in part) for part in parts]
    whole = joined(*found)
    random.shuffle(found)
    assert joined(joined(*found[:2]), joined(*found[2:]), whole) == whole
    assert all(other.first - one.last > NEAR for one, other in pairwise(whole))
    assert {it for part in parts for it in part} <= {it for one in whole for it in range(one.first, one.last + 1)}
