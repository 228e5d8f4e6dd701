"""Where derive's data lies: beside the package in a checkout, inside it once installed."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent


def templates_folder() -> Path:
    """The stock templates."""
    return _folder("templates")


def generated_folder() -> Path:
    """What `derive build` makes of the catalogue."""
    return _folder("generated")


def _folder(name: str) -> Path:
    installed = PACKAGE / f"_{name}"
    return installed if installed.is_dir() else PACKAGE.parent / name
