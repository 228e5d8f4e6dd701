"""From stated functions to files: differentiate, prove, stabilise, lower, emit. `derive.tree` writes them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from pathlib import Path
from time import perf_counter
from typing import Final

from derive.codegen.emit import emit
from derive.codegen.lower import every_kernel
from derive.codegen.names import refuse_accuracy, refuse_functions, refuse_names, refuse_repeated, stems
from derive.codegen.target import SourceFile
from derive.derivation.chain import Derivation, differentiate, differentiate_again
from derive.errors import DeriveError, SpecError
from derive.present.document import latex_page
from derive.proof.api import prove_terms
from derive.proof.bulk import usable_cores
from derive.proof.verdict import Proof, Verdict, holds_for
from derive.spec.function import Order, order_in_words
from derive.spec.lock import Entries, lock_path, write_lock
from derive.spec.pages import read_specs_apart
from derive.spec.statement import Function
from derive.stabilisation.forms import EvaluationForm, by_definition, key, orders, proved
from derive.stabilisation.gradients import slips
from derive.stabilisation.kinks import stated_derivative
from derive.targets.table import TARGETS, chosen
from derive.term import free_symbols, substitute, term
from derive.tree.changes import Changes, alone, changes, holds
from derive.tree.plan import Plan
from derive.values.balls import exact
from derive.workers import workers

Kind = tuple[Order, str]
MIN_PARALLEL: Final = 2  # functions that one process makes sooner than it starts another


@dataclass(frozen=True)
class Made:
    """What came of one function; no files where a proof stops the build.

    `proofs` are those of documented closed forms, by variable; `forms` what its kernels evaluate. `seconds` is
    wall-clock time.
    """

    function: Function
    derivations: Mapping[str, Derivation]
    proofs: Mapping[str, Proof]
    forms: Mapping[Kind, EvaluationForm] = field(default_factory=dict)
    files: tuple[SourceFile, ...] = ()
    seconds: float = 0.0

    @property
    def stops(self) -> bool:
        """Whether a build must stop: at REFUTED, and at UNDECIDED unless the spec accepts it."""
        verdicts = {proof.verdict for proof in self.proofs.values()}
        undecided = Verdict.UNDECIDED in verdicts and not self.function.accept_undecided
        return Verdict.REFUTED in verdicts or undecided

    @property
    def entries(self) -> Entries:
        """What is to be locked for this function."""
        return {key(*kind): form.answer.to_lock for kind, form in self.forms.items() if form.answer is not None}


def make(function: Function, templates: Path | None = None, search: bool = False, targets: Sequence[str] = ()) -> Made:
    """One function's way through the house; its forms are those of its lock, unless a `search` finds better.

    targets: names; the default ones for none. Raises DeriveError where a room cannot take it further.
    """
    start = perf_counter()
    made = study(function)
    if not made.stops:
        with _told_where(function):
            slopes = [stated_derivative(function, name)[0] for name in function.wrt if function.elementwise]
            for target, body in product(chosen(targets), (function.body, *slopes)):
                refuse_functions(function, target, by_definition(body))
            made = replace(made, forms={kind: proved(function, *kind, search) for kind in orders(function)})
            function = replace(function, locked=made.entries)
            forms = {kind: form.body for kind, form in made.forms.items()}
            kernels = every_kernel(function, forms)
        notes = list(_notes(made))
        files = [file for target in chosen(targets) for file in emit(function, kernels, target, notes, templates)]
        made = replace(made, files=(*files, latex_page(function, made.derivations, templates)))
    return replace(made, seconds=perf_counter() - start)


def study(function: Function, detail: str = "normal") -> Made:
    """The mathematics of one function: its derivations, and proofs of what is documented.

    Raises SpecError where the documented form and the value stated at a kink are at odds.
    """
    with _told_where(function):
        for name in {*function.documented} & {*function.kinks}:
            _compare_at_kinks(function, name)
        _compare_with_differences(function)
        derivations = {name: differentiate(function, name, detail) for name in function.wrt}
        return Made(function, derivations, {name: prove_closed_form(function, name) for name in function.documented})


@contextmanager
def _told_where(function: Function) -> Iterator[None]:
    """Errors from rooms that know formulas alone are told with the file, line and name of the spec."""
    try:
        yield
    except DeriveError as problem:
        if str(problem).startswith(function.where):
            raise
        raise SpecError(f"{function.where}: {problem}") from problem


def prove_closed_form(function: Function, name: str) -> Proof:
    """Whether the closed form documented for the derivative in `name` is that derivative."""
    form = function.documented[name]
    return prove_terms(function.body, form.variable, function.expand(form.formula), function.domain)


def _compare_with_differences(function: Function) -> None:
    """Kernels of rows compute the vector-Jacobian product as it was contracted, which nothing else proves."""
    for name in function.wrt if not function.elementwise else ():
        for slip in slips(function, name):
            raise DeriveError(
                f"{function.where}: the gradient in {name} is not the derivative: {slip}: this is a fault of derive's: "
                "please report it with the spec"
            )


def _compare_at_kinks(function: Function, name: str) -> None:
    """At a kink the proof leaves the derivative open: there the spec's own two statements must agree."""
    form = function.documented[name]
    for place, stated in function.kinks[name].items():
        there = substitute(function.expand(form.formula), {form.variable: term(place)})
        if free_symbols(there) | free_symbols(stated):
            continue  # the values are not numbers
        if exact(there, {}) not in (None, exact(stated, {})):
            raise SpecError(
                f"{function.where}: at {form.variable} = {place} the documented form {form.formula} is not "
                f"{stated}, which kinks states: change one of them"
            )


