"""What a lock is known by: all that decides a form, and nothing that lies elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from imports import all_imported

from derive.paths import PACKAGE
from derive.stabilisation import fingerprint as module

FOUNDATION = PACKAGE / "stabilisation" / "forms.py"  # which asks the search for a kernel's form


def test_it_covers_every_module_that_a_form_depends_on() -> None:
    rooms = {path.relative_to(PACKAGE).with_suffix("").parts[0] for path in all_imported(FOUNDATION)}
    assert rooms - {"__init__"} <= set(module.ROOMS)
    assert all((PACKAGE / room).is_dir() or (PACKAGE / f"{room}.py").is_file() for room in module.ROOMS)


def test_a_rule_or_a_version_that_changes_changes_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def now() -> str:
        module.fingerprint.cache_clear()
        return module.fingerprint()

    for room in module.ROOMS:
        (tmp_path / f"{room}.py").write_text("")
    monkeypatch.setattr(module, "PACKAGE", tmp_path)
    before = now()
    assert now() == before
    (tmp_path / "rules.py").write_text("RULES = 1")
    changed = now()
    assert changed != before
    monkeypatch.setattr(module, "version", lambda library: "0")
    assert now() not in (before, changed)
    module.fingerprint.cache_clear()
