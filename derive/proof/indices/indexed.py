"""Claims in index notation: proved for every size and every index, or refuted at a small size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from itertools import islice
from time import monotonic
from typing import Final

from derive.calculus.axes import compared, free_ranges, occurrences, with_axes
from derive.calculus.derivative import depends, derivative, plus, times
from derive.calculus.indices import Range
from derive.elementary.table import STEPPED
from derive.errors import FormulaError, UnsupportedError
from derive.fuel import Fuel, OutOfFuel
from derive.proof.indices.demands import IndexedDemand, indexed_demands
from derive.proof.indices.holes import Values, ends_of, kinks
from derive.proof.indices.instances import SIZES, SMALL_SIZES, Instance, instances
from derive.proof.indices.order import IndexOrder
from derive.proof.indices.universal import gathered, positive_part, without_own_facts
from derive.proof.indices.vanishing import Attempt, Residual
from derive.proof.kinks.boundaries import Surfaces
from derive.proof.kinks.steps import jumps_from_one_side, plainly, with_still_steps_opaque, without_steps
from derive.proof.refute.consistency import contradiction
from derive.proof.refute.points import Points
from derive.proof.refute.recheck import StatedClaim
from derive.proof.refute.recheck_arrays import Arrays
from derive.proof.refute.strata import strata
from derive.proof.refute.stratum import Stratum
from derive.proof.refute.witness import Difference, Refuter
from derive.proof.scalar import prove_gradient
from derive.proof.verdict import Proof, Verdict, Witness
from derive.spec.domain import Domain
from derive.term import BINDERS, Term, free_symbols, substitute, subterms, symbol

# Parts of the fuel that is left.
SURFACE_SHARE: Final = 0.2
QUICK_SHARE: Final = 0.3
THOROUGH_SHARE: Final = 0.5
FIRST_LOOK: Final = 8  # instances at which a witness is looked for before a proof
MAX_ON_SURFACES: Final = 3  # instances at which the surfaces between pieces are looked at
FIRST_POINTS: Final = 3  # of each
MORE_POINTS: Final = 24  # of each, where none of the first satisfies the hypotheses


def prove_indexed(body: Term, variable: Term, claim: Term, domain: Domain, fuel: Fuel) -> Proof:
    """Whether d body / d variable = claim for all sizes and indices, where body is differentiable.

    `variable` is a component such as `x[j]`, or a scalar. Free indices run along the axes of the arrays
    in which they occur; axes that the domain does not state are inferred from the sums. A condition on
    components divides space into open regions, in each of which the claim is proved.
    """
    start = monotonic()
    try:
        body, claim, domain = without_steps(body), without_steps(claim), plainly(domain)
        proof = _in_strata(_IndexedClaim.of(body, variable, claim, domain), fuel)
    except OutOfFuel as problem:
        proof = Proof(Verdict.UNDECIDED, message=f"{problem}; tried: small sizes, and normal forms of sums")
    except UnsupportedError as problem:
        proof = Proof(Verdict.UNDECIDED, message=str(problem))
    return replace(proof, seconds=monotonic() - start)


def _in_strata(claim: _IndexedClaim, fuel: Fuel) -> Proof:
    """The claim, in each of the strata into which the hypotheses about its scalars divide it."""
    scalar, others = claim.scalar_domain()
    variable = claim.variable if claim.variable.head == "sym" else None
    parts = strata(scalar, variable, sorted(claim.scalars), fuel)
    if not parts:
        return Proof(Verdict.UNDECIDED, message=contradiction(scalar, fuel))
    if len(parts) == 1 and not parts[0].solved:
        return claim.settle(fuel)
    witness = _witness(claim, islice(claim.instances(), FIRST_LOOK), _Seen().first_points, fuel)
    if witness is not None:
        return witness
    found = [claim.within(part, others).settle(fuel) for part in parts]
    unsettled = next((proof for proof in found if proof.verdict is not Verdict.PROVED), None)
    if unsettled is not None:
        # A witness in a stratum may lack what is put in there, and that may be irrational.
        witness = _witness(claim, claim.instances(), Refuter.quick, fuel.share(QUICK_SHARE))
        message = unsettled.message or "the two sides differ, but no rational point was found at which they do"
        return witness or Proof(Verdict.UNDECIDED, message=message)
    names = frozenset().union(*(proof.hypotheses for proof in found))
    stated = claim.domain.hypotheses(claim.scalars)
    said = [*found[0].hypotheses, *stated]
    bends = tuple(dict.fromkeys(sentence for proof in found for sentence in proof.exceptions))
    holes = tuple(dict.fromkeys(sentence for proof in found for sentence in proof.holes))
    return replace(found[0], hypotheses=tuple(dict.fromkeys(each for each in said if each in names or each in stated)),
                   exceptions=bends, holes=holes)  # fmt: skip


@dataclass(frozen=True)
class _IndexedClaim:
    body: Term
    variable: Term
    claim: Term
    domain: Domain
    indices: Mapping[str, Range]  # the free indices
    sizes: tuple[str, ...]

    @classmethod
    def of(cls, body: Term, variable: Term, claim: Term, domain: Domain) -> _IndexedClaim:
        parts = (body, variable, claim)
        domain = with_axes(domain, (*parts, *domain.relations))
        axes: dict[str, list[Range | None]] = {name: list(axes) for name, axes in domain.axes.items()}
        indices = free_ranges(axes, [found for part in parts for found in occurrences(part)])
        binders = [node for part in parts for node in subterms(part) if node.head in BINDERS]
        ranges = {node.args[1].name: (node.args[2], node.args[3]) for node in binders}
        spans = [axis for axes_ in domain.axes.values() for axis in axes_] + list(ranges.values())
        sizes = {name for span in spans for end in span for name in free_symbols(end)} - indices.keys() - ranges.keys()
        for name, other in compared(parts):
            if name not in {*indices, *ranges, *sizes} and other in {**ranges, **indices}:
                indices[name] = {**ranges, **indices}[other]
        if variable.head == "sym" and variable.name in {*sizes, *indices}:
            raise FormulaError(f"{variable} is a size or an index, a whole number: nothing is differentiated by it")
        kept = {name: along for name, along in sorted(indices.items()) if name not in sizes}
        domain = gathered(domain, {*kept, *sizes})
        return cls(body, variable, claim, domain, kept, tuple(sorted(sizes)))

    @property
    def scalars(self) -> set[str]:
        """The names of numbers."""
        return set().union(*map(free_symbols, (self.body, self.variable, self.claim))) - {
            *self.sizes, *self.indices, *self.domain.axes
        }  # fmt: skip

    def scalar_domain(self) -> tuple[Domain, tuple[Term, ...]]:
        """What is assumed of the scalars alone, and the relations that speak of something else."""
        others = {*self.sizes, *self.indices, *self.domain.axes}
        mine = tuple(fact for fact in self.domain.relations if not free_symbols(fact) & others)
        ranges = {name: interval for name, interval in self.domain.ranges.items() if name not in others}
        values = {name: listed for name, listed in self.domain.values.items() if name not in others}
        rest = tuple(fact for fact in self.domain.relations if fact not in mine)
        return Domain(ranges, mine, self.domain.integers, values), rest

    def within(self, part: Stratum, others: tuple[Term, ...]) -> _IndexedClaim:
        """The claim in a stratum of its scalars."""
        put = part.put()
        taken = {*self.sizes, *self.indices, *self.domain.axes}
        ranges = {name: interval for name, interval in self.domain.ranges.items() if name in taken}
        values = {name: listed for name, listed in self.domain.values.items() if name in taken}
        relations = (*part.domain.relations, *(substitute(fact, put) for fact in others))
        domain = replace(self.domain, ranges={**part.domain.ranges, **ranges}, relations=relations,
                         values={**part.domain.values, **values})  # fmt: skip
        return replace(self, body=substitute(self.body, put), claim=substitute(self.claim, put), domain=domain)

    def settle(self, fuel: Fuel) -> Proof:
        written, seen = self.instances(), _Seen()
        found = _witness(self, islice(written, FIRST_LOOK), seen.first_points, fuel)
        if found is not None:
            return found
        if not seen.compared and seen.instances:
            _witness(self, islice(self.instances(), FIRST_LOOK), seen.more_points, fuel.share(QUICK_SHARE))
        if not seen.compared and (seen.instances or self.domain.relations):
            return Proof(Verdict.UNDECIDED, message=self.without_points(fuel))
        general, own = self.divided
        attempt = Attempt(general, fuel)
        if attempt.vanishes(self.residual, self.index_order()):
            surfaces = Surfaces(self.names(), fuel)
            if surfaces.alone(self.claim):
                found = _on_surfaces(self, self.instances(SMALL_SIZES), fuel)
            if found is None and self.is_proved_on_surfaces(surfaces, attempt):
                touched, holes = self.values(self.residual, self.real_where(), fuel)
                whole = [hole for hole in holes if any(f"at {size} = " in hole for size in self.sizes)]
                if whole:  # at that size the claim has a value nowhere
                    return Proof(Verdict.UNDECIDED, message=whole[0])
                exceptions = tuple(dict.fromkeys([*self.exceptions(surfaces), *touched]))
                return Proof(Verdict.PROVED, self.hypotheses(attempt.used), exceptions, tuple(holes))
        found = found or _witness(self, written, Refuter.quick, fuel.share(QUICK_SHARE))
        found = found or _witness(self, self.instances(), Refuter.thorough, fuel.share(THOROUGH_SHARE))
        return found or Proof(Verdict.UNDECIDED, message="; ".join((attempt.message(), *self.unused(own))))

    def without_points(self, fuel: Fuel) -> str:
        """Why nothing can be said where no point was found at which both sides have a value."""
        clash = contradiction(replace(self.domain, axes={}), fuel)
        return clash or "; ".join(("no point was found at which the hypotheses hold and both sides have a value",
                                   *self.unused(())))  # fmt: skip

    def unused(self, own: Iterable[Term]) -> Iterator[str]:
        """Hypotheses of which no proof makes use, a sentence each."""
        for fact in self.domain.relations:
            is_order = fact.head in ("lt", "le", "gt", "ge") and (fact not in own or positive_part(fact) is not None)
            is_whole = fact.head == "eq" and any(side.head in BINDERS for side in fact.args) and fact not in own
            if not is_order and not is_whole:
                yield f"the hypothesis {fact} was not used"

    @property
    def residual(self) -> Residual:
        """The claim off the surfaces on which conditions change."""
        # What holds whatever a floor is holds where it jumps.
        body, claim = (with_still_steps_opaque(part, self.variable) for part in (self.body, self.claim))
        real = self.real_where()
        positive = tuple(one.part for one in real if not one.bound)
        positive += tuple(part for part in map(positive_part, self.divided[1]) if part is not None)
        return Residual(slope_of(body, self.variable), claim, positive, tuple(one for one in real if one.bound))

    @cached_property
    def divided(self) -> tuple[Domain, list[Term]]:
        """The hypotheses that hold at every place, and those about the claim's own indices."""
        return without_own_facts(self.domain, set(self.sizes), set(self.indices))

    def is_proved_on_surfaces(self, surfaces: Surfaces, attempt: Attempt) -> bool:
        """Whether the surfaces are boundaries, and the claim is right on those where the function has a derivative."""
        kinks, alone = surfaces.of(self.body), surfaces.alone(self.claim)
        thick = [part for part in (kinks | surfaces.of(self.claim)).values() if not surfaces.is_nowhere_dense(part)]
        if thick:
            attempt.left = f"{thick[0]} = 0 may be more than a boundary"
            return False
        if not jumps_from_one_side(self.claim, self.variable):
            attempt.left = "at integer values of the argument of a floor the claim may have a value of its own"
            return False
        jumping = surfaces.jumping(self.body) | surfaces.jumping(self.claim)
        if len(surfaces.moving(self.variable, jumping)) < len(jumping):
            exact = replace(attempt, still=_base(self.variable))
            if not exact.vanishes(self.residual, self.index_order()):
                attempt.left = f"{exact.left}, where what the variable does not move is 0"
                return False
        moving = surfaces.moving(self.variable, alone)
        others = [part for surface, part in moving.items() if surface not in kinks]
        if others and not attempt.vanishes_on(others, self.residual, self.index_order()):
            return False
        for surface, part in moving.items():
            if surface in kinks and not attempt.bends_on(part, self.residual, self.index_order()):
                attempt.left = f"where {part} = 0 the claim may have a value of its own"
                return False
        return True

    def exceptions(self, surfaces: Surfaces) -> tuple[str, ...]:
        """Where the function may have no derivative."""
        kinks = surfaces.moving(self.variable, surfaces.of(self.body))
        steps = (node for node in subterms(self.body) if node.head in STEPPED and depends(node, self.variable))
        return (
            *(f"{part} = 0, where the function may bend or jump" for part in kinks.values()),
            *(f"integer values of {node.args[0]}, where {node} jumps" for node in steps),
        )

    def names(self) -> set[str]:
        """Indices, bound or free, and sizes."""
        binders = (node for part in (self.body, self.claim) for node in subterms(part) if node.head in BINDERS)
        return {*self.indices, *self.sizes, *(node.args[1].name for node in binders)}

    def instances(self, patterns: Sequence[tuple[int, ...]] = SIZES) -> Iterator[Instance]:
        parts = self.body, self.variable, self.claim
        return instances(parts, self.domain, self.indices, self.sizes, patterns)

    def index_order(self) -> IndexOrder:
        found = IndexOrder({size: self.domain.range(size) for size in self.sizes})
        found.ranges.update(self.indices)
        return found

    def hypotheses(self, used: Iterable[str]) -> tuple[str, ...]:
        """Every size and index, what is assumed of the scalars and arrays, and the properties that were needed."""
        said = [f"{size} >= {self.index_order().least(size)}" for size in self.sizes]
        said += [f"all {name} in {first}..{last}" for name, (first, last) in self.indices.items()]
        names = frozenset().union(*map(free_symbols, (self.body, self.claim))) - {*self.sizes, *self.indices}
        said += replace(self.domain, properties=frozenset()).hypotheses(names)
        return tuple(dict.fromkeys([*said, *sorted(used)]))

    def real_where(self) -> tuple[IndexedDemand, ...]:
        """What is positive wherever the body is real, branches apart; or may be zero besides."""
        return tuple(one for one in indexed_demands(self.body, branches_too=False) if one.kind in ("gt", "ge"))

    def values(self, residual: Residual, real: tuple[IndexedDemand, ...], fuel: Fuel) -> tuple[list[str], list[str]]:
        """Of a claim that is proved: where the function may have a kink, and the holes."""
        reader = residual.reader(self.domain, self.index_order(), fuel, learned=False)
        ends = ends_of(reader, real)
        found = Values(reader, self.body, self.variable, residual.slope, self.claim, ends)
        holes = dict.fromkeys(hole.sentence() for hole in found.holes())
        return list(kinks(reader, self.body, self.variable, ends)), list(holes)


