"""`Boundary`: where a function crosses from one piece to the next, whether it has a derivative, and the claim there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from derive.calculus.derivative import depends, derivative
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.field import Element, OutOfReach, Polynomial, Singular
from derive.proof.algebra.normal import Normaliser, vanishes
from derive.proof.algebra.real import learn_positive_parts
from derive.proof.algebra.removable import NoDerivative, limit_at, slope_at_removable
from derive.proof.algebra.signs import NeedSign
from derive.proof.kinks.intersections import continues_where_two_meet, jump_may_be_zero, may_meet_a_step, sign_on
from derive.proof.kinks.smooth import NoSmoothValue, is_real, smooth
from derive.proof.kinks.steps import equation, plain
from derive.proof.verdict import Hole, derivative_said
from derive.spec.domain import Domain
from derive.term import Term, rational_value, relation, substitute, term

MAX_DEPTH: Final = 48  # nested splits; of conditions on one variable, each but the last is settled at once
MAX_SLOPE_SHOWN: Final = 30  # characters of a one-sided derivative in a sentence
MAX_TERMS_KEPT: Final = 6  # of a polynomial whose sign is carried over to a boundary, or that is shown
Restriction = tuple[Term, Term]  # a symbol, and what it equals on a boundary


class Boundary:
    """The zero set of a polynomial that the variable crosses.

    `exception` is called with a sentence where the function has no derivative, `failure` with the
    derivative where it has one and the claim was not shown to equal it, and with what is assumed; `hole`
    where the function has a derivative and the claim no value.
    """

    def __init__(
        self,
        reader: Normaliser,
        number: int,
        variable: Term,
        domain: Domain,
        exception: Callable[[str], None],
        failure: Callable[[str, Term | None, tuple[Restriction, ...], Normaliser], None],
        is_empty: Callable[[Normaliser], bool],
        hole: Callable[[Hole], None],
        given: Mapping[Term, Term],
    ) -> None:
        self.reader, self.number, self.variable, self.domain = reader, number, variable, domain
        self.exception, self.failure, self.is_empty, self.hole = exception, failure, is_empty, hole
        self.given = given
        self.where = solve(reader, number, variable)
        self.sides = {sign: reader.assuming(number, sign) for sign in (-1, 0, 1)}
        # Where the domain ends here, the function goes on all the same, and the claim was not judged there.
        self.outside = [sign for sign in (-1, 1) if is_empty(self.sides[sign])]
        self.sides |= {sign: reader.beyond(number, sign) for sign in self.outside}
        self.real: tuple[Term, ...] = ()  # what has a value beside the boundary, or on it

    @property
    def polynomial(self) -> Polynomial:
        return self.reader.field.polynomials[self.number]

    @property
    def place(self) -> str:
        if self.where:
            return f"{self.where[0]} = {self.where[1]}"
        few = len(self.polynomial) <= MAX_TERMS_KEPT
        return equation(self.reader.written(self.number)) if few else "where its branches meet"

    def decide(self, body: Term, claim: Term, title: str, depth: int = 0) -> set[int]:
        """Judges the claim on the boundary, off the zeros of the parameters' polynomials that it gives back.

        Raises OutOfReach where that cannot be done.
        """
        try:
            self._decide(body, claim, title)
            return set()
        except NeedSign as question:
            number = question.number
        if depth >= MAX_DEPTH:
            raise OutOfReach("too many branches meet")
        on = self.sides[0].signs.find(number)
        moves_it = depends(self.reader.written(number), self.variable)
        left_out: set[int] = set()
        if on is None and moves_it and self.where is not None and self.where[0] is self.variable:
            try:
                on = sign_on(self, number)
            except NeedSign as question:
                number, moves_it = question.number, False
        if on == 0:
            raise OutOfReach("two conditions change at once")
        if on is None and moves_it:
            if not continues_where_two_meet(self, number, claim):
                self.failure(f"at {self.place}, where another condition changes", None, (), self.reader)
        elif on is None:
            left_out = {number}
        for sign in (on,) if on else (1, -1):
            narrower = self.reader.assuming(number, sign)
            if not narrower.assuming(self.number, 0).signs.contradictory():
                beside = Boundary(narrower, self.number, self.variable, self.domain, self.exception, self.failure,
                                  self.is_empty, self.hole, self.given)  # fmt: skip
                left_out |= beside.decide(body, claim, title, depth + 1)
        return left_out

    def _decide(self, body: Term, claim: Term, title: str) -> None:
        try:
            bodies = {sign: smooth(body, side) for sign, side in self.sides.items()}
            beside = [(bodies[sign], self.sides[sign]) for sign in (-1, 1)]
            if any(side.signs.contradictory() or not is_real(piece, side) for piece, side in beside):
                self._judge_edge(bodies[0], claim)
                return
            self.real = tuple(bodies.values())
            slopes = {sign: self._slope(bodies[sign], sign) for sign in (-1, 1)}
        except (NoSmoothValue, Singular):
            return  # the function has no value here
        try:
            continuous = self._is_zero(bodies[-1] - bodies[1]) and self._is_zero(bodies[0] - bodies[1])
            has_gap = False
        except Singular:
            continuous, has_gap = True, True
        if has_gap and not self._has_value(bodies[0]):
            return
        if has_gap or (continuous and not self._has_value(slopes[-1] - slopes[1])):
            try:
                slopes = self._limits(bodies, has_gap)
            except NoDerivative:
                self._note_kink(title, None if has_gap else True, None if has_gap else False, slopes)
                return
        self._judge_between(slopes, continuous, claim, title, bodies)

    def _judge_edge(self, body: Term, claim: Term) -> None:
        """The claim where nothing lies on one side: the function ends there, or a sum of squares is zero."""
        try:
            if not self._has_value(body):
                return
            here = smooth(claim, self.sides[0])
            there = [side for side in (self.sides[-1], self.sides[1]) if not side.signs.contradictory()]
            continues = any(here is smooth(claim, side) for side in there)
        except NoSmoothValue:
            continues = True
        if not continues and len(self.polynomial) > 1 and self.where is None:
            self.failure(f"at {self.place}, where the claim has a value of its own", None, (), self.reader)

    def _judge_between(
        self, slopes: dict[int, Term], continuous: bool | None, claim: Term, title: str, bodies: dict[int, Term]
    ) -> None:
        """The claim, where the one-sided derivatives are these, as far as they are known."""
        known = len(slopes) == 2
        level = continuous and (self._is_zero(slopes[-1] - slopes[1]) if known else None)
        if level is not True:
            self._note_kink(title, continuous, level, slopes)
        try:
            claims = {sign: smooth(claim, side) for sign, side in self.sides.items()}
            if level is True:
                self._judge(slopes[1], claims)
            elif self._continues(claims):
                return
            elif may_meet_a_step(self, bodies):
                # A floor may jump here as well, and its values beside are not known.
                self.failure(f"at {self.place}", None, (), self.reader)
            elif continuous is False:
                # On a jump the claim may be anything.
                gaps = bodies[-1] - bodies[1], bodies[0] - bodies[1]
                if jump_may_be_zero(self, next(gap for gap in gaps if not self._is_zero(gap))):
                    self.failure(f"at {self.place}, where the jump may be 0", None, (), self.reader)
            elif known:
                self._judge_where_level(slopes, claims[0])
            elif self._has_value(claims[0]) and not any(self._is_zero(one - claims[0]) for one in slopes.values()):
                self.failure(f"at {self.place}", None, (), self.reader)
        except (NoSmoothValue, Singular):
            if level is True:
                form = self._on().form(substitute(slopes[1], dict([self.where]))) if self.where else None
                self.hole(Hole((self.place,), derivative_said(form) if form else ""))

    def _limits(self, bodies: dict[int, Term], has_gap: bool) -> dict[int, Term]:
        """The one-sided derivatives that can be found where they, or the pieces, have no value."""
        found: dict[int, Term] = {}
        if self.where is None or self.where[0] != self.variable:
            return found
        for sign in (-1, 1):
            side, on, piece = self.sides[sign], self._on(), bodies[sign]
            if has_gap:
                slope = slope_at_removable(piece, bodies[0], self.where, side, on)
            else:
                slope = limit_at(smooth(derivative(piece, self.variable), side), self.where, side, on)
            found |= {} if slope is None else {sign: slope}
        return found

    def _has_value(self, on: Term) -> bool:
        try:
            self._is_zero(on)
        except Singular:
            return False
        return True

    def _slope(self, piece: Term, sign: int) -> Term:
        """The derivative on one side, in normal form so that what can cancel has cancelled."""
        side = self.sides[sign]
        return side.write(side.read(slope_in(side, piece, self.variable)))

    def _judge(self, slope: Term, claims: dict[int, Term]) -> None:
        agrees = self._is_zero(slope - claims[0])
        # Beside the boundary each side's piece is the derivative; a value that continues one is right.
        if not agrees and not self._continues(claims):
            self.failure(f"at {self.place}", slope, (self.where,) if self.where else (), self.reader)

    def _continues(self, claims: dict[int, Term]) -> bool:
        """Whether the claim continues one that was judged on a side."""
        return any(claims[0] is claims[sign] for sign in (-1, 1) if sign not in self.outside)

    def _judge_where_level(self, slopes: dict[int, Term], claim: Term) -> None:
        """On a kink the claim may be anything; where the slopes happen to agree it must be theirs."""
        if self._is_zero(slopes[1] - claim) or self._is_zero(slopes[-1] - claim):
            return
        if self.where is None:
            self._never_level(self.reader.read(slopes[1] - slopes[-1]))
            return
        on = self._on()
        gaps = (slopes[1] - slopes[-1], slopes[1] - claim)
        kink, off = (on.read(substitute(gap, dict([self.where]))) for gap in gaps)
        above = on.field.numerator(off)
        for number, exponent in kink.factors:
            certain = on.signs.find(number) in (-1, 1)
            if exponent > 0 and not certain and divmod(above, on.field.polynomials[number])[1]:
                level = solve(on, number, None)
                places = (self.where, level) if level else (self.where,)
                self.failure(f"at {self.place}, where the two slopes agree", slopes[1], places, self.reader)

    def _never_level(self, kink: Element) -> None:
        """The slopes differ all along the boundary, if the square of the kink is a number there."""
        field = self.reader.field
        rest = self._remainder(field.reduced(field.numerator(kink) ** 2))
        if not rest or not rest.is_constant():
            raise OutOfReach(f"{self.place} cannot be solved")

    def _is_zero(self, residual: Term) -> bool | None:
        """Whether a smooth term vanishes on the boundary. Raises Singular where it has no value there."""
        residual = substitute(residual, self.given)
        if self.where is not None:
            return vanishes(self._on(), substitute(residual, dict([self.where])))
        element = self.reader.read(residual)
        own = [exponent for number, exponent in element.factors if number in self._vanishing()]
        if own:
            if min(own) < 0:
                raise Singular("a division by what is zero on the boundary")
            return True
        return None if self._remainder(self.reader.field.numerator(element)) else True

    def _remainder(self, above: Polynomial) -> Polynomial:
        """What is left of a polynomial where this one vanishes, and so does its square: sin**2, or 1 - cos**2."""
        for number in self._vanishing():
            divisor = self.reader.field.polynomials[number]
            for power in (divisor, self.reader.field.reduced(divisor**2)):
                above = divmod(above, power)[1]
        return above

    def _vanishing(self) -> list[int]:
        """The polynomials that are known to be zero on the boundary."""
        return self.reader.signs.zero_with(self.number)

    def _on(self) -> Normaliser:
        assert self.where is not None
        domain, signs = restricted_facts(self.domain, self.reader, self.number, self.where)
        on = Normaliser.under(Facts(domain, signs), self.reader.field.fuel)
        for piece in self.real:
            learn_positive_parts(substitute(piece, dict([self.where])), on)
        return on

    def _note_kink(self, title: str, continuous: bool | None, level: bool | None, slopes: dict[int, Term]) -> None:
        if continuous is False:
            said = "jumps"
        elif level is False:
            said = f"has a kink{self._one_sided(slopes)}"
        else:
            said = "may have a kink"
        self.exception(f"{self.place}, where {title} {said}")

    def _one_sided(self, slopes: dict[int, Term]) -> str:
        """` (left 0, right 1)` where the variable is solved for and both are short."""
        if self.where is None or self.where[0] != self.variable:
            return ""
        along = self.polynomial.derivative(self.reader.symbol(self.variable).slot)
        direction = self.reader.signs.of(self.reader.field.from_polynomial(along))
        forms = [self._on().form(substitute(slopes[sign], dict([self.where]))) for sign in (-direction, direction)]
        if any(form is None or len(str(form)) > MAX_SLOPE_SHOWN for form in forms):
            return ""
        return f" (left {forms[0]}, right {forms[1]})"


def slope_in(reader: Normaliser, piece: Term, variable: Term) -> Term:
    """The derivative of a smooth piece."""
    slope = smooth(derivative(piece, variable), reader)
    try:
        reader.read(slope)
    except Singular:
        # The root of what is zero all along, say, is plain zero in normal form.
        return smooth(derivative(reader.write(reader.read(piece)), variable), reader)
    return slope


def solve(reader: Normaliser, number: int, variable: Term | None) -> Restriction | None:
    """The zero set of a polynomial as `symbol = term`, where it is linear in a symbol; the variable first."""
    polynomial = reader.field.polynomials[number]
    named = [reader.field.generators[slot] for slot in reader.field.slots(polynomial)]
    for generator in sorted(named, key=lambda found: found.term != variable):
        if generator.term.head != "sym" or int(polynomial.degrees()[generator.slot]) != 1:
            continue
        if any(depends(other.term, generator.term) for other in named if other is not generator):
            continue
        slope = polynomial.derivative(generator.slot)
        rest = polynomial - slope * reader.field.polynomial(generator)
        above, below = (reader.field.from_polynomial(part) for part in (-rest, slope))
        # What is multiplied to a number that is not 0 is not 0 either.
        if above.rational or all(reader.signs.find(factor) in (-1, 1) for factor, _ in below.factors):
            return generator.term, plain(reader.write(reader.field.divide(above, below)))
    return None


def restricted_facts(
    domain: Domain, reader: Normaliser, number: int, where: Restriction
) -> tuple[Domain, tuple[tuple[Term, int], ...]]:
    """The facts that remain on a boundary once a symbol is replaced by what it equals there."""
    name, value = where
    # What has the sign of a power is 0 with it: off the boundary alone is that known.
    strict = [(other, sign) for other, sign in reader.signs.known.items() if other not in reader.signs.by_equivalent]
    few = [(other, sign) for other, sign in strict
           if other != number and sign and 1 < len(reader.field.polynomials[other]) <= MAX_TERMS_KEPT]  # fmt: skip
    known = tuple((substitute(reader.written(other), {name: value}), sign) for other, sign in few)
    interval, bounds = domain.range(name.name), []
    if rational_value(value) is None:
        bounds += [relation("ge", value, term(interval.low))] if interval.low is not None else []
        bounds += [relation("le", value, term(interval.high))] if interval.high is not None else []
    ranges = {other: found for other, found in domain.ranges.items() if other != name.name}
    for generator in reader.field.generators:
        if generator.term.head == "sym" and generator.term != name and generator.slot in reader.signs.ranges.by_slot:
            ranges[generator.term.name] = reader.signs.ranges.of(generator.slot)
    relations = tuple(substitute(fact, {name: value}) for fact in domain.relations)
    return replace(domain, ranges=ranges, relations=(*relations, *bounds)), known
