"""Targets: one value each. A new target is a value here and a folder of templates."""

from __future__ import annotations

from typing import Final

from derive.backends.base import Backend
from derive.backends.c import C
from derive.backends.numpy import NUMPY

BACKENDS: Final[dict[str, Backend]] = {backend.name: backend for backend in (NUMPY, C)}

__all__ = ["BACKENDS", "NUMPY", "Backend", "C"]
