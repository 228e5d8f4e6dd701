"""`load`: a function of a specs file as compiled kernels, called on arrays."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike, NDArray

from derive.codegen.emit import emit
from derive.codegen.kernel import Dtype, Kernel
from derive.codegen.lower import kernels_of
from derive.compiled.compiler import compile_library
from derive.compiled.library import Compiled, read_values
from derive.compiled.memory import common
from derive.errors import DeriveError, did_you_mean, shown
from derive.spec.function import Order
from derive.spec.pages import catalogue, read_specs
from derive.spec.statement import Function
from derive.targets.table import LOADED


@dataclass(frozen=True, repr=False)
class Loaded:
    """A function's compiled kernels. Arrays of float32 go to the float32 kernel, all else to float64."""

    function: Function
    kernels: tuple[Kernel, ...]
    library: ctypes.CDLL

    def __str__(self) -> str:
        stated = repr(self.function).removeprefix("<Function ").removesuffix(">")
        return "\n".join([stated, *(f"  {LOADED.symbol(kernel, 'float64')}" for kernel in self.kernels)])

    def __repr__(self) -> str:
        return f"<Loaded {self.function.name}: {', '.join(dict.fromkeys(kernel.order for kernel in self.kernels))}>"

    def _repr_markdown_(self) -> str:
        return f"```text\n{self}\n```"

    def kernel(self, order: Order, wrt: str = "", dtype: Dtype = "float64") -> Compiled:
        """One kernel; `wrt` as in its name: empty for the first that is differentiated."""
        return self._compiled(self._find(order, wrt), dtype)

    def _compiled(self, kernel: Kernel, dtype: Dtype) -> Compiled:
        return Compiled(kernel, dtype, self.library, LOADED.symbol(kernel, dtype))

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
        arrays = read_values(kernel, LOADED.symbol(kernel, "float64"), values)
        dtype = common(value for a, value in zip(kernel.inputs, values, strict=True) if a.shape != "scalar")
        return self._compiled(kernel, dtype)(*arrays.values(), out=out)

    def _named(self, wrt: str) -> str:
        return "" if wrt == self.function.wrt[0] else wrt


def load(name: str, spec: str | Path | None = None) -> Loaded:
    """A function as compiled kernels to call on arrays; they are compiled at first use.

    name: of a function of the catalogue, or of the specs file.
    spec: a path to a specs file.

    Returns a Loaded: `forward(*inputs, *params)`, `vjp(*inputs, *params, upstream, wrt="")` and `d2(*inputs, *params,
    wrt="")` take arrays of any shape, of which float32 stays float32, and fill `out=` where it is given. Raises
    DeriveError for a name that is not there, and CompilerError, a DeriveError too, where no compiler is.

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
    """These kernels, compiled and loaded."""
    assert LOADED.toolchain is not None
    return Loaded(function, tuple(kernels), compile_library(emit(function, kernels, LOADED), LOADED.toolchain))
