"""`Cells`: a claim decided cell by cell, between and on the zeros of what its branches turn on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from derive.differentiate import depends, derivative
from derive.domain import Domain
from derive.prove.field import Deadline, Element, OutOfReach, OutOfTime
from derive.prove.normal import Facts, Normaliser, vanishes
from derive.prove.smooth import NoValue, real_conditions, smooth
from derive.prove.signs import NeedSign
from derive.term import Term, rational_value, relation, substitute, term

DEEPEST: Final = 14  # nested splits
LONGEST_SHOWN: Final = 60  # characters of a formula in a sentence
Restriction = tuple[Term, Term]  # a symbol, and what it equals on a boundary


@dataclass(frozen=True)
class Failure:
    """A cell in which the claim was not proved. `slope` is the derivative there; on a boundary, `where` solves it."""

    reason: str
    slope: Term | None = None
    where: Restriction | None = None


@dataclass
class Findings:
    """What the exploration came to: proved if there is no failure."""

    failures: list[Failure] = field(default_factory=list)
    exceptions: dict[str, None] = field(default_factory=dict)
    forms: dict[Term, None] = field(default_factory=dict)


class Cells:
    """Whether `d body / d variable` (or `body` itself where `variable` is None) equals `claim`."""

    def __init__(
        self, body: Term, variable: Term | None, claim: Term, domain: Domain, deadline: Deadline, title: str
    ) -> None:
        self.body, self.variable, self.claim = body, variable, claim
        self.title = title if len(title) <= LONGEST_SHOWN else "the function"
        self.domain, self.deadline = domain, deadline
        self.findings = Findings()
        self.excluded: set[int] = set()

    def explore(self, signs: tuple[tuple[Term, int], ...] = ()) -> Findings:
        reader = Normaliser.under(Facts(self.domain, signs), self.deadline)
        self.excluded = self._excluded(reader)
        self._cell(reader, 0)
        return self.findings

    def _excluded(self, reader: Normaliser) -> set[int]:
        """The polynomials that the domain says are not zero."""
        found = set()
        for fact in self.domain.relations:
            if fact.head == "ne":
                try:
                    element = reader.read(fact.args[0] - fact.args[1])
                except (OutOfReach, NeedSign):
                    continue
                found |= {reader.signs.root_of(number) for number, exponent in element.factors if exponent > 0}
        return found

    # Cells in which nothing turns

    def _cell(self, reader: Normaliser, depth: int) -> None:
        self.deadline.check()
        if reader.signs.contradictory():
            return
        try:
            self._open_cell(reader)
        except NeedSign as question:
            if depth >= DEEPEST:
                self.findings.failures.append(Failure("too many branches"))
                return
            for sign in (1, -1):
                self._cell(reader.assuming(question.number, sign), depth + 1)
            if question.number not in self.excluded:
                self._boundary(reader, question.number)

    def _open_cell(self, reader: Normaliser) -> None:
        try:
            body = smooth(self.body, reader)
            if not _is_real(body, reader):
                return
        except NoValue:
            return
        try:
            slope = self._slope(body, reader)
            claim = smooth(self.claim, reader)
            if not _is_real(claim, reader, certain=True):
                raise NoValue
            if reader.read(slope - claim).is_zero:
                self._note_form(reader, slope)
            else:
                self.findings.failures.append(Failure("the two sides have different normal forms", slope))
        except NoValue:
            self.findings.failures.append(Failure("the claim has no value in a part of the domain"))
        except OutOfTime:
            raise
        except (OutOfReach, ZeroDivisionError) as problem:
            self.findings.failures.append(Failure(str(problem)))

    def _slope(self, body: Term, reader: Normaliser) -> Term:
        return body if self.variable is None else smooth(derivative(body, self.variable), reader)

    def _note_form(self, reader: Normaliser, slope: Term) -> None:
        self.findings.forms[reader.write(reader.read(slope))] = None

    # Boundaries between cells

    def _boundary(self, reader: Normaliser, number: int) -> None:
        """The set where a polynomial vanishes and both of its signs occur around."""
        if any(reader.assuming(number, sign).signs.contradictory() for sign in (-1, 0, 1)):
            return
        where = solve(reader, number, self.variable)
        written = reader.write_polynomial(reader.field.polynomials[number])
        if self.variable is not None and depends(written, self.variable):
            try:
                Boundary(self, reader, number, where).decide(0)
            except OutOfTime:
                raise
            except (OutOfReach, ZeroDivisionError) as problem:
                self.findings.failures.append(Failure(f"where {written} = 0: {problem}"))
        else:
            self._slice(reader, number, where)

    def _slice(self, reader: Normaliser, number: int, where: Restriction | None) -> None:
        """A boundary along which the variable moves freely: the same claim with one parameter fewer."""
        if where is None:
            self._slice_by_continuity(reader, number)
            return
        domain, signs = restricted_facts(self.domain, reader, number, where)
        body, claim = (substitute(part, dict([where])) for part in (self.body, self.claim))
        inner = Cells(body, self.variable, claim, domain, self.deadline, self.title)
        found = inner.explore(signs)
        for failure in found.failures:
            self.findings.failures.append(replace(failure, where=failure.where or where))
        for sentence in found.exceptions:
            self.findings.exceptions[f"{sentence} ({where[0]} = {where[1]})"] = None

    def _slice_by_continuity(self, reader: Normaliser, number: int) -> None:
        """What holds beside the boundary holds on it, if the same pieces are in force there."""
        try:
            pieces = [
                (smooth(self.body, side), smooth(self.claim, side))
                for side in (reader.assuming(number, sign) for sign in (0, -1, 1))
            ]
        except (NeedSign, NoValue):
            pieces = []
        if not pieces or pieces[0] not in pieces[1:]:
            written = reader.write_polynomial(reader.field.polynomials[number])
            self.findings.failures.append(Failure(f"where {written} = 0"))


class Boundary:
    """Left, right and on: a boundary that is crossed as the variable moves."""

    def __init__(self, cells: Cells, reader: Normaliser, number: int, where: Restriction | None) -> None:
        self.cells, self.reader, self.number, self.where = cells, reader, number, where
        self.variable = cells.variable
        assert self.variable is not None

    def decide(self, depth: int) -> None:
        """Adds an exception where the function is not differentiable, a failure where the claim may be wrong."""
        try:
            self._decide()
        except NeedSign as question:
            on = self.reader.assuming(self.number, 0).signs.find(question.number)
            if depth >= DEEPEST:
                raise OutOfReach("too many branches meet") from None
            for sign in (on,) if on else (1, -1):
                beside = Boundary(self.cells, self.reader.assuming(question.number, sign), self.number, self.where)
                if not beside.reader.assuming(self.number, 0).signs.contradictory():
                    beside.decide(depth + 1)

    def _decide(self) -> None:
        try:
            bodies = {sign: self._piece(self.cells.body, sign) for sign in (-1, 0, 1)}
        except NoValue:
            return  # an edge of where the function is defined
        if not all(_is_real(bodies[sign], self.reader.assuming(self.number, sign)) for sign in (-1, 1)):
            return
        slopes = {sign: self._piece(derivative(bodies[sign], self._variable()), sign) for sign in (-1, 1)}
        continuous = self._vanishes(bodies[-1] - bodies[1]) and self._vanishes(bodies[0] - bodies[1])
        level = self._vanishes(slopes[-1] - slopes[1])
        if not (continuous and level):
            self._note_kink(bool(continuous), slopes)
        try:
            claims = {sign: self._piece(self.cells.claim, sign) for sign in (-1, 0, 1)}
        except NoValue:
            if continuous and level:
                self._except("the claim has no value")
            return
        if claims[0] in (claims[-1], claims[1]):
            return  # where the function is differentiable, both sides' pieces are its derivative
        if continuous and level:
            self._must_vanish(slopes[1] - claims[0], slopes[1])
        elif continuous is not False:
            self._agree_where_level(slopes, claims[0])

    def _variable(self) -> Term:
        assert self.variable is not None
        return self.variable

    def _piece(self, of: Term, sign: int) -> Term:
        return smooth(of, self.reader.assuming(self.number, sign))

    def _vanishes(self, residual: Term) -> bool | None:
        """Whether a smooth term is zero on the boundary."""
        if residual.args[0] is residual.args[1]:
            return True
        if self.where is None:
            remainder = divmod(self.reader.field.numerator(self.reader.read(residual)), self._polynomial())[1]
            return True if not remainder else None
        domain, signs = restricted_facts(self.cells.domain, self.reader, self.number, self.where)
        inner = Normaliser.under(Facts(domain, signs), self.cells.deadline)
        try:
            return vanishes(inner, substitute(residual, dict([self.where])))
        except ZeroDivisionError:
            return None

    def _polynomial(self) -> object:
        return self.reader.field.polynomials[self.number]

    def _must_vanish(self, residual: Term, slope: Term) -> None:
        if not self._vanishes(residual):
            self.cells.findings.failures.append(Failure(f"at {self._place()}", slope, self.where))

    def _agree_where_level(self, slopes: dict[int, Term], claim: Term) -> None:
        """The claim on a kink may be anything, but where the two slopes happen to agree it must be theirs."""
        if self._vanishes(slopes[1] - claim) or self._vanishes(slopes[-1] - claim):
            return
        if self.where is None:
            raise OutOfReach("the boundary cannot be solved for a variable")
        domain, signs = restricted_facts(self.cells.domain, self.reader, self.number, self.where)
        inner = Normaliser.under(Facts(domain, signs), self.cells.deadline)
        kink, off = (
            inner.read(substitute(part, dict([self.where]))) for part in (slopes[1] - slopes[-1], slopes[1] - claim)
        )
        above = inner.field.numerator(off)
        for number, exponent in kink.factors:
            certain = inner.signs.find(number) in (-1, 1)
            if exponent > 0 and not certain and divmod(above, inner.field.polynomials[number])[1]:
                raise OutOfReach("the slopes agree for special values of the parameters")

    def _note_kink(self, continuous: bool, slopes: dict[int, Term]) -> None:
        sides = self._sides(slopes) if continuous else ""
        self._except(f"{self.cells.title} {'has a kink' if continuous else 'jumps'}{sides}")

    def _sides(self, slopes: dict[int, Term]) -> str:
        """` (left 0, right 1)` where the variable is solved for and both are short."""
        if self.where is None or self.where[0] != self.variable:
            return ""
        degree_one = self.reader.field.polynomials[self.number].derivative(self.reader.symbol(self.variable).slot)
        direction = self.reader.signs.of(self.reader.field.from_polynomial(degree_one))
        found = []
        for sign in (-direction, direction):
            value = substitute(slopes[sign], dict([self.where]))
            form = Normaliser.under(Facts(self.cells.domain), self.cells.deadline).form(value)
            if form is None or len(str(form)) > LONGEST_SHOWN // 2:
                return ""
            found.append(form)
        return f" (left {found[0]}, right {found[1]})"

    def _place(self) -> str:
        if self.where is not None:
            return f"{self.where[0]} = {self.where[1]}"
        return f"{self.reader.write_polynomial(self.reader.field.polynomials[self.number])} = 0"

    def _except(self, what: str) -> None:
        self.cells.findings.exceptions[f"{self._place()}, where {what}"] = None


def _is_real(smooth_term: Term, reader: Normaliser, certain: bool = False) -> bool:
    """Whether a smooth term is real in the cell. Unless `certain` is asked for, that is a fact to learn."""
    for condition in real_conditions(smooth_term):
        if certain:
            if reader.sign(condition) <= 0:
                return False
            continue
        element = reader.read(condition)
        reader.signs.learn_positive(element)
        if reader.signs.of(element) <= 0:
            return False
    return True


def solve(reader: Normaliser, number: int, variable: Term | None) -> Restriction | None:
    """The zero set of a polynomial as `symbol = term`, where it is linear in a symbol; the variable first."""
    polynomial = reader.field.polynomials[number]
    slots = reader.field.slots(polynomial)
    named = [reader.field.generators[slot] for slot in slots]
    for generator in sorted(named, key=lambda g: g.term != variable):
        if generator.term.head != "sym" or int(polynomial.degrees()[generator.slot]) != 1:
            continue
        if any(depends(other.term, generator.term) for other in named if other is not generator):
            continue
        slope = polynomial.derivative(generator.slot)
        rest = polynomial - slope * reader.field.polynomial(generator)
        above, below = (reader.field.from_polynomial(part) for part in (-rest, slope))
        if below.factors and not _surely_nonzero(reader, below):
            continue
        return generator.term, reader.write(reader.field.divide(above, below))
    return None


def _surely_nonzero(reader: Normaliser, element: Element) -> bool:
    return all(reader.signs.find(number) in (-1, 1) for number, _ in element.factors)


def restricted_facts(
    domain: Domain, reader: Normaliser, number: int, where: Restriction
) -> tuple[Domain, tuple[tuple[Term, int], ...]]:
    """The facts that remain on a boundary once a symbol is replaced by what it equals there."""
    name, value = where
    known = []
    for other, sign in reader.signs.known.items():
        polynomial = reader.field.polynomials[other]
        if other != number and sign and 1 < len(polynomial) <= 6:
            known.append((substitute(reader.write_polynomial(polynomial), {name: value}), sign))
    interval = domain.range(name.name)
    bounds = []
    if rational_value(value) is None:
        if interval.low is not None:
            bounds.append(relation("ge", value, term(interval.low)))
        if interval.high is not None:
            bounds.append(relation("le", value, term(interval.high)))
    relations = tuple(substitute(fact, {name: value}) for fact in domain.relations)
    ranges = {other: found for other, found in domain.ranges.items() if other != name.name}
    narrowed = {generator.term.name: reader.signs.ranges[generator.slot] for generator in reader.field.generators
                if generator.term.head == "sym" and generator.term != name
                and generator.slot in reader.signs.ranges}  # fmt: skip
    inner = replace(domain, ranges={**ranges, **narrowed}, relations=relations + tuple(bounds))
    return inner, tuple(known)
