"""Kernels: their arguments, their loops, and what they refuse."""

from __future__ import annotations

from dataclasses import replace

import pytest
from forms import FORMS, Form
from sympy import IndexedBase

from derive import Spec, index, real, size, vector
from derive.codegen.kernel import Argument, Assign, Kernel, Map, Reduce, Store
from derive.codegen.lower import lower, statements, whole_arrays
from derive.errors import UnsupportedError
from derive.notation.text import read_text
from derive.spec.function import Order
from derive.spec.statement import name_function
from derive.term import Term, subterms

x, a = real("x a")
K, M = size("K M")
i, j, k = index("i j k")


def lowered(form: str, **spec: object) -> Kernel:
    function = name_function(Spec(form, **spec), "probe", "probe.py:1: probe")
    return lower(function, {("forward", ""): read_text(form)})[0]


def stored(kernel: Kernel) -> str:
    (store,) = (s for s in statements(kernel.body) if isinstance(s, Store))
    return str(store.value)


def temporaries(kernel: Kernel) -> dict[str, str]:
    return {s.name: str(s.value) for s in statements(kernel.body) if isinstance(s, Assign)}


@pytest.mark.parametrize(
    ("function", "order", "wrt", "stem"),
    [
        ("sigmoid", "forward", "", "sigmoid"),
        ("sigmoid", "vjp", "", "sigmoid_vjp"),
        ("kl_div", "vjp", "target", "kl_div_vjp_target"),
        ("sigmoid", "d2", "", "sigmoid_d2"),
    ],
)
def test_a_kernel_is_named_after_its_order(function: str, order: Order, wrt: str, stem: str) -> None:
    kernel = replace(FORMS["logistic"].kernels[0], function=function, order=order, wrt=wrt)
    assert kernel.stem == stem


def test_arguments_come_in_the_order_of_the_interface() -> None:
    forward, first, second = FORMS["squared"].kernels
    assert [argument.name for argument in forward.arguments] == ["y", "y_hat", "out"]
    assert [argument.name for argument in first.arguments] == ["y", "y_hat", "gout", "gy"]
    assert [argument.name for argument in second.arguments] == ["y", "y_hat", "gout", "gy_hat"]
    assert [kernel.stem for kernel in (forward, first, second)] == [
        "squared", "squared_vjp", "squared_vjp_y_hat",
    ]  # fmt: skip


def test_a_second_derivative_takes_what_the_function_takes() -> None:
    forms = {("d2", "y"): read_text("2"), ("d2", "y_hat"): read_text("2")}
    kernels = lower(FORMS["squared"].function, forms)
    assert [[argument.name for argument in kernel.arguments] for kernel in kernels] == [["y", "y_hat", "out"]] * 2
    assert [kernel.stem for kernel in kernels] == ["squared_d2", "squared_d2_y_hat"]


def test_an_elementwise_kernel_is_one_loop_that_ends_in_its_store() -> None:
    (loop,) = FORMS["logistic"].kernels[0].body
    assert isinstance(loop, Map)
    assert loop.axis.size == "n"
    assert isinstance(loop.body[-1], Store)


def test_what_is_shared_has_one_name_in_forward_and_vjp() -> None:
    forward, vjp = FORMS["logistic"].kernels
    assert temporaries(forward)["z"] == temporaries(vjp)["z"] == "exp(-abs(x))"


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("2101401974710961*x/2000000000000000", "2101401974710961/2000000000000000*x"),
        ("2*x/3", "2*x/3"),
        ("x/20000000000", "x/20000000000"),
    ],
)
def test_constants_that_no_float_holds_are_rounded_once(form: str, value: str) -> None:
    assert stored(lowered(form)) == value


def test_rows_reduce_in_the_order_of_dependence_and_store_last() -> None:
    (rows,) = FORMS["gibbs"].kernels[1].body
    assert isinstance(rows, Map)
    assert [type(part).__name__ for part in rows.body] == ["Reduce", "Reduce", "Assign", "Map"]
    reduced = [{part.name for part in s.state} for s in rows.body if isinstance(s, Reduce)]
    assert reduced == [{"largest"}, {"total", "dot"}]
    last = rows.body[-1]
    assert isinstance(last, Map)
    assert isinstance(last.body[-1], Store)


def test_sums_that_do_not_need_each_other_share_a_loop() -> None:
    kernel = lowered("Sum(x[k]**2, (k, 1, K))/Sum(exp(x[k]), (k, 1, K))", inputs=(vector("x", K),))
    (loop,) = (s for s in statements(kernel.body) if isinstance(s, Reduce))
    assert len(loop.state) == 2


def test_a_parameters_gradient_is_a_sum_over_elements_into_a_pointer() -> None:
    kernel = FORMS["scaled"].kernels[2]
    assert kernel.output == Argument("galpha", "output", "scalar")
    *_, total, store = kernel.body
    assert isinstance(total, Reduce)
    assert isinstance(store, Store)


