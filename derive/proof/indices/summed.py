"""`Summed`: the sum of a product of pieces over named indices, as Terms; and places at a known distance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.proof.indices.order import CONSTANT, Affine, affine, difference, written
from derive.term import Term, free_symbols


@dataclass(frozen=True)
class Summed:
    """`factor` times the sum over `names` of the product of `pieces`, factors with their exponents."""

    names: tuple[str, ...]
    pieces: tuple[tuple[Term, int], ...]
    factor: int = 1

    def uses(self, name: str) -> list[tuple[Term, int]]:
        return [piece for piece in self.pieces if name in free_symbols(piece[0])]

    def without(self, *pieces: tuple[Term, int]) -> Summed:
        return replace(self, pieces=tuple(piece for piece in self.pieces if piece not in pieces))

    def times(self, *factors: Term) -> Summed:
        return replace(self, pieces=(*self.pieces, *((factor, 1) for factor in factors)))


def components(whole: Summed) -> Iterator[Summed]:
    """Sums over indices that share no piece are factors of each other; pieces without an index come first."""
    left = {name: {name} for name in whole.names}
    for piece, _ in whole.pieces:
        together = {name for name in whole.names if name in free_symbols(piece)}
        merged = set().union(*(left[name] for name in together))
        left |= dict.fromkeys(merged, merged)
    groups = {tuple(name for name in whole.names if name in left[name_]) for name_ in whole.names}
    yield Summed(
        (), tuple(piece for piece in whole.pieces if not free_symbols(piece[0]) & set(whole.names)), whole.factor
    )
    for group in sorted(groups):
        yield Summed(group, tuple(piece for piece in whole.pieces if free_symbols(piece[0]) & set(group)))


def solved(apart: Affine | None, names: tuple[str, ...]) -> tuple[str, Term] | None:
    """The index that makes an affine difference vanish, and its place."""
    for name in names:
        slope = (apart or {}).get(name, Fraction(0))
        if apart is not None and abs(slope) == 1:
            return name, written({n: -slope * value for n, value in apart.items() if n != name})
    return None


def distance(left: Term, right: Term) -> int | None:
    """`left - right`, where it is a whole number."""
    apart = difference(left, right)
    if apart is None or apart.keys() - {CONSTANT}:
        return None
    return int(apart.get(CONSTANT, 0))


def constant(place: Term) -> int:
    form = affine(place)
    return 0 if form is None else int(form.get(CONSTANT, 0))


def moved(place: Term, step: int) -> Term:
    found = affine(place)
    assert found is not None
    return written({**found, CONSTANT: found.get(CONSTANT, Fraction(0)) + step})
