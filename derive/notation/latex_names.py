"""Names in LaTeX: faces, accents, words of several letters, and what a subscript adds."""

from __future__ import annotations

from fractions import Fraction

from derive.notation.latex_stream import INDICATORS, TokenStream
from derive.notation.latex_tokens import ACCENTS, FUNCTION_COMMANDS, GREEK, RELATION_MARKS, STYLES, Token
from derive.term import Term, decimal, free_symbols, symbol


class NameReader(TokenStream):
    """The part of the grammar that reads names and subscripts; formulas stand on it."""

    def expression(self) -> Term:
        raise NotImplementedError

    def condition_from(self, left: Term) -> Term:
        raise NotImplementedError

    def is_name(self, name: str) -> bool:
        return name in self.names.functions | self.names.arrays | self.names.words or name in FUNCTION_COMMANDS

    def name(self) -> str | None:
        """The canonical name that starts here: `\\hat{y}` is y_hat, `\\mathbf{x}` is x, `\\sigma` is sigma."""
        token = self.next
        if token.kind == "text":
            return self.take().text.strip()
        if token.text in INDICATORS and token.kind in ("number", "mark"):
            return self.take().text
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
        if token.text in GREEK or token.text in self.names.constants or self.is_name(token.text):
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
                closing = self.expect("}")
                self.stream[start : self.place] = [closing, *inside]
                self.place = start + 1
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

    def subscript(self, name: str, is_array: bool = False) -> tuple[str, list[Term]]:
        """The name with what its scripts add to it, and the indices that they list.

        A superscript in brackets, as in `x^{(i)}`, says what a subscript says: an index, or which one.
        """
        above = self.bracketed_script(name)
        label, below = self.lower_script(name, is_array)
        above = above or self.bracketed_script(name)
        if not above:
            return label, below
        is_error = name in ("delta", *INDICATORS)  # the error of a layer, and no Kronecker's delta
        if not is_error and (self.are_indices(name, above, is_array) or below):
            return label, above + below
        if self.names.scalar and _are_letters(above):
            return label, below
        whole = f"{label}__{'_'.join(str(index).replace(' ', '') for index in above)}"
        return (whole, below) if whole.isidentifier() else (label, above)

    def bracketed_script(self, name: str) -> list[Term]:
        """The indices in `^{(i)}`, `^{(l-1)}`; on a function that is an order, on e a power."""
        if name in self.names.functions | self.names.constants | FUNCTION_COMMANDS.keys() or not self.labels_ahead():
            return []
        self.place += 3
        found = self.index_list(braced=True, closing=(")", "]"))
        self.place += 2
        return found

    def labels_ahead(self) -> bool:
        """Whether names and whole numbers stand in brackets that are all of a superscript."""
        if not (self.at("^") and self.peek(1).text == "{" and self.peek(2).text in ("(", "[")):
            return False
        ahead, is_name_next = 3, True
        while self.peek(ahead).text not in (")", "]"):
            token = self.peek(ahead)
            is_name = token.kind in ("letter", "number") or (token.kind == "command" and token.text in GREEK)
            if (not is_name if is_name_next else token.text not in (",", "+", "-")) or "." in token.text:
                return False
            ahead, is_name_next = ahead + 1, not is_name_next
        return not is_name_next and self.peek(ahead + 1).text == "}"

    def lower_script(self, name: str, is_array: bool) -> tuple[str, list[Term]]:
        if not self.accept("_"):
            return self.primed(name), []
        braced = self.accept("{")
        if self.next.kind == "text" or not (braced or self.next.kind != "command" or self.next.text in GREEK | STYLES):
            label = f"{name}_{'_'.join(self.take().text.split())}"
            if braced:
                self.expect("}")
            return self.primed(label), []
        indices = self.index_list(braced)
        if braced:
            self.expect("}")
        if self.are_indices(name, indices, is_array):
            return self.primed(name), indices
        short = _are_letters(indices)
        if self.names.scalar and short:
            return self.primed(name), []
        spelled = ("" if short else "_").join(str(index).replace(" ", "") for index in indices)
        whole = f"{name}_{spelled}"
        return (self.primed(whole), []) if whole.isidentifier() else (name, indices)

    def are_indices(self, name: str, indices: list[Term], is_array: bool) -> bool:
        """Whether a subscript picks components; a letter that a sum binds always does."""
        if is_array or name in self.names.arrays or name in ("delta", *INDICATORS):
            return True
        if name in self.names.functions and (self.at("(") or any(index.head != "num" for index in indices)):
            return True  # g_0 beside g(t) is another quantity
        return any(free_symbols(index) & set(self.binding) for index in indices)

    def primed(self, label: str) -> str:
        """A prime on what is no function makes another name: `v'` is v_prime."""
        return label if label in self.names.functions else label + "_prime" * self.primes()

    def primes(self) -> int:
        """How many primes stand here, as `'`, `^\\prime` or `^{'}`."""
        count = 0
        while True:
            if self.accept("'", "prime"):
                count += 1
            elif self.at("^") and self.peek(1).text in ("prime", "'"):
                self.place += 2
                count += 1
            elif self.at("^") and self.peek(1).text == "{" and self.peek(2).text in ("prime", "'"):
                self.place += 2
                while self.accept("prime", "'"):
                    count += 1
                self.expect("}")
            else:
                return count

    def index_list(self, braced: bool, closing: tuple[str, ...] = ("}",)) -> list[Term]:
        """`i`, `ij`, `i,j`, `i=j` (one condition), `k-1`."""
        if not braced:
            return [self.single_index()]
        found: list[Term] = []
        while not self.at(*closing):
            if self.next.kind == "end":
                raise self.fail("a subscript is not closed")
            # Letters side by side are indices each, and e is no number here.
            if self.is_index(self.next) and (self.is_index(self.peek(1)) or self.peek(1).text in (",", *closing)):
                found.append(self.single_index())
                self.accept(",")
                continue
            printed = self.accept("\\{")
            index = self.expression()
            if self.next.text in RELATION_MARKS:
                index = self.condition_from(index)
            if printed:
                self.expect("\\}")
            found.append(index)
            self.accept(",")
        return found

    def is_index(self, token: Token) -> bool:
        return token.kind == "letter" or (token.kind == "command" and token.text in GREEK)

    def single_index(self) -> Term:
        token = self.take()
        if token.kind == "number":
            return decimal(Fraction(token.text))
        if token.kind == "letter" or (token.kind == "command" and token.text in GREEK):
            return symbol(token.text)
        if token.kind == "command" and token.text in STYLES:
            return symbol(self.braced_name() or "")
        raise self.fail("this subscript cannot be read", token)


def _are_letters(indices: list[Term]) -> bool:
    return all(index.head == "sym" and len(index.name) == 1 for index in indices)
