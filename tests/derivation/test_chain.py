"""Derivations: every line equals the one before it, and the last is the documented closed form."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from stepping import points, stated, values

import derive
from derive import Spec
from derive.derivation.chain import BY_PROOF, differentiate, differentiate_again
from derive.derivation.steps.calculus import has_derivatives
from derive.errors import DeriveError, UnsupportedError
from derive.fuel import Fuel
from derive.limits.values import value_at
from derive.notation.text import read_text
from derive.proof.api import prove_equal
from derive.proof.verdict import Verdict
from derive.rules.engine import Step
from derive.spec.domain import Domain
from derive.spec.pages import read_specs
from derive.spec.statement import Function
from derive.stabilisation.kinks import twice_differentiable
from derive.term import rational_value, subterms, term

CATALOGUE = derive.catalogue()
ZOO = read_specs(Path(__file__).parents[1] / "pages" / "zoo.py")
CASES = [pytest.param(function, name, id=f"{function.name}-{name}")
         for function in (*CATALOGUE, *ZOO) for name in function.wrt]  # fmt: skip
SECOND = [pytest.param(function, name, id=f"{function.name}-{name}")
          for function in (*CATALOGUE, *ZOO) for name in twice_differentiable(function)]  # fmt: skip


@pytest.mark.parametrize(("function", "name"), CASES)
def test_each_step_equals_the_one_before(function: Function, name: str) -> None:
    steps_hold(function, differentiate(function, name).steps)


@pytest.mark.parametrize(("function", "name"), SECOND)
def test_so_does_each_step_to_a_second_derivative(function: Function, name: str) -> None:
    steps = differentiate_again(differentiate(function, name, "brief")).steps
    steps_hold(function, steps)
    assert all(step.before == before.after for before, step in pairwise(steps))
    assert not has_derivatives(steps[-1].after)


def steps_hold(function: Function, steps: tuple[Step, ...]) -> None:
    assert points(function)
    for step in steps:
        for before, after in zip(values(function, step.before), values(function, step.after), strict=True):
            # Radii at 200 bits are far below 1e-30, so that balls which meet mean more than chance.
            assert before.overlaps(after), f"{step.rule}: {step.before} is not {step.after}"
            assert before.rad() < 1e-30


@pytest.mark.parametrize(("function", "name"), CASES)
def test_the_chain_leads_from_the_definition_to_the_documented_form(function: Function, name: str) -> None:
    derivation = differentiate(function, name)
    steps = derivation.steps
    assert all(step.before == before.after for before, step in pairwise(steps))
    assert has_derivatives(steps[0].before)
    assert not has_derivatives(derivation.result)
    if name in function.documented:
        assert derivation.result == function.documented[name].formula
        assert all(step.rule != BY_PROOF for step in steps), "no way was found"


@pytest.mark.parametrize(("function", "name"), CASES)
def test_no_line_repeats_another(function: Function, name: str) -> None:
    rows = differentiate(function, name).rows("latex")[1:]
    assert len({row.right for row in rows}) == len(rows)
    assert all(row.reason for row in rows)


def landmarks(name: str, wrt: str, *wanted: str) -> None:
    (function,) = (function for function in CATALOGUE if function.name == name)
    lines = [row.right for row in differentiate(function, wrt).rows("pretty")]
    places = [lines.index(line) for line in wanted]
    assert places == sorted(places)


def test_landmarks_of_the_logistic_function() -> None:
    landmarks(
        "sigmoid", "x",
        "-(1 + e^(-x))^(-2) · d/dx (1 + e^(-x))",
        "e^(-x)/(1 + e^(-x))^2",
        "1/(1 + e^(-x)) · (1 + e^(-x) - 1)/(1 + e^(-x))",
        "1/(1 + e^(-x)) · (1 - 1/(1 + e^(-x)))",
        "σ(x) · (1 - σ(x))",
    )  # fmt: skip


def test_landmarks_of_a_quotient() -> None:
    landmarks(
        "tanh", "x",
        "((e^x + e^(-x))^2 - (e^x - e^(-x))^2)/(e^x + e^(-x))^2",
        "1 - (e^x - e^(-x))^2/(e^x + e^(-x))^2",
        "1 - tanh(x)^2",
    )  # fmt: skip


def test_landmarks_of_a_jacobian() -> None:
    landmarks(
        "softmax", "x",
        "(e^x[i] · (δ[i, j] · Σ(k=1..K) e^x[k] - e^x[j]))/(Σ(k=1..K) e^x[k])^2",
        "softmax[i] · (δ[i, j] - softmax[j])",
    )  # fmt: skip


def test_landmarks_of_losses() -> None:
    landmarks("binary_cross_entropy", "y_hat", "-(y/ŷ - (1 - y)/(1 - ŷ))", "(1 - y)/(1 - ŷ) - y/ŷ")
    landmarks("cross_entropy", "y_hat", "-d/dŷ[i] y[i] · log(ŷ[i])", "-y[i]/ŷ[i]")
    landmarks("mean_squared_error", "y_hat", "2 · (y - ŷ) · d/dŷ (y - ŷ)", "2 · (ŷ - y)")


@pytest.mark.parametrize(
    ("name", "second"),
    [
        ("sigmoid", "(1 - 2*sigmoid)*sigmoid*(1 - sigmoid)"),
        ("tanh", "2*tanh*(tanh**2 - 1)"),
        ("binary_cross_entropy", "(1 - y)/(1 - y_hat)**2 + y/y_hat**2"),
        ("mean_squared_error", "2"),
    ],
)
def test_second_derivatives_are_in_terms_of_the_value(name: str, second: str) -> None:
    (function,) = (function for function in CATALOGUE if function.name == name)
    assert differentiate_again(differentiate(function)).result == read_text(second)


def test_the_value_at_a_kink_is_said_to_be_a_convention() -> None:
    (function,) = (function for function in CATALOGUE if function.name == "relu")
    assert differentiate(function, "x").rows("pretty")[-1].reason == "case by case; 0 at x = 0 by convention"


def test_without_a_documented_form_the_shortest_found_is_the_result() -> None:
    function = stated("odds", Spec("log(x/(1 - x))", inputs=("x",), assume="0 < x < 1"))
    assert differentiate(function, "x").result == read_text("1/(x*(1 - x))")


def test_a_step_that_no_move_explains_is_said_to_rest_on_the_proof() -> None:
    function = stated("bump", Spec("sin(x)**2", documented={"x": "sin(2*x)"}))
    assert differentiate(function, "x").steps[-1].rule == BY_PROOF


def test_a_form_that_is_found_comes_with_its_proof() -> None:
    found = differentiate("log(1 + exp(x))")
    assert found.result == read_text("1 - exp(-f)")
    assert found.found is not None
    assert found.found.verdict is Verdict.PROVED
    assert differentiate(CATALOGUE[0], "x").found is None


def test_logarithms_are_parted_before_they_are_differentiated() -> None:
    steps = differentiate(stated("odds", Spec("log(x/(1 - x))", assume="0 < x < 1"))).steps
    assert steps[1].rule == "logarithm of a quotient"


def test_detail_sets_how_much_one_line_does() -> None:
    (function,) = (function for function in CATALOGUE if function.name == "sigmoid")
    brief, normal, full = (len(differentiate(function, "x", detail).steps) for detail in ("brief", "normal", "full"))
    assert brief < normal < full


def test_json_can_be_read_back() -> None:
    derivation = differentiate(CATALOGUE[0], "x")
    told = json.loads(json.dumps(derivation.to_json()))
    assert [read_text(step["after"]) for step in told["steps"]] == [step.after for step in derivation.steps]
    assert read_text(told["result"]) == derivation.result


def test_a_notebook_shows_the_derivation() -> None:
    shown = differentiate(CATALOGUE[0], "x")._repr_latex_()
    assert re.fullmatch(r"\$\\displaystyle \\begin\{aligned\}.*\\end\{aligned\}\$", shown)


@pytest.mark.parametrize(
    "stated", ["1/(1 + exp(-x))", Spec("1/(1 + exp(-x))"), read_text("1/(1 + exp(-x))"), CATALOGUE[0]]
)
def test_what_the_command_does_a_caller_can_do(stated: object) -> None:
    found = derive.differentiate(stated)
    assert [step.rule for step in found.steps][:2] == ["write as a power", "power and chain rules"]
    assert derive.differentiate(stated, "x", detail="brief").steps[0].before == found.steps[0].before


@pytest.mark.parametrize(
    ("stated", "wrt", "detail", "said"),
    [("x**2", "y", "normal", "y is not a variable of f: write x"), ("x**2", "x", "some", "brief, normal, full"),
     ("x*y", None, "normal", "several variables"), ("exq(x)", None, "normal", "did you mean exp")],
)  # fmt: skip
def test_faults_are_told(stated: str, wrt: str | None, detail: str, said: str) -> None:
    with pytest.raises(DeriveError, match=said):
        derive.differentiate(stated, wrt, detail)


def test_a_function_without_a_rule_is_refused() -> None:
    function = stated("odd", Spec("zeta(x, 2)", inputs=("x",)))
    with pytest.raises(UnsupportedError, match="zeta"):
        differentiate(function, "x")


@pytest.mark.parametrize(
    ("body", "order", "result", "at_zero"),
    [
        ("Piecewise(((exp(x) - 1)/x, x != 0), (1, True))", 1, None, "1/2"),
        ("Piecewise(((exp(x) - 1)/x, x != 0), (1, True))", 2, None, "1/3"),
        ("Piecewise((sin(x)/x, x != 0), (1, True))", 2, None, "-1/3"),
        (
            "max(x, 0) + log(1 + exp(-abs(x)))",
            1,
            "Piecewise((exp(x)/(1 + exp(x)), x < 0), (1/(1 + exp(-x)), True))",
            "1/2",
        ),
        ("sign(x)*(exp(abs(x)) - 1)", 1, "Piecewise((exp(-x), x < 0), (exp(x), True))", "1"),
        ("tan(x)/x", 1, None, "0"),
    ],
)
def test_where_the_rules_do_not_say_a_derivative_is_a_limit(
    body: str, order: int, result: str | None, at_zero: str
) -> None:
    derivation = differentiate(Spec(body))
    if order == 2:
        derivation = differentiate_again(derivation)
    if result is not None:
        assert str(derivation.result) == result
    there = value_at(derivation.function.expand(derivation.result), "x", term(0), Domain())
    assert rational_value(there) == Fraction(at_zero)


def test_every_step_of_a_limit_is_equal_to_the_one_before() -> None:
    steps = differentiate(Spec("Piecewise(((exp(x) - 1)/x, x != 0), (1, True))")).steps
    plain = [step for step in steps if not any(node.head == "der" for node in subterms(step.before))]
    assert len(plain) > 2
    for step in plain:
        assert prove_equal(step.before, step.after, Domain(), Fuel()).verdict is Verdict.PROVED
