"""Terms from SymPy's expressions and back: the one place where the two trees meet."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final

import sympy

from derive.elementary.table import TABLE, column
from derive.errors import FormulaError, UnsupportedError
from derive.notation.formulas import filled
from derive.term import FALSE, FUNCTIONS, INFINITY, NAN, ONE, PI, TRUE, Term, branches, call, decimal, symbol, term

FROM_SYMPY: Final = {theirs: ours for ours, theirs in column("sympy").items()} | {"re": "re"}
RELATION_CLASSES: Final = {"lt": "Lt", "le": "Le", "gt": "Gt", "ge": "Ge", "eq": "Eq", "ne": "Ne"}
RELATION_HEADS: Final = {
    "StrictLessThan": "lt", "LessThan": "le", "StrictGreaterThan": "gt", "GreaterThan": "ge",
    "Equality": "eq", "Unequality": "ne",
}  # fmt: skip


def from_sympy(expression: Any) -> Term:
    """The Term for a SymPy expression, in the order in which SymPy would print it.

    Raises UnsupportedError for what no formula here can hold, FormulaError for what is none.
    """
    try:
        given = sympy.sympify(expression, strict=True)
    except sympy.SympifyError as problem:
        raise FormulaError(f"{expression!r} is no formula: write text or a SymPy expression") from problem
    return _Importer().read(given)


class _Importer:
    def __init__(self) -> None:
        self.done: dict[Any, Term] = {}

    def read(self, node: Any) -> Term:
        if node not in self.done:
            self.done[node] = self._read(node)
        return self.done[node]

    def _read(self, node: Any) -> Term:
        for kind in type(node).__mro__:
            reader: Callable[[Any], Term] | None = getattr(self, f"read_{kind.__name__}", None)
            if reader is not None:
                return reader(node)
        name = type(node).__name__
        head = FROM_SYMPY.get(name, name)
        if head in FUNCTIONS:
            if head in ("max", "min"):
                return self.fold(head, sorted(node.args, key=sympy.default_sort_key, reverse=True))
            # Heaviside carries its value at 0 as a second argument; a spec states that value itself.
            taken = node.args[: FUNCTIONS[head]]
            return Term(head, tuple(map(self.read, taken)))
        raise UnsupportedError(f"{name} ({node}) has no counterpart here")

    def fold(self, head: str, parts: list[Any]) -> Term:
        folded = self.read(parts[0])
        for part in parts[1:]:
            folded = Term(head, (folded, self.read(part)))
        return folded

    def read_Symbol(self, node: Any) -> Term:
        return symbol(node.name)

    def read_Rational(self, node: Any) -> Term:
        return term(Fraction(int(node.p), int(node.q)))

    def read_Float(self, node: Any) -> Term:
        # Exactly the decimal that was written.
        written = Fraction(repr(float(node)))
        return -decimal(-written) if written < 0 else decimal(written)

    def read_Pi(self, node: Any) -> Term:
        return PI

    def read_Exp1(self, node: Any) -> Term:
        return call("exp", 1)

    def read_Infinity(self, node: Any) -> Term:
        return INFINITY

    def read_NegativeInfinity(self, node: Any) -> Term:
        return -INFINITY

    def read_NaN(self, node: Any) -> Term:
        return NAN

    def read_Add(self, node: Any) -> Term:
        parts = list(node.as_ordered_terms())
        if node.has(sympy.exp) or parts[0].could_extract_minus_sign():
            # 1 + e^x, and a - b rather than -b + a.
            parts.sort(key=lambda part: (part.could_extract_minus_sign(), not part.is_number))
        total = self.read(parts[0])
        for part in parts[1:]:
            total = total - self.read(-part) if part.could_extract_minus_sign() else total + self.read(part)
        return total

    def read_Mul(self, node: Any) -> Term:
        if node.could_extract_minus_sign():
            return -self.read(-node)
        above: list[Any] = []
        below: list[Any] = []
        for factor in node.as_ordered_factors():
            base, exponent = factor.as_base_exp()
            if factor.is_Rational:
                above += [factor.p] if factor.p != 1 else []
                below += [factor.q] if factor.q != 1 else []
            elif exponent.is_Rational and exponent < 0 and not isinstance(factor, sympy.exp):
                below.append(base**-exponent)
            else:
                above.append(factor)
        if not below:
            return self.product(above)
        return self.product(above) / self.product(below)

    def product(self, factors: list[Any]) -> Term:
        product: Term | None = None
        for factor in factors:
            read = self.read(sympy.sympify(factor, strict=True))
            product = read if product is None else product * read
        return ONE if product is None else product

    def read_Pow(self, node: Any) -> Term:
        base, exponent = node.args
        if exponent == sympy.S.Half:
            return call("sqrt", self.read(base))
        if exponent.is_Rational and exponent < 0:
            return ONE / self.read(base**-exponent)
        return self.read(base) ** self.read(exponent)

    def read_exp(self, node: Any) -> Term:
        return call("exp", self.read(node.args[0]))

    def read_Indexed(self, node: Any) -> Term:
        return symbol(node.base.name)[tuple(map(self.read, node.indices))]

    def read_Sum(self, node: Any) -> Term:
        return self.binder("sum", node)

    def read_Product(self, node: Any) -> Term:
        return self.binder("product", node)

    def binder(self, head: str, node: Any) -> Term:
        body = self.read(node.function)
        for limits in node.limits:
            if len(limits) != 3:
                raise UnsupportedError(f"{node}: write the range of the sum as (k, first, last)")
            body = Term(head, (body, *map(self.read, limits)))
        return body

    def read_KroneckerDelta(self, node: Any) -> Term:
        return Term("delta", tuple(map(self.read, node.args[:2])))

    def read_Piecewise(self, node: Any) -> Term:
        return Term("cases", tuple(self.read(part) for branch in node.args for part in branch.args))

    def read_Relational(self, node: Any) -> Term:
        return Term(RELATION_HEADS[type(node).__name__], (self.read(node.lhs), self.read(node.rhs)))

    def read_And(self, node: Any) -> Term:
        return Term("and", tuple(map(self.read, sorted(node.args, key=sympy.default_sort_key))))

    def read_Or(self, node: Any) -> Term:
        return Term("or", tuple(map(self.read, sorted(node.args, key=sympy.default_sort_key))))

    def read_Not(self, node: Any) -> Term:
        return Term("not", (self.read(node.args[0]),))

    def read_BooleanTrue(self, node: Any) -> Term:
        return TRUE

    def read_BooleanFalse(self, node: Any) -> Term:
        return FALSE


def to_sympy(root: Term, symbols: Callable[[str], Any] | None = None) -> Any:
    """The SymPy expression of a Term; `symbols` gives the symbol for a name (real by default).

    SymPy may reorder and re-evaluate it. Raises UnsupportedError for `apply` and `der`.
    """
    make = symbols or (lambda name: sympy.Symbol(name, real=True))
    done: dict[Term, Any] = {}

    def convert(node: Term) -> Any:
        if node not in done:
            done[node] = _export(node, convert, make)
        return done[node]

    return convert(root)


def _export(node: Term, convert: Callable[[Term], Any], make: Callable[[str], Any]) -> Any:
    head = node.head
    if head == "num":
        return sympy.Rational(node.number.numerator, node.number.denominator)
    if head == "sym":
        return make(node.name)
    if head == "const":
        return {"pi": sympy.pi, "E": sympy.E, "oo": sympy.oo, "nan": sympy.nan}[node.name]
    if head in ("true", "false"):
        return sympy.true if head == "true" else sympy.false
    if head == "index":
        base = node.args[0]
        if base.head != "sym":
            raise UnsupportedError(f"{node} has no counterpart in SymPy here")
        return sympy.IndexedBase(base.name, real=True)[tuple(map(convert, node.args[1:]))]
    if head == "cases":
        return sympy.Piecewise(*((convert(value), convert(condition)) for value, condition in branches(node)))
    function = TABLE.get(head)
    if function is not None and function.sympy == "" and (form := function.sympy_form or function.equals):
        return convert(filled(form, node))
    args = tuple(map(convert, node.args))
    arithmetic: dict[str, Callable[..., Any]] = {
        "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b,
        "div": lambda a, b: a / b, "pow": lambda a, b: a**b, "neg": lambda a: -a,
        "delta": sympy.KroneckerDelta, "and": sympy.And, "or": sympy.Or, "not": sympy.Not,
        "sum": lambda body, k, first, last: sympy.Sum(body, (k, first, last)),
        "product": lambda body, k, first, last: sympy.Product(body, (k, first, last)),
    }  # fmt: skip
    if head in arithmetic:
        return arithmetic[head](*args)
    if head in RELATION_CLASSES:
        return getattr(sympy, RELATION_CLASSES[head])(*args)
    if function is None or function.sympy == "":
        raise UnsupportedError(f"{node} has no counterpart in SymPy here")
    return getattr(sympy, function.sympy or head)(*args)
