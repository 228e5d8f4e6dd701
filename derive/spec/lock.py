"""The lock file beside a specs file: evaluation forms found once, each with the hash of what it answers.

A build replays what is locked and searches for what is not. The file belongs under version control.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from derive.errors import DeriveError, reading

SUFFIX: Final = ".lock.json"
ANSWERS: Final = "answers"  # the field of an entry that holds the hash
HARD: Final = "hard"  # that which holds the hard cases of the kernel

Entry = Mapping[str, Any]
Entries = Mapping[str, Entry]  # of one function, by kernel: "forward", "vjp x", "d2 x"
Lock = Mapping[str, Entries]  # by the function's name


def lock_path(specs: Path) -> Path:
    """Where the lock of a specs file lies: beside it."""
    return specs.with_suffix(SUFFIX)


def read_lock(specs: Path) -> Lock:
    """What is locked for a specs file; nothing where there is no lock. Raises DeriveError for what is none."""
    path = lock_path(specs)
    try:
        with reading(path), suppress(FileNotFoundError):
            path.stat()  # which says so, where links lead in a circle
        if not path.exists():
            return {}
        with reading(path):
            lock: Lock = json.loads(path.read_text(encoding="utf-8"))
        for entries in lock.values():
            for entry in entries.values():
                _ = entry[ANSWERS]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise DeriveError(f"{path}: not a lock file of derive ({problem}): delete it, then build again") from problem
    return lock


def write_lock(lock: Lock) -> bytes:
    """The content of a lock file: the same for the same forms."""
    kept = {name: entries for name, entries in lock.items() if entries}
    return (json.dumps(kept, indent=1, ensure_ascii=False) + "\n").encode()


def hash_of(*parts: str) -> str:
    """What an entry is looked up by: a hash of what it answers."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
