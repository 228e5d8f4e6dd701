"""`Spec`: what a user states, and `Function`: the same with a name, in Terms, checked.

A specs file is Python; the name of a function is the name of the variable that holds its Spec.
"""

from __future__ import annotations

import difflib
import importlib.util
import keyword
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from derive.domain import Domain, Interval, read_domain
from derive.errors import DeriveError, SpecError
from derive.notation.text import read_text
from derive.term import Term, free_symbols, rational_value, substitute, subterms, symbol, term

if TYPE_CHECKING:
    pass

Formula = "sympy.Expr | str"
C_KEYWORDS: Final = frozenset(
    """auto break case char const continue default do double else enum extern float for goto if inline int
    long register restrict return short signed sizeof static struct switch typedef union unsigned void
    volatile while main errno""".split()
)
# What makes a derivative jump or a function break: a value must be stated there.
KINKED: Final = ("abs", "sign", "max", "min", "floor", "ceiling", "heaviside", "cases")


@dataclass(frozen=True)
class Accuracy:
    """The accuracy contract of a function's kernels: the largest error in ulp, per target."""

    c: float = 5.0
    numpy: float = 8.0


@dataclass(frozen=True, eq=False)
class Spec:
    """A function as its author states it: SymPy expressions, or text for `derive.notation.text`.

    definition: the body; free indices in it make the result a vector over them.
    inputs: array arguments in their order; may be left out for a function of one variable.
    params: scalar arguments, passed by value.
    wrt: the inputs (and params) that are differentiated; all inputs where left out.
    documented: for a variable (`x`, or `x[j]`), the closed form of the derivative that the
        documentation states. In text, the function's own name stands for its value.
    assume: hypotheses as sentences, such as "0 < p < 1".
    kinks: for a variable, the derivative's value at each point where it jumps: {x: {0: 0}}.
    accuracy: the contract that `derive verify` holds the kernels to.
    samples: the everyday range of each input, {x: (low, high)}; where there is one, the contract
        is for that range, and errors beyond it are reported.
    latex: how the function's name is written in LaTeX.
    source: where the definition comes from.
    accept_undecided: a reason; without one, a build stops where a proof stays undecided.
    """

    definition: Any
    inputs: tuple[Any, ...] = ()
    params: tuple[Any, ...] = ()
    wrt: tuple[Any, ...] = ()
    documented: Mapping[Any, Any] = field(default_factory=dict)
    assume: str | tuple[str, ...] = ()
    kinks: Mapping[Any, Mapping[Any, Any]] = field(default_factory=dict)
    accuracy: Accuracy = Accuracy()
    samples: Mapping[Any, tuple[float, float]] = field(default_factory=dict)
    latex: str = ""
    source: str = ""
    accept_undecided: str = ""


