"""What a build changes in a folder of generated files; and changing it all at once or not at all.

Only a file that the manifest lists, with the content that it lists, is ever written over or removed.
"""

from __future__ import annotations

import difflib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from derive.errors import DeriveError
from derive.spec.lock import write_lock
from derive.tree.inputs import digest, digest_of, own_inputs, shared_inputs
from derive.tree.manifest import NAME, Manifest, Section, read_manifest
from derive.tree.plan import Plan

Files = Mapping[str, bytes]  # content by path within the folder, `/` between its parts
STAGED: Final = ".derive-staged-"  # what the name of a folder begins with in which files wait to be moved
RANDOM: Final = 8  # characters that `mkdtemp` adds


@dataclass(frozen=True)
class Changes:
    """What keeps a folder from being what it should be: files to write, and files to remove; and the lock files
    beside the specs that change.

    before, after: the manifest as it is and as it is to be. left: files that no spec makes any more, and that were
    edited since they were built; they are a person's own from now on.
    """

    out: Path
    write: Files
    remove: tuple[str, ...]
    before: Manifest
    after: Manifest
    locks: Mapping[Path, bytes] = field(default_factory=dict)
    left: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.write or self.remove or self.locks or self.before != self.after)

    def diff(self) -> Iterator[str]:
        """The changes to generated files as a unified diff."""
        for path in sorted({*self.write, *self.remove}):
            where = self.out / path
            before = where.read_text(encoding="utf-8", errors="replace") if where.is_file() else ""
            after = self.write.get(path, b"").decode()
            lines = difflib.unified_diff(
                before.splitlines(), after.splitlines(), str(where), f"{where} (built)", lineterm=""
            )
            yield from lines

    def apply(self) -> None:
        """Carry the changes out; to be called while `alone` in the folder and in those of the lock files.

        All is staged before anything moves. The manifest first lists what is about to move, so that a build that is
        killed at any moment leaves no file that the next does not know for derive's; then it moves last.
        """
        if not self:
            return
        with _staging(self.out) as staging:
            staged = {path: staging / str(number) for number, path in enumerate(self.write)}
            for path, place in staged.items():
                place.write_bytes(self.write[path])
            for lock, content in self.locks.items():
                _write_lock(lock, content)
            if staged:
                moving = {path: digest(content) for path, content in self.write.items()}
                write_whole(self.out / NAME, self.before.about_to_move(moving).to_json())
            for path, place in staged.items():
                (self.out / path).parent.mkdir(parents=True, exist_ok=True)
                os.replace(place, self.out / path)
            for path in self.remove:
                (self.out / path).unlink(missing_ok=True)
        write_whole(self.out / NAME, self.after.to_json())
        self._remove_empty_folders()

    def _remove_empty_folders(self) -> None:
        for folder in {(self.out / path).parent for path in self.remove} - {self.out}:
            if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
                folder.rmdir()


