"""No value, no proof: a claim is proved only where it has a value, and the points at which it has none are told."""

from __future__ import annotations

import pytest

from derive.elementary.table import column
from derive.notation.text import read_text
from derive.proof.algebra.real import demand
from derive.proof.api import prove
from derive.proof.verdict import Verdict
from derive.term import FUNCTIONS

SQUARES = "Sum(x[k]**2, (k, 0, K - 1))"

# What has no real value for some x, and a hypothesis under which it has.
PARTLY_REAL = [
    ("log(x)", "x > 0"),
    ("sqrt(x)", "x > 0"),
    ("x**(1/3)", "x > 0"),
    ("x**pi", "x > 0"),
    ("x**x", "x > 0"),
    ("(-3)**x", ""),
    ("log1p(x)", "x > -1"),
    ("log2(x**3)", "x > 0"),
    ("acosh(x)", "x > 1"),
    ("asin(x)", "-1 < x < 1"),
    ("acos(2*x)", "-1/2 < x < 1/2"),
    ("asec(x)", "x > 1"),
    ("acsc(x)", "x < -1"),
    ("atanh(x)", "-1 < x < 1"),
    ("acoth(x)", "x > 1"),
    ("asech(x)", "0 < x < 1"),
    ("erfinv(x)", "-1 < x < 1"),
    ("erfcinv(x)", "0 < x < 2"),
    ("lambertw(x)", "x > 0"),
    ("loggamma(x)", "x > 0"),
    ("Ci(x)", "x > 0"),
    ("Chi(x - 1)", "x > 1"),
    ("elliptic_k(x)", "x < 1"),
    ("elliptic_e(2*x)", "x < 1/2"),
    ("besselj(1/2, x)", "x > 0"),
    ("bessely(0, x)", "x > 0"),
    ("besseli(1/3, x)", "x > 0"),
    ("besselk(1, x)", "x > 0"),
    ("expint(1, x)", "x > 0"),
    ("expint(5/2, x)", "x > 0"),
    ("uppergamma(1/2, x)", "x > 0"),
    ("lowergamma(1/2, x)", "x > 0"),
    ("zeta(3/2, x)", "x > 0"),
    ("polygamma(x, 2)", ""),
    ("beta(1/2, log(x))", "x > 1"),
]
INDEXED = [(part.replace("x", "x[j]").replace("ex[j]p", "exp"), assume) for part, assume in PARTLY_REAL
           if part in ("log(x)", "sqrt(x)", "x**(1/3)", "x**pi", "loggamma(x)", "lambertw(x)", "besselj(1/2, x)",
                       "bessely(0, x)", "Ci(x)", "zeta(3/2, x)", "uppergamma(1/2, x)")]  # fmt: skip


def test_it_is_stated_of_every_function_where_it_is_real() -> None:
    assert set(FUNCTIONS) == set(column("real"))


@pytest.mark.usefixtures("without_search")
@pytest.mark.parametrize("part", [part for part, _ in PARTLY_REAL])
@pytest.mark.parametrize("claim", ["2*x + {0} - ({0})", "2*x + 0*({0})", "2*x*({0})/({0})"])
def test_a_claim_without_a_value_in_a_part_of_the_domain_is_not_proved(part: str, claim: str) -> None:
    assert prove("x**2", "x", claim.format(part)).verdict is Verdict.UNDECIDED


@pytest.mark.parametrize(("part", "assume"), [row for row in PARTLY_REAL if row[1]])
def test_the_same_claim_is_proved_where_it_has_a_value(part: str, assume: str) -> None:
    assert prove("x**2", "x", f"2*x + {part} - ({part})", assume).verdict is Verdict.PROVED


@pytest.mark.usefixtures("without_search")
@pytest.mark.parametrize("part", [part for part, _ in INDEXED])
def test_a_claim_on_components_without_a_value_is_not_proved(part: str) -> None:
    assert prove(SQUARES, "x[j]", f"2*x[j] + {part} - {part}").verdict is not Verdict.PROVED


