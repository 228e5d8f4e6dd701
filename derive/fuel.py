"""`Fuel`: a count of operations, the only bound on work.

The same question spends the same fuel on every machine and at every load, so its answer is the same too. A unit is
about one operation of a `Field` on small elements, or one elementary function at 64 bits; a claim at hand usually
takes some hundreds.
"""

from __future__ import annotations

from typing import Final

from derive.errors import DeriveError, shown

# What one question may spend.
CLAIM: Final = 150_000  # a claim about a gradient
KERNEL: Final = 150_000  # that a kernel, or a part of its form, is what was stated
PIECE: Final = 60_000  # that a form which a search found equals the formula
REMARK: Final = 30_000  # a line of a document, or a form that is only offered
POINT: Final = 15_000  # a value at a single point
LIMIT: Final = 40_000  # a limit from one side


MAX_FUEL: Final = 10**12  # what any question may be given: some days


def fuel_given(units: object) -> int:
    """Operations that a caller allows. Raises DeriveError for what is no whole number of at least 1."""
    if isinstance(units, bool) or not isinstance(units, int) or units < 1:
        raise DeriveError(f"fuel is a whole number of at least 1, not {shown(repr(units))}")
    return min(units, MAX_FUEL)


class OutOfFuel(ArithmeticError):  # noqa: N818 - the answer is UNDECIDED, not an error
    """The operations that a question may spend are spent."""

    def __init__(self) -> None:
        super().__init__("the operations allowed for this question are spent")


class _Meter:
    """What is spent so far, by all who draw from one tank."""

    def __init__(self) -> None:
        self.spent = 0


class Fuel:
    """A number of operations; `share` gives a part of what is left, and both count what is spent from it."""

    def __init__(self, units: int = CLAIM, meter: _Meter | None = None) -> None:
        self._meter = meter or _Meter()
        self._end = self._meter.spent + units

    def spend(self, units: int = 1) -> None:
        """Count operations that are about to be done. Raises OutOfFuel where too few are left."""
        self._meter.spent += units
        if self._meter.spent > self._end:
            raise OutOfFuel

    @property
    def left(self) -> int:
        """The operations that are left."""
        return max(0, self._end - self._meter.spent)

    def share(self, part: float) -> Fuel:
        """A part of the operations that are left."""
        return Fuel(int(self.left * part), self._meter)
