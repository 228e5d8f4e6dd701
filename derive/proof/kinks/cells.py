"""`Cells`: a claim decided cell by cell, between and on the zeros of what its branches turn on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from derive.calculus.derivative import depends
from derive.elementary.table import STEPPED
from derive.fuel import Fuel
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.field import OutOfReach, Singular
from derive.proof.algebra.normal import MAX_READINGS, Normaliser
from derive.proof.algebra.nowhere_dense import has_interior, is_nowhere_dense, moves
from derive.proof.algebra.real import grounds_of, learn_real, shortened
from derive.proof.algebra.signs import NeedSign
from derive.proof.kinks.boundary import MAX_DEPTH, Boundary, Restriction, restricted_facts, slope_in, solve
from derive.proof.kinks.ends import corner, jumps, may_touch
from derive.proof.kinks.holes import Smooth, zeros
from derive.proof.kinks.jumps import continues
from derive.proof.kinks.levels import at_integers, level
from derive.proof.kinks.smooth import NoSmoothValue, holds, smooth
from derive.proof.kinks.steps import equation
from derive.proof.verdict import Hole, derivative_said
from derive.spec.domain import Domain
from derive.term import Term, substitute, subterms, term

MAX_TITLE: Final = 60  # characters of a function that is named by its formula
UNSOLVED: Final = "it is solved for no variable, and may be more than a boundary"


@dataclass(frozen=True)
class Failure:
    """A cell in which the claim was not proved.

    `slope` is the derivative there. `where` solves the boundaries that it lies on; a later one may
    be needed for the place of an earlier one. `within` knows the signs under which `slope` was found.
    """

    reason: str
    slope: Term | None = None
    where: tuple[Restriction, ...] = ()
    within: tuple[Normaliser, ...] = ()

    def on(self, where: Restriction, within: Normaliser) -> Failure:
        """The same failure, of a slice of a larger cell."""
        return replace(self, where=(*self.where, where), within=(*self.within, within))


@dataclass
class Findings:
    """What the exploration came to: proved if there is no failure."""

    failures: list[Failure] = field(default_factory=list)
    exceptions: dict[str, None] = field(default_factory=dict)
    holes: dict[Hole, None] = field(default_factory=dict)
    forms: dict[Term, None] = field(default_factory=dict)
    is_vacuous: bool = True  # the function has a value in no part that was looked at


class Cells:
    """Whether `d body / d variable` (or `body` itself where `variable` is None) equals `claim`."""

    def __init__(self, body: Term, variable: Term | None, claim: Term, domain: Domain, fuel: Fuel, title: str) -> None:
        self.body, self.variable, self.claim = body, variable, claim
        self.domain, self.fuel = domain, fuel
        self.title = title if len(title) <= MAX_TITLE else "the function"
        self.findings = Findings()
        self.given: dict[Term, Term] = {}
        self.is_slice = False
        self.steps = [node for node in dict.fromkeys((*subterms(body), *subterms(claim))) if node.head in STEPPED]
        self.still: dict[Term, None] = {}  # arguments of steps that the variable does not move, and those that it does
        self.moving: dict[Term, None] = {}
        self.ends: list[tuple[int, Normaliser]] = []  # roots that end, with what was known before

    def explore(self, signs: tuple[tuple[Term, int], ...] = ()) -> Findings:
        facts = Facts(self.domain, signs)
        reader = Normaliser.under(facts, self.fuel)
        self.given = equations(reader, self.domain, self.variable)
        self._whole(reader)
        for _ in range(1, MAX_READINGS):
            if not (self.findings.failures and reader.tower.late):
                break
            self.findings, reader = Findings(), reader.refined(facts)
            self._whole(reader)
        if not self.findings.failures:
            self._at_integers(Normaliser.under(facts, self.fuel))
        return self.findings

    def _whole(self, reader: Normaliser) -> None:
        self.ends = []
        self._cell(reader, 0)
        for number, before in self.ends:
            self._end(before, number)

    def _fail(
        self,
        reason: str,
        slope: Term | None = None,
        where: tuple[Restriction, ...] = (),
        within: Normaliser | None = None,
    ) -> None:
        self.findings.failures.append(Failure(reason, slope, where, (within,) if within else ()))

    def _except(self, sentence: str) -> None:
        self.findings.exceptions[sentence] = None

    # Cells in which nothing turns

    def _cell(self, reader: Normaliser, depth: int) -> None:
        self.fuel.spend()
        if self._is_empty(reader):
            return
        try:
            self._open_cell(reader)
        except NeedSign as question:
            if depth >= MAX_DEPTH:
                self._fail("too many branches")
                return
            for sign in (1, -1):
                self._cell(reader.assuming(question.number, sign), depth + 1)
            self._boundary(reader, question.number, depth + 1)
        except (OutOfReach, Singular) as problem:
            self._fail(str(problem))

    def _is_empty(self, reader: Normaliser) -> bool:
        """Whether what is known contradicts itself or a hypothesis."""
        return reader.signs.contradictory() or any(_is_false(fact, reader) for fact in self.domain.relations)

    def _open_cell(self, reader: Normaliser) -> None:
        try:
            body = smooth(self.body, reader)
            if not self._learn_real(body, reader):
                return
            self._note_steps(reader)
            slope = body if self.variable is None else slope_in(reader, body, self.variable)
        except NoSmoothValue:
            return
        self.findings.is_vacuous = False
        try:
            claim = smooth(self.claim, reader)
            rests_on = grounds_of(claim, reader)
        except NoSmoothValue:
            rests_on = None
        if rests_on is None:
            if self.is_slice:
                self._hole(Hole((), derivative_said(reader.write(reader.read(slope)))))
            else:
                self._fail("the claim has no value in a part of the domain")
            return
        if self.moving and self.variable is not None and not continues(self.claim, claim, self.variable, reader):
            said = ", ".join(map(str, self.moving))
            self._fail(f"at integer values of {said} the claim may have a value of its own")
        for number, divisor in zeros(reader, rests_on.nonzero).items():
            if reader.signs.find(number) is None and has_interior(reader, number, self.variable):
                self._fail(f"where {equation(divisor)} the claim has no value; that may be more than a boundary")
        residual = reader.read(substitute(slope - claim, self.given))
        if not residual.is_zero:
            self._fail("the two sides have different normal forms", slope, (), reader)
            return
        self.findings.forms[reader.shown(reader.read(slope))] = None
        cell = Smooth(reader, self.domain, self.variable, body, slope, dict(self.ends), self._is_empty)
        for found in cell.holes(rests_on):
            self._hole(found) if isinstance(found, Hole) else self._except(found)
        for sentence in jumps(body, reader, self.variable) if self.variable is not None else ():
            self._except(sentence)

    def _learn_real(self, body: Term, reader: Normaliser) -> bool:
        """Whether the function may be real in a cell; roots that end there are looked at when the cells are done."""
        before, edges = reader.fork(), dict[int, None]()
        try:
            return learn_real(body, reader, self.variable, edges)
        finally:
            self.ends += [(number, before) for number in edges]

    def _end(self, before: Normaliser, number: int) -> None:
        """Where a root is zero the function has a value."""
        if self._is_empty(before.assuming(number, 0)):
            return
        written = before.written(number)
        if self.variable is None or not depends(written, self.variable):
            where = corner(before, number, self.variable)
            self._slice(before, number, where) if where else self._boundary(before, number, 0)
        elif may_touch(before, number, self.variable):
            self._except(f"{shortened(written)} = 0, where {self.title} may have a kink")

    def _hole(self, hole: Hole) -> None:
        self.findings.holes[hole] = None

    # Where a floor jumps

    def _note_steps(self, reader: Normaliser) -> None:
        """Which steps move with the variable in a cell. Raises NeedSign."""
        for node in self.steps:
            inside = smooth(node.args[0], reader)
            is_moving = self.variable is not None and moves(reader, inside, self.variable)
            (self.moving if is_moving else self.still)[node.args[0]] = None

    def _at_integers(self, reader: Normaliser) -> None:
        """The claim where the argument of a floor is an integer, which is in no cell."""
        for inside in self.still:
            # There floor and ceiling are their argument; it is enough if the claim holds wherever they are.
            by = at_integers(inside, self.steps, reader)
            body, claim = substitute(self.body, by), substitute(self.claim, by)
            found = Cells(body, self.variable, claim, self.domain, self.fuel, self.title).explore()
            self.findings.exceptions |= found.exceptions
            self.findings.holes |= found.holes
            for failure in found.failures:
                self._fail(f"at integer values of {inside}: {failure.reason}")
        inside_body = {node for node in subterms(self.body) if node.head in STEPPED}
        for node in self.steps:
            if node.args[0] in self.moving and node in inside_body:
                self._except(f"integer values of {node.args[0]}, where {node} jumps")

    # Boundaries between cells

    def _boundary(self, reader: Normaliser, number: int, depth: int) -> None:
        """The zeros of a polynomial, which the variable crosses or along which it moves."""
        if self._is_empty(reader.assuming(number, 0)):
            return
        written = reader.written(number)
        try:
            is_thin_set = self._is_thin(reader, number)
            is_settled = not is_thin_set and self._slice(reader, number, solve(reader, number, self.variable))
            if not is_settled and self.variable is not None and depends(written, self.variable):
                self._crossing(reader, number)
        except NeedSign as question:
            self._boundary_by_cases(reader, number, question.number, depth)
        except (OutOfReach, Singular) as problem:
            self._fail(f"where {equation(written)}: {problem}")

    def _is_thin(self, reader: Normaliser, number: int) -> bool:
        """Whether the zeros of a polynomial are shown to be a set that the variable crosses."""
        moves_it = self.variable is not None and depends(reader.written(number), self.variable)
        return moves_it and self.variable is not None and is_nowhere_dense(reader, number, self.variable)

    def _crossing(self, reader: Normaliser, number: int) -> None:
        assert self.variable is not None
        crossing = Boundary(
            reader,
            number,
            self.variable,
            self.domain,
            self._except,
            self._fail,
            self._is_empty,
            self._hole,
            self.given,
        )
        if crossing.where is None or not self._rules_out(crossing.where):
            for parameter in crossing.decide(self.body, self.claim, self.title):
                self._slice(reader, parameter, solve(reader, parameter, self.variable))

    def _boundary_by_cases(self, reader: Normaliser, number: int, other: int, depth: int) -> None:
        """The variable crosses the zeros of a polynomial or moves along them, by the sign of another."""
        if depth >= MAX_DEPTH or other == number:
            self._fail("too many branches")
            return
        for sign in (1, -1):
            narrower = reader.assuming(other, sign)
            if not self._is_empty(narrower):
                self._boundary(narrower, number, depth + 1)
        self._boundary(reader, other, depth + 1)

    def _rules_out(self, where: Restriction) -> bool:
        """Whether a hypothesis fails on a boundary."""
        on = Normaliser.under(Facts(self.domain), self.fuel)
        return any(_is_false(substitute(fact, dict([where])), on) for fact in self.domain.relations)

    def _slice(self, reader: Normaliser, number: int, where: Restriction | None) -> bool:
        """A set along which the variable moves freely: the same claim with one parameter fewer.

        False where only the interior of the set is judged so, and what lies about it is not.
        """
        if where is None or where[0] is self.variable:
            return self._level(reader, number)
        if self._rules_out(where):
            return True
        domain, signs = restricted_facts(self.domain, reader, number, where)
        body, claim = (substitute(part, dict([where])) for part in (self.body, self.claim))
        inside = Cells(body, self.variable, claim, domain, self.fuel, self.title)
        inside.is_slice = True
        found = inside.explore(signs)
        self.findings.failures += [failure.on(where, reader) for failure in found.failures]
        self.findings.is_vacuous = self.findings.is_vacuous and found.is_vacuous
        for sentence in found.exceptions:
            self._except(f"{sentence} ({where[0]} = {where[1]})")
        for hole in found.holes:
            self._hole(hole.on(f"{where[0]} = {where[1]}"))
        return True

    def _level(self, reader: Normaliser, number: int) -> bool:
        """A set that is solved for no symbol, and that may be a part of space: where a floor has one value, say."""
        step = level(reader, number)
        if step is None:
            self._slice_by_continuity(reader, number)
            return False
        if not step.is_empty:
            body, claim = step.put(self.body, reader), step.put(self.claim, reader)
            domain = replace(self.domain, relations=(*self.domain.relations, *step.conditions))
            inside = Cells(body, self.variable, claim, domain, self.fuel, self.title)
            inside.is_slice = self.is_slice
            found = inside.explore(step.known(reader))
            self.findings.failures += [replace(failure, slope=None) for failure in found.failures]
            self.findings.exceptions |= found.exceptions
            self.findings.holes |= found.holes
            self.findings.is_vacuous = self.findings.is_vacuous and found.is_vacuous
        return True

    def _slice_by_continuity(self, reader: Normaliser, number: int) -> None:
        """What holds beside the boundary holds on it, if the same pieces are in force there."""
        sides = [reader.assuming(number, sign) for sign in (0, -1, 1)]
        try:
            on, *beside = [(smooth(self.body, side), smooth(self.claim, side)) for side in sides]
        except (NeedSign, NoSmoothValue):
            raise OutOfReach(UNSOLVED) from None
        if on not in beside:
            raise OutOfReach(UNSOLVED)


def equations(reader: Normaliser, domain: Domain, variable: Term | None) -> dict[Term, Term]:
    """Each equation among the hypotheses solved for a symbol, for another than the variable where possible."""
    solved: dict[Term, Term] = {}
    if variable is not None and (only := domain.range(variable.name).only) is not None:
        solved[variable] = term(only)
    for fact in domain.relations:
        if fact.head != "eq":
            continue
        try:
            element = reader.read(substitute(fact.args[0] - fact.args[1], solved))
        except (NeedSign, OutOfReach, Singular):
            continue
        numbers = [number for number, exponent in element.factors if exponent > 0]
        named = sorted(reader.field.slots(reader.field.polynomials[numbers[0]])) if len(numbers) == 1 else []
        free = [reader.field.generators[slot].term for slot in named]
        where = solve(reader, numbers[0], next((name for name in free if name != variable), None)) if free else None
        if where is not None:
            solved = {name: substitute(value, dict([where])) for name, value in solved.items()} | dict([where])
    return solved


def _is_false(fact: Term, reader: Normaliser) -> bool:
    try:
        return not holds(fact, reader, lambda part: smooth(part, reader))
    except (NeedSign, NoSmoothValue, OutOfReach, Singular):
        return False
