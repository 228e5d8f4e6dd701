"""Claims in index notation: proved for every size and every index, or refuted at a small size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice
from time import monotonic
from typing import Final

from derive.axes import free_ranges, occurrences, with_axes
from derive.differentiate import derivative, minus
from derive.domain import Domain
from derive.errors import UnsupportedError
from derive.indices import Range
from derive.prove.field import Deadline, OutOfReach, OutOfTime
from derive.prove.instances import Instance, instances
from derive.prove.places import NeedPlace, Places
from derive.prove.refute import Difference, Refuter
from derive.prove.signs import NeedSign
from derive.prove.sums import IndexReader
from derive.prove.verdict import Proof, Verdict
from derive.term import BINDERS, RELATIONS, Term, free_symbols, substitute, subterms, symbol

MOST_ASSUMPTIONS: Final = 6  # about places, and about signs, one upon the other
FIRST_LOOK: Final = 12  # instances at which a witness is looked for before a proof
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
        axes = {name: list(axes) for name, axes in domain.axes.items()}
        indices = free_ranges(axes, [found for part in parts for found in occurrences(part)])
        ends = {name for axes_ in domain.axes.values() for axis in axes_ for end in axis for name in free_symbols(end)}
        bound = {node.args[1].name for part in parts for node in subterms(part) if node.head in BINDERS}
        for part in parts:
            for node in subterms(part):
                if node.head in BINDERS:
                    ends |= free_symbols(node.args[2]) | free_symbols(node.args[3])
        sizes = ends - indices.keys() - bound
        kept = {name: along for name, along in sorted(indices.items()) if name not in sizes}
        return cls(body, variable, claim, domain, kept, tuple(sorted(sizes)))

    def settle(self, deadline: Deadline) -> Proof:
        written = instances(self.body, self.variable, self.claim, self.domain, self.indices, list(self.sizes))
        found = _witness(islice(written, FIRST_LOOK), deadline, thorough=False)
        if found is not None:
            return found
        attempt = _Attempt(self.domain, deadline)
        residual = minus(derivative(self.body, self.variable), self.claim)
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


@dataclass
class _Attempt:
    """A proof that a residual vanishes, place by place and sign by sign."""

    domain: Domain
    deadline: Deadline
    used: set[str] = field(default_factory=set)
    left: str = ""  # what did not vanish, or why it is not known

    def vanishes(self, residual: Term, places: Places, depth: int) -> bool:
        reader = IndexReader.over(self.domain, places, self.deadline)
        try:
            found = self.by_signs(reader, residual, 0)
        except NeedPlace as question:
            return depth < MOST_ASSUMPTIONS and self.by_places(residual, places, question, depth)
        except OutOfTime:
            raise
        except (OutOfReach, ZeroDivisionError) as problem:
            self.left = str(problem)
            return False
        self.used |= reader.used
        return found

    def by_places(self, residual: Term, places: Places, question: NeedPlace, depth: int) -> bool:
        left, right = question.left, question.right
        for sign in sorted(places.order(left, right)):
            if sign:
                found = self.vanishes(residual, places.assuming(left, right, sign), depth + 1)
            else:
                name, place, inner = places.meeting(left, right)
                found = self.vanishes(substitute(residual, {symbol(name): place}), inner, depth + 1)
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
        refuter = Refuter(
            instance.body, instance.derivative, instance.claim, instance.domain, str(instance.variable), deadline
        )
        points = refuter.thorough() if thorough else refuter.everyday(4)
        try:
            found = refuter.search(islice(points, 200))
        except OutOfTime:
            return None
        if found is not None:
            return _refuted(found, instance)
    return None


def _refuted(found: Difference, instance: Instance) -> Proof:
    point = {name: Fraction(value) for name, value in instance.place.items()}
    point |= dict(instance.fixed) | dict(found.witness.point)
    return Proof(Verdict.REFUTED, witness=replace(found.witness, point=point), gap=found.gap)
