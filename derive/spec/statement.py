"""`Spec`: what a user states; and the checks that make a `Function` of it."""

from __future__ import annotations

import difflib
import keyword
import math
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Final

from derive.errors import DeriveError, SpecError
from derive.notation.text import read_text
from derive.spec.domain import Domain, Interval, read_domain
from derive.spec.function import Accuracy, ClosedForm, Function
from derive.term import CONDITIONS, CONNECTIVES, Term, free_symbols, rational_value, subterms, symbol, term

__all__ = ["Accuracy", "ClosedForm", "Function", "Spec", "name_function"]

MAX_NAME: Final = 64
MAX_NUMBER: Final = Fraction(sys.float_info.max)
# How the fields that map something are written.
MAPPINGS: Final = {
    "documented": "{x: 2*x}",
    "kinks": "{x: {0: 0}}",
    "samples": "{x: (-10, 10)}",
    "peers": '{"torch": "torch.exp(x)"}',
}
TEXTS: Final = ("latex", "source", "accept_undecided")


@dataclass(frozen=True, eq=False)
class Spec:
    """A function as its author states it: SymPy expressions, or text for `derive.notation.text`.

    definition: the body; free indices in it make the result a vector over them.
    inputs: array arguments in their order; may be left out for a function of one variable. Here as in
        `params` and `wrt`, one alone needs no tuple.
    params: scalar arguments, passed by value.
    wrt: the inputs (and params) that are differentiated; all inputs where left out.
    documented: for a variable (`x`, or `x[j]`), the closed form of the derivative that the
        documentation states. In text, the function's own name stands for its value.
    assume: hypotheses as sentences, such as "0 < p < 1".
    kinks: for a variable, the derivative's value at each point where it jumps, which lies between the slopes
        on the two sides: {x: {0: 0}}.
    accuracy: the contract that `derive verify` holds the kernels to.
    samples: the everyday range of each input, {x: (low, high)}; where there is one, the contract
        is for that range, and errors beyond it are reported.
    latex: how the function's name is written in LaTeX.
    source: where the definition comes from.
    peers: what other libraries call the function, for `derive bench`: {"torch": "torch.exp(x)"}.
    accept_undecided: a reason; without one, a build stops where a proof stays undecided.

    What is wrong in it is told when it is used, by a SpecError that names the file, the line and the function.

    >>> x = derive.real("x")
    >>> logistic = derive.Spec(1 / (1 + derive.exp(-x)), documented={x: "logistic*(1 - logistic)"}, latex=r"\\sigma")
    >>> derive.differentiate(derive.Spec(x**2))
    <Derivation of f: derivative in x is 2*x>
    """

    definition: Any
    inputs: Any = ()
    params: Any = ()
    wrt: Any = ()
    documented: Mapping[Any, Any] = field(default_factory=dict)
    assume: str | tuple[str, ...] = ()
    kinks: Mapping[Any, Mapping[Any, Any]] = field(default_factory=dict)
    accuracy: Accuracy = field(default_factory=Accuracy)
    samples: Mapping[Any, tuple[float, float]] = field(default_factory=dict)
    latex: str = ""
    source: str = ""
    accept_undecided: str = ""
    peers: Mapping[str, str] = field(default_factory=dict)


def name_function(spec: Spec, name: str, where: str) -> Function:
    """`spec` checked and read, under `name`. Raises SpecError, naming `where`, for any fault in it."""
    try:
        _check_name(name)
        return _Checker(spec, name, where).function()
    except SpecError:
        raise
    except DeriveError as problem:
        raise SpecError(f"{where}: {problem}") from problem


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise DeriveError("a function's name becomes a file and an identifier: lower-case letters, digits and _ only")
    if len(name) > MAX_NAME:
        raise DeriveError(f"a function's name becomes an identifier: at most {MAX_NAME} characters")
    if keyword.iskeyword(name):
        raise DeriveError(f"{name} is a keyword of Python; choose another name, such as {name}_1")


