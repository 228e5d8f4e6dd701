"""What subcommands share: their options, the functions and the plan that these name, and printing."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from derive.errors import DeriveError, did_you_mean, refusal, shown
from derive.paths import catalogue_pages

if TYPE_CHECKING:
    from derive.spec.statement import Function
    from derive.tree.plan import Plan


def written(text: str) -> str:
    """What an option or an argument says. Raises BadParameter, told with its name, where it says nothing."""
    if not text.strip():
        raise typer.BadParameter(f"{text!r} is empty: leave it out, or write something")
    return text


def written_path(text: str) -> Path:
    """A path. Raises BadParameter for one that is empty, or at which nothing can be."""
    path = Path(written(text))
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return path  # whoever needs what is there says so
    except OSError as problem:
        raise typer.BadParameter(refusal(problem, path)) from problem
    return path


# How options are read, and what their values are called; arguments are called by their names.
PATH: Final[Mapping[str, Any]] = {"parser": written_path, "metavar": "PATH"}
TEXT: Final[Mapping[str, Any]] = {"parser": written, "metavar": "TEXT"}
ARGUMENT: Final[Mapping[str, Any]] = {"parser": written}
SpecFiles = Annotated[
    list[Path] | None, typer.Argument(help="specs files; derive's own catalogue where left out", parser=written_path)
]
SpecFile = Annotated[
    Path | None, typer.Option("--spec", help="a specs file; derive's own catalogue where left out", **PATH)
]
Out = Annotated[Path | None, typer.Option("--out", help="the folder of generated files", **PATH)]
Templates = Annotated[
    Path | None, typer.Option("--templates", help="templates that replace or add to the stock ones", **PATH)
]
Targets = Annotated[
    list[str] | None,
    typer.Option("--target", help="what kernels are printed in; may be repeated; those of the last build", **TEXT),
]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Diff = Annotated[bool, typer.Option("--diff", help="show the lines that differ")]


def plans_for(
    specs: list[Path] | None,
    out: Path | None,
    templates: Path | None = None,
    targets: tuple[str, ...] | None = None,
) -> list[Plan]:
    """What a build is asked for; what the folder itself records, where only the folder is named.

    targets: of the plans; where left out, those that the folder records for the same specs.
    """
    from derive.tree.manifest import Manifest, read_manifest
    from derive.tree.plan import Plan, catalogue_plan, default_out

    if templates is not None and not templates.is_dir():
        raise DeriveError(f"{templates}: there is no such folder of templates")
    if out is not None and out.exists() and not out.is_dir():
        raise DeriveError(f"{out} is a file: --out names a folder")
    if out is not None and not out.exists():
        if out.is_symlink():
            raise DeriveError(f"{out} is a link that leads nowhere: --out names a folder")
        for parent in out.absolute().parents:
            if parent.is_file():
                raise DeriveError(f"{parent} is a file: --out names a folder, {out}, that cannot lie within it")
    if specs:
        specs = list({path.resolve(): path for path in specs}.values())
        if out is None:
            raise DeriveError(f"say where the files of {' '.join(map(str, specs))} go, such as --out kernels/")
        return _by_targets(Plan(out, tuple(specs), templates), targets)
    folder = out or default_out()
    plans = (read_manifest(folder) or Manifest()).plans(folder)
    if not plans or (out is None and not any(set(plan.specs) & set(catalogue_pages()) for plan in plans)):
        plans.append(catalogue_plan(folder))
    plans = plans if templates is None else [replace(plan, templates=templates) for plan in plans]
    return plans if targets is None else [replace(plan, targets=targets) for plan in plans]


def _by_targets(plan: Plan, targets: tuple[str, ...] | None) -> list[Plan]:
    """A plan for each choice of targets: the one given, or those that the folder records."""
    from derive.tree.manifest import Manifest, read_manifest

    if targets is not None:
        return [replace(plan, targets=targets)]
    recorded = (read_manifest(plan.out) or Manifest()).specs
    groups: dict[tuple[str, ...], list[Path]] = {}
    for path in plan.specs:
        section = recorded.get(plan.label(path))
        groups.setdefault(section.targets if section else (), []).append(path)
    return [replace(plan, specs=tuple(paths), targets=chosen) for chosen, paths in groups.items()]


def with_the_rest(plans: list[Plan]) -> list[Plan]:
    """These plans, and what else the folder was built from."""
    from derive.tree.manifest import Manifest, read_manifest

    asked = {plan.label(path) for plan in plans for path in plan.specs}
    others = (read_manifest(plans[0].out) or Manifest()).without(asked)
    return [*plans, *others.plans(plans[0].out)]


def announce(plans: list[Plan], given: Path | None = None) -> None:
    """Say which files a manifest names and derive is about to run. Raises DeriveError for those that lie elsewhere.

    given: the templates that the command names, and no manifest.
    """
    if not plans:
        return
    used = (path for plan in plans for path in (*plan.own, plan.templates))
    named = [path for path in used if path is not None and path != given]
    where = os.path.join(plans[0].folder, "manifest.json")
    for path in named:
        if not path.resolve().is_relative_to(Path.cwd().resolve()):
            raise DeriveError(
                f"{where} names {path}, outside of the folder that you are in: if you trust it, name it, as in  "
                f"derive build {path} --out {plans[0].folder}"
            )
    if named:
        print(f"using {', '.join(map(os.path.relpath, named))}, which {where} names", file=sys.stderr)


def stated(plans: Iterable[Plan], names: list[str] | None = None) -> list[tuple[str, Function]]:
    """The functions of these plans, each with the label of its specs file; those of `names` if given."""
    from derive.spec.pages import read_specs_apart

    found = [(plan.label(path), it) for plan in plans for path in plan.specs for it in read_specs_apart(path)]
    chosen = _chosen([function for _, function in found], names)
    return [(label, function) for label, function in found if function in chosen]


def functions_of(specs: Iterable[Path], names: list[str] | None = None) -> list[Function]:
    """The functions that specs files state, or the catalogue where there are none; those of `names` if given."""
    from derive.spec.pages import catalogue, read_specs_apart

    return _chosen([function for path in specs for function in read_specs_apart(path)] or catalogue(), names)


def _chosen(functions: list[Function], names: list[str] | None) -> list[Function]:
    known = {function.name: function for function in functions}
    for name in names or ():
        if name not in known:
            said = f"{shown(name)} is not among the functions{did_you_mean(name, known)}"
            raise DeriveError(f"{said}: {', '.join(known)}")
    return [known[name] for name in names] if names else functions


def print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def print_json(value: Any) -> None:
    print(json.dumps(value, indent=2))
