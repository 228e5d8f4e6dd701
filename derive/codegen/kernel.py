"""`Kernel`: what a target prints. Arguments, and a body of assignments, loops and stores."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from derive.spec.function import Order
from derive.term import Term, subterms

Dtype = Literal["float32", "float64"]
# A kernel for arrays of a dtype: as right as it can be or, fast, in arithmetic no wider than the arrays.
Variant = Literal["float32", "fast float32", "float64"]
Role = Literal["input", "param", "upstream", "output"]
# One value per element; one row of k values; one value per row; one value per call.
Shape = Literal["element", "vector", "row", "scalar"]

VARIANTS: Final[Mapping[Variant, Dtype]] = {"float32": "float32", "fast float32": "float32", "float64": "float64"}
FAST: Final[frozenset[Variant]] = frozenset({"fast float32"})


@dataclass(frozen=True)
class Argument:
    """An array or a number that a kernel is given; an output is written to."""

    name: str
    role: Role
    shape: Shape


@dataclass(frozen=True)
class Axis:
    """A direction of iteration: its index, and the argument that holds its length."""

    index: str
    size: str


@dataclass(frozen=True)
class Assign:
    """A temporary, and the reason for it where a reader would ask."""

    name: str
    value: Term
    reason: str = ""


@dataclass(frozen=True, order=True)
class HardCase:
    """Inputs of a kernel of one float32, from `first` to `last` by their bits, whose value lies so near the middle of
    two floats that float64 does not tell on which side: on that away from 0, or on that toward it.

    Found by walking all inputs (`derive verify --exhaustive --lock`).
    """

    first: int
    last: int
    away: bool

    def __str__(self) -> str:
        """`0x34c00000 away`, or `0x00000001 to 0x00ffffff toward`."""
        last = f" to {self.last:#010x}" if self.last != self.first else ""
        return f"{self.first:#010x}{last} {'away' if self.away else 'toward'}"


HARD_CASE: Final = re.compile(r"(0x[0-9a-f]{8})(?: to (0x[0-9a-f]{8}))? (away|toward)")


def hard_case(stated: str) -> HardCase:
    """As `str` has it. Raises ValueError for what is none."""
    found = HARD_CASE.fullmatch(stated)
    first, last = (int(found[1], 16), int(found[2] or found[1], 16)) if found else (1, 0)
    if found is None or first > last:
        raise ValueError(f"{stated} is no hard case")
    return HardCase(first, last, found[3] == "away")


@dataclass(frozen=True)
class HardCases:
    """Those of one kernel, of the name `stem`, in order."""

    stem: str
    cases: tuple[HardCase, ...]


@dataclass(frozen=True)
class Store:
    """An output's value at the present position; where it is rounded, with the cases that are hard to round."""

    target: Argument
    value: Term
    hard: HardCases | None = None


@dataclass(frozen=True)
class Map:
    """The body, for every position along the axis."""

    axis: Axis
    body: tuple[Statement, ...]


@dataclass(frozen=True)
class Reduction:
    """One part of a reduction's state, into which `value` is folded at every position."""

    name: str
    value: Term


@dataclass(frozen=True)
class Reduce:
    """Sums, or maxima, over the axis: the temporaries at every position, and the parts of the state."""

    axis: Axis
    kind: Literal["sum", "maximum"]
    body: tuple[Assign, ...]
    state: tuple[Reduction, ...]


Statement = Assign | Store | Map | Reduce


@dataclass(frozen=True)
class Kernel:
    """One function, or one derivative of it, ready to be printed.

    In its terms a symbol is a temporary, a size, or an argument at the present position.
    `row` is None for an elementwise kernel, whose `element` axis runs over all values;
    otherwise `element` runs along a row. `wide`: the body, and `wide_form` the form that it computes, for variants that
    compute in a wider format, where those are others; `precise` and `precise_form`, likewise, for variants in which
    intermediates may be pairs of numbers. `size`: of the form that `body` computes; `narrow_ulp`: its error in float32
    where operations are rounded correctly, as the search measured it; infinite where one fails. A kernel of the order
    "with_derivative" has two outputs, of which the second is the derivative.
    """

    function: str
    order: Order | Literal["with_derivative"]
    wrt: str
    arguments: tuple[Argument, ...]
    row: Axis | None
    element: Axis
    body: tuple[Statement, ...]
    wide: tuple[Statement, ...] = ()
    wide_form: Term | None = None
    precise: tuple[Statement, ...] = ()
    precise_form: Term | None = None
    size: int = 0
    narrow_ulp: float = 0.0

    @property
    def stem(self) -> str:
        """`sigmoid`, `sigmoid_vjp`, `kl_div_vjp_target`: the name, whatever the number format.

        `wrt` is empty for the first of the spec's `wrt`, which needs no name.
        """
        return stem_of(self.function, self.order, self.wrt)

    @property
    def sizes(self) -> tuple[str, ...]:
        return (self.row.size, self.element.size) if self.row else (self.element.size,)

    @property
    def inputs(self) -> tuple[Argument, ...]:
        """Every argument that is read, in order."""
        return tuple(argument for argument in self.arguments if argument.role != "output")

    @property
    def outputs(self) -> tuple[Argument, ...]:
        return tuple(argument for argument in self.arguments if argument.role == "output")

    @property
    def output(self) -> Argument:
        return self.outputs[0]

    @property
    def hard_cases(self) -> tuple[HardCases, ...]:
        """Of each store that has any."""
        return tuple(it.hard for it in statements(self.body) if isinstance(it, Store) and it.hard is not None)

    @property
    def unused(self) -> tuple[str, ...]:
        """The sizes and inputs on which the output does not depend."""
        used = set()
        for statement in statements(self.body):
            if isinstance(statement, (Map, Reduce)):
                used.add(statement.axis.size)
            for value in _values(statement):
                used |= {node.name for node in subterms(value) if node.head == "sym"}
        return tuple(name for name in (*self.sizes, *(a.name for a in self.inputs)) if name not in used)


def stem_of(function: str, order: str, wrt: str) -> str:
    return "_".join(filter(None, (function, order if order != "forward" else "", wrt)))


def _values(statement: Statement) -> tuple[Term, ...]:
    if isinstance(statement, (Assign, Store)):
        return (statement.value,)
    return tuple(part.value for part in statement.state) if isinstance(statement, Reduce) else ()


def statements(body: tuple[Statement, ...]) -> Iterator[Statement]:
    """Every statement, loops before what is in them."""
    for statement in body:
        yield statement
        if isinstance(statement, (Map, Reduce)):
            yield from statements(statement.body)
