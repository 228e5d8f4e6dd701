"""SymPy's expressions as terms, in the order in which SymPy prints them, and back."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from terms import terms

import derive
from derive import KroneckerDelta, Piecewise, Sum, exp, index, log, real, size, vector
from derive.errors import FormulaError, UnsupportedError
from derive.notation.bridge import from_sympy, to_sympy
from derive.notation.text import read_text, write_text
from derive.term import FUNCTIONS, Term, symbol, term
from derive.values.balls import enclose

x, y = real("x y")
K = size("K")
i, j, k = index("i j k")
v = vector("v", K)
# SymPy has these by other means: its own evaluation may turn them into other functions.
REAL = tuple(sorted(FUNCTIONS.keys() - {"det", "inv", "expdiff", "polygamma", "zeta"}))
WITHOUT_NUMBERS = ("erfcinv", "rounding_error")  # SymPy 1.14 does not evaluate the one, and has not the other


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (1 / (1 + exp(-x)), "1/(1 + exp(-x))"),
        ((exp(x) - exp(-x)) / (exp(x) + exp(-x)), "(exp(x) - exp(-x))/(exp(x) + exp(-x))"),
        ((x - y) ** 2, "(x - y)**2"),
        (x / 2, "x/2"),
        (-3 * x / 2, "-3*x/2"),
        (sympy.sqrt(x), "sqrt(x)"),
        (1 / sympy.sqrt(x), "1/sqrt(x)"),
        (x ** sympy.Rational(1, 3), "x**(1/3)"),
        (derive.Max(x, 0), "max(x, 0)"),
        (abs(x), "abs(x)"),
        (0.1 * x, "0.1*x"),
        (sympy.pi * x, "pi*x"),
        (sympy.E, "exp(1)"),
        (Piecewise((x, x > 0), (0, True)), "Piecewise((x, x > 0), (0, True))"),
        (exp(v[i]) / Sum(exp(v[k]), (k, 1, K)), "exp(v[i])/Sum(exp(v[k]), (k, 1, K))"),
        (KroneckerDelta(i, j) * v[j], "KroneckerDelta(i, j)*v[j]"),
        (-Sum(v[k] * log(v[k]), (k, 1, K)), "-Sum(log(v[k])*v[k], (k, 1, K))"),
        (sympy.loggamma(x), "loggamma(x)"),
        (sympy.And(x > 0, y > 0), "And(x > 0, y > 0)"),
    ],
)
def test_expressions_are_read_as_sympy_prints_them(expression: sympy.Basic, text: str) -> None:
    assert write_text(from_sympy(expression)) == text


def test_a_float_is_the_decimal_that_was_written() -> None:
    assert from_sympy(sympy.Float(0.044715)) is Term("num", (), Fraction("0.044715"))
    assert from_sympy(sympy.Float(-0.5)) is -Term("num", (), Fraction(1, 2))


@pytest.mark.parametrize("expression", [sympy.Integral(x, x), sympy.Function("f")(x), sympy.I * x, sympy.zoo])
def test_what_has_no_counterpart_is_refused(expression: sympy.Basic) -> None:
    with pytest.raises(UnsupportedError):
        from_sympy(expression)


def test_text_is_never_taken_for_an_expression() -> None:
    with pytest.raises(FormulaError, match="is no formula"):
        from_sympy("x + 1")


@pytest.mark.parametrize("text", ["Derivative(x, x)", "inv(A)[i, j]", "det(A)"])
def test_what_sympy_does_not_hold_here_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedError):
        to_sympy(read_text(text))


@pytest.mark.parametrize("function", derive.catalogue(), ids=lambda function: function.name)
def test_the_catalogue_goes_there_and_back_with_its_value(function: derive.spec.Function) -> None:
    there = to_sympy(function.body)
    assert to_sympy(from_sympy(there)) == there


@pytest.mark.parametrize("name", [name for name in REAL if FUNCTIONS[name] == 1 and name not in WITHOUT_NUMBERS])
def test_each_function_of_one_argument_keeps_its_value(name: str) -> None:
    place = Fraction(9, 4) if name in ("acosh", "acoth", "asec", "acsc") else Fraction(3, 7)
    ours = enclose(Term(name, (symbol("x"),)), {"x": place}, bits=120)
    value = to_sympy(Term(name, (term(place),))).evalf(40)
    assert abs(sympy.Float(ours.mid().str(30, radius=False), 40) - value) < 1e-25


@given(terms(("exp", "log", "sin", "tanh", "erf", "abs", "max"), depth=3))
@settings(derandomize=True, max_examples=60, deadline=None)
def test_what_came_back_from_sympy_goes_there_unchanged(root: Term) -> None:
    try:
        there = to_sympy(root)
        again = to_sympy(from_sympy(there))
    except (UnsupportedError, TypeError, ValueError):
        # SymPy's evaluation may end in infinities or imaginary numbers; derivatives are not taken.
        return
    assert again == there
