"""Terms as a target's expressions: its table of operations, and brackets where it needs them."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce

from derive.codegen.kernel import Kernel, Reduce, statements
from derive.codegen.literals import signed
from derive.codegen.target import ATOM, SIGN, NumberFormat, Op, Target
from derive.errors import UnsupportedError
from derive.spec.domain import Domain, Interval
from derive.term import CONDITIONS, TRUE, Term, branches, rational_value, subterms
from derive.values.intervals import range_of

CONSTANT_BITS = 256


class Printer:
    """Expressions of one kernel in one number format.

    `helpers` gathers the functions that they call and that come from templates.
    """

    def __init__(self, kernel: Kernel, target: Target, number_format: NumberFormat, where: str) -> None:
        self.kernel, self.target, self.where = kernel, target, where
        self.maxima = {
            part.name: part.value
            for statement in statements(kernel.body)
            if isinstance(statement, Reduce) and statement.kind == "maximum"
            for part in statement.state
        }
        self.domain = Domain()  # where temporaries lie, whatever the arguments are
        self.outer, self.wide = number_format, number_format.wide
        self.format = self.wide.format if self.wide else number_format
        self.arguments = {argument.name: argument for argument in kernel.arguments}
        self.vector = next((a.name for a in kernel.inputs if a.shape == "vector"), "")
        self.helpers: dict[str, None] = {}
        self.outer_helpers: dict[str, None] = {}  # in the format of the arguments, where that is another

    def require(self, helper: str) -> None:
        self.helpers[helper] = None

    def assigned(self, name: str, value: Term) -> None:
        """From here on `name` stands for `value`."""
        self.domain = self.domain.narrowed(name, range_of(value, self.domain))

    def write(self, root: Term) -> str:
        """`root`, associated as it is written."""
        return self._write(root)[0]

    def write_narrow(self, root: Term) -> str:
        """`root`, as an output stores it."""
        written = self._write(root)
        return self._filled(self.wide.narrow, written)[0] if self.wide else written[0]

    def fill(self, pattern: str, name: str, value: str = "") -> str:
        """A pattern of the target's about the argument or size `name`."""
        axes = {"row": self.kernel.row, "element": self.kernel.element}
        return pattern.format(name=name, value=value, vector=self.vector, **axes, **self.outer.names)

    def _write(self, node: Term) -> tuple[str, int]:
        if node.head == "sym":
            return self._symbol(node.name)
        if node.head == "const" and node.name in self.format.constants:
            return self.format.constants[node.name], ATOM
        value = _constant(node)
        if value is not None:
            return signed(self.format.literal, value), ATOM if value >= 0 else SIGN
        if node.head == "cases":
            return self._choice(node)
        if node.head in ("and", "or"):
            return reduce(lambda left, right: self._apply(node.head, left, right), map(self._write, node.args))
        shorter = self.format.shorter.get(node.head)
        if shorter is not None and self._argument(node).within(shorter[0]):
            return self._filled(shorter[1], *map(self._write, node.args))
        return self._apply(node.head, *map(self._write, node.args))

    def _argument(self, node: Term) -> Interval:
        """Where the argument of a function lies, or the difference of its two."""
        if len(node.args) == 1:
            return range_of(node.args[0], self.domain)
        value, other = node.args
        below = other.head == "sym" and self.maxima.get(other.name) is value
        return Interval(high=Fraction(0)) if below else range_of(value - other, self.domain)

    def _symbol(self, name: str) -> tuple[str, int]:
        if name in self.kernel.sizes:
            return self.target.size_value.format(name=name, vector=self.vector, **self.format.names), SIGN
        text = self.fill(self.target.load[self.arguments[name].shape], name) if name in self.arguments else name
        convert = self.wide.convert if self.wide and name in self.arguments else None
        return (convert.pattern.format(text), convert.strength) if convert else (text, ATOM)

    def _choice(self, node: Term) -> tuple[str, int]:
        *pairs, (otherwise, last) = branches(node)
        assert last is TRUE, "lowering gives every choice a last branch"
        written = self._write(otherwise)
        for value, condition in reversed(pairs):
            written = self._apply("cases", self._write(condition), self._write(value), written)
        return written

    def _apply(self, head: str, *operands: tuple[str, int]) -> tuple[str, int]:
        operation = self.format.operations.get(head)
        if operation is None:
            raise UnsupportedError(f"{self.where}: the target {self.target.name} has no {head}")
        return self._filled(operation, *operands)

    def _filled(self, operation: Op, *operands: tuple[str, int]) -> tuple[str, int]:
        if operation.helper:
            self.require(operation.helper)
        texts = (
            text if strength >= need else f"({text})"
            for (text, strength), need in zip(operands, operation.needs, strict=True)
        )
        return operation.pattern.format(*texts), operation.strength


def _constant(node: Term) -> Fraction | None:
    """The value of a term without variables or branches, to `CONSTANT_BITS` bits where it is irrational."""
    value = rational_value(node)
    if value is not None or any(_varies(part) for part in subterms(node)):
        return value
    from derive.values.balls import enclose

    middle = enclose(node, {}, CONSTANT_BITS).mid().fmpq()
    return Fraction(int(middle.p), int(middle.q))


def _varies(part: Term) -> bool:
    return part.head in ("sym", "cases", *CONDITIONS) or (part.head == "const" and part.name in ("oo", "nan"))
