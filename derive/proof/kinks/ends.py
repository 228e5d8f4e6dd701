"""Where a function has a value though a root in it ends: a kink, or a slice that has to be looked at."""

from __future__ import annotations

from typing import Final

from derive.calculus.derivative import depends, derivative
from derive.elementary.table import column
from derive.notation.formulas import filled
from derive.proof.algebra.field import OutOfReach, Singular
from derive.proof.algebra.normal import Normaliser
from derive.proof.algebra.signs import NeedSign
from derive.proof.kinks.boundary import Restriction
from derive.proof.kinks.smooth import NoSmoothValue, smooth
from derive.term import ZERO, Term, subterms

CUTS: Final = column("cut")


def may_touch(reader: Normaliser, number: int, variable: Term) -> bool:
    """Whether a polynomial may be zero, as the variable moves, without a change of sign.

    Where it changes sign the function ends. `reader` knows what was known before it was taken to be positive.
    """
    polynomial = reader.field.polynomials[number]
    slots = reader.field.slots(polynomial)
    if len(slots) == 1 and reader.field.generators[slots[0]].term == variable:
        return False  # an irreducible polynomial in one variable has no double root
    on_it = reader.assuming(number, 0)
    try:
        slope = on_it.read(smooth(derivative(reader.written(number), variable), on_it))
        return on_it.signs.of(slope) == 0
    except (NeedSign, OutOfReach, Singular, NoSmoothValue):
        return True


def corner(reader: Normaliser, number: int, variable: Term | None) -> Restriction | None:
    """`symbol = 0`, which holds wherever a sum of even powers is zero; not for the variable."""
    terms = reader.field.polynomials[number].to_dict()
    if any(int(power) % 2 for powers in terms for power in powers) or len({int(c) > 0 for c in terms.values()}) > 1:
        return None
    for powers in terms:
        slots = [slot for slot, power in enumerate(powers) if power]
        name = reader.field.generators[slots[0]].term if len(slots) == 1 else variable
        if name is not None and name.head == "sym" and name != variable:
            return name, ZERO
    return None


def jumps(root: Term, reader: Normaliser, variable: Term) -> list[str]:
    """Places at which a function that jumps where it is real may do so as the variable moves."""
    said = []
    for node in subterms(root):
        if node.head in CUTS and depends(node, variable):
            on, beside = (filled(text, node) for text in CUTS[node.head])
            if not (_is(on, reader, (1, -1)) or _is(beside, reader, (1,))):
                said.append(f"{on} = 0 and {beside} <= 0, where {node} may jump")
    return said


def _is(root: Term, reader: Normaliser, signs: tuple[int, ...]) -> bool:
    try:
        return reader.sign_of(reader.read(root), root) in signs
    except (NeedSign, OutOfReach, Singular):
        return False
