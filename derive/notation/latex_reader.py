"""The grammar of LaTeX formulas: recursive descent over tokens, with declared names.

It knows no document: which letters are functions and which are arrays is told to it, so that
application and product are never guessed. What it cannot read raises FormulaError with the column.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from derive.errors import FormulaError
from derive.notation.latex_functions import FunctionReader
from derive.notation.latex_operators import HANDLERS, big_operator
from derive.notation.latex_stream import INDICATORS, OPENERS, Names
from derive.notation.latex_tokens import (
    ACCENTS,
    FUNCTION_COMMANDS,
    GREEK,
    GREEK_FUNCTIONS,
    RELATION_MARKS,
    STYLES,
    Token,
    tokens,
)
from derive.term import FUNCTIONS, INFINITY, ONE, PI, ZERO, Term, cases, decimal, relation, symbol, term

MAX_DEPTH: Final = 60  # formulas inside one another


def read_latex(text: str, names: Names | None = None, start: int = 0) -> Term:
    """The Term that one formula writes; an equation is read as its relation.

    Raises FormulaError with the column (counted from `start`) of what cannot be read.
    """
    reader = LatexReader(tokens(text, start), names or Names(), text)
    found = reader.statement()
    reader.expect_end()
    return found


class LatexReader(FunctionReader):
    # -- statements and sums

    def statement(self) -> Term:
        left = self.expression()
        if self.next.text in RELATION_MARKS:
            kind = RELATION_MARKS[self.take().text]
            if kind in ("approx", "propto", "implies"):
                raise self.fail(f"{kind} is not an equation")
            return relation(kind, left, self.expression())
        return left

    def expression(self) -> Term:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail(f"formulas are nested more than {MAX_DEPTH} deep")
        total = self.signed_product()
        while self.at("+", "-"):
            minus = self.take().text == "-"
            if self.at("-"):
                self.warn("a sign stands before a bare minus: put brackets around the negative term")
            part = self.signed_product()
            total = total - part if minus else total + part
        self.depth -= 1
        return total

    def signed_product(self) -> Term:
        if self.accept("-"):
            return -self.signed_product()
        if self.accept("+"):
            return self.signed_product()
        return self.product()

    def product(self) -> Term:
        found = self.factor()
        while True:
            if self.accept("cdot", "*", "odot", "∘"):
                found = found * self.signed_factor()
            elif self.accept("/", "div"):
                found = found / self.signed_factor()
            elif self.at(".") and self.starts_factor(self.peek(1)):
                self.take()
                found = found * self.factor()
            elif self.starts_factor():
                found = found * self.factor()
            else:
                return found

    def signed_factor(self) -> Term:
        return -self.signed_factor() if self.accept("-") else self.factor()

    def starts_factor(self, token: Token | None = None) -> bool:
        token = token or self.next
        if token.kind in ("letter", "number"):
            return True
        if token.kind == "text":
            return self.is_name(token.text.strip()) or token.text.strip() in FUNCTIONS
        if token.kind == "mark":
            return token.text in OPENERS or (token.text == "|" and self.bar_opens())
        closes = token.text == "Vert" and self.bound[-1:] in (["Vert"], ["given"])
        return token.kind == "command" and token.text in READABLE_COMMANDS and not closes

    def bar_opens(self) -> bool:
        return self.bound[-1:] not in (["|"], ["given"])

    # -- factors

    def factor(self) -> Term:
        found = self.postfix(self.atom())
        if self.at("'", "prime"):
            raise self.fail("a prime here is not on a declared function")
        return found

    def postfix(self, base: Term) -> Term:
        while self.at("^", "!"):
            if self.accept("!"):
                # n! is the gamma function at n + 1.
                base = Term("gamma", (base + 1,))
                continue
            self.take()
            exponent = self.script()
            base = Term("transpose", (base,)) if exponent is None else base**exponent
        return base

    def script(self) -> Term | None:
        """What a `^` or `_` carries; None for a transpose."""
        if self.accept("{"):
            if self.at("top", "T") and self.peek(1).text == "}":
                self.place += 2
                return None
            found = self.expression()
            self.expect("}")
            return found
        if self.accept("top"):
            return None
        if self.accept("prime"):
            raise self.fail("a prime here is not on a declared function")
        if self.next.kind == "number" and len(self.next.text) > 1:
            # Without braces TeX takes one digit.
            self.split_number()
            return term(int(self.take().text))
        if self.next.kind == "letter":
            # A bare script is one letter: in \\sum^K_{k=1} the subscript is the sum's.
            letter = self.take().text
            if letter == "T":
                return None
            return self.exponential() if letter == "e" and "e" in self.names.constants else symbol(letter)
        return -self.atom() if self.accept("-") else self.atom()

    def split_number(self) -> None:
        """The number that comes next cut behind its first digit."""
        text, column = self.next.text, self.next.column
        if not text[0].isdigit():
            raise self.fail("put braces around this number: TeX takes its first character alone")
        self.stream[self.place : self.place + 1] = [
            Token("number", text[0], column),
            Token("number", text[1:], column + 1),
        ]

    def atom(self) -> Term:
        token = self.next
        if token.kind == "number":
            self.take()
            return decimal(Fraction(token.text))
        if token.kind == "mark" and token.text in OPENERS:
            return self.bracket()
        if self.at("|", "lvert"):
            return self.absolute_value("|" if token.text == "|" else "rvert")
        if token.kind == "command" and token.text in HANDLERS:
            self.take()
            return HANDLERS[token.text](self)
        if self.accept("infty"):
            return INFINITY
        name = self.name()
        if name is None:
            shown = "the end of the formula" if token.kind == "end" else repr(token.text)
            raise self.fail(f"a number, a name or a bracket is expected, not {shown}")
        return self.named(name, token)

    def bracket(self) -> Term:
        if self.at("[") and self.next not in self.plain and (found := self.iverson()) is not None:
            return found
        opener = self.take()
        if opener.text == "\\{" and self.at("begin"):
            # A brace before a matrix opens cases, and nothing closes it.
            return self.atom()
        found = self.expression()
        closer = OPENERS[opener.text]
        if not self.at(closer):
            raise self.fail(f"{opener.text!r} is not closed by {closer!r}", opener)
        self.take()
        return found

    def iverson(self) -> Term | None:
        """`[i = j]`, one where the condition holds."""
        start, depth = self.place, self.depth
        opener = self.take()
        try:
            found = self.indicator_of(self.condition())
            self.expect("]")
        except FormulaError:
            # A plain bracket; to be read again, but not tried again.
            self.place, self.depth = start, depth
            self.plain.add(opener)
            return None
        return found

    def absolute_value(self, bar: str) -> Term:
        self.take()
        self.bound.append(bar)
        inner = self.expression()
        self.bound.pop()
        self.expect(bar)
        return Term("abs", (inner,))

    def named(self, name: str, token: Token) -> Term:
        if name in FUNCTION_COMMANDS and name not in self.names.functions | self.names.words:
            return self.known_function(FUNCTION_COMMANDS[name])
        if name in GREEK_FUNCTIONS and self.applied_ahead() and name not in self.names.functions:
            return self.known_function(GREEK_FUNCTIONS[name])
        if token.kind == "text" and self.at("(") and name not in self.names.functions | self.names.words:
            if name not in FUNCTIONS:
                raise self.fail(f"{name} stands before a bracket: is it a function? It is not defined", token)
            return self.known_function(name)
        label, indices = self.subscript(name)
        if label in INDICATORS and (indices or self.at(*OPENERS)):
            return self.indicator(indices)
        if label == "delta" and indices and "delta" not in self.names.arrays:
            return self.kronecker(indices, token)
        if label in self.names.functions:
            return self.application(label, indices)
        if label in self.names.constants and not indices:
            return PI if label == "pi" else self.exponential()
        base = symbol(label)
        return base[tuple(indices)] if indices else base

    def exponential(self) -> Term:
        if not self.accept("^"):
            return Term("exp", (ONE,))
        exponent = self.script()
        if exponent is None:
            return Term("exp", (symbol("T"),))
        return Term("exp", (exponent,))

    def maximum(self) -> Term:
        return big_operator(self, "maximum")

    def indicator(self, indices: list[Term]) -> Term:
        if indices:
            return self.indicator_of(indices[0])
        opener = self.take().text
        condition = self.condition()
        self.expect(OPENERS[opener])
        return self.indicator_of(condition)

    def indicator_of(self, condition: Term) -> Term:
        if condition.head == "eq" and all(side.head in ("sym", "num") for side in condition.args):
            return Term("delta", condition.args)
        return cases((ONE, condition), otherwise=ZERO)

    def kronecker(self, indices: list[Term], token: Token) -> Term:
        if len(indices) == 1 and indices[0].head == "eq":
            return Term("delta", indices[0].args)
        if len(indices) != 2:
            raise self.fail("Kronecker's delta has two indices", token)
        return Term("delta", tuple(indices))

    # -- conditions

    def condition(self) -> Term:
        return self.condition_from(self.expression())

    def condition_from(self, left: Term) -> Term:
        links = []
        while self.next.text in RELATION_MARKS:
            kind = RELATION_MARKS[self.take().text]
            if kind in ("approx", "propto", "implies"):
                raise self.fail(f"{kind} is no condition")
            right = self.expression()
            links.append(relation(kind, left, right))
            left = right
        if not links:
            raise self.fail("a condition such as x > 0 is expected")
        return links[0] if len(links) == 1 else Term("and", tuple(links))


READABLE_COMMANDS: Final = frozenset({*HANDLERS, *GREEK, *STYLES, *ACCENTS, *FUNCTION_COMMANDS, "infty", "lvert", "pi"})
