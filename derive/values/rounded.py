"""Terms evaluated as a machine would, in a number format, with correctly rounded functions.

What a candidate comes to then depends on its formula alone, not on anybody's mathematical library.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from derive.elementary.table import HOLDS, POWERS_OF_E, TABLE, column, named
from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.relations import ORDERS
from derive.term import CONDITIONS, RELATIONS, ZERO, Term, branches, rational_value
from derive.values.ball_columns import ball_power, or_nan
from derive.values.balls import BALLS, enclose
from derive.values.fold import Fold
from derive.values.formats import FLOAT64, Floats, Format
from derive.values.ieee import ERRORS, FUNCTIONS
from derive.values.rounding import round_ball

BITS: Final = 80  # float64 values rounded from 80 bits are wrong once in 2^27
CONSTANT_BITS: Final = 256
MAX_EXPONENT: Final = 20_000.0  # beyond it exponentials are infinite or 0 in every format, and balls of them unwieldy
GROWING: Final = named(lambda function: function.grows)
CALLS: Final[dict[str, Callable[..., arb]]] = BALLS | {
    "expdiff": lambda a, b: (a - b).min(arb(MAX_EXPONENT)).max(arb(-MAX_EXPONENT)).exp(),
}
MAX_PRODUCT_POWER: Final = 4  # powers up to it are products, as kernels compute them

OPERATIONS: Final[dict[str, Callable[..., Any]]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "neg": np.negative,
    **{head: getattr(np, TABLE[head].need("numpy")) for head in column("exact_in_ieee")},
    **{head: FUNCTIONS[head] for head in (*ERRORS, *HOLDS, *RELATIONS, "and", "or", "not")},
}  # fmt: skip


class Machine(Fold[Floats]):
    """Values of Terms at fixed points, in one format; a subterm or a column met before costs nothing."""

    operations: ClassVar[Mapping[str, Callable[..., Floats]]] = OPERATIONS

    def __init__(self, format_: Format, columns: Mapping[str, Floats]) -> None:
        super().__init__()
        self.format = format_
        self.length = len(next(iter(columns.values())))
        self.columns = columns
        self.varying: set[Term] = set()  # the terms known that contain a variable
        self.called: dict[tuple[str, bytes], Floats] = {}
        self.failures: dict[Term, NDArray[np.bool_]] = {}

    def value(self, node: Term) -> Floats:
        """A column of values; overflow, NaN and all. Raises UnsupportedError for what no kernel computes."""
        if node not in self.known:
            for part in node.args:
                self.value(part)
            if node.head == "sym" or any(part in self.varying for part in node.args):
                self.varying.add(node)
            varies = node in self.varying or node.head in CONDITIONS
            with np.errstate(all="ignore"):
                self.known[node] = super().value(node) if varies else self.fixed(constant(node, self.format))
        return self.known[node]

    def failed(self, node: Term) -> NDArray[np.bool_]:
        """At which points some operation overflows or has no value.

        Branches that are not taken aside, and exponents so far out that nothing is left: there a kernel holds them.
        """
        if node not in self.failures:
            column = self.value(node)  # which tells what varies
            is_constant = not node.args or (node not in self.varying and node.head != "cases")
            own = np.zeros(self.length, bool) if is_constant else ~np.isfinite(column)
            if node.head == "cases":
                taken = np.zeros(self.length, bool)
                for value, condition in branches(node):
                    here = self.value(condition) & ~taken
                    own |= (here & self.failed(value)) | (~taken & self.failed(condition))
                    taken |= here
            elif node in self.varying:
                kept = column != 0 if node.head in POWERS_OF_E else not _is_sign(node)
                for part in node.args:
                    own |= self.failed(part) & kept
            self.failures[node] = own
        return self.failures[node]

    def fixed(self, value: float) -> Floats:
        return np.full(self.length, value, self.format.dtype)

    def symbol(self, node: Term) -> Floats:
        if node.name not in self.columns:
            raise UnsupportedError(f"{node.name} has no value here")
        return self.columns[node.name]

    def condition(self, node: Term) -> Floats:
        if node.head in ("true", "false"):
            return np.full(self.length, node.head == "true")
        return self.operation(node)

    def apply(self, head: str, *values: Floats) -> Floats:
        if head in OPERATIONS:
            return super().apply(head, *values)
        if head not in BALLS:
            raise UnsupportedError(f"{head} has no value that a kernel computes")
        return self.call(head, *values)

    def power(self, node: Term) -> Floats:
        base, exponent = node.args
        order = rational_value(exponent)
        if order is None or order.denominator != 1 or not 0 < abs(order) <= MAX_PRODUCT_POWER:
            return self.call("pow", self.known[base], self.known[exponent])
        value = self.known[base]
        found = value if abs(order) == 1 else value * value
        found = found * found if abs(order) == 4 else found * value if abs(order) == 3 else found
        one = self.format.dtype.type(1)
        return found if order > 0 else one / found

    def cases(self, node: Term) -> Floats:
        found = np.full(self.length, np.nan, self.format.dtype)
        for value, condition in reversed(branches(node)):
            found = np.where(self.known[condition], self.known[value], found)
        return found

    def call(self, head: str, *columns: Floats) -> Floats:
        key = (head, b"".join(column.tobytes() for column in columns))
        if key not in self.called:
            self.called[key] = rounded_call(head, columns).astype(self.format.dtype)
        return self.called[key]


def _is_sign(node: Term) -> bool:
    """Whether a condition is on a sign alone, for which it is enough that what overflows is large."""
    return node.head in ORDERS and ZERO in node.args


def constant(node: Term, format_: Format = FLOAT64) -> float:
    """The number of the format nearest to a term without variables; NaN where it has no value."""
    try:
        ball = enclose(node, {}, CONSTANT_BITS)
    except (Undefined, Undetermined):
        return float("nan")
    return round_ball(ball, format_)[0] if ball.is_finite() else float(ball)


def rounded_call(head: str, columns: tuple[Floats, ...]) -> NDArray[np.float64]:
    """A function down its columns, rounded to float64; at infinities and poles as IEEE says."""
    wide = [np.asarray(column, np.float64) for column in columns]
    within = [np.clip(column, -MAX_EXPONENT, MAX_EXPONENT) if head in GROWING else column for column in wide]
    with ctx.workprec(BITS):
        balls = list(map(or_nan(CALLS.get(head, ball_power)), *(map(arb, column.tolist()) for column in within)))
    found = np.fromiter(map(float, balls), np.float64, len(balls))
    odd = ~np.fromiter(map(arb.is_finite, balls), np.bool_, len(balls)) | ~np.isfinite(wide[0])
    if odd.any():
        ends = FUNCTIONS.get(head)  # at infinities and poles; elsewhere values come from balls
        found[odd] = ends(*(column[odd] for column in wide)) if ends else np.nan
    return found
