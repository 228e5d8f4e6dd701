"""Indexed claims written out at small sizes: scalar terms in components, named as the claim names them.

At such a size a claim is an ordinary one, and the scalar search for a witness applies to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import product
from typing import Final

from derive.calculus.derivative import derivative, minus, plus, times
from derive.calculus.indices import Range, index_names
from derive.errors import UnsupportedError
from derive.proof.indices.universal import Universal
from derive.relations import SIGNS
from derive.spec.domain import REALS, Domain, Interval
from derive.term import (
    BINDERS,
    FALSE,
    ONE,
    RELATIONS,
    TRUE,
    ZERO,
    Term,
    branches,
    call,
    cases,
    free_symbols,
    rational_value,
    rebuild,
    relation,
    substitute,
    symbol,
    term,
)

MAX_PLACES: Final = 6  # places along an axis that are written out
MAX_WRITTEN: Final = 100  # places of which one hypothesis is written out
# The sizes tried, in turn for each symbolic size; a claim may hold for one and fail for the next.
SIZES: Final = ((2, 3, 2), (2, 2, 2), (3, 2, 3), (1, 2, 1), (2, 1, 2), (1, 1, 1), (4, 3, 2))
SMALL_SIZES: Final = ((1, 1, 1), (2, 1, 2))
TRIALS: Final = 2  # choices of the components that are numbers
UNIT: Final = Interval(Fraction(0), Fraction(1), low_open=False, high_open=False)


class OutsideArrayError(UnsupportedError):
    """A component that does not exist at this size."""


@dataclass(frozen=True)
class Instance:
    """A claim at one size and one choice of indices; `given` are components that are numbers, or equal to others."""

    place: Mapping[str, int]
    body: Term
    variable: Term
    derivative: Term
    claim: Term
    domain: Domain
    given: Mapping[Term, Term]


def instances(
    claim: tuple[Term, Term, Term],
    domain: Domain,
    indices: Mapping[str, Range],
    sizes: Sequence[str],
    patterns: Sequence[tuple[int, ...]] = SIZES,
) -> Iterator[Instance]:
    """A claim (body, variable, claimed derivative) at every choice of indices at a few small sizes.

    Places at which it reads outside of an array are left out.
    """
    choices = dict.fromkeys(
        tuple(_within(pattern[at % len(pattern)], domain.range(size)) for at, size in enumerate(sizes))
        for pattern in patterns
    )
    for choice in choices:
        known = dict(zip(sizes, choice, strict=True))
        if any(Fraction(value) not in domain.range(size) for size, value in known.items()):
            continue
        for place in _choices(indices, known):
            try:
                yield from _instances_at(*claim, domain, {**known, **place})
            except UnsupportedError:
                continue


def _within(size: int, interval: Interval) -> int:
    """A small size, counted from the least where it is too small."""
    if interval.low is None or size > interval.low or (size == interval.low and not interval.low_open):
        return size
    return size + (interval.low.__floor__() if interval.low_open else interval.low.__ceil__() - 1)


def _choices(indices: Mapping[str, Range], sizes: Mapping[str, int]) -> Iterator[dict[str, int]]:
    ends = [(_number(first, sizes), _number(last, sizes)) for first, last in indices.values()]
    spans = [range(first, min(last, first + MAX_PLACES) + 1) for first, last in ends]
    for choice in product(*spans):
        yield dict(zip(indices, choice, strict=True))


def _instances_at(
    body: Term, variable: Term, claim: Term, domain: Domain, place: Mapping[str, int]
) -> Iterator[Instance]:
    writer = _InstanceWriter(domain, place)
    body, component_, claim = (writer.write(part) for part in (body, variable, claim))
    slope = derivative(body, component_)
    for inner, given in _Hypotheses(writer).written():
        yield Instance(place, body, component_, slope, claim, inner, given)


def _number(root: Term, place: Mapping[str, int]) -> int:
    found = rational_value(substitute(root, {symbol(name): term(value) for name, value in place.items()}))
    if found is None or found.denominator != 1:
        raise UnsupportedError(f"{root} is not a whole number at small sizes")
    return int(found)


def component(name: str, numbers: Sequence[int]) -> Term:
    return symbol(f"{name}[{', '.join(map(str, numbers))}]")


class _InstanceWriter:
    """Writes terms out, where sizes and indices are the whole numbers of `place`."""

    def __init__(self, domain: Domain, place: Mapping[str, int]) -> None:
        self.domain, self.place = domain, place

    def write(self, node: Term) -> Term:
        if node.head == "sym":
            return term(self.place[node.name]) if node.name in self.place else node
        if node.head in BINDERS:
            return self.binder(node)
        if node.head == "index":
            return self.component(node)
        if node.head == "det":
            return _determinant(self.matrix(node.args[0].name))
        if node.head == "cases":
            return self.chosen(node)
        args = tuple(map(self.write, node.args))
        return _compared(node.head, *args) if node.head in RELATIONS or node.head == "delta" else rebuild(node, args)

    def axes(self, name: str) -> list[range]:
        """The places along each axis of an array."""
        return [self.span(along) for along in self.domain.axes[name]]

    def span(self, along: Range) -> range:
        first, last = along
        return range(_number(first, self.place), _number(last, self.place) + 1)

    def component(self, node: Term) -> Term:
        base, *indices = node.args
        numbers = [_number(index, self.place) for index in indices]
        matrix = base.args[0].name if base.head == "inv" else base.name
        axes = self.axes(matrix)
        if len(axes) != len(numbers) or any(at not in along for at, along in zip(numbers, axes, strict=True)):
            raise OutsideArrayError(f"{node} lies outside its array")
        if base.head != "inv":
            return component(matrix, numbers)
        entries, (row, column) = self.matrix(matrix), (at - along[0] for at, along in zip(numbers, axes, strict=True))
        minor = [[x for n, x in enumerate(line) if n != row] for m, line in enumerate(entries) if m != column]
        cofactor = _determinant(minor)
        return (cofactor if (row + column) % 2 == 0 else -cofactor) / _determinant(entries)

    def matrix(self, name: str) -> list[list[Term]]:
        rows, columns = self.axes(name)
        if len(rows) != len(columns):
            raise UnsupportedError(f"{name} is not square")
        return [[component(name, (row, column)) for column in columns] for row in rows]

    def binder(self, node: Term) -> Term:
        body, bound, *ends = node.args
        first, last = (_number(end, self.place) for end in ends)
        if last - first >= MAX_PLACES:
            raise UnsupportedError("a sum too long to be written out")
        if node.head == "maximum" and first > last:
            raise UnsupportedError(f"{node} is a maximum over nothing")
        parts = [
            _InstanceWriter(self.domain, {**self.place, bound.name: at}).write(body) for at in range(first, last + 1)
        ]
        if node.head == "maximum":
            return reduce(lambda left, right: call("max", left, right), parts)
        return reduce(plus, parts, ZERO) if node.head == "sum" else reduce(times, parts, ONE)

    def chosen(self, node: Term) -> Term:
        """The branches that are possible; values are read only where their condition may hold."""
        found: list[tuple[Term, Term]] = []
        for value, condition in branches(node):
            holds = self.write(condition)
            if holds is not FALSE:
                found.append((self.write(value), holds))
            if holds is TRUE:
                break
        if not found:
            raise UnsupportedError(f"no branch of {node} holds")
        return found[0][0] if found[0][1] is TRUE else cases(*found)


def _compared(head: str, left: Term, right: Term) -> Term:
    """A relation, decided where both sides are numbers."""
    apart = rational_value(left - right)
    if apart is None:
        return Term(head, (left, right))
    if head == "delta":
        return ONE if apart == 0 else ZERO
    sign = (apart > 0) - (apart < 0)
    return TRUE if sign in SIGNS[head] else FALSE


def _determinant(entries: list[list[Term]]) -> Term:
    """Laplace's expansion along the first row."""
    total = ONE if not entries else ZERO
    for at, entry in enumerate(entries[0] if entries else ()):
        minor = _determinant([[x for n, x in enumerate(line) if n != at] for line in entries[1:]])
        total = plus(total, times(entry, minor)) if at % 2 == 0 else minus(total, times(entry, minor))
    return total


