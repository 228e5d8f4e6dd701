"""`Compiled`: a kernel of a shared library as a callable on arrays. Several threads may call at once."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from derive.codegen.kernel import Dtype, Kernel, Shape
from derive.compiled.memory import check_out, in_order, number, numbers
from derive.errors import NotBuiltError

CTYPES: Final[Mapping[Dtype, Any]] = {"float32": ctypes.c_float, "float64": ctypes.c_double}


@dataclass(frozen=True)
class Compiled:
    """A kernel in one number format, called on arrays; in its library it is called `symbol`."""

    kernel: Kernel
    dtype: Dtype
    library: ctypes.CDLL
    symbol: str

    @cached_property
    def pointer(self) -> Any:
        """The function: sizes, then the arguments in order. It is this kernel's own, and never changes.

        Raises NotBuiltError where the library has none.
        """
        value = CTYPES[self.dtype]
        kinds = [ctypes.c_void_p if a.role == "output" or a.shape != "scalar" else value for a in self.kernel.arguments]
        prototype = ctypes.CFUNCTYPE(None, *(ctypes.c_size_t for _ in self.kernel.sizes), *kinds)
        try:
            return prototype((self.symbol, self.library))
        except AttributeError as problem:
            raise NotBuiltError(f"the files have no {self.symbol}: another derive built them") from problem

    def __call__(self, *values: ArrayLike, out: Any = None) -> Any:
        """The kernel's output, in `out` where it is given. Arrays are broadcast together; rows lie along the last axis.

        out: a contiguous array of the kernel's dtype; one of the inputs itself, or apart from them all. A kernel with
        two outputs takes, and returns, a tuple of two, both apart from its inputs.
        Raises TypeError and ValueError for what cannot be read or written; nothing is written then.
        """
        return self.bound(*values, out=out)()

    def bound(self, *values: ArrayLike, out: Any = None) -> Callable[[], Any]:
        """A call with everything settled, as often as it is wanted: raises and answers as calling does."""
        kernel = self.kernel
        arrays = read_values(kernel, self.symbol, values)
        shape = whole_shape(kernel, arrays)
        shapes = shapes_of(shape)
        outs = (out,) if len(kernel.outputs) == 1 else out or (None,) * len(kernel.outputs)
        outs = [self._output(shapes[it.shape], each, arrays) for it, each in zip(kernel.outputs, outs, strict=True)]
        if len(outs) > 1 and any(np.shares_memory(array, each) for array in arrays.values() for each in outs):
            raise ValueError("out: two outputs lie apart from what is read: give arrays of their own")
        given = [
            number(a.name, arrays[a.name])
            if a.shape == "scalar"
            else in_order(arrays[a.name], shapes[a.shape], self.dtype)
            for a in kernel.inputs
        ]
        sizes = (prod(shape[:-1]), shape[-1]) if kernel.row else (prod(shape),)
        passed = [value if isinstance(value, float) else value.ctypes.data for value in given]
        arguments = (*sizes, *passed, *(each.ctypes.data for each in outs))
        result = outs[0] if len(outs) == 1 else tuple(outs)

        def call() -> Any:
            self.pointer(*arguments)
            return result

        call.given = given  # type: ignore[attr-defined]  # addresses do not keep arrays alive
        return call

    def _output(self, shape: tuple[int, ...], given: Any, arrays: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        if given is None:
            return np.empty(shape, self.dtype)
        check_out(given, shape, self.dtype, arrays.values())
        found: NDArray[Any] = given
        return found


def whole_shape(kernel: Kernel, arrays: Mapping[str, NDArray[Any]]) -> tuple[int, ...]:
    """That of all elements together. Raises ValueError where arrays do not fit each other."""
    whole = [arrays[a.name].shape for a in kernel.inputs if a.shape in ("element", "vector")]
    rows = [(*arrays[a.name].shape, 1) for a in kernel.inputs if a.shape == "row"]
    shape = np.broadcast_shapes(*whole, *rows)
    if kernel.row and (not shape or any(part[-1:] != shape[-1:] for part in whole)):
        raise ValueError("rows lie along the last axis, and all have the same length")
    return shape


def shapes_of(shape: tuple[int, ...]) -> Mapping[Shape, tuple[int, ...]]:
    """The shape of an array with one value per element, or row, or call."""
    return {"element": shape, "vector": shape, "row": shape[:-1], "scalar": ()}


def read_values(kernel: Kernel, symbol: str, values: Sequence[ArrayLike]) -> dict[str, NDArray[Any]]:
    """The values by the names of the inputs, as arrays of numbers. Raises TypeError for too many or too few."""
    if len(values) != len(kernel.inputs):
        wanted = ", ".join(argument.name for argument in kernel.inputs)
        raise TypeError(f"{symbol} takes {wanted}: {len(kernel.inputs)} values, not {len(values)}")
    return {a.name: numbers(a.name, value) for a, value in zip(kernel.inputs, values, strict=True)}
