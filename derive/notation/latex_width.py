"""How wide TeX sets a formula of `write_latex`: in points, estimated for Computer Modern at 10 pt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from derive.notation.latex_tokens import GREEK

# The widths of letters, from cmmi10 and cmr10, italic corrections included.
ITALIC_GROUPS: Final = {
    3.5: "il", 4.0: "t", 4.5: "bc", 5.0: "ejoqrs", 5.5: "adgpvyzI0123456789./", 6.0: "fhkux", 6.5: "n", 7.0: "JLS",
    7.5: "wT", 8.0: "ACEFGOPQRUZ", 8.5: "BVY", 9.0: "mD", 9.5: "HKNX", 11.0: "MW", 3.9: "()", 2.8: "[]|!:;",
}  # fmt: skip
UPRIGHT_GROUPS: Final = {
    3.0: "il !',.:;[]", 3.5: "j-", 4.0: "frstI()", 4.5: "cez", 5.5: "agkoqvxyJ0123456789/?*{}", 6.0: "bdhnpuS",
    6.5: "LZ", 7.0: "EFP", 7.5: "wBCRT", 8.0: "ADGHKNOQUVXY&+=@", 8.5: "m#%", 9.5: "M", 10.5: "W",
}  # fmt: skip
ITALIC, UPRIGHT = (
    {letter: points for points, letters in groups.items() for letter in letters}
    for groups in (ITALIC_GROUPS, UPRIGHT_GROUPS)
)
LETTER: Final = 7.0  # a letter that is in no table, and a Greek one
BINARY: Final = 12.3  # a sign or a relation with the space around it
SPACED: Final[Mapping[str, float]] = {
    "+": BINARY, "-": BINARY, r"\cdot": 7.3, "=": 13.4, "<": 13.4, ">": 13.4, r"\le": 13.4, r"\ge": 13.4,
    r"\ne": 13.4, ",": 4.5, r"\quad": 10.0, r"\qquad": 20.0, r"\text": 0.0, r"\partial": 5.9, r"\infty": 10.0,
    r"\lnot": 6.7, r"\sum": 14.5, r"\prod": 13.0, r"\{": 5.0, r"\}": 5.0, r"\_": 5.0, "&": 10.0,
}  # fmt: skip
SIZES: Final = (1.0, 1.0, 0.8, 0.7)  # displayed, in text, in a script, in a script of a script
TALL_BRACKET: Final = 8.0  # of any size, with the space outside it
SIZED: Final = re.compile(r"\\(left|right|[bB]igg?[lrm]?)$")
WORDS: Final = (r"\text", r"\mathrm", r"\operatorname")
LIMITED: Final = (r"\sum", r"\prod", r"\max")
TOKEN: Final = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)


@lru_cache(maxsize=4096)
def latex_width(formula: str) -> float:
    """The width of a displayed formula, or of a part of one, in points."""
    return _Ruler(formula).row(0)


class _Ruler:
    """Measures tokens from the left; `size` counts how often the type has become smaller."""

    def __init__(self, text: str) -> None:
        self.tokens, self.place = TOKEN.findall(text), 0

    def row(self, size: int, words: bool = False) -> float:
        """The width up to the brace that closes this group, or to the end."""
        total = 0.0
        while (token := self.take()) not in ("", "}"):
            part = UPRIGHT.get(token, LETTER) * SIZES[size] if words and token not in "\\{" else self.atom(token, size)
            total += self.scripted(token, part, size)
        return total

    def take(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1] if self.place <= len(self.tokens) else ""

    def next(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def group(self, size: int, words: bool = False) -> float:
        """The argument that comes next: a group in braces, or one token."""
        while self.next() == " ":
            self.take()
        token = self.take()
        return self.row(size, words) if token == "{" else self.atom(token, size)

    def scripted(self, token: str, base: float, size: int) -> float:
        """`base` with what stands above and below it; limits of an operator stand over it where it is displayed."""
        scripts = []
        while self.next() in ("^", "_") and token != " ":
            self.take()
            scripts.append(self.group(min(max(size, 1) + 1, 3)))
        if token in LIMITED and scripts and size == 0:
            return max(base, *scripts) + 2.0
        return base + max(scripts, default=0.0) + (0.5 if scripts else 0.0)

    def atom(self, token: str, size: int) -> float:
        scale = SIZES[size]
        if token == "{":
            return self.row(size)
        if token in WORDS:
            return self.group(size, words=True) + (1.7 if token == r"\operatorname" else 0.0)
        if token == r"\frac":
            return max(self.group(min(size + 1, 3)), self.group(min(size + 1, 3))) + 2.5
        if token == r"\sqrt":
            while self.next() not in ("{", ""):
                self.take()
            return self.group(size) + 10.0 * scale
        if token == r"\begin":
            return self.cases(size)
        if SIZED.match(token):
            self.take()
            return TALL_BRACKET
        if token in SPACED:
            return SPACED[token] * scale
        if token == " ":
            return 0.0
        return self.named(token, scale)

    def named(self, token: str, scale: float) -> float:
        """A letter, an accent, a Greek letter, or a function such as `\\log`."""
        if not token.startswith("\\"):
            return ITALIC.get(token, LETTER) * scale
        if self.next() == "{":
            return 0.0  # an accent, over the group that comes
        if token[1:] in GREEK:
            return LETTER * scale
        return (sum(UPRIGHT.get(letter, LETTER) for letter in token[1:]) + 1.7) * scale

    def cases(self, size: int) -> float:
        r"""The widest value and the widest condition of `\begin{cases} .. & .. \\ .. \end{cases}`."""
        self.group(size)
        columns, column, total = [0.0, 0.0], 0, 0.0
        while (token := self.take()) not in (r"\end", ""):
            if token in ("&", r"\\"):
                columns[column], total = max(columns[column], total), 0.0
                column = int(token == "&")
            else:
                total += self.scripted(token, self.atom(token, max(size, 1)), max(size, 1))
        columns[column] = max(columns[column], total)
        self.group(size)
        return sum(columns) + 22.0
