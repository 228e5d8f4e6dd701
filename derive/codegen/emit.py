"""Kernels as a target's text. Tables print the expressions, templates everything else.

The only importer of Jinja; writes nothing to the disk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import jinja2

from derive.codegen.kernel import Argument, Assign, Axis, Kernel, Map, Reduce, Statement, Store, statements
from derive.codegen.lower import whole_arrays
from derive.codegen.names import refuse_names, taken
from derive.codegen.printer import Printer, signed
from derive.codegen.target import Fold, NumberFormat, SourceFile, Target
from derive.elementary.cores import CORES, polynomials
from derive.errors import DeriveError
from derive.paths import templates_folder
from derive.spec.statement import Function
from derive.term import fresh

BLOCK: Final = 128  # values: small beside a cache, large beside a vector
DEFINED: Final = re.compile(r"^static inline [^\n(]*?(\w+)\(", re.MULTILINE)
CALLS: Final = re.compile(r"\{# calls ([\w ]+) #\}")
PLACE: Final = "NAME"  # stands for the function's name in a template's file name


@dataclass(frozen=True)
class Block:
    """A line of code and the reason for it; or the head of a loop and its lines."""

    text: str = ""
    reason: str = ""
    body: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Helper:
    """A function that a target lacks: its text, and a name that is its own in one number format."""

    text: str
    name: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class ArgumentText:
    """An argument as a template sees it."""

    name: str
    declaration: str
    meaning: str


@dataclass(frozen=True)
class KernelText:
    """A kernel as a template sees it: finished strings, in the order in which they are printed.

    `inputs` are the names of all that is read, in order; of them, `arrays` have one value per element,
    `rows` one per row, `params` one per call, and `unused` do not matter to the result. `output` is
    declared, or shaped, as the target says.
    """

    symbol: str
    summary: str
    sizes: tuple[ArgumentText, ...]
    arguments: tuple[ArgumentText, ...]
    output: ArgumentText
    inputs: tuple[str, ...]
    arrays: tuple[str, ...]
    rows: tuple[str, ...]
    params: tuple[str, ...]
    unused: tuple[str, ...]
    body: tuple[Block, ...]

    @property
    def declarations(self) -> str:
        return ", ".join(part.declaration for part in (*self.sizes, *self.arguments))


def emit(
    function: Function,
    kernels: Sequence[Kernel],
    target: Target,
    notes: Iterable[str] = (),
    templates: Path | None = None,
) -> list[SourceFile]:
    """The files of one function for one target.

    `notes`: lines for the head of each file, such as the verdict of a proof. `templates`: a folder
    whose templates come before the stock ones of the same relative path, or add to them.
    Raises SpecError for names that the target cannot have, UnsupportedError for what it cannot express, DeriveError
    for a faulty template.
    """
    refuse_names(function, target)
    environment = _environment(templates)
    context = _context(function, kernels, target, notes, environment)
    prefix = f"{target.name}/"
    found = []
    for template in environment.list_templates():
        if template.startswith(prefix) and PLACE in template and template.endswith(".j2"):
            path = template.removesuffix(".j2").replace(PLACE, function.name)
            found.append(SourceFile(path, _render(environment, template, context)))
    if not found:
        raise DeriveError(
            f"the target {target.name} has no template with {PLACE} in its name, such as {prefix}{PLACE}.txt.j2"
        )
    return found


def render(template: str, context: dict[str, Any], templates: Path | None = None) -> str:
    """The text that `template` makes of `context`; `templates` comes before the stock folder.

    Raises DeriveError for a faulty template.
    """
    return _render(_environment(templates), template, context)


def _environment(override: Path | None) -> jinja2.Environment:
    if override is None:
        return _stock(templates_folder())
    if not override.is_dir():
        raise DeriveError(f"{override}: there is no such folder of templates")
    return _of_folders(override, templates_folder())


@cache
def _stock(folder: Path) -> jinja2.Environment:
    """Kept, since an environment compiles each template once, which takes longer than all else in a file."""
    return _of_folders(folder)


def _of_folders(*folders: Path) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(folder) for folder in folders]),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _render(environment: jinja2.Environment, template: str, context: dict[str, Any]) -> str:
    try:
        text = environment.get_template(template).render(context)
    except jinja2.TemplateSyntaxError as problem:
        where = f"{problem.filename or problem.name}:{problem.lineno}"
        raise DeriveError(f"template {where}: {problem.message}") from problem
    except jinja2.TemplateNotFound as problem:
        raise DeriveError(f"template {_place(problem, template)}: there is no template {problem.name}") from problem
    except jinja2.TemplateError as problem:
        raise DeriveError(f"template {_place(problem, template)}: {problem.message}") from problem
    except (ArithmeticError, LookupError, TypeError, ValueError) as problem:
        raise DeriveError(f"template {_place(problem, template)}: {type(problem).__name__}: {problem}") from problem
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _place(problem: BaseException, template: str) -> str:
    """The file and line of a template at which `problem` arose: Jinja puts both into the traceback."""
    found, trace = template, problem.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name.endswith(".j2"):
            found = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


def _context(
    function: Function,
    kernels: Sequence[Kernel],
    target: Target,
    notes: Iterable[str],
    environment: jinja2.Environment,
) -> dict[str, Any]:
    texts = []
    writers: list[_Writer] = []
    helpers: dict[str, Helper] = {}  # by text: number formats share what is the same in both
    for kernel in kernels:
        for number_format in target.formats:
            writer = _Writer(function, kernel, target, number_format)
            writers.append(writer)
            texts.append(writer.kernel_text())
            for helper in _with_called(writer.printer.helpers, target, environment):
                text = _render(environment, _template(target, helper), _helper_context(writer.printer.format)).strip()
                named = DEFINED.search(text)
                helpers[text] = Helper(text, named[1] if named else helper)
    return {
        "name": function.name,
        "page": target.comment(function.where.partition(":")[0]),
        "definition": target.comment(_definition(function)),
        "source": target.comment(function.source),
        "notes": [target.comment(line) for note in (*notes, *_gaps(target)) for line in note.splitlines()],
        "kernels": texts,
        "by_row": not function.elementwise,
        "helpers": list(helpers.values()),
        "helper_names": sorted({helper for writer in writers for helper in writer.printer.helpers}),
    }


def _template(target: Target, helper: str) -> str:
    return f"{target.name}/_{helper}.j2"


def _with_called(helpers: Iterable[str], target: Target, environment: jinja2.Environment) -> list[str]:
    """Helpers, each after those that it calls, which its template names in its first line."""
    found: dict[str, None] = {}

    def add(helper: str) -> None:
        assert environment.loader is not None
        try:
            source, _, _ = environment.loader.get_source(environment, _template(target, helper))
        except jinja2.TemplateNotFound as problem:
            raise DeriveError(f"there is no template {problem.name}") from problem
        calls = CALLS.match(source)
        for called in calls[1].split() if calls else ():
            if called not in found:
                add(called)
        found[helper] = None

    for helper in helpers:
        add(helper)
    return list(found)


def _helper_context(format_: NumberFormat) -> dict[str, Any]:
    """What a helper's template is given: the number format's names, and the polynomials as they are wanted for it."""
    fitted = {name: found[format_.setting] for name, found in polynomials().items() if format_.setting in found}
    return {
        **format_.names,
        "coefficients": {
            name: [signed(format_.literal, value) for value in found.coefficients] for name, found in fitted.items()
        },
        "claim": {core.name: core.claim_of(fitted[core.name]) for core in CORES if core.name in fitted},
    }


def _gaps(target: Target) -> list[str]:
    """What is not known of the target's kernels, as sentences."""
    return [f"{gap[0].upper()}{gap[1:]}." for gap in target.gaps]


