"""`evaluation_cost`: the fuel that the value of a term takes at a precision, as measured on Arb."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from derive.elementary.table import named
from derive.term import Term, subterms

BASE_BITS: Final = 1024  # below, the work around a function outweighs the function
# Units that a node takes up to that precision, and the power of the precision with which that grows.
USUAL: Final = (0.25, 1.6)
SLOW: Final = (40.0, 4.0)
SLOW_FUNCTIONS: Final = named(lambda function: function.slow)


def evaluation_cost(bits: int, *roots: Term) -> int:
    """The units of fuel that enclosures of `roots` take with `bits` bits; at least 1."""
    return evaluation_costs((bits,), *roots)[bits]


def evaluation_costs(precisions: Iterable[int], *roots: Term) -> dict[int, int]:
    """As `evaluation_cost`, for several numbers of bits."""
    usual = slow = 0
    for root in roots:
        for node in subterms(root):
            if node.head in SLOW_FUNCTIONS:
                slow += 1
            else:
                usual += 1
    return {bits: _cost(usual, slow, max(1.0, bits / BASE_BITS)) for bits in precisions}


def _cost(usual: int, slow: int, growth: float) -> int:
    return 1 + int(sum(count * unit * growth**power for count, (unit, power) in ((usual, USUAL), (slow, SLOW))))
