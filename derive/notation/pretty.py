"""Terms for a terminal: one line of Unicode, as a person would type it out."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import ClassVar, Final

from derive.elementary.table import column
from derive.notation.latex_tokens import GREEK
from derive.notation.writer import (
    AND,
    ATOM,
    COMPARE,
    NOT,
    OR,
    POWER,
    PREFIX,
    QUOTIENT,
    SIGN,
    SUM,
    Form,
    Fragment,
    Writer,
    forms_of,
)
from derive.term import RELATIONS, TRUE, Term, branches

MARKS: Final = {"hat": "\N{COMBINING CIRCUMFLEX ACCENT}", "bar": "\N{COMBINING MACRON}", "tilde": "\N{COMBINING TILDE}"}


def write_pretty(root: Term, names: Mapping[str, str] | None = None) -> str:
    """`root` on one line; `names` says how a name is written where it is special."""
    return PrettyWriter(names or {}).write(root)


def pretty_name(name: str) -> str:
    """alpha is α, y_hat is ŷ; any other name is itself."""
    head, _, mark = name.partition("_")
    if mark in MARKS and len(greek(head)) == 1:
        return unicodedata.normalize("NFC", greek(head) + MARKS[mark])
    return greek(name)


def greek(name: str) -> str:
    """The letter that a Greek name stands for, or the name itself."""
    if name not in GREEK:
        return name
    case = "CAPITAL" if name[0].isupper() else "SMALL"
    spelling = {"lambda": "LAMDA"}.get(name.lower(), name.removeprefix("var").upper())
    try:
        return unicodedata.lookup(f"GREEK {case} LETTER {spelling}")
    except KeyError:
        return name


class PrettyWriter(Writer):
    forms: ClassVar[Mapping[str, Form]] = {
        "add": Form("{} + {}", SUM, (SUM, PREFIX)),
        "sub": Form("{} - {}", SUM, (SUM, PREFIX)),
        "neg": Form("-{}", SIGN, (PREFIX,)),
        "div": Form("{}/{}", QUOTIENT, (POWER, POWER)),
        "pow": Form("{}^{}", POWER, (ATOM, ATOM)),
        **forms_of("pretty_form"),
        "sum": Form("Σ({1}={2}..{3}) {0}", PREFIX, (PREFIX, ATOM, SUM, SUM)),
        "product": Form("Π({1}={2}..{3}) {0}", PREFIX, (PREFIX, ATOM, SUM, SUM)),
        "maximum": Form("max({1}={2}..{3}) {0}", PREFIX, (PREFIX, ATOM, SUM, SUM)),
        "der": Form("d/d{1} {0}", PREFIX, (PREFIX, ATOM)),
        "not": Form("not {}", NOT, (ATOM,)),
        **{
            head: Form(f"{{}} {sign} {{}}", COMPARE, (SUM, SUM))
            for head, sign in zip(RELATIONS, ("<", "≤", ">", "≥", "=", "≠"), strict=True)
        },
    }
    calls: ClassVar[Mapping[str, str]] = {**column("pretty"), "pi": "π", "E": "e", "oo": "∞"}
    factor_needs: ClassVar[int] = QUOTIENT
    times: ClassVar[str] = " · "

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        self.names = names

    def write_sym(self, node: Term) -> Fragment:
        return self.names.get(node.name) or pretty_name(node.name), ATOM

    def write_apply(self, node: Term) -> Fragment:
        return self.call(self.names.get(node.name, node.name), node.args), ATOM

    def write_index(self, node: Term) -> Fragment:
        return f"{self.write(node.args[0])}[{', '.join(map(self.write, node.args[1:]))}]", ATOM

    def write_der(self, node: Term) -> Fragment:
        body, variable = node.args
        if body.head == "sym" or (body.head == "index" and body.args[0].head == "sym"):
            return f"d{self.write(body)}/d{self.write(variable)}", ATOM
        if body.head == "der" and body.args[1] is variable and body.args[0].head == "sym":
            return f"d²{self.write(body.args[0])}/d{self.write(variable)}²", ATOM
        return self.fill(self.forms["der"], node.args)

    def write_delta(self, node: Term) -> Fragment:
        return f"δ[{', '.join(map(self.write, node.args))}]", ATOM

    def write_cases(self, node: Term) -> Fragment:
        rows = [
            f"{self.write(value)} " + ("otherwise" if condition is TRUE else f"if {self.write(condition)}")
            for value, condition in branches(node)
        ]
        return f"{{{'; '.join(rows)}}}", ATOM

    def write_and(self, node: Term) -> Fragment:
        return " and ".join(self.within(part, NOT) for part in node.args), AND

    def write_or(self, node: Term) -> Fragment:
        return " or ".join(self.within(part, AND) for part in node.args), OR
