"""`ufunc`: compiled inner loops as a ufunc, which broadcasts, casts, and takes any strides and `out=`."""

from __future__ import annotations

import ctypes
import importlib
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import numpy as np

from derive.codegen.kernel import Dtype, Kernel
from derive.errors import DeriveError

# Places in the table of functions for extensions (numpy/__ufunc_api.h), which never change.
FROM_LOOPS, FROM_LOOPS_OF_ROWS = 1, 31
NO_IDENTITY: Final = -1
CORE: Final[Mapping[str, str]] = {"element": "", "vector": "(k)", "row": "()", "scalar": "()"}

_kept: list[Any] = []  # a ufunc keeps the addresses of what it was made of


def ufunc(kernel: Kernel, name: str, loops: Mapping[Dtype, Any]) -> np.ufunc:
    """The ufunc of a kernel's inner loops, by the format of all its operands; of rows, a generalized one.

    Raises DeriveError for a kernel with one value per call.
    """
    if kernel.output.shape == "scalar":
        raise DeriveError(f"{name} sums over all elements, which no ufunc does")
    count, outputs = len(loops), len(kernel.outputs)
    functions = (ctypes.c_void_p * count)(*(ctypes.cast(loop, ctypes.c_void_p) for loop in loops.values()))
    data = (ctypes.c_void_p * count)()
    operands = len(kernel.arguments)
    types = ctypes.create_string_buffer(b"".join(bytes([np.dtype(dtype).num] * operands) for dtype in loops))
    texts = [ctypes.create_string_buffer(text.encode()) for text in (name, _described(kernel, name))]
    given = [functions, data, types, count, operands - outputs, outputs, NO_IDENTITY, *texts, 0]
    if kernel.row is not None:
        given.append(ctypes.create_string_buffer(_signature(kernel).encode()))
    _kept.append((given, *loops.values()))
    made: np.ufunc = _maker(by_row=kernel.row is not None)(*given)
    return made


def _signature(kernel: Kernel) -> str:
    inputs, outputs = (",".join(CORE[a.shape] for a in part) for part in (kernel.inputs, kernel.outputs))
    return f"{inputs}->{outputs}"


def _described(kernel: Kernel, name: str) -> str:
    return f"{name}({', '.join(argument.name for argument in kernel.inputs)})"


@cache
def _maker(by_row: bool) -> Any:
    """What makes a ufunc, or a generalized one."""
    table = _table()
    pointer, number = ctypes.c_void_p, ctypes.c_int
    kinds = [pointer, pointer, pointer, *[number] * 4, pointer, pointer, number, *[pointer] * by_row]
    place = FROM_LOOPS_OF_ROWS if by_row else FROM_LOOPS
    return ctypes.PYFUNCTYPE(ctypes.py_object, *kinds)(table[place])


def _table() -> Any:
    module = importlib.import_module(f"{'numpy._core' if hasattr(np, '_core') else 'numpy.core'}._multiarray_umath")
    address = ctypes.pythonapi.PyCapsule_GetPointer
    address.restype, address.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return ctypes.cast(address(module._UFUNC_API, None), ctypes.POINTER(ctypes.c_void_p))
