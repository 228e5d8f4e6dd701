"""Where derive's data lies: beside the package in a checkout, inside it once installed."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent
PAGES = PACKAGE / "functions"


def catalogue_pages() -> list[Path]:
    """The pages of mathematics that derive carries."""
    return sorted(path for path in PAGES.glob("*.py") if path.stem != "__init__")


def templates_folder() -> Path:
    """The stock templates."""
    return _folder("templates")


def generated_folder() -> Path:
    """What `derive build` makes of the catalogue."""
    return _folder("generated")


def _folder(name: str) -> Path:
    installed = PACKAGE / f"_{name}"
    return installed if installed.is_dir() else PACKAGE.parent / name