def _notes(made: Made) -> Iterator[str]:
    """A sentence on each derivative, for the heads of generated files."""
    function = made.function
    for name, derivation in made.derivations.items():
        gradient = f"Gradient in {name}, {derivation.result}"
        if name not in made.proofs:
            yield f"{gradient}: found, {_standing(derivation.found)}."
            continue
        proof = made.proofs[name]
        yield f"{gradient}: {proof.title} {holds_for(proof)}".rstrip() + "."
        yield from (f"Except {exception}." for exception in proof.exceptions)
        yield from (f"{hole[0].upper()}{hole[1:]}." for hole in proof.holes)
        if proof.verdict is Verdict.UNDECIDED:
            yield f"Accepted undecided: {function.accept_undecided}"
    for (order, wrt), form in made.forms.items():
        if order == "d2":
            second = differentiate_again(made.derivations[wrt])
            yield f"{_subject(order, wrt)}, {second.result}: {_standing(second.found)}."
        parts = form.answer.parts if form.answer is not None else ()
        yield from (f"{_subject(order, wrt)}: {part.within}." for part in parts if part.within)


def _subject(order: Order, wrt: str) -> str:
    words = order_in_words(order, wrt)
    return words[0].upper() + words[1:]


def _standing(found: Proof | None) -> str:
    return f"{found.verdict} {holds_for(found)}" if found else "each step by a proved rule"


@dataclass(frozen=True)
class Build:
    """Everything that a plan asks for, each function with its specs file."""

    plan: Plan
    made: tuple[tuple[Path, Made], ...]

    @property
    def stopped(self) -> bool:
        return any(made.stops for _, made in self.made)

    @property
    def outputs(self) -> dict[str, dict[str, bytes]]:
        """The files that were made, by the label of their specs file and their path."""
        files: dict[str, dict[str, bytes]] = {self.plan.label(path): {} for path, _ in self.made}
        for path, made in self.made:
            files[self.plan.label(path)] |= {file.path: file.text.encode() for file in made.files}
        return files

    @property
    def locks(self) -> dict[Path, bytes]:
        """What the lock files beside the specs are to hold."""
        locks: dict[Path, dict[str, Entries]] = {}
        for path, made in self.made:
            locks.setdefault(lock_path(path), {})[made.function.name] = made.entries
        return {path: write_lock(lock) for path, lock in locks.items()}

    def alone(self) -> AbstractContextManager[None]:
        """Within this, no other build changes a folder that this one does."""
        changing = [path.parent for path, lock in self.locks.items() if not holds(path, lock)]
        return alone(self.plan.out, *changing)

    def changes(self, *, dropping: Collection[str] = (), overwriting: bool = False) -> Changes:
        """What carries the plan's folder, and the lock files beside the specs, over to what was made; see `changes`."""
        kernels: dict[str, list[str]] = {}
        for path, made in self.made:
            kernels.setdefault(self.plan.label(path), []).extend(stems(made.function))
        return changes(self.plan, self.outputs, self.locks, kernels=kernels, dropping=dropping, overwriting=overwriting)

    def apply(self) -> Changes:
        """Change the folder, as the only build that does."""
        with self.alone():
            found = self.changes()
            found.apply()
        return found


def build(plan: Plan, tell: Callable[[Made], None] = lambda _: None, search: bool = False) -> Build:
    """Carry `plan` out, but for the disk; `tell` hears of each function as it is done, in order.

    search: look for every form again; one that is locked stays where no better one is found.
    """
    stated = [(path, function) for path in plan.specs for function in read_specs_apart(path, _page(plan, path))]
    functions = [function for _, function in stated]
    refuse_repeated(functions)
    for function in functions:
        refuse_accuracy(function, TARGETS)
        for target in chosen(plan.targets):
            refuse_names(function, target)
    made = []
    for item in _each(partial(make, templates=plan.templates, search=search, targets=plan.targets), functions):
        tell(item)
        made.append(item)
    return Build(plan, tuple(zip((path for path, _ in stated), made, strict=True)))


def _each(work: Callable[[Function], Made], functions: list[Function]) -> Iterator[Made]:
    if len(functions) <= MIN_PARALLEL or usable_cores() == 1:
        yield from map(work, functions)
        return
    with workers(usable_cores()) as pool:
        yield from pool.map(work, functions)


def _page(plan: Plan, path: Path) -> str:
    """How generated files name a specs file: free of where it happens to lie."""
    return path.name if path in plan.own else plan.label(path)
