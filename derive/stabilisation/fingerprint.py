"""`fingerprint`: a hash of all that decides which form a search finds, so that a lock tells what found it."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from typing import Final

from derive.paths import PACKAGE

# The rooms, and the modules beside them, that the search and the choice of a kernel's form stand on.
ROOMS: Final = (
    "calculus", "derivation", "elementary", "errors", "fuel", "limits", "notation", "paths",
    "proof", "relations", "rules", "spec", "stabilisation", "term", "values",
)  # fmt: skip
LIBRARIES: Final = (
    "numpy",
    "python-flint",
    "sympy",
)  # samples, polynomials and enclosures, formulas as they are stated
HASH_DIGITS: Final = 16


@cache
def fingerprint() -> str:
    """The sources of `ROOMS`, and the versions of `LIBRARIES`."""
    total = sha256()
    for room in ROOMS:
        files = sorted((PACKAGE / room).rglob("*.py")) or [PACKAGE / f"{room}.py"]
        for path in files:
            total.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    total.update("".join(f"{library} {version(library)}\0" for library in LIBRARIES).encode())
    return total.hexdigest()[:HASH_DIGITS]
