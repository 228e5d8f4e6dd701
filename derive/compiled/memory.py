"""Arrays that are safe to hand to a library: numbers in one format and in order, an output that may be written to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from derive.codegen.kernel import Dtype

Numbers = NDArray[Any]


def numbers(name: str, value: ArrayLike) -> Numbers:
    """`value` as an array of real numbers. Raises TypeError for what no kernel computes with, and for a mask."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name} is masked, and would lose its mask: give {name}.filled(...)")
    array = np.asarray(float(value) if type(value) is int else value)
    if array.dtype.kind not in "biuf" or array.dtype.itemsize > 8:
        raise TypeError(f"{name} holds {array.dtype}, and float32 or float64 is computed; convert with astype")
    return array


def number(name: str, value: Numbers) -> float:
    """The one number that a parameter is. Raises TypeError for an array with axes."""
    if value.ndim:
        raise TypeError(f"{name} is a parameter: give one number, not an array of shape {value.shape}")
    return float(value)


def common(values: Iterable[ArrayLike]) -> Dtype:
    """The format that arrays are computed in together; a plain Python number takes that of the arrays beside it.

    Raises TypeError for float16.
    """
    found = together(values)
    if found == np.float16:
        raise TypeError("float32 or float64 is computed, not float16; convert with astype")
    return "float32" if found == np.float32 else "float64"


def together(values: Iterable[ArrayLike]) -> np.dtype[Any]:
    """The dtype of arrays taken together."""
    kinds = [type(value)() if type(value) in (int, float) else np.asarray(value).dtype for value in values]
    return np.result_type(*kinds)


def in_order(array: Numbers, shape: tuple[int, ...], dtype: Dtype) -> Numbers:
    """`array` in this shape and native dtype, element after element; itself where it is so already."""
    return np.require(np.broadcast_to(array, shape), dtype, ["C_CONTIGUOUS", "ALIGNED"])


def check_out(out: object, shape: tuple[int, ...], dtype: str, read: Iterable[Numbers]) -> None:
    """Raises TypeError or ValueError where a library cannot write a result of this shape and dtype to `out`.

    read: the arrays that are read meanwhile; `out` may be one of them, and else lies apart from them.
    """
    wanted = f"give a contiguous {dtype} array of shape {shape}"
    if not isinstance(out, np.ndarray) or isinstance(out, np.ma.MaskedArray):
        raise TypeError(f"out is of type {type(out).__name__}: {wanted}")
    if out.dtype != dtype:
        raise ValueError(f"out has dtype {out.dtype}: {wanted}")
    if out.shape != shape or not out.flags.c_contiguous or not out.flags.aligned:
        raise ValueError(f"out has shape {out.shape} and strides {out.strides}: {wanted}")
    if not out.flags.writeable:
        raise ValueError(f"out is read-only: {wanted}")
    if any(np.shares_memory(array, out) and _place(array) != _place(out) for array in read):
        raise ValueError("out overlaps an input in part: give that input itself, or an array of its own")


def _place(array: Numbers) -> tuple[Any, ...]:
    return array.ctypes.data, array.dtype, array.shape, array.strides
