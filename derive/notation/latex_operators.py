"""What a command opens: fractions, derivatives, big operators, cases. One half of the LaTeX grammar.

Each handler is called with the reader just past its command and returns the Term that it read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from derive.notation.latex_tokens import RELATION_MARKS, STYLES
from derive.term import FALSE, TRUE, ZERO, Term, cases, symbol, term

if TYPE_CHECKING:
    from derive.notation.latex_reader import LatexReader

DIFFERENTIALS: Final = ("d", "partial", "differential")
OTHERWISE: Final = ("otherwise", "else", "sonst", "elsewhere")


def fraction(reader: LatexReader) -> Term:
    """`\\frac{a}{b}`, `\\frac12`, and the derivatives `\\frac{d}{dx} f`, `\\frac{df}{dx}`."""
    start = reader.place
    found = derivative_fraction(reader)
    if found is not None:
        return found
    reader.place = start
    above = argument(reader)
    return above / argument(reader)


def argument(reader: LatexReader) -> Term:
    """A braced argument, or the single token that TeX takes without braces."""
    if reader.accept("{"):
        inner = reader.expression()
        reader.expect("}")
        return inner
    if reader.next.kind == "number":
        if len(reader.next.text) > 1:
            reader.split_number()
        return term(int(reader.take().text))
    return reader.atom()


def derivative_fraction(reader: LatexReader) -> Term | None:
    """A fraction of differentials, or None where this is none; the reader's place is then undefined."""
    if not reader.accept("{"):
        if not reader.accept("differential"):
            return None
        return derivative_under(reader, None, 1)
    if not reader.at(*DIFFERENTIALS):
        return None
    reader.take()
    order = differential_order(reader)
    body = None if reader.at("}") else reader.expression()
    reader.expect("}")
    return derivative_under(reader, body, order)


def differential_order(reader: LatexReader) -> int:
    return differential_power(reader) if reader.accept("^") else 1


def differential_power(reader: LatexReader) -> int:
    braced = reader.accept("{")
    token = reader.take()
    if braced:
        reader.expect("}")
    if token.kind != "number" or not 1 <= int(token.text) <= 9:
        raise reader.fail("the order of a derivative must be a number", token)
    return int(token.text)


def derivative_under(reader: LatexReader, body: Term | None, order: int) -> Term | None:
    """The denominator `{dx}` (or `{dx dy}`), and the body where it stands behind the fraction."""
    if not reader.accept("{"):
        return None
    variables: list[Term] = []
    while reader.accept(*DIFFERENTIALS):
        variable = differential_variable(reader)
        if reader.accept("^"):
            variables += [variable] * (differential_power(reader) - 1)
        variables.append(variable)
    if not variables or not reader.accept("}"):
        return None
    if len(variables) != order:
        raise reader.fail(f"a derivative of order {order} has {len(variables)} variable(s)")
    found = operand(reader) if body is None else body
    for variable in variables:
        found = Term("der", (found, variable))
    return found


def differential_variable(reader: LatexReader) -> Term:
    token = reader.next
    for opening, closing in (("{", "}"), ("(", ")")):
        if reader.accept(opening):
            inner = differential_variable(reader)
            reader.expect(closing)
            return inner
    name = reader.name()
    if name is None:
        raise reader.fail("a variable is expected after d", token)
    label, indices = reader.subscript(name)
    found = symbol(label)[tuple(indices)] if indices else symbol(label)
    while reader.accept(".", "cdot"):
        # A product in the place of a variable is one quantity, such as a logit.
        found = found * differential_variable(reader)
    if reader.at("^") and reader.peek(1).text in ("top", "T"):
        reader.place += 2
    return found


def operand(reader: LatexReader) -> Term:
    """What an operator acts on: the product that follows, as a derivative without brackets reads."""
    if reader.at("-"):
        reader.warn("the operator stands before a bare minus: put brackets around what it acts on")
    if reader.accept("{"):
        inner = reader.expression()
        reader.expect("}")
        return inner
    return reader.signed_product()


def partial(reader: LatexReader) -> Term:
    """`\\partial_x f`."""
    token = reader.next
    if not reader.accept("_"):
        raise reader.fail("an operator needs its variable: \\partial_x or \\frac{\\partial}{\\partial x}", token)
    variable = differential_variable(reader)
    return Term("der", (operand(reader), variable))


def nabla(reader: LatexReader) -> Term:
    """`\\nabla_\\theta J`, the derivative in one component."""
    return partial(reader)


def square_root(reader: LatexReader) -> Term:
    degree: Term | None = None
    if reader.accept("["):
        degree = reader.expression()
        reader.expect("]")
    inner = argument(reader)
    if degree is None or degree is term(3):
        return Term("sqrt" if degree is None else "cbrt", (inner,))
    return inner ** (term(1) / degree)


def rounded(reader: LatexReader, head: str, closing: str) -> Term:
    """`\\lfloor x \\rfloor`."""
    inner = reader.expression()
    reader.expect(closing)
    return Term(head, (inner,))


def norm(reader: LatexReader) -> Term:
    """`\\|x\\|` or `\\|x\\|_2`, the Euclidean norm."""
    reader.bound.append("Vert")
    inner = reader.expression()
    reader.bound.pop()
    reader.expect("Vert")
    if reader.accept("_"):
        degree = reader.script()
        if degree is not term(2):
            raise reader.fail("only the Euclidean norm can be read")
    return Term("norm", (inner,))


def braced_remark(reader: LatexReader) -> Term:
    """`\\underbrace{formula}_{remark}`."""
    found = argument(reader)
    if reader.accept("_", "^"):
        reader.script_tokens()
    return found


