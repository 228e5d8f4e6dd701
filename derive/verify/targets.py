"""Emitted files as callables: how each target is loaded, and how its floating-point flags are read."""

from __future__ import annotations

import ctypes
import importlib.util
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from derive.compiled.callables import Compiled, compile_library
from derive.emit import SourceFile
from derive.errors import DeriveError, NotBuiltError
from derive.kernel import Dtype, Kernel
from derive.values.formats import Floats


class Runner(Protocol):
    """A kernel in one number format, called with its arguments in order."""

    def __call__(self, *values: Any, out: Floats | None = None) -> Floats: ...


@dataclass(frozen=True)
class Target:
    """A target's name, how its kernels are found in an output folder, and what a call raises.

    flags: the floating-point exceptions, by name, that a call leaves behind, underflow and inexact aside.
    arrays: whether calls take arrays of any shape and strides, or contiguous memory alone.
    """

    name: str
    load: Callable[[Path, Kernel, Dtype], Runner]
    flags: Callable[[Callable[[], object]], frozenset[str]]
    arrays: bool


def _numpy_runner(out_dir: Path, kernel: Kernel, dtype: Dtype) -> Runner:
    path = _existing(out_dir / "numpy" / f"{kernel.function}.py")
    spec = importlib.util.spec_from_file_location(f"derive_generated_{kernel.function}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Runner = getattr(module, kernel.variant(dtype).stem)
    return found


def _c_runner(out_dir: Path, kernel: Kernel, dtype: Dtype) -> Runner:
    paths = [_existing(out_dir / "c" / f"{kernel.function}.{ending}") for ending in ("h", "c")]
    sources = [SourceFile(path.name, path.read_text(encoding="utf-8")) for path in paths]
    return Compiled(kernel, dtype, compile_library(sources))


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise NotBuiltError(f"{path}: there is no such file")
    return path


def _numpy_flags(call: Callable[[], object]) -> frozenset[str]:
    raised: set[str] = set()
    with np.errstate(all="call", under="ignore", call=lambda kind, _: raised.add(kind)):
        call()
    return frozenset(raised)


# <fenv.h>: the value of each exception, by the processor's name.
_X86: Final = {"invalid value": 0x01, "divide by zero": 0x04, "overflow": 0x08}
_ARM: Final = {"invalid value": 0x01, "divide by zero": 0x02, "overflow": 0x04}
EXCEPTIONS: Final = {"x86_64": _X86, "amd64": _X86, "i686": _X86, "aarch64": _ARM, "arm64": _ARM}


def _c_flags(call: Callable[[], object]) -> frozenset[str]:
    exceptions = EXCEPTIONS.get(platform.machine().lower())
    if exceptions is None:
        raise DeriveError(f"the floating-point flags of {platform.machine()} are not known here")
    process = ctypes.CDLL(None)
    every = sum(exceptions.values())
    process.feclearexcept(every)
    call()
    raised = process.fetestexcept(every)
    return frozenset(name for name, bit in exceptions.items() if raised & bit)


TARGETS: Final[Sequence[Target]] = (
    Target("numpy", _numpy_runner, _numpy_flags, arrays=True),
    Target("c", _c_runner, _c_flags, arrays=False),
)
TARGET_NAMES: Final = tuple(target.name for target in TARGETS)
