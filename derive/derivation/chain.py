"""`Derivation`: a derivative as a chain of named steps, from the definition to the closed form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final, Literal

from derive.calculus.derivative import depends, derivative
from derive.calculus.products import tidy
from derive.derivation.columns import DerivationRow, aligned, with_standing
from derive.derivation.discover.find import discover
from derive.derivation.steps.calculus import WHOLE_LINE, Differentiation, der, has_derivatives
from derive.derivation.steps.moves import parting
from derive.derivation.steps.search import MAX_DEPTH, find_path, shorten
from derive.derivation.steps.views import same_line
from derive.errors import DeriveError, shown
from derive.limits.sides import by_sides, missing_values
from derive.limits.study import Study
from derive.limits.turning import at_points
from derive.notation.latex import operator_name, write_latex
from derive.notation.latex_tokens import GREEK
from derive.notation.latex_words import latex_text
from derive.notation.pretty import pretty_name, write_pretty
from derive.notation.text import read_text, write_text
from derive.proof.verdict import Proof
from derive.rules.engine import Step, replace_everywhere, rewrite
from derive.spec.statement import Function, Spec, name_function
from derive.term import ONE, ZERO, Term, fresh, rational_value, relation, subterms, symbol, term

Dialect = Literal["latex", "pretty"]
EFFORT: Final = {"brief": 1000, "normal": WHOLE_LINE, "full": 0}  # what one line may finish, for each detail
MAX_MOVES: Final = 8  # moves that a closed form is worth which nobody asked for
BY_PROOF: Final = "equal, as the proof of the closed form shows"


@dataclass(frozen=True, repr=False)
class Derivation:
    """The steps from d f / d variable to the closed form; the function's own name stands for its value.

    Printed, it is the definition and the chain of steps, as `derive show --steps` prints them.

    Each step's `after` equals its `before`. A rule's name holds formulas between backquotes. `found` is the
    proof of a closed form that nobody documented. `order`: 2 for the second derivative.
    """

    function: Function
    variable: Term
    steps: tuple[Step, ...]
    found: Proof | None = None
    order: int = 1

    @property
    def result(self) -> Term:
        return self.steps[-1].after

    def rows(self, dialect: Dialect) -> list[DerivationRow]:
        """The definition, then every step, in LaTeX or for a terminal."""
        write = _writer(self.function, dialect)
        left = write(_quotient(self, dialect))
        found = [DerivationRow(write(self.function.value), write(self.function.body), "")]
        for step in self.steps:
            found.append(
                DerivationRow(left, write(self.function.spelled(step.after)), _reason(step.rule, write, dialect))
            )
            left = ""
        return found

    def __str__(self) -> str:
        definition, *rows = self.rows("pretty")
        if self.found is not None:
            rows[-1] = with_standing(rows[-1], f"found, {self.found.verdict}")
        return "\n".join([f"{definition.left} = {definition.right}", "", *aligned(rows)])

    def __repr__(self) -> str:
        order = "second derivative" if self.order == 2 else "derivative"
        return f"<Derivation of {self.function.name}: {order} in {self.variable} is {self.result}>"

    def latex(self) -> str:
        """One `aligned` block, on one line."""
        rows = r" \\ ".join(f"{left} &= {right}" for left, right, _ in self.rows("latex"))
        return rf"\begin{{aligned}} {rows} \end{{aligned}}"

    def to_json(self) -> dict[str, Any]:
        """Formulas in the syntax of `read_text`; `found` is the verdict on a closed form that nobody documented."""
        return {
            "function": self.function.name,
            "definition": write_text(self.function.body),
            "variable": write_text(self.variable),
            "order": self.order,
            "steps": [
                {"rule": step.rule, "before": write_text(step.before), "after": write_text(step.after)}
                for step in self.steps
            ],
            "result": write_text(self.result),
            "found": None if self.found is None else str(self.found.verdict),
            "latex": self.latex(),
        }

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"


def differentiate(stated: Any, wrt: Any = None, detail: str = "normal") -> Derivation:
    """The derivative of a function, step by step, to the documented closed form or to the shortest that is found.

    stated: a Spec, a function of `derive.catalogue()`, or a formula in one variable (text, SymPy or a Term).
    wrt: the name of an input or a parameter; by default the first that the function differentiates.
    detail: how much one step does: "brief", "normal" or "full".

    Returns a Derivation: its `steps`, each with the name of its rule, and the `result`. Printed, it is the chain that
    `derive show --steps` prints; `.latex()` and `.to_json()` write it otherwise. Raises UnsupportedError where no rule
    is known, SpecError for a fault in what was stated; both are DeriveErrors.

    >>> found = derive.differentiate("1/(1 + exp(-x))")
    >>> found
    <Derivation of f: derivative in x is f*(1 - f)>
    >>> [step.rule for step in found.steps][:2]
    ['write as a power', 'power and chain rules']
    """
    if detail not in EFFORT:
        raise DeriveError(f"{shown(detail)} is not a level of detail: write {', '.join(EFFORT)}")
    function = stated if isinstance(stated, Function) else _named(stated)
    name = function.wrt[0] if wrt is None else str(wrt)
    if name not in (*function.inputs, *function.params):
        known = ", ".join((*function.inputs, *function.params))
        raise DeriveError(f"{name} is not a variable of {function.name}: write {known}")
    documented = function.documented.get(name)
    variable = documented.variable if documented else _variable(function, name)
    joints = {} if documented else _joints(function, variable, 1)
    steps = _differentiated(function, variable, EFFORT[detail], joints)
    reached = steps[-1].after
    found = None
    if documented:
        path = _path(function, reached, documented.formula, MAX_DEPTH) or [(BY_PROOF, documented.formula)]
    else:
        if joints:
            reached = _sided(reached, function, variable, joints)
            steps.append(Step("on each side", steps[-1].after, reached))
        path, found = _path_found(function, variable, reached)
    if detail == "brief" and len(path) > 1:
        path = [("rearrange", path[-1][1])]
    *chain, last = _chained([*steps, *_steps(reached, path)])
    stated_at = [f"`{value}` at `{relation('eq', variable, point)}` by convention" for point, value in
                 function.kinks.get(name, {}).items()]  # fmt: skip
    return Derivation(function, variable, (*chain, replace(last, rule="; ".join([last.rule, *stated_at]))), found)


def differentiate_again(first: Derivation) -> Derivation:
    """The second derivative of a function of numbers from the closed form of its first, which must not jump."""
    function, variable, value = first.function, first.variable, _value(first.function)
    slope = der(value, variable)
    steps = [Step("differentiate again", der(slope, variable), der(first.result, variable))]
    within = derivative(first.result, value)
    rule = "calculus" if within is ZERO else f"calculus, with `{slope}` from above"
    after = tidy(derivative(first.result, variable) + within * first.result)
    after = _sided(after, function, variable, _joints(function, variable, 2))
    steps.append(Step(rule, der(first.result, variable), after))
    path = _steps(after, shorten(after, function.domain))
    return Derivation(function, variable, _chained([*steps, *path]), order=2)


def _joints(function: Function, variable: Term, order: int) -> Mapping[Fraction, Term]:
    """What the rules do not say: the derivative where kinks cancel, and where it is a limit."""
    if not function.elementwise or variable.head != "sym":
        return {}
    stated = function.kinks.get(variable.name, {})
    found = Study(function.body, variable.name, function.domain).joints(order)
    return {place: value for place, value in found.items() if place not in stated}


def _sided(reached: Term, function: Function, variable: Term, joints: Mapping[Fraction, Term]) -> Term:
    """A derivative as it is on each side of its joints, and at those where neither formula has its value."""
    if not joints:
        return reached
    found = by_sides(reached, variable.name, joints, function.domain)
    return at_points(found, variable, dict(missing_values(found, joints, variable.name, function.domain)))


def _named(stated: Any) -> Function:
    return name_function(stated if isinstance(stated, Spec) else Spec(stated), "f", "f")


def _variable(function: Function, name: str) -> Term:
    """`x`, or a component `x[j]` with indices that the body does not use."""
    axes = function.domain.axes.get(name, ())
    taken = set(function.output) | {*function.inputs, *function.params, *function.sizes}
    indices: list[Term] = []
    for letter in "jlmn"[: len(axes)]:
        indices.append(symbol(fresh(letter, taken)))
    return symbol(name)[tuple(indices)] if indices else symbol(name)


def _differentiated(function: Function, variable: Term, effort: int, joints: Mapping[Fraction, Term]) -> list[Step]:
    """From the definition until no derivative is left to take."""
    start, rule = der(function.body, variable), "definition"
    if function.body.head == "div" and (value := rational_value(function.body.args[0])) is not None:
        power = function.body.args[1] ** -ONE
        start, rule = der(power if value == 1 else function.body.args[0] * power, variable), "write as a power"
    steps = [Step(rule, der(_value(function), variable), start)]
    if joints:
        places = ", ".join(f"`{relation('eq', variable, term(place))}`" for place in joints)
        apart = at_points(start, variable, joints)
        steps.append(Step(f"limit at {places}", start, apart))
        start = apart
    parted = _parted(function, variable, start)
    if parted.after != start:
        steps.append(parted)
    while has_derivatives(steps[-1].after):
        line = Differentiation()
        after = tidy(line.advance(steps[-1].after, len(steps) == 1 and effort < EFFORT["brief"], effort))
        steps.append(Step(line.reason, steps[-1].after, after))
    return steps


def _parted(function: Function, variable: Term, start: Term) -> Step:
    """`start` with the logarithms that depend on the variable taken apart, as a person does before anything else."""
    names: list[str] = []
    after = start
    for node in subterms(start):
        if node.head == "log" and depends(node, variable):
            parts, steps = rewrite(node, parting(), function.domain)
            after = replace_everywhere(after, node, parts)
            names += [step.rule for step in steps]
    return Step("; ".join(dict.fromkeys(names)), start, after)


def _value(function: Function) -> Term:
    """The function's name, standing for its value."""
    name = symbol(function.name)
    return name[tuple(map(symbol, function.output))] if function.output else name


