"""Evaluation forms of the catalogue and of its kin: proved, accurate, total."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from derive import Spec, catalogue, index, positive, real, size, vector
from derive.errors import UnsupportedError
from derive.notation.text import read_text
from derive.proof.verdict import Verdict
from derive.spec.function import Order
from derive.spec.pages import read_specs
from derive.spec.statement import Function, name_function
from derive.stabilisation.forms import EvaluationForm, prove_form, proved, stabilise
from derive.stabilisation.wide import precise_form
from derive.term import free_symbols, substitute, symbol, term
from derive.values.balls import enclose, to_ball
from derive.values.formats import FLOAT64
from derive.values.ieee import evaluate
from derive.values.rounded import Machine

x, y = real("x y")
a = positive("a")
K = size("K")
i, k = index("i k")
row = vector("x", K)

# How many ulp of float64 some kin of the catalogue's functions may be off: forward, derivative (off roots).
KIN = {
    "logistic_product": (4, 5), "soft_ramp": (4, 4), "log_logistic": (4, 4), "self_gated": (6, 8), "soft_sign": (3, 4),
    "exponential_ramp": (3, 3), "hard_gate": (3, 3), "gated_exponential": (6, 8), "bell": (4, 5),
}  # fmt: skip
SEARCHED = ("soft_ramp", "soft_sign", "exponential_ramp", "hard_gate")  # the other forms are locked beside the specs
ROWS = {
    "log_normalised": Spec("log(exp(x[i])/Sum(exp(x[k]), (k, 1, K)))", inputs=(row,)),
    "log_total": Spec("log(Sum(exp(x[k]), (k, 1, K)))", inputs=(row,)),
}


def named(name: str, spec: Spec) -> Function:
    return name_function(spec, name, f"rows.py:1: {name}")


SPECS = {function.name: function for function in read_specs(Path(__file__).parents[1] / "kin_specs.py")}
SPECS |= {name: replace(SPECS[name], locked={}) for name in SEARCHED}
FUNCTIONS = [*catalogue(), *(SPECS[name] for name in KIN)]
FUNCTIONS += [named(name, spec) for name, spec in ROWS.items()]
ORDERS = [(function, "forward", "") for function in FUNCTIONS]
ORDERS += [(function, "vjp", name) for function in FUNCTIONS for name in function.wrt]
UNARY = [function for function in FUNCTIONS if function.inputs == ("x",) and function.elementwise]


@cache
def formed(function: Function, order: Order, wrt: str = "") -> EvaluationForm:
    """As `stabilise`, which searches for what is not locked."""
    return stabilise(function, order, wrt)


def slope(function: Function) -> EvaluationForm:
    """The derivative's form: the vjp with an upstream gradient of 1."""
    form = formed(function, "vjp", "x")
    return EvaluationForm(*(substitute(part, {symbol("g"): term(1)}) for part in (form.stated, form.body)), form.steps)


@pytest.mark.parametrize(("function", "order", "wrt"), ORDERS, ids=lambda part: getattr(part, "name", part))
def test_every_form_is_proved_equal_to_what_was_stated(function: Function, order: Order, wrt: str) -> None:
    form = formed(function, order, wrt)
    assert prove_form(form, function.domain).verdict is Verdict.PROVED


def test_a_locked_form_that_is_not_proved_is_refused() -> None:
    function = SPECS["logistic_product"]
    found = stabilise(function, "forward", "").answer
    assert found is not None
    wrong = {
        **found.entry,
        "parts": [{**found.entry["parts"][0], "steps": [["fold the exponential", "x/(2 + exp(-x))"]]}],
    }
    locked = replace(function, locked={"forward": wrong})
    with pytest.raises(UnsupportedError, match=r"kin_specs.py:\d+: logistic_product: .* is not proved .*REFUTED"):
        proved(locked, "forward", "")


def test_a_form_that_is_locked_is_not_searched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    function = SPECS["logistic_product"]
    found = stabilise(function, "vjp", "x")
    assert found.answer is not None
    locked = replace(function, locked={"vjp x": found.answer.entry})
    monkeypatch.setattr("derive.stabilisation.lock.find", lambda *_, **__: pytest.fail("a search"))
    assert proved(locked, "vjp", "x").body == found.body
    other = replace(locked, body=read_text("x/(1 + exp(-2*x))"))
    with pytest.raises(pytest.fail.Exception):
        stabilise(other, "vjp", "x")


@pytest.mark.parametrize(("function", "order", "wrt"), ORDERS, ids=lambda part: getattr(part, "name", part))
def test_the_steps_lead_from_what_was_stated_to_the_form(function: Function, order: Order, wrt: str) -> None:
    form = formed(function, order, wrt)
    assert all(before.after == after.before for before, after in zip(form.steps, form.steps[1:], strict=False))
    assert not form.steps or form.steps[-1].after == form.body


