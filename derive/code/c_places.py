"""Where loops write: whether their steps write to different elements, and whether to all of an array in order."""

from __future__ import annotations

from collections.abc import Sequence

from derive.code.c_values import Counter
from derive.term import Term

IndexPolynomial = dict[tuple[str, ...], int]  # coefficients by monomials


def polynomial(formula: Term) -> IndexPolynomial | None:
    """A formula of whole numbers, symbols, +, - and *, expanded; None for any other."""
    if formula.head == "num" and formula.number.denominator == 1:
        return _tidy({(): int(formula.number)})
    if formula.head == "sym":
        return {(formula.name,): 1}
    if formula.head not in ("add", "sub", "mul", "neg"):
        return None
    parts = [polynomial(part) for part in formula.args]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if formula.head == "neg":
        return _times(known[0], {(): -1})
    left, right = known
    if formula.head == "mul":
        return _times(left, right)
    return _plus(left, right if formula.head == "add" else _times(right, {(): -1}))


def _plus(left: IndexPolynomial, right: IndexPolynomial) -> IndexPolynomial:
    return _tidy({key: left.get(key, 0) + right.get(key, 0) for key in {**left, **right}})


def _times(left: IndexPolynomial, right: IndexPolynomial) -> IndexPolynomial:
    found: IndexPolynomial = {}
    for one, first in left.items():
        for other, second in right.items():
            key = tuple(sorted((*one, *other)))
            found[key] = found.get(key, 0) + first * second
    return _tidy(found)


def _tidy(found: IndexPolynomial) -> IndexPolynomial:
    return {key: value for key, value in found.items() if value}


def apart(index: Term, counters: Sequence[Counter]) -> bool:
    """Whether every step of the loops has an index of its own: the counters are digits of the index.

    The stride of a loop is the number of places that the loops with smaller strides take up together.
    """
    strides = _strides(index, counters)
    if strides is None:
        return False
    waiting = list(zip(strides, counters, strict=True))
    # The fastest loop may have any stride but 0.
    for first in waiting:
        stride, left = first[0], [pair for pair in waiting if pair is not first]
        reach = _reach(stride, first[1])
        while reach is not None and left:
            found = next((pair for pair in left if pair[0] == reach), None)
            if found is None:
                break
            left.remove(found)
            reach = _reach(found[0], found[1])
        if not left and stride:
            return True
    return False


def in_order(index: Term, counters: Sequence[Counter]) -> bool:
    """Whether the index counts the elements of an array whose axes are the loops, the outermost first."""
    if not counters:
        return polynomial(index) == {}
    expected: IndexPolynomial | None = {(): 1}
    strides = _strides(index, counters)
    place = polynomial(index)
    if strides is None or place is None:
        return False
    for stride, counter in zip(reversed(strides), reversed(counters), strict=True):
        if stride != expected:
            return False
        place = _plus(place, _times(_times(stride, {(counter.name,): 1}), {(): -1}))
        inner = counter is not counters[0]
        if inner and polynomial(counter.first) != {}:
            return False
        expected = _reach(stride, counter)
    return place == {}


def _strides(index: Term, counters: Sequence[Counter]) -> list[IndexPolynomial] | None:
    """By how much the index grows at each counter's step; None where that is not the same at every step."""
    place = polynomial(index)
    if place is None:
        return None
    names = {counter.name for counter in counters}
    found = []
    for counter in counters:
        stride: IndexPolynomial = {}
        for key, value in place.items():
            if counter.name in key:
                rest = list(key)
                rest.remove(counter.name)
                if names & set(rest):
                    return None
                stride[tuple(rest)] = value
        found.append(stride)
    return found


def _reach(stride: IndexPolynomial, counter: Counter) -> IndexPolynomial | None:
    """How many places a loop takes up, from its first step to the one after its last."""
    first, last = polynomial(counter.first), polynomial(counter.last)
    if first is None or last is None:
        return None
    return _times(stride, _plus(_plus(last, _times(first, {(): -1})), {(): 1}))
