"""`Writer`: the one walk that prints a Term with the fewest brackets; a dialect is a table of forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import ClassVar, Final, NamedTuple

from derive.elementary.table import column
from derive.term import Term

# Binding strength, weakest first. PREFIX is an operator that takes in the product on its right.
ANY, OR, AND, NOT, COMPARE, SUM, SIGN, PREFIX, PRODUCT, QUOTIENT, POWER, ATOM = range(12)

Fragment = tuple[str, int]  # what is written, and how strongly it holds together


class Form(NamedTuple):
    """How a head is written: `{0}`, `{1}` are its arguments, `needs` the strength each must have
    to stand there without brackets."""

    template: str
    strength: int
    needs: tuple[int, ...]


BINDING: Final = {"any": ANY, "sum": SUM, "prefix": PREFIX, "power": POWER, "atom": ATOM}  # as records write it


def forms_of(field: str) -> dict[str, Form]:
    """The forms that records give in `field`."""
    return {
        head: Form(pattern, BINDING[strength], tuple(BINDING[need] for need in needs))
        for head, (pattern, strength, *needs) in column(field).items()
    }


class Writer:
    """Subclasses give `forms`, the names of functions in `calls`, and a `write_<head>` where no form will do."""

    forms: ClassVar[Mapping[str, Form]] = {}
    calls: ClassVar[Mapping[str, str]] = {}

    def __init__(self) -> None:
        self.done: dict[Term, Fragment] = {}

    def write(self, node: Term) -> str:
        return self.piece(node)[0]

    def within(self, node: Term, least: int) -> str:
        """`node`, in brackets where it holds together less than `least`."""
        text, strength = self.piece(node)
        return text if strength >= least else self.bracket(text)

    def piece(self, node: Term) -> Fragment:
        if node not in self.done:
            special: Callable[[Term], Fragment] | None = getattr(self, f"write_{node.head}", None)
            if special is not None:
                self.done[node] = special(node)
            elif node.head in self.forms:
                self.done[node] = self.fill(self.forms[node.head], node.args)
            else:
                self.done[node] = self.call(self.calls.get(node.head, node.head), node.args), ATOM
        return self.done[node]

    def fill(self, form: Form, args: tuple[Term, ...]) -> Fragment:
        written = [self.within(part, least) for part, least in zip(args, form.needs, strict=True)]
        return form.template.format(*written), form.strength

    def bracket(self, text: str) -> str:
        return f"({text})"

    def call(self, name: str, args: tuple[Term, ...]) -> str:
        return f"{name}({', '.join(map(self.write, args))})"

    def write_num(self, node: Term) -> Fragment:
        return write_number(node.number), ATOM

    def write_const(self, node: Term) -> Fragment:
        return self.calls.get(node.name, node.name), ATOM

    def write_sym(self, node: Term) -> Fragment:
        return node.name, ATOM

    def write_apply(self, node: Term) -> Fragment:
        return self.call(node.name, node.args), ATOM

    def write_mul(self, node: Term) -> Fragment:
        """A product's last factor may be an operator; then nothing may follow the product."""
        *front, last = factors(node)
        strength = PREFIX if self.piece(last)[1] == PREFIX else PRODUCT
        needs = [PRODUCT, *[self.factor_needs] * (len(front) - 1), PREFIX if strength == PREFIX else self.factor_needs]
        written = [self.within(part, least) for part, least in zip((*front, last), needs, strict=True)]
        return self.join([*front, last], written), strength

    factor_needs: ClassVar[int] = POWER  # what a factor after the first must be to need no brackets
    times: ClassVar[str] = "*"

    def join(self, parts: list[Term], written: list[str]) -> str:
        """The product of `written`, which are `parts`."""
        return self.times.join(written)


def factors(product: Term) -> list[Term]:
    """The factors of a product as it is read, from the left: a*b*c gives a, b, c; a*(b*c) gives a, b*c."""
    found: list[Term] = []
    while product.head == "mul":
        product, last = product.args
        found.append(last)
    return [product, *reversed(found)]


def write_number(value: Fraction) -> str:
    """A non-negative terminating decimal, digits as a person would write them: 0.5, 1e-7."""
    digits, exponent = significand(value)
    if value.denominator == 1 and value < 10**16:
        return str(value.numerator)
    point = exponent + 1
    if -4 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    if 0 < point < len(digits):
        return f"{digits[:point]}.{digits[point:]}"
    return f"{digits[0]}{f'.{digits[1:]}' if len(digits) > 1 else ''}e{exponent}"


def significand(value: Fraction) -> tuple[str, int]:
    """The digits d1 d2 .. and the exponent n of value = d1.d2.. * 10^n."""
    shift = 0
    while (value * 10**shift).denominator != 1:
        shift += 1
    digits = str(int(value * 10**shift))
    return digits.rstrip("0") or "0", len(digits) - 1 - shift