@pytest.mark.parametrize(("part", "assume"), INDEXED)
def test_a_claim_on_components_is_proved_where_it_has_a_value(part: str, assume: str) -> None:
    assert prove(SQUARES, "x[j]", f"2*x[j] + {part} - {part}", assume).verdict is Verdict.PROVED


@pytest.mark.usefixtures("without_search")
@pytest.mark.parametrize(
    "claim",
    [
        "2*x[j] + Sum(log(x[k]) - log(x[k]), (k, 0, K - 1))",
        "2*x[j]*Sum(sqrt(x[k]), (k, 0, K - 1))/Sum(sqrt(x[k]), (k, 0, K - 1))",
        "2*x[j] + 0*Product(log(x[k]), (k, 0, K - 1))",
        "2*x[j] + acosh(Sum(x[k], (k, 0, K - 1))) - acosh(Sum(x[k], (k, 0, K - 1)))",
        "Piecewise((2*x[j], x[j] > 0), (2*x[j] + 0*log(x[j]), True))",
    ],
)
def test_what_is_bound_has_a_value_too_or_nothing_is_proved(claim: str) -> None:
    assert prove(SQUARES, "x[j]", claim).verdict is not Verdict.PROVED


@pytest.mark.parametrize(
    ("function", "claim"),
    [
        ("Sum(x[k]*log(x[k]), (k, 0, K - 1))", "log(x[j]) + 1"),
        ("Sum(Piecewise((log(x[k]), x[k] > 0), (0, True)), (k, 0, K - 1))", "Piecewise((1/x[j], x[j] > 0), (0, True))"),
        ("Sum(Piecewise((0, x[k] <= 0), (sqrt(x[k])**3, True)), (k, 0, K - 1))",
         "Piecewise((0, x[j] <= 0), (3*sqrt(x[j])/2, True))"),
        ("Sum(log(1 + x[k]**2), (k, 0, K - 1))", "2*x[j]/(1 + x[j]**2)"),
        ("log(Sum(exp(x[k]), (k, 0, K - 1)))", "exp(x[j])/Sum(exp(x[k]), (k, 0, K - 1))"),
        ("Sum(log(x[k] - y[i]), (k, 0, K - 1), (i, 0, K - 1))", "Sum(1/(x[j] - y[i]), (i, 0, K - 1))"),
    ],
)  # fmt: skip
def test_what_makes_the_function_real_makes_the_claim_real(function: str, claim: str) -> None:
    proof = prove(function, "x[j]", claim)
    assert (proof.verdict, proof.holes) == (Verdict.PROVED, ())


VACUOUS = [
    ("Sum(log(-1 - x[k]**2), (k, 0, K - 1))", "x[j]", "2*x[j]/(1 + x[j]**2)"),
    ("Sum(sqrt(-exp(x[k])), (k, 0, K - 1))", "x[j]", "1"),
    (f"log(-1 - {SQUARES})", "x[j]", f"2*x[j]/(1 + {SQUARES})"),
    ("log(-1 - x**2)", "x", "2*x/(1 + x**2)"),
    ("asin(2 + x**2)", "x", "7"),
    ("acosh(cos(x)/2)", "x", "1"),
    ("loggamma(-exp(x))", "x", "x"),
    ("besselk(2, -1 - x**2)", "x", "0"),
    ("x/(y - y)", "x", "1/(y - y)"),
]


@pytest.mark.usefixtures("without_search")
@pytest.mark.parametrize(("function", "wrt", "claim"), VACUOUS)
def test_nothing_is_proved_of_a_function_without_values(function: str, wrt: str, claim: str) -> None:
    assert prove(function, wrt, claim).verdict is Verdict.UNDECIDED


