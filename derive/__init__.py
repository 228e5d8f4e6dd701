"""derive: state a function once; get a proved gradient, a readable derivation, accurate kernels."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derive.spec import Accuracy, Spec

__version__ = "0.1.0"

# Where each public name lives; loaded at first use, so that `import derive` stays quick.
_HOMES = {
    **dict.fromkeys(("Spec", "Accuracy"), "derive.spec"),
    "catalogue": "derive.pages",
    "trace": "derive.code.trace",
    "trace_c": "derive.code.c_reader",
    "prove": "derive.proof.api",
    "differentiate": "derive.derivation",
    "stabilise": "derive.search.api",
    "load": "derive.runtime",
    **dict.fromkeys(("real", "positive", "size", "index", "vector"), "derive.notation.symbols"),
    **dict.fromkeys(("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf", "erfc"), "sympy"),
    **dict.fromkeys(("Max", "Min", "Abs", "sign", "Piecewise", "Sum", "KroneckerDelta", "Rational", "pi"), "sympy"),
}

__all__ = ["Accuracy", "Spec", "__version__"]  # the rest by _HOMES


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"derive has no {name!r}")
    found = globals()[name] = getattr(importlib.import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
