"""From a function and its evaluation forms to kernels: arguments, positions, loops."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from math import inf
from typing import Final

from derive.calculus.vjp import at_upstream_1, target_names, upstream_name
from derive.codegen.kernel import (
    Argument,
    Axis,
    HardCases,
    Kernel,
    Map,
    Reduce,
    Reduction,
    Shape,
    Statement,
    Store,
    hard_case,
    statements,
    stem_of,
)
from derive.codegen.positions import Positions
from derive.codegen.schedule import CALL, CONSTANT, ELEMENT, ROW, TOGETHER, Names, Schedule
from derive.errors import UnsupportedError
from derive.spec.function import Order
from derive.spec.lock import HARD
from derive.spec.statement import Function
from derive.stabilisation.forms import key, orders, stabilise
from derive.stabilisation.wide import Forms, failing, precise_forms, wide_forms
from derive.term import (
    Term,
    size,
    symbol,
    term,
)

__all__ = ["Kernel", "every_kernel", "every_kernel_of", "kernels_of", "lower", "statements", "whole_arrays"]

LEVELS: Final[dict[Shape, int]] = {"scalar": CALL, "row": ROW, "element": ELEMENT, "vector": ELEMENT}


@dataclass(frozen=True)
class Others:
    """Forms that are computed instead: in a wider format, and where intermediates may be pairs; and which forms fail
    where neither is done."""

    wide: Forms = field(default_factory=dict)
    precise: Forms = field(default_factory=dict)
    failing: frozenset[tuple[Order, str]] = frozenset()


NO_OTHERS: Final = Others()


def kernels_of(function: Function) -> tuple[Kernel, ...]:
    """The kernels of `function`, of the forms that `derive.stabilisation.forms` finds."""
    forms = _forms_of(function)
    return lower(function, forms, others(function, forms))


def every_kernel_of(function: Function) -> tuple[Kernel, ...]:
    """Those of `kernels_of`, and those that give value and derivative at once."""
    return every_kernel(function, _forms_of(function))


def _forms_of(function: Function) -> Forms:
    return {(order, wrt): stabilise(function, order, wrt).body for order, wrt in orders(function)}


def every_kernel(function: Function, forms: Forms) -> tuple[Kernel, ...]:
    """As `every_kernel_of`, of these forms."""
    found = others(function, forms)
    return *lower(function, forms, found), *with_derivatives(function, forms, found)


def others(function: Function, forms: Forms) -> Others:
    return Others(wide_forms(function, forms), precise_forms(function, forms), failing(function, forms))


def lower(function: Function, forms: Forms, others: Others = NO_OTHERS) -> tuple[Kernel, ...]:
    """A kernel of `function` for each of its forms, by order and by what it is differentiated in.

    Forms are evaluated as written. In a vjp the upstream gradient
    and the free index have the names that `derive.calculus.vjp` gives them. Kernels share the names of what they share.
    Raises UnsupportedError for several sizes, matrices and sums within sums.
    """
    layout, wider, preciser = (_Layout(function) for _ in range(3))
    found = []
    for (order, wrt), form in forms.items():
        kernel = layout.kernel(order, wrt, form)
        wide, precise = (kind.get((order, wrt), form) for kind in (others.wide, others.precise))
        if (order, wrt) in others.failing:
            kernel = replace(kernel, narrow_ulp=inf)
        if wide != form:
            kernel = replace(kernel, wide=wider.kernel(order, wrt, wide).body, wide_form=wide, size=size(form))
        if precise != form:
            kernel = replace(kernel, precise=preciser.kernel(order, wrt, precise).body, precise_form=precise)
        found.append(kernel)
    return tuple(found)


def with_derivatives(function: Function, forms: Forms, others: Others = NO_OTHERS) -> tuple[Kernel, ...]:
    """Kernels of elements that give the value and the derivative in one variable at once, so that a gradient is one
    product: the same numbers as those of the kernels that `lower` makes, with an upstream gradient of 1."""
    if not function.elementwise:
        return ()
    layout, wider, preciser = (_Layout(function) for _ in range(3))
    found = []
    for name in function.wrt:
        if name in function.inputs:
            pair, wide, precise = (
                (by[("forward", "")], at_upstream_1(by[("vjp", name)], upstream_name(function)))
                for by in (forms, {**forms, **others.wide}, {**forms, **others.precise})
            )
            kernel = layout.with_derivative(name, *pair)
            if others.failing & {("forward", ""), ("vjp", name)}:
                kernel = replace(kernel, narrow_ulp=inf)
            if wide != pair:
                body, form = wider.with_derivative(name, *wide).body, Term(TOGETHER, wide)
                kernel = replace(kernel, wide=body, wide_form=form, size=size(Term(TOGETHER, pair)))
            if precise != pair:
                body, form = preciser.with_derivative(name, *precise).body, Term(TOGETHER, precise)
                kernel = replace(kernel, precise=body, precise_form=form)
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
        self.slopes = {name: names.fresh(f"d{self.output}") for name in function.wrt}
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

    @cached_property
    def positions(self) -> Positions:
        known = {a.name: a.name for a in self.inputs} | {upstream_name(self.function): self.upstream}
        known |= {self.length: self.element.size} if self.length else {}
        vectors = {a.name for a in self.inputs if a.shape == "vector"}
        vectors |= {self.upstream} if self.output_shape == "vector" else set()
        ranges = next(iter(self.function.domain.axes.values()), ((),))[0]
        return Positions(known, frozenset(vectors), self.element.size, ranges, self.fail)

    @property
    def output_shape(self) -> Shape:
        if self.length is None:
            return "element"
        return "vector" if self.function.output else "row"

    def kernel(self, order: Order, name: str, form: Term) -> Kernel:
        free = target_names(self.function, name) if order == "vjp" else self.function.output
        arguments = self.arguments(order, name)
        root = self.positions.read(form, free[0] if free else None)
        levels = {argument.name: LEVELS[argument.shape] for argument in arguments}
        levels |= dict.fromkeys([self.element.size] + ([self.row.size] if self.row else []), CALL)
        output = arguments[-1]
        site = ELEMENT if output.shape == "scalar" else LEVELS[output.shape]
        schedule = Schedule(root, levels, site, self.names)
        hard = self.hard_cases(order, name)
        body = self.rows(schedule, output) if self.row else self.elements(schedule, output, hard)
        constants = [*schedule.temporaries(CONSTANT), *schedule.temporaries(CALL)]
        return Kernel(
            self.function.name, order, self.wrt(name), arguments, self.row, self.element, (*constants, *body),
            narrow_ulp=self.narrow_ulp(order, name),
        )  # fmt: skip

    def with_derivative(self, name: str, value: Term, derivative: Term) -> Kernel:
        """A kernel of elements that stores both, of which neither is written before both are computed."""
        slope = Argument(self.slopes[name], "output", "element")
        arguments = (*self.inputs, Argument(self.output, "output", "element"), slope)
        roots = self.positions.read(value, None), self.positions.read(derivative, None)
        levels = {argument.name: LEVELS[argument.shape] for argument in arguments} | {self.element.size: CALL}
        schedule = Schedule(Term(TOGETHER, roots), levels, ELEMENT, self.names)
        kinds: tuple[tuple[Order, str], ...] = (("forward", ""), ("vjp", name))
        stores = [
            Store(output, schedule.use(root), self.hard_cases(*kind))
            for output, root, kind in zip(arguments[-2:], roots, kinds, strict=True)
        ]
        body = (Map(self.element, (*schedule.element_temporaries(*roots), *stores)),)
        constants = [*schedule.temporaries(CONSTANT), *schedule.temporaries(CALL)]
        return Kernel(
            self.function.name, "with_derivative", self.wrt(name), arguments, None, self.element, (*constants, *body),
            narrow_ulp=max(self.narrow_ulp(*kind) for kind in kinds),
        )  # fmt: skip

    def wrt(self, name: str) -> str:
        """What a kernel says of it: nothing of the first."""
        return "" if name == self.function.wrt[0] else name

    def narrow_ulp(self, order: Order, name: str) -> float:
        """The largest error that the lock states of the kernel's form in float32."""
        entry = self.function.locked.get(key(order, name), {})
        try:
            strata = entry.get("bits", {}).get("float32", {})
            return float(max((2 ** error["max"] for error in strata.values()), default=0.0))
        except (AttributeError, KeyError, TypeError, ArithmeticError) as problem:
            raise self.fail(f"its lock file states errors that are none ({problem}): delete it there") from problem

    def hard_cases(self, order: Order, name: str) -> HardCases | None:
        """Those that the function's lock states of a kernel of one number."""
        stated = self.function.locked.get(key(order, name), {}).get(HARD)
        if not stated or len(self.inputs) != 1 or self.row is not None:
            return None
        try:
            cases = tuple(map(hard_case, stated))
            if any(other.first <= one.last for one, other in pairwise(cases)):
                raise ValueError("they are not in order, or not apart")
            return HardCases(stem_of(self.function.name, order, self.wrt(name)), cases)
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

    def elements(self, schedule: Schedule, output: Argument, hard: HardCases | None) -> tuple[Statement, ...]:
        body = schedule.element_temporaries(schedule.root)
        value = schedule.use(schedule.root)
        if output.shape == "element":
            return (Map(self.element, (*body, Store(output, value, hard))),)
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
