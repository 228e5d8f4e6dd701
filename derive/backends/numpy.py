"""NumPy: what it calls things. Operations take whole arrays; branches are `where`."""

from __future__ import annotations

import builtins
import sys
from fractions import Fraction
from typing import Final

from derive.backends.base import ARITHMETIC, ATOM, NONE, Backend, Fold, NumberFormat, Op, functions
from derive.backends.base import function as call
from derive.backends.literals import shortest_float64

HELPERS: Final = ("erf", "erfc", "exp_difference")

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
    "cases": call("np.where", 3),
}


def _literal(value: Fraction) -> str:
    return shortest_float64(float(value))


def _in_docstring(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', "'")


NUMPY: Final = Backend(
    name="numpy",
    loops=False,
    formats=(
        NumberFormat(
            dtypes=("float32", "float64"),
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
        ),
    ),
    load={"element": "{name}", "vector": "{name}", "row": "{name}", "scalar": "{name}"},
    declare=dict.fromkeys(("element", "vector", "row", "scalar"), "{name}"),
    outputs={"element": "shape", "vector": "shape", "row": "shape[:-1]", "scalar": "()"},
    store={
        "element": "result = {value}",
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
    reserved=frozenset({"np", "dtype", "shape", "out"}),
    # A file next to a program is imported before the module of its name, by NumPy too.
    reserved_functions=frozenset({"np", "numpy", *sys.stdlib_module_names, *dir(builtins)}),
    comment=_in_docstring,
)
