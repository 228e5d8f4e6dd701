"""`Subject`: what a kernel is meant to compute, in formulas that are exactly equal to each other."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from derive.calculus.derivative import times
from derive.calculus.magnitude import largest_term
from derive.calculus.vjp import target_names, upstream_name, vjp
from derive.limits.turning import at_points
from derive.spec.function import Order
from derive.spec.statement import Function
from derive.stabilisation.kinks import filled, second_derivative, smoothed, stated_derivative
from derive.term import RELATIONS, Term, rational_value, subterms, symbol
from derive.values.formats import Format
from derive.values.samples import SampleRange


@dataclass(frozen=True, eq=False)
class Subject:
    """A function's value, one of its vjps, or a second derivative.

    wrt: what is differentiated; empty for the value. equal: a form that equals the stated one inside
    the domain; it decides where the stated form cancels. evaluation: what kernels evaluate; it says
    where branches meet, and no more.
    """

    function: Function
    order: Order
    wrt: str
    equal: Term | None = None
    evaluation: Term | None = None

    @cached_property
    def stated(self) -> Term:
        """What is true by definition: the body, or its derivative with its values at points where the body turns."""
        function, at = self.function, symbol(self.wrt)
        if not function.elementwise:
            return vjp(function, self.wrt) if self.order == "vjp" else function.body
        return self._filled(self._stated(function, at))

    def _stated(self, function: Function, at: Term) -> Term:
        if self.order == "forward":
            return function.body
        if self.order == "d2":
            second, values = second_derivative(function, self.wrt)
            return at_points(second, at, values)
        slope, stated = stated_derivative(function, self.wrt)
        values = {**smoothed(function.body, self.wrt, function.domain), **stated}
        upstream = symbol(self.upstream)
        pulled = {place: times(upstream, value) for place, value in values.items()}
        return at_points(times(upstream, slope), at, pulled)

    def _filled(self, formula: Term) -> Term:
        """With its limits in the variables that it was not differentiated in, where it has no value."""
        function = self.function
        for name in (*function.inputs, *function.params):
            if name != self.wrt:
                formula = at_points(formula, symbol(name), filled(formula, name, function.domain))
        return formula

    @cached_property
    def forms(self) -> tuple[Term, ...]:
        """The stated form first, then others of equal value.

        Under hypotheses that floating-point inputs cannot meet (`Sum(y) = 1`) only the stated one counts.
        """
        domain = self.function.domain
        unmet = domain.properties or (domain.relations and not self.function.elementwise)
        return (self.stated,) if self.equal is None or unmet else (self.stated, self.equal)

    @cached_property
    def scales(self) -> tuple[Term, ...]:
        """The magnitude of the largest term, where several inputs may cancel: errors are in ulp of it.

        By the documented form; then by the others, for limits at which the terms of that one have none.
        """
        function = self.function
        if function.elementwise and len(function.inputs) + len(function.params) == 1:
            return ()
        documented = function.documented.get(self.wrt) if self.order == "vjp" and function.elementwise else None
        first = times(symbol(self.upstream), function.expand(documented.formula)) if documented else self.stated
        return tuple(map(largest_term, dict.fromkeys((first, *self.forms))))

    @property
    def upstream(self) -> str:
        """The upstream gradient's name in the formulas; empty for the value."""
        return upstream_name(self.function) if self.order == "vjp" else ""

    @property
    def upstream_is_row(self) -> bool:
        return self.order == "vjp" and bool(self.function.output)

    @property
    def output(self) -> tuple[str, ...]:
        """The free indices of the formulas."""
        return target_names(self.function, self.wrt) if self.order == "vjp" else self.function.output

    @property
    def first(self) -> int:
        """The index of the first component of a row."""
        for axes in self.function.domain.axes.values():
            value = rational_value(axes[0][0])
            return int(value) if value is not None else 0
        return 0

    def range(self, name: str, format_: Format) -> SampleRange:
        """The numbers that an input or a parameter may be."""
        domain = self.function.domain
        everyday = self.function.samples.get(name)
        return SampleRange(domain.range(name), format_, everyday, domain.values.get(name, ()), name in domain.integers)

    @cached_property
    def thresholds(self) -> tuple[Fraction, ...]:
        """Where something happens: stated kinks, and numbers with which the formulas compare."""
        found = {place for kinks in self.function.kinks.values() for place in kinks}
        for form in (self.stated, *([] if self.evaluation is None else [self.evaluation])):
            for node in subterms(form):
                if node.head in (*RELATIONS, "max", "min"):
                    found.update(value for side in node.args if (value := rational_value(side)) is not None)
        return tuple(sorted(found))
