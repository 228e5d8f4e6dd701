"""C source text to pycparser's tree, and what a translation unit defines."""

from __future__ import annotations

import re
from typing import Any, Final

from pycparser import CParser, c_parser

from derive.code.c_blocks import unblocked
from derive.code.c_preprocess import preprocess
from derive.code.c_types import HEADERS
from derive.errors import UnsupportedError

# What compilers add to the language, and nothing here depends on.
ATTRIBUTES: Final = (
    "always_inline noinline flatten pure const unused used nonnull hot cold leaf nothrow visibility target "
    "target_clones aligned optimize warn_unused_result access"
).split()
DECORATIONS: Final = re.compile(
    r"\b__(?:force_?inline|inline|inline__|restrict|restrict__|always_inline__|device__|host__|global__|extension__)\b"
)
ATTRIBUTE: Final = re.compile(r"\b__attribute(?:__)?\s*\(\(((?:[^()]|\([^()]*\))*)\)\)")


def parse(source: str) -> Any:
    """The tree of a translation unit. Raises UnsupportedError for what is not C99."""
    problems = tuple({getattr(c_parser, "ParseError", SyntaxError), SyntaxError})
    text = ATTRIBUTE.sub(_harmless, DECORATIONS.sub("", preprocess(source)))
    try:
        tree = CParser().parse(_preamble() + text, "source.c")
    except problems as problem:
        raise UnsupportedError(f"not C that can be read: {problem}") from None
    except (AssertionError, AttributeError, IndexError, TypeError, ValueError):
        # pycparser's own, on text that is far from C.
        raise UnsupportedError("not C that can be read") from None
    tree.ext = tree.ext[len(HEADERS) :]
    return unblocked(tree)


def _preamble() -> str:
    """The headers' names, so that the parser knows them for types."""
    return " ".join(f"typedef int {name};" for name in HEADERS) + "\n#line 1\n"


def _harmless(found: re.Match[str]) -> str:
    for part in filter(None, re.split(r",(?![^(]*\))", found[1])):
        name = part.strip().partition("(")[0].strip().strip("_")
        if name and name not in ATTRIBUTES:
            raise UnsupportedError(f"the attribute {name} is not read")
    return ""
