"""Seven wrong gradients, and what is said of each: by a gradient checker, by proof, and by measurement.

`python tests/faults.py` prints the README's table. The checker is the rule of `torch.autograd.gradcheck` with its
defaults: central differences with a step of 1e-6, in float64, held to 1e-5 + 1e-3 |value|, at 200 normal inputs.
"""

from __future__ import annotations

import inspect
import tempfile
import textwrap
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from math import erf
from pathlib import Path
from typing import Any

import numpy as np

import derive
from derive.codegen.target import SourceFile
from derive.proof.verdict import Proof
from derive.spec.pages import read_specs
from derive.spec.statement import Function
from derive.tree.build import make
from derive.verify import verify

POINTS = 2**12
SPECS = Path(__file__).with_name("fault_specs.py")
ERF = np.vectorize(erf, otypes=[float])  # of arrays; `erf` in the gradients is Python's, whose meaning is known


def gelu_by_tanh(x):
    u = np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
    slope = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x**2)
    return (1 + np.tanh(u)) / 2 + x / 2 * (1 - np.tanh(u) ** 2) * slope


def four_digits(x):
    return (1 + erf(x / np.sqrt(2))) / 2 + x * 0.3989 * np.exp(-x * x / 2)


def tail_cut(x):
    slope = (1 + erf(x / np.sqrt(2))) / 2 + x * np.exp(-x * x / 2) / np.sqrt(2 * np.pi)
    return np.where(x < -6, 0, slope)


def overflowing(x):
    return np.exp(x) / (1 + np.exp(x)) ** 2


def cancelling(x):
    return 1 - np.tanh(x) ** 2


def at_the_kink(x):
    return np.where((x >= 0) & (x <= 6), 1.0, 0.0)


def off_everywhere(x):
    return 1.0005 * (1 - np.tanh(x) ** 2)


@dataclass(frozen=True)
class Fault:
    what: str
    of: str
    gradient: Callable[[Any], Any]
    checked_in: type = np.float64


FAULTS = (
    Fault("tanh-GELU's gradient for erf-GELU's", "gelu", gelu_by_tanh),
    Fault("1/sqrt(2 pi) as 0.3989", "gelu", four_digits),
    Fault("the tail below -6 cut to 0", "gelu", tail_cut),
    Fault("e^x/(1 + e^x)^2, NaN above 710", "sigmoid", overflowing),
    Fault("1 - tanh^2 in float32", "tanh", cancelling, np.float32),
    Fault("the value at relu6's kinks", "relu6", at_the_kink),
    Fault("5e-4 off everywhere", "tanh", off_everywhere),
)
FORWARDS: dict[str, Callable[[Any], Any]] = {
    "gelu": lambda x: x * (1 + ERF(x / np.sqrt(2))) / 2,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "relu6": lambda x: np.minimum(np.maximum(x, 0), 6),
}


@cache
def made(name: str) -> tuple[Function, SourceFile]:
    """A function with the forms of its kernels, and its NumPy module."""
    (stated,) = (function for function in read_specs(SPECS) if function.name == name)
    found = make(stated)
    (file,) = (file for file in found.files if file.path.startswith("numpy/"))
    return replace(found.function, locked=found.entries), file


def on_arrays(gradient: Callable[[Any], Any]) -> Callable[[Any], Any]:
    assert isinstance(gradient, types.FunctionType)
    return types.FunctionType(gradient.__code__, {**gradient.__globals__, "erf": ERF})


def gradcheck(fault: Fault) -> bool:
    """Whether the checker lets the fault pass."""
    x = np.random.default_rng(0).standard_normal(200)
    forward, step = FORWARDS[fault.of], 1e-6
    numerical = (forward(x + step) - forward(x - step)) / (2 * step)
    analytical = on_arrays(fault.gradient)(x.astype(fault.checked_in)).astype(np.float64)
    return bool(np.all(np.abs(analytical - numerical) <= 1e-5 + 1e-3 * np.abs(numerical)))


def proof_of(fault: Fault) -> Proof:
    """Whether the code's formula is the derivative; rounding is not looked at."""
    formula = derive.trace(fault.gradient)
    proof = derive.prove(made(fault.of)[0].body, "x", formula)
    assert isinstance(proof, Proof)
    return proof


def measured(fault: Fault, folder: Path) -> Iterator[str]:
    """What `derive verify` finds in the code, run in place of the generated vjp."""
    function, file = made(fault.of)
    source = textwrap.dedent(inspect.getsource(fault.gradient))
    swapped = f"{source}\n\ndef {function.name}_vjp(x, gy, *, out=None):\n    x, gy = np.asarray(x), np.asarray(gy)\n"
    swapped += f"    value = np.asarray(gy * {fault.gradient.__name__}(x), x.dtype)\n"
    swapped += "    return value if out is None else np.copyto(out, value) or out\n"
    path = folder / file.path
    path.parent.mkdir(parents=True)
    path.write_text(f"{file.text}\n\nerf = lambda x: np.vectorize(math.erf)(x)\n\n{swapped}", encoding="utf-8")
    report = verify([function], folder, POINTS, targets=["numpy"], processes=1)
    for kernel in report.kernels:
        if kernel.order == "vjp" and not kernel.held:
            yield from kernel.problems()


HEAD = (
    "| fault | gradcheck | `derive prove`: is the formula right? | `derive verify`: does the code compute it? |",
    "|---|---|---|---|",
)


def row(fault: Fault, proof: Proof, is_broken: bool) -> str:
    gap = f", off by {proof.gap:.0e}" if proof.gap else ""
    almost = ", almost everywhere" if proof.almost_everywhere else ""
    passes = "passes" if gradcheck(fault) else "caught"
    return f"| {fault.what} | {passes} | {proof.verdict}{almost}{gap} | {'BROKEN' if is_broken else 'held'} |"


def table() -> Iterator[str]:
    yield from HEAD
    for fault in FAULTS:
        with tempfile.TemporaryDirectory() as folder:
            yield row(fault, proof_of(fault), any(measured(fault, Path(folder))))


if __name__ == "__main__":
    print("\n".join(table()))
