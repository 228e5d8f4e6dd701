"""`stabilise`: a formula in, its evaluation form out."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Union

from derive.errors import DeriveError, of_field, shown
from derive.notation.text import read_text
from derive.spec.domain import read_domain
from derive.stabilisation.found import Found
from derive.stabilisation.search import find
from derive.term import Term
from derive.values.formats import FORMATS

if TYPE_CHECKING:
    import sympy

Formula = Union[str, Term, "sympy.Expr"]


def stabilise(
    formula: Formula,
    dtype: str = "float64",
    everyday: tuple[float, float] | None = None,
    assume: str | Iterable[str] = (),
) -> Found:
    """The form of `formula` that a machine should evaluate, found by identities that are each proved.

    formula: text, a SymPy expression or a Term, in real numbers.
    dtype: the number format, "float64" or "float32".
    everyday: where the variables usually are, as (low, high); a mixture of moderate magnitudes by default.
    assume: hypotheses as sentences, such as "0 < p < 1"; one, or several.

    Returns a Found: `form`, its errors `before` and `after` in bits, and `pieces` with steps and proofs. Printed, it is
    what `derive stabilise` prints, but for the code. The form is never worse than the formula by mean or by maximum, on
    the points tried. Raises FormulaError for what cannot be read, UnsupportedError for arrays and for functions without
    an enclosure; both are DeriveErrors.

    >>> found = derive.stabilise("sqrt(x + 1) - sqrt(x)", assume="x > 0")
    >>> found
    <Found 1/(sqrt(x + 1) + sqrt(x)) for sqrt(x + 1) - sqrt(x)>
    >>> found.after["everyday"].mean < 0.5 < found.before["everyday"].mean
    True
    >>> [str(piece.proof.verdict) for piece in found.pieces]
    ['PROVED']
    """
    if dtype not in FORMATS:
        raise DeriveError(f"{dtype} is not a number format: write {' or '.join(FORMATS)}")
    if everyday is not None:
        _check_range(*everyday)
    domain = of_field("assume", read_domain, (assume,) if isinstance(assume, str) else assume)
    for name, interval in domain.ranges.items():
        if interval.empty:
            raise DeriveError(f"no {name} satisfies all that is assumed of it")
    return find(_read(formula), domain, (FORMATS[dtype],), everyday)


def _check_range(low: float, high: float) -> None:
    if not low < high:
        raise DeriveError(f"everyday: the range {shown(low)} to {shown(high)} is empty: write the lower end first")
    if not high - low <= sys.float_info.max:
        raise DeriveError(f"everyday: the range {shown(low)} to {shown(high)} is too wide: write numbers of float64")


def _read(formula: Formula) -> Term:
    if isinstance(formula, str):
        return read_text(formula)
    if isinstance(formula, Term):
        return formula
    from derive.notation.bridge import from_sympy

    return from_sympy(formula)
