"""Compile, cache and load C kernels, and call them on NumPy arrays."""

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
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from derive.backends import C
from derive.emit import SourceFile, emit
from derive.errors import DeriveError, did_you_mean
from derive.kernel import Dtype, Kernel, Order
from derive.lower import kernels_of
from derive.pages import catalogue, read_specs
from derive.spec import Function

CTYPES: Final[Mapping[Dtype, Any]] = {"float32": ctypes.c_float, "float64": ctypes.c_double}
CANDIDATES: Final = ("cc", "gcc", "clang")


class CompilerError(DeriveError):
    """There is no C compiler, or it refused a source; the message holds what it said."""


@cache
def find_compiler() -> tuple[str, ...]:
    """The command of a C compiler: $CC, else cc, gcc or clang, else the ziglang package's.

    Raises CompilerError, which says what to install.
    """
    if chosen := os.environ.get("CC"):
        return tuple(shlex.split(chosen))
    for name in CANDIDATES:
        if found := shutil.which(name):
            return (found,)
    if importlib.util.find_spec("ziglang"):
        return (sys.executable, "-m", "ziglang", "cc")
    raise CompilerError(
        "no C compiler: install gcc or clang, or `pip install ziglang`, or set CC to a compiler's command"
    )


def compile_library(
    sources: Sequence[SourceFile], flags: Sequence[str] = C.flags, compiler: Sequence[str] | None = None
) -> ctypes.CDLL:
    """The shared library of these C files, compiled unless the cache holds it."""
    command = tuple(compiler or find_compiler())
    library = _cache_folder() / f"{_key(sources, flags, command)}.so"
    if not library.exists():
        _compile(sources, flags, command, library)
    return ctypes.CDLL(str(library))


def _compile(sources: Sequence[SourceFile], flags: Sequence[str], command: tuple[str, ...], library: Path) -> None:
    library.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=library.parent) as folder:
        for source in sources:
            path = Path(folder, source.path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source.text, encoding="utf-8")
        units = [source.path for source in sources if source.path.endswith(".c")]
        built = Path(folder, "library.so")
        run = [*command, *flags, "-shared", "-fPIC", "-o", str(built), *units, "-lm"]
        done = _run(run, folder)
        if done.returncode:
            raise CompilerError(f"{shlex.join(command)} refused {', '.join(units)}:\n{done.stderr.strip()}")
        # Renamed into place whole: another process sees all of the library, or none.
        built.replace(library)


def _run(command: Sequence[str], folder: str | None = None) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except OSError as problem:
        raise CompilerError(f"the C compiler cannot be run: {shlex.join(command[:3])}: {problem.strerror}") from problem


def _cache_folder() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "derive"


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


@dataclass(frozen=True)
class Compiled:
    """A C kernel in one number format, called on NumPy arrays."""

    kernel: Kernel
    dtype: Dtype
    library: ctypes.CDLL

    @property
    def pointer(self) -> Any:
        """The C function, with its argument types set: sizes, then the arguments in order."""
        found = getattr(self.library, self.kernel.variant(self.dtype).symbol)
        number = CTYPES[self.dtype]
        kinds = [
            ctypes.c_void_p if a.role == "output" or a.shape != "scalar" else number for a in self.kernel.arguments
        ]
        found.argtypes = [*(ctypes.c_size_t for _ in self.kernel.sizes), *kinds]
        found.restype = None
        return found

    def __call__(self, *values: ArrayLike, out: NDArray[Any] | None = None) -> NDArray[Any]:
        """The kernel's output. Arrays are broadcast together; rows lie along the last axis."""
        kernel = self.kernel
        if len(values) != len(kernel.inputs):
            wanted = ", ".join(argument.name for argument in kernel.inputs)
            raise TypeError(
                f"{kernel.variant(self.dtype).symbol} takes {wanted}: {len(kernel.inputs)} values, not {len(values)}"
            )
        arrays = {a.name: np.asarray(v, self.dtype) for a, v in zip(kernel.inputs, values, strict=True)}
        shape = self._shape(arrays)
        shapes = {"element": shape, "vector": shape, "row": shape[:-1], "scalar": ()}
        given = [np.asarray(np.broadcast_to(arrays[a.name], shapes[a.shape]), order="C") for a in kernel.inputs]
        if out is None:
            out = np.empty(shapes[kernel.output.shape], self.dtype)
        elif out.shape != shapes[kernel.output.shape] or out.dtype != self.dtype or not out.flags.c_contiguous:
            raise ValueError(f"out must be a contiguous {self.dtype} array of shape {shapes[kernel.output.shape]}")
        sizes = (int(np.prod(shape[:-1])), shape[-1]) if kernel.row else (int(np.prod(shape)),)
        passed = [float(v) if a.shape == "scalar" else v.ctypes.data for a, v in zip(kernel.inputs, given, strict=True)]
        self.pointer(*sizes, *passed, out.ctypes.data)
        return out

    def _shape(self, arrays: Mapping[str, NDArray[Any]]) -> tuple[int, ...]:
        whole = [arrays[a.name].shape for a in self.kernel.inputs if a.shape in ("element", "vector")]
        rows = [(*arrays[a.name].shape, 1) for a in self.kernel.inputs if a.shape == "row"]
        shape = np.broadcast_shapes(*whole, *rows)
        if self.kernel.row and (not shape or any(part[-1:] != shape[-1:] for part in whole)):
            raise ValueError("rows lie along the last axis, and all have the same length")
        return shape


