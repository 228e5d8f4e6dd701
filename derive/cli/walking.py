"""`derive verify --exhaustive`: kernels over all inputs, and the certificates that come of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from platformdirs import user_state_path

from derive.cli.options import print_json
from derive.errors import DeriveError, UnsupportedError

if TYPE_CHECKING:
    from derive.spec.statement import Function
    from derive.tree.hard_cases import Cases
    from derive.verify.exhaustive import Walk
    from derive.verify.found import Misrounded
    from derive.verify.ledger import Page

STEPS: Final = 16  # lines of progress for each kernel, where nobody watches a bar


def walk_all(
    functions: Sequence[Function],
    out: Path,
    state: Path | None,
    shard: str | None,
    merge: Sequence[Path],
    as_json: bool,
    specs: Mapping[str, Path],
) -> int:
    """Walk what is not walked yet; print and certify what is then known. The exit code: 1 where a kernel is out of
    contract. specs: the file of each function whose lock is to note what is misrounded."""
    from derive.verify.exhaustive import carry_out, shard_of, summary, walks

    folder = state or user_state_path("derive") / "walks"
    part, parts = _shard(shard)
    listed = list(walks(functions, out, tell=lambda said: print(said, file=sys.stderr)))
    _merge(listed, folder, merge)
    code, told = 0, []
    hard: dict[Path, dict[str, dict[str, Misrounded]]] = {}
    with _progress() as tell:
        for walk in listed:
            try:
                page = (
                    walk.ledger(folder).read() if merge else carry_out(walk, folder, shard_of(walk, part, parts), tell)
                )
            except UnsupportedError as problem:
                print(f"{walk.symbol}: not walked: {problem}", file=sys.stderr)
                code = 1
                continue
            code |= not walk.holds(page)
            told.append({"kernel": walk.symbol, **walk.certificate(page)})
            if not as_json:
                print(summary(walk, page), flush=True)
            _certify(walk, page, out)
            cases = walk.hard_cases(page)
            if cases is not None and walk.function in specs:
                hard.setdefault(specs[walk.function], {}).setdefault(walk.function, {})[walk.entry] = cases
    _lock(hard)
    if as_json:
        print_json(told)
    return code


def _shard(asked: str | None) -> tuple[int, int]:
    words = (asked or "1/1").split("/")
    if len(words) != 2 or not all(word.isdecimal() for word in words) or not 1 <= int(words[0]) <= int(words[1]):
        raise DeriveError(f"--shard {asked}: write a part and how many there are, such as 2/4")
    return int(words[0]), int(words[1])


def _merge(listed: Sequence[Walk], folder: Path, files: Sequence[Path]) -> None:
    """Take in what other machines have found."""
    from derive.verify.ledger import read_page

    by_key = {walk.key: walk for walk in listed}
    for place in files:
        for path in sorted(place.glob("*.json")) if place.is_dir() else [place]:
            page = read_page(path)
            if page.key not in by_key:
                print(f"{path}: of another kernel, compiler or derive: left aside", file=sys.stderr)
            else:
                by_key[page.key].ledger(folder).add(page)


def _lock(hard: Mapping[Path, Mapping[str, Cases]]) -> None:
    from derive.tree.hard_cases import lock_hard_cases

    for path, found in hard.items():
        lock = lock_hard_cases(path, found)
        print(f"{lock} notes hard cases of {', '.join(found)}: build, and walk again", file=sys.stderr)


def _certify(walk: Walk, page: Page, out: Path) -> None:
    from derive.tree.certificates import write_certificates

    if walk.is_whole(page):
        write_certificates(out, walk.function, {walk.symbol: walk.certificate(page)})


@contextmanager
def _progress() -> Iterator[Callable[[int, int, str], None]]:
    from derive.cli.terminal import progress

    last: dict[str, Any] = {}

    def tell(done: int, total: int, name: str) -> None:
        symbol, step = name.split()[0], done * STEPS // max(total, 1)
        if last.get(symbol) != step:
            last[symbol] = step
            print(f"{symbol}: {done} of {total} chunks", file=sys.stderr, flush=True)

    with progress() as bar:
        yield bar or tell
