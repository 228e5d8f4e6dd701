"""Specs: what a user states, checked; faults are told with file, line and name."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy
from stepping import stated

import derive
from derive import Accuracy, Max, Spec, exp, index, positive, real, size, vector
from derive.errors import DeriveError, SpecError
from derive.notation.text import read_text
from derive.spec.domain import POSITIVE
from derive.spec.statement import name_function
from derive.term import symbol, term

x, y = real("x y")
K = size("K")
i, j, k = index("i j k")


def test_one_variable_needs_no_list_of_inputs() -> None:
    function = stated("f", Spec(x * exp(x)))
    assert (function.inputs, function.params, function.wrt) == (("x",), (), ("x",))
    assert function.elementwise


def test_several_variables_need_their_order() -> None:
    with pytest.raises(SpecError, match=r"inputs=\(x, y\)"):
        stated("f", Spec(x * y))


def test_assumptions_of_symbols_become_hypotheses() -> None:
    function = stated("f", Spec(1 / positive("x")))
    assert function.domain.range("x") == POSITIVE


def test_vectors_carry_their_axis() -> None:
    v = vector("v", K)
    function = stated("f", Spec(exp(v[i]) / derive.Sum(exp(v[k]), (k, 1, K)), documented={v[j]: "f[i]*f[j]"}))
    assert function.output == ("i",)
    assert function.sizes == ("K",)
    assert function.domain.axes == {"v": ((term(1), symbol("K")),)}
    assert function.documented["v"].variable is read_text("v[j]")
    assert not function.elementwise


def test_a_function_s_own_name_stands_for_its_value() -> None:
    v = vector("v", K)
    scalar = stated("f", Spec(exp(x)))
    row = stated("f", Spec(exp(v[i]) / derive.Sum(exp(v[k]), (k, 1, K))))
    assert scalar.expand(read_text("1 - f**2")) is read_text("1 - exp(x)**2")
    assert row.expand(read_text("f[j]")) is read_text("exp(v[j])/Sum(exp(v[k]), (k, 1, K))")
    assert row.expand(read_text("f[k]")) is read_text("exp(v[k])/Sum(exp(v[k_1]), (k_1, 1, K))")


def test_the_value_of_a_function_is_written_with_its_arguments() -> None:
    function = stated("f", Spec("x*a", inputs=("x",), params=("a",)))
    assert (function.value.head, function.value.name, function.value.args) == ("apply", "f", (symbol("x"), symbol("a")))
    assert function.spelled(symbol("f") + 1) is symbol("f") + 1
    alone = stated("f", Spec(exp(x)))
    assert alone.spelled(symbol("f") + 1) is alone.value + 1


def test_one_alone_needs_no_tuple() -> None:
    function = stated("f", Spec("exp(lam*x)", inputs=x, params="lam", wrt=x))
    assert (function.inputs, function.params, function.wrt) == (("x",), ("lam",), ("x",))


def test_decimals_mean_what_was_written() -> None:
    function = stated("f", Spec(Max(x, 0.1 * x), kinks={x: {0.0: 0.1}}))
    assert function.kinks == {"x": {Fraction(0): term(Fraction(1, 10))}}


def test_kinks_and_samples_are_read() -> None:
    function = stated("f", Spec(Max(x, 0), kinks={x: {0: 0}}, samples={x: (-3, 3)}))
    assert function.kinks == {"x": {Fraction(0): term(0)}}
    assert function.samples == {"x": (-3.0, 3.0)}


@pytest.mark.parametrize("name", ["Phish", "2f", "f-g", "../f", "for", "f" * 65, "", "f.c", "é"])
def test_names_that_are_no_file_or_identifier_are_refused(name: str) -> None:
    with pytest.raises(SpecError):
        stated(name, Spec(exp(x)))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"definition": "exq(x)"}, "did you mean exp"),
        ({"definition": "1"}, "no variable"),
        ({"definition": "x*y", "inputs": ("x",)}, "y is neither an input nor a parameter"),
        ({"definition": "x", "wrt": ("z",)}, "z is not among the inputs"),
        ({"definition": "x", "documented": {"z": "1"}}, "z is not among the inputs"),
        ({"definition": "x*y", "inputs": ("x", "y"), "wrt": ("x",), "documented": {"y": "x"}}, "not in wrt"),
        ({"definition": "x", "documented": {"x + 1": "1"}}, "is not a variable"),
        ({"definition": "x", "kinks": {"x": {"sqrt(2)": 0}}}, "rational"),
        ({"definition": "x", "assume": "x is purple"}, "purple"),
        ({"definition": "exp(x)", "documented": {"x": "g"}}, "unknown name g"),
        ({"definition": "exp(x_1)", "documented": {"x_1": "x_2"}}, "did you mean x_1"),
        ({"definition": symbol("lambda"), "inputs": (symbol("lambda"),)}, "cannot be an argument in Python"),
        ({"definition": "f*x", "inputs": ("f", "x")}, "the function's own name"),
        ({"definition": "f + x"}, "refers to f itself"),
        ({"definition": None}, "None is not a formula"),
        ({"definition": [x]}, "is not a formula"),
        ({"definition": "x*y", "inputs": ("x", "x")}, "x is listed twice"),
        ({"definition": "x*y", "inputs": ("x", "y"), "params": "y"}, "y is listed twice"),
        ({"definition": "x", "wrt": 3}, "3 is not a variable"),
        ({"definition": "x[i]", "inputs": "x"}, r"vector\('x', K\)"),
        ({"definition": "x", "assume": "z > 0"}, "assume speaks of z"),
        ({"definition": "x", "assume": ("x > 1", "x < 0")}, "no x satisfies"),
        ({"definition": "x", "documented": "1"}, "write documented={x: "),
        ({"definition": "max(x, 0)", "kinks": 0}, "write kinks={x: "),
        ({"definition": "max(x, 0)", "kinks": {"x": 0}}, "write {x: {0: 0}}"),
        ({"definition": "max(x, 0)", "kinks": {"x": {0: 0, "0/1": 1}}}, "stated twice"),
        ({"definition": "x", "samples": {"x": 5}}, "write {x: "),
        ({"definition": "x", "samples": {"x": (5, 1)}}, "range of numbers"),
        ({"definition": "x", "accuracy": 5}, r"accuracy=Accuracy\(name=5"),
        ({"definition": "x", "source": None}, "source is text"),
    ],
)
def test_faults_name_the_spec_and_say_what_to_write(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=said) as caught:
        name_function(Spec(**fields), "f", "mine.py:3: f")
    assert str(caught.value).startswith("mine.py:3: f: ")


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ("x + oo", "contains infinity"),
        ("nan*x", "contains NaN"),
        ("x > 0", r"takes x > 0 for a number: write  Piecewise\(\(1, x > 0\), \(0, True\)\)"),
        ("x + (x > 0)", "takes x > 0 for a number"),
        ("Piecewise((x > 0, x > 1), (x, True))", "takes x > 0 for a number"),
        (sympy.Symbol("x") + 10**400, "about 400 digits, which is beyond every format"),
        (sympy.Symbol("x") * 10**5000, "about 5000 digits"),
        (sympy.Symbol("x") + sympy.oo, "contains infinity"),
    ],
)
def test_a_definition_is_a_real_number(stated: object, said: str) -> None:
    with pytest.raises(SpecError, match=rf"f\.py:1: f: the definition .*{said}"):
        name_function(Spec(stated), "f", "f.py:1: f")
    with pytest.raises(SpecError, match=said):
        name_function(Spec("x**2", documented={"x": stated}), "f", "f.py:1: f")


@pytest.mark.parametrize("bound", [-1, float("nan"), float("inf"), "3", None, True])
def test_a_contract_is_a_number_of_ulp(bound: object) -> None:
    with pytest.raises(DeriveError, match=r"accuracy in c is a number of ulp, not .*: write Accuracy\(c=5\)"):
        Accuracy(c=bound)  # type: ignore[arg-type]


@pytest.mark.parametrize("length", [0, -1, "K", 1.5])
def test_a_vector_has_a_length(length: object) -> None:
    with pytest.raises(DeriveError, match="a vector has a length, from 1"):
        vector("v", length)


def test_assumptions_and_names_are_text() -> None:
    with pytest.raises(SpecError, match="assume holds sentences"):
        name_function(Spec("x**2", assume=3), "f", "f.py:1: f")  # type: ignore[arg-type]
    with pytest.raises(DeriveError, match="a name is text, not 3"):
        size(3)  # type: ignore[arg-type]
