"""Templates and generated files are found beside the package, or inside it once installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive import paths


def test_a_checkout_has_them_at_the_top() -> None:
    top = Path(__file__).parent.parent
    assert paths.templates_folder() == top / "templates"
    assert paths.generated_folder() == top / "generated"


def test_an_installed_package_has_them_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "PACKAGE", tmp_path)
    (tmp_path / "_templates").mkdir()
    assert paths.templates_folder() == tmp_path / "_templates"
