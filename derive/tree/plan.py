"""`Plan`: what a build is asked for, and how messages and the manifest name its parts."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from derive.paths import PACKAGE, PAGES, catalogue_pages, generated_folder


@dataclass(frozen=True)
class Plan:
    """What a build is asked for: specs files, the pages of derive's own catalogue among them; a folder; whose
    templates; the names of targets, where these are not the default ones."""

    out: Path
    specs: tuple[Path, ...]
    templates: Path | None = None
    targets: tuple[str, ...] = ()

    @property
    def own(self) -> tuple[Path, ...]:
        """The specs files that are a person's own."""
        return tuple(path for path in self.specs if not path.is_relative_to(PAGES))

    @property
    def there(self) -> Plan:
        """This plan without the specs files that are gone."""
        return replace(self, specs=tuple(path for path in self.specs if path.is_file()))

    @property
    def folder(self) -> str:
        """The folder as messages name it: as seen from where the command runs."""
        return os.path.relpath(self.out)

    @property
    def house(self) -> str | None:
        """How the manifest names the folder of templates."""
        return None if self.templates is None else self.label(self.templates)

    def label(self, path: Path) -> str:
        """How messages and the manifest name an input: by its place in derive, else as seen from `out`."""
        if path.is_relative_to(PAGES):
            return f"functions/{path.relative_to(PAGES).as_posix()}"
        return Path(os.path.relpath(path, self.out)).as_posix()

    def command(self) -> str:
        """The command line that carries this plan out."""
        words = ["derive", "build", *map(_as_argument, self.own)]
        if self.out != default_out():
            words += ["--out", _as_argument(self.out)]
        if self.templates is not None:
            words += ["--templates", _as_argument(self.templates)]
        words += [word for target in self.targets for word in ("--target", target)]
        return shlex.join(words)

    def dropping(self) -> str:
        """The command line that removes what specs files made here that are gone."""
        return shlex.join(["derive", "build", "--out", _as_argument(self.out), "--replace"])


def _as_argument(path: Path) -> str:
    """A path as seen from here, which no command takes for an option."""
    seen = os.path.relpath(path)
    return os.path.join(".", seen) if seen.startswith("-") else seen


def catalogue_plan(out: Path) -> Plan:
    return Plan(out, tuple(catalogue_pages()))


def located(out: Path, label: str) -> Path:
    """The input that `Plan.label` names so."""
    page = PAGES / label.removeprefix("functions/")
    return page if label.startswith("functions/") else Path(os.path.normpath(out / label))


def default_out() -> Path:
    """Where the catalogue is built: the checkout's own folder, or `generated` here for an installed derive."""
    folder = generated_folder()
    return Path("generated") if folder.is_relative_to(PACKAGE) else folder
