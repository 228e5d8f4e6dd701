"""Every writing of a fraction has its value."""

from __future__ import annotations

import pytest

from derive.derivation.discover.forms import writings
from derive.fuel import Fuel
from derive.notation.text import read_text
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.normal import Normaliser, is_zero
from derive.spec.domain import Domain

ANYWHERE = Facts(Domain())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x*y - x*y**2", "x*y*(1 - y)"),
        ("2*x - 2*y", "2*(x - y)"),
        ("(a*y - y**2)/a", "y*(1 - y/a)"),
        ("(x - y)*(x + y)/a", "(x**2 - y**2)/a"),
        ("1/(1 + exp(x))", "exp(-x)/(1 + exp(-x))"),
        ("exp(x)/exp(y) - 1", "exp(x - y) - 1"),
        ("3/2", "3/2"),
        ("x - x", "0"),
    ],
)
def test_shapes(text: str, wanted: str) -> None:
    reader = Normaliser.under(ANYWHERE, Fuel())
    shapes = list(writings(reader.field, reader.read(read_text(text))))
    assert read_text(wanted) in shapes
    for shape in shapes:
        assert is_zero(shape - read_text(text), ANYWHERE), shape