@dataclass(frozen=True, eq=False)
class Function:
    """A checked Spec. Names are strings; formulas are Terms; `where` is `file:line: name`.

    `output` holds the free indices of the body (empty: one value per element, or per row).
    """

    name: str
    body: Term
    inputs: tuple[str, ...]
    params: tuple[str, ...]
    wrt: tuple[str, ...]
    documented: Mapping[str, ClosedForm]
    domain: Domain
    kinks: Mapping[str, Mapping[Fraction, Term]]
    accuracy: Accuracy
    samples: Mapping[str, tuple[float, float]]
    latex: str
    source: str
    accept_undecided: str
    where: str

    @cached_property
    def output(self) -> tuple[str, ...]:
        known = {*self.inputs, *self.params, *self.sizes}
        return tuple(sorted(free_symbols(self.body) - known))

    @cached_property
    def sizes(self) -> tuple[str, ...]:
        """The symbolic sizes, in the order in which the inputs' axes name them."""
        seen: dict[str, None] = {}
        for name in self.inputs:
            for _, last in self.domain.axes.get(name, ()):
                seen.update(dict.fromkeys(sorted(free_symbols(last))))
        return tuple(seen)

    @property
    def elementwise(self) -> bool:
        return not self.domain.axes

    @property
    def value(self) -> Term:
        """The function at its inputs: `f(x)`, or a component of it, `f(x)[i]`."""
        value = Term("apply", tuple(map(symbol, (*self.inputs, *self.params))), self.name)
        return value[tuple(map(symbol, self.output))] if self.output else value

    def spelled(self, formula: Term) -> Term:
        """`formula` with `f(x)` for the name `f`, where f has one input and one value."""
        short = self.output or len(self.inputs) + len(self.params) > 1
        return formula if short else substitute(formula, {symbol(self.name): self.value})

    def expand(self, formula: Term) -> Term:
        """`formula` with this function's own name, `f` or `f[i]`, replaced by its body."""
        uses = [node for node in subterms(formula) if node.head == "index" and node.args[0] == symbol(self.name)]
        replacements: dict[Term, Term] = {
            use: substitute(self.body, dict(zip(map(symbol, self.output), use.args[1:], strict=True))) for use in uses
        }
        if not self.output:
            replacements[symbol(self.name)] = self.body
        return substitute(formula, replacements)


