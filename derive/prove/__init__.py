"""Verdicts on claims: PROVED under named hypotheses, REFUTED with a witness, or UNDECIDED.

The room carries the name of its main function: `derive.prove(...)` is `derive.prove.api.prove`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derive.prove.verdict import Proof


class _Room(ModuleType):
    def __call__(self, *args: Any, **options: Any) -> Proof:
        from derive.prove.api import prove

        return prove(*args, **options)


sys.modules[__name__].__class__ = _Room
