"""The lock file: found forms are kept beside the specs, and what is no lock is refused."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from damage import damaged
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.errors import DeriveError
from derive.proof.verdict import Verdict
from derive.spec.lock import hash_of, lock_path, read_lock, write_lock
from derive.spec.pages import catalogue, read_specs
from derive.tree.build import make

ENTRIES = {"forward": {"answers": hash_of("x"), "parts": []}}


def test_what_is_locked_is_read_again(tmp_path: Path) -> None:
    specs = tmp_path / "mine.py"
    assert read_lock(specs) == {}
    lock_path(specs).write_bytes(write_lock({"f": ENTRIES, "g": {}}))
    assert read_lock(specs) == {"f": ENTRIES}


def test_a_function_comes_with_what_is_locked_for_it(tmp_path: Path) -> None:
    specs = tmp_path / "mine.py"
    specs.write_text('from derive import Spec\nf = Spec("x**2")\ng = Spec("x**3")\n')
    lock_path(specs).write_bytes(write_lock({"f": ENTRIES}))
    assert [function.locked for function in read_specs(specs)] == [ENTRIES, {}]


@pytest.mark.parametrize("content", ["{", "[]", '{"f": {"forward": {}}}', '{"f": 1}', "[" * 100_000, "\xff", "null"])
def test_what_is_no_lock_is_refused(tmp_path: Path, content: str) -> None:
    specs = tmp_path / "mine.py"
    lock_path(specs).write_text(content)
    with pytest.raises(DeriveError, match=r"mine.lock.json: not a lock file of derive .*delete it"):
        read_lock(specs)


def test_what_no_lock_can_be_written_over_is_told_before_anything_is_searched_for(tmp_path: Path) -> None:
    folder, circle = tmp_path / "mine.py", tmp_path / "round.py"
    lock_path(folder).mkdir()
    lock_path(circle).symlink_to(lock_path(circle))
    for specs, said in ((folder, "is a directory"), (circle, "these links lead in a circle")):
        with pytest.raises(DeriveError, match=said):
            read_lock(specs)
    lock_path(circle).unlink()
    lock_path(circle).symlink_to(tmp_path / "not yet there")
    assert read_lock(circle) == {}


def test_the_hash_tells_every_part_apart() -> None:
    assert hash_of("a", "b") != hash_of("a b")
    assert hash_of("a", "b") != hash_of("b", "a")


(SOFTSIGN,) = (function for function in catalogue() if function.name == "softsign")
LOCKED = json.loads(json.dumps(SOFTSIGN.locked))


@given(st.data())
@settings(derandomize=True, max_examples=30, deadline=None)
def test_a_damaged_lock_is_refused_or_makes_no_difference(data: st.DataObject) -> None:
    text = json.dumps({"softsign": data.draw(damaged(LOCKED))})
    with tempfile.TemporaryDirectory() as folder, suppress(DeriveError):
        specs = Path(folder, "mine.py")
        lock_path(specs).write_text(text)
        made = make(replace(SOFTSIGN, locked=read_lock(specs).get("softsign", {})))
        assert all(proof.verdict is Verdict.PROVED for proof in made.proofs.values())
