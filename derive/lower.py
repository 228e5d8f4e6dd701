"""`Kernel`: a body of assignments, maps and reductions; and `Variant`, which names every kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Order = Literal["forward", "vjp"]
Dtype = Literal["float32", "float64"]


@dataclass(frozen=True)
class Variant:
    """Which kernel of a function: its order, what a vjp differentiates, and its number format."""

    function: str
    order: Order
    dtype: Dtype
    wrt: str = ""  # empty: the first of the spec's `wrt`
