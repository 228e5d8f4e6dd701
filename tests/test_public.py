"""`derive.*`: the public names are what they say, whatever else is imported."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import derive

PACKAGE = Path(derive.__file__).parent
ROOMS = {
    path.stem
    for path in PACKAGE.iterdir()
    if not path.name.startswith("_") and (path.suffix == ".py" or (path / "__init__.py").is_file())
}


def test_no_room_has_the_name_of_something_public() -> None:
    # Importing such a room would put the module in the place of what the name means.
    assert not ROOMS & set(derive._HOMES)


def test_a_public_name_is_no_module_and_no_module_is_callable() -> None:
    for room in sorted(ROOMS):
        importlib.import_module(f"derive.{room}")
    assert [name for name in derive._HOMES if isinstance(getattr(derive, name), ModuleType)] == []
    assert [name for name, module in sys.modules.items() if name.startswith("derive.") and callable(module)] == []
