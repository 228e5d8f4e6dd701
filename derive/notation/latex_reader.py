"""The grammar of LaTeX formulas: recursive descent over tokens, with declared names.

It knows no document: which letters are functions and which are arrays is told to it, so that
application and product are never guessed. What it cannot read raises FormulaError with the column.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from derive.errors import FormulaError
from derive.notation.latex_operators import HANDLERS, big_operator
from derive.notation.latex_tokens import (
    ACCENTS,
    FUNCTION_COMMANDS,
    GREEK,
    RELATION_MARKS,
    STYLES,
    Token,
    tokens,
)
from derive.term import INFINITY, ONE, PI, ZERO, Term, cases, decimal, relation, symbol, term

OPENERS: Final = {"(": ")", "[": "]", "{": "}"}
INDICATORS: Final = ("1", "I", "𝟙")
END: Final = Token("end", "", -1)


@dataclass(frozen=True)
class Names:
    """What a document declares: `functions` are applied, `arrays` are indexed, `words` have several letters.

    `last` gives the last index of a sum that names none (`\\sum_k`), `first` the first.
    """

    functions: frozenset[str] = frozenset()
    arrays: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    constants: frozenset[str] = frozenset({"e", "pi"})
    scalar: bool = False
    first: Term = ONE
    last: Term = field(default_factory=lambda: symbol("K"))


def read_latex(text: str, names: Names | None = None, start: int = 0) -> Term:
    """The Term that one formula writes; an equation is read as its relation.

    Raises FormulaError with the column (counted from `start`) of what cannot be read.
    """
    reader = LatexReader(tokens(text, start), names or Names(), text)
    found = reader.statement()
    reader.expect_end()
    return found


class LatexReader:
    def __init__(self, stream: list[Token], names: Names, text: str = "") -> None:
        self.stream, self.names, self.text = stream, names, text
        self.place = 0
        self.warnings: list[tuple[int, str]] = []
        self.bound: list[str] = []

    # -- the token stream

    @property
    def next(self) -> Token:
        return self.stream[self.place] if self.place < len(self.stream) else END

    def peek(self, ahead: int) -> Token:
        return self.stream[self.place + ahead] if self.place + ahead < len(self.stream) else END

    def take(self) -> Token:
        token = self.next
        self.place += 1
        return token

    def at(self, *texts: str) -> bool:
        return self.next.kind != "text" and self.next.text in texts and self.next.kind != "end"

    def accept(self, *texts: str) -> bool:
        if self.at(*texts):
            self.place += 1
            return True
        return False

    def expect(self, text: str) -> Token:
        if not self.at(text):
            raise self.fail(f"{text!r} is missing")
        return self.take()

    def expect_end(self) -> None:
        while self.accept(".", ",", ";"):
            pass
        if self.next.kind != "end":
            raise self.fail(f"{self.next.text!r} cannot be read here")

    def fail(self, message: str, token: Token | None = None) -> FormulaError:
        where = token or self.next
        column = where.column if where.kind != "end" else (self.stream[-1].column if self.stream else 0)
        error = FormulaError(message)
        error.column = column
        return error

    def warn(self, message: str, token: Token | None = None) -> None:
        """Note a fault of notation that does not keep the formula from being read."""
        self.warnings.append(((token or self.next).column, message))

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
        total = self.signed_product()
        while self.at("+", "-", "\\pm"):
            minus = self.take().text == "-"
            part = self.signed_product()
            total = total - part if minus else total + part
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
            elif self.starts_factor():
                found = found * self.factor()
            else:
                return found

    def signed_factor(self) -> Term:
        return -self.signed_factor() if self.accept("-") else self.factor()

    def starts_factor(self) -> bool:
        token = self.next
        if token.kind in ("letter", "number"):
            return True
        if token.kind == "text":
            return self.is_name(token.text.strip())
        if token.kind == "mark":
            return token.text in ("(", "[", "{") or (token.text == "|" and self.bar_opens())
        return token.kind == "command" and token.text in READABLE_COMMANDS

    def bar_opens(self) -> bool:
        return self.bound[-1:] != ["|"]

    # -- factors

    def factor(self) -> Term:
        found = self.postfix(self.atom())
        while self.at("'", "prime"):
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
            if exponent is None:
                raise self.fail("a transpose cannot be read here")
            base = base**exponent
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
            token = self.take()
            digit, rest = token.text[0], Token("number", token.text[1:], token.column + 1)
            self.stream[self.place : self.place] = [rest]
            return term(int(digit))
        if self.next.kind == "letter":
            # A bare script is one letter: in \\sum^K_{k=1} the subscript is the sum's.
            letter = self.take().text
            return self.exponential() if letter == "e" and "e" in self.names.constants else symbol(letter)
        return -self.atom() if self.accept("-") else self.atom()

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
        if self.at("[") and (found := self.iverson()) is not None:
            return found
        opener = self.take()
        if opener.text == "{" and self.at("begin"):
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
        start = self.place
        self.take()
        try:
            left = self.expression()
            if self.next.text not in RELATION_MARKS:
                self.place = start
                return None
            found = self.indicator_of(self.condition_from(left))
        except FormulaError:
            self.place = start
            return None
        self.expect("]")
        return found

    def absolute_value(self, bar: str) -> Term:
        self.take()
        self.bound.append(bar)
        inner = self.expression()
        self.bound.pop()
        self.expect(bar)
        return Term("abs", (inner,))

    # -- names

    def is_name(self, name: str) -> bool:
        return name in self.names.functions | self.names.arrays | self.names.words or name in FUNCTION_COMMANDS

    def name(self) -> str | None:
        """The canonical name that starts here: `\\hat{y}` is y_hat, `\\mathbf{x}` is x, `\\sigma` is sigma."""
        token = self.next
        if token.kind == "text":
            return self.take().text.strip()
        if token.kind == "letter":
            return self.word()
        if token.kind != "command":
            return None
        if token.text in STYLES:
            self.take()
            return self.braced_name()
        if token.text in ACCENTS:
            self.take()
            inner = self.braced_name()
            return None if inner is None else f"{inner}_{ACCENTS[token.text]}"
        if token.text in GREEK or self.is_name(token.text):
            return self.take().text
        return None

    def braced_name(self) -> str | None:
        braced = self.accept("{")
        if braced and self.at(*STYLES) and self.peek(1).text == "{":
            # One face inside another: \\hat{\\mathbf{y}}.
            self.take()
            name = self.braced_name()
        else:
            name = self.name()
        if braced and name is not None:
            while self.next.kind == "letter":
                name += self.take().text
            if self.at("_"):
                # \hat{y_i} means \hat{y}_i: the index moves out of the accent.
                self.warn("the index stands inside the accent: write \\hat{y}_i")
                start = self.place
                self.take()
                self.script_tokens()
                inside = self.stream[start : self.place]
                self.expect("}")
                self.stream[self.place : self.place] = inside
                return name
        if braced:
            self.expect("}")
        return name

    def script_tokens(self) -> None:
        """Past one script, braces and all."""
        if not self.accept("{"):
            self.take()
            return
        depth = 1
        while depth and self.next.kind != "end":
            depth += {"{": 1, "}": -1}.get(self.take().text, 0)

    def word(self) -> str:
        """A letter, or the longest run of adjacent letters that is a declared or a known word."""
        run = self.place
        letters = ""
        best = 1
        while self.peek(run - self.place).kind == "letter" and (
            not letters or self.stream[run].column == self.stream[run - 1].column + 1
        ):
            letters += self.stream[run].text
            run += 1
            if len(letters) > 1 and self.is_name(letters):
                best = len(letters)
        self.place += best
        return letters[:best]

    def named(self, name: str, token: Token) -> Term:
        if name in FUNCTION_COMMANDS and name not in self.names.functions | self.names.words:
            return self.known_function(FUNCTION_COMMANDS[name])
        label, indices = self.subscript(name)
        if label in INDICATORS and (indices or self.at("[", "(", "{")):
            return self.indicator(indices)
        if name == "delta" and indices and "delta" not in self.names.arrays:
            return self.kronecker(indices, token)
        if label in self.names.functions:
            return self.application(label, indices)
        if name in self.names.constants and not indices and name == "e":
            return self.exponential()
        if name == "pi" and not indices and name in self.names.constants:
            return PI
        base = symbol(label)
        return base[tuple(indices)] if indices else base

    def subscript(self, name: str) -> tuple[str, list[Term]]:
        """The name with what its subscript adds to it, and the indices that the subscript lists."""
        if not self.accept("_"):
            return name, []
        braced = self.accept("{")
        if self.next.kind == "text" or not (braced or self.next.kind != "command" or self.next.text in GREEK | STYLES):
            label = f"{name}_{self.take().text.strip()}"
            if braced:
                self.expect("}")
            return label, []
        indices = self.index_list(braced)
        if braced:
            self.expect("}")
        if name in self.names.arrays or name in ("delta", *INDICATORS) or name in self.names.functions:
            return name, indices
        if self.names.scalar and all(index.head == "sym" and len(index.name) == 1 for index in indices):
            return name, []
        spelled = "_".join(str(index).replace(" ", "") for index in indices)
        whole = f"{name}_{spelled}"
        return (whole, []) if whole.isidentifier() else (name, indices)

    def index_list(self, braced: bool) -> list[Term]:
        """`i`, `ij`, `i,j`, `i=j` (one condition), `k-1`."""
        if not braced:
            return [self.single_index()]
        found: list[Term] = []
        while not self.at("}"):
            if self.next.kind == "end":
                raise self.fail("a subscript is not closed")
            if self.next.kind == "letter" and self.peek(1).kind == "letter":
                found.append(self.single_index())
                continue
            index = self.expression()
            if self.next.text in RELATION_MARKS:
                index = self.condition_from(index)
            found.append(index)
            self.accept(",")
        return found

    def single_index(self) -> Term:
        token = self.take()
        if token.kind == "number":
            return term(int(token.text))
        if token.kind == "letter" or (token.kind == "command" and token.text in GREEK):
            return symbol(token.text)
        if token.kind == "command" and token.text in STYLES:
            return symbol(self.braced_name() or "")
        raise self.fail("this subscript cannot be read", token)

    def exponential(self) -> Term:
        if not self.accept("^"):
            return Term("exp", (ONE,))
        exponent = self.script()
        if exponent is None:
            raise self.fail("a transpose cannot be read here")
        return Term("exp", (exponent,))

    def application(self, name: str, indices: list[Term]) -> Term:
        """A declared function: applied to a bracket, primed, or named alone."""
        primes = 0
        while self.accept("'") or self.accept_prime():
            primes += 1
        arguments = self.arguments() if self.at("(", "[") else []
        found = Term("apply", tuple(arguments), name)
        if not arguments and not primes:
            found = symbol(name)
        if indices:
            found = Term("index", (found, *indices))
        for _ in range(primes):
            found = Term("der", (found, symbol("")))
        exponent = self.script() if self.accept("^") else None
        return found if exponent is None else found**exponent

    def accept_prime(self) -> bool:
        if self.at("^") and self.peek(1).text == "prime":
            self.place += 2
            return True
        if self.at("^") and self.peek(1).text == "{" and self.peek(2).text in ("prime", "'"):
            self.place += 2
            while self.accept("prime", "'"):
                pass
            self.expect("}")
            return True
        return False

    def arguments(self) -> list[Term]:
        opener = self.take().text
        found = [self.expression()]
        while self.accept(",", ";", "mid", "|"):
            found.append(self.expression())
        self.expect(OPENERS[opener])
        return found

    def known_function(self, head: str) -> Term:
        """A function of the field: `\\exp(x)`, `\\log x`, `\\cosh^2 x`, `\\max(a, b)`."""
        power: Term | None = None
        if self.accept("^"):
            token = self.next
            power = self.script()
            if power is None or power == -ONE:
                raise self.fail("f^{-1}(x) may be an inverse or a reciprocal: write which", token)
        if head in ("max", "min") and self.at("_"):
            return big_operator(self, "maximum")
        arguments = self.arguments() if self.at("(", "[") else [self.bare_argument()]
        if head in ("max", "min") and len(arguments) >= 2:
            found = arguments[0]
            for argument in arguments[1:]:
                found = Term(head, (found, argument))
        elif len(arguments) == 1 and head not in ("max", "min"):
            found = Term(head, tuple(arguments))
        else:
            raise self.fail(f"{head} has {len(arguments)} argument(s) here")
        return found if power is None else found**power

    def bare_argument(self) -> Term:
        """The argument of a function written without brackets: a factor, a number taking letters along."""
        if self.accept("-"):
            return -self.bare_argument()
        if self.accept("{"):
            inner = self.expression()
            self.expect("}")
            return self.postfix(inner)
        numeral = self.next.kind == "number"
        found = self.factor()
        while numeral and (self.next.kind == "letter" or (self.next.kind == "command" and self.next.text in GREEK)):
            found = found * self.factor()
        return found

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


READABLE_COMMANDS: Final = frozenset({*HANDLERS, *GREEK, *STYLES, *ACCENTS, *FUNCTION_COMMANDS, "infty", "lvert"})
