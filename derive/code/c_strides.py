"""Where loops write: whether their steps write to different elements, and whether to all of an array in order."""

from __future__ import annotations

from collections.abc import Sequence

from derive.code.c_values import Counter
from derive.term import Term, symbol
from derive.values.ratio import Polynomial, Ratio, Ring, TooLarge, constant, generator, read_ratio, slots_in


def _polynomial(formula: Term, ring: Ring) -> Polynomial | None:
    """A formula of whole numbers, symbols, +, - and *, expanded; None for any other."""

    def read(node: Term) -> Ratio:
        found = ring.ratio(node) if node.head == "sym" else read_ratio(node, read)
        if found is None:
            raise TooLarge
        return found

    try:
        found = read(formula)
    except (TooLarge, ZeroDivisionError):
        return None
    return found.above if found.below == 1 else None


def writes_once(index: Term, counters: Sequence[Counter]) -> bool:
    """Whether every step of the loops has an index of its own: the counters are digits of the index.

    The stride of a loop is the number of places that the loops with smaller strides take up together.
    """
    ring = Ring()
    strides = _strides(index, counters, ring)
    if strides is None:
        return False
    waiting = list(zip(strides, counters, strict=True))
    # The fastest loop may have any stride but 0.
    for first in waiting:
        stride, left = first[0], [pair for pair in waiting if pair is not first]
        reach = _reach(stride, first[1], ring)
        while reach is not None and left:
            found = next((pair for pair in left if pair[0] == reach), None)
            if found is None:
                break
            left.remove(found)
            reach = _reach(found[0], found[1], ring)
        if not left and stride:
            return True
    return False


def in_order(index: Term, counters: Sequence[Counter]) -> bool:
    """Whether the index counts the elements of an array whose axes are the loops, the outermost first."""
    ring = Ring()
    place, strides, expected = _polynomial(index, ring), _strides(index, counters, ring), constant(1).above
    if place is None or strides is None:
        return False
    for stride, counter in zip(reversed(strides), reversed(counters), strict=True):
        is_inner = counter is not counters[0]
        if stride != expected or (is_inner and _polynomial(counter.first, ring) != 0):
            return False
        place -= stride * generator(ring.slot(symbol(counter.name)))
        expected = _reach(stride, counter, ring)
    return bool(place == 0)


def _strides(index: Term, counters: Sequence[Counter], ring: Ring) -> list[Polynomial] | None:
    """By how much the index grows at each counter's step; None where that is not the same at every step."""
    place = _polynomial(index, ring)
    if place is None:
        return None
    slots = [ring.slot(symbol(counter.name)) for counter in counters]
    strides = [place.derivative(slot) for slot in slots]
    return None if any(slots_in(stride) & {*slots} for stride in strides) else strides


def _reach(stride: Polynomial, counter: Counter, ring: Ring) -> Polynomial | None:
    """How many places a loop takes up, from its first step to the one after its last."""
    first, last = _polynomial(counter.first, ring), _polynomial(counter.last, ring)
    return None if first is None or last is None else stride * (last - first + 1)
