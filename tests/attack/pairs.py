"""`Pair`: a number computed twice, once with every result disturbed; and the answers when there is no number."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final, NamedTuple

SAFETY: Final = 10**6  # a decision is taken where it would stand with an error this many times larger


class UndefinedValue(ArithmeticError):  # noqa: N818  (an answer, not an error)
    """There is no real value here."""


class UnknownValue(ArithmeticError):  # noqa: N818  (an answer, not an error)
    """Digits do not suffice, or a convention decides."""


class MissingComponent(UnknownValue):
    """A component of an array is not given."""

    def __init__(self, name: str, place: tuple[int, ...]) -> None:
        super().__init__(f"{name}{list(place)} is not given")
        self.name, self.place = name, place


class Pair(NamedTuple):
    disturbed: Any
    plain: Any

    @property
    def error(self) -> Any:
        return abs(self.disturbed - self.plain)


Value = Fraction | Pair


def sign(value: Value) -> int:
    if isinstance(value, Fraction):
        return (value > 0) - (value < 0)
    if value.disturbed == value.plain == 0:
        return 0
    if abs(value.plain) <= SAFETY * value.error:
        raise UnknownValue("a sign")
    return 1 if value.plain > 0 else -1