@dataclass(frozen=True, repr=False)
class Loaded:
    """A function's C kernels. Arrays of float32 go to the float32 kernel, all else to float64."""

    function: Function
    kernels: tuple[Kernel, ...]
    library: ctypes.CDLL

    def __str__(self) -> str:
        stated = repr(self.function).removeprefix("<Function ").removesuffix(">")
        return "\n".join([stated, *(f"  {kernel.variant('float64').symbol}" for kernel in self.kernels)])

    def __repr__(self) -> str:
        return f"<Loaded {self.function.name}: {', '.join(dict.fromkeys(kernel.order for kernel in self.kernels))}>"

    def _repr_markdown_(self) -> str:
        return f"```text\n{self}\n```"

    def kernel(self, order: Order, wrt: str = "", dtype: Dtype = "float64") -> Compiled:
        """One kernel; `wrt` as in its name: empty for the first that is differentiated."""
        for kernel in self.kernels:
            if (kernel.order, kernel.wrt) == (order, wrt):
                return Compiled(kernel, dtype, self.library)
        raise DeriveError(f"{self.function.name} has no {order} kernel{f' in {wrt}' if wrt else ''}")

    def forward(self, *values: ArrayLike, out: NDArray[Any] | None = None) -> NDArray[Any]:
        """The function's value: inputs, then parameters."""
        return self.kernel("forward", dtype=_common(values))(*values, out=out)

    def vjp(self, *values: ArrayLike, wrt: str = "", out: NDArray[Any] | None = None) -> NDArray[Any]:
        """The vector-Jacobian product: inputs, parameters, then the upstream gradient."""
        return self.kernel("vjp", self._named(wrt), _common(values))(*values, out=out)

    def d2(self, *values: ArrayLike, wrt: str = "", out: NDArray[Any] | None = None) -> NDArray[Any]:
        """The second derivative, element by element: inputs, then parameters.

        Raises DeriveError where there is none: of rows, in a parameter, or where it, or the first, jumps.
        """
        return self.kernel("d2", self._named(wrt), _common(values))(*values, out=out)

    def _named(self, wrt: str) -> str:
        return "" if wrt == self.function.wrt[0] else wrt


def _common(values: Sequence[ArrayLike]) -> Dtype:
    kinds = [v if type(v) in (int, float) else np.asarray(v).dtype for v in values]
    return "float32" if np.result_type(*kinds) == np.float32 else "float64"


def load(name: str, spec: str | Path | None = None) -> Loaded:
    """A function as C kernels to call on NumPy arrays; they are compiled at first use.

    name: of a function of the catalogue, or of the specs file.
    spec: a path to a specs file.

    Returns a Loaded: `forward(*inputs, *params)`, `vjp(*inputs, *params, upstream, wrt="")` and `d2(*inputs, *params,
    wrt="")` take arrays of any shape, of which float32 stays float32, and fill `out=` where it is given. Raises
    DeriveError for a name that is not there, and CompilerError, a DeriveError too, where no C compiler is.

    >>> sigmoid = derive.load("sigmoid")
    >>> sigmoid.forward([0.0, 800.0]).tolist()
    [0.5, 1.0]
    >>> sigmoid.vjp([0.0], [1.0]).tolist()
    [0.25]
    """
    known = {function.name: function for function in (catalogue() if spec is None else read_specs(Path(spec)))}
    if name not in known:
        raise DeriveError(f"there is no function {name!r}{did_you_mean(name, known)}; there are {', '.join(known)}")
    return load_kernels(known[name], kernels_of(known[name]))


def load_kernels(function: Function, kernels: Sequence[Kernel]) -> Loaded:
    """The C of these kernels, compiled and loaded."""
    return Loaded(function, tuple(kernels), compile_library(emit(function, kernels, C)))
