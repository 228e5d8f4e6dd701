"""`Ledger`: what a walk has found so far, chunk by chunk, in a file that several processes may add to."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from derive.codegen.kernel import hard_case
from derive.errors import DeriveError
from derive.verify.found import Found, Misrounded, from_json, joined


@dataclass(frozen=True)
class Page:
    """What one file holds: the kernel's key, which chunks are done and what each came to, and the hard cases that were
    misrounded. Pages of the same kernel join by their chunks: one that both have counts once."""

    key: str
    chunks: Mapping[int, Found] = field(default_factory=dict)
    wrong: Misrounded = ()

    @property
    def total(self) -> Found:
        return sum((self.chunks[number] for number in sorted(self.chunks)), Found())

    def joined(self, other: Page) -> Page:
        assert self.key == other.key, "pages of one kernel"
        return Page(self.key, {**self.chunks, **other.chunks}, joined(self.wrong, other.wrong))

    def to_json(self) -> str:
        chunks = {str(number): self.chunks[number].to_json() for number in sorted(self.chunks)}
        return json.dumps({"key": self.key, "chunks": chunks, "wrong": list(map(str, self.wrong))}) + "\n"


def read_page(path: Path) -> Page:
    """Raises DeriveError for a file that is none of a walk's."""
    try:
        fields: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        chunks = {int(number): from_json(found) for number, found in fields["chunks"].items()}
        return Page(str(fields["key"]), chunks, tuple(map(hard_case, fields["wrong"])))
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise DeriveError(f"{path}: not what a walk has left: delete it, or name another") from problem


@dataclass(frozen=True)
class Ledger:
    """The file of one kernel, `<symbol>-<key>.json` in a folder. It is whole at any moment, and lost in none."""

    folder: Path
    symbol: str
    key: str

    @property
    def path(self) -> Path:
        return self.folder / f"{self.symbol}-{self.key}.json"

    def read(self) -> Page:
        return read_page(self.path) if self.path.is_file() else Page(self.key)

    def add(self, page: Page) -> Page:
        """Join what was found with what is there, and answer both."""
        with self._alone():
            joined = self.read().joined(page)
            staged = self.path.with_name(f".{self.path.name}.staged")
            staged.write_text(joined.to_json(), encoding="utf-8")
            os.replace(staged, self.path)
        return joined

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / f".{self.symbol}-{self.key}.lock", "w", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
