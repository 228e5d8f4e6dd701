"""From a function and its evaluation forms to kernels: arguments, positions, loops."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Final

from derive.calculus.vjp import target_names, upstream_name
from derive.codegen.kernel import (
    Argument,
    Axis,
    HardCase,
    Kernel,
    Map,
    Reduce,
    Reduction,
    Shape,
    Statement,
    Store,
    hard_case,
    statements,
)
from derive.codegen.schedule import CALL, CONSTANT, ELEMENT, REDUCTIONS, ROW, Names, Schedule
from derive.errors import UnsupportedError
from derive.spec.function import Order
from derive.spec.lock import HARD
from derive.spec.statement import Function
from derive.stabilisation.forms import key, orders, stabilise
from derive.stabilisation.wide import Forms, wide_forms
from derive.term import (
    BINDERS,
    NAN,
    ONE,
    TRUE,
    Term,
    branches,
    call,
    rational_value,
    rebuild,
    size,
    symbol,
    term,
)

__all__ = ["Kernel", "kernels_of", "lower", "statements", "whole_arrays"]

LARGEST: Final = 2**1024  # from it on, numbers are infinite in every format
EXACT: Final = 2**24  # whole numbers below it are exact in every format
NO_FORMS: Final[Forms] = {}
LEVELS: Final[dict[Shape, int]] = {"scalar": CALL, "row": ROW, "element": ELEMENT, "vector": ELEMENT}


def kernels_of(function: Function) -> tuple[Kernel, ...]:
    """The kernels of `function`, of the forms that `derive.stabilisation.forms` finds."""
    forms = {(order, wrt): stabilise(function, order, wrt).body for order, wrt in orders(function)}
    return lower(function, forms, wide_forms(function, forms))


def lower(function: Function, forms: Forms, wide: Forms = NO_FORMS) -> tuple[Kernel, ...]:
    """A kernel of `function` for each of its forms, by order and by what it is differentiated in.

    Forms are evaluated as written; `wide`: those that are computed in a wider format. In a vjp the upstream gradient
    and the free index have the names that `derive.calculus.vjp` gives them. Kernels share the names of what they share.
    Raises UnsupportedError for several sizes, matrices and sums within sums.
    """
    layout, wider = _Layout(function), _Layout(function)
    found = []
    for (order, wrt), form in forms.items():
        kernel, other = layout.kernel(order, wrt, form), wide.get((order, wrt), form)
        if other != form:
            kernel = replace(kernel, wide=wider.kernel(order, wrt, other).body, wide_form=other, size=size(form))
        found.append(kernel)
    return tuple(found)


class _Layout:
    """What the kernels of one function have in common: the shapes of its arguments, and all names."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.length = self.row_length()
        names = Names((*function.inputs, *function.params))
        self.inputs = [Argument(name, "input", self.shape(name)) for name in function.inputs]
        self.inputs += [Argument(name, "param", "scalar") for name in function.params]
        self.output = names.fresh("y") if "y" not in names.taken else names.fresh("out")
        self.upstream = names.fresh(f"g{self.output}")
        self.gradients = {name: names.fresh(f"g{name}") for name in function.wrt}
        if self.length is None:
            self.row, self.element = None, Axis(names.fresh("i"), names.fresh("n"))
        else:
            self.row = Axis(names.fresh("r"), names.fresh("rows"))
            self.element = Axis(names.fresh("j"), names.fresh("k"))
        self.names = names

    def fail(self, problem: str) -> UnsupportedError:
        return UnsupportedError(f"{self.function.where}: no kernel can be made: {problem}")

    def row_length(self) -> str | None:
        """The size that is the length of a row; None for an elementwise function."""
        axes = self.function.domain.axes
        if not axes:
            return None
        if len(self.function.sizes) != 1 or len(set(axes.values())) != 1:
            raise self.fail(f"its arrays have different sizes ({', '.join(self.function.sizes)}); one is supported")
        if len(self.function.output) > 1 or any(len(ranges) > 1 for ranges in axes.values()):
            raise self.fail("it has matrices; vectors of one size are supported")
        (size,) = self.function.sizes
        ((first, last),) = next(iter(axes.values()))
        if (first, last) not in ((term(1), symbol(size)), (term(0), symbol(size) - 1)):
            raise self.fail(f"its indices run from {first} to {last}, not from 1 to {size}")
        return size

    def shape(self, name: str) -> Shape:
        if self.length is None:
            return "element"
        return "vector" if name in self.function.domain.axes else "row"

    @property
    def output_shape(self) -> Shape:
        if self.length is None:
            return "element"
        return "vector" if self.function.output else "row"

    def kernel(self, order: Order, name: str, form: Term) -> Kernel:
        free = target_names(self.function, name) if order == "vjp" else self.function.output
        arguments = self.arguments(order, name)
        root = _Positions(self).read(form, free[0] if free else None)
        levels = {argument.name: LEVELS[argument.shape] for argument in arguments}
        levels |= dict.fromkeys([self.element.size] + ([self.row.size] if self.row else []), CALL)
        output = arguments[-1]
        site = ELEMENT if output.shape == "scalar" else LEVELS[output.shape]
        schedule = Schedule(root, levels, site, self.names)
        body = self.rows(schedule, output) if self.row else self.elements(schedule, output)
        constants = [*schedule.temporaries(CONSTANT), *schedule.temporaries(CALL)]
        wrt = "" if name == self.function.wrt[0] else name
        statements = (*constants, *body)
        hard = self.hard_cases(order, name)
        return Kernel(self.function.name, order, wrt, arguments, self.row, self.element, statements, hard=hard)

    def hard_cases(self, order: Order, name: str) -> tuple[HardCase, ...]:
        """Those that the function's lock states of a kernel of one number."""
        entry = self.function.locked.get(key(order, name), {})
        if len(self.inputs) != 1 or self.row is not None:
            return ()
        try:
            return tuple(map(hard_case, entry.get(HARD, ())))
        except (ValueError, TypeError) as problem:
            raise self.fail(f"its lock file states a hard case that is none ({problem}): delete it there") from problem

    def arguments(self, order: Order, name: str) -> tuple[Argument, ...]:
        """What is read, in order, then the output."""
        if order != "vjp":
            return *self.inputs, Argument(self.output, "output", self.output_shape)
        if self.length is not None and name in self.function.params:
            raise self.fail(f"a gradient with respect to the parameter {name} of a function of rows")
        upstream = Argument(self.upstream, "upstream", self.output_shape)
        shape: Shape = "scalar" if name in self.function.params else self.shape(name)
        return *self.inputs, upstream, Argument(self.gradients[name], "output", shape)

    def elements(self, schedule: Schedule, output: Argument) -> tuple[Statement, ...]:
        body = schedule.element_temporaries(schedule.root)
        value = schedule.use(schedule.root)
        if output.shape == "element":
            return (Map(self.element, (*body, Store(output, value))),)
        total = self.names.fresh("total")
        return (Reduce(self.element, "sum", tuple(body), (Reduction(total, value),)), Store(output, symbol(total)))

    def rows(self, schedule: Schedule, output: Argument) -> tuple[Statement, ...]:
        assert self.row is not None
        body = schedule.row_statements(self.element)
        store = Store(output, schedule.use(schedule.root))
        if output.shape == "vector":
            body.append(Map(self.element, (*schedule.element_temporaries(schedule.root), store)))
        else:
            body.append(store)
        return (Map(self.row, tuple(body)),)


