"""Functions of matrices."""

from __future__ import annotations

from typing import Final

from derive.elementary.record import EVERYWHERE, Elementary

FUNCTIONS: Final = (
    Elementary(name="det", real=EVERYWHERE, commands=("det",), latex="det", sympy=""),
    Elementary(name="inv", real="Ne(det(u), 0)", latex_form=("{}^{{-1}}", "power", "atom"), sympy=""),
)
