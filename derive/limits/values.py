"""The value of a formula at a place of one variable, the others being what they are: a formula, or none."""

from __future__ import annotations

from typing import Final

from derive.calculus.derivative import minus, over, plus, times
from derive.elementary.table import KINKED, column
from derive.errors import UnsupportedError
from derive.fuel import LIMIT, POINT, Fuel, OutOfFuel
from derive.limits.approach import others
from derive.limits.growth import Growth, bounded
from derive.limits.signs import constant_sign, evaluated
from derive.notation.formulas import formula
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.normal import is_zero
from derive.spec.domain import Domain
from derive.term import ONE, ZERO, Term, branches, rational_value, rebuild, relation, substitute, subterms, symbol, term
from derive.values.intervals import bound, decide
from derive.values.kinks import piece, turning
from derive.values.one_sided import Indeterminate

# The ends of where functions are real at which they have a pole.
POLES: Final = {
    head: [end for end, limit in ends if bound(end, 1) is not None and bound(limit, 1) is None]
    for head, ends in column("ends").items()
}


class NoValue(ArithmeticError):  # noqa: N818 - an answer, not an error
    """The formula has no value there: a division by 0, a logarithm of 0, no branch that holds."""


def value_at(root: Term, name: str, place: Term, domain: Domain) -> Term:
    """The value of `root` where `name` is `place`. Raises NoValue, and Indeterminate where a branch is not decided."""
    beside = others(domain, name)
    with bounded():
        return _Values(beside).of(substitute(root, {symbol(name): place}))


class _Values:
    def __init__(self, domain: Domain) -> None:
        self.domain, self.fuel, self.memo = domain, Fuel(LIMIT), dict[Term, Term]()
        self.growth = Growth(domain, self.fuel)

    def of(self, node: Term) -> Term:
        if node not in self.memo:
            self.memo[node] = self._of(node)
        return self.memo[node]

    def _of(self, node: Term) -> Term:
        if node.head == "cases":
            return self.of(self._taken(node))
        if node.head in ("sum", "product", "maximum"):
            return node
        found = rebuild(node, tuple(map(self.of, node.args)))
        self._check(found)
        return tidied(self._unkinked(found))

    def _taken(self, node: Term) -> Term:
        for value, condition in branches(node):
            if (found := decide(condition, self.domain)) is None:
                found = self.growth.holds(condition)
            if found:
                return value
        raise NoValue

    def _check(self, node: Term) -> None:
        """Raises NoValue where an operation has none."""
        if node is Term("const", (), "nan"):
            raise NoValue
        below = list[Term]()
        if node.head == "div":
            below = [node.args[1]]
        elif node.head == "pow" and _is_negative(node.args[1]):
            below = [node.args[0]]
        elif node.head in POLES:
            below = [minus(node.args[0], formula(end)) for end in POLES[node.head]]
        if any(map(self._is_zero, below)):
            raise NoValue

    def _is_zero(self, node: Term) -> bool:
        try:
            return constant_sign(node, self.domain, self.fuel) == 0
        except Indeterminate:
            return False

    def _unkinked(self, node: Term) -> Term:
        if node.head not in KINKED:
            return node
        try:
            found = piece(node, constant_sign(turning(node), self.domain, self.fuel))
        except Indeterminate:
            return node
        return node if found is None else found


def _is_negative(exponent: Term) -> bool:
    value = rational_value(exponent)
    return value is not None and value < 0


def tidied(node: Term) -> Term:
    """One operation without parts that are 0 or 1, and with numbers worked out."""
    value = rational_value(node)
    if value is not None:
        return term(value)
    if node.head in ("add", "sub", "mul", "div"):
        return {"add": plus, "sub": minus, "mul": times, "div": over}[node.head](*node.args)
    if node.head == "pow" and node.args[1] is ONE:
        return node.args[0]
    if node.head == "neg" and node.args[0].head == "neg":
        return node.args[0].args[0]
    return evaluated(node) if node.args and all(rational_value(part) is not None for part in node.args) else node


def are_equal(left: Term, right: Term, domain: Domain) -> bool | None:
    """Whether two formulas without the moving variable are equal; None where that is not decided."""
    if left is right:
        return True
    infinite = [any(part.head == "const" and part.name == "oo" for part in subterms(side)) for side in (left, right)]
    if any(infinite):
        return False
    value = rational_value(left - right)
    if value is not None:
        return value == 0
    try:
        return constant_sign(left - right, domain, Fuel(POINT)) == 0
    except (Indeterminate, OutOfFuel):
        pass
    try:
        return is_zero(left - right, Facts(domain), Fuel(POINT))
    except (UnsupportedError, OutOfFuel):
        return None


def lies_between(value: Term, left: Term, right: Term, domain: Domain) -> bool | None:
    """Whether a value is not beyond both of two others; None where that is not decided."""
    product = (value - left) * (value - right)
    try:
        return constant_sign(product, domain, Fuel(POINT)) <= 0
    except (Indeterminate, OutOfFuel):
        return decide(relation("le", product, ZERO), domain)
