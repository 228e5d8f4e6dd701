"""What hypotheses do to a verdict: weak ones stay weak, equations are used, vacuous claims are not proved."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import pytest

from derive.errors import FormulaError
from derive.notation.text import read_text
from derive.proof.algebra.values import value_at
from derive.proof.api import prove
from derive.proof.refute.points import holds_at
from derive.proof.verdict import Proof, Verdict
from derive.spec.domain import read_domain
from derive.term import free_symbols

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED
SQUARES: Final = "Sum(x[k]**2, (k, 0, K - 1))"


def judged(function: str, claim: str, assume: str, wrt: str = "x") -> Proof:
    """The verdict; its witness, where there is one, satisfies the hypotheses."""
    proof = prove(function, wrt, claim, assume)
    if proof.witness is not None and "[" not in f"{function}{assume}" and "Sum" not in assume:
        domain, point = read_domain([assume]), dict(proof.witness.point)
        assert all(value in domain.range(name) for name, value in point.items())
        assert all(value in domain.values.get(name, (value,)) for name, value in point.items())
        assert all(holds_at(fact, point) for fact in domain.relations if free_symbols(fact) <= point.keys())
    return proof


# Hypotheses that are not strict, or leave no room between them. The claim is wrong for x >= 50 alone.
WEAK = [
    "x <= y, y <= x", "x <= y, y <= z, z <= x", "x - y <= 0, y - x <= 0", "2*x <= y + x, y - x <= 0", "(x - y)**2 <= 0",
    "y**2 + z**2 >= 1", "y*z >= 1", "y**2 <= 0", "y*z <= 0, y*z >= 0", "y/z >= 1", "x >= y, y >= 50", "y + z >= 100",
    "y <= z <= w <= y", "Abs(x - y) <= 0",
]  # fmt: skip


@pytest.mark.parametrize("assume", WEAK)
def test_a_weak_hypothesis_contradicts_nothing(assume: str) -> None:
    assert judged("x**2", "Piecewise((2*x, x < 50), (7, True))", assume).verdict is REFUTED
    assert judged("x**2", "2*x", assume).verdict is PROVED


# A claim with a value of its own on the edge of the domain: the function has a derivative there all the same.
EDGES = [
    ("x >= 7/13", "x <= 7/13"), ("x <= 7/13", "x >= 7/13"), ("x <= y, y > 100", "x >= y"),
    ("x >= y + 1/7", "x <= y + 1/7"),
    ("y*z >= 29/31", "y*z <= 29/31"), ("x + y >= 37/3", "x + y <= 37/3"), ("x in [17/29, 40)", "Eq(x, 17/29)"),
    ("y >= 7/13", "y <= 7/13"), ("not (x < 7/13)", "Not(x > 7/13)"),
]  # fmt: skip


@pytest.mark.parametrize(("assume", "edge"), EDGES)
def test_the_edge_of_the_domain_is_judged(assume: str, edge: str) -> None:
    assert judged("x**2", f"Piecewise((-5, {edge}), (2*x, True))", assume).verdict is REFUTED
    assert judged("x**2", f"Piecewise((x + x, {edge}), (2*x, True))", assume).verdict is PROVED


KINKS_ON_EDGES = [
    ("Abs(x - y)", "1", "x >= y", "x = y"), ("Abs(x - y)", "-1", "x <= y", "x = y"),
    ("Max(x, y)", "1", "x >= y", "x = y"),
    ("Min(x, y)", "1", "x <= y", "x = y"), ("Max(lo, Min(x, hi))", "1", "lo <= x, x <= hi, lo < hi", "x = lo"),
    ("Abs(x - 3)", "1", "x >= 3", "x = 3"), ("Abs(x + y - 1)", "1", "x + y >= 1", "x = 1 - y"),
]  # fmt: skip


@pytest.mark.parametrize(("function", "claim", "assume", "place"), KINKS_ON_EDGES)
def test_a_kink_on_the_edge_is_told(function: str, claim: str, assume: str, place: str) -> None:
    proof = judged(function, claim, assume)
    assert proof.verdict is PROVED
    assert any(sentence.startswith(f"{place}, where") for sentence in proof.exceptions)
    assert not judged(function, claim, assume.replace("=", "")).exceptions


def test_what_lies_beyond_the_edge_is_not_concluded_from_the_hypotheses() -> None:
    # Beside x = y the sign of x - y - 1 is the same on both sides, though x < y is outside of the domain.
    function = "(x - y)**2*Piecewise((1, x - y < 1), (5, True))"
    assert judged(function, "2*(x - y)*Piecewise((1, x - y < 1), (5, True))", "x >= y").verdict is PROVED
    assert judged(function, "10*(x - y)*Piecewise((1, x - y < 1), (5, True))", "x >= y").verdict is REFUTED


CONTRADICTORY = [
    ("x < y, y < x", "x < y and y < x contradict each other"),
    ("x <= y, y < x", "x <= y and y < x contradict each other"),
    ("x < y, w > 0, y < z, z < x", "x < y, y < z and z < x contradict each other"),
    ("y**2 < 0", "nothing satisfies y**2 < 0"),
    ("y**2 + z**2 <= -1", "nothing satisfies"),
    ("Abs(y) < 0", "nothing satisfies"),
    ("exp(y) <= 0", "nothing satisfies exp(y) <= 0"),
    ("Max(y, z) < y", "nothing satisfies"),
    ("y > 0, z > 0, y*z < 0", "contradict each other"),
    ("y = z, y > z", "y == z and y > z contradict each other"),
    ("y = 2, y**2 = 5", "y == 2 and y**2 == 5 contradict each other"),
    ("y*z = 1, y = 0", "contradict each other"),
    ("y**2 = -1", "nothing satisfies y**2 == -1"),
    ("y != y", "nothing satisfies y != y"),
    ("y**2 = 1, y**2 = 4", "contradict each other"),
    ("Or(y < 0, y > 1), y = 1/2", "contradict each other"),
]


@pytest.mark.parametrize(("assume", "said"), CONTRADICTORY)
@pytest.mark.parametrize("claim", ["2*x", "3*x"])
def test_nothing_is_settled_where_hypotheses_contradict_each_other(assume: str, said: str, claim: str) -> None:
    proof = judged("x**2", claim, assume)
    assert proof.verdict is UNDECIDED
    assert said in proof.message


@pytest.mark.parametrize(
    "assume", ["y > 1, y <= 1", "y integer, 0 < y < 1", "y in {1, 2}, y > 3", "y = 1, y = 2", "y integer, 3/2 <= y < 2"]
)
def test_a_name_that_no_number_can_have_is_refused(assume: str) -> None:
    with pytest.raises(FormulaError, match="no y satisfies the hypotheses"):
        prove("x**2", "x", "2*x", assume)


@pytest.mark.parametrize("assume", ["x[i] > 0, x[i] < 0", "a > b, b > a", "Sum(x) = 1, Sum(x) = 2", "x[i] < x[i]"])
@pytest.mark.parametrize("claim", ["2*x[j]", "3*x[j]"])
def test_nor_for_components(assume: str, claim: str) -> None:
    try:
        assert judged(SQUARES, claim, assume, "x[j]").verdict is UNDECIDED
    except FormulaError as problem:
        assert "no x satisfies" in str(problem)  # noqa: PT017


# Function, right claim, wrong claim, equations.
EQUATIONS = [
    ("y*x", "1", "2", "y = 1"),
    ("x**y", "3*x**2", "2*x", "y = 3"),
    ("x*y**2", "1", "-1", "y**2 = 1"),
    ("x*y**3", "4*y", "y", "y**2 = 4"),
    ("x*y", "-2", "2", "y**2 = 4, y < 0"),
    ("x*Abs(y)", "3", "y", "y**2 = 9"),
    ("x*(a**2 + b**2)", "1", "2", "a**2 + b**2 = 1"),
    ("x*(a**2 + b**2 + c**2)", "4", "2", "a**2 + b**2 + c**2 = 4"),
    ("x*sqrt(1 - a**2)", "Abs(b)", "b", "a**2 + b**2 = 1"),
    ("x*a", "sqrt(1 - b**2)", "1 - b", "a**2 + b**2 = 1, a > 0"),
    ("x/(a**2 - b**2)", "1/(2*a**2 - 1)", "1", "a**2 + b**2 = 1"),
    ("x*(p + q)**2", "p**2 + q**2", "p**2 - q**2", "p*q = 0"),
    ("x*exp(p*q*r)", "1", "exp(p)", "p*q*r = 0"),
    ("x*(a*d - b*c)**2", "9", "3", "a*d - b*c = 3"),
    ("x*a*b*c", "2", "1", "a*b = 1, c = 2"),
    ("x*log(a) + x*log(b)", "0", "1", "a*b = 1, a > 0"),
    ("x*y", "1 - x", "x", "x + y = 1"),
    ("x**2", "2*x**5", "1", "x = 1"),
    ("x**3", "3", "3*x", "x**2 = 1"),
    ("x*y", "1/x", "1/y", "x*y = 1"),
    ("x**2*y", "2*x**3", "2*x**2", "y = x**2"),
    ("x**2 + y**2", "2*x", "2*y", "y = x + 1"),
    ("x*y**2", "4", "2", "Abs(y) = 2"),
    ("x*(u - v)*(u + v)", "0", "u", "u**2 = v**2"),
    ("x*y*z", "0", "z", "y**2 <= 0"),
    ("x*y", "x", "y + 1", "x <= y, y <= x"),
    ("x*y", "y", "x - 1", "x <= y, y <= x"),
    ("x*y**2", "1", "y", "y in {-1, 1}"),
    ("x*n*(n - 1)*(n - 2)", "0", "n", "n in {0, 1, 2}"),
    ("x**2", "2*x + (x - 1)*(x - 2)", "x + 1", "x in {1, 2}"),
    ("x*Abs(y)", "y**2", "y", "y in {-1, 0, 1}"),
]


@pytest.mark.parametrize(("function", "right", "wrong", "assume"), EQUATIONS)
def test_equations_are_used(function: str, right: str, wrong: str, assume: str) -> None:
    assert judged(function, right, assume).verdict is PROVED
    assert judged(function, wrong, assume).verdict is REFUTED


# The solutions are no rational numbers: what is right is proved, what is wrong has no witness.
@pytest.mark.parametrize(
    ("function", "right", "wrong", "assume"),
    [
        ("x*y**2", "2", "3", "y**2 = 2"),
        ("x*y**4", "9", "3", "y**2 = 3, y > 0"),
        ("x*(y**2 - y)", "1", "y", "y**2 = y + 1"),
        ("x**3", "6", "2", "x**2 = 2"),
        ("x*(a**2 + b**2)", "3", "1", "a**2 + b**2 = 3"),
    ],
)
def test_equations_with_irrational_solutions(function: str, right: str, wrong: str, assume: str) -> None:
    assert judged(function, right, assume).verdict is PROVED
    assert judged(function, wrong, assume).verdict is UNDECIDED


ALTERNATIVES = [
    ("x*Abs(y)", "y", "-y", "not (y < 0)"),
    ("Abs(x)", "-1", "1", "not (x > -1)"),
    ("x*y*Abs(y)", "y**2*sign(y)", "y**2", "Or(y > 2, y < -2)"),
    ("x*y**2", "y*Abs(y)", "y", "Or(y > 2, Eq(y, 0))"),
    ("x*sqrt(y**2)", "y", "-y", "y > 1 and z < 0 or y > 2"),
    ("x*y*z", "0", "y", "y = 0 or z = 0"),
    ("x*Abs(y - z)", "z - y", "y - z", "y < z < 9"),
    ("x*Abs(y)", "y", "-y", "y in (0, a), a < 7"),
    ("x*Abs(y)*Abs(z)", "y*z", "-y*z", "not (y < 0 or z < 0)"),
    ("x*Abs(y - a)", "y - a", "a - y", "y in (a, b)"),
]


@pytest.mark.parametrize(("function", "right", "wrong", "assume"), ALTERNATIVES)
def test_alternatives_negations_and_intervals_are_used(function: str, right: str, wrong: str, assume: str) -> None:
    assert judged(function, right, assume).verdict is PROVED
    assert judged(function, wrong, assume).verdict is REFUTED


# The same for sums: function, variable, right claim, wrong claim, hypotheses.
INDEXED = [
    ("Sum(t[k]*x, (k, 0, N - 1))", "x", "1", "2", "Sum(t) = 1"),
    ("Sum(t[k]*x, (k, 1, K))", "x", "c", "c + 1", "c = Sum(t[i], (i, 1, K))"),
    ("Sum(t[k]**2*x, (k, 0, K - 1))", "x", "1", "2", "Sum(t[m]**2, (m, 0, K - 1)) = 1"),
    ("x*Product(t[k], (k, 0, K - 1))", "x", "1", "0", "Product(t) = 1"),
    (f"a**2*{SQUARES}", "x[j]", "2*x[j]", "x[j]", "a**2 = 1"),
    (f"(a**2 + b**2)*{SQUARES}", "x[j]", "2*x[j]", "x[j]", "a**2 + b**2 = 1"),
    (f"p*q*{SQUARES}", "x[j]", "0", "x[j]", "p*q = 0"),
    (f"Abs(s)*{SQUARES}", "x[j]", "2*x[j]", "2*s*x[j]", "s in {-1, 1}"),
    ("Sum(u[k]*x[k], (k, 0, K - 1))", "x[j]", "3", "2", "u[i] = 3"),
    ("Sum(Abs(t[k])*x[k], (k, 0, K - 1))", "x[j]", "t[j]", "-t[j]", "t[i] > 0"),
    ("Sum(Abs(t[k])*x[k], (k, 0, K - 1))", "x[j]", "t[j]", "-t[j]", "t[i] >= 0"),
    ("Sum(Abs(x[k] - y[k]), (k, 0, K - 1))", "x[j]", "1", "-1", "x[i] > y[i]"),
    ("Sum(Max(x[k], y[k]), (k, 0, K - 1))", "x[j]", "0", "1", "x[m] < y[m]"),
    ("Sum(A[i, k]*x[k], (k, 0, K - 1))", "x[j]", "Abs(A[i, j])", "-A[i, j]", "A[p, q] > 0"),
    ("Sum(sqrt((x[k] + 1)**2), (k, 0, K - 1))", "x[j]", "1", "-1", "x[i] > -1"),
    (SQUARES, "x[j]", "2*x[j]**2", "3*x[j]", "x in {0, 1}"),
    ("Sum(t[k]**3*x[k], (k, 0, K - 1))", "x[j]", "t[j]", "t[j]**2", "t[i] in {-1, 0, 1}"),
    ("Sum(t[k]**2*x[k], (k, 0, K - 1))", "x[j]", "t[j]", "1", "t in {0, 1}"),
]


@pytest.mark.parametrize(("function", "wrt", "right", "wrong", "assume"), INDEXED)
def test_hypotheses_about_arrays_are_used(function: str, wrt: str, right: str, wrong: str, assume: str) -> None:
    assert judged(function, right, assume, wrt).verdict is PROVED
    assert judged(function, wrong, assume, wrt).verdict is REFUTED


def test_a_hypothesis_at_an_index_of_the_claim_is_used_there_alone() -> None:
    absolute = "Sum(Abs(x[k]), (k, 0, K - 1))"
    assert judged(absolute, "1", "x[j] > 0", "x[j]").verdict is PROVED
    assert judged(absolute, "-1", "x[j] > 0", "x[j]").verdict is REFUTED
    assert judged("Sum(x[k]*y[k], (k, 0, K - 1))", "Abs(y[j])", "y[j] > 0", "x[j]").verdict is PROVED


@pytest.mark.parametrize(
    ("assume", "held"),
    [
        ("x in {0, 1}", lambda value: value in (0, 1)),
        ("x[i] > 3", lambda value: value > 3),
        ("x integer", lambda value: value.denominator == 1),
        ("x[i] in (0, 1/9)", lambda value: 0 < value < Fraction(1, 9)),
        ("x < -7", lambda value: value < -7),
        ("not (x[i] > 0)", lambda value: value <= 0),
    ],
)
def test_the_components_of_a_witness_satisfy_the_hypotheses(assume: str, held) -> None:  # type: ignore[no-untyped-def]
    proof = judged(SQUARES, "3*x[j]", assume, "x[j]")
    assert proof.witness is not None
    components = [value for name, value in proof.witness.point.items() if name.startswith("x[")]
    assert components
    assert all(map(held, components))


@pytest.mark.parametrize(
    ("function", "wrt", "claim", "assume", "fact"),
    [
        ("x*exp(y)", "x", "2", "exp(y) = 2", "exp(y) == 2"),
        ("x*sin(y)", "x", "0", "sin(y) = 0", "sin(y) == 0"),
        ("x*y", "x", "y**2", "y**5 = y + 1", "y**5 == y + 1"),
        ("x*y", "x", "y + 1", "erf(y) = y**3", "erf(y) == y**3"),
        ("Sum(x[k]*u[k], (k, 0, K - 1))", "x[j]", "x[j]", "u[i] = x[i]", "u[i] == x[i]"),
    ],
)
def test_a_hypothesis_that_cannot_be_used_is_told(function: str, wrt: str, claim: str, assume: str, fact: str) -> None:
    proof = judged(function, claim, assume, wrt)
    assert proof.verdict is UNDECIDED
    assert f"the hypothesis {fact} was not used" in proof.message


@pytest.mark.parametrize(
    ("function", "assume", "said"),
    [
        ("x*log(1 - y)", "0 < y < 1", "log(1 - y)"),
        ("x*log(1 - y)*log(y)", "0 < y < 1", "log(1 - y)*log(y)"),
        ("x*sqrt(2 - y)", "y < 2", "sqrt(2 - y)"),
        ("x*(3 - y)**a", "y < 3", "exp(a*log(3 - y))"),
        ("x*log((1 - y)*(2 - y))", "y < 1", "log(1 - y) + log(2 - y)"),
        ("x*log(a*b)", "a*b > 0", "log(abs(a)) + log(abs(b))"),
        ("x*atanh(y)", "-1 < y < 1", "(log(y + 1) - log(1 - y))/2"),
    ],
)
def test_the_common_form_has_a_value_on_the_domain(function: str, assume: str, said: str) -> None:
    proof = judged(function, function.removeprefix("x*"), assume)
    assert proof.evidence == f"both sides are {said}"


def test_what_is_said_of_a_witness_has_a_value_there() -> None:
    proof = judged("x*log(1 - y)", "log(1 - y) + 2*log(1 - y)**2", "0 < y < 1")
    assert proof.witness is not None
    assert "log(1 - y)" in proof.message
    gap = read_text(proof.message.removeprefix("the claim is larger by ").partition(":")[0])
    assert value_at(gap, proof.witness.point, 64) is not None
