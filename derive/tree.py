"""The folder of generated files: what a build changes in it, and changing it all at once or not at all."""

from __future__ import annotations

import difflib
import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from derive.errors import DeriveError
from derive.lock import write_lock
from derive.manifest import NAME, Manifest, Output, Plan, digest, is_marked, read_manifest, strays

Files = Mapping[str, bytes]  # content by path within the folder, `/` between its parts


@dataclass(frozen=True)
class Changes:
    """What keeps a folder from being what it should be: files to write, and files to remove; and the lock files
    beside the specs that change."""

    out: Path
    write: Files
    remove: tuple[str, ...]
    locks: Mapping[Path, bytes] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.write or self.remove or self.locks)

    def diff(self) -> Iterator[str]:
        """The changes as a unified diff, the manifest's own left out."""
        for path in sorted({*self.write, *self.remove} - {NAME}):
            where = self.out / path
            before = where.read_text(encoding="utf-8", errors="replace") if where.is_file() else ""
            after = self.write.get(path, b"").decode()
            lines = difflib.unified_diff(
                before.splitlines(), after.splitlines(), str(where), f"{where} (built)", lineterm=""
            )
            yield from lines

    def apply(self) -> None:
        """Carry the changes out: all is staged before anything moves, and the manifest moves last."""
        with _staging(self.out) as staging:
            for lock, content in self.locks.items():
                _replace(lock, content)
            staged = {path: staging / str(number) for number, path in enumerate(self.write)}
            for path, place in staged.items():
                place.write_bytes(self.write[path])
            manifest = staged.pop(NAME, None)
            for path, place in staged.items():
                (self.out / path).parent.mkdir(parents=True, exist_ok=True)
                os.replace(place, self.out / path)
            for path in self.remove:
                (self.out / path).unlink(missing_ok=True)
            if manifest is not None:
                os.replace(manifest, self.out / NAME)
        self._remove_empty_folders()

    def _remove_empty_folders(self) -> None:
        for folder in {(self.out / path).parent for path in self.remove} - {self.out}:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises DeriveError where its folder cannot be written to."""
    staged = path.with_name(f".{path.name}.staged")
    try:
        staged.write_bytes(content)
        os.replace(staged, path)
    except OSError as problem:
        said = f"{path}: cannot be written ({problem.strerror}); it is to keep the forms that were found"
        raise DeriveError(said) from problem


@contextmanager
def _staging(out: Path) -> Iterator[Path]:
    """An empty folder within `out`, for one build at a time; what a killed build left in it goes."""
    out.mkdir(parents=True, exist_ok=True)
    staging = out / ".staged"
    handle = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir()
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        os.close(handle)  # which unlocks


def changes(plan: Plan, made: Mapping[str, Files], locks: Mapping[Path, bytes] = MappingProxyType({})) -> Changes:
    """What carries `plan.out` over to the files that were made, given by the label of their specs file; and the lock
    files over to what they are to hold."""
    kept = {path: content for path, content in locks.items() if path.is_file() or content != write_lock({})}
    outputs = {path: Output(digest(text), spec) for spec, files in made.items() for path, text in files.items()}
    templates = None if plan.templates is None else plan.label(plan.templates)
    manifest = Manifest(tuple(map(plan.label, plan.specs)), templates, plan.inputs(kept), outputs)
    wanted = {path: text for files in made.values() for path, text in files.items()}
    wanted[NAME] = manifest.to_json().encode()
    recorded = read_manifest(plan.out)
    before = {*recorded.outputs, *strays(plan.out, recorded)} if recorded else set()
    _refuse_foreign(plan.out, [path for path in wanted if path not in before])
    write = {path: text for path, text in sorted(wanted.items()) if not _holds(plan.out / path, text)}
    remove = tuple(sorted(path for path in before - {*wanted} if (plan.out / path).is_file()))
    return Changes(plan.out, write, remove, {path: text for path, text in kept.items() if not _holds(path, text)})


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _refuse_foreign(out: Path, paths: Iterable[str]) -> None:
    """Raise for a file that a build would overwrite and that is not derive's."""
    for path in sorted({*paths} - {NAME}):
        if (out / path).exists() and not is_marked(out / path):
            raise DeriveError(f"{out / path} exists and derive did not make it: move it, or choose another --out")
