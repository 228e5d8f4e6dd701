"""Whether a claim says anything of its own on the surfaces between its pieces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Final

from derive.calculus.derivative import depends, minus
from derive.calculus.indices import alpha
from derive.elementary.table import KINKED as TURNING
from derive.fuel import Fuel
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.field import OutOfReach, Singular
from derive.proof.algebra.normal import Normaliser
from derive.proof.algebra.nowhere_dense import has_interior
from derive.proof.algebra.signs import NeedSign
from derive.proof.algebra.syntactic_signs import syntactically_nonnegative
from derive.proof.kinks.smooth import FLAT_SOMEWHERE, KINKED
from derive.relations import SIGNS
from derive.term import RELATIONS, Term, branches, free_symbols, subterms, symbol, transform
from derive.values.kinks import pieces

MAX_SURFACES: Final = 6  # of one case distinction
MAX_PIECES: Final = 16  # of what vanishes on a surface
ANYWHERE: Final = symbol("#")  # stands for every index, since a surface is the same for all of them
Surface = object  # what identifies one, whatever its indices are called


class Surfaces:
    """Tells the surfaces of terms apart. `indices`: the names of indices and sizes, whose relations are none."""

    def __init__(self, indices: set[str], fuel: Fuel) -> None:
        self.indices, self.reader = indices, Normaliser.under(Facts(), fuel)

    def of(self, root: Term) -> dict[Surface, Term]:
        """The surfaces on which `root` bends or jumps, each with a term that vanishes there."""
        found: dict[Surface, Term] = {}
        for node in subterms(root):
            if node.head in TURNING and len(node.args) == 1:
                found[self.key(node.args[0])] = node.args[0]
            elif node.head in (*TURNING, *RELATIONS) and not self.is_placed(node):
                apart = minus(*node.args)
                found[self.key(apart)] = apart
        return {surface: part for surface, part in found.items() if free_symbols(part)}

    def is_placed(self, condition: Term) -> bool:
        """Whether a condition is one on places, not on values."""
        return free_symbols(condition) <= self.indices

    def key(self, of: Term) -> Surface:
        """What `of` is up to a factor that is a number, and up to the names of its indices."""
        return self.oriented(of)[0]

    def touches(self, of: Term) -> bool:
        """Whether `of` may vanish on a surface without changing sign across it."""
        factors = self.key(of)
        if syntactically_nonnegative(of.args[0] if of.head == "neg" else of):
            return True
        return isinstance(factors, tuple) and any(exponent % 2 == 0 for _, exponent in factors)

    def oriented(self, of: Term) -> tuple[Surface, int]:
        """The surface on which `of` vanishes, and the sign of `of` on its positive side."""
        shape = alpha(transform(of, _without_places))
        try:
            found = self.reader.read(shape)
        except (OutOfReach, Singular, NeedSign):
            return shape, 1
        return found.factors, 1 if found.coefficient > 0 else -1

    def is_nowhere_dense(self, of: Term) -> bool:
        """Whether the zeros of `of` are shown to have no interior, whichever of its pieces is in force."""
        return all(map(self._is_thin_piece, islice(_pieces(of), MAX_PIECES + 1))) and not _has_many_pieces(of)

    def _is_thin_piece(self, piece: Term) -> bool:
        shape = alpha(transform(piece, _without_places))
        try:
            element = self.reader.read(shape)
            if element.is_zero:
                # The same component at two places: zero where these meet, and a boundary elsewhere.
                return not self.reader.read(piece).is_zero
            if not any(node.head in FLAT_SOMEWHERE for node in subterms(shape)):
                return True
            return not any(has_interior(self.reader, number, None) for number, e in element.factors if e > 0)
        except (NeedSign, OutOfReach, Singular):
            return False

    def jumping(self, root: Term) -> dict[Surface, Term]:
        """The surfaces on which `root` may jump: those of signs and case distinctions."""
        found: dict[Surface, Term] = {}
        for node in subterms(root):
            if node.head in ("sign", "heaviside"):
                found[self.key(node.args[0])] = node.args[0]
            elif node.head == "cases":
                found |= self.of(_conditions(node))
        return found

    def moving(self, variable: Term, found: Mapping[Surface, Term]) -> dict[Surface, Term]:
        """Those of the surfaces that the variable crosses."""
        return {surface: part for surface, part in found.items() if depends(part, variable)}

    def alone(self, claim: Term) -> dict[Surface, Term]:
        """The surfaces on which `claim` may have a value unlike those nearby.

        On any other a claim continues one of its pieces: where it is the derivative in the pieces and
        the function is smooth, it is the derivative on the surface too.
        """
        found: dict[Surface, Term] = {}
        for node in subterms(claim):
            if node.head in ("sign", "heaviside"):
                found[self.key(node.args[0])] = node.args[0]
            elif node.head == "cases":
                mine = self.of(_conditions(node))
                if mine and not self.continues(node):
                    found |= mine
        return found

    def continues(self, node: Term) -> bool:
        """Whether each choice among the branches on a surface is also the choice beside it."""
        atoms = [part for part in subterms(_conditions(node)) if part.head in RELATIONS]
        if any(atom.head in ("eq", "ne") or self.is_placed(atom) for atom in atoms):
            return False
        if any(self.touches(minus(*atom.args)) for atom in atoms):
            return False
        sides = {atom: self.oriented(atom.args[0] - atom.args[1]) for atom in atoms}
        surfaces = list(dict.fromkeys(surface for surface, _ in sides.values()))
        if len(surfaces) > MAX_SURFACES:
            return False
        for here in product((-1, 0, 1), repeat=len(surfaces)):
            beside = product(*((sign,) if sign else (-1, 1) for sign in here))
            choices = [_chosen(node, _truths(sides, dict(zip(surfaces, signs, strict=True)))) for signs in beside]
            if _chosen(node, _truths(sides, dict(zip(surfaces, here, strict=True)))) not in choices:
                return False
        return True


def _pieces(of: Term) -> Iterator[Term]:
    """What a term may be off its kinks."""
    kink = next((node for node in subterms(of) if node.head in KINKED), None)
    if kink is None:
        yield of
        return
    for value in (value for value, _ in branches(kink)) if kink.head == "cases" else pieces(kink):
        yield from _pieces(_put(of, kink, value))


def _put(of: Term, kink: Term, value: Term) -> Term:
    """`of` with a kink's value in its place, within sums too: the value has the kink's own names."""
    return transform(of, lambda node: value if node is kink else node)


def _has_many_pieces(of: Term) -> bool:
    return sum(1 for _ in islice(_pieces(of), MAX_PIECES + 1)) > MAX_PIECES


def _truths(sides: Mapping[Term, tuple[Surface, int]], signs: Mapping[Surface, int]) -> dict[Term, bool]:
    """Which relations hold where the surfaces have these signs."""
    return {atom: signs[surface] * direction in SIGNS[atom.head] for atom, (surface, direction) in sides.items()}


def _chosen(node: Term, truths: Mapping[Term, bool]) -> int:
    """The number of the first branch whose condition holds."""
    for number, (_, condition) in enumerate(branches(node)):
        if _holds(condition, truths):
            return number
    return -1


def _holds(condition: Term, truths: Mapping[Term, bool]) -> bool:
    if condition.head in ("and", "or"):
        return (all if condition.head == "and" else any)(_holds(part, truths) for part in condition.args)
    if condition.head == "not":
        return not _holds(condition.args[0], truths)
    return truths.get(condition, condition.head == "true")


def _conditions(node: Term) -> Term:
    return Term("and", tuple(condition for _, condition in branches(node)))


def _without_places(node: Term) -> Term:
    return Term("index", (node.args[0], *(ANYWHERE for _ in node.args[1:]))) if node.head == "index" else node
