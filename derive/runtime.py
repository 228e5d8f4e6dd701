"""`load`: a function of a specs file as compiled kernels, called on arrays as ufuncs are."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, cached_property
from math import prod
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from derive.codegen.emit import emit, render
from derive.codegen.kernel import FAST, VARIANTS, Dtype, Kernel, Variant
from derive.codegen.lower import every_kernel_of
from derive.codegen.target import SourceFile
from derive.compiled.compiler import compile_library
from derive.compiled.library import Compiled, read_values, shapes_of, whole_shape
from derive.compiled.memory import check_out, common, number, together
from derive.compiled.ufuncs import ufunc
from derive.errors import DeriveError, did_you_mean, shown
from derive.proof.bulk import usable_cores
from derive.spec.pages import catalogue, read_specs
from derive.spec.statement import Function
from derive.targets.table import LOADED

LARGE: Final = 2**18  # elements of an output, from which on threads share the work
NDARRAY: Final = np.ndarray  # by itself, as what follows: looked up in every call
FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)
Array = NDArray[Any]


@dataclass(frozen=True, repr=False)
class Loaded:
    """A function's compiled kernels, each a ufunc underneath: arrays are broadcast and may have any strides;
    float16 and float32 stay what they are, all else is float64. A float16 is rounded once, from float64.

    Calling it gives the function's value. fast: whether float32 is computed by the quicker kernels, to a few ulp.
    """

    function: Function
    kernels: tuple[Kernel, ...]
    library: Any
    fast: bool = False
    calls: dict[tuple[str, str], Callable[..., Any]] = field(default_factory=dict, compare=False)

    def __reduce__(self) -> Any:
        return load_kernels, (self.function, self.kernels, self.fast)

    def __str__(self) -> str:
        stated = repr(self.function).removeprefix("<Function ").removesuffix(">")
        return "\n".join([stated, *(f"  {LOADED.symbol(kernel, 'float64')}" for kernel in self.kernels)])

    def __repr__(self) -> str:
        fast = ", fast" if self.fast else ""
        return f"<Loaded {self.function.name}: {', '.join(dict.fromkeys(it.order for it in self.kernels))}{fast}>"

    def _repr_markdown_(self) -> str:
        return f"```text\n{self}\n```"

    def __call__(self, first: ArrayLike, *more: ArrayLike, out: Array | None = None) -> Any:
        """The function's value: inputs, then parameters."""
        if more or out is not None or type(first) is not NDARRAY:
            return self._forward(first, *more, out=out)
        if (first.dtype is FLOAT32 or first.dtype is FLOAT64) and first.size < LARGE:
            return self._quick(first)
        return self._forward(first)

    def forward(self, *values: ArrayLike, out: Array | None = None) -> Any:
        """As calling it."""
        return self._forward(*values, out=out)

    @cached_property
    def _quick(self) -> Callable[..., Any]:
        """What computes the value of one small array, with nothing between: a call takes less than a microsecond."""
        return found.compute if isinstance(found := self._forward, UfuncCall) and found.is_unary else found

    @cached_property
    def _forward(self) -> Callable[..., Any]:
        return self._of("forward", "")

    def vjp(self, *values: ArrayLike, wrt: str = "", out: Array | None = None) -> Any:
        """The vector-Jacobian product: inputs, parameters, then the upstream gradient."""
        return self._of("vjp", wrt)(*values, out=out)

    def d2(self, *values: ArrayLike, wrt: str = "", out: Array | None = None) -> Any:
        """The second derivative, element by element: inputs, then parameters.

        Raises DeriveError where there is none: of rows, in a parameter, or where it, or the first, jumps.
        """
        return self._of("d2", wrt)(*values, out=out)

    def with_derivative(self, *values: ArrayLike, wrt: str = "", out: tuple[Array, Array] | None = None) -> Any:
        """The value and the derivative, element by element, from one pass: a gradient is then one product.

        Raises DeriveError for a function of rows.
        """
        return self._of("with_derivative", wrt)(*values, out=out)

    def kernel(self, order: str, wrt: str = "", dtype: Dtype = "float64") -> Compiled:
        """One kernel on contiguous memory; `wrt` as in its name: empty for the first that is differentiated."""
        if dtype not in _variants(self.fast):
            raise DeriveError(f"there is no kernel of {dtype}: there are {', '.join(_variants(self.fast))}")
        found = self._find(order, wrt)
        return Compiled(found, dtype, self.library, LOADED.symbol(found, _variants(self.fast)[dtype]))

    def _find(self, order: str, wrt: str) -> Kernel:
        named = "" if wrt == self.function.wrt[0] else wrt
        for kernel in self.kernels:
            if (kernel.order, kernel.wrt) == (order, named):
                return kernel
        raise DeriveError(f"{self.function.name} has no {order} kernel{f' in {wrt}' if wrt else ''}")

    def _of(self, order: str, wrt: str) -> Callable[..., Any]:
        if (order, wrt) not in self.calls:
            self.calls[order, wrt] = self._made(self._find(order, wrt))
        return self.calls[order, wrt]

    def _made(self, kernel: Kernel) -> Callable[..., Any]:
        if kernel.output.shape == "scalar":
            return self._summed(kernel)
        symbols = {dtype: LOADED.symbol(kernel, variant) for dtype, variant in _variants(self.fast).items()}
        loops = {dtype: getattr(self.library, f"{symbol}_loop") for dtype, symbol in symbols.items()}
        return UfuncCall(kernel, ufunc(kernel, kernel.stem, loops))

    def _summed(self, kernel: Kernel) -> Callable[..., Any]:
        def call(*values: ArrayLike, out: Array | None = None) -> Any:
            read_values(kernel, kernel.stem, values)
            dtype = common(value for a, value in zip(kernel.inputs, values, strict=True) if a.shape != "scalar")
            return self.kernel(kernel.order, kernel.wrt, dtype)(*values, out=out)

        return call


