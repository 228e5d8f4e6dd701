"""NumPy: what it calls things. Operations take whole arrays; branches are `where`."""

from __future__ import annotations

import builtins
import sys
from fractions import Fraction
from typing import Final

from derive.backends.base import ARITHMETIC, ATOM, NONE, RECIPROCALS, Backend, Fold, NumberFormat, Op, reciprocal
from derive.backends.base import function as call
from derive.backends.literals import shortest_float64

UFUNCS: Final = {
    **{name: name for name in (
        "exp expm1 exp2 log log1p log2 log10 sqrt cbrt sin cos tan sinh cosh tanh floor abs sign"
    ).split()},
    "ceiling": "ceil",
    **{name: name.replace("a", "arc", 1) for name in ("asin", "acos", "atan", "asinh", "acosh", "atanh")},
}  # fmt: skip
UFUNCS_OF_TWO: Final = {"max": "maximum", "min": "minimum", "pow": "power", "atan2": "arctan2", "hypot": "hypot"}

OPERATIONS: Final[dict[str, Op]] = {
    **ARITHMETIC,
    **{head: call(f"np.{name}") for head, name in UFUNCS.items()},
    **{head: reciprocal("1.0", f"np.{name}") for head, name in RECIPROCALS.items()},
    **{head: call(f"np.{name}", 2) for head, name in UFUNCS_OF_TWO.items()},
    "erf": call("_erf", helper="erf"),
    "erfc": call("_erfc", helper="erfc"),
    "expdiff": call("_exp_difference", 2, helper="exp_difference"),
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
