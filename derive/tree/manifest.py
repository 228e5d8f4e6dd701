"""`Manifest`: what lies in a folder of generated files, which specs file each belongs to, and what it was made from."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, Final

from derive.errors import DeriveError, reading
from derive.paths import catalogue_pages
from derive.tree.inputs import digest
from derive.tree.plan import Plan, located

NAME: Final = "manifest.json"


@dataclass(frozen=True)
class Section:
    """What one specs file was built into.

    templates: the label of the folder whose templates came first, if any. inputs: SHA-256 by label. outputs: SHA-256
    by path within the folder. measured: by function, what was wrong with its kernels when they were measured; a
    function that is not among them was not measured. derive: the key of the shared inputs. kernels: what the kernels
    of its functions may be called. targets: names, where these are not the default ones.
    """

    templates: str | None
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    measured: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    derive: str = ""
    kernels: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """specs: a section for each specs file, by its label. derive: shared inputs, by their hash.

    moving: files that builds were about to put in place, with what each was to be, for as long as none is done.
    """

    specs: Mapping[str, Section] = field(default_factory=dict)
    derive: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    moving: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def outputs(self) -> dict[str, str]:
        return {path: sha for section in self.specs.values() for path, sha in section.outputs.items()}

    def about_to_move(self, files: Mapping[str, str]) -> Manifest:
        """As it stands while files are put in place; what builds that were killed may have put there is still known."""
        moving = {path: (*self.moving.get(path, ()), sha) for path, sha in files.items()}
        return replace(self, moving={**self.moving, **moving})

    def is_own(self, path: str, sha: str) -> bool:
        """Whether derive made the file of this content at `path`."""
        return sha in (self.outputs.get(path), *self.moving.get(path, ()))

    def owner(self, path: str) -> str | None:
        """The label of the specs file that a generated file belongs to."""
        return next((label for label, section in self.specs.items() if path in section.outputs), None)

    def clash(self, names: Collection[str], out: Path) -> tuple[str, str] | None:
        """A name that a kernel of another specs file has already, and the label of that file; of one that is there."""
        return next(
            (
                (name, label)
                for label, section in self.specs.items()
                for name in names
                if name in section.kernels and located(out, label).is_file()
            ),
            None,
        )

    def without(self, labels: Collection[str]) -> Manifest:
        return replace(self, specs={label: it for label, it in self.specs.items() if label not in labels})

    def giving(self, paths: Collection[str], out: Path) -> Manifest:
        """Without the claim to these files of specs files that are gone: renamed, or moved."""
        kept = {}
        for label, section in self.specs.items():
            outputs = {path: sha for path, sha in section.outputs.items() if path not in paths}
            if outputs == section.outputs or located(out, label).is_file():
                kept[label] = section
            elif outputs:
                kept[label] = replace(section, outputs=outputs)
        return replace(self, specs=kept)

    def with_sections(self, sections: Mapping[str, Section], shared: Mapping[str, str]) -> Manifest:
        """With these sections in place of those of the same specs files, all made from `shared`.

        What killed builds of other specs files may have put in place is known until these are built again.
        """
        key = digest(json.dumps(shared, sort_keys=True).encode())[:16]
        made = {label: replace(section, derive=key) for label, section in sections.items()}
        specs = dict(sorted({**self.specs, **made}.items()))
        known = {**self.derive, key: dict(shared)}
        others = {path for label, it in self.specs.items() if label not in sections for path in it.outputs}
        moving = {path: found for path, found in self.moving.items() if path in others}
        used = sorted({section.derive for section in specs.values()})
        return Manifest(specs, {key: known[key] for key in used}, moving)

    def with_measured(self, label: str, measured: Mapping[str, tuple[str, ...]]) -> Manifest:
        section = self.specs[label]
        section = replace(section, measured=dict(sorted({**section.measured, **measured}.items())))
        return replace(self, specs={**self.specs, label: section})

    def plans(self, out: Path) -> list[Plan]:
        """The plans that this manifest records, for the folder that it lies in: one for each choice of templates and
        targets."""
        by_house: dict[tuple[str | None, tuple[str, ...]], dict[Path, None]] = {}
        for label, section in self.specs.items():
            by_house.setdefault((section.templates, section.targets), {})[located(out, label)] = None
        plans = []
        for (house, targets), found in by_house.items():
            pages = catalogue_pages()
            own = tuple(path for path in found if path not in pages)
            specs = own if len(own) == len(found) else (*pages, *own)
            plans.append(Plan(out, specs, None if house is None else located(out, house), targets))
        return plans

    def to_json(self) -> bytes:
        specs = {label: _fields(section) for label, section in self.specs.items()}
        moving = {"moving": {path: list(found) for path, found in self.moving.items()}} if self.moving else {}
        return (json.dumps({"specs": specs, "derive": self.derive, **moving}, indent=1) + "\n").encode()


def read_manifest(out: Path) -> Manifest | None:
    """The manifest in `out`; None where there is none. Raises DeriveError for one that cannot be read."""
    path = out / NAME
    if path.is_dir():
        raise DeriveError(f"{path} is a folder where derive keeps its manifest: move it, or choose another --out")
    if not path.is_file():
        return None
    try:
        with reading(path):
            fields = json.loads(path.read_text(encoding="utf-8"))
        json.dumps(fields, ensure_ascii=False).encode()  # half of a character is none
        return _from_fields(fields)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        said = f"{type(problem).__name__}: {problem}"[:200]
        raise DeriveError(
            f"{path}: not a manifest of this derive ({said}): delete it and the files that were generated with it, "
            "then build again"
        ) from problem


def _fields(section: Section) -> dict[str, Any]:
    measured = {"measured": section.measured} if section.measured else {}
    kernels = {"kernels": list(section.kernels)} if section.kernels else {}
    targets = {"targets": list(section.targets)} if section.targets else {}
    fields = {"templates": section.templates, **targets, "derive": section.derive, "inputs": section.inputs}
    return fields | {"outputs": dict(sorted(section.outputs.items()))} | kernels | measured


def _from_fields(fields: dict[str, Any]) -> Manifest:
    specs = {str(label): _section(it) for label, it in fields["specs"].items()}
    shared = {str(key): _hashes(it) for key, it in fields["derive"].items()}
    listed = fields.get("moving", {})
    if not all(isinstance(found, list) for found in listed.values()):
        raise TypeError("moving lists by file what it was to be")
    moving = {str(path): tuple(map(str, found)) for path, found in listed.items()}
    for path in (*moving, *(path for section in specs.values() for path in section.outputs)):
        parts = PurePosixPath(path).parts
        if PurePosixPath(path).is_absolute() or ".." in parts or len(parts) < 2:
            raise ValueError(f"a build makes no file {path}")
    unknown = {section.derive for section in specs.values()} - {*shared}
    if unknown:
        raise ValueError(f"derive {min(unknown)} is not listed")
    return Manifest(specs, shared, moving)


def _section(fields: dict[str, Any]) -> Section:
    house = fields["templates"]
    if not isinstance(house, str | None):
        raise TypeError("templates is a folder's name or null")
    measured = {str(name): tuple(map(str, lines)) for name, lines in fields.get("measured", {}).items()}
    if any(isinstance(lines, str) for lines in fields.get("measured", {}).values()):
        raise TypeError("measured lists what was wrong by function")
    kernels, targets = (fields.get(key, []) for key in ("kernels", "targets"))
    if not isinstance(kernels, list) or not isinstance(targets, list):
        raise TypeError("kernels and targets are lists of names")
    inputs, outputs = _hashes(fields["inputs"]), _hashes(fields["outputs"])
    names = tuple(map(str, kernels)), tuple(map(str, targets))
    return Section(house, inputs, outputs, measured, str(fields["derive"]), *names)


def _hashes(fields: dict[str, Any]) -> dict[str, str]:
    return {str(label): str(sha) for label, sha in fields.items()}
