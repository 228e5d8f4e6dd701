"""derive: state a function once; get a proved gradient, a readable derivation, accurate kernels.

>>> derive.prove("x**2", "x", "2*x").holds()
True

prove          is this formula the derivative of that one, under these hypotheses?
prove_claims   the same of many claims, as JSON
differentiate  a derivative step by step
stabilise      the form of a formula that a machine should evaluate
audit          the derivations of a document, read back line by line
load           a function as compiled kernels on arrays
trace, trace_c code as a formula
Spec, Accuracy what a specs file states; real, positive, size, index and vector are its symbols, exp, log, .. SymPy's
catalogue      the functions that derive carries

Everything that derive refuses is told by a DeriveError.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # `typing` takes a while to load, in which Ctrl-C is not looked after
if TYPE_CHECKING:
    from typing import Any

    from sympy import (
        Abs,
        KroneckerDelta,
        Max,
        Min,
        Piecewise,
        Rational,
        Sum,
        cos,
        cosh,
        erf,
        erfc,
        exp,
        log,
        pi,
        sign,
        sin,
        sinh,
        sqrt,
        tan,
        tanh,
    )  # fmt: skip

    from derive.code.c_reader import trace_c
    from derive.code.trace import trace
    from derive.derivation.chain import Derivation, differentiate
    from derive.errors import DeriveError, FormulaError, SpecError, UnsupportedError
    from derive.notation.symbols import index, positive, real, size, vector
    from derive.proof.api import prove
    from derive.proof.bulk import prove_claims
    from derive.proof.verdict import Proof, Verdict, Witness
    from derive.review.api import audit
    from derive.review.report import Audit
    from derive.runtime import Loaded, load
    from derive.spec.pages import catalogue
    from derive.spec.statement import Accuracy, Function, Spec
    from derive.stabilisation.api import stabilise
    from derive.stabilisation.found import Found

__version__ = "0.1.0"

# Where each public name lives; loaded at first use, so that `import derive` stays quick.
_HOMES = {
    **dict.fromkeys(("Spec", "Accuracy", "Function"), "derive.spec.statement"),
    "catalogue": "derive.spec.pages",
    "trace": "derive.code.trace",
    "trace_c": "derive.code.c_reader",
    "prove": "derive.proof.api",
    "prove_claims": "derive.proof.bulk",
    **dict.fromkeys(("Proof", "Verdict", "Witness"), "derive.proof.verdict"),
    **dict.fromkeys(("differentiate", "Derivation"), "derive.derivation.chain"),
    "stabilise": "derive.stabilisation.api",
    "Found": "derive.stabilisation.found",
    "audit": "derive.review.api",
    "Audit": "derive.review.report",
    **dict.fromkeys(("load", "Loaded"), "derive.runtime"),
    **dict.fromkeys(("DeriveError", "FormulaError", "SpecError", "UnsupportedError"), "derive.errors"),
    **dict.fromkeys(("real", "positive", "size", "index", "vector"), "derive.notation.symbols"),
    **dict.fromkeys(("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf", "erfc"), "sympy"),
    **dict.fromkeys(("Max", "Min", "Abs", "sign", "Piecewise", "Sum", "KroneckerDelta", "Rational", "pi"), "sympy"),
}

__all__ = [
    "Abs", "Accuracy", "Audit", "Derivation", "DeriveError", "FormulaError", "Found", "Function", "KroneckerDelta",
    "Loaded", "Max", "Min", "Piecewise", "Proof", "Rational", "Spec", "SpecError", "Sum", "UnsupportedError", "Verdict",
    "Witness", "__version__", "audit", "catalogue", "cos", "cosh", "differentiate", "erf", "erfc", "exp", "index",
    "load", "log", "pi", "positive", "prove", "prove_claims", "real", "sign", "sin", "sinh", "size", "sqrt",
    "stabilise", "tan", "tanh", "trace", "trace_c", "vector",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"derive has no {name!r}")
    found = globals()[name] = getattr(importlib.import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
