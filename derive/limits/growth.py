"""The limit of a formula as a variable grows without bound, by what grows fastest in it (Gruntz, 1996).

Of the exponentials in a formula, and the variable itself, those that grow fastest are powers of one small w times
what varies more slowly; the formula is expanded in w, and its first coefficient taken to its limit likewise. Whether a
coefficient is 0 is shown by `derive.prove`, its sign by balls or by the domain: where neither decides, nor the steps
suffice, the limit is Indeterminate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Final, TypeVar

from derive.elementary.table import STEPPED, column
from derive.errors import UnsupportedError
from derive.fuel import LIMIT, Fuel, OutOfFuel
from derive.limits.asymptotics import GROWING, LOGARITHM, Asymptotics, Scale, in_exponentials, negated_exponent
from derive.limits.expansion import Algebra, Expansion, TooShort
from derive.limits.signs import as_fraction, at_large_values, constant_sign, evaluated, vanishes
from derive.limits.spelling import NEAR_END, as_defined, end_reached, near_end, same_words
from derive.relations import SIGNS, settled
from derive.spec.domain import Domain
from derive.term import INFINITY, RELATIONS, ZERO, Term, branches, rational_value, rebuild, size, term, transform
from derive.values.kinks import piece, turning
from derive.values.one_sided import Indeterminate

WIDTHS: Final = (4, 7, 11)  # powers kept, where fewer cancel
MAX_SUBTERMS: Final = 400  # subterms
MAX_DEPTH: Final = 24  # limits within limits
PIECES: Final = column("pieces")
T = TypeVar("T")
Class = dict[Term, Term]  # what grows equally fast: e^s, or the variable, each with s


@contextmanager
def bounded() -> Iterator[None]:
    """What is not found for want of fuel is Indeterminate."""
    try:
        yield
    except OutOfFuel:
        raise Indeterminate from None


class Growth:
    """Limits of formulas in GROWING as it grows; the other variables are what the domain says."""

    def __init__(self, domain: Domain, fuel: Fuel | None = None) -> None:
        self.domain, self.fuel = domain, fuel or Fuel(LIMIT)
        self.far = at_large_values(domain, GROWING.name)
        self.depth = 0
        self.limits: dict[Term, Term] = {}
        self.classes: dict[Term, Class] = {}
        self.moving: dict[Term, bool] = {}
        self.words: dict[Term, Term] = {}
        self.found_signs: dict[Term, int] = {}

    def limit(self, root: Term) -> Term:
        """A formula without GROWING, or an infinity. Raises Indeterminate."""
        with bounded():
            return self.inner_limit(self.spelled(root))

    def sign(self, root: Term) -> int:
        """The sign of `root` far enough out, 0 where it is 0 there. Raises Indeterminate."""
        with bounded():
            return self._sign(self.spelled(root))

    # In the words of expansions

    def spelled(self, root: Term) -> Term:
        """`root` by exponentials, logarithms, powers and series; its kinks taken as they are far out."""
        if size(root) > MAX_SUBTERMS:
            raise Indeterminate
        if root not in self.words:
            self.words[root] = self._spelled(root)
        return self.words[root]

    def _spelled(self, node: Term) -> Term:
        self.fuel.spend()
        if node.head == "cases":
            return self.spelled(self.chosen(node))
        if node.head in ("sum", "product", "maximum", "index", "delta", "der"):
            return self._unmoved(node)
        node = rebuild(node, tuple(map(self.spelled, node.args)))
        if not self.moves(node):
            return evaluated(node)
        if node.head in PIECES:
            return self._piece(node)
        if node.head in STEPPED:
            return self._step(node)
        if node.head in NEAR_END:
            return self._ended(node)
        plain = same_words(node)
        return node if plain is node else self.spelled(plain)

    def _unmoved(self, node: Term) -> Term:
        if self.moves(node):
            raise Indeterminate
        return node

    def _piece(self, node: Term) -> Term:
        found = piece(node, self._sign(turning(node)))
        if found is None:
            raise Indeterminate
        return found

    def _step(self, node: Term) -> Term:
        """The whole number that a floor or a ceiling is far out."""
        at = self.inner_limit(node.args[0])
        value = None if at in (INFINITY, -INFINITY) else rational_value(at)
        if value is None:
            raise Indeterminate
        if node.head == "floor":
            below = value.denominator == 1 and self._sign(self.spelled(node.args[0] - at)) < 0
            return term(value.__floor__() - below)
        above = value.denominator == 1 and self._sign(self.spelled(node.args[0] - at)) > 0
        return term(value.__ceil__() + above)

    def _ended(self, node: Term) -> Term:
        at = self.inner_limit(node.args[0])
        side = end_reached(node.head, at)
        return self.spelled(near_end(node, side)) if side else node

    def chosen(self, node: Term) -> Term:
        for value, condition in branches(node):
            if self.holds(condition):
                return value
        raise Indeterminate

    def holds(self, condition: Term) -> bool:
        """Whether a condition holds far enough out."""
        return settled(condition, self._related, Indeterminate)

    def _related(self, relation: Term) -> bool:
        if relation.head not in RELATIONS:
            raise Indeterminate
        return self._sign(self.spelled(relation.args[0] - relation.args[1])) in SIGNS[relation.head]

    def moves(self, node: Term) -> bool:
        if node not in self.moving:
            self.moving[node] = node is GROWING or any(map(self.moves, node.args))
        return self.moving[node]

    # Limits and signs

    def inner_limit(self, root: Term) -> Term:
        if not self.moves(root):
            return root
        if root not in self.limits:
            self.limits[root] = self._widely(root, self._limit_of)
        return self.limits[root]

    def _limit_of(self, expansion: Expansion, algebra: Algebra, lowered: Callable[[Term], Term]) -> Term:
        for exponent, value in expansion.ordered:
            if exponent > 0:
                break
            if exponent == 0:
                return self._kept(expansion, self.inner_limit(lowered(value)))
            if sign := algebra.sign_of(value):
                return INFINITY if sign > 0 else -INFINITY
        return self._kept(expansion, ZERO)

    def _kept(self, expansion: Expansion, found: Term) -> Term:
        if expansion.rest is not None and expansion.rest <= 0:
            raise TooShort
        return found

    def _sign(self, root: Term) -> int:
        if root not in self.found_signs:
            self.found_signs[root] = self._sign_of(root)
        return self.found_signs[root]

    def _sign_of(self, root: Term) -> int:
        self.fuel.spend()
        if not self.moves(root):
            return constant_sign(root, self.domain, self.fuel)
        plain = transform(root, as_defined)
        if self._vanishes(plain):
            return 0
        return self._widely(root, lambda expansion, algebra, lowered: algebra.leading(expansion)[2])

    def _vanishes(self, root: Term) -> bool:
        try:
            return vanishes(root, self.far, self.fuel)
        except UnsupportedError:
            return False

    def _widely(self, root: Term, ask: Callable[[Expansion, Algebra, Callable[[Term], Term]], T]) -> T:
        """What is asked of the expansion of `root`, of as many terms as are wanted."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Indeterminate
        try:
            return self._expanded(root, ask)
        finally:
            self.depth -= 1

    def _expanded(self, root: Term, ask: Callable[[Expansion, Algebra, Callable[[Term], Term]], T]) -> T:
        scale = self.scale(root)
        by_variable = GROWING in scale.powers

        def lowered(value: Term) -> Term:
            return in_exponentials(value) if by_variable else value

        for width in WIDTHS:
            algebra = Algebra(lambda value: self._sign(lowered(value)), scale.logarithm, width, self.fuel)
            try:
                return ask(Asymptotics(self, algebra, scale).expand(root), algebra, lowered)
            except TooShort:
                continue
        raise Indeterminate

    # What grows fastest

    def scale(self, root: Term) -> Scale:
        fastest = self.fastest(root)
        first = GROWING if GROWING in fastest else min(fastest, key=lambda node: (size(node), str(node)))
        logarithm = fastest[first]
        grows = first is GROWING or self.inner_limit(logarithm) is INFINITY
        small = negated_exponent(logarithm) if grows else logarithm
        powers = {first: Fraction(-1 if grows else 1)}
        for node, other in fastest.items():
            if node is not first:
                powers[node] = as_fraction(self.inner_limit(self.spelled(other / small)), self.domain, self.fuel)
        return Scale(powers, small)

    def fastest(self, root: Term) -> Class:
        if root not in self.classes:
            self.fuel.spend()
            self.classes[root] = self._fastest(root)
        return self.classes[root]

    def _fastest(self, root: Term) -> Class:
        if not self.moves(root):
            return {}
        if root is GROWING:
            return {GROWING: LOGARITHM}
        found: Class = {}
        for part in root.args:
            found = self._faster(found, self.fastest(part))
        if root.head == "exp" and self.inner_limit(root.args[0]) in (INFINITY, -INFINITY):
            found = self._faster({root: root.args[0]}, found)
        return found

    def _faster(self, mine: Class, other: Class) -> Class:
        if not mine or not other or mine.keys() & other.keys():
            return {**mine, **other}
        left, right = next(iter(mine.values())), next(iter(other.values()))
        compared = self.inner_limit(self.spelled(left / right))
        if compared in (INFINITY, -INFINITY):
            return mine
        return other if rational_value(compared) == 0 else {**mine, **other}
