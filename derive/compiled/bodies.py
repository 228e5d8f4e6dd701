"""`body_hash`: a kernel of a C source by what it computes: its own text and that of the helpers and tables it names."""

from __future__ import annotations

import hashlib
import re
from typing import Final

# At the left margin, as templates print them: a head, and lines up to a brace of its own.
FUNCTION: Final = re.compile(
    r"^(?:static inline |DERIVE_KERNEL )?\w+ \**(\w+)\([^;{}]*\)\n\{\n.*?^\}\n", re.MULTILINE | re.DOTALL
)
TABLE: Final = re.compile(r"^static const [\w ]+ (\w+)\[\] = \{\n.*?^\};\n", re.MULTILINE | re.DOTALL)
COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)


def body_hash(text: str, symbol: str) -> str | None:
    """A hash of the function `symbol`, comments and the order of helpers aside; None where there is none."""
    plain = COMMENT.sub("", text)
    functions = {found[1]: found[0] for found in FUNCTION.finditer(plain)}
    if symbol not in functions:
        return None
    functions |= {found[1]: found[0] for found in TABLE.finditer(plain)}
    needed, waiting = {symbol}, [symbol]
    while waiting:
        called = (set(re.findall(r"\w+", functions[waiting.pop()])) & functions.keys()) - needed
        needed |= called
        waiting += sorted(called)
    parts = "\n".join(" ".join(functions[name].split()) for name in sorted(needed))
    return hashlib.sha256(parts.encode()).hexdigest()


def kernel_symbols(text: str) -> list[str]:
    """The functions of a source that are not its helpers."""
    return [found[1] for found in FUNCTION.finditer(COMMENT.sub("", text)) if not found[0].startswith("static")]
