"""A vjp against SymPy's derivative of the body written out for three components, and its shape."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest
import sympy

from derive import Spec, catalogue
from derive.calculus.vjp import target_names, upstream_name, vjp
from derive.errors import UnsupportedError
from derive.fuel import Fuel
from derive.notation.bridge import to_sympy
from derive.notation.symbols import size, vector
from derive.notation.text import read_text
from derive.proof.indices.indexed import prove_indexed
from derive.proof.verdict import Verdict
from derive.spec.statement import Function, name_function
from derive.term import Term, free_symbols, subterms, symbol, term
from derive.values.balls import enclose

K = size("K")
LENGTH = 3
MEAN = "Sum(x[m], (m, 1, K))/K"
DEVIATION = f"sqrt(Sum((x[k] - {MEAN})**2, (k, 1, K))/K + e)"
PARTITION = "Sum(exp(x[k]), (k, 1, K))"
HUBER = "Piecewise(((x[k] - y[k])**2/2, abs(x[k] - y[k]) <= 1), (abs(x[k] - y[k]) - 1/2, True))"


def row(name: str, body: str, arrays: str = "x", params: str = "", **options: Any) -> Function:
    inputs = tuple(vector(array, K) for array in arrays.split())
    return name_function(Spec(body, inputs=inputs, params=tuple(params.split()), **options), name, name)


ROWS = (
    row("log_softmax", f"x[i] - log({PARTITION})"),
    row("logsumexp", f"log({PARTITION})"),
    row("softmax_cross_entropy", f"-Sum(y[m]*log(exp(x[m])/{PARTITION}), (m, 1, K))", "x y", wrt=("x",)),
    row("tempered", "exp(x[i]/t)/Sum(exp(x[k]/t), (k, 1, K))", "x", "t", wrt=("x", "t")),
    row("l2_normalise", "x[i]/sqrt(Sum(x[k]**2, (k, 1, K)))"),
    row("rms_norm", "a[i]*x[i]/sqrt(Sum(x[k]**2, (k, 1, K))/K + e)", "x a", "e"),
    row("layer_norm", f"(x[i] - {MEAN})/{DEVIATION}", "x", "e"),
    row("layer_norm_affine", f"a[i]*(x[i] - {MEAN})/{DEVIATION} + b[i]", "x a b", "e", wrt=("x", "a", "b", "e")),
    row("cosine", "Sum(x[k]*y[k], (k, 1, K))/sqrt(Sum(x[k]**2, (k, 1, K))*Sum(y[k]**2, (k, 1, K)))", "x y"),
    row("huber", f"Sum({HUBER}, (k, 1, K))/K", "x y"),
    row("variation", "Sum((x[k + 1] - x[k])**2, (k, 1, K - 1))"),
    row("tail", "Sum(x[k]**3, (k, 2, K)) + x[1]*x[i]"),
    row("product", "Product(x[k], (k, 1, K))"),
    row("variance", f"Sum((x[k] - {MEAN})**2, (k, 1, K))/(K - 1)"),
)
EVERY = [(function, name) for function in (*catalogue(), *ROWS) for name in function.wrt]


def named(case: object) -> str:
    return case.name if isinstance(case, Function) else str(case)


@pytest.mark.parametrize(("function", "name"), EVERY, ids=named)
def test_equals_the_contracted_jacobian(function: Function, name: str) -> None:
    """Against SymPy's diff, component by component, to 40 digits at a point inside every domain."""
    source = random.Random(7)
    pulled, upstream = vjp(function, name), upstream_name(function)
    values = {array: components(function, array, source) for array in (*function.inputs, *function.params)}
    values[upstream] = tuple(draw(source) for _ in range(LENGTH)) if function.output else draw(source)
    for place in range(1, LENGTH + 1) if target_names(function, name) else (0,):
        point = {**values, "K": Fraction(LENGTH)} | dict.fromkeys(target_names(function, name), Fraction(place))
        ours = enclose(pulled, point, bits=200, first_index=1)
        theirs = by_sympy(function, name, upstream, values, place)
        assert abs(sympy.Float(ours.str(45, radius=False), 45) - theirs) < sympy.Float("1e-40")


def draw(source: random.Random) -> Fraction:
    return Fraction(source.randint(1, 30), 31)


def components(function: Function, name: str, source: random.Random) -> Any:
    return tuple(draw(source) for _ in range(LENGTH)) if name in function.domain.axes else draw(source)


