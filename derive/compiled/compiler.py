"""C sources to shared libraries: which compiler, how it is called, and that it is called once."""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from derive.backends import C
from derive.compiled.cache import find, keep, workshop
from derive.emit import SourceFile
from derive.errors import CompilerError, NoCompilerError

CANDIDATES: Final = ("cc", "gcc", "clang")


@cache
def find_compiler() -> tuple[str, ...]:
    """The command of a C compiler: $CC, else cc, gcc or clang, else the ziglang package's.

    Raises NoCompilerError, which says what to install; CompilerError for a $CC that is no command.
    """
    if "CC" in os.environ:
        return _split(os.environ["CC"])
    for name in CANDIDATES:
        if found := shutil.which(name):
            return (found,)
    if importlib.util.find_spec("ziglang"):
        return (sys.executable, "-m", "ziglang", "cc")
    raise NoCompilerError(
        "no C compiler: install gcc or clang, or `pip install ziglang`, or set CC to a compiler's command"
    )


def _split(chosen: str) -> tuple[str, ...]:
    try:
        words = tuple(shlex.split(chosen))
    except ValueError as problem:
        raise CompilerError(f"CC is no command ({problem}): {chosen}: set it to one such as gcc") from problem
    if not words or not words[0]:
        raise CompilerError("CC is empty: set it to a compiler's command, such as gcc, or unset it")
    return words


def compile_library(
    sources: Sequence[SourceFile], flags: Sequence[str] = C.flags, compiler: Sequence[str] | None = None
) -> ctypes.CDLL:
    """The shared library of these C files, compiled unless the cache holds it whole.

    Raises CompilerError where no compiler is, where it refuses a source, and for a cache that cannot be used.
    """
    command = tuple(compiler or find_compiler())
    key = _key(sources, flags, command)
    library = find(key) or _compile(sources, flags, command, key)
    try:
        return ctypes.CDLL(str(library))
    except OSError as problem:
        raise CompilerError(f"what {shlex.join(command)} made cannot be loaded: {problem}") from problem


def _compile(sources: Sequence[SourceFile], flags: Sequence[str], command: tuple[str, ...], key: str) -> Path:
    with workshop() as folder:
        for source in sources:
            path = folder / source.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source.text, encoding="utf-8")
        units = [source.path for source in sources if source.path.endswith(".c")]
        built = folder / "library.so"
        done = _run([*command, *flags, "-shared", "-fPIC", "-o", str(built), *units, "-lm"], folder)
        if done.returncode:
            raise CompilerError(f"{shlex.join(command)} refused {', '.join(units)}:\n{done.stderr.strip()}")
        if not built.is_file():
            raise CompilerError(f"{shlex.join(command)} made no library of {', '.join(units)}: is it a C compiler?")
        return keep(key, built)


def _run(command: Sequence[str], folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    except OSError as problem:
        raise CompilerError(f"the C compiler cannot be run: {shlex.join(command[:3])}: {problem.strerror}") from problem


def _key(sources: Sequence[SourceFile], flags: Sequence[str], command: tuple[str, ...]) -> str:
    parts = [
        *(f"{source.path}\0{source.text}" for source in sources),
        *flags,
        *command,
        _identity(command),
        _processor(),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


@cache
def _identity(command: tuple[str, ...]) -> str:
    return _run([*command, "--version"]).stdout


@cache
def _processor() -> str:
    """What -march=native depends on: a cache may be shared by machines that differ."""
    described = Path("/proc/cpuinfo")
    if not described.exists():
        return platform.machine() + platform.processor()
    lines = described.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line for line in lines if line.lower().startswith(("flags", "features"))), platform.machine())
