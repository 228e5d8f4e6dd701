"""The limit of a formula as a variable grows without bound, by what grows fastest in it (Gruntz, 1996).

Of the exponentials in a formula, and the variable itself, those that grow fastest are powers of one small w times
what varies more slowly; the formula is expanded in w, and its first coefficient taken to its limit likewise. Whether a
coefficient is 0 is shown by `derive.prove`, its sign by balls or by the domain: where neither decides, nor the steps
suffice, the limit is Indeterminate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeVar

from derive.calculus.derivative import derivative
from derive.elementary.table import STEPPED, column
from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.fuel import LIMIT, Fuel, OutOfFuel
from derive.limits.expansion import Algebra, Expansion, TooShort, constant
from derive.limits.signs import as_fraction, constant_sign, far_out, vanishes, worked_out
from derive.limits.spelling import ERFCX, NEAR_END, as_defined, end_reached, near_end, same_words
from derive.relations import SIGNS, settled
from derive.spec.domain import Domain
from derive.term import (
    INFINITY,
    ONE,
    PI,
    RELATIONS,
    ZERO,
    Term,
    branches,
    call,
    free_symbols,
    rational_value,
    rebuild,
    size,
    substitute,
    symbol,
    term,
    transform,
)
from derive.values.balls import enclose
from derive.values.kinks import piece, turning
from derive.values.one_sided import Indeterminate

GROWING: Final = symbol("#X")
LOGARITHM: Final = call("log", GROWING)
WIDTHS: Final = (4, 7, 11)  # powers kept, where fewer cancel
LARGEST_ORDER: Final = 32  # of a whole power that is multiplied out
LARGEST_FORMULA: Final = 400  # subterms
DEEPEST: Final = 24  # limits within limits
PIECES: Final = column("pieces")
ANALYTIC: Final = column("analytic")  # with a Taylor series, everywhere or where their values are finite
T = TypeVar("T")
Class = dict[Term, Term]  # what grows equally fast: e^s, or the variable, each with s


@contextmanager
def bounded() -> Iterator[None]:
    """What is not found for want of fuel is Indeterminate."""
    try:
        yield
    except OutOfFuel:
        raise Indeterminate from None


@dataclass(frozen=True)
class _Scale:
    """w, by the terms that are its powers: each with its exponent, and what is left of its logarithm."""

    powers: dict[Term, Fraction]
    logarithm: Term  # of w


class Growth:
    """Limits of formulas in GROWING as it grows; the other variables are what the domain says."""

    def __init__(self, domain: Domain, fuel: Fuel | None = None) -> None:
        self.domain, self.fuel = domain, fuel or Fuel(LIMIT)
        self.far = far_out(domain, GROWING.name)
        self.depth = 0
        self.limits: dict[Term, Term] = {}
        self.classes: dict[Term, Class] = {}
        self.moving: dict[Term, bool] = {}
        self.words: dict[Term, Term] = {}
        self.found_signs: dict[Term, int] = {}

    def limit(self, root: Term) -> Term:
        """A formula without GROWING, or an infinity. Raises Indeterminate."""
        with bounded():
            return self._limit(self.spelled(root))

    def sign(self, root: Term) -> int:
        """The sign of `root` far enough out, 0 where it is 0 there. Raises Indeterminate."""
        with bounded():
            return self._sign(self.spelled(root))

    # In the words of expansions

    def spelled(self, root: Term) -> Term:
        """`root` by exponentials, logarithms, powers and series; its kinks taken as they are far out."""
        if size(root) > LARGEST_FORMULA:
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
            return worked_out(node)
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
        at = self._limit(node.args[0])
        value = None if at in (INFINITY, -INFINITY) else rational_value(at)
        if value is None:
            raise Indeterminate
        if node.head == "floor":
            below = value.denominator == 1 and self._sign(self.spelled(node.args[0] - at)) < 0
            return term(value.__floor__() - below)
        above = value.denominator == 1 and self._sign(self.spelled(node.args[0] - at)) > 0
        return term(value.__ceil__() + above)

    def _ended(self, node: Term) -> Term:
        at = self._limit(node.args[0])
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

    def _limit(self, root: Term) -> Term:
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
                return self._kept(expansion, self._limit(lowered(value)))
            if sign := algebra.sign_of(value):
                return INFINITY if sign > 0 else -INFINITY
        return self._kept(expansion, ZERO)

    def _kept(self, expansion: Expansion, found: Term) -> Term:
        if expansion.rest is not None and expansion.rest <= 0:
            raise TooShort
        return found

    def _sign(self, root: Term) -> int:
        if root not in self.found_signs:
            self.found_signs[root] = self._sign_anew(root)
        return self.found_signs[root]

    def _sign_anew(self, root: Term) -> int:
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
        if self.depth > DEEPEST:
            raise Indeterminate
        try:
            return self._expanded(root, ask)
        finally:
            self.depth -= 1

    def _expanded(self, root: Term, ask: Callable[[Expansion, Algebra, Callable[[Term], Term]], T]) -> T:
        scale = self.scale(root)
        by_variable = GROWING in scale.powers

        def lowered(value: Term) -> Term:
            return _lowered(value) if by_variable else value

        for width in WIDTHS:
            algebra = Algebra(lambda value: self._sign(lowered(value)), scale.logarithm, width, self.fuel)
            try:
                return ask(_Reader(self, algebra, scale).expand(root), algebra, lowered)
            except TooShort:
                continue
        raise Indeterminate

    # What grows fastest

    def scale(self, root: Term) -> _Scale:
        fastest = self.fastest(root)
        first = GROWING if GROWING in fastest else min(fastest, key=lambda node: (size(node), str(node)))
        logarithm = fastest[first]
        grows = first is GROWING or self._limit(logarithm) is INFINITY
        small = _negated(logarithm) if grows else logarithm
        powers = {first: Fraction(-1 if grows else 1)}
        for node, other in fastest.items():
            if node is not first:
                powers[node] = as_fraction(self._limit(self.spelled(other / small)), self.domain, self.fuel)
        return _Scale(powers, small)

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
        if root.head == "exp" and self._limit(root.args[0]) in (INFINITY, -INFINITY):
            found = self._faster({root: root.args[0]}, found)
        return found

    def _faster(self, mine: Class, other: Class) -> Class:
        if not mine or not other or mine.keys() & other.keys():
            return {**mine, **other}
        left, right = next(iter(mine.values())), next(iter(other.values()))
        compared = self._limit(self.spelled(left / right))
        if compared in (INFINITY, -INFINITY):
            return mine
        return other if rational_value(compared) == 0 else {**mine, **other}


class _Reader:
    """A formula as an expansion in the powers of w."""

    def __init__(self, growth: Growth, algebra: Algebra, scale: _Scale) -> None:
        self.growth, self.algebra, self.scale = growth, algebra, scale
        self.memo: dict[Term, Expansion] = {}

    def expand(self, node: Term) -> Expansion:
        if node not in self.memo:
            self.growth.fuel.spend()
            self.memo[node] = self._expand(node)
        return self.memo[node]

    def _expand(self, node: Term) -> Expansion:
        if not self.growth.moves(node):
            return constant(node)
        if node in self.scale.powers:
            return self._power_of_w(node)
        if node is GROWING:
            return constant(node)
        if node.head == "exp":
            return self.algebra.exponential(self.expand(node.args[0]))
        if node.head == "log":
            return self.algebra.logarithm(self.expand(node.args[0]))
        if node.head == "pow":
            return self._power(node)
        if node.head in ("add", "sub", "mul", "div", "neg"):
            return self._arithmetic(node)
        return self._function(node)

    def _power_of_w(self, node: Term) -> Expansion:
        exponent = self.scale.powers[node]
        if node is GROWING or (
            abs(exponent) == 1 and node.args[0] in (self.scale.logarithm, _negated(self.scale.logarithm))
        ):
            return Expansion({exponent: ONE})
        logarithm = self.expand(self.scale.logarithm)
        left = self.algebra.add(self.expand(node.args[0]), self.algebra.scaled(logarithm, term(-exponent), Fraction(0)))
        return self.algebra.scaled(self.algebra.exponential(left), ONE, exponent)

    def _power(self, node: Term) -> Expansion:
        order = rational_value(node.args[1])
        if order is None or (order.denominator == 1 and abs(order) > LARGEST_ORDER):
            raise Indeterminate
        return self.algebra.power(self.expand(node.args[0]), order)

    def _arithmetic(self, node: Term) -> Expansion:
        algebra, parts = self.algebra, [self.expand(part) for part in node.args]
        if node.head == "neg":
            return algebra.negative(parts[0])
        if node.head == "add":
            return algebra.add(*parts)
        if node.head == "sub":
            return algebra.add(parts[0], algebra.negative(parts[1]))
        if node.head == "mul":
            return algebra.multiply(*parts)
        return algebra.multiply(parts[0], algebra.power(parts[1], Fraction(-1)))

    def _function(self, node: Term) -> Expansion:
        *fixed, moving = node.args
        if any(map(self.growth.moves, fixed)):
            raise Indeterminate
        argument = self.expand(moving)
        if node.head == "apply" and node.data == ERFCX:
            return self._erfcx(argument)
        middle, small = self.algebra.parted(argument)
        self._check(node, middle)
        found, slope, factor = list[Term](), rebuild(node, (*fixed, symbol("#u"))), Fraction(1)
        for count in range(self.algebra.width):
            found.append(worked_out(_shorter(substitute(slope, {symbol("#u"): middle}))) * term(factor))
            slope, factor = derivative(slope, symbol("#u")), factor / (count + 1)
        return self.algebra.series([_shorter(part) for part in found], small, None)

    def _check(self, node: Term, middle: Term) -> None:
        """The function has a Taylor series about the limit of its argument."""
        if node.head not in ANALYTIC:
            raise Indeterminate
        at = self.growth._limit(_lowered(middle) if GROWING in self.scale.powers else middle)
        if at in (INFINITY, -INFINITY):
            raise Indeterminate
        if ANALYTIC[node.head] == "everywhere":
            return
        there = rebuild(node, (*node.args[:-1], at))
        slope = substitute(derivative(rebuild(node, (*node.args[:-1], symbol("#u"))), symbol("#u")), {symbol("#u"): at})
        if free_symbols(there):
            raise Indeterminate
        try:
            finite = all(enclose(part, {}, 128).is_finite() for part in (there, slope))
        except (Undefined, Undetermined, UnsupportedError):
            raise Indeterminate from None
        if not finite:
            raise Indeterminate

    def _erfcx(self, argument: Expansion) -> Expansion:
        """1/(u sqrt(pi)) times the sum of (-1)^k (2k - 1)!!/(2 u^2)^k, which it is nearer to than any term."""
        exponent, value, sign = self.algebra.leading(argument)
        if exponent >= 0:
            if len(argument.terms) == 1 and argument.rest is None:
                return constant(Term("apply", (value,), ERFCX))
            raise Indeterminate
        if sign < 0:
            raise Indeterminate
        inverse = self.algebra.power(argument, Fraction(-1))
        square = self.algebra.multiply(inverse, inverse)
        found, factor = list[Term](), Fraction(1)
        for count in range(self.algebra.width):
            found.append(term(factor))
            factor *= -Fraction(2 * count + 1, 2)
        series = self.algebra.series(found, square, None)
        return self.algebra.scaled(self.algebra.multiply(inverse, series), ONE / call("sqrt", PI), Fraction(0))


def _lowered(value: Term) -> Term:
    """A coefficient of powers of the variable, in whose logarithm it is written: that is the next to grow."""

    def visit(node: Term) -> Term:
        if node.head == "log" and node.args[0].head == "exp":
            return node.args[0].args[0]
        return node

    return transform(substitute(value, {GROWING: call("exp", GROWING)}), visit)


def _negated(node: Term) -> Term:
    return node.args[0] if node.head == "neg" else -node


def _shorter(node: Term) -> Term:
    value = rational_value(node)
    return node if value is None else term(value)
