"""Expressions: computed as they are written, whatever the target's precedence."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from emitted import module
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import Spec, real
from derive.codegen.emit import emit
from derive.codegen.lower import lower
from derive.elementary.table import column
from derive.errors import UnsupportedError
from derive.runtime import load_kernels
from derive.spec.statement import name_function
from derive.targets.c import TARGET as C
from derive.targets.numpy import TARGET as NUMPY
from derive.term import ONE, Term, branches, call, cases, decimal, free_symbols, relation, symbol, term
from derive.values.balls import exact

X, Y = symbol("x"), symbol("y")
FUNCTION = name_function(Spec("x + y", inputs=tuple(real("x y"))), "probe", "probe.py:1: probe")
OPERATIONS: dict[str, Callable[..., float]] = {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "div": lambda a, b: a / b,
    "neg": lambda a: -a, "abs": abs, "lt": lambda a, b: a < b, "le": lambda a, b: a <= b, "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b, "eq": lambda a, b: a == b, "ne": lambda a, b: a != b,
    "and": lambda *parts: all(parts), "or": lambda *parts: any(parts), "not": lambda a: not a,
}  # fmt: skip


def evaluate(node: Term, x: float, y: float) -> float:
    """What a reader would compute, one rounding an operation; constants among themselves are rounded once."""
    if node.args and not free_symbols(node) and (constant := exact(node, {})) is not None:
        return float(constant)
    if node.head == "sym":
        return {"x": x, "y": y}[node.name]
    if node.head == "num":
        return float(node.number)
    if node.head == "cases":
        return next(evaluate(value, x, y) for value, test in branches(node) if evaluate(test, x, y))
    if node.head == "true":
        return True
    return OPERATIONS[node.head](*(evaluate(part, x, y) for part in node.args))


@st.composite
def terms(draw: st.DrawFn, depth: int = 4) -> Term:
    kind = draw(st.sampled_from(["leaf", "add", "sub", "mul", "div", "neg", "cases"] if depth else ["leaf"]))
    if kind == "leaf":
        return draw(st.sampled_from([X, Y, X, Y, term(2), decimal(Fraction(1, 8)), -term(3)]))
    left, right = draw(terms(depth - 1)), draw(terms(depth - 1))
    if kind == "cases":
        return cases((left, draw(conditions())), otherwise=right)
    if kind == "div":
        return left / (ONE + call("abs", right))
    return -left if kind == "neg" else Term(kind, (left, right))


@st.composite
def conditions(draw: st.DrawFn, depth: int = 2) -> Term:
    kind = draw(st.sampled_from(["lt", "le", "gt", "ge", "eq", "ne", *(["and", "or", "not"] if depth else [])]))
    if kind == "not":
        return Term("not", (draw(conditions(depth - 1)),))
    if kind in ("and", "or"):
        return Term(kind, (draw(conditions(depth - 1)), draw(conditions(depth - 1))))
    return relation(kind, draw(terms(1)), draw(terms(1)))


POINTS = [(0.3, -1.7), (-2.5, 0.1), (1.0, 1.0), (1e3, -3e-4)]


@settings(derandomize=True, deadline=None, max_examples=150)
@given(terms())
def test_numpy_computes_a_term_as_it_is_written(drawn: Term) -> None:
    form = X + Y * drawn
    probe = module(FUNCTION, lower(FUNCTION, {("forward", ""): form}))
    x, y = np.array(POINTS).T
    expected = [evaluate(form, *point) for point in POINTS]
    assert probe.probe(x, y).tolist() == expected


def test_c_computes_terms_as_they_are_written() -> None:
    below = relation("lt", X, Y)
    forms = [
        X - (Y - (X - Y)), X / (Y / (X / Y)), X / (Y * X) / Y, Term("neg", (-X,)) - (-Y), -(X * Y), -X * -Y,
        (X + Y) * (X - Y) / (X + ONE),
        cases((X, relation("lt", X, Y)), (Y, relation("eq", X, ONE)), otherwise=X - Y) * Y,
        X * cases((cases((X, relation("gt", X, ONE)), otherwise=Y), relation("lt", Y, ONE)), otherwise=X / Y),
        cases((X, Term("or", (Term("and", (below, relation("gt", X, ONE))), relation("ge", Y, X)))), otherwise=Y),
        cases((X, Term("not", (Term("or", (below, relation("eq", X, ONE))),))), otherwise=Y),
    ]  # fmt: skip
    for form in forms:
        loaded = load_kernels(FUNCTION, lower(FUNCTION, {("forward", ""): form}))
        x, y = np.array(POINTS).T
        assert loaded.forward(x, y).tolist() == [evaluate(form, *point) for point in POINTS]


def test_constants_are_rounded_once() -> None:
    form = X * (call("sqrt", term(2) / Term("const", (), "pi")) / term(3)) + Y
    exact = Fraction(0.26596152026762178)
    text = emit(FUNCTION, lower(FUNCTION, {("forward", ""): form}), C)[0].text
    assert f"const double c = {float(exact)!r};" in text
    assert "const float c = 0.26596153f;" in text


def test_a_function_that_the_target_lacks_is_named() -> None:
    kernels = lower(FUNCTION, {("forward", ""): call("besselj", X, Y)})
    for target in (NUMPY, C):
        with pytest.raises(UnsupportedError, match=rf"probe\.py:1: probe: the target {target.name} has no besselj"):
            emit(FUNCTION, kernels, target)


def test_a_constant_beyond_float32_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="beyond the range of float32"):
        emit(FUNCTION, lower(FUNCTION, {("forward", ""): X * decimal(Fraction(10) ** 60) + Y}), C)


@pytest.mark.parametrize(("head", "other"), column("reciprocal").items())
def test_a_function_that_targets_lack_is_one_over_another(head: str, other: str) -> None:
    form = X / call(head, Y)
    expected = [x * getattr(math, other)(y) for x, y in POINTS[:3]]
    x, y = np.array(POINTS[:3]).T
    for found in (module(FUNCTION, lower(FUNCTION, {("forward", ""): form})).probe(x, y),
                  load_kernels(FUNCTION, lower(FUNCTION, {("forward", ""): form})).forward(x, y)):  # fmt: skip
        assert found.tolist() == pytest.approx(expected, rel=4 * np.finfo(float).eps)