def by_sympy(function: Function, name: str, upstream: str, values: dict[str, Any], place: int) -> sympy.Expr:
    outputs = range(1, LENGTH + 1) if function.output else (0,)
    total = sympy.S.Zero
    for output in outputs:
        body = to_sympy(function.body).subs(sympy.Symbol("K", real=True), LENGTH)
        for index in function.output:
            body = body.subs(sympy.Symbol(index, real=True), output)
        body = body.doit()
        seed = values[upstream][output - 1] if output else values[upstream]
        total += sympy.Rational(str(seed)) * body.diff(component(name, place))
    return at(total, values).evalf(50)


def component(name: str, place: int) -> sympy.Expr:
    return sympy.IndexedBase(name, real=True)[place] if place else sympy.Symbol(name, real=True)


def at(formula: sympy.Expr, values: dict[str, Any]) -> sympy.Expr:
    """`formula` with every component and scalar given its value."""
    known: dict[Any, Any] = {}
    for name, value in values.items():
        parts = enumerate(value, 1) if isinstance(value, tuple) else ((0, value),)
        known |= {component(name, place): sympy.Rational(str(number)) for place, number in parts}
    return formula.xreplace(known).doit()


@pytest.mark.parametrize(("function", "name"), [case for case in EVERY if not case[0].elementwise], ids=named)
def test_costs_a_row_and_not_its_square(function: Function, name: str) -> None:
    """No sum sits inside another over an index on which it depends."""
    for node in subterms(vjp(function, name)):
        if node.head == "sum":
            bound = node.args[1].name
            inner = (part for part in subterms(node.args[0]) if part.head == "sum")
            assert not any(bound in free_symbols(part) for part in inner)


@pytest.mark.parametrize("function", [f for f in (*catalogue(), *ROWS) if f.output and "/" in str(f.body)], ids=named)
def test_spells_its_sums_as_the_body_does(function: Function) -> None:
    """So that a kernel computes them once for both."""
    mine = {node for node in subterms(function.body) if node.head == "sum"}
    assert mine <= set(subterms(vjp(function, function.wrt[0])))


@pytest.mark.parametrize(("function", "name"), [case for case in EVERY if not case[0].elementwise], ids=named)
def test_is_proved_for_every_length(function: Function, name: str) -> None:
    """The prover differentiates Sum_i g[i] f[i] by itself."""
    upstream, targets = symbol(upstream_name(function)), tuple(map(symbol, target_names(function, name)))
    body = function.body * upstream
    for index in function.output:
        body = Term("sum", (function.body * upstream[symbol(index)], symbol(index), term(1), symbol("K")))
    variable = symbol(name)[targets] if targets else symbol(name)
    domain = function.domain.with_axes(upstream.name, (term(1), symbol("K"))) if function.output else function.domain
    proof = prove_indexed(body, variable, vjp(function, name), domain, Fuel())
    assert proof.verdict is Verdict.PROVED, proof.message


def test_reads_as_documented() -> None:
    softmax = next(function for function in catalogue() if function.name == "softmax")
    value = f"exp(x[j])/{PARTITION}"
    assert vjp(softmax, "x") is read_text(f"{value}*(g[j] - Sum({value.replace('j', 'i')}*g[i], (i, 1, K)))")


def test_deviations_from_a_mean_add_up_to_nothing() -> None:
    written = str(vjp(row("variance", f"Sum((x[k] - {MEAN})**2, (k, 1, K))"), "x"))
    assert written == "2*g*(x[j] - Sum(x[m], (m, 1, K))/K)"


def test_a_hypothesis_on_a_sum_is_used() -> None:
    stated = row("ce", f"-Sum(y[m]*log(exp(x[m])/{PARTITION}), (m, 1, K))", "x y", wrt=("x",), assume="Sum(y) = 1")
    assert vjp(stated, "x") is read_text(f"g*(exp(x[j])/{PARTITION} - y[j])")


def test_names_give_way_to_the_function_s_own() -> None:
    taken = row("taken", "Sum(g[j]*x[j], (j, 1, K))", "g x")
    assert (upstream_name(taken), target_names(taken, "x")) == ("g_1", ("j_1",))
    assert vjp(taken, "x") is symbol("g")[symbol("j_1")] * symbol("g_1")


def test_a_shared_name_in_two_ranges_is_kept_apart() -> None:
    function = row("two", "Sum(x[k]*y[k], (k, 1, K)) + Sum(x[k]*y[k], (k, 2, K))", "x y")
    inside: Term = vjp(function, "x")
    assert str(inside) == "Piecewise((g*y[j], j >= 2), (0, True)) + g*y[j]"


@pytest.mark.parametrize(
    ("body", "said"), [("Maximum(x[k]**2, (k, 1, K))", "tie"), ("x[i + 1]", "range of the index i")]
)
def test_what_ties_or_has_no_range_is_refused(body: str, said: str) -> None:
    with pytest.raises(UnsupportedError, match=said):
        vjp(row("refused", body), "x")