class _Checker:
    def __init__(self, spec: Spec, name: str, where: str) -> None:
        self.spec, self.name, self.where = spec, name, where
        self.domain = Domain()
        self.body = self.read(spec.definition)

    def read(self, formula: Any) -> Term:
        if isinstance(formula, str):
            return read_text(formula)
        if isinstance(formula, (int, Fraction)) and not isinstance(formula, bool):
            return term(formula)
        if isinstance(formula, float) and math.isfinite(formula):
            return term(Fraction(repr(formula)))  # the decimal that was written
        if isinstance(formula, Term):
            return formula
        import sympy

        from derive.notation.bridge import from_sympy

        if not isinstance(formula, sympy.Basic):
            raise DeriveError(f"{formula!r} is not a formula: write a SymPy expression, or text")
        self.note_assumptions(formula)
        return from_sympy(formula)

    def note_assumptions(self, formula: Any) -> None:
        """Sizes of vectors and signs of symbols, from SymPy's assumptions."""
        import sympy

        if isinstance(formula, sympy.IndexedBase):
            self.note_shape(formula)
            return
        for base in formula.atoms(sympy.IndexedBase):
            self.note_shape(base)
        for found in formula.free_symbols:
            if isinstance(found, sympy.Symbol) and not isinstance(found, sympy.Indexed) and found.is_positive:
                self.domain = self.domain.narrowed(found.name, Interval(low=Fraction(0)))

    def note_shape(self, base: Any) -> None:
        from derive.notation.bridge import from_sympy

        if base.shape is None:
            raise DeriveError(f"the vector {base} has no length; write vector({str(base)!r}, K)")
        axes = tuple((term(1), from_sympy(length)) for length in base.shape)
        self.domain = self.domain.with_axes(str(base), *axes)

    def without_sizes(self) -> Domain:
        """The domain so far, but for what SymPy says of sizes: that they are at least 1 is known anyway."""
        lengths = {name for axes in self.domain.axes.values() for _, last in axes for name in free_symbols(last)}
        kept = {name: interval for name, interval in self.domain.ranges.items() if name not in lengths}
        return replace(self.domain, ranges=kept)

    def name_of(self, symbol_: Any) -> str:
        """The name of an input given as a symbol, a vector, a component or text."""
        read = self.variable(symbol_)
        return (read.args[0] if read.head == "index" else read).name

    def variable(self, given: Any) -> Term:
        import sympy

        if isinstance(given, sympy.IndexedBase):
            self.note_shape(given)
            return symbol(str(given))
        read = self.read(given)
        if read.head != "sym" and not (read.head == "index" and read.args[0].head == "sym"):
            raise DeriveError(f"{given} is not a variable; write a symbol, or a component such as x[j]")
        return read

    def function(self) -> Function:
        spec = self.spec
        self.check_fields()
        check_real(self.body, "the definition")
        inputs = tuple(map(self.name_of, _several(spec.inputs))) or self.only_input()
        params = tuple(map(self.name_of, _several(spec.params)))
        domain = read_domain(_several(spec.assume), self.without_sizes())
        wrt = tuple(map(self.name_of, _several(spec.wrt))) or inputs
        documented = dict(self.closed_form(variable, form) for variable, form in spec.documented.items())
        kinks = {self.name_of(v): self.kink_values(v, at) for v, at in spec.kinks.items()}
        samples = {self.name_of(v): self.sample_range(v, ends) for v, ends in spec.samples.items()}
        found = Function(
            self.name, self.body, inputs, params, wrt, documented, domain, kinks, spec.accuracy, samples,
            spec.latex, spec.source, spec.accept_undecided, self.where, peers=dict(spec.peers),
        )  # fmt: skip
        self.check_variables(found)
        self.check_hypotheses(found)
        return found

    def check_fields(self) -> None:
        """Fields are of their kind; Python would tell of them only where they are used."""
        for name, example in MAPPINGS.items():
            if not isinstance(getattr(self.spec, name), Mapping):
                raise DeriveError(f"{name} maps variables: write {name}={example}")
        for name in TEXTS:
            if not isinstance(getattr(self.spec, name), str):
                raise DeriveError(f'{name} is text: write {name}="..."')
        if not all(isinstance(sentence, str) for sentence in _several(self.spec.assume)):
            raise DeriveError('assume holds sentences: write assume="x > 0", or several in a tuple')
        if not isinstance(self.spec.accuracy, Accuracy):
            raise DeriveError("accuracy holds a number of ulp for a target: write accuracy=Accuracy(name=5)")

    def only_input(self) -> tuple[str, ...]:
        bases = {node.args[0].name for node in subterms(self.body) if node.head == "index"}
        lengths = {name for axes in self.domain.axes.values() for _, last in axes for name in free_symbols(last)}
        indices = {name for node in subterms(self.body) if node.head == "index"
                   for part in node.args[1:] for name in free_symbols(part)}  # fmt: skip
        params = set(map(self.name_of, _several(self.spec.params)))
        names = sorted((free_symbols(self.body) | bases) - lengths - indices - params)
        if self.name in names[1:] or self.name in names[:-1]:
            raise DeriveError(f"the definition refers to {self.name} itself: write what it stands for")
        if len(names) == 1:
            return (names[0],)
        if not names:
            raise DeriveError("the definition has no variable")
        example = f"inputs=({', '.join(names)})"
        raise DeriveError(f"several variables ({', '.join(names)}): give their order, {example}, and params=(...)")

    def closed_form(self, given: Any, form: Any) -> tuple[str, ClosedForm]:
        variable = self.variable(given)
        read = self.read(form)
        check_real(read, f"the closed form documented for {variable}")
        return self.name_of(given), ClosedForm(variable, read)

    def kink_values(self, variable: Any, at: Any) -> dict[Fraction, Term]:
        if not isinstance(at, Mapping):
            raise DeriveError(
                f"kinks gives {variable} the derivative's value at each kink: write {{{variable}: {{0: 0}}}}"
            )
        values: dict[Fraction, Term] = {}
        for point, value in at.items():
            place = rational_value(self.read(point))
            if place is None:
                raise DeriveError(f"the kink {variable} = {point} must be a rational number")
            if place in values:
                raise DeriveError(f"the kink {variable} = {point} is stated twice")
            values[place] = self.read(value)
        return values

    def sample_range(self, variable: Any, ends: Any) -> tuple[float, float]:
        if isinstance(ends, (tuple, list)) and len(ends) == 2:
            low, high = (rational_value(self.read(end)) for end in ends)
            if low is not None and high is not None and low < high and high - low <= MAX_NUMBER:
                return float(low), float(high)
        raise DeriveError(f"the samples of {variable} are a range of numbers: write {{{variable}: (-10, 10)}}")

    def check_variables(self, found: Function) -> None:
        arguments = (*found.inputs, *found.params)
        for name in arguments:
            if arguments.count(name) > 1:
                raise DeriveError(f"{name} is listed twice among the inputs and params")
        for wanted in (*found.wrt, *found.documented, *found.kinks, *found.samples):
            if wanted not in (*found.inputs, *found.params):
                raise DeriveError(f"{wanted} is not among the inputs ({', '.join(found.inputs)})")
        for missing in set(found.documented) - set(found.wrt):
            raise DeriveError(f"a closed form is documented for {missing}, which is not in wrt")
        for name in (*found.inputs, *found.params):
            if keyword.iskeyword(name) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
                other = f"{name}_1" if name.isidentifier() else "x_1"
                raise DeriveError(
                    f"the variable {name!r} cannot be an argument in Python; choose another name, such as {other}"
                )
        if found.name in (*found.inputs, *found.params):
            raise DeriveError(f"{found.name} is both an input and the function's own name; rename one of them")
        for base in sorted({node.args[0].name for node in subterms(found.body) if node.head == "index"}):
            if base not in found.domain.axes:
                raise DeriveError(f"{base} has components and no length: give it as vector({base!r}, K) in inputs")
        unknown = [name for name in found.output if not self.is_index(name)]
        if unknown:
            raise DeriveError(f"{', '.join(unknown)} is neither an input nor a parameter: add it to inputs or params")
        for form in found.documented.values():
            self.check_closed_form(found, form)

    def check_closed_form(self, found: Function, form: ClosedForm) -> None:
        known = {found.name, *found.inputs, *found.params, *found.sizes, *found.output, *free_symbols(form.variable)}
        for name in sorted(free_symbols(form.formula) - known):
            raise DeriveError(
                f"the closed form documented for {form.variable} has an unknown name {name}{_hint(name, known)}"
            )

    def check_hypotheses(self, found: Function) -> None:
        known = {*found.inputs, *found.params, *found.sizes, *found.output}
        for name in sorted(read_domain(_several(self.spec.assume), Domain(axes=self.domain.axes)).names() - known):
            raise DeriveError(f"assume speaks of {name}, which is not in the function{_hint(name, known)}")
        for name, interval in found.domain.ranges.items():
            if interval.empty:
                raise DeriveError(f"no {name} satisfies all that is assumed of it")

    def is_index(self, name: str) -> bool:
        return any(
            node.head in ("index", "delta") and name in frozenset().union(*map(free_symbols, node.args[-1:]))
            for node in subterms(self.body)
        )