def _definition(function: Function) -> str:
    index = f"[{', '.join(function.output)}]" if function.output else ""
    arguments = ", ".join((*function.inputs, *function.params))
    return f"{function.name}({arguments}){index} = {function.body}"


class _Writer:
    """One kernel in one number format of one target."""

    def __init__(self, function: Function, kernel: Kernel, target: Target, number_format: NumberFormat) -> None:
        self.function, self.kernel, self.target, self.format = function, kernel, target, number_format
        self.printer = Printer(kernel, target, number_format, function.where)
        self.symbol = number_format.symbol.format(stem=kernel.stem)
        if kernel.output.name in target.reserved and "{name}" in target.outputs[kernel.output.shape]:
            raise taken(function, kernel.output.name, target, kernel.wrt or function.wrt[0])

    def kernel_text(self) -> KernelText:
        kernel = self.kernel
        body = kernel.body if self.target.loops else whole_arrays(kernel.body)
        blocks = self.blocks(body)
        by_shape = {shape: tuple(a.name for a in kernel.inputs if a.shape == shape)
                    for shape in ("element", "vector", "row", "scalar")}  # fmt: skip
        return KernelText(
            symbol=self.symbol,
            summary=self.target.comment(self.summary()),
            sizes=tuple(ArgumentText(size, self.target.size.format(name=size), "") for size in kernel.sizes),
            arguments=tuple(map(self.argument, kernel.arguments)),
            output=self.argument(kernel.output),
            inputs=tuple(argument.name for argument in kernel.inputs),
            arrays=by_shape["element"] or by_shape["vector"],
            rows=by_shape["row"],
            params=by_shape["scalar"],
            unused=kernel.unused,
            body=blocks,
        )

    def argument(self, argument: Argument) -> ArgumentText:
        declare = self.target.outputs if argument.role == "output" else self.target.declare
        return ArgumentText(
            argument.name,
            self.printer.fill(declare[argument.shape], argument.name),
            self.printer.fill(self.target.meaning[argument.shape], argument.name),
        )

    def summary(self) -> str:
        call = f"{self.function.name}({', '.join((*self.function.inputs, *self.function.params))})"
        output = self.kernel.output.name
        if self.kernel.order == "forward":
            return f"{output} = {call}"
        wrt = self.kernel.wrt or self.function.wrt[0]
        if self.kernel.order == "d2":
            return f"{output} = the second derivative of {call} in {wrt}"
        (upstream,) = (a.name for a in self.kernel.arguments if a.role == "upstream")
        return f"{output} = the gradient in {wrt}, from {upstream}, the gradient in {call}"

    def blocks(self, body: tuple[Statement, ...]) -> tuple[Block, ...]:
        return tuple(block for statement in body for block in self.statement(statement))

    def statement(self, statement: Statement) -> list[Block]:
        if isinstance(statement, Map):
            return [self.loop(statement.axis, self.blocks(statement.body))]
        if isinstance(statement, Reduce):
            return self.reduce(statement)
        if isinstance(statement, Store):
            value = self.printer.write_narrow(statement.value)
            return [Block(self.printer.fill(self.target.store[statement.target.shape], statement.target.name, value))]
        return [self.assign(statement)]

    def assign(self, statement: Assign) -> Block:
        line = self.printer.format.assign.format(name=statement.name, value=self.printer.write(statement.value))
        self.printer.assigned(statement.name, statement.value)
        return Block(line, statement.reason)

    def reduce(self, statement: Reduce) -> list[Block]:
        shape = "vector" if self.kernel.row and statement.axis == self.kernel.element else "element"
        fold = self.printer.format.folds[statement.kind, shape]
        for helper in fold.helpers:
            self.printer.require(helper)
        body = [self.assign(inner) for inner in statement.body]
        parts = [{"name": part.name, "value": self.printer.write(part.value)} for part in statement.state]
        self.check_parts(fold, [part["name"] for part in parts])

        def lines(patterns: tuple[str, ...]) -> list[Block]:
            return [Block(pattern.format(**part)) for part in parts for pattern in patterns]

        if not self.target.loops:
            inside = [*body, *lines(fold.step)]
        elif fold.each:
            inside = [self.in_blocks(statement.axis, fold, body, parts)]
        else:
            inside = [self.loop(statement.axis, (*body, *lines(fold.step)))]
        return [*lines(fold.before), *inside, *lines(fold.after)]

    def loop(self, axis: Axis, body: Sequence[Block], first: str = "0", end: str = "", step: str = "") -> Block:
        """Without a step, by one; without an end, along the whole axis."""
        step = step.format(index=axis.index) or f"{axis.index}++"
        return Block(
            self.target.loop.format(index=axis.index, first=first, end=end or axis.size, step=step), body=tuple(body)
        )

    def in_blocks(self, axis: Axis, fold: Fold, body: list[Block], parts: list[dict[str, str]]) -> Block:
        """A reduction of values that are computed a block at a time, which lets a compiler use vectors."""
        names = {argument.name for argument in self.kernel.arguments} | {*self.kernel.sizes, axis.index}
        names |= {part.name for part in statements(self.kernel.body) if isinstance(part, Assign)}
        first, length = (fresh(name, names) for name in ("first", "length"))
        arrays = [fresh(f"{part['name']}_values", names) for part in parts]
        filled = [
            Block(f"{array}[{axis.index} - {first}] = {part['value']};")
            for array, part in zip(arrays, parts, strict=True)
        ]
        declared = [
            Block(line.format(first=first, length=length, size=axis.size, most=BLOCK, type=fold.type, values=array))
            for number, array in enumerate(arrays)
            for line in self.target.block[number > 0 :]
        ]
        folded = [
            Block(line.format(name=part["name"], length=length, values=array))
            for array, part in zip(arrays, parts, strict=True)
            for line in fold.each
        ]
        inner = self.loop(axis, [*body, *filled], first, f"{first} + {length}")
        return self.loop(Axis(first, axis.size), [*declared, inner, *folded], step=f"{{index}} += {BLOCK}")

    def check_parts(self, fold: Fold, names: Sequence[str]) -> None:
        """A reduction whose state has several parts names them after itself; no argument may be called so."""
        suffixes = re.findall(r"\{name\}(_\w+)", " ".join(fold.before))
        clash = {f"{name}{suffix}" for name in names for suffix in suffixes} & {a.name for a in self.kernel.arguments}
        for name in sorted(clash):
            raise taken(self.function, name, self.target)
