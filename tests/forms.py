"""Functions with evaluation forms written by hand, so that kernels are tested apart from the search for forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from derive import Spec, index, real, size, vector
from derive.codegen.kernel import Kernel
from derive.codegen.lower import lower
from derive.notation.text import read_text
from derive.spec.function import Order
from derive.spec.statement import Function, name_function
from derive.term import Term

x, y, y_hat, alpha, beta = real("x y y_hat alpha beta")
K = size("K")
i, k = index("i k")
row, other = vector("x", K), vector("y", K)

LARGEST = "Maximum(x[k], (k, 1, K))"
TOTAL = f"Sum(expdiff(x[k], {LARGEST}), (k, 1, K))"


def softmax_at(at: str) -> str:
    return f"expdiff(x[{at}], {LARGEST})/{TOTAL}"


@dataclass(frozen=True)
class Form:
    name: str
    spec: Spec
    forward: str
    gradients: Mapping[str, str]

    @cached_property
    def function(self) -> Function:
        return name_function(self.spec, self.name, f"forms.py:1: {self.name}")

    @cached_property
    def kernels(self) -> tuple[Kernel, ...]:
        forms: dict[tuple[Order, str], Term] = {("forward", ""): read_text(self.forward)}
        forms |= {("vjp", name): read_text(form) for name, form in self.gradients.items()}
        return lower(self.function, forms)


FORMS = {form.name: form for form in (
    Form(
        "logistic", Spec("1/(1 + exp(-x))", inputs=(x,)),
        "Piecewise((1/(1 + exp(-abs(x))), x >= 0), (exp(-abs(x))/(1 + exp(-abs(x))), True))",
        {"x": "g*(exp(-abs(x))/(1 + exp(-abs(x)))**2)"},
    ),
    Form(
        "rectifier", Spec("max(x, 0)", inputs=(x,), kinks={x: {0: 0}}),
        "Piecewise((0, x <= 0), (x, True))", {"x": "g*Piecewise((0, x <= 0), (1, x > 0), (x, True))"},
    ),
    Form(
        "squared", Spec("(y - y_hat)**2", inputs=(y, y_hat)),
        "(y - y_hat)**2", {"y": "g*(2*(y - y_hat))", "y_hat": "g*(2*(y_hat - y))"},
    ),
    Form(
        "gaussian_gate", Spec("x*(1 + erf(x/sqrt(2)))/2", inputs=(x,)),
        "x*(1/2)*erfc(-x*sqrt(1/2))",
        {"x": "g*(1/2*erfc(-x*sqrt(1/2)) + x*exp(-x*x/2)/sqrt(2*pi))"},
    ),
    Form(
        "scaled", Spec("alpha*sin(beta*x)", inputs=(x,), params=(alpha, beta), wrt=(x, alpha)),
        "alpha*sin(sqrt(beta)*x)", {"x": "g*(alpha*sqrt(beta)*cos(sqrt(beta)*x))", "alpha": "g*sin(sqrt(beta)*x)"},
    ),
    Form(
        "every_operation", Spec("x + y", inputs=(x, y)),
        "max(x, y) - min(x, -y) + sign(x)*floor(y) + x**5 + atan2(x, y)**(1/3) + 0.1*cbrt(x)/(y - (x - 1))"
        " - Piecewise((1, And(x > 0, y < 1, Or(x >= 2, y != 0))), (nan, Not(x == y)), (-oo, True))", {},
    ),
    Form(
        "gibbs", Spec("exp(x[i])/Sum(exp(x[k]), (k, 1, K))", inputs=(row,)),
        softmax_at("i"), {"x": f"{softmax_at('j')}*(g[j] - Sum(g[i]*({softmax_at('i')}), (i, 1, K)))"},
    ),
    Form(
        "surprise", Spec("-Sum(y[k]*log(x[k]), (k, 1, K))", inputs=(other, row), wrt=(row,)),
        "-Sum(y[k]*log(x[k]), (k, 1, K))", {"x": "g*(-y[j]/x[j])"},
    ),
    Form(
        "centred", Spec("(x[i] - Sum(x[k], (k, 1, K))/K)*alpha", inputs=(row, alpha), wrt=(row, alpha)),
        "(x[i] - Sum(x[k], (k, 1, K))/K)*alpha",
        {"x": "alpha*(g[j] - Sum(g[k], (k, 1, K))/K)", "alpha": "Sum(g[k]*(x[k] - Sum(x[i], (i, 1, K))/K), (k, 1, K))"},
    ),
)}  # fmt: skip
