"""Powers, logarithms and recurrences of what may be negative: without a search, nothing wrong is proved."""

from __future__ import annotations

from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.fuel import Fuel
from derive.notation.text import read_text
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.normal import is_zero
from derive.proof.algebra.powers import prime_factors
from derive.proof.api import prove
from derive.proof.kinks.cells import Cells
from derive.proof.verdict import Verdict
from derive.spec.domain import read_domain

# A function of x, a claim that holds where bases are positive, and where it does not hold.
WRONG = [
    # powers
    ("x**(n/2)", "n/2*Abs(x)**(n/2 - 1)", "n integer"),
    ("x**n", "n*Abs(x)**(n - 1)", "n integer"),
    ("x**a", "a*Abs(x)**(a - 1)", ""),
    ("(-x)**n", "-n*x**(n - 1)", "n integer"),
    ("Abs(x)**n", "n*x**(n - 1)", "n integer"),
    ("x*(a**b)**c", "a**(b*c)", ""),
    ("x*(a**2)**c", "a**(2*c)", ""),
    ("x*(a**n)**(1/n)", "a", "n integer"),
    ("x*(a**4)**(1/4)", "a", ""),
    ("x*(a**6)**(1/2)", "a**3", ""),
    ("x*((a - 1)**2)**b", "(a - 1)**(2*b)", ""),
    ("x*(a*b)**c", "a**c*b**c", ""),
    ("x*(a/b)**c", "a**c/b**c", ""),
    ("x*sqrt(a*b)", "sqrt(a)*sqrt(b)", ""),
    ("x*sqrt(a/b)", "sqrt(a)/sqrt(b)", ""),
    ("x*sqrt(a**2)", "a", ""),
    ("x*sqrt(a**2*b)", "a*sqrt(b)", ""),
    ("x*cbrt(a**2)", "cbrt(Abs(a))*cbrt(a)", ""),
    ("x*cbrt(a)", "a**(1/3)", ""),
    ("x*a**(2*n + 1)", "Abs(a)**(2*n + 1)", "n integer, a != 0"),
    ("x*(-1)**n", "1", "n integer"),
    ("x*(-2)**(n + 1)", "2**(n + 1)", "n integer"),
    ("x*0**((a - 2)**2)", "0", ""),
    ("x*0**Abs(a)", "0", ""),
    # logarithms
    ("x*log(a**2)", "2*log(a)", ""),
    ("x*log(a*b)", "log(a) + log(b)", ""),
    ("x*log(a/b)", "log(a) - log(b)", ""),
    ("x*log(a**n)", "n*log(a)", "n integer"),
    ("x*log((a - 1)*(a - 2))", "log(a - 1) + log(a - 2)", ""),
    ("x*a", "exp(log(a))", ""),
    ("x*a**2", "exp(2*log(a))", ""),
    ("x*a**3", "exp(3*log(Abs(a)))", "a != 0"),
    ("x*2*log(cosh(a))", "log(sinh(a)**2 + 1) + 0*log(a)", ""),
    # recurrences
    ("-zeta(2, x)/2", "zeta(3, x + 1) + Abs(x)**(-3)", ""),
    ("-zeta(4, x)/4", "zeta(5, x + 2) + Abs(x)**(-5) + Abs(x + 1)**(-5)", ""),
    ("-zeta(a, x)/a", "zeta(a + 1, x + 1) + x**(-a - 1)", ""),
    ("uppergamma(1, x + 100)", "-exp(-Abs(x + 100))", ""),
    ("uppergamma(2, x)", "-Abs(x)*exp(-x)", ""),
    ("uppergamma(4, x - 5)", "-Abs(x - 5)**3*exp(5 - x)", ""),
    ("lowergamma(2, x)", "Abs(x)*exp(-x)", ""),
    ("y*uppergamma(a + 1, x) + x", "1 - y*Abs(x)**a*exp(-x)", "a integer"),
    ("digamma(x)", "polygamma(1, x + 1) + 1/(x*Abs(x))", ""),
    ("polygamma(1, x)", "polygamma(2, x + 1) - 2/Abs(x)**3", ""),
    ("gamma(x + 1)", "gamma(x + 1)*(digamma(x) + 1/Abs(x))", ""),
    ("loggamma(x + 2)", "digamma(x) + 1/x + 1/(x + 1) + 0*loggamma(x)", "x > -2"),
    ("x*loggamma(a + 1)", "loggamma(a) + log(a)", ""),
    ("besselj(1, x)", "besselj(0, x) - besselj(1, x)/Abs(x)", ""),
    ("besseli(1, x)", "besseli(0, x) - besseli(1, x)/Abs(x)", ""),
    ("x*besselj(1, a)", "-besselj(-1, Abs(a))", ""),
    # rewritten functions
    ("asec(x)", "1/(x*sqrt(x**2 - 1))", ""),
    ("acsc(x)", "-1/(x*sqrt(x**2 - 1))", ""),
    ("acsch(x)", "-1/(x*sqrt(1 + x**2))", "x != 0"),
    ("x*acosh(cosh(a))", "a", ""),
    ("x*asinh(sinh(Abs(a)))", "a", ""),
    ("x*acoth(a)", "(log(a + 1) - log(a - 1))/2", ""),
    ("x*acsch(a)", "log((1 + sqrt(1 + a**2))/a)", "a != 0"),
    ("x*atan(1/a)", "pi/2 - atan(a)", ""),
    ("x*atan2(a, b)", "atan(a/b)", ""),
]
RIGHT = [
    ("x**n", "n*x**n/x", "n integer, x != 0"),
    ("x**a", "a*x**(a - 1)", "x > 0"),
    ("x**(n/2)", "n/2*x**(n/2 - 1)", "n integer, x > 0"),
    ("x*(a**b)**c", "a**(b*c)", "a > 0"),
    ("x*(a**2)**c", "Abs(a)**(2*c)", "a != 0"),
    ("x*(a*b)**c", "a**c*b**c", "a > 0, b > 0"),
    ("x*sqrt(a**2*b**2)", "Abs(a*b)", ""),
    ("x*sqrt(a**4)", "a**2", ""),
    ("x*(a**6)**(1/6)", "Abs(a)", ""),
    ("x*cbrt(a**3)", "a", ""),
    ("x*cbrt(a)", "sign(a)*Abs(a)**(1/3)", ""),
    ("x*log(a**2)", "2*log(Abs(a))", ""),
    ("x*log(a*b)", "log(Abs(a)) + log(Abs(b))", ""),
    ("x*(-1)**(2*n)*(-1)**n", "(-1)**n*(-1)**(2*n)", "n integer"),
    ("x*a**2", "exp(2*log(Abs(a)))", "a != 0"),
    ("-zeta(2, x)/2", "zeta(3, x + 1) + x**(-3)", ""),
    ("-zeta(a, x)/a", "zeta(a + 1, x + 1) + x**(-a - 1)", "x > 0, a > 1"),
    ("uppergamma(1, x + 100)", "-exp(-x - 100)", ""),
    ("uppergamma(3, x)", "-x**2*exp(-x)", ""),
    ("lowergamma(2, x)", "x*exp(-x)", ""),
    ("uppergamma(a + 1, x)", "-x**a*exp(-x)", "x > 0"),
    ("digamma(x)", "polygamma(1, x + 1) + 1/x**2", ""),
    ("polygamma(1, x)", "polygamma(2, x + 1) - 2/x**3", ""),
    ("loggamma(x + 2)", "digamma(x + 1) + 1/(x + 1)", "x > -1"),
    ("besselj(1, x)", "besselj(0, x) - besselj(1, x)/x", ""),
    ("asec(x)", "1/(Abs(x)*sqrt(x**2 - 1))", ""),
    ("acsch(x)", "-1/(Abs(x)*sqrt(1 + x**2))", "x != 0"),
    ("x*acosh(cosh(a))", "Abs(a)", "a != 0"),
    ("x*acoth(a)", "(log(a + 1) - log(a - 1))/2", "a > 1"),
    ("x*0**a", "0", "a > 0"),
]


