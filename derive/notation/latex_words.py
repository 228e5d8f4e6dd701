"""Words and names that are no mathematics, such that pdfTeX, XeTeX and KaTeX all set them."""

from __future__ import annotations

import unicodedata
from itertools import groupby
from typing import Final

from derive.notation.latex_tokens import GREEK

SPECIAL: Final = "_&%#${}"


def latex_text(words: str) -> str:
    r"""Words in `\text{...}`, Greek letters between them as mathematics: `\text{contract }\delta`."""
    runs = [(is_greek, "".join(run)) for is_greek, run in groupby(words, lambda letter: bool(_greek(letter)))]
    return "".join(latex_letters(run) if is_greek else rf"\text{{{latex_letters(run)}}}" for is_greek, run in runs)


def latex_letters(name: str) -> str:
    r"""The letters of a name as they stand inside `\operatorname`: Greek ones as commands, no other beyond ASCII."""
    written = [_greek(letter) or _plain(letter) for letter in name]
    # A command needs an end before a letter.
    ended = [f"{it} " if it[0] == "\\" and it[1:].isalpha() and then.isalpha() else it
             for it, then in zip(written, [*written[1:], ""], strict=True)]  # fmt: skip
    return "".join(ended)


def _greek(letter: str) -> str:
    """The command of a Greek letter that TeX has one for, else nothing."""
    words = unicodedata.name(letter, "").split()
    if words[:1] != ["GREEK"] or len(words) != 4:
        return ""
    spelled = "lambda" if words[3] == "LAMDA" else words[3].lower()
    spelled = spelled.capitalize() if words[1] == "CAPITAL" else spelled
    return f"\\{spelled}" if spelled in GREEK | {"pi"} else ""


def _plain(letter: str) -> str:
    """A letter that any font has: as it is, without its accents, or, where that leaves nothing, by its number."""
    if letter.isascii():
        return f"\\{letter}" if letter in SPECIAL else letter
    bare = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return bare or f"u{ord(letter):04x}"