@dataclass(frozen=True)
class ClosedForm:
    """The documented derivative with respect to `variable`: a symbol, or a component `x[j]`."""

    variable: Term
    formula: Term


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
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or len(name) > 64:
        raise DeriveError("a function's name becomes a file and a C identifier: lower-case letters, digits and _ only")
    if keyword.iskeyword(name) or name in C_KEYWORDS:
        raise DeriveError(f"{name} is a keyword of Python or C; choose another name")


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
        if isinstance(formula, Term):
            return formula
        from derive.bridge import from_sympy

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
        from derive.bridge import from_sympy

        if base.shape is None:
            raise DeriveError(f"the vector {base} has no length; write vector({str(base)!r}, K)")
        axes = tuple((term(1), from_sympy(length)) for length in base.shape)
        self.domain = self.domain.with_axes(str(base), *axes)

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
        inputs = tuple(map(self.name_of, spec.inputs)) or self.only_input()
        params = tuple(map(self.name_of, spec.params))
        assume = (spec.assume,) if isinstance(spec.assume, str) else spec.assume
        domain = read_domain(assume, self.domain)
        wrt = tuple(map(self.name_of, spec.wrt)) or inputs
        documented = dict(self.closed_form(variable, form) for variable, form in spec.documented.items())
        kinks = {self.name_of(v): self.kink_values(v, at) for v, at in spec.kinks.items()}
        samples = {self.name_of(v): (float(low), float(high)) for v, (low, high) in spec.samples.items()}
        found = Function(
            self.name, self.body, inputs, params, wrt, documented, domain, kinks, spec.accuracy, samples,
            spec.latex, spec.source, spec.accept_undecided, self.where,
        )  # fmt: skip
        self.check_variables(found)
        return found

    def only_input(self) -> tuple[str, ...]:
        bases = {node.args[0].name for node in subterms(self.body) if node.head == "index"}
        lengths = {name for axes in self.domain.axes.values() for _, last in axes for name in free_symbols(last)}
        indices = {name for node in subterms(self.body) if node.head == "index"
                   for part in node.args[1:] for name in free_symbols(part)}  # fmt: skip
        params = set(map(self.name_of, self.spec.params))
        names = sorted((free_symbols(self.body) | bases) - lengths - indices - params)
        if len(names) == 1:
            return (names[0],)
        if not names:
            raise DeriveError("the definition has no variable")
        example = f"inputs=({', '.join(names)})"
        raise DeriveError(f"several variables ({', '.join(names)}): give their order, {example}, and params=(...)")

    def closed_form(self, given: Any, form: Any) -> tuple[str, ClosedForm]:
        variable = self.variable(given)
        return self.name_of(given), ClosedForm(variable, self.read(form))

    def kink_values(self, variable: Any, at: Mapping[Any, Any]) -> dict[Fraction, Term]:
        values = {}
        for point, value in at.items():
            place = rational_value(self.read(point))
            if place is None:
                raise DeriveError(f"the kink {variable} = {point} must be a rational number")
            values[place] = self.read(value)
        return values

    def check_variables(self, found: Function) -> None:
        for wanted in (*found.wrt, *found.documented, *found.kinks, *found.samples):
            if wanted not in (*found.inputs, *found.params):
                raise DeriveError(f"{wanted} is not among the inputs ({', '.join(found.inputs)})")
        for missing in set(found.documented) - set(found.wrt):
            raise DeriveError(f"a closed form is documented for {missing}, which is not in wrt")
        for name in (*found.inputs, *found.params):
            if keyword.iskeyword(name) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) or name in C_KEYWORDS:
                raise DeriveError(f"the variable {name!r} cannot be an argument in Python or C; choose another name")
        if found.name in (*found.inputs, *found.params):
            raise DeriveError(f"{found.name} is both an input and the function's own name; rename one of them")
        unknown = [name for name in found.output if not self.is_index(name)]
        if unknown:
            raise DeriveError(f"{', '.join(unknown)} is neither an input nor a parameter: add it to inputs or params")
        for form in found.documented.values():
            self.check_closed_form(found, form)

    def check_closed_form(self, found: Function, form: ClosedForm) -> None:
        known = {found.name, *found.inputs, *found.params, *found.sizes, *found.output, *free_symbols(form.variable)}
        for name in sorted(free_symbols(form.formula) - known):
            near = difflib.get_close_matches(name, sorted(known), 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise DeriveError(f"the closed form documented for {form.variable} has an unknown name {name}{hint}")

    def is_index(self, name: str) -> bool:
        return any(
            node.head in ("index", "delta") and name in frozenset().union(*map(free_symbols, node.args[-1:]))
            for node in subterms(self.body)
        )


def read_specs(path: Path, name: str | None = None) -> list[Function]:
    """The functions that the specs file at `path` states, in its order.

    `name`: how messages name the file. Raises SpecError for a file that cannot be run or states none.
    """
    label = name or path.name
    if not path.is_file():
        raise SpecError(f"{label}: there is no such file")
    spec = importlib.util.spec_from_file_location(f"derive_specs_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    except DeriveError:
        raise
    # A specs file is the user's program: whatever it raises is told as a fault of that file.
    except Exception as problem:
        raise SpecError(f"{label}:{_line_of(problem, path)}: {type(problem).__name__}: {problem}") from problem
    finally:
        sys.path.remove(str(path.parent))
    lines = path.read_text(encoding="utf-8").splitlines()
    found = list(_named_specs(vars(module), lines, label))
    if not found:
        raise SpecError(f"{label}: states no function; write  my_function = Spec(...)")
    return found


def _named_specs(names: Mapping[str, Any], lines: list[str], label: str) -> Iterator[Function]:
    for name, value in names.items():
        if isinstance(value, Spec):
            at = next((n for n, line in enumerate(lines, 1) if re.match(rf"{re.escape(name)}\s*(:.*)?=", line)), 1)
            yield name_function(value, name, f"{label}:{at}: {name}")


def _line_of(problem: BaseException, path: Path) -> int:
    """The line of the user's file at which `problem` arose."""
    if isinstance(problem, SyntaxError):
        return problem.lineno or 1
    line, trace = 1, problem.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def catalogue_pages() -> list[Path]:
    """The pages of mathematics that derive carries."""
    return sorted(path for path in (Path(__file__).parent / "functions").glob("*.py") if path.stem != "__init__")


def catalogue() -> list[Function]:
    """Every function of derive's own pages, by page and in its order."""
    return [found for page in catalogue_pages() for found in read_specs(page, f"functions/{page.name}")]
