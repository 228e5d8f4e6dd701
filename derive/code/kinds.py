"""The kinds of numbers that arrays hold, their shapes, and which functions take which kind."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from derive.code.elements import refused
from derive.code.library import BITWISE, CLASSES, COMPARISONS, KEEPS_WHOLE, LOGIC, OF_TRUTHS
from derive.term import ONE, Term

Shape = tuple[Term, ...]
REAL, WHOLE, TRUTH = "real numbers", "integers", "booleans"
MAX_POWER: Final = 16  # of an array of integers, which must not overflow


def broadcast(*shapes: Shape) -> Shape:
    """The shape of arrays used together. Raises UnsupportedError where two sizes differ."""
    rank = max(map(len, shapes), default=0)
    found = []
    for sizes in zip(*((ONE,) * (rank - len(shape)) + shape for shape in shapes), strict=True):
        longer = {size for size in sizes if size is not ONE}
        if len(longer) > 1:
            raise refused(f"sizes {' and '.join(sorted(map(str, longer)))} do not match")
        found.append(longer.pop() if longer else ONE)
    return tuple(found)


def admitted(name: str, kinds: set[str]) -> tuple[str, bool]:
    """The function that `name` is for arrays of these kinds, and whether it keeps integers whole."""
    if kinds == {TRUTH} and name in KEEPS_WHOLE:
        # NumPy takes them for booleans, Python for the numbers 0 and 1.
        if name not in OF_TRUTHS:
            raise refused(f"{name} of booleans: Python and NumPy differ; use &, | and ~, or convert them first")
        name = OF_TRUTHS[name]
    if kinds == {TRUTH} and name not in (*LOGIC, *COMPARISONS, *CLASSES, "divide"):
        raise refused(f"{name} of booleans is computed in half precision; convert them first")
    if name in BITWISE and kinds != {TRUTH}:
        raise refused(f"{name} is traced for booleans only")
    return name, REAL not in kinds and name in KEEPS_WHOLE


def refuse_large(name: str, values: Sequence[Fraction | None]) -> None:
    """Refuses integers that NumPy's types may not hold, or whose reciprocal it rounds."""
    if name == "reciprocal":
        raise refused("the reciprocal of integers is an integer in NumPy; write 1 / x")
    if name == "power":
        base, exponent = values
        small = exponent is not None and 0 <= exponent <= MAX_POWER
        if not small and base not in (-1, 0, 1):
            raise refused("an integer to the power of an integer may not be one, or be too large; make one a float")
