"""Sums under other names for their indices."""

from derive.calculus.indices import shared
from derive.notation.text import read_text


def test_equal_sums_inside_another_are_spelled_alike() -> None:
    inner = "Sum(x[{0}], ({0}, 1, K))"
    whole = "Sum(x[k]/{} - {}, (k, 1, K))"
    found = shared(read_text(whole.format(inner.format("j"), inner.format("l"))))
    assert found is read_text(whole.format(inner.format("j"), inner.format("j")))