@cache
def _variants(fast: bool) -> Mapping[Dtype, Variant]:
    return {VARIANTS[it]: it for it in LOADED.variants if VARIANTS[it] == "float64" or (it in FAST) == fast}


class UfuncCall:
    """A ufunc that is given what it can compute with, and shares large arrays among threads."""

    def __init__(self, kernel: Kernel, compute: np.ufunc) -> None:
        self.kernel, self.compute = kernel, compute
        self.is_unary = [argument.shape for argument in kernel.inputs] == ["element"]

    def __call__(self, *values: ArrayLike, out: Any = None) -> Any:
        kernel = self.kernel
        arrays = read_values(kernel, kernel.stem, values)
        shape = whole_shape(kernel, arrays)
        kind = together(value for a, value in zip(kernel.inputs, values, strict=True) if a.shape != "scalar")
        dtype = kind if kind in (np.float16, np.float32) else np.dtype(np.float64)
        outs = self._outs(out, shape, dtype, arrays)
        if dtype == np.float16:  # computed in float64, and rounded once
            return _rounded(self.compute(*self._given(arrays, np.dtype(np.float64))), dtype, outs)
        given = self._given(arrays, dtype)
        is_split = len(shape) > (1 if kernel.row else 0)  # along its first axis, which is none inside a row
        if is_split and prod(shape) >= LARGE and usable_cores() > 1:
            return self._shared(given, shape, dtype, outs)
        return self.compute(*given) if outs is None else self.compute(*given, out=outs)

    def _given(self, arrays: Mapping[str, Array], dtype: np.dtype[Any]) -> list[Any]:
        return [
            number(a.name, arrays[a.name])
            if a.shape == "scalar"
            else _side_by_side(self.kernel, arrays[a.name].astype(dtype, copy=False))
            for a in self.kernel.inputs
        ]

    def _outs(self, out: Any, shape: tuple[int, ...], dtype: np.dtype[Any], arrays: Mapping[str, Array]) -> Any:
        """The outputs that are given, each fit to be written to; none for None."""
        if out is None:
            return None
        outs = out if isinstance(out, tuple) else (out,)
        if len(outs) != len(self.kernel.outputs):
            raise ValueError(f"out: give {len(self.kernel.outputs)} arrays, not {len(outs)}")
        for place, (argument, given) in enumerate(zip(self.kernel.outputs, outs, strict=True)):
            check_out(given, shapes_of(shape)[argument.shape], dtype.name, arrays.values())
            if any(np.shares_memory(given, other) for other in outs[:place]):
                raise ValueError("out: two outputs share memory: give arrays of their own")
        return outs

    def _shared(self, given: Sequence[Any], shape: tuple[int, ...], dtype: np.dtype[Any], outs: Any) -> Any:
        """By threads, each of which takes a part of the first axis."""
        made = outs or tuple(np.empty(shapes_of(shape)[it.shape], dtype) for it in self.kernel.outputs)
        whole = [
            np.broadcast_to(value, shapes_of(shape)[it.shape]) if it.shape != "scalar" else value
            for it, value in zip(self.kernel.inputs, given, strict=True)
        ]
        ends = np.linspace(0, shape[0], usable_cores() + 1).astype(int)

        def part(first: int, end: int) -> None:
            own = [value[first:end] if isinstance(value, np.ndarray) else value for value in whole]
            self.compute(*own, out=tuple(array[first:end] for array in made))

        try:
            list(_threads(os.getpid()).map(part, ends[:-1], ends[1:]))
        except RuntimeError:  # Python is ending, and starts no thread any more
            part(0, shape[0])
        return made if len(made) > 1 else made[0]