def _base(variable: Term) -> str:
    return (variable.args[0] if variable.head == "index" else variable).name


def slope_of(body: Term, variable: Term) -> Term:
    """d body / d variable. A maximum contributes its own, unknown derivative: what is proved holds whatever it is."""
    maxima = [node for node in subterms(body) if node.head == "maximum" and depends(node, variable)]
    marks = {node: symbol(f"#max{number}") for number, node in enumerate(maxima)}
    marked, back = substitute(body, marks), {mark: node for node, mark in marks.items()}
    total = derivative(marked, variable)
    for number, mark in enumerate(back):
        total = plus(total, times(derivative(marked, mark), symbol(f"#slope{number}")))
    return substitute(total, back)


def _on_surfaces(claim: _IndexedClaim, written: Iterable[Instance], fuel: Fuel) -> Proof | None:
    """A witness on a surface between pieces of the claim, where the function is differentiable."""
    for instance in islice((each for each in written if not each.given), MAX_ON_SURFACES):
        part = fuel.share(SURFACE_SHARE)
        proof = prove_gradient(instance.body, instance.variable, instance.claim, instance.domain, part)
        stated = _refuter(claim, instance, part).stated
        if proof.witness is not None and stated.admits(proof.witness.point):
            return replace(proof, witness=_placed(proof.witness, instance))
    return None