# A function, a claim that is 0/0 somewhere, where, and the derivative there where it is told.
HOLES = [
    ("Si(x)", "sin(x)/x", "x = 0", "1"),
    ("Shi(2*x)", "sinh(2*x)/x", "x = 0", "2"),
    ("x**3", "3*x**4/x**2", "x = 0", "0"),
    ("x**2", "2*x*(x - 1)/(x - 1)", "x = 1", "2"),
    ("x**2", "(2*x**3 - 2*x)/(x**2 - 1)", "x = -1", "-2"),
    ("sin(x)**2", "2*sin(x)**2*cos(x)/sin(x)", "sin(x) = 0", None),
    ("x**2*y", "2*x*y**2/y", "y = 0", "0"),
    ("x**2*y", "2*x*y*(x - y)/(x - y)", "x = y", "2*y**2"),
    ("x*Abs(x)", "2*x**2/Abs(x)", "x = 0", "0"),
    ("x**2", "2*x + gamma(x) - gamma(x)", "x = 0, -1, -2, ...", None),
    ("gamma(x + 1)", "x*gamma(x)*digamma(x + 1)", "x = 0", "digamma(1)"),
    ("x**2", "2*x + tan(1/x)*0", "x = 0", "0"),
    ("x*sqrt(y)", "y/sqrt(y)", "y = 0", "0"),
    ("x*sqrt(y**2 + z**2)", "(y**2 + z**2)/sqrt(y**2 + z**2)", "sqrt(y**2 + z**2) = 0", None),
    ("elliptic_e(x)", "(elliptic_e(x) - elliptic_k(x))/(2*x)", "x = 0", None),
    ("x**2", "2*x + Ei(x - 3) - Ei(x - 3)", "x = 3", "6"),
    ("x**2", "2*x + acot(x + 1) - acot(x + 1)", "x = -1", "-2"),
    ("x**2*n", "2*x*n**2/n", "n = 0", "0"),
]


@pytest.mark.parametrize(("function", "claim", "place", "derivative"), HOLES)
def test_a_hole_is_told_with_the_derivative_there(
    function: str, claim: str, place: str, derivative: str | None
) -> None:
    proof = prove(function, "x", claim)
    assert proof.verdict is Verdict.PROVED, proof
    told = f"the derivative is {derivative}" if derivative else "what the derivative is there is not known"
    assert f"hole at {place}: the claim has no value, {told}" in proof.holes


def test_the_derivative_of_silu_from_its_output_has_a_hole() -> None:
    proof = prove("x/(1 + exp(-x))", "x", "y/x*(1 - y) + y", let="y = x/(1 + exp(-x))")
    assert (proof.verdict, proof.exceptions) == (Verdict.PROVED, ())
    assert proof.holes == ("hole at x = 0: the claim has no value, the derivative is 1/2",)
    assert proof.title == "PROVED, with holes"


@pytest.mark.parametrize(
    ("claim", "hole"),
    [
        ("2*x[j]*(K - 1)/(K - 1)", "hole at K = 1: the claim has no value, what the derivative is there is not known"),
        ("2*x[j]*(K - 3)**2/(K - 3)**2",
         "hole at K = 3: the claim has no value, what the derivative is there is not known"),
        ("2*x[j]**2/x[j]", "hole at x[j] = 0: the claim has no value, the derivative is 2*x[j]"),
        (f"2*x[j]*{SQUARES}/{SQUARES}", f"hole at {SQUARES} = 0: the claim has no value, the derivative is 2*x[j]"),
        ("2*x[j] + Sum(x[k]/x[k], (k, 0, K - 1)) - K",
         "hole at x[k] = 0: the claim has no value, the derivative is 2*x[j]"),
        ("Piecewise((2*x[j], x[j] > 1), (2*x[j]**2/x[j], True))",
         "hole at x[j] = 0: the claim has no value, the derivative is 2*x[j]"),
    ],
)  # fmt: skip
def test_a_hole_of_a_claim_on_components_is_told(claim: str, hole: str) -> None:
    proof = prove(SQUARES, "x[j]", claim)
    if " at K = " in hole:  # at that size the claim has a value nowhere
        assert (proof.verdict, proof.message) == (Verdict.UNDECIDED, hole)
        return
    assert (proof.verdict, proof.holes) == (Verdict.PROVED, (hole,))