def bit_patterns(dtype: type, count: int) -> np.ndarray:
    """Finite values spread evenly over the bit patterns, everyday values, and the extremes."""
    random = np.random.default_rng(7)
    bits = np.dtype(dtype).itemsize * 8
    spread = random.integers(0, 2**bits, count, dtype=np.uint64).astype(f"u{bits // 8}").view(dtype)
    info = np.finfo(dtype)
    extremes = np.array([0, -0.0, info.max, -info.max, info.tiny, -info.tiny, info.smallest_subnormal, 1, -1], dtype)
    everyday = (random.normal(0, 1, count) * 10.0 ** random.uniform(-3, 2, count)).astype(dtype)
    whole = np.concatenate([spread, everyday, extremes])
    return whole[np.isfinite(whole)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("function", UNARY, ids=lambda function: function.name)
def test_no_branch_raises_a_flag_or_gives_nan_on_a_finite_input(function: Function, dtype: type) -> None:
    for form in (formed(function, "forward"), slope(function)):
        with np.errstate(all="raise", under="ignore"):
            found = evaluate(form.body, {"x": bit_patterns(dtype, 2000)})
        assert np.isfinite(found).all()


@pytest.mark.parametrize("function", UNARY, ids=lambda function: function.name)
def test_nan_gives_nan_and_infinity_gives_no_nan(function: Function) -> None:
    for form in (formed(function, "forward"), slope(function)):
        with np.errstate(all="ignore"):
            found = evaluate(form.body, {"x": np.array([np.nan, np.inf, -np.inf])})
        assert np.isnan(found).tolist() == [True, False, False]


@pytest.mark.parametrize("name", KIN)
def test_forms_are_accurate_in_float64(name: str) -> None:
    function = SPECS[name]
    kinds: tuple[tuple[Order, str], ...] = (("forward", ""), ("vjp", "x"))
    for (order, wrt), most in zip(kinds, KIN[name], strict=True):
        form = formed(function, order, wrt) if order == "forward" else slope(function)
        computed = precise_form(function, order, wrt, formed(function, order, wrt).body)
        points = bit_patterns(np.float64, 120)
        points = points[np.abs(points) < (26 if name == "bell" else 650)]  # a bell's tail has subnormal factors
        found = Machine(FLOAT64, {"x": points}).value(substitute(computed, {symbol("g"): term(1)}))
        for at, value in zip(points.tolist(), found.tolist(), strict=True):
            assert error_in_ulp(form, at, value) <= most, at


def error_in_ulp(form: EvaluationForm, at: float, value: float) -> float:
    """Against 1100 bits; within reach of a root of the derivative, in ulp of 1/16."""
    exact = enclose(form.stated, {"x": Fraction(at)}, 1100)
    near_root = -3 < at < -0.5 and abs(float(exact.mid())) < 1 / 16
    unit = np.spacing(1 / 16 if near_root else max(abs(float(exact.mid())), np.finfo(np.float64).tiny))
    return abs(float((exact - to_ball(Fraction(value))).mid())) / unit


def test_what_is_guarded_outside_the_domain_mentions_each_bound() -> None:
    losses = [function for function in FUNCTIONS if function.domain.ranges and function.elementwise]
    for function in losses:
        form = stabilise(function, "forward", "")
        outside = {name: np.array([2.0, 0.5]) for name in sorted(free_symbols(form.body))}
        with np.errstate(all="ignore"):
            first, second = evaluate(form.body, outside)
        assert np.isnan(first)
        assert np.isfinite(second)


@pytest.mark.parametrize(("body", "slope"), [("(t - x)**2/2", "x - t"), ("(t - x)**2", "2*(x - t)")])
def test_differences_are_written_without_a_sign_before_them(body: str, slope: str) -> None:
    found = named("f", Spec(body, inputs=("x", "t"), wrt="x"))
    assert str(stabilise(found, "vjp", "x").body) == f"g*({slope})"


def test_infinity_is_on_its_side_of_a_kink_between_multiples_of_a_variable() -> None:
    leaky = named("leaky", Spec("max(x, x/8)", inputs=(x,), kinks={x: {0: 0.125}}))
    form = stabilise(leaky, "vjp", "x")
    ends = {"x": np.array([-np.inf, np.inf, np.nan]), "g": np.ones(3)}
    np.testing.assert_array_equal(evaluate(form.body, ends), [0.125, 1.0, np.nan])
    assert prove_form(form, leaky.domain).verdict is Verdict.PROVED