def _write_lock(path: Path, content: bytes) -> None:
    try:
        write_whole(path, content)
    except OSError as problem:
        said = f"{path}: cannot be written ({problem.strerror}); it is to keep the forms that were found"
        raise DeriveError(said) from problem


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; no other process writes it meanwhile. A link stays one: what it leads to is
    written."""
    target = path
    if path.is_symlink():
        with suppress(FileNotFoundError):
            path.stat()  # which says so, where links lead in a circle
        target = path.resolve()
    staged = target.with_name(f".{target.name}.staged")
    # What a killed build left goes, and the file is made anew, so that no link of that name is followed.
    staged.unlink(missing_ok=True)
    handle = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(staged, target)
    finally:
        staged.unlink(missing_ok=True)


@contextmanager
def alone(*folders: Path) -> Iterator[None]:
    """Within this, no other build changes these folders; one that is made for this goes if it stays empty.

    All builds take folders in one order, so that no two can wait for each other.
    """
    by_place = {os.path.realpath(folder): folder for folder in folders}
    with ExitStack() as held:
        for _, folder in sorted(by_place.items()):
            held.enter_context(_alone_in(folder))
        yield


@contextmanager
def _alone_in(out: Path) -> Iterator[None]:
    handle, is_new = _locked(out)
    try:
        yield
    finally:
        if is_new and not any(out.iterdir()):
            out.rmdir()
        os.close(handle)  # which unlocks


def _locked(out: Path) -> tuple[int, bool]:
    """A handle on the folder, which no other build holds; and whether the folder was made for it."""
    while True:
        is_new = not out.exists()
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            reason = problem.strerror or str(problem)
            raise DeriveError(f"{out}: the folder cannot be made ({reason}): choose another --out") from problem
        handle = os.open(out, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
        # Another build may have removed the folder while this one waited.
        if out.is_dir() and os.path.samestat(os.fstat(handle), out.stat()):
            return handle, is_new
        os.close(handle)


@contextmanager
def _staging(out: Path) -> Iterator[Path]:
    """An empty folder within `out`; what killed builds left in theirs goes."""
    out.mkdir(parents=True, exist_ok=True)
    for left in out.glob(f"{STAGED}{'?' * RANDOM}"):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
    staging = Path(tempfile.mkdtemp(prefix=STAGED, dir=out))
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def changes(
    plan: Plan,
    made: Mapping[str, Files],
    locks: Mapping[Path, bytes] = MappingProxyType({}),
    *,
    kernels: Mapping[str, Sequence[str]] = MappingProxyType({}),
    dropping: Collection[str] = (),
    overwriting: bool = False,
) -> Changes:
    """What carries `plan.out` over to the files that were made, given by the label of their specs file; and the lock
    files over to what they are to hold.

    kernels: what the kernels of the functions of each specs file may be called, by its label. dropping: labels of specs
    files of which all that was made here goes. overwriting: files that were edited since they were built are written
    over. Raises DeriveError where a file that is not derive's stands in the way, or another specs file's kernel has a
    name.
    """
    kept = {path: content for path, content in locks.items() if path.is_file() or content != write_lock({})}
    before = read_manifest(plan.out) or Manifest()
    wanted = {path: text for files in made.values() for path, text in files.items()}
    paths = {plan.label(path): path for path in plan.specs}
    known = {label: before.specs.get(label) for label in made}
    sections = {
        label: replace(
            _section(plan, own_inputs(plan, paths[label], kept), files, known[label]),
            kernels=tuple(kernels.get(label, ())),
        )
        for label, files in made.items()
    }
    stay = before.without(dropping).giving(wanted, plan.out)
    after = stay.with_sections(sections, shared_inputs())
    _refuse_others(plan, wanted, kernels, stay.without(made))
    write = {path: text for path, text in sorted(wanted.items()) if not holds(plan.out / path, text)}
    _refuse_in_the_way(plan.out, write, before, overwriting)
    gone = sorted(path for path in {*before.outputs, *before.moving} - {*after.outputs} if _is_there(plan.out / path))
    remove = tuple(path for path in gone if _is_own(plan.out, path, before))
    left = tuple(path for path in gone if path not in remove)
    changed = {path: text for path, text in kept.items() if not holds(path, text)}
    return Changes(plan.out, write, remove, before, after, changed, left)


def _section(plan: Plan, inputs: Mapping[str, str], files: Files, known: Section | None) -> Section:
    """What was built of one specs file; what was measured stands where the same files were."""
    outputs = {path: digest(text) for path, text in files.items()}
    measured = known.measured if known is not None and known.outputs == outputs else {}
    return Section(plan.house, inputs, outputs, measured, targets=plan.targets)


def _refuse_others(plan: Plan, wanted: Iterable[str], kernels: Mapping[str, Sequence[str]], others: Manifest) -> None:
    """Raise for a kernel's name, or a file, that another specs file has."""
    for label, names in kernels.items():
        if taken := others.clash(names, plan.out):
            name, owner = taken
            raise DeriveError(
                f"{plan.folder}: {label} and {owner} both make a kernel {name}: rename one of the functions, or add "
                "--replace, which removes what other specs files have made here"
            )
    for path in wanted:
        maker = others.owner(path)
        if maker is not None:
            raise DeriveError(
                f"{plan.out / path} was made from {maker}: rename one of the functions, or add --replace, which "
                "removes what other specs files have made here"
            )


def _refuse_in_the_way(out: Path, paths: Iterable[str], before: Manifest, overwriting: bool) -> None:
    """Raise for what a build would write over and that derive did not make."""
    for path in paths:
        where = out / path
        file = next((parent for parent in where.parents if parent.is_file() and parent.is_relative_to(out)), None)
        if file is not None:
            raise DeriveError(f"{file} is a file where a folder is to be: move it, or choose another --out")
        if not _is_there(where) or _is_own(out, path, before):
            continue
        if where.is_dir() and not where.is_symlink():
            raise DeriveError(f"{where} is a folder where a file is to be: move it, or choose another --out")
        if path not in before.outputs and path not in before.moving:
            raise DeriveError(f"{where} exists and derive did not make it: move it, or choose another --out")
        if not overwriting or where.is_symlink():
            said = "is a link" if where.is_symlink() else "was edited since it was built"
            raise DeriveError(f"{where} {said}: move it away, or add --overwrite to lose what was changed")


def _is_there(path: Path) -> bool:
    return os.path.lexists(path)


def _is_own(out: Path, path: str, before: Manifest) -> bool:
    where = out / path
    return where.is_file() and not where.is_symlink() and before.is_own(path, digest_of(where))


def holds(path: Path, content: bytes) -> bool:
    """Whether the file is there and has this content."""
    return path.is_file() and path.read_bytes() == content


def remember(out: Path, label: str, files: Files | None, measured: Mapping[str, Sequence[str]]) -> None:
    """Note in the manifest what was wrong with the kernels of functions of one specs file, as they were measured.

    files: those that were measured; where the manifest has come to list others, nothing is noted.
    """
    with alone(out):
        recorded = read_manifest(out)
        section = recorded.specs.get(label) if recorded is not None else None
        if recorded is None or section is None:
            return
        if files is not None and section.outputs != {path: digest(text) for path, text in files.items()}:
            return
        after = recorded.with_measured(label, {name: tuple(lines) for name, lines in measured.items()})
        if after != recorded:
            write_whole(out / NAME, after.to_json())