def test_what_an_element_does_not_change_is_computed_outside_the_loop() -> None:
    root, loop = FORMS["scaled"].kernels[0].body
    assert isinstance(root, Assign)
    assert str(root.value) == "sqrt(beta)"
    assert isinstance(loop, Map)


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("sin(x)**2", "t*t"),
        ("x**3", "x*x*x"),
        ("x**-2", "1/(x*x)"),
        ("x**0.5", "sqrt(x)"),
        ("x**-0.5", "1/sqrt(x)"),
        ("x**5", "x**5"),
        ("x**a", "x**a"),
    ],
)
def test_small_powers_are_products_and_halves_are_roots(form: str, value: str) -> None:
    assert stored(lowered(form, inputs=(x, a) if "a" in form else (x,))) == value


def test_branches_that_end_alike_choose_the_operand() -> None:
    assert stored(FORMS["logistic"].kernels[0]) == "Piecewise((1, x >= 0), (z, True))/(1 + z)"


def test_where_no_branch_holds_the_value_is_nan() -> None:
    assert stored(lowered("Piecewise((x, x > 0))", inputs=(x,))) == "Piecewise((x, x > 0), (nan, True))"


def test_a_sum_of_what_does_not_vary_is_a_product_with_the_length() -> None:
    kernel = lowered("x[i]*Sum(a, (k, 1, K))", inputs=(vector("x", K),), params=(a,))
    assert not any(isinstance(s, Reduce) for s in statements(kernel.body))
    assert temporaries(kernel) == {"p": "a*k"}


def test_a_divisor_that_does_not_vary_leaves_the_sum() -> None:
    kernel = FORMS["gibbs"].kernels[1]
    (dot,) = (part for s in statements(kernel.body) if isinstance(s, Reduce) for part in s.state if part.name == "dot")
    assert str(dot.value) == "gy*z"


def test_whole_arrays_have_no_loops_and_each_value_once() -> None:
    flat = whole_arrays(FORMS["gibbs"].kernels[1].body)
    assert not any(isinstance(s, Map) or (isinstance(s, Reduce) and s.body) for s in flat)
    names = [s.name for s in flat if isinstance(s, Assign)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.name)
def test_every_name_is_set_before_it_is_used_and_never_an_arguments(form: Form) -> None:
    for kernel in form.kernels:
        given = {argument.name for argument in kernel.arguments} | set(kernel.sizes)
        assert not given & set(temporaries(kernel))
        _check_scopes(kernel.body, given)


def _check_scopes(body: tuple[object, ...], known: set[str]) -> None:
    def check(value: Term, known: set[str]) -> None:
        assert {node.name for node in subterms(value) if node.head == "sym"} <= known

    for statement in body:
        if isinstance(statement, Assign):
            check(statement.value, known)
            known = known | {statement.name}
        elif isinstance(statement, Store):
            check(statement.value, known)
        elif isinstance(statement, Map):
            _check_scopes(statement.body, known)
        elif isinstance(statement, Reduce):
            inner = known | {part.name for part in statement.body}
            _check_scopes(statement.body, known)
            for part in statement.state:
                check(part.value, inner)
            known = known | {part.name for part in statement.state}


@pytest.mark.parametrize(
    ("form", "spec", "says"),
    [
        ("Sum(x[k]*y[j], (k, 1, K), (j, 1, M))", {"inputs": (vector("x", K), vector("y", M))}, "different sizes"),
        ("Sum(A[k, i], (k, 1, K))", {"inputs": (IndexedBase("A", shape=(K, K), real=True),)}, "matrices"),
        ("Sum(Sum(x[k]*x[j], (k, 1, K)), (j, 1, K))", {"inputs": (vector("x", K),)}, "not at the present position"),
        ("x[i + 1]", {"inputs": (vector("x", K),)}, "not at the present position"),
        ("Sum(x[k], (k, 1, K - 1))", {"inputs": (vector("x", K),)}, "whole of a row"),
        ("Product(x[k], (k, 1, K))", {"inputs": (vector("x", K),)}, "not a sum or a maximum"),
        ("Sum(x[k]*k, (k, 1, K))", {"inputs": (vector("x", K),)}, "where a number is wanted"),
        ("Sum(KroneckerDelta(k, 1)*x[k], (k, 1, K))", {"inputs": (vector("x", K),)}, "not something that a kernel"),
    ],
)
def test_what_no_kernel_covers_is_refused_by_name_and_place(form: str, spec: dict[str, object], says: str) -> None:
    with pytest.raises(UnsupportedError, match=rf"(?s)^probe\.py:1: probe: .*{says}"):
        lowered(form, **spec)
