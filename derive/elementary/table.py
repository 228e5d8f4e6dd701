"""The functions by name, and columns of their records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType, ModuleType
from typing import Any, Final

from derive.elementary import error, exp_log, hyperbolic, matrices, piecewise, powers, rounding, special, trigonometric
from derive.elementary.record import Elementary

PAGES: Final = (exp_log, powers, trigonometric, hyperbolic, error, special, piecewise, matrices, rounding)


def _read(pages: tuple[ModuleType, ...]) -> dict[str, Elementary]:
    found: dict[str, Elementary] = {}
    for page in pages:
        for function in page.FUNCTIONS:
            if function.name in found:
                raise ValueError(f"{function.name} is on two pages: {found[function.name].page} and {page.__name__}")
            found[function.name] = replace(function, page=f"{page.__name__.replace('.', '/')}.py")
    return found


TABLE: Final[Mapping[str, Elementary]] = MappingProxyType(_read(PAGES))


def column(field: str) -> dict[str, Any]:
    """The functions whose records say something in `field`, each with what they say."""
    return {name: found for name, function in TABLE.items() if (found := getattr(function, field))}


def named(holds: Callable[[Elementary], Any]) -> frozenset[str]:
    """The names of the functions of which something holds."""
    return frozenset(name for name, function in TABLE.items() if holds(function))


KINKED: Final = tuple(name for name, kind in column("kink").items() if kind in ("kink", "jump"))
ERRORS: Final = tuple(name for name in column("error_of") if TABLE[name].helper)  # of operations
HOLDS: Final = tuple(column("holds"))
POWERS_OF_E: Final = tuple(name for name, function in TABLE.items() if function.power_of_e)
STEPPED: Final = tuple(name for name, kind in column("kink").items() if kind == "steps")
