"""How LaTeX applies functions: declared ones, primed or to a power, and the field's, in brackets or not."""

from __future__ import annotations

from derive.notation.latex_names import NameReader
from derive.notation.latex_stream import OPENERS, PRIMED
from derive.notation.latex_tokens import GREEK, Token
from derive.term import FUNCTIONS, ONE, Term, symbol, term


class FunctionReader(NameReader):
    """The part of the grammar that reads applications; a bracket behind a name is one only where that is declared."""

    def factor(self) -> Term:
        raise NotImplementedError

    def postfix(self, base: Term) -> Term:
        raise NotImplementedError

    def script(self) -> Term | None:
        raise NotImplementedError

    def maximum(self) -> Term:
        raise NotImplementedError

    def application(self, name: str, indices: list[Term]) -> Term:
        """A declared function: applied to a bracket, primed, or named alone."""
        primes = self.primes()
        power = self.script() if self.at("^") and self.peek(1).kind == "number" and self.take() else None
        if self.at("^") and self.applied_ahead():
            raise self.fail(f"{name}^{{-1}}(x) may be an inverse or a reciprocal: write which")
        arguments = self.arguments() if self.at("(", "[") and self.is_applied(name, bool(indices)) else []
        found = Term("apply", tuple(arguments), name)
        if not arguments and not primes:
            found = symbol(name)
        if arguments and not indices and self.at("_"):
            indices = self.subscript("", is_array=True)[1]
        if indices:
            found = Term("index", (found, *indices))
        for _ in range(primes):
            found = Term("der", (found, PRIMED))
        return found if power is None else found**power

    def is_applied(self, name: str, is_indexed: bool) -> bool:
        """Whether the bracket that opens here holds arguments of `name`, and is no factor."""
        if name not in self.names.values:
            return True
        inside, depth = list[Token](), 0
        for token in self.stream[self.place :]:
            depth += (token.text in OPENERS) - (token.text in OPENERS.values())
            inside.append(token)
            if depth == 0:
                break
        is_plain = not any(token.text in ("+", "-", "/") for token in inside)
        return is_plain or not (is_indexed or any(token.text == name for token in inside))

    def applied_ahead(self) -> bool:
        """Whether a bracket follows, at once or behind an exponent."""
        start = self.place
        if self.accept("^"):
            self.script_tokens()
        found = self.at("(")
        self.place = start
        return found

    def arguments(self) -> list[Term]:
        opener = self.take().text
        # Inside an application a bar says "given".
        self.bound.append("given")
        found = [self.expression()]
        while self.accept(",", ";", "mid", "|", "Vert"):
            found.append(self.expression())
        self.bound.pop()
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
        if head == "log" and self.accept("_"):
            head = self.logarithm()
        if head in ("max", "min") and self.at("_"):
            return self.maximum()
        arguments = self.arguments() if self.at("(", "[", "\\{") else [self.bare_argument()]
        if head in ("max", "min") and len(arguments) >= 2:
            found = arguments[0]
            for argument in arguments[1:]:
                found = Term(head, (found, argument))
        elif len(arguments) == FUNCTIONS[head]:
            found = Term(head, tuple(arguments))
        else:
            raise self.fail(f"{head} has {len(arguments)} argument(s) here")
        return found if power is None else found**power

    def logarithm(self) -> str:
        token = self.next
        base = self.script()
        if base in (symbol("e"), Term("exp", (ONE,))):
            return "log"
        if base not in (term(2), term(10)):
            raise self.fail("a logarithm to this base cannot be read", token)
        return "log2" if base == term(2) else "log10"

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
