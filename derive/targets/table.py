"""`TARGETS`: the targets by name, as the modules of this folder give them. No list of them stands anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Final

from derive.codegen.target import Target
from derive.errors import DeriveError, did_you_mean, shown


def _found() -> Iterator[Target]:
    for path in Path(__file__).parent.glob("*.py"):
        if path.stem not in ("__init__", Path(__file__).stem):
            value = getattr(import_module(f"derive.targets.{path.stem}"), "TARGET", None)
            if isinstance(value, Target):
                yield value


# Those whose operations take whole arrays come first.
TARGETS: Final[Mapping[str, Target]] = MappingProxyType(
    {target.name: target for target in sorted(_found(), key=lambda it: (it.loops, it.name))}
)
DEFAULT: Final = tuple(target.name for target in TARGETS.values() if target.default)
# In which a formula is shown to a person, and by which a function is loaded.
SHOWN: Final = next(target for target in TARGETS.values() if target.default and not target.loops)
LOADED: Final = next(target for target in TARGETS.values() if target.default and target.toolchain is not None)


def asked(names: Iterable[str]) -> tuple[str, ...]:
    """These targets as a plan has them: none where they are the default ones. Raises DeriveError as `chosen` does."""
    found = tuple(target.name for target in chosen(names))
    return () if found == DEFAULT else found


def chosen(names: Iterable[str]) -> list[Target]:
    """The targets of these names, in the order of the table; the default ones for no names at all.

    Raises DeriveError for a name that is no target's.
    """
    names = {*names} or {*DEFAULT}
    for name in sorted(names - TARGETS.keys()):
        raise DeriveError(f"{shown(name)} is no target{did_you_mean(name, TARGETS)}: there are {', '.join(TARGETS)}")
    return [target for target in TARGETS.values() if target.name in names]
