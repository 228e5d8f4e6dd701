"""A spec is built, or refused in words, and never ends in an internal error."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
import random_specs
import sympy

from derive import Spec, real, size, vector

X, Y, A = real("x y a")
K = size("K")
i = sympy.Symbol("i", integer=True)
ROW, OTHER = vector("x", K), vector("y", K)


@pytest.mark.parametrize("seed", range(40))
def test_random_specs_are_built_or_refused(seed: int) -> None:
    stated = random_specs.spec(random.Random(seed), deepest=2)
    assert random_specs.outcome(lambda: stated)[0] in ("built", "stopped", "refused")


@pytest.mark.parametrize(
    "stated",
    [
        lambda: Spec(X / (1 + sympy.exp(-1.5 * X))),
        lambda: Spec(-3 * X / 2),
        lambda: Spec((X + sympy.sqrt(X**2 + 4)) / 2),
        lambda: Spec(1.7159 * sympy.tanh(2 * X / 3)),
        lambda: Spec(0.3989 * sympy.exp(-(X**2) / 2)),
        lambda: Spec(A * X, params=A),
        lambda: Spec(A * X, X, A, X),
        lambda: Spec(sympy.Sum(ROW[i], (i, 1, K)) / K, inputs=ROW),
        lambda: Spec(sympy.Sum((ROW[i] - OTHER[i]) ** 2, (i, 1, K)) / K, inputs=(ROW, OTHER), wrt=ROW),
        lambda: Spec(-sympy.Sum(OTHER[i] * sympy.log(ROW[i]), (i, 1, K)) / K, inputs=(ROW, OTHER), assume="x > 0"),
    ],
)
def test_these_are_built(stated: Callable[[], Spec]) -> None:
    assert random_specs.outcome(stated) == ("built", "")


@pytest.mark.parametrize("number", [10**400, sympy.Rational(1, 10**400), sympy.Rational(10**320, 3)])
def test_a_number_beyond_every_format_is_refused_in_words(number: sympy.Rational) -> None:
    kind, said = random_specs.outcome(lambda: Spec(number * X))
    assert kind == "refused"
    assert "is beyond every format" in said


def test_where_a_form_is_refuted_it_is_refused() -> None:
    stated = Spec(sympy.log((1 + sympy.erf(X / sympy.sqrt(2))) / 2))
    assert random_specs.outcome(lambda: stated)[0] in ("built", "refused")


def test_a_sum_beyond_its_row_is_refused_in_words() -> None:
    kind, said = random_specs.outcome(lambda: Spec(sympy.Sum(ROW[i] ** 2, (i, 0, K - 1)) / K, inputs=ROW))
    assert kind == "refused"
    assert "is not a sum or a maximum over the whole of a row" in said


@pytest.mark.parametrize("number", [1.5, 0.3989, -1.702, 1e-3, 2.5e10])
def test_a_float_in_a_definition_is_the_decimal_that_was_written(number: float) -> None:
    from fractions import Fraction

    from derive.spec.statement import name_function
    from derive.values.balls import exact

    for formula in (number * X, X * sympy.Float(number), f"{number!r}*x" if number > 0 else number * X):
        body = name_function(Spec(formula), "mine", "mine").body
        assert exact(body, {"x": Fraction(1)}) == Fraction(repr(number))