def _path(function: Function, start: Term, goal: Term, deepest: int) -> list[tuple[str, Term]] | None:
    """The moves from a derivative to a closed form that names the function; None where none were found."""
    expanded = function.expand(goal)
    path = find_path(start, expanded, function.domain, deepest)
    if path is None:
        return None
    return [*path, (f"recognise `{function.name}`", goal)] if goal != expanded else [*path, ("", goal)]


def _path_found(function: Function, variable: Term, start: Term) -> tuple[list[tuple[str, Term]], Proof | None]:
    """The way to the shortest closed form that is proved, and its proof; to the shortest writing where none is."""
    shortened = shorten(start, function.domain)
    plain = shortened[-1][1] if shortened else start
    for formula, proof in discover(function, variable, start, plain):
        if formula == plain:
            return shortened, proof
        path = _path(function, start, formula, MAX_MOVES // 2 + 1)
        if path is not None and len(path) <= MAX_MOVES:
            return path, proof
    return shortened, None


def _steps(start: Term, path: list[tuple[str, Term]]) -> list[Step]:
    befores = [start, *(after for _, after in path)]
    return [Step(name, before, after) for (name, after), before in zip(path, befores, strict=False)]


def _chained(steps: list[Step]) -> tuple[Step, ...]:
    """The steps without those that change nothing worth a line; of two writings the later one is kept."""
    found: list[Step] = []
    for step in steps:
        if found and same_line(step.before, step.after):
            step = Step(found[-1].rule, found.pop().before, step.after)
        elif found:
            step = Step(step.rule, found[-1].after, step.after)
        found.append(step)
    return tuple(found)


def _quotient(derivation: Derivation, dialect: Dialect) -> Term:
    """The left side: d sigma(x)/dx where there is one variable, in LaTeX; dL/dx where there are several."""
    found = _value(derivation.function)
    if dialect == "latex":
        found = derivation.function.spelled(found)
    for _ in range(derivation.order):
        found = der(found, derivation.variable)
    return found


def _writer(function: Function, dialect: Dialect) -> Callable[[Term], str]:
    if dialect == "latex":
        names = {function.name: function.latex or operator_name(function.name)}
        return lambda node: write_latex(node, names)
    command = function.latex.removeprefix("\\")
    names = {function.name: pretty_name(command) if command in GREEK else function.name}
    return lambda node: write_pretty(node, names)


def _reason(rule: str, write: Callable[[Term], str], dialect: Dialect) -> str:
    """A rule's name with its formulas written; in LaTeX the words are text."""
    parts = re.split(r"`([^`]*)`", rule)
    words, formulas = parts[::2], [write(read_text(part)) for part in parts[1::2]]
    if dialect == "latex":
        words = [latex_text(word) for word in words]
    return "".join(part for pair in zip(words, [*formulas, ""], strict=True) for part in pair)