def _witness(
    claim: _IndexedClaim, written: Iterable[Instance], search: Callable[[Refuter], Difference | None], fuel: Fuel
) -> Proof | None:
    for instance in written:
        try:
            found = search(_refuter(claim, instance, fuel))
        except OutOfFuel:
            return None
        if found is not None:
            return Proof(Verdict.REFUTED, witness=_placed(found.witness, instance), gap=found.gap)
    return None


class _Seen:
    """Searches that keep count of the points at which both sides have a value."""

    def __init__(self) -> None:
        self.instances = self.compared = 0

    def first_points(self, refuter: Refuter) -> Difference | None:
        return self.search(refuter, FIRST_POINTS)

    def more_points(self, refuter: Refuter) -> Difference | None:
        return None if self.compared else self.search(refuter, MORE_POINTS)

    def search(self, refuter: Refuter, count: int) -> Difference | None:
        found = refuter.quick(count)
        self.instances += 1
        self.compared += refuter.compared
        return found


def _placed(witness: Witness, instance: Instance) -> Witness:
    """The witness, with its sizes and indices first."""
    return replace(witness, point={name: Fraction(at) for name, at in instance.place.items()} | dict(witness.point))


def _refuter(claim: _IndexedClaim, instance: Instance, fuel: Fuel) -> Refuter:
    sides = instance.body, instance.derivative, instance.claim
    first = instance.variable.name
    names = frozenset().union(*map(free_symbols, sides)) - {settled.name for settled in instance.given} - {first}
    known = tuple(instance.given.items())
    parts = strata(instance.domain, instance.variable, [first, *sorted(names)], fuel)
    settled = [replace(part, solved=(*known, *part.solved)) for part in parts]
    points = Points([first, *sorted(names)], instance.domain, settled, fuel)
    arrays = Arrays(claim.body, claim.claim, claim.domain, instance.place)
    agrees = partial(arrays.agrees, body=instance.body, claim=instance.claim)
    stated = StatedClaim(instance.body, instance.variable, instance.claim, instance.domain, agrees)
    return Refuter(stated, *sides, points, fuel)