class _Hypotheses:
    """What the domain says of arrays, as ranges of components, ties between them, and numbers."""

    def __init__(self, writer: _InstanceWriter) -> None:
        self.writer, self.domain = writer, writer.domain

    def written(self) -> Iterator[tuple[Domain, dict[Term, Term]]]:
        """The domain of the components, and those that are settled by others or are numbers here."""
        ranges, given = dict(self.domain.ranges), dict[Term, Term]()
        values = {name: listed for name, listed in self.domain.values.items() if name not in self.domain.axes}
        relations = [found for fact in self.domain.relations for found in self.conditions(fact)]
        integers = set(self.domain.integers)
        for name in self.domain.axes:
            parts = self.components(name)
            if name in self.domain.values:
                values |= {str(part): self.domain.values[name] for part in parts.values()}
            if name in integers:
                integers |= {str(part) for part in parts.values()}
            kept = UNIT if (name, "simplex") in self.domain.properties else REALS
            ranges |= {str(part): self.domain.range(name).meet(kept) for part in parts.values()}
            if (name, "simplex") in self.domain.properties:
                relations += [relation("eq", reduce(plus, row), 1) for row in self.rows(name)]
            if (name, "symmetric") in self.domain.properties:
                given |= {part: parts[at[::-1]] for at, part in parts.items() if at > at[::-1]}
        for trial in range(TRIALS if self.numbers(0) else 1):
            known = given | self.numbers(trial)
            facts = [_decided(substitute(fact, known)) for fact in relations]
            if FALSE not in facts:
                rest = tuple(fact for fact in facts if fact is not TRUE)
                yield Domain(ranges, rest, frozenset(integers), values), known

    def conditions(self, fact: Term) -> list[Term]:
        """A relation at this size; one on components at an index, at every place at which it has a meaning.

        Raises UnsupportedError for one that cannot be written out.
        """
        names = index_names(fact) - {name for name in self.writer.place if name in self.sizes()}
        universal = Universal.of(fact, names, self.domain)
        if len(universal.ranges) < len(names):
            raise UnsupportedError(f"{fact} is not read at small sizes")
        found = list[Term]()
        spans = [self.writer.span(along) for _, along in universal.ranges]
        if any(span.stop - span.start > MAX_WRITTEN for span in spans):
            raise UnsupportedError(f"{fact} speaks of too many places to be written out")
        here = tuple(self.writer.place.get(index.name) for index, _ in universal.ranges)
        for choice in product(*spans):
            places = {index.name: at for (index, _), at in zip(universal.ranges, choice, strict=True)}
            try:
                written = _InstanceWriter(self.domain, {**self.writer.place, **places}).write(fact)
            except OutsideArrayError:
                continue  # x[i] < x[i + 1] says nothing of the last
            # x[i] != x[j] is said of places that differ.
            if written is not FALSE or choice == here:
                found.append(written)
        return found

    def sizes(self) -> set[str]:
        """The names by which axes end."""
        return {
            name for axes in self.domain.axes.values() for axis in axes for end in axis for name in free_symbols(end)
        }

    def components(self, name: str) -> dict[tuple[int, ...], Term]:
        return {places: component(name, places) for places in product(*self.writer.axes(name))}

    def rows(self, name: str) -> list[list[Term]]:
        """The components along the last axis, for every choice of the others."""
        parts: dict[tuple[int, ...], list[Term]] = {}
        for places, part in self.components(name).items():
            parts.setdefault(places[:-1], []).append(part)
        return list(parts.values())

    def numbers(self, trial: int) -> dict[Term, Term]:
        """Components of one-hot rows, and of matrices with a positive determinant: numbers, turn by turn."""
        found: dict[Term, Term] = {}
        for name, word in sorted(self.domain.properties):
            if word == "onehot":
                for at, row in enumerate(self.rows(name)):
                    found |= {part: ONE if n == (at + trial) % len(row) else ZERO for n, part in enumerate(row)}
            if word in ("spd", "posdet"):
                for at, row in enumerate(self.rows(name)):
                    for n, part in enumerate(row):
                        # More on the diagonal than beside it: all eigenvalues lie to the right of 0.
                        apart = abs(at - n) if word == "spd" else 2 * at - n
                        beside = Fraction(trial + 1, 2 + abs(apart) + 2 * min(at, n)) / len(row)
                        found[part] = term(2 + trial + at if at == n else beside)
        return found


def _decided(fact: Term) -> Term:
    """A relation, TRUE or FALSE where both sides are numbers."""
    return _compared(fact.head, *fact.args) if fact.head in RELATIONS else fact