def mapped(reader: LatexReader) -> Term:
    """`\\map {f} {x}`, f of x; f may be an operator."""
    start = reader.place
    reader.script_tokens()
    reader.stream[start - 1 : reader.place] = reader.stream[start + 1 : reader.place - 1]
    reader.place = start - 1
    return reader.atom()


def bracketed(reader: LatexReader) -> Term:
    """`\\paren {x}`."""
    return argument(reader)


def big_operator(reader: LatexReader, head: str) -> Term:
    """`\\sum_{k=1}^{K} body`, `\\sum_k body`, `\\sum_{k \\neq i} body`; the body is the product that follows."""
    bound: Term | None = None
    first, last, condition = reader.names.first, reader.names.last, TRUE
    while reader.at("_", "^"):
        if reader.take().text == "_":
            bound, first, condition = limits(reader)
        else:
            last = reader.script() or symbol("T")
    if bound is None:
        raise reader.fail("a sum needs its index: \\sum_k or \\sum_{k=1}^{K}")
    reader.binding.append(bound.name)
    body = reader.signed_product()
    reader.binding.pop()
    if condition is not TRUE:
        body = cases((body, condition), otherwise=ZERO)
    return Term(head, (body, bound, first, last))


def limits(reader: LatexReader) -> tuple[Term, Term, Term]:
    """Bound symbol, first index and condition of a lower limit: `k`, `k=1`, `k \\neq i`."""
    if not reader.accept("{"):
        return bound_index(reader), reader.names.first, TRUE
    bound = bound_index(reader)
    first, condition = reader.names.first, TRUE
    if reader.at("="):
        reader.take()
        first = reader.expression()
    elif reader.next.text in RELATION_MARKS:
        condition = reader.condition_from(bound)
    elif reader.accept("in"):
        check_set(reader)
    if reader.accept(","):
        condition = reader.condition()
    reader.expect("}")
    return bound, first, condition


def bound_index(reader: LatexReader) -> Term:
    token = reader.next
    bound = reader.single_index()
    if bound.head != "sym":
        raise reader.fail("a sum needs the name of an index: \\sum_k or \\sum_{k=1}^{K}", token)
    return bound


def check_set(reader: LatexReader) -> None:
    """Past the set that an index runs over, which must be the whole range and no part of it."""
    start, depth = reader.place, 0
    while reader.next.kind != "end" and not (depth == 0 and reader.at("}")):
        depth += {"{": 1, "}": -1}.get(reader.take().text, 0)
    written = "".join(token.text for token in reader.stream[start : reader.place])
    if reader.names.whole not in (None, written):
        token = reader.stream[start] if start < reader.place else reader.next
        raise reader.fail("this sum runs over a part of the indices, which cannot be told from others", token)


def environment(reader: LatexReader) -> Term:
    """`\\begin{cases} value & condition \\\\ ... \\end{cases}`, or a matrix of the same columns after a brace."""
    name = environment_name(reader)
    if name not in ("cases", "dcases", "matrix", "array"):
        raise reader.fail(f"the environment {name} cannot be read inside a formula")
    behind = reader.stream[reader.place - 1].column + 1
    if reader.at("[") and reader.next.column == behind:  # an option; `\\left[` is a bracket of the first value
        while not reader.accept("]"):
            reader.take()
    if name == "array" and reader.at("{"):
        reader.script_tokens()
    rows = []
    while not reader.at("end"):
        rows.append(case_row(reader))
        while reader.accept("\\"):
            pass
    reader.take()
    environment_name(reader)
    conditions = [condition for _, condition in rows]
    if FALSE in conditions:
        raise reader.fail("a case has no condition")
    return cases(*rows)


def environment_name(reader: LatexReader) -> str:
    reader.expect("{")
    letters = ""
    while not reader.at("}"):
        letters += reader.take().text
    reader.expect("}")
    return letters.rstrip("*")


def case_row(reader: LatexReader) -> tuple[Term, Term]:
    value = reader.expression()
    reader.accept(",", ";")
    condition = FALSE
    if reader.accept("&"):
        condition = case_condition(reader)
    while not reader.at("\\", "end"):
        # A further column restates hypotheses, such as alpha > 0.
        reader.take()
    return value, condition


def case_condition(reader: LatexReader) -> Term:
    while reader.next.kind == "text" and not reader.starts_factor():
        word = reader.take().text.strip().lower().rstrip(",.: ")
        if word in OTHERWISE:
            return TRUE
        if word not in ("if", "for", "when", "wenn", "falls", "where"):
            raise reader.fail(f"the condition {word!r} cannot be read")
    found = reader.condition()
    while reader.next.kind == "text" and reader.next.text.strip() in ("and", "or"):
        word = reader.take().text.strip()
        found = Term(word, (found, reader.condition()))
    reader.accept(",", ".")
    return found


def styled(reader: LatexReader) -> Term:
    """`\\mathbf{x}_i`: a name in another face."""
    token = reader.stream[reader.place - 1]
    reader.place -= 1
    name = reader.name()
    if name is None:
        raise reader.fail("a name is expected in this style", token)
    return reader.named(name, token)


HANDLERS: Final[dict[str, Callable[[LatexReader], Term]]] = {
    "frac": fraction,
    "partial": partial,
    "nabla": nabla,
    "sqrt": square_root,
    "sum": lambda reader: big_operator(reader, "sum"),
    "prod": lambda reader: big_operator(reader, "product"),
    "begin": environment,
    "Vert": norm,
    "lfloor": lambda reader: rounded(reader, "floor", "rfloor"),
    "lceil": lambda reader: rounded(reader, "ceiling", "rceil"),
    "map": mapped,
    "paren": bracketed,
    "underbrace": braced_remark,
    "overbrace": braced_remark,
    **dict.fromkeys(STYLES, styled),
}