def _rounded(results: Any, dtype: np.dtype[Any], outs: Any) -> Any:
    found = results if isinstance(results, tuple) else (results,)
    with np.errstate(over="ignore", under="ignore"):
        rounded = tuple(np.asarray(part).astype(dtype)[()] for part in found)
    for part, out in zip(rounded, outs or (), strict=False):
        out[...] = part
    made = outs or rounded
    return made if len(made) > 1 else made[0]


@cache
def _threads(process: int) -> ThreadPoolExecutor:
    """Those of this process: a fork has none of its parent's."""
    return ThreadPoolExecutor(usable_cores(), thread_name_prefix="derive")


def _side_by_side(kernel: Kernel, array: Array) -> Array:
    """`array`, the values of each row one after the other."""
    is_spread = kernel.row is not None and array.ndim and array.strides[-1] != array.itemsize
    return np.ascontiguousarray(array) if is_spread else array


def load(name: str, spec: str | Path | None = None, fast: bool = False) -> Loaded:
    """A function as compiled kernels to call on arrays; they are compiled at first use.

    name: of a function of the catalogue, or of the specs file.
    spec: a path to a specs file.
    fast: whether float32 is computed in float32, to a few ulp; else it is correctly rounded, or nearly.

    Returns a Loaded, called with `*inputs, *params`: its value. `vjp(*inputs, *params, upstream, wrt="")`,
    `d2(*inputs, *params, wrt="")` and `with_derivative(*inputs, *params, wrt="")` take arrays of any shape and strides,
    of which float16 and float32 stay so, and fill a contiguous `out=` where it is given. Raises DeriveError for a name
    that is not there, and CompilerError, a DeriveError too, where no compiler is.

    >>> sigmoid = derive.load("sigmoid")
    >>> sigmoid([0.0, 800.0]).tolist()
    [0.5, 1.0]
    >>> sigmoid.vjp([0.0], [1.0]).tolist()
    [0.25]
    """
    known = {function.name: function for function in (catalogue() if spec is None else read_specs(Path(spec)))}
    if not isinstance(name, str) or name not in known:
        like = did_you_mean(name, known) if isinstance(name, str) else ": write a name, as text"
        raise DeriveError(f"there is no function {shown(repr(name))}{like}; there are {', '.join(known)}")
    return load_kernels(known[name], every_kernel_of(known[name]), fast)


def load_kernels(function: Function, kernels: Sequence[Kernel], fast: bool = False) -> Loaded:
    """These kernels, compiled and loaded."""
    assert LOADED.toolchain is not None
    sources = [*emit(function, kernels, LOADED), _loops(function, kernels)]
    return Loaded(function, tuple(kernels), compile_library(sources, LOADED.toolchain), fast)


def _loops(function: Function, kernels: Sequence[Kernel]) -> SourceFile:
    """The inner loops of ufuncs, which a library has beside the kernels."""
    assert LOADED.toolchain is not None
    told = [
        {
            "symbol": LOADED.symbol(kernel, variant),
            "type": LOADED.format(variant).names["type"],
            "by_row": kernel.row is not None,
            "outputs": len(kernel.outputs),
            "operands": [
                {"shape": it.shape, "output": it.role == "output", "place": place}
                for place, it in enumerate(kernel.arguments)
            ],
        }
        for kernel in kernels
        if kernel.output.shape != "scalar"
        for variant in LOADED.variants
    ]
    text = render(f"{LOADED.name}/ufuncs{LOADED.toolchain.ending}.j2", {"name": function.name, "kernels": told})
    return SourceFile(f"{LOADED.name}/{function.name}_ufuncs{LOADED.toolchain.ending}", text)