class _Positions:
    """A form in kernel terms: an argument's symbol stands for its value at the present position."""

    def __init__(self, layout: _Layout) -> None:
        self.layout = layout
        # Names in the form, and in the kernel.
        self.known = {a.name: a.name for a in layout.inputs} | {upstream_name(layout.function): layout.upstream}
        if layout.length:
            self.known[layout.length] = layout.element.size
        self.vectors = {a.name for a in layout.inputs if a.shape == "vector"}
        if layout.output_shape == "vector":
            self.vectors.add(layout.upstream)
        self.memo: dict[tuple[Term, str | None], Term] = {}

    def read(self, node: Term, index: str | None) -> Term:
        """`node`, in which the free index (or the bound one, within a sum) is `index`."""
        key = (node, index)
        if key not in self.memo:
            self.check_size(node)
            self.memo[key] = self._read(node, index)
        return self.memo[key]

    def _read(self, node: Term, index: str | None) -> Term:
        if node.head == "sym":
            name = self.known.get(node.name)
            if name is None or name in self.vectors or node.name == index:
                raise self.layout.fail(f"{node} is used where a number is wanted")
            return symbol(name)
        if node.head == "index":
            return self.component(node, index)
        if node.head in BINDERS:
            return self.reduction(node)
        if node.head in ("delta", "der", "apply", "det", "inv"):
            raise self.layout.fail(f"{node} is not something that a kernel evaluates")
        args = tuple(self.read(part, index) for part in node.args)
        if node.head == "pow":
            return _power(*args)
        if node.head == "cases":
            return _choice(branches(rebuild(node, args)))
        if node.head == "div":
            return _ratio(*args)
        return rebuild(node, args)

    def check_size(self, node: Term) -> None:
        value = rational_value(node)
        if value is not None and abs(value) >= LARGEST:
            raise self.layout.fail(f"a number of {len(str(int(abs(value))))} digits in it is beyond every format")

    def component(self, node: Term, index: str | None) -> Term:
        base, *indices = node.args
        name = self.known.get(base.name) if base.head == "sym" else None
        if name not in self.vectors:
            raise self.layout.fail(f"{node} is not a component of an argument")
        if len(indices) != 1 or indices[0].head != "sym" or indices[0].name != index:
            raise self.layout.fail(f"{node} is not at the present position, {index}")
        assert name is not None
        return symbol(name)

    def reduction(self, node: Term) -> Term:
        body, bound, first, last = node.args
        ranges = next(iter(self.layout.function.domain.axes.values()), ())
        if node.head == "product" or ((first, last),) != ranges:
            raise self.layout.fail(f"{node} is not a sum or a maximum over the whole of a row")
        inner = self.read(body, bound.name)
        if self.varies(inner):
            return self.total(inner) if node.head == "sum" else Term("maximum", (inner,))
        return inner * symbol(self.layout.element.size) if node.head == "sum" else inner

    def total(self, body: Term) -> Term:
        """The sum of `body` along the row; a divisor that is the same all along it divides once, at the end."""
        if body.head == "div" and not self.varies(body.args[1]):
            return self.total(body.args[0]) / body.args[1]
        if body.head == "mul":
            left, right = body.args
            if right.head == "div" and not self.varies(right.args[1]):
                return self.total(left * right.args[0]) / right.args[1]
            if left.head == "div" and not self.varies(left.args[1]):
                return self.total(left.args[0] * right) / left.args[1]
        return Term("sum", (body,))

    def varies(self, node: Term) -> bool:
        """Whether `node`, in kernel terms, differs along a row."""
        if node.head == "sym":
            return node.name in self.vectors
        return node.head not in REDUCTIONS and any(map(self.varies, node.args))


