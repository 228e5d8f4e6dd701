"""`derive.prove`: formulas as text, Terms or SymPy, abbreviations, and mistakes in what is asked."""

from __future__ import annotations

import pytest
import sympy

import derive
from derive.errors import FormulaError
from derive.proof.verdict import Verdict
from derive.term import call, symbol


def test_a_proof_names_its_hypotheses_and_its_evidence() -> None:
    proof = derive.prove("x/(1 + exp(-x))", "x", "s*(1 + x*(1 - s))", let="s = 1/(1 + exp(-x))")
    assert proof.verdict is Verdict.PROVED
    assert proof.hypotheses == ("real x",)
    assert proof.evidence == "both sides are exp(x)*(x + exp(x) + 1)/(exp(x) + 1)**2"


def test_formulas_may_be_sympy_or_terms() -> None:
    x = sympy.Symbol("x")
    assert derive.prove(sympy.tanh(x), x, 1 - sympy.tanh(x) ** 2).verdict is Verdict.PROVED
    assert derive.prove(symbol("x") ** 2, symbol("x"), 2 * symbol("x")).verdict is Verdict.PROVED


def test_abbreviations_may_use_each_other_and_be_indexed() -> None:
    let = ["t = exp(x)", "s = t/(1 + t)"]
    assert derive.prove("log(1 + exp(x))", "x", "s", let=list(reversed(let))).verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("wrt", "let", "said"),
    [("x + 1", (), "is not a variable"), ("x", "s", "cannot read the abbreviation"),
     ("x", "1 = s", "cannot be defined"), ("x", "exp(x) = s", "cannot be defined")],
)  # fmt: skip
def test_a_mistake_is_told_in_a_line(wrt: str, let: str, said: str) -> None:
    with pytest.raises(FormulaError, match=said):
        derive.prove("x**2", wrt, "2*x", let=let)


def test_a_function_without_a_rule_is_undecided() -> None:
    proof = derive.prove("polygamma(x, 1)", "x", "0", assume="x>0")
    assert proof.verdict is Verdict.UNDECIDED
    assert "no rule" in proof.message


def test_an_abbreviation_may_use_those_before_it() -> None:
    assert derive.prove("s", "x", "t*(1 - t)", let=["s = 1/(1 + exp(-x))", "t = s"]).verdict is Verdict.PROVED


def total(body: str, index: str = "k") -> str:
    return f"Sum({body}, ({index}, 0, K - 1))"


SOFTMAX = "d[i] = exp(x[i])/Sum(exp(x[m]), (m, 0, K - 1))"
# Abbreviations of components, used inside sums: function, right gradient, wrong gradient.
ABBREVIATED = [
    (total("d[k]**2"), "2*d[j]", "d[j]", ["d[i] = x[i] - y[i]"]),
    (total("d[k]*c[k]"), f"d[j]*(c[j] - {total('d[m]*c[m]', 'm')})", "d[j]*c[j]", [SOFTMAX]),
    (total("d[k]*c[k]"), f"d[j]*(c[j] - {total('d[k]*c[k]')})", f"d[j]*(c[j] + {total('d[k]*c[k]')})", [SOFTMAX]),
    (f"-{total('c[k]*log(d[k])')}", f"d[j]*{total('c[m]', 'm')} - c[j]", "d[j] - c[j]", [SOFTMAX]),
    ("log(Z)", "e[j]/Z", "e[j]", ["e[i] = exp(x[i])", f"Z = {total('e[k]')}"]),
    ("log(Z)", "e[j]/Z", "e[j]", [f"Z = {total('e[k]')}", "e[i] = exp(x[i])"]),
    (total("d[k]**2"), f"2*d[j] - 2*{total('d[i]', 'i')}/K", "2*d[j] + 1", [f"d[i] = x[i] - {total('x[k]')}/K"]),
    ("Sum(d[k, m]**2, (k, 0, K - 1), (m, 0, K - 1))", f"4*{total('d[j, m]', 'm')}", f"2*{total('d[j, m]', 'm')}",
     ["d[i, k] = x[i] - x[k]"]),
    ("Sum(d[m, k]*A[k, m], (k, 0, K - 1), (m, 0, K - 1))", f"{total('A[m, j]', 'm')}", f"{total('A[j, m]', 'm')}",
     ["d[i, k] = x[i]"]),
    ("d[0]**2", "2*d[0]*KroneckerDelta(j, 0)", "2*d[0]", ["d[i] = 3 + x[i]/1 - 3"]),
    (total("d[k]*m", "m"), f"KroneckerDelta(j, k)*{total('q', 'q')}", "KroneckerDelta(j, k)*m*K", ["d[i] = x[i] + m"]),
    ("s[i]", "s[i]*(KroneckerDelta(i, j) - s[j])", "s[i]*(KroneckerDelta(i, j) + s[j])", [SOFTMAX.replace("d[", "s[")]),
]  # fmt: skip


