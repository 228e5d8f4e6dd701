"""The stream of tokens that the LaTeX grammar reads, and what a document declares about its names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from derive.errors import FormulaError
from derive.notation.latex_tokens import Token
from derive.term import ONE, Term, symbol

OPENERS: Final = {"(": ")", "[": "]", "{": "}", "\\{": "\\}"}
INDICATORS: Final = ("1", "I", "𝟙")
PRIMED: Final = symbol("")  # the variable of a derivative that a prime writes: the function's argument
END: Final = Token("end", "", -1)


@dataclass(frozen=True)
class Names:
    """What a document declares: `functions` are applied, `arrays` are indexed, `words` have several letters.

    `values`: functions that also stand bare for their value, as in s(1 - s); a bracket behind one that
    speaks of the function itself, or that is behind an index, is then a factor.

    `whole`: the one set over which sums run, as it is written; None where any may be it.

    `last` gives the last index of a sum that names none (`\\sum_k`), `first` the first.
    """

    functions: frozenset[str] = frozenset()
    arrays: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    constants: frozenset[str] = frozenset({"e", "pi"})
    scalar: bool = False
    whole: str | None = None
    first: Term = ONE
    last: Term = field(default_factory=lambda: symbol("K"))


class TokenStream:
    """Where the reader is. `warnings`: (column, message) pairs, faults that do not keep a formula from being read."""

    def __init__(self, stream: list[Token], names: Names, text: str = "") -> None:
        self.stream, self.names, self.text = stream, names, text
        self.place = 0
        self.warnings: list[tuple[int, str]] = []
        self.bound: list[str] = []
        self.binding: list[str] = []  # the indices of the sums around this place
        self.depth = 0
        self.plain: set[Token] = set()  # square brackets that are known to hold no condition

    @property
    def next(self) -> Token:
        return self.stream[self.place] if self.place < len(self.stream) else END

    def peek(self, ahead: int) -> Token:
        return self.stream[self.place + ahead] if self.place + ahead < len(self.stream) else END

    def take(self) -> Token:
        token = self.next
        if token.kind == "end":
            raise self.fail("the formula ends too soon")
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
        while self.accept(".", ",", ";", "&", "\\"):
            pass
        if self.next.kind == "text" or (self.at("(") and self.peek(1).kind == "text"):
            return  # a remark, such as a reason
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
