"""Sources to shared libraries: which compiler, how it is called, and that it is called once."""

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

from derive.codegen.target import SourceFile, Toolchain
from derive.compiled.cache import find, keep, workshop
from derive.errors import CompilerError, NoCompilerError


@cache
def find_compiler(toolchain: Toolchain) -> tuple[str, ...]:
    """The command of a compiler: what the environment names, else one that is installed, else the ziglang package's.

    Raises NoCompilerError, which says what to install; CompilerError for a variable that holds no command.
    """
    if toolchain.variable in os.environ:
        return _split(toolchain, os.environ[toolchain.variable])
    for name in toolchain.commands:
        if found := shutil.which(name):
            return (found,)
    if importlib.util.find_spec("ziglang"):
        return (sys.executable, "-m", "ziglang", toolchain.zig)
    raise NoCompilerError(
        f"no {toolchain.language} compiler: install {' or '.join(toolchain.commands[1:])}, or `pip install ziglang`, "
        f"or set {toolchain.variable} to a compiler's command"
    )


def _split(toolchain: Toolchain, chosen: str) -> tuple[str, ...]:
    variable, example = toolchain.variable, toolchain.commands[1]
    try:
        words = tuple(shlex.split(chosen))
    except ValueError as problem:
        said = f"{variable} is no command ({problem}): {chosen}: set it to one such as {example}"
        raise CompilerError(said) from problem
    if not words or not words[0]:
        raise CompilerError(f"{variable} is empty: set it to a compiler's command, such as {example}, or unset it")
    # It runs in another folder: a path is meant as seen from here.
    return (os.path.abspath(words[0]), *words[1:]) if os.sep in words[0] else words


def compile_library(
    sources: Sequence[SourceFile],
    toolchain: Toolchain,
    flags: Sequence[str] | None = None,
    compiler: Sequence[str] | None = None,
) -> ctypes.CDLL:
    """The shared library of these files, compiled unless the cache holds it whole.

    flags, compiler: the toolchain's where they are left out. Raises CompilerError where no compiler is, where it
    refuses a source, and for a cache that cannot be used.
    """
    command = tuple(compiler or find_compiler(toolchain))
    words = (*command, *(toolchain.flags if flags is None else flags))
    key = _key(sources, words, _identity(toolchain, command))
    library = find(key) or _compile(sources, toolchain, command, words, key)
    try:
        return ctypes.CDLL(str(library))
    except OSError as problem:
        raise CompilerError(f"what {shlex.join(command)} made cannot be loaded: {problem}") from problem


def _compile(
    sources: Sequence[SourceFile], toolchain: Toolchain, command: tuple[str, ...], words: tuple[str, ...], key: str
) -> Path:
    """The library that `words` makes: the compiler's command and its flags."""
    with workshop() as folder:
        for source in sources:
            path = folder / source.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source.text, encoding="utf-8")
        units = [source.path for source in sources if source.path.endswith(toolchain.ending)]
        built = folder / "library.so"
        done = _run(toolchain, [*words, "-shared", "-fPIC", "-o", str(built), *units, "-lm"], folder)
        said, named = shlex.join(command), ", ".join(units)
        if done.returncode:
            silent = f", and says nothing more: is it a {toolchain.language} compiler?"
            why = f":\n{done.stderr.strip()}" if done.stderr.strip() else silent
            raise CompilerError(f"{said} refused {named}{why}")
        if not built.is_file():
            raise CompilerError(f"{said} made no library of {named}: is it a {toolchain.language} compiler?")
        return keep(key, built)


def _run(toolchain: Toolchain, command: Sequence[str], folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    except OSError as problem:
        said = f"the {toolchain.language} compiler cannot be run: {shlex.join(command[:3])}: {problem.strerror}"
        raise CompilerError(said) from problem


def _key(sources: Sequence[SourceFile], words: Sequence[str], identity: str) -> str:
    parts = [*(f"{source.path}\0{source.text}" for source in sources), *words, identity, _processor()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def described(toolchain: Toolchain) -> str:
    """The compiler and the kind of processor that it compiles for, in a line. Raises as `find_compiler`."""
    lines = _identity(toolchain, find_compiler(toolchain)).strip().splitlines()
    fma = ", fma" if " fma " in f" {_processor()} " else ""
    return f"{lines[0] if lines else 'unknown'}, {platform.machine()}{fma}"


@cache
def _identity(toolchain: Toolchain, command: tuple[str, ...]) -> str:
    return _run(toolchain, [*command, "--version"]).stdout


@cache
def _processor() -> str:
    """What -march=native depends on: a cache may be shared by machines that differ."""
    described = Path("/proc/cpuinfo")
    if not described.exists():
        return platform.machine() + platform.processor()
    lines = described.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line for line in lines if line.lower().startswith(("flags", "features"))), platform.machine())
