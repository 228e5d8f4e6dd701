"""Emitted NumPy modules, imported."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from derive.codegen.emit import emit
from derive.codegen.kernel import Kernel
from derive.spec.statement import Function
from derive.targets.numpy import TARGET as NUMPY


def module(function: Function, kernels: Sequence[Kernel]) -> Any:
    """The NumPy module of these kernels."""
    (source,) = emit(function, kernels, NUMPY)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, Path(source.path).name)
        path.write_text(source.text, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(f"emitted_{function.name}", path)
        assert spec is not None
        assert spec.loader is not None
        found = importlib.util.module_from_spec(spec)
        written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
        spec.loader.exec_module(found)
        sys.dont_write_bytecode = written
    return found