NO_HOLES = [
    ("1/x", "x", "-1/x**2", ""),
    ("log(x)", "x", "1/x", ""),
    ("tan(x)", "x", "1 + tan(x)**2", ""),
    ("x/(1 + x**2)", "x", "(1 - x**2)/(1 + x**2)**2", ""),
    ("gamma(x)", "x", "gamma(x)*digamma(x)", ""),
    ("gamma(x)", "x", "gamma(x)*(digamma(x + 1) - 1/x)", "x > 0"),
    ("cbrt(x)", "x", "1/(3*cbrt(x)**2)", ""),
    ("Abs(x)", "x", "x/Abs(x)", ""),
    ("sqrt(x)", "x", "1/(2*sqrt(x))", ""),
    ("asin(x)", "x", "1/sqrt(1 - x**2)", ""),
    ("x**2", "x", "2*x*((x - y)**2 + 1)/((x - y)**2 + 1)", ""),
    ("x**2", "x", "2*x*y/y", "y != 0"),
    ("x**n", "x", "n*x**(n - 1)", "n integer, n >= 1"),
    ("x*sqrt(y)", "x", "sqrt(y)", ""),
    ("Sum((x[k] - Sum(x[q], (q, 0, K - 1))/K)**2, (k, 0, K - 1))/(K - 1)", "x[j]",
     "2*(x[j] - Sum(x[q], (q, 0, K - 1))/K)/(K - 1)", ""),
    ("Sum(1/x[k], (k, 0, K - 1))", "x[j]", "-1/x[j]**2", ""),
    ("Sum(x[k]/y[k], (k, 0, K - 1))", "x[j]", "1/y[j]", ""),
    ("Sum(x[k]**2, (k, 0, K - 1))", "x[j]", "2*x[j]*(K - 1)/(K - 1)", "K >= 2"),
    ("Sum(Piecewise((log(x[k]), x[k] > 0), (0, True)), (k, 0, K - 1))", "x[j]",
     "Piecewise((1/x[j], x[j] > 0), (0, True))", ""),
]  # fmt: skip


@pytest.mark.parametrize(("function", "wrt", "claim", "assume"), NO_HOLES)
def test_no_hole_is_told_where_the_function_has_none_to_fill(function: str, wrt: str, claim: str, assume: str) -> None:
    proof = prove(function, wrt, claim, assume)
    assert (proof.verdict, proof.holes) == (Verdict.PROVED, ()), proof


# Where a root ends and the function has a value but, perhaps, no derivative.
TOUCHING = [
    ("sqrt(x**2 + y**2)", "x", "x/sqrt(x**2 + y**2)", "x**2 + y**2 = 0"),
    ("hypot(x, y)", "x", "x/hypot(x, y)", "x**2 + y**2 = 0"),
    ("(x**2 + y**2 + z**2)**(1/2)", "x", "x*(x**2 + y**2 + z**2)**(-1/2)", "x**2 + y**2 + z**2 = 0"),
    ("sqrt((x - 1)**2 + (y - 2)**2)", "x", "(x - 1)/sqrt((x - 1)**2 + (y - 2)**2)",
     "x**2 - 2*x + y**2 - 4*y + 5 = 0"),
    ("sqrt(1 - sin(x))", "x", "-cos(x)/(2*sqrt(1 - sin(x)))", "sin(x) - 1 = 0"),
    ("(x**2 + y**2)**(1/3)", "x", "2*x/3*(x**2 + y**2)**(-2/3)", "x**2 + y**2 = 0"),
    (f"sqrt({SQUARES})", "x[j]", f"x[j]/sqrt({SQUARES})", f"{SQUARES} = 0"),
    ("sqrt(Sum((x[k] - y[k])**2, (k, 0, K - 1)))", "x[j]",
     "(x[j] - y[j])/sqrt(Sum((x[k] - y[k])**2, (k, 0, K - 1)))", "Sum((x[k] - y[k])**2, (k, 0, K - 1)) = 0"),
]  # fmt: skip


