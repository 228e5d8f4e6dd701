"""Derivatives, against SymPy's and against difference quotients that no rule of ours entered."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from flint import arb, ctx
from stepping import points, stated

import derive
from derive import Spec
from derive.calculus.derivative import derivative, minus, over, partials, plus, power, times
from derive.elementary.table import TABLE
from derive.errors import UnsupportedError
from derive.notation.bridge import to_sympy
from derive.notation.text import read_text
from derive.spec.statement import Function
from derive.term import Term, call, size, substitute, subterms, symbol, term
from derive.values.balls import BALLS, enclose, exact

x, y = symbol("x"), symbol("y")
# Where each function is smooth and real; 3/7 serves the rest.
PLACES = {"acosh": 2, "acoth": 2, "asec": 2, "acsc": 2, "airyai": 1, "zeta": 3}


STEP = term(Fraction(1, 2**80))


def agrees(found: Term, root: Term, variable: Term, point: dict[str, object]) -> bool:
    """Whether `found` is within 2^-120, for values near 1, of a central difference quotient of `root`."""
    high, low = (substitute(root, {variable: variable + step}) for step in (STEP, -STEP))
    error = enclose(found - (high - low) / (2 * STEP), point, bits=600)
    return bool(abs(error) < (1 + abs(enclose(found, point, bits=600))) * arb(2) ** -120)


@pytest.mark.parametrize("name", [name for name in BALLS if TABLE[name].arity == 1])
def test_each_rule_of_one_argument_agrees_with_a_difference_quotient(name: str) -> None:
    point = {"x": Fraction(PLACES.get(name, Fraction(3, 7)))}
    assert agrees(derivative(call(name, x), x), call(name, x), x, point)


@pytest.mark.parametrize("name", [name for name in BALLS if TABLE[name].arity == 2])
def test_each_rule_of_two_arguments_agrees_with_a_difference_quotient(name: str) -> None:
    point = {"x": Fraction(3), "y": Fraction(5, 7)}
    node = call(name, x, y)
    for partial, variable in zip(partials(node), (x, y), strict=True):
        if partial is not None:
            assert agrees(partial, node, variable, point)


@pytest.mark.parametrize(
    "text",
    [
        "x**2*y + x/y - 3", "x**y", "x**x", "2**x", "exp(-x**2/2)/sqrt(2*pi)", "log(1 + exp(x))",
        "x*tanh(log(1 + exp(x)))", "sin(x*y)**3/(1 + x**2)", "erf(x/sqrt(2))",
        "atan2(x, y)", "(x + 1)**-2", "x*(x + 1)*(x - y)", "-x", "0.5*x",
        "gamma(x) + loggamma(x)*digamma(x)",
    ],
)  # fmt: skip
def test_derivatives_agree_with_sympy(text: str) -> None:
    root = read_text(text)
    theirs = sympy.diff(to_sympy(root), sympy.Symbol("x", real=True))
    place = {sympy.Symbol("x", real=True): sympy.Rational(3, 7), sympy.Symbol("y", real=True): sympy.Rational(5, 3)}
    point = {"x": Fraction(3, 7), "y": Fraction(5, 3)}
    ours = enclose(derivative(root, x), point, bits=200)
    assert abs(sympy.Float(ours.mid().str(40, radius=False), 40) - theirs.subs(place).evalf(40)) < 1e-30


@pytest.mark.parametrize("function", derive.catalogue(), ids=lambda function: function.name)
def test_the_catalogue_agrees_with_difference_quotients(function: Function) -> None:
    for name in function.wrt:
        if function.domain.axes:
            continue
        for point in points(function):
            assert agrees(derivative(function.body, symbol(name)), function.body, symbol(name), point)


@pytest.mark.parametrize(
    ("text", "variable", "wanted"),
    [
        ("x", "x", "1"),
        ("y", "x", "0"),
        ("3", "x", "0"),
        ("x + y", "x", "1"),
        ("x - y", "y", "-1"),
        ("x**1", "x", "1"),
        ("x**2", "x", "2*x"),
        ("x[i]", "x[j]", "KroneckerDelta(i, j)"),
        ("A[i, k]", "A[p, q]", "KroneckerDelta(i, p)*KroneckerDelta(k, q)"),
        ("x[i]", "y[j]", "0"),
        ("Sum(x[k], (k, 1, K))", "x[k]", "Sum(KroneckerDelta(k_1, k), (k_1, 1, K))"),
        ("Piecewise((x**2, x > 0), (0, True))", "x", "Piecewise((2*x, x > 0), (0, True))"),
    ],
)
def test_trivial_factors_are_left_out_and_nothing_is_captured(text: str, variable: str, wanted: str) -> None:
    assert derivative(read_text(text), read_text(variable)) is read_text(wanted)


SIMPLE = [term(0), term(1), x, y, -x, -y, term(-2)]


@pytest.mark.parametrize("a", SIMPLE, ids=str)
@pytest.mark.parametrize("b", SIMPLE, ids=str)
def test_arithmetic_keeps_values_and_leaves_no_trivial_part(a: Term, b: Term) -> None:
    at = {"x": Fraction(3), "y": Fraction(5, 7)}
    found = {"add": plus(a, b), "sub": minus(a, b), "mul": times(a, b)} | ({} if b is term(0) else {"div": over(a, b)})
    for head, written in found.items():
        assert exact(written, at) == exact(Term(head, (a, b)), at)
        parts = [part for node in subterms(written) for part in node.args if node.head in ("add", "sub", "mul", "div")]
        assert term(0) not in parts
        assert head not in ("mul", "div") or term(1) not in (parts if head == "mul" else parts[1:])
        signed = {"mul": parts, "div": parts[:1]}.get(head, parts[1:])
        assert not any(part.head == "neg" for part in signed)


@pytest.mark.parametrize("exponent", [1, 2, 3, -1, Fraction(1, 2)])
def test_the_power_of_a_derivative_is_one_less(exponent: Fraction) -> None:
    wanted = {1: term(1), 2: x}.get(exponent, x ** term(Fraction(exponent) - 1))
    assert power(x, term(exponent)) is wanted
    assert power(x, y) is x ** (y - 1)


def test_what_is_no_function_of_numbers_has_no_partial_derivatives() -> None:
    for node in (call("inv", x), Term("delta", (x, y))):
        with pytest.raises(UnsupportedError, match=node.head):
            partials(node)


def test_shared_subterms_are_differentiated_once() -> None:
    root = x
    for _ in range(40):
        root = 3 * root * (1 - root)
    # As a tree, this has more than 2^40 nodes.
    assert size(derivative(root, x)) < 500


@pytest.mark.parametrize(
    ("text", "said"),
    [("zeta(x, 2)", "zeta"), ("Maximum(x[k], (k, 1, K))", "tie"), ("1/det(x)", "component"), ("inv(x)", "component")],
)
def test_what_has_no_rule_is_refused(text: str, said: str) -> None:
    root = read_text(text)
    with pytest.raises(UnsupportedError, match=said):
        derivative(root, x[symbol("j")] if root.head == "maximum" else x)


def test_beside_a_kink_each_side_has_its_derivative() -> None:
    function = stated("modulus", Spec("abs(x)", inputs=("x",), kinks={"x": {0: 0}}))
    assert derivative(function.body, x) is call("sign", x)
    assert enclose(derivative(function.body, x), {"x": Fraction(-3)}) == -1


ROWS = (
    (Fraction(2), Fraction(1), Fraction(0)),
    (Fraction(1, 2), Fraction(3), Fraction(1)),
    (Fraction(0),) * 2 + (Fraction(-1),),
)


@pytest.mark.parametrize(
    "text", ["det(A)", "log(det(A)**2)", "inv(A)[1, 2]", "inv(A)[2, 2]*A[2, 3]", "det(A)*inv(A)[3, 3]"]
)
@pytest.mark.parametrize(("row", "column"), [(1, 1), (1, 2), (2, 1), (2, 3)])
def test_of_determinants_and_inverses_entry_by_entry(text: str, row: int, column: int) -> None:
    def entry(step: Fraction) -> arb:
        rows = [list(line) for line in ROWS]
        rows[row - 1][column - 1] += step
        return enclose(body, {"A": tuple(map(tuple, rows))}, bits=600, first_index=1)

    body, small = read_text(text), Fraction(1, 2**80)
    i, j = symbol("i"), symbol("j")
    slope = substitute(derivative(body, symbol("A")[i, j]), {i: term(row), j: term(column)})
    found = enclose(slope, {"A": ROWS}, bits=600, first_index=1)
    with ctx.workprec(600):
        quotient = (entry(small) - entry(-small)) * small.denominator / 2
        assert abs(found - quotient) < (1 + abs(found)) * arb(2) ** -120
