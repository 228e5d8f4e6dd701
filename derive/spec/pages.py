"""Specs files: Python that states functions. The name of a function is the name of the variable that holds its Spec."""

from __future__ import annotations

import importlib.util
import multiprocessing
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, cast

from derive.errors import DeriveError, SpecError, reading
from derive.paths import PAGES, catalogue_pages
from derive.spec.lock import read_lock
from derive.spec.statement import Function, Spec, name_function

LIMIT: Final = 60.0  # seconds for a specs file, which takes less than one


def read_specs(path: Path, name: str | None = None) -> list[Function]:
    """The functions that the specs file at `path` states, in its order.

    `name`: how messages name the file. Raises SpecError for a file that cannot be run or states none.
    """
    label = name or path.name or str(path)
    if label != label.encode(errors="replace").decode():
        raise SpecError(f"{label!a}: the file's name is not UTF-8: give it another")
    lines = _lines(path)
    found = list(_named_specs(_run(path, label), lines, label))
    if not found:
        raise SpecError(f"{label}: states no function; write  my_function = Spec(...)")
    lock = read_lock(path)
    return [replace(function, locked=lock.get(function.name, {})) for function in found]


def _lines(path: Path) -> list[str]:
    """What a specs file holds. Raises SpecError for a path that leads to none."""
    with reading(path), suppress(FileNotFoundError, NotADirectoryError):
        path.stat()  # which says why, where nothing can be there
    if not path.is_file() or path.suffix != ".py":
        problem = "a folder" if path.is_dir() else "not Python, as a specs file is" if path.is_file() else "not there"
        raise SpecError(f"{path}: this is {problem}; name a file such as my_functions.py")
    with reading(path):
        return path.read_text(encoding="utf-8", errors="replace").splitlines()


def read_specs_apart(path: Path, name: str | None = None, limit: float = LIMIT) -> list[Function]:
    """As `read_specs`, in a process of its own, which the file can end, crash or keep busy without harm to this one.

    limit: seconds after which a file that has not ended is refused.
    """
    if path.parent == PAGES or not hasattr(os, "fork"):
        return read_specs(path, name)
    label = name or path.name
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(theirs, path, name), daemon=True)
    child.start()
    theirs.close()
    try:
        found = ours.recv() if ours.poll(limit) else None
        if found is None:
            raise SpecError(f"{label}: has not ended after {limit:g} s; a specs file states functions, and ends")
    except EOFError:
        child.join()
        code = child.exitcode or 0
        how = f"was ended by signal {-code}" if code < 0 else f"ended Python with exit code {code}"
        raise SpecError(f"{label}: {how}, before its functions could be read") from None
    finally:
        child.kill()
        child.join()
    if isinstance(found, DeriveError):
        raise found
    return cast(list[Function], found)


def _answer(channel: Connection, path: Path, name: str | None) -> None:
    """Send the functions of a specs file, or what is wrong with it, and end."""
    try:
        found: list[Function] | DeriveError = read_specs(path, name)
    except DeriveError as problem:
        found = type(problem)(str(problem))
    except KeyboardInterrupt:
        os._exit(130)
    channel.send(found)
    channel.close()
    with suppress(AttributeError, OSError, ValueError):  # the file may have closed it
        sys.stdout.flush()
    os._exit(0)  # whatever threads or exit handlers the file has left behind


def _run(path: Path, label: str) -> Mapping[str, Any]:
    """The names that a specs file defines."""
    spec = importlib.util.spec_from_file_location(f"derive_specs_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with _neighbours(path.parent.resolve()):
        try:
            spec.loader.exec_module(module)
        except KeyboardInterrupt:
            raise
        # A specs file is the user's program: whatever it raises is told as a fault of that file.
        except BaseException as problem:
            if isinstance(problem, DeriveError) and type(problem).__module__ == DeriveError.__module__:
                raise
            line, said = _line_of(problem, path)
            raise SpecError(": ".join([f"{label}:{line}", type(problem).__name__, *said])) from problem
    return vars(module)


@contextmanager
def _neighbours(folder: Path) -> Iterator[None]:
    """Modules in `folder` can be imported by name; afterwards the name is free for those of another folder."""
    before = {*sys.modules}
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in {*sys.modules} - before:
            if Path(getattr(sys.modules[name], "__file__", None) or "/").is_relative_to(folder):
                del sys.modules[name]


def _named_specs(names: Mapping[str, Any], lines: list[str], label: str) -> Iterator[Function]:
    for name, value in names.items():
        if isinstance(value, Spec):
            at = next((n for n, line in enumerate(lines, 1) if re.match(rf"{re.escape(name)}\s*(:.*)?=", line)), 1)
            yield name_function(value, name, f"{label}:{at}: {name}")


def _line_of(problem: BaseException, path: Path) -> tuple[int, list[str]]:
    """The line of the user's file at which `problem` arose, and what is wrong there, where it says that."""
    if isinstance(problem, SyntaxError) and _same(problem.filename, path):
        return problem.lineno or 1, [problem.msg]
    line, trace = 1, problem.__traceback__
    while trace is not None:
        if _same(trace.tb_frame.f_code.co_filename, path):
            line = trace.tb_lineno
        trace = trace.tb_next
    try:
        return line, [str(problem)]
    except Exception:  # noqa: BLE001  (the user's own, and it cannot be printed)
        return line, []


def _same(name: str | None, path: Path) -> bool:
    return name is not None and Path(name).resolve() == path.resolve()


def catalogue() -> list[Function]:
    """Every function of derive's own pages, by page and in its order.

    >>> derive.catalogue()[0]
    <Function sigmoid(x) = 1/(1 + exp(-x))>
    """
    return [found for page in catalogue_pages() for found in read_specs(page, f"functions/{page.name}")]
