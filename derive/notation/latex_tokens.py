"""The dialect of LaTeX that this field writes, as tables; and the tokens that the grammar reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from derive.elementary.table import column
from derive.errors import FormulaError

Kind = Literal["command", "letter", "number", "mark", "text", "end"]


@dataclass(frozen=True)
class Token:
    """A piece of a formula; `column` is its 0-based place in the text that was read."""

    kind: Kind
    text: str
    column: int


# Commands that stand for another one, or for nothing at all.
SYNONYMS: Final = {
    "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "ne": "neq", "le": "leq", "ge": "geq", "leqslant": "leq",
    "geqslant": "geq", "to": "rightarrow", "implies": "Rightarrow", "Longrightarrow": "Rightarrow", "lbrack": "[",
    "rbrack": "]", "lbrace": "{", "rbrace": "}", "ln": "log", "intercal": "top", "varepsilon": "epsilon",
    "vartheta": "vartheta", "varphi": "varphi", "left|": "lvert", "right|": "rvert", "vert": "|", "mid": "mid",
    "d": "differential",
    "lVert": "Vert", "rVert": "Vert", "|": "Vert", "ast": "*", "times": "cdot", "bullet": "cdot", "dd": "differential",
}  # fmt: skip
IGNORED: Final = frozenset(
    """displaystyle textstyle scriptstyle limits nolimits nonumber notag quad qquad left right middle big Big bigg
    Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr hspace vspace hfill allowbreak boxed strut
    enspace thinspace medspace thickspace negthinspace , ; : ! > ~ space /""".split()
)
SWALLOWED: Final = ("color", "label", "tag", "hspace", "vspace", "phantom", "textcolor", "hphantom", "vphantom")
# Commands that change how their argument looks and not what it means.
STYLES: Final = frozenset(
    """mathbf boldsymbol bm mathrm mathit mathsf mathtt mathcal mathbb mathfrak vec symbf pmb textbf textit textrm
    operatorname rm bf""".split()
)
WORDED: Final = ("text", "textrm", "textbf", "textit", "mathrm", "operatorname", "mathit", "mbox", "textsf", "mathsf")
ACCENTS: Final = {
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde",
    "dot": "dot", "ddot": "ddot", "check": "check",
}  # fmt: skip
GREEK: Final = frozenset(
    """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau upsilon phi chi psi
    omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega varphi vartheta ell""".split()
)
FUNCTION_COMMANDS: Final = {command: head for head, commands in column("commands").items() for command in commands}
# Greek letters that write a function where they stand before a bracket.
GREEK_FUNCTIONS: Final = {command: head for head, command in column("latex").items() if command in GREEK}
RELATION_MARKS: Final = {
    "=": "eq", "<": "lt", ">": "gt", "<=": "le", ">=": "ge", "leq": "le", "geq": "ge", "neq": "ne", "equiv": "eq",
    "coloneqq": "eq", ":=": "eq", "approx": "approx", "propto": "propto", "Rightarrow": "implies", "sim": "approx",
    "triangleq": "eq", "iff": "implies", "Leftrightarrow": "implies", "therefore": "implies", "rightarrow": "implies",
}  # fmt: skip
UPRIGHT_D: Final = re.compile(r"\s*(d|\{\s*d\s*\})")
LEXER: Final = re.compile(
    r"""(?P<space>\s+|%[^\n]*)
      | (?P<number>\d+(?:\.\d+)?|\.\d+)
      | (?P<command>\\(?:left|right)\s*\||\\[A-Za-z]+\*?|\\.)
      | (?P<mark>:=|<=|>=|!=|[^\\A-Za-z\d\s])
      | (?P<letter>[A-Za-z])""",
    re.VERBOSE,
)


def tokens(text: str, start: int = 0) -> list[Token]:
    """The tokens of `text`, spacing and decoration left out; columns count from `start`."""
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = LEXER.match(text, position)
        if match is None:
            raise FormulaError(f"{text[position]!r} cannot be read", text, position)
        kind, written = str(match.lastgroup), match.group()
        column, position = start + position, match.end()
        if kind == "space":
            continue
        if kind != "command":
            found.append(Token(kind, written, column))  # type: ignore[arg-type]  # the group names are kinds
            continue
        name = "".join(written[1:].split()).rstrip("*")
        name = SYNONYMS.get(name, name)
        if name in SWALLOWED:
            position = _after_group(text, position)
        elif name == "mathrm" and (upright := UPRIGHT_D.match(text, position)) is not None:
            position = upright.end()
            found.append(Token("command", "differential", column))
        elif name in WORDED and (body := _group(text, position)) is not None:
            position = _after_group(text, position)
            found.append(Token("text", body.replace(r"\_", "_"), column))
        elif name in IGNORED or name == " ":
            position = _after_null_delimiter(text, name, position)
        elif len(name) == 1 and not name.isalpha() and name != "\\":
            # A printed brace is a bracket, which a brace that groups is not.
            found.append(Token("mark", f"\\{name}" if name in "{}" else name, column))
        else:
            found.append(Token("command", name, column))
    return found


def _after_null_delimiter(text: str, name: str, position: int) -> int:
    """`\\right.` closes nothing: its dot is not part of the formula."""
    if name in ("left", "right", "middle") and text[position : position + 1] == ".":
        return position + 1
    return position


def _group(text: str, position: int) -> str | None:
    """The text between the braces that open at `position`, blanks skipped; None where none open."""
    opened = re.compile(r"\s*\{").match(text, position)
    if opened is None:
        return None
    depth, start = 1, opened.end()
    for place in range(start, len(text)):
        depth += (text[place] == "{") - (text[place] == "}")
        if depth == 0:
            return text[start:place]
    return None


def _after_group(text: str, position: int) -> int:
    body = _group(text, position)
    if body is None:
        return position
    return text.index("{", position) + len(body) + 2
