"""Terms as LaTeX, in the notation of textbooks: the dialect that the LaTeX reader reads back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, Final

from derive.elementary.table import column
from derive.notation.latex_tokens import ACCENTS, FUNCTION_COMMANDS, GREEK
from derive.notation.latex_words import latex_letters
from derive.notation.writer import (
    AND,
    ANY,
    ATOM,
    COMPARE,
    NOT,
    OR,
    POWER,
    PREFIX,
    PRODUCT,
    SIGN,
    SUM,
    Form,
    Fragment,
    Writer,
    forms_of,
)
from derive.term import BINDERS, RELATIONS, TRUE, Term, branches

TALL: Final = re.compile(r"\\(frac|sum|prod|max_|begin|left)")
SPELLED: Final = column("latex")  # the functions that LaTeX has a command for
COMMANDS: Final = frozenset(SPELLED.values())

SUBSCRIPTED: Final = ("delta", "I", "e")


def write_latex(root: Term, names: Mapping[str, str] | None = None) -> str:
    """`root` on one line of LaTeX that KaTeX takes; `names` says how a name is written where it is special."""
    return LatexWriter(names or {}).write(root)


def latex_name(name: str) -> str:
    """A variable's name as mathematics writes it: alpha, y_hat, x_1, lo, lr_max; as code does, where it is odd."""
    head, *rest = name.split("_")
    # An underscore that separates nothing, or whose head has subscripts of its own: log_2, delta_ij.
    if not (head and all(rest)) or (rest and (head in FUNCTION_COMMANDS or head in SUBSCRIPTED)):
        return rf"\mathrm{{{latex_letters(name)}}}"
    letters = latex_letters(head)
    written = f"\\{head}" if head in GREEK else letters
    if not re.fullmatch(r"\\?.|\\[A-Za-z]+", written):
        written = rf"\mathrm{{{written}}}"
    if rest and rest[0] in ACCENTS.values():
        written = rf"\{rest.pop(0)}{{{written}}}"
    if not rest:
        return written
    label = " ".join(map(latex_letters, rest))
    is_plain = len(label) == 1 or (label.isdigit() and not label.startswith("0"))
    return rf"{written}_{{{label}}}" if is_plain else rf"{written}_{{\text{{{label}}}}}"


def operator_name(name: str) -> str:
    """A function's name upright, whatever letters it has."""
    return rf"\operatorname{{{latex_letters(name)}}}"


