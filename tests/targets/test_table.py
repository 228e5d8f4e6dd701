"""The targets that the folder holds, and which of them a build makes."""

from __future__ import annotations

import pytest

from derive.errors import DeriveError
from derive.paths import PACKAGE
from derive.targets.table import DEFAULT, LOADED, SHOWN, TARGETS, asked, chosen

SHARED = {"__init__", "base", "literals", "table"}


def test_every_module_of_the_folder_that_is_not_shared_gives_a_target() -> None:
    assert {*TARGETS} == {path.stem for path in (PACKAGE / "targets").glob("*.py")} - SHARED
    assert all(name == target.name for name, target in TARGETS.items())


def test_whole_arrays_come_first_and_names_decide_then() -> None:
    assert [*TARGETS] == sorted(TARGETS, key=lambda name: (TARGETS[name].loops, name))


def test_those_that_are_not_named_are_the_default_ones() -> None:
    assert tuple(target.name for target in chosen(())) == DEFAULT
    assert {SHOWN.name, LOADED.name} <= {*DEFAULT} < {*TARGETS}


def test_a_plan_has_none_where_the_default_ones_are_named() -> None:
    assert asked(reversed(DEFAULT)) == asked(()) == ()
    for name in TARGETS:
        assert asked([name, name]) == (name,)
    assert asked(reversed(TARGETS)) == tuple(TARGETS)


def test_a_name_that_is_no_target_s_is_told() -> None:
    with pytest.raises(DeriveError, match=f"^fortran is no target: there are {', '.join(TARGETS)}$"):
        chosen(["fortran"])
