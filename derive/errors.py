"""The errors that people see: what is wrong, where, and what to write instead."""

from __future__ import annotations

import difflib
import errno
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

MAX_QUOTED: Final = 80  # characters of what was given that a message repeats
MAX_PATH: Final = 250
# What to do where the system refuses a file, by the number of its reason.
ADVICE: Final = {
    errno.ENOENT: "name one that is there",
    errno.EISDIR: "name a file",
    errno.ENOTDIR: "a part of the path is a file",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EACCES: "change who may use it, or name another",
    errno.EPERM: "change who may use it, or name another",
    errno.ELOOP: "these links lead in a circle",
    errno.ENOSPC: "make room there",
    errno.EDQUOT: "make room there",
    errno.EROFS: "name another place",
}
LIKE: Final = 0.65  # exq is like exp, sigmid is not like sign


T = TypeVar("T")


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


class NotBuiltError(DeriveError):
    """A generated file is not there; the message says which."""


class NoCompilerError(CompilerError):
    """There is no compiler; the message says what to install."""


def shown(word: object, most: int = MAX_QUOTED) -> str:
    """What was given, as a message repeats it: quoted where it would not be seen, cut where it is long."""
    text = str(word)
    text = f"{text[:most]}…" if len(text) > most else text
    return text if text.strip() else repr(text)


def refusal(problem: OSError, path: str | os.PathLike[str] | None = None) -> str:
    """What the system says of a file, for people: which one, what is wrong, and what to do."""
    where = path if path is not None else problem.filename
    reason = problem.strerror or str(problem)
    said = [] if where is None else [shown(os.fsdecode(where), MAX_PATH)]
    said += [reason[:1].lower() + reason[1:], *(ADVICE[it] for it in [problem.errno] if it in ADVICE)]
    return ": ".join(said)


def of_field(field: str, read: Callable[..., T], *given: object) -> T:
    """`read(*given)`; where that cannot be read, the message begins with the argument that it is about."""
    try:
        return read(*given)
    except FormulaError as problem:
        if not str(problem).startswith(f"{field} "):
            problem.args = (f"{field}: {problem}",)
        raise


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Raises DeriveError for what the system says of a file that is read."""
    try:
        yield
    except OSError as problem:
        raise DeriveError(refusal(problem, path)) from problem


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