@pytest.mark.parametrize(("function", "right", "wrong", "let"), ABBREVIATED)
def test_abbreviated_components_are_written_out_in_sums(function: str, right: str, wrong: str, let: list[str]) -> None:
    assert derive.prove(function, "x[j]", right, let=let).verdict is Verdict.PROVED
    assert derive.prove(function, "x[j]", wrong, let=let).verdict is Verdict.REFUTED


@pytest.mark.parametrize(("function", "let", "said"), [
    (total("d[k, k]"), "d[i] = x[i]", "as many indices"), ("det(d)", "d[i, j] = x[i]*x[j]", "stands alone"),
    (total("d[k]") + " + d", "d[i] = x[i]", "stands alone"),
])  # fmt: skip
def test_an_abbreviation_that_is_misused_is_told(function: str, let: str, said: str) -> None:
    with pytest.raises(FormulaError, match=said):
        derive.prove(function, "x[j]", "1", let=let)


def test_formulas_too_deep_for_python_are_undecided() -> None:
    nested = symbol("x")
    for _ in range(400):
        nested = call("sin", nested) + 1
    proof = derive.prove(nested, "x", nested)
    assert proof.verdict is Verdict.UNDECIDED
    assert "nested too deeply" in proof.message


def test_a_refuted_claim_whose_difference_has_thousands_of_terms_is_told_by_its_witness_alone() -> None:
    body = "(Max(x, 0) + log(1 + exp(-Abs(x))))/(1 + cos((2*x + 1)**3)**2)"
    claim = (
        "((Piecewise((1, x > 0), (0, True)) - sign(x)*expm1(-Abs(x))/(1 + exp(-Abs(x))))"
        "*(1 + (2*cos((2*x + 1)**3/2)**2 - 1)**2)"
        " + (Max(x, 0) + log(1 + exp(-Abs(x))))*12*(2*x + 1)**2*cos((2*x + 1)**3)*sin((2*x + 1)**3))"
        "/(1 + cos((2*x + 1)**3)**2)**2"
    )
    proof = derive.prove(body, "x", claim)
    assert proof.verdict is Verdict.REFUTED
    assert proof.message == ""


def test_what_becomes_known_while_a_boundary_is_asked_about_is_no_error() -> None:
    condition = "log(1 + Abs((x - 2*a)**2 - 1)) > x - 2"
    slope = "sign((x - ((2 + a)**2 - (2 - a)**2)/4)**2 - 1)*2*(x - 2*a)/(1 + Abs((x - 2*a)**2 - 1))"
    body = f"Piecewise((log(1 + Abs((x - 2*a)**2 - 1)), {condition}), (x - 2, True))"
    claim = f"Piecewise(({slope}, {condition}), (1, True)) + 10**(-80)*Max(0, x - 100000)"
    assert derive.prove(body, "x", claim).verdict is Verdict.REFUTED


def test_an_abbreviation_of_the_variable_itself_is_refused() -> None:
    with pytest.raises(FormulaError, match="let gives x a meaning, and it is the variable"):
        derive.prove("x**2", "x", "2*x", let="x = 2")


@pytest.mark.parametrize("wrong", [3, (3,), b"x > 0"])
def test_hypotheses_and_abbreviations_are_sentences(wrong: object) -> None:
    for options in ({"assume": wrong}, {"let": wrong}):
        with pytest.raises(FormulaError, match="is a sentence, or several"):
            derive.prove("x**2", "x", "2*x", **options)  # type: ignore[arg-type]


def test_an_axis_of_any_length_is_no_error() -> None:
    assert derive.prove("Sum(x[k], (k, 0, 10**40))", "x[j]", "1").verdict is Verdict.PROVED


@pytest.mark.parametrize("wrong", [b"x", None, [1]])
def test_what_is_no_formula_is_refused(wrong: object) -> None:
    with pytest.raises(FormulaError):
        derive.prove(wrong, "x", "2*x")  # type: ignore[arg-type]
