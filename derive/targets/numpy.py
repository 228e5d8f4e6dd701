"""NumPy: what it calls things, how modules are run, and read. Operations take whole arrays; branches are `where`."""

from __future__ import annotations

import builtins
import importlib.util
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np

from derive.code.kernels import constants_of, of_an_element
from derive.code.trace import run
from derive.code.tracer import array, elementwise
from derive.codegen.kernel import Kernel, Variant
from derive.codegen.literals import shortest_float64
from derive.codegen.target import (
    ARITHMETIC,
    ATOM,
    NONE,
    Call,
    Fold,
    NumberFormat,
    Op,
    Read,
    Runner,
    SourceFile,
    Target,
    existing,
    functions,
)
from derive.codegen.target import (
    function as call,
)
from derive.elementary.table import ERRORS, HOLDS, column
from derive.paths import templates_folder
from derive.term import Term, substitute, symbol

HELPERS: Final = [
    helper for helper in column("helper").values() if (templates_folder() / "numpy" / f"_{helper}.j2").is_file()
]

OPERATIONS: Final[dict[str, Op]] = {
    **ARITHMETIC,
    **functions("numpy", "np.{}".format, "1.0", "_{}".format, HELPERS),
    "pow": call("np.power", 2),
    # & and | bind more tightly than comparisons.
    "and": Op("{} & {}", NONE, (ATOM, ATOM)),
    "or": Op("{} | {}", NONE, (ATOM, ATOM)),
    "not": call("np.logical_not"),
    "true": Op("True"),
    "false": Op("False"),
    "cases": call("_chosen", 3, "chosen"),
}


def _literal(value: Fraction) -> str:
    return shortest_float64(float(value))


def _in_docstring(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', "'")


# Running: a module, imported from its file


def _imported(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _load(out_dir: Path, kernel: Kernel, variant: Variant) -> Call:
    existing(out_dir, TARGET.name, kernel, ".py")
    path = out_dir / TARGET.name / f"{kernel.function}.py"
    found: Call = getattr(_imported(path, f"derive_generated_{path.stem}"), TARGET.symbol(kernel, variant))
    return found


def _flags(call: Callable[[], object]) -> frozenset[str]:
    raised: set[str] = set()
    with np.errstate(all="call", under="ignore", call=lambda kind, _: raised.add(kind)):
        call()
    return frozenset(raised)


# Reading: a module whose helpers say what they mean, run on symbols

WORDS: Final[Mapping[str, Any]] = {
    "_arrays": lambda *values, out: (None, (), *values),
    "_rows": lambda arrays, per_row=(), *, out: (None, (), *arrays, *(value[..., None] for value in per_row)),
    "_result": lambda value, *_: value,
    "_in_blocks": lambda compute, values, out: compute(*values),
    "_chosen": np.where,
    "_row_sum": lambda values: np.sum(values, axis=-1, keepdims=True),
    "_exp_difference": lambda a, b: np.exp(a - b),
    "_erf": lambda x: elementwise("erf", x),
    "_erfc": lambda x: elementwise("erfc", x),
    "_loggamma": lambda x: elementwise("loggamma", x),
    "_number": lambda value: value,
    **{f"_{name}": lambda a, b: 0 * (a + b) for name in ERRORS},
    **{f"_{name}": lambda a, b: a + 0 * b for name in HOLDS},
}


def _module(file: SourceFile) -> ModuleType:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(file.path).name
        path.write_text(file.text, encoding="utf-8")
        module = _imported(path, f"derive_read_{path.stem}")
    vars(module).update(WORDS)
    return module


def _read(files: Sequence[SourceFile], kernel: Kernel, variants: Sequence[Variant]) -> Iterator[Read]:
    """One kernel serves all number formats."""
    name = TARGET.symbol(kernel, variants[0])
    for file in files:
        if file.path.endswith(".py"):
            yield Read(file.path, name, _formula(kernel, _module(file), name))


def _formula(kernel: Kernel, module: ModuleType, name: str) -> Term:
    length = symbol(kernel.element.size)
    spread = ("element", "vector")
    given = {a.name: array(a.name, (length,) if a.shape in spread else ()) for a in kernel.inputs}
    traced = run(getattr(module, name), given, constants_of(kernel))
    if kernel.row is not None:
        here = {symbol(index): symbol(kernel.element.index) for index in traced.indices}
        return substitute(traced.formula, here)
    return of_an_element(kernel, traced.formula, traced.indices[0] if traced.indices else None)


TARGET: Final = Target(
    name="numpy",
    title="NumPy",
    default=True,
    loops=False,
    formats=(
        NumberFormat(
            variants=("float32", "float64"),
            symbol="{stem}",
            literal=_literal,
            constants={"oo": "np.inf", "nan": "np.nan"},
            operations=OPERATIONS,
            folds={
                ("maximum", "vector"): Fold(
                    after=("{name} = np.max({value}, axis=-1, keepdims=True, initial=-np.inf)",)
                ),
                ("sum", "vector"): Fold(after=("{name} = _row_sum({value})",), helpers=("row_sum",)),
                ("sum", "element"): Fold(after=("{name} = np.sum({value}, dtype=np.float64)",)),
            },
            assign="{name} = {value}",
            ulp=8.0,
            pairs=True,
        ),
    ),
    load={"element": "{name}", "vector": "{name}", "row": "{name}", "scalar": "{name}"},
    declare=dict.fromkeys(("element", "vector", "row", "scalar"), "{name}"),
    outputs={"element": "_shape", "vector": "_shape", "row": "_shape[:-1]", "scalar": "()"},
    store={
        "element": "return {value}",
        "vector": "result = {value}",
        "row": "result = ({value})[..., 0]",
        "scalar": "result = {value}",
    },
    meaning={
        "element": "an array of any shape",
        "vector": "an array whose rows lie along its last axis",
        "row": "an array without that axis: one value a row",
        "scalar": "a number",
    },
    size="{name}",
    size_value="{vector}.shape[-1]",
    reserved=frozenset({"np", "compute", "out"}),
    # A file next to a program is imported before the module of its name, by NumPy too.
    reserved_functions=frozenset({"np", "numpy", *sys.stdlib_module_names, *dir(builtins)}),
    comment=_in_docstring,
    opening="\ndef ",
    runner=Runner(_load, _flags, arrays=True),
    reader=_read,
)
