"""Forms in pairs: equal in real numbers to what they were made of, and in float64 nearer to it."""

from __future__ import annotations

from typing import Final

import numpy as np
import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from derive.fuel import KERNEL, Fuel
from derive.notation.text import read_text
from derive.proof.api import prove_equal
from derive.proof.verdict import Verdict
from derive.spec.domain import Domain
from derive.stabilisation.pairs import ROUNDED, exactly, in_pairs, is_exact, multiplied_out
from derive.term import Term, free_symbols, subterms
from derive.values.balls import enclose, to_fraction
from derive.values.formats import FLOAT64
from derive.values.rounded import Machine

# A formula, the largest error in units of the last place that its pairs may have, and that which it has without them.
FORMS: Final = {
    "exp(x/10)": (1, 1),
    "exp(-(3*x))": (1, 20),
    "exp(-(x*x)/2)": (1, 100),
    "sin(x*pi)": (2, 20),
    "exp(x*y)": (1, 20),
    "log(1 + x/3)": (3, 0),
    "erfc(x*sqrt(2)/2)": (2, 20),
    "exp(-abs(x)/3)*max(x/7, 1)": (2, 2),
    "(x/3 + y/7) - (x/3 - y/7)": (1, 0),
}
DOMAIN: Final = Domain()


def operations(form: Term) -> set[Term]:
    return {node for node in subterms(form) if node.head in ROUNDED and free_symbols(node) and not is_exact(node)}


def errors(form: Term, stated: Term, columns: dict[str, np.ndarray]) -> np.ndarray:
    """In units of the last place, at each point."""
    found = Machine(FLOAT64, columns).value(form)
    points = [
        dict(zip(columns, map(arb, at), strict=True))
        for at in zip(*(c.tolist() for c in columns.values()), strict=True)
    ]
    truth = [enclose(stated, {name: to_fraction(value) for name, value in point.items()}, 200) for point in points]
    return np.array(
        [float(abs(arb(a) - b)) / np.spacing(abs(float(b))) for a, b in zip(found.tolist(), truth, strict=True)]
    )


@pytest.mark.parametrize("text", FORMS)
def test_a_form_in_pairs_is_the_form_in_real_numbers(text: str) -> None:
    form = multiplied_out(read_text(text))
    pairs = in_pairs(form, operations(form))
    assert prove_equal(form, exactly(pairs), DOMAIN, Fuel(KERNEL)).verdict is Verdict.PROVED
    assert not {node.head for node in subterms(exactly(pairs))} & {"sum_error", "product_error", "quotient_error"}


@pytest.mark.parametrize("text", FORMS)
def test_a_form_in_pairs_is_nearer_to_the_truth(text: str) -> None:
    most, without = FORMS[text]
    form = multiplied_out(read_text(text))
    random = np.random.default_rng(0)
    columns = {name: random.uniform(1, 19, 400) for name in sorted(free_symbols(form))}
    assert errors(in_pairs(form, operations(form)), form, columns).max() <= most
    assert errors(form, form, columns).max() >= without


@given(st.floats(-1e150, 1e150), st.floats(-1e150, 1e150))
def test_what_operations_drop_is_exact(a: float, b: float) -> None:
    columns = {"x": np.array([a]), "y": np.array([b])}
    machine = Machine(FLOAT64, columns)
    x, y = map(to_fraction, (arb(a), arb(b)))
    for operation, error in (("x + y", "sum_error(x, y)"), ("x*y", "product_error(x, y)")):
        value, lost = (to_fraction(arb(float(machine.value(read_text(it))[0]))) for it in (operation, error))
        exact = x + y if operation == "x + y" else x * y
        # The halves' last product is rounded, and below the least pair nothing is kept.
        assert abs(value + lost - exact) <= abs(exact) / 2**104 or abs(value) <= 2.0**-969


def test_a_power_of_two_is_no_pair() -> None:
    assert [is_exact(read_text(text)) for text in ("x*2", "x/4", "x*3", "x/10", "x + 2", "2/x")] == [
        True, True, False, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["exp(x/10)", "x*exp(-(x*x))", "sin(x/3)"])
def test_an_infinite_argument_is_no_nan_where_the_form_is_none(text: str) -> None:
    form = multiplied_out(read_text(text))
    columns = {"x": np.array([np.inf, -np.inf, np.nan])}
    plain, pairs = (Machine(FLOAT64, columns).value(it) for it in (form, in_pairs(form, operations(form))))
    assert np.isnan(plain).tolist() == np.isnan(pairs).tolist()
