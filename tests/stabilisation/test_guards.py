"""Guards: limits on the boundary and at infinity, NaN outside the domain."""

from __future__ import annotations

import numpy as np
import pytest

from derive.notation.text import read_text
from derive.spec.domain import read_domain
from derive.stabilisation.guards import at_ends, flattened, heeding_nan, keeping_nan, within
from derive.stabilisation.infinity import at_infinity
from derive.values.ieee import evaluate

UNIT = read_domain(["0 <= y <= 1", "0 < p < 1"])


def values(form: object, **inputs: float) -> float:
    with np.errstate(all="ignore"):
        return float(evaluate(form, {name: np.array([float(value)]) for name, value in inputs.items()})[0])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("y", "p", "limit"),
    [
        (0, 0, 1),
        (1, 1, -1),
        (1, 0, -np.inf),
        (0, 1, np.inf),
        (0.5, 0, -np.inf),
        (0.5, -0.0, -np.inf),
        (0.5, 0.25, -4 / 3),
    ],
)
def test_a_quotient_has_its_limit_on_the_boundary(y: float, p: float, limit: float) -> None:
    form = at_ends(read_text("(p - y)/(p*(1 - p))"), UNIT)
    assert values(form, y=y, p=p) == pytest.approx(limit, rel=1e-15)


def test_nothing_over_nothing_is_nothing() -> None:
    form = at_ends(read_text("y/p"), UNIT)
    assert [values(form, y=0, p=0), values(form, y=0.5, p=0), values(form, y=0.5, p=-0.0)] == [0, np.inf, np.inf]


def test_a_quotient_that_is_defined_on_the_boundary_is_left_alone() -> None:
    for formula in ("y/(1 + p)", "1/x"):
        assert at_ends(read_text(formula), UNIT) == read_text(formula)


def test_outside_the_domain_a_form_is_nan() -> None:
    form = within(read_text("p + y"), UNIT)
    assert str(form) == "Piecewise((p + y, And(p >= 0, p <= 1, y >= 0, y <= 1)), (nan, True))"
    assert np.isnan([values(form, y=2, p=0.5), values(form, y=0.5, p=-1), values(form, y=0.5, p=np.nan)]).all()


def test_in_a_sum_the_guard_is_on_each_term() -> None:
    form = within(read_text("Sum(v[k]*x[k], (k, 1, K))"), read_domain(["v >= 0"]))
    assert str(form) == "Sum(Piecewise((v[k]*x[k], v[k] >= 0), (nan, True)), (k, 1, K))"


@pytest.mark.parametrize(
    ("formula", "below", "above"),
    [("x/(1 + abs(x))", -1, 1), ("x*exp(-x**2)", 0, 0), ("x*(1 + erf(x))", 0, np.inf), ("exp(x)", 0, np.inf)],
)
def test_at_infinity_a_form_has_its_limit(formula: str, below: float, above: float) -> None:
    form = at_infinity(read_text(formula), read_text(formula), read_domain(()))
    assert [values(form, x=-np.inf), values(form, x=np.inf)] == [below, above]
    assert np.isnan(values(form, x=np.nan))


def test_a_form_that_needs_no_limit_gets_none() -> None:
    assert at_infinity(read_text("exp(x)"), read_text("exp(x)"), read_domain(())) == read_text("exp(x)")


def test_branches_of_a_last_branch_join_the_list() -> None:
    nested = read_text("Piecewise((1, x > 1), (Piecewise((2, x > 0), (3, True)), True))")
    assert str(flattened(nested)) == "Piecewise((1, x > 1), (2, x > 0), (3, True))"
    first = read_text("Piecewise((Piecewise((2, x > 0), (3, True)), x > 1), (1, True))")
    assert flattened(first) == first


@pytest.mark.parametrize(
    ("form", "kept"),
    [
        ("Piecewise((x, abs(x) > 1), (0, True))", "Piecewise((x, abs(x) > 1), (0, abs(x) <= 1), (nan, True))"),
        ("Piecewise((1, And(x > 0, x < 1)), (0, True))",
         "Piecewise((1, And(x > 0, x < 1)), (0, Or(x <= 0, x >= 1)), (nan, True))"),
        ("Piecewise((1, x > 0), (a, True))", "Piecewise((1, x > 0), (a, x <= 0), (nan, True))"),
        ("x*Piecewise((1, x > 0), (0, True))", "x*Piecewise((1, x > 0), (0, True))"),
        ("Piecewise((x, x > 0), (2*x, True))", "Piecewise((x, x > 0), (2*x, True))"),
    ],
)  # fmt: skip
def test_nan_falls_into_no_branch_that_is_a_number(form: str, kept: str) -> None:
    assert str(keeping_nan(read_text(form))) == kept
    assert np.isnan(values(keeping_nan(read_text(form)), x=np.nan, a=1))


def test_a_value_that_depends_on_nothing_is_nan_where_a_variable_is() -> None:
    form = heeding_nan(read_text("2*y"), ("x", "y"))
    assert str(form) == "Piecewise((2*y, x <= oo), (nan, True))"
    assert [values(form, x=np.inf, y=1), values(form, x=-np.inf, y=1)] == [2, 2]
    assert np.isnan([values(form, x=np.nan, y=1), values(form, x=1, y=np.nan)]).all()
    assert heeding_nan(read_text("x*y"), ("x", "y")) == read_text("x*y")
