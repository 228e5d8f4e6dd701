"""Derivatives not yet taken, `der` terms, worked out one named rule at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from derive.calculus.derivative import depends, derivative, minus, negated, over, partials, plus, power, times
from derive.term import (
    ZERO,
    Term,
    branches,
    call,
    cases,
    free_symbols,
    fresh,
    rebuild,
    relation,
    substitute,
    subterms,
    symbol,
    term,
)

FOLDS: Final[dict[str, Callable[..., Term]]] = {
    "add": plus, "sub": minus, "mul": times, "div": over, "neg": negated,
}  # fmt: skip
WHOLE_LINE: Final = 2  # a derivative that takes no more rules than this is finished on one line


@dataclass
class Differentiation:
    """One line in the making: the rules that it used, each once, in order, and remarks of several words."""

    rules: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def note(self, *names: str) -> None:
        self.rules += [name for name in names if name not in self.rules]

    def remark(self, words: str) -> None:
        if words not in self.remarks:
            self.remarks.append(words)

    @property
    def reason(self) -> str:
        """`sum, exp and chain rules; only the term `k == j``: formulas stand in backquotes."""
        *front, last = self.rules or [""]
        named = f"{', '.join(front)} and {last} rules" if front else f"{last} rule" if last else ""
        return "; ".join(filter(None, (named, *self.remarks))) or "derivative of the variable"

    def advance(self, root: Term, is_first: bool, budget: int = WHOLE_LINE) -> Term:
        """`root` with every outermost derivative finished where it is easy, else taken one rule further."""
        if root.head == "der":
            easy = not is_first and effort(*root.args) <= budget
            return self.finish(root) if easy else self.leaves(self.one(*root.args))
        if not has_derivatives(root):
            return root
        return refold(root, tuple(self.advance(part, is_first, budget) for part in root.args))

    def finish(self, root: Term) -> Term:
        """`root` with every derivative taken."""
        if root.head == "der":
            return self.finish(self.one(*root.args))
        if not has_derivatives(root):
            return root
        return refold(root, tuple(map(self.finish, root.args)))

    def leaves(self, root: Term) -> Term:
        """`root` with the derivatives of constants and of the variable itself taken."""
        if root.head == "der":
            body, variable = root.args
            return derivative(body, variable) if body == variable or not depends(body, variable) else root
        return refold(root, tuple(map(self.leaves, root.args))) if has_derivatives(root) else root

    def one(self, body: Term, variable: Term) -> Term:
        """d body / d variable by one rule; signs and constant factors go along with it."""
        if body.head in ("sym", "num", "const", "index", "delta") or not depends(body, variable):
            return derivative(body, variable)
        rule = getattr(self, f"rule_{body.head}", None)
        if rule is not None:
            found: Term = rule(body, variable)
            return found
        self.note(body.head)
        total = ZERO
        for partial, argument in zip(partials(body), body.args, strict=True):
            if depends(argument, variable):
                if not immediate(argument, variable):
                    self.note("chain")
                if partial is None:
                    return derivative(body, variable)  # says which rule is missing
                total = plus(total, times(partial, der(argument, variable)))
        return total

    def rule_neg(self, body: Term, variable: Term) -> Term:
        return negated(self.one(body.args[0], variable))

    def rule_add(self, body: Term, variable: Term) -> Term:
        self.note("sum")
        left, right = (self.summand(part, variable) for part in body.args)
        return plus(left, right) if body.head == "add" else minus(left, right)

    rule_sub = rule_add

    def summand(self, part: Term, variable: Term) -> Term:
        if part.head in ("add", "sub"):
            return self.rule_add(part, variable)
        return negated(der(part.args[0], variable)) if part.head == "neg" else der(part, variable)

    def rule_mul(self, body: Term, variable: Term) -> Term:
        u, v = body.args
        if not depends(u, variable):
            self.note("constant factor")
            return times(u, self.one(v, variable))
        if not depends(v, variable):
            self.note("constant factor")
            return times(self.one(u, variable), v)
        self.note("product")
        return plus(times(der(u, variable), v), times(u, der(v, variable)))

    def rule_div(self, body: Term, variable: Term) -> Term:
        u, v = body.args
        if not depends(v, variable):
            self.note("constant factor")
            return over(self.one(u, variable), v)
        if not depends(u, variable):
            self.note("reciprocal")
            return times(negated(over(u, v ** term(2))), der(v, variable))
        self.note("quotient")
        return over(minus(times(der(u, variable), v), times(u, der(v, variable))), v ** term(2))

    def rule_pow(self, body: Term, variable: Term) -> Term:
        base, exponent = body.args
        if not depends(exponent, variable):
            self.note("power", *([] if immediate(base, variable) else ["chain"]))
            return times(times(exponent, power(base, exponent)), der(base, variable))
        varies = depends(base, variable)
        self.note("exponential", *([] if immediate(exponent, variable) and not varies else ["chain"]))
        if varies:
            return times(body, der(exponent * call("log", base), variable))
        return times(times(body, call("log", base)), der(exponent, variable))

    def rule_cases(self, body: Term, variable: Term) -> Term:
        self.remark("case by case")
        return cases(*((der(value, variable), condition) for value, condition in branches(body)))

    def rule_max(self, body: Term, variable: Term) -> Term:
        self.remark("case by case")
        u, v = body.args if depends(body.args[0], variable) else body.args[::-1]
        larger = relation("gt" if body.head == "max" else "lt", u, v)
        return cases((der(u, variable), larger), otherwise=der(v, variable))

    rule_min = rule_max

    def rule_sum(self, body: Term, variable: Term) -> Term:
        inner, bound, first, last = body.args
        if (single := only_component(inner, bound, variable)) is not None:
            self.remark(f"only the term `{relation('eq', bound, single)}` depends on `{variable}`")
            return der(substitute(inner, {bound: single}), variable)
        self.note("sum")
        if bound.name in free_symbols(variable):
            renamed = symbol(fresh(bound.name, free_symbols(variable) | free_symbols(inner)))
            inner, bound = substitute(inner, {bound: renamed}), renamed
        return Term("sum", (der(inner, variable), bound, first, last))


def der(body: Term, variable: Term) -> Term:
    return Term("der", (body, variable))


def has_derivatives(root: Term) -> bool:
    return any(node.head == "der" for node in subterms(root))


def only_component(inner: Term, bound: Term, variable: Term) -> Term | None:
    """The index of `variable` where each term of a sum depends on its own component of the array alone."""
    if variable.head != "index" or len(variable.args) != 2:
        return None
    base, place = variable.args
    uses = [node for node in subterms(inner) if node.head == "index" and node.args[0] == base]
    plain = all(node.head not in ("sum", "product", "maximum") for node in subterms(inner))
    return place if plain and all(node.args[1:] == (bound,) for node in uses) else None


def effort(body: Term, variable: Term) -> int:
    """How many rules a person would use to differentiate `body`, the immediate ones not counted."""
    if immediate(body, variable) or not depends(body, variable):
        return 0
    active = [part for part in body.args if depends(part, variable)]
    inside = sum(effort(part, variable) for part in active)
    if body.head in ("neg", "add", "sub"):
        return inside
    return inside + (2 if len(active) > 1 else 0 if all(immediate(part, variable) for part in active) else 1)


def immediate(body: Term, variable: Term) -> bool:
    """Whether `body` is the variable, or a component of its array."""
    return body == variable or body.head == "index"


def refold(node: Term, args: tuple[Term, ...]) -> Term:
    """`node` with other children, trivial terms and factors left out."""
    return FOLDS[node.head](*args) if node.head in FOLDS and args != node.args else rebuild(node, args)
