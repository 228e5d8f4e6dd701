"""Claims in index notation: proved for every size and every index, or refuted at a small size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice
from time import monotonic
from typing import Final

from derive.axes import compared, free_ranges, occurrences, with_axes
from derive.differentiate import derivative, minus
from derive.domain import Domain
from derive.errors import UnsupportedError
from derive.indices import Range
from derive.prove.field import Deadline, OutOfReach, OutOfTime
from derive.prove.instances import Instance, instances
from derive.prove.places import NeedPlace, Places
from derive.prove.points import Points
from derive.prove.refute import Refuter
from derive.prove.signs import NeedSign
from derive.prove.smooth import real_conditions
from derive.prove.sums import IndexReader
from derive.prove.verdict import Proof, Verdict
from derive.term import BINDERS, ONE, RELATIONS, Term, free_symbols, substitute, subterms, symbol, transform

MOST_ASSUMPTIONS: Final = 6  # about places, and about signs, one upon the other
FIRST_LOOK: Final = 12  # instances at which a witness is looked for before a proof
FIRST_POINTS: Final = 3
LONGEST_MESSAGE: Final = 300  # characters


def prove_indexed(body: Term, variable: Term, claim: Term, domain: Domain, deadline: Deadline) -> Proof:
    """Whether d body / d variable = claim for all sizes and indices, where body is differentiable.

    `variable` is a component such as `x[j]`, or a scalar. Free indices run along the axes of the arrays
    in which they occur; axes that the domain does not state are inferred from the sums. A condition on
    components divides space into open regions, in each of which the claim is proved.
    """
    start = monotonic()
    try:
        proof = _Claim.of(body, variable, claim, domain).settle(deadline)
    except OutOfTime as problem:
        proof = Proof(Verdict.UNDECIDED, message=f"{problem}; tried: small sizes, and normal forms of sums")
    except UnsupportedError as problem:
        proof = Proof(Verdict.UNDECIDED, message=str(problem))
    return replace(proof, seconds=monotonic() - start)


@dataclass(frozen=True)
class _Claim:
    body: Term
    variable: Term
    claim: Term
    domain: Domain
    indices: Mapping[str, Range]  # the free indices
    sizes: tuple[str, ...]

    @classmethod
    def of(cls, body: Term, variable: Term, claim: Term, domain: Domain) -> _Claim:
        parts = (body, variable, claim)
        domain = with_axes(domain, parts)
        axes: dict[str, list[Range | None]] = {name: list(axes) for name, axes in domain.axes.items()}
        indices = free_ranges(axes, [found for part in parts for found in occurrences(part)])
        binders = [node for part in parts for node in subterms(part) if node.head in BINDERS]
        ranges = {node.args[1].name: (node.args[2], node.args[3]) for node in binders}
        spans = [axis for axes_ in domain.axes.values() for axis in axes_] + list(ranges.values())
        sizes = {name for span in spans for end in span for name in free_symbols(end)} - indices.keys() - ranges.keys()
        for name, other in compared(parts):
            if name not in {*indices, *ranges, *sizes} and other in {**ranges, **indices}:
                indices[name] = {**ranges, **indices}[other]
        kept = {name: along for name, along in sorted(indices.items()) if name not in sizes}
        return cls(body, variable, claim, domain, kept, tuple(sorted(sizes)))

    def settle(self, deadline: Deadline) -> Proof:
        written = instances(self.body, self.variable, self.claim, self.domain, self.indices, list(self.sizes))
        found = _witness(islice(written, FIRST_LOOK), deadline, thorough=False)
        if found is not None:
            return found
        attempt = _Attempt(self.domain, deadline)
        residual = _Residual(minus(derivative(self.body, self.variable), self.claim), tuple(self.real_where()))
        if attempt.vanishes(residual, self.places(), 0):
            return Proof(Verdict.PROVED, hypotheses=self.hypotheses(attempt.used), exceptions=tuple(self.kinks()))
        found = _witness(written, deadline.share(0.5), thorough=True)
        return found or Proof(Verdict.UNDECIDED, message=attempt.message())

    def places(self) -> Places:
        places = Places({size: self.domain.range(size) for size in self.sizes})
        places.ranges.update(self.indices)
        return places

    def hypotheses(self, used: Iterable[str]) -> tuple[str, ...]:
        """Every size and index, what is assumed of the scalars and arrays, and the properties that were needed."""
        said = [f"{size} >= {self.places().least(size)}" for size in self.sizes]
        said += [f"all {name} in {first}..{last}" for name, (first, last) in self.indices.items()]
        names = frozenset().union(*map(free_symbols, (self.body, self.claim))) - {*self.sizes, *self.indices}
        said += replace(self.domain, properties=frozenset()).hypotheses(names)
        return tuple(dict.fromkeys([*said, *sorted(used)]))

    def real_where(self) -> Iterator[Term]:
        """What is positive wherever the body is real: arguments of roots and logarithms, outside of branches."""
        bound = {node.args[1].name for node in subterms(self.body) if node.head in BINDERS}
        open_body = transform(self.body, lambda node: ONE if node.head == "cases" else node)
        for condition in real_conditions(open_body):
            if not free_symbols(condition) & bound:
                yield condition

    def kinks(self) -> list[str]:
        """Where the body bends or jumps, a sentence each."""
        found: dict[str, None] = {}
        for node in subterms(self.body):
            sides = node.args if node.head in (*RELATIONS, "max", "min") else (*node.args, None)
            if node.head in (*RELATIONS, "max", "min", "abs", "sign", "heaviside"):
                names = frozenset().union(*(free_symbols(side) for side in node.args))
                if not names <= {*self.indices, *self.sizes}:
                    found[f"{sides[0]} = {0 if sides[1] is None else sides[1]}"] = None
        return [f"{surface}, where the function may bend or jump" for surface in found]


@dataclass(frozen=True)
class _Residual:
    """What is to vanish, wherever every one of `positive` is positive."""

    difference: Term
    positive: tuple[Term, ...]

    def at(self, name: str, place: Term) -> _Residual:
        by = {symbol(name): place}
        return _Residual(substitute(self.difference, by), tuple(substitute(part, by) for part in self.positive))


@dataclass
class _Attempt:
    """A proof that a residual vanishes, place by place and sign by sign."""

    domain: Domain
    deadline: Deadline
    used: set[str] = field(default_factory=set)
    left: str = ""  # what did not vanish, or why it is not known

    def vanishes(self, residual: _Residual, places: Places, depth: int) -> bool:
        reader = IndexReader.over(self.domain, places, self.deadline)
        try:
            for positive in residual.positive:
                reader.learn_positive(positive)
            found = self.by_signs(reader, residual.difference, 0)
        except NeedPlace as question:
            return depth < MOST_ASSUMPTIONS and self.by_places(residual, places, question, depth)
        except OutOfTime:
            raise
        except (OutOfReach, ZeroDivisionError) as problem:
            self.left = str(problem)
            return False
        self.used |= reader.used
        return found

    def by_places(self, residual: _Residual, places: Places, question: NeedPlace, depth: int) -> bool:
        left, right = question.left, question.right
        for sign in sorted(places.order(left, right)):
            if sign:
                found = self.vanishes(residual, places.assuming(left, right, sign), depth + 1)
            else:
                name, place, inner = places.meeting(left, right)
                found = self.vanishes(residual.at(name, place), inner, depth + 1)
            if not found:
                return False
        return True

    def by_signs(self, reader: IndexReader, residual: Term, depth: int) -> bool:
        try:
            found = reader.read(residual)
        except NeedSign as question:
            if depth == MOST_ASSUMPTIONS:
                raise OutOfReach("too many signs to tell apart") from None
            return all(self.by_signs(reader.assuming(question.number, sign), residual, depth + 1) for sign in (1, -1))
        if not found.is_zero:
            self.left = f"the two sides differ by {reader.write(found)}, as far as is known"
        return found.is_zero

    def message(self) -> str:
        return self.left if len(self.left) <= LONGEST_MESSAGE else f"{self.left[:LONGEST_MESSAGE]}…"


def _witness(written: Iterable[Instance], deadline: Deadline, thorough: bool) -> Proof | None:
    for instance in written:
        refuter = _refuter(instance, deadline)
        try:
            found = refuter.thorough() if thorough else refuter.quick(FIRST_POINTS)
        except OutOfTime:
            return None
        if found is not None:
            point = {name: Fraction(value) for name, value in instance.place.items()} | dict(found.witness.point)
            return Proof(Verdict.REFUTED, witness=replace(found.witness, point=point), gap=found.gap)
    return None


def _refuter(instance: Instance, deadline: Deadline) -> Refuter:
    sides = instance.body, instance.derivative, instance.claim
    first = instance.variable.name
    names = frozenset().union(*map(free_symbols, sides)) - {settled.name for settled in instance.given} - {first}
    points = Points([first, *sorted(names)], instance.domain, instance.given, deadline)
    return Refuter(*sides, points, deadline)