def _power(base: Term, exponent: Term) -> Term:
    """Small powers as products, halves as roots."""
    value = rational_value(exponent)
    if value is None or abs(value) > 4 or value == 0 or value.denominator > 2:
        return base**exponent
    if value < 0:
        return ONE / _power(base, term(-value))
    if value.denominator == 2:
        return call("sqrt", base) if value.numerator == 1 else base**exponent
    if value == 4:
        return _power(_power(base, term(2)), term(2))
    return base if value == 1 else _power(base, term(value - 1)) * base


def _ratio(above: Term, below: Term) -> Term:
    """A quotient; constants above and below that a format may not hold exactly are one, which is rounded once."""
    divisor = rational_value(below)
    factor = rational_value(above.args[0]) if above.head == "mul" else None
    if not divisor or factor is None or (_exact(factor) and _exact(divisor)):
        return above / below
    return term(factor / divisor) * above.args[1]


def _exact(value: Fraction) -> bool:
    return value.denominator == 1 and abs(value) < EXACT


def _choice(pairs: list[tuple[Term, Term]]) -> Term:
    """The branches as one term; where none holds, NaN.

    Branches that end in the same operation choose its operand instead: the rounding is the same,
    and the operation is done once.
    """
    values = [value for value, _ in pairs]
    first = values[0]
    if pairs[-1][1] is TRUE and first.args and all(_alike(first, value) for value in values):
        differing = [p for p, parts in enumerate(zip(*(v.args for v in values), strict=True)) if len(set(parts)) > 1]
        if len(differing) == 1:
            chosen = _choice([(value.args[differing[0]], condition) for value, condition in pairs])
            return rebuild(first, tuple(chosen if p == differing[0] else a for p, a in enumerate(first.args)))
    flat = [part for pair in pairs for part in pair]
    return Term("cases", tuple(flat) if pairs[-1][1] is TRUE else (*flat, NAN, TRUE))


def _alike(one: Term, other: Term) -> bool:
    return one.head == other.head and one.head not in (*REDUCTIONS, "cases") and len(one.args) == len(other.args)


def whole_arrays(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """`body` without its loops, for targets whose operations take whole arrays: each value once."""
    found: dict[Statement, None] = {}
    for statement in statements(body):
        if isinstance(statement, Reduce):
            found.update(dict.fromkeys(statement.body))
            found[replace(statement, body=())] = None
        elif not isinstance(statement, Map):
            found[statement] = None
    return tuple(found)
