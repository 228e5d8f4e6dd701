"""`evaluation_cost`: the fuel that the value of a term takes at a precision, as measured on Arb."""

from __future__ import annotations

from typing import Final

from derive.term import Term, subterms

BASE_BITS: Final = 1024  # below, the work around a function outweighs the function
# Units that a node takes up to that precision, and the power of the precision with which that grows.
USUAL: Final = (0.25, 1.6)
SLOW: Final = (40.0, 4.0)
SLOW_FUNCTIONS: Final = frozenset(
    "gamma loggamma digamma polygamma beta zeta uppergamma lowergamma besselj bessely besseli besselk".split()
)


def evaluation_cost(bits: int, *roots: Term) -> int:
    """The units of fuel that enclosures of `roots` take with `bits` bits; at least 1."""
    usual = slow = 0
    for node in (node for root in roots for node in subterms(root)):
        slow += node.head in SLOW_FUNCTIONS
        usual += node.head not in SLOW_FUNCTIONS
    growth = max(1.0, bits / BASE_BITS)
    return 1 + int(sum(count * unit * growth**power for count, (unit, power) in ((usual, USUAL), (slow, SLOW))))