def check_real(formula: Term, what: str) -> None:
    """Raise for a formula with what is no real number, or none that a kernel can hold: infinity, NaN, a comparison."""
    for node in subterms(formula):
        if node.head == "const" and node.name in ("oo", "nan"):
            raise DeriveError(f"{what} contains {'infinity' if node.name == 'oo' else 'NaN'}, which is no real number")
        if node.head == "num" and abs(node.number) > MAX_NUMBER:
            digits = int(abs(node.number).numerator.bit_length() * math.log10(2))
            raise DeriveError(f"{what} contains a number of about {digits} digits, which is beyond every format")
    found = next(filter(None, (_misplaced(node) for node in subterms(formula))), formula)
    if found.head in CONDITIONS:
        raise DeriveError(f"{what} takes {found} for a number: write  Piecewise((1, {found}), (0, True))")


def _misplaced(node: Term) -> Term | None:
    """A comparison that is computed with."""
    if node.head in CONNECTIVES:
        return None
    parts = node.args[::2] if node.head == "cases" else node.args
    return next((part for part in parts if part.head in CONDITIONS), None)


def _several(given: Any) -> tuple[Any, ...]:
    """What is listed; one alone needs no tuple."""
    return tuple(given) if isinstance(given, (tuple, list)) else (given,)


def _hint(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), 1)
    return f"; did you mean {near[0]}?" if near else ""
