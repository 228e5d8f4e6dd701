"""The folder of compiled libraries: nobody else can write to it, and what is taken from it is whole."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from platformdirs import user_cache_dir

from derive.errors import CompilerError

PRIVATE: Final = 0o700
OF_OTHERS: Final = stat.S_IWGRP | stat.S_IWOTH
DIGITS: Final = 32  # of a hash, in the name of an entry


def find(key: str) -> Path | None:
    """The whole and unaltered library of `key`, where there is one.

    An entry is `<key>.<hash of its bytes>.so`: one that is empty, cut short, altered or a link is none.
    Raises CompilerError for a folder in which others can write.
    """
    folder = _folder()
    return next((path for path in sorted(folder.glob(f"{key}.*.so")) if _name(key, path) == path.name), None)


def keep(key: str, built: Path) -> Path:
    """Move the library at `built`, within a `workshop`, to where `find` sees it: whole, or not at all."""
    path = _folder() / _name(key, built)
    with _told(path.parent):
        built.chmod(PRIVATE)
        # Never in place: a process that has loaded the old file keeps it, and a link is replaced, not followed.
        built.replace(path)
    return path


@contextmanager
def workshop() -> Iterator[Path]:
    """An empty folder within the cache, for a while. Raises CompilerError where none can be made or written to."""
    folder = _folder()
    with _told(folder), TemporaryDirectory(prefix="building-", dir=folder, ignore_cleanup_errors=True) as name:
        yield Path(name)


def _name(key: str, library: Path) -> str:
    """What the entry of `key` with the bytes of `library` is called; empty where those cannot be read."""
    try:
        descriptor = os.open(library, os.O_RDONLY | os.O_NOFOLLOW)
        with open(descriptor, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
    return f"{key}.{digest[:DIGITS]}.so"


def _folder() -> Path:
    """The cache's folder, made where there is none: this user's own, closed to all others."""
    folder = place()
    with _told(folder):
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise CompilerError(f"the cache {folder} is a link: remove it, or set XDG_CACHE_HOME to a folder of yours")
    if found.st_uid != os.geteuid():
        raise CompilerError(f"the cache {folder} belongs to another user: set XDG_CACHE_HOME to a folder of yours")
    if found.st_mode & OF_OTHERS:
        raise CompilerError(f"others can write to the cache {folder}: remove it, or run  chmod 700 '{folder}'")
    return folder


def place() -> Path:
    """The cache's folder, which need not be there. A relative XDG_CACHE_HOME is told once, and taken away: processes
    that start later would tell it again."""
    found = Path(user_cache_dir("derive"))
    chosen = os.environ.get("XDG_CACHE_HOME", "").strip()
    if chosen and not Path(chosen).is_absolute():
        # The standard has relative paths ignored; not every release of platformdirs does.
        found = found if found.is_absolute() else Path("~/.cache/derive").expanduser()
        warnings.warn(f"XDG_CACHE_HOME is no absolute path ({chosen}), and ignored: the cache is {found}", stacklevel=2)
        del os.environ["XDG_CACHE_HOME"]
    if not found.is_absolute():
        raise CompilerError("no folder for the cache is known: set XDG_CACHE_HOME to a folder of yours")
    return found


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """What the system says of the cache, as one line."""
    try:
        yield
    except OSError as problem:
        full = problem.errno in (errno.ENOSPC, errno.EDQUOT)
        advice = "make room there" if full else "make it writable"
        raise CompilerError(
            f"the cache {folder} cannot be written: {problem.strerror or problem}: "
            f"{advice}, or set XDG_CACHE_HOME to another folder"
        ) from problem