class LatexWriter(Writer):
    """`names`: LaTeX for names of variables and functions. `script`: inside an exponent or a subscript."""

    forms: ClassVar[Mapping[str, Form]] = {
        "add": Form("{} + {}", SUM, (SUM, PREFIX)),
        "sub": Form("{} - {}", SUM, (SUM, PREFIX)),
        "neg": Form("-{}", SIGN, (PREFIX,)),
        "div": Form(r"\frac{{{}}}{{{}}}", POWER, (ANY, ANY)),
        **forms_of("latex_form"),
        "true": Form(r"\text{{true}}", ATOM, ()),
        "false": Form(r"\text{{false}}", ATOM, ()),
        "not": Form(r"\lnot {}", NOT, (ATOM,)),
        **{
            head: Form(f"{{}} {sign} {{}}", COMPARE, (SUM, SUM))
            for head, sign in zip(RELATIONS, ("<", r"\le", ">", r"\ge", "=", r"\ne"), strict=True)
        },
    }
    calls: ClassVar[Mapping[str, str]] = {"pi": r"\pi", "E": "e", "oo": r"\infty", "nan": r"\text{NaN}"}
    slash: ClassVar[Form] = Form("{}/{}", PREFIX, (PRODUCT, POWER))  # a fraction inside a script

    def __init__(self, names: Mapping[str, str], is_script: bool = False) -> None:
        super().__init__()
        self.names, self.is_script = names, is_script
        self.script = self if is_script else LatexWriter(names, is_script=True)

    def bracket(self, text: str) -> str:
        """Round brackets, square ones around round ones; tall ones only where the content is tall."""
        opening, closing = "[]" if "(" in text and "[" not in text else "()"
        if TALL.search(text):
            return rf"\left{opening}{text}\right{closing}"
        return f"{opening}{text}{closing}"

    def call(self, name: str, args: tuple[Term, ...], power: str = "") -> str:
        command = f"\\{SPELLED[name]}" if name in SPELLED else rf"\operatorname{{{name}}}"
        return command + power + self.argument(args)

    def argument(self, args: tuple[Term, ...]) -> str:
        inside = ", ".join(map(self.write, args))
        return rf"\left({inside}\right)" if TALL.search(inside) else f"({inside})"

    def write_num(self, node: Term) -> Fragment:
        return plain_decimal(node.number), ATOM

    def write_sym(self, node: Term) -> Fragment:
        written = self.names.get(node.name) or latex_name(node.name)
        return written, POWER if "^" in written else ATOM

    def write_apply(self, node: Term) -> Fragment:
        return self.names.get(node.name, operator_name(node.name)) + self.argument(node.args), ATOM

    def write_div(self, node: Term) -> Fragment:
        return self.fill(self.slash if self.is_script else self.forms["div"], node.args)

    def write_exp(self, node: Term) -> Fragment:
        return f"e^{{{self.script.write(node.args[0])}}}", POWER

    def write_pow(self, node: Term) -> Fragment:
        base, exponent = node.args
        power = f"^{{{self.script.write(exponent)}}}"
        if exponent.head == "num" and base.head in SPELLED and base.head != "exp":
            return self.call(base.head, base.args, power), POWER
        if base.head == "apply" and exponent.head == "num" and self.names.get(base.name, "")[1:] in COMMANDS:
            return self.names[base.name] + power + self.argument(base.args), POWER
        return self.within(base, ATOM) + power, POWER

    def write_index(self, node: Term) -> Fragment:
        if node.args[0].head == "apply":
            # Indices stand before the arguments: s_i(x).
            named = self.names.get(node.args[0].name, operator_name(node.args[0].name))
            return named + self.subscript(node.args[1:]) + self.argument(node.args[0].args), ATOM
        base = self.within(node.args[0], ATOM)
        # A second subscript on one base is an error in TeX.
        return (f"{{{base}}}" if re.search(r"(?<!\\)_", base) else base) + self.subscript(node.args[1:]), ATOM

    def write_der(self, node: Term) -> Fragment:
        body, variable = node.args
        if body.head in ("sym", "apply") or (body.head == "index" and body.args[0].head in ("sym", "apply")):
            return rf"\frac{{\partial {self.write(body)}}}{{\partial {self.write(variable)}}}", POWER
        if body.head == "der" and body.args[1] is variable and body.args[0].head in ("sym", "apply"):
            return rf"\frac{{\partial^2 {self.write(body.args[0])}}}{{\partial {self.write(variable)}^2}}", POWER
        return rf"\frac{{\partial}}{{\partial {self.within(variable, ATOM)}}} {self.differentiated(body)}", PREFIX

    def differentiated(self, body: Term) -> str:
        """What a derivative applies to: in brackets, but for what holds together to the eye, such as a fraction."""
        text, strength = self.piece(body)
        bare = strength == ATOM or (strength == POWER and body.head != "pow") or body.head in (*BINDERS, "der")
        return text if bare else self.bracket(text)

    def write_delta(self, node: Term) -> Fragment:
        return rf"\delta{self.subscript(node.args)}", ATOM

    def subscript(self, indices: tuple[Term, ...]) -> str:
        written = list(map(self.script.write, indices))
        return f"_{{{('' if all(len(index) == 1 for index in written) else ', ').join(written)}}}"

    def write_sum(self, node: Term) -> Fragment:
        return self.big(r"\sum", node)

    def write_product(self, node: Term) -> Fragment:
        return self.big(r"\prod", node)

    def write_maximum(self, node: Term) -> Fragment:
        return self.big(r"\max", node)

    def big(self, operator: str, node: Term) -> Fragment:
        body, bound, first, last = node.args
        limits = f"_{{{self.script.write(bound)}={self.script.write(first)}}}^{{{self.script.write(last)}}}"
        return f"{operator}{limits} {self.within(body, PREFIX)}", PREFIX

    def write_cases(self, node: Term) -> Fragment:
        rows = [
            f"{self.row(value)} & " + (r"\text{otherwise}" if condition is TRUE else self.write(condition))
            for value, condition in branches(node)
        ]
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}", ANY

    def row(self, value: Term) -> str:
        """A value at the start of a row, where TeX would take a square bracket for a length."""
        written = self.write(value)
        return f"{{{written}}}" if written.startswith("[") else written

    def write_and(self, node: Term) -> Fragment:
        return r" \text{ and } ".join(self.within(part, NOT) for part in node.args), AND

    def write_or(self, node: Term) -> Fragment:
        return r" \text{ or } ".join(self.within(part, AND) for part in node.args), OR

    def join(self, parts: list[Term], written: list[str]) -> str:
        product = written[0]
        for (left, right), text in zip(pairwise(parts), written[1:], strict=True):
            product += (r" \cdot " if _needs_dot(left, right, text) or self.would_apply(left, text) else " ") + text
        return product

    def would_apply(self, left: Term, text: str) -> bool:
        """Whether a function's name, or a word, stands before brackets, which would read as its argument."""
        base = left.args[0] if left.head == "pow" else left
        named = base.head == "sym" and (base.name in self.names or latex_name(base.name).startswith(r"\mathrm"))
        return named and text.startswith(("(", "[", r"\left"))


def _needs_dot(left: Term, right: Term, text: str) -> bool:
    """Digits must not run together, and 2 1/3 is no mixed number."""
    return text[0].isdigit() or (left.head == "num" and right.head == "div")


def plain_decimal(value: Fraction) -> str:
    """Every digit of a non-negative terminating decimal, without an exponent, which LaTeX would multiply."""
    shift = 0
    while (value * 10**shift).denominator != 1:
        shift += 1
    digits = str(int(value * 10**shift)).rjust(shift + 1, "0")
    return f"{digits[:-shift]}.{digits[-shift:]}" if shift else digits