@pytest.mark.usefixtures("without_search")
@pytest.mark.parametrize(("function", "claim", "assume"), WRONG)
def test_what_holds_for_positive_bases_alone_is_not_proved(function: str, claim: str, assume: str) -> None:
    assert prove(function, "x", claim, assume).verdict is not Verdict.PROVED


@pytest.mark.parametrize(("function", "claim", "assume"), WRONG)
def test_it_is_left_to_the_cells(function: str, claim: str, assume: str) -> None:
    body, wrong = read_text(function), read_text(claim)
    found = Cells(body, read_text("x"), wrong, read_domain([assume]), Fuel(), title=function).explore()
    assert found.failures


@pytest.mark.parametrize(("function", "claim", "assume"), RIGHT)
def test_what_holds_is_proved(function: str, claim: str, assume: str) -> None:
    assert prove(function, "x", claim, assume).verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("residual", "assume"),
    [
        ("(x**a)**b - x**(a*b)", "x<0"),
        ("zeta(2, x + 1) - zeta(2, x) - x**(-2)", ""),
        ("uppergamma(2, x) - uppergamma(1, x) - Abs(x)*exp(-x)", "x<0"),
        ("0**y", ""),
        ("x**n - Abs(x)**n", "n integer"),
    ],
)
def test_a_residual_that_does_not_vanish_for_negative_numbers_is_not_zero(residual: str, assume: str) -> None:
    assert is_zero(read_text(residual), Facts(read_domain([assume]))) is not True


@pytest.mark.usefixtures("without_search")
@pytest.mark.parametrize(
    ("function", "wrt", "claim"),
    [
        ("x*Product(c, (k, 0, K - 1))", "x", "Abs(c)**K"),
        ("x*Product(-1, (k, 0, K - 1))", "x", "1"),
        ("Sum(x[k]**2, (k, 0, K - 1))", "x[j]", "2*x[j] + 0**(K - 1)"),
        ("Sum(sqrt(x[k]**2), (k, 0, K - 1))", "x[j]", "1"),
        ("Sum(x[k]*log(y[k]**2), (k, 0, K - 1))", "x[j]", "2*log(y[j])"),
        ("Sum(x[k]*y[k]**a, (k, 0, K - 1))", "x[j]", "exp(a*log(Abs(y[j])))"),
        ("Sum(x[k]*(-1)**k, (k, 0, K - 1))", "x[j]", "1"),
    ],
)
def test_no_wrong_claim_on_components_is_proved(function: str, wrt: str, claim: str) -> None:
    assert prove(function, wrt, claim).verdict is not Verdict.PROVED


@given(st.integers(1, 10**9), st.sampled_from((1, 2**90, 13**3 * (2**89 - 1), 2**107 - 1)))
@settings(max_examples=100, derandomize=True, deadline=None)
def test_a_number_is_the_product_of_its_prime_factors(value: int, large: int) -> None:
    found = prime_factors(value * large)
    assert prod(base**exponent for base, exponent in found) == value * large
    assert len({base for base, _ in found}) == len(found)
    assert all(base > 1 and exponent > 0 for base, exponent in found)
    if value * large < 2**80:
        assert all(base % small for base, _ in found for small in range(2, min(base, 1000)))
    else:  # the smallest primes stand by themselves whatever the rest
        assert all(
            base in (2, 3, 5, 7, 11, 13) or all(base % small for small in (2, 3, 5, 7, 11, 13)) for base, _ in found
        )