@pytest.mark.parametrize(("function", "wrt", "claim", "place"), TOUCHING)
def test_a_root_that_touches_zero_is_an_exception(function: str, wrt: str, claim: str, place: str) -> None:
    proof = prove(function, wrt, claim)
    assert proof.verdict is Verdict.PROVED, proof
    assert [said.partition(", where ")[0] for said in proof.exceptions] == [place]


@pytest.mark.parametrize(
    ("function", "claim", "assume"),
    [
        ("sqrt(x)", "1/(2*sqrt(x))", ""),
        ("sqrt(x**2 + 1)", "x/sqrt(x**2 + 1)", ""),
        ("sqrt(1 - x**2)", "-x/sqrt(1 - x**2)", ""),
        ("sqrt(x**4)", "2*x", ""),
        ("acosh(x)", "1/sqrt(x**2 - 1)", ""),
        ("sqrt(exp(x) - 1)", "exp(x)/(2*sqrt(exp(x) - 1))", ""),
        ("sqrt(x**2 + y**2)", "x/sqrt(x**2 + y**2)", "y > 0"),
        ("1/sqrt(x**2 + y**2)", "-x/sqrt(x**2 + y**2)**3", "y > 0"),
    ],
)
def test_a_root_that_ends_or_stays_positive_is_none(function: str, claim: str, assume: str) -> None:
    proof = prove(function, "x", claim, assume)
    assert (proof.verdict, proof.exceptions) == (Verdict.PROVED, ())


@pytest.mark.usefixtures("without_search")
@pytest.mark.parametrize(
    ("function", "claim"),
    [
        ("x*sqrt(y)", "Piecewise((sqrt(y), y > 0), (7, True))"),
        ("x*sqrt(y - z)", "Piecewise((sqrt(y - z), y > z), (7, True))"),
        ("x*sqrt(y**2 + z**2)", "Piecewise((sqrt(y**2 + z**2), y**2 + z**2 > 0), (7, True))"),
        ("x*acosh(y)", "Piecewise((acosh(y), y > 1), (7, True))"),
        ("x*asin(y)", "Piecewise((asin(y), y < 1), (7, True))"),
        ("x + elliptic_e(y)*x", "Piecewise((1 + elliptic_e(y), y < 1), (7, True))"),
    ],
)
def test_a_function_is_looked_at_where_a_root_of_a_parameter_ends(function: str, claim: str) -> None:
    assert prove(function, "x", claim).verdict is not Verdict.PROVED


@pytest.mark.parametrize(
    ("function", "claim"),
    [("atan2(x, y)", "y/(x**2 + y**2)"), ("y*atan2(2*x, y - 1)", "2*y*(y - 1)/(4*x**2 + (y - 1)**2)")],
)
def test_the_jump_of_an_angle_is_an_exception(function: str, claim: str) -> None:
    assert prove(function, "x", claim).almost_everywhere
    assert prove(function, "x", claim, "y > 1").exceptions == ()


@pytest.mark.parametrize("part", ["x**a", "(x - 1)**(a/2)", "(x*z)**b"])
def test_a_power_that_may_be_real_left_of_zero_says_what_to_assume(part: str) -> None:
    proof = prove(f"y*{part}", "y", part)
    assert proof.verdict is Verdict.UNDECIDED
    assert "assume" in proof.message


@pytest.mark.parametrize(
    ("text", "demanded"),
    [("log(abs(x))", "Ne(x, 0)"), ("log(x)", "x > 0"), ("x/y", "Ne(y, 0)"), ("x/2", "True"), ("x**-2", "Ne(x, 0)"),
     ("x**2", "True"), ("x**(1/2)", "x >= 0"), ("x**(-1/2)", "x > 0"), ("x + y", "True"), ("exp(x)", "True")],
)  # fmt: skip
def test_what_a_node_demands_of_its_arguments(text: str, demanded: str) -> None:
    assert demand(read_text(text)) is read_text(demanded)
