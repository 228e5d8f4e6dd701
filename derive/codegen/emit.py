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

from derive.codegen.kernel import Kernel
from derive.codegen.literals import signed
from derive.codegen.names import refuse_names
from derive.codegen.target import NumberFormat, SourceFile, Target
from derive.codegen.text import KernelWriter
from derive.elementary.cores import CORES, polynomials
from derive.errors import DeriveError
from derive.paths import templates_folder
from derive.spec.statement import Function

DEFINED: Final = re.compile(r"^static inline [^\n(]*?(\w+)\(", re.MULTILINE)
CALLS: Final = re.compile(r"\{# calls ([\w ]+) #\}")
PLACE: Final = "NAME"  # stands for the function's name in a template's file name


@dataclass(frozen=True)
class Helper:
    """A function that a target lacks: its text, and a name that is its own in one number format."""

    text: str
    name: str

    def __str__(self) -> str:
        return self.text


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
    writers: list[KernelWriter] = []
    helpers: dict[str, Helper] = {}  # by text: number formats share what is the same in both
    for kernel in kernels if target.loops else [it for it in kernels if len(it.outputs) == 1]:
        for number_format in target.formats:
            writer = KernelWriter(function, kernel, target, target.computing(kernel, number_format.variants[0]))
            writers.append(writer)
            texts.append(writer.kernel_text())
            printer = writer.printer
            for asked, used in ((printer.helpers, printer.format), (printer.outer_helpers, printer.outer)):
                for helper in _with_called(asked, target, environment):
                    text = _render(environment, _template(target, helper), _helper_context(used)).strip()
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
