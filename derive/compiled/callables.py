"""C kernels as callables on NumPy arrays. Several threads may call at once."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from derive.backends import C
from derive.compiled.compiler import compile_library, find_compiler
from derive.compiled.memory import check_out, common, in_order, number, numbers
from derive.emit import emit
from derive.errors import CompilerError, DeriveError, did_you_mean, shown
from derive.kernel import Dtype, Kernel, Order
from derive.lower import kernels_of
from derive.spec.pages import catalogue, read_specs
from derive.spec.statement import Function

__all__ = [
    "Compiled",
    "CompilerError",
    "Loaded",
    "compile_library",
    "find_compiler",
    "load",
    "load_kernels",
]

CTYPES: Final[Mapping[Dtype, Any]] = {"float32": ctypes.c_float, "float64": ctypes.c_double}


@dataclass(frozen=True)
class Compiled:
    """A C kernel in one number format, called on NumPy arrays."""

    kernel: Kernel
    dtype: Dtype
    library: ctypes.CDLL

    @cached_property
    def pointer(self) -> Any:
        """The C function: sizes, then the arguments in order. It is this kernel's own, and never changes."""
        value = CTYPES[self.dtype]
        kinds = [ctypes.c_void_p if a.role == "output" or a.shape != "scalar" else value for a in self.kernel.arguments]
        prototype = ctypes.CFUNCTYPE(None, *(ctypes.c_size_t for _ in self.kernel.sizes), *kinds)
        return prototype((self.kernel.variant(self.dtype).symbol, self.library))

    def __call__(self, *values: ArrayLike, out: NDArray[Any] | None = None) -> NDArray[Any]:
        """The kernel's output, in `out` where it is given. Arrays are broadcast together; rows lie along the last axis.

        out: a contiguous array of the kernel's dtype; one of the inputs itself, or apart from them all.
        Raises TypeError and ValueError for what cannot be read or written; nothing is written then.
        """
        kernel = self.kernel
        arrays = _read(kernel, self.dtype, values)
        shape = self._shape(arrays)
        shapes = {"element": shape, "vector": shape, "row": shape[:-1], "scalar": ()}
        if out is None:
            out = np.empty(shapes[kernel.output.shape], self.dtype)
        else:
            check_out(out, shapes[kernel.output.shape], self.dtype, arrays.values())
        given = [
            number(a.name, arrays[a.name])
            if a.shape == "scalar"
            else in_order(arrays[a.name], shapes[a.shape], self.dtype)
            for a in kernel.inputs
        ]
        sizes = (prod(shape[:-1]), shape[-1]) if kernel.row else (prod(shape),)
        passed = [value if isinstance(value, float) else value.ctypes.data for value in given]
        self.pointer(*sizes, *passed, out.ctypes.data)
        return out

    def _shape(self, arrays: Mapping[str, NDArray[Any]]) -> tuple[int, ...]:
        whole = [arrays[a.name].shape for a in self.kernel.inputs if a.shape in ("element", "vector")]
        rows = [(*arrays[a.name].shape, 1) for a in self.kernel.inputs if a.shape == "row"]
        shape = np.broadcast_shapes(*whole, *rows)
        if self.kernel.row and (not shape or any(part[-1:] != shape[-1:] for part in whole)):
            raise ValueError("rows lie along the last axis, and all have the same length")
        return shape


def _read(kernel: Kernel, dtype: Dtype, values: Sequence[ArrayLike]) -> dict[str, NDArray[Any]]:
    """The values by the names of the inputs, as arrays of numbers."""
    if len(values) != len(kernel.inputs):
        wanted = ", ".join(argument.name for argument in kernel.inputs)
        raise TypeError(
            f"{kernel.variant(dtype).symbol} takes {wanted}: {len(kernel.inputs)} values, not {len(values)}"
        )
    return {a.name: numbers(a.name, value) for a, value in zip(kernel.inputs, values, strict=True)}


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
        return Compiled(self._find(order, wrt), dtype, self.library)

    def _find(self, order: Order, wrt: str) -> Kernel:
        for kernel in self.kernels:
            if (kernel.order, kernel.wrt) == (order, wrt):
                return kernel
        raise DeriveError(f"{self.function.name} has no {order} kernel{f' in {wrt}' if wrt else ''}")

    def forward(self, *values: ArrayLike, out: NDArray[Any] | None = None) -> NDArray[Any]:
        """The function's value: inputs, then parameters."""
        return self._call("forward", "", values, out)

    def vjp(self, *values: ArrayLike, wrt: str = "", out: NDArray[Any] | None = None) -> NDArray[Any]:
        """The vector-Jacobian product: inputs, parameters, then the upstream gradient."""
        return self._call("vjp", self._named(wrt), values, out)

    def d2(self, *values: ArrayLike, wrt: str = "", out: NDArray[Any] | None = None) -> NDArray[Any]:
        """The second derivative, element by element: inputs, then parameters.

        Raises DeriveError where there is none: of rows, in a parameter, or where it, or the first, jumps.
        """
        return self._call("d2", self._named(wrt), values, out)

    def _call(self, order: Order, wrt: str, values: Sequence[ArrayLike], out: NDArray[Any] | None) -> NDArray[Any]:
        kernel = self._find(order, wrt)
        arrays = _read(kernel, "float64", values)
        dtype = common(value for a, value in zip(kernel.inputs, values, strict=True) if a.shape != "scalar")
        return Compiled(kernel, dtype, self.library)(*arrays.values(), out=out)

    def _named(self, wrt: str) -> str:
        return "" if wrt == self.function.wrt[0] else wrt


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
    if not isinstance(name, str) or name not in known:
        like = did_you_mean(name, known) if isinstance(name, str) else ": write a name, as text"
        raise DeriveError(f"there is no function {shown(repr(name))}{like}; there are {', '.join(known)}")
    return load_kernels(known[name], kernels_of(known[name]))


def load_kernels(function: Function, kernels: Sequence[Kernel]) -> Loaded:
    """The C of these kernels, compiled and loaded."""
    return Loaded(function, tuple(kernels), compile_library(emit(function, kernels, C)))
