"""Values of terms at exact points, derivatives not yet taken included, for tests of derivations."""

from __future__ import annotations

from fractions import Fraction

from flint import arb

from derive.calculus.derivative import derivative
from derive.spec.statement import Function, Spec, name_function
from derive.term import Term, transform
from derive.values.balls import enclose

CLASSES = 3
COMPONENTS = tuple(Fraction(numerator, 7) for numerator in (4, 1, 2))  # they add up to 1
SCALARS = (Fraction(2, 7), Fraction(3, 5), Fraction(4, 3))


def taken(root: Term) -> Term:
    """`root` with every `der` worked out."""
    return transform(root, lambda node: derivative(*node.args) if node.head == "der" else node)


def points(function: Function) -> list[dict[str, object]]:
    """Points inside the domain: every pair of indices for a vector, else several values of each input."""
    names = [*function.inputs, *function.params]
    if function.domain.axes:
        place = {name: COMPONENTS if name in function.domain.axes else SCALARS[1] for name in names}
        sizes = dict.fromkeys(function.sizes, Fraction(CLASSES))
        pairs = ((1, 1), (1, 2), (3, 2))
        return [{**place, **sizes, "i": Fraction(i), "j": Fraction(j)} for i, j in pairs]
    found = []
    for start in range(len(SCALARS)):
        place = {name: SCALARS[(start + at) % len(SCALARS)] for at, name in enumerate(names)}
        if all(value in function.domain.range(name) for name, value in place.items()):
            found.append(place)
    return found


def values(function: Function, root: Term) -> list[arb]:
    """Balls around `root`, the function's own name standing for its value."""
    return [enclose(taken(function.expand(root)), point, bits=200, first_index=1) for point in points(function)]


def stated(name: str, spec: Spec) -> Function:
    return name_function(spec, name, f"test: {name}")
