"""The errors that people see: what is wrong, where, and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

LIKE: Final = 0.65  # exq is like exp, sigmid is not like sign


class DeriveError(Exception):
    """A mistake in what derive was given; its message is shown as it is, without a traceback."""


class FormulaError(DeriveError):
    """A formula that cannot be read. `column` is 0-based, or None where no place can be named."""

    def __init__(self, message: str, text: str = "", column: int | None = None) -> None:
        self.text, self.column = text, column
        super().__init__(f"{message}{_excerpt(text, column)}")


class UnknownFunctionError(FormulaError):
    """A call of `name`, which no formula knows."""

    def __init__(self, name: str, message: str, text: str = "", column: int | None = None) -> None:
        super().__init__(message, text, column)
        self.name = name


class SpecError(DeriveError):
    """A spec that cannot be used; the message starts with file, line and the spec's name."""


class UnsupportedError(DeriveError):
    """Well-formed mathematics that a room does not cover; the message says which part."""


class NotProvedError(UnsupportedError):
    """A form for kernels that was to be proved equal to its definition, and is not."""


class Undetermined(ArithmeticError):  # noqa: N818  (an answer, not an error)
    """At this precision a condition cannot be decided, or a ball is not finite: raise the precision."""


class Undefined(ArithmeticError):  # noqa: N818  (an answer, not an error)
    """The formula has no real value at the point: a logarithm of a negative number, no branch that holds."""


class CompilerError(DeriveError):
    """A compiler refused a source or could not be run, or what it makes cannot be kept; the message says which."""


class NoCompilerError(CompilerError):
    """There is no C compiler; the message says what to install."""


def nearest(word: str, known: Iterable[str]) -> str:
    """The one of `known` that is spelled like `word`, in another case at need; nothing where none is."""
    lower = {name.lower(): name for name in known}
    found = difflib.get_close_matches(word, lower.values(), n=1, cutoff=LIKE)
    found = found or [lower[name] for name in difflib.get_close_matches(word.lower(), lower, n=1, cutoff=LIKE)]
    return found[0] if found else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` (did you mean tanh?)`, where one of `known` is spelled like `word`; else nothing."""
    found = nearest(word, known)
    return f" (did you mean {found}?)" if found else ""


def _excerpt(text: str, column: int | None) -> str:
    """The neighbourhood of the fault, on one line, with a mark before it."""
    if not text or column is None:
        return ""
    start = max(0, column - 25)
    before, after = text[start:column], text[column : column + 25]
    return f": {'…' if start else ''}{before} ⟨here⟩ {after}{'…' if column + 25 < len(text) else ''}"
