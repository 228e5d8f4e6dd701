"""Claims made by hand to mislead the prover, kind by kind, each with the verdicts that are right.

`verdicts`: the letters of those that are right: P(ROVED), R(EFUTED), U(NDECIDED), E (the hypotheses are refused).
`at`: points at which the oracle examines a PROVED claim closely, such as `x=0; x=[1/2, 2], K=2, j=0`.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final, NamedTuple

from .formula import split
from .oracle import Question


class Case(NamedTuple):
    function: str
    wrt: str
    claim: str
    verdicts: str
    assume: str = ""
    at: str = ""
    let: tuple[str, ...] = ()

    @property
    def question(self) -> Question:
        return Question(self.function, self.wrt, self.claim, (self.assume,) if self.assume else (), self.let)

    def points(self) -> Iterator[dict[str, Any]]:
        for point in filter(None, map(str.strip, self.at.split(";"))):
            yield dict(map(_given, split(point)))


def _given(sentence: str) -> tuple[str, Any]:
    name, value = map(str.strip, sentence.split("="))
    if value.startswith("["):
        return name, {(at,): Fraction(part.strip()) for at, part in enumerate(value.strip("[]").split(","))}
    return name, Fraction(value)


def total(body: str, index: str = "k") -> str:
    return f"Sum({body}, ({index}, 0, K - 1))"


def gated(condition: str) -> str:
    """x**2 where a condition holds, else x."""
    return f"Piecewise((x**2, {condition}), (x, True))"


SOFTMAX = "exp(x[{}])/Sum(exp(x[k]), (k, 0, K - 1))"
SQUARES = total("x[k]**2")

# A condition that holds on an interval though it is written as an equation, or as an order that is not strict: the
# claim is right only where it does not hold.
ON_AN_INTERVAL = [
    ("Eq(floor(x), 3)", "", "x=7/2"),
    ("Eq(ceiling(x), 2)", "", "x=3/2"),
    ("Eq(floor(x/h), 0)", "h > 0", "x=1/4, h=1"),
    ("Eq(floor(x + y), 1)", "", "x=3/4, y=1/2"),
    ("Eq(floor(2*x), 2*floor(x))", "", "x=1/4; x=9/4"),
    ("Eq(floor(x) + floor(-x), -1)", "", "x=1/4"),
    ("Eq(sign(x), 1)", "", "x=1/4; x=3"),
    ("Eq(sign(floor(x)), 0)", "", "x=1/4"),
    ("Eq(Abs(x), x)", "", "x=1/4; x=3"),
    ("Eq(Max(x, 0), x)", "", "x=1/4; x=3"),
    ("Eq(Min(x, 1), 1)", "", "x=3"),
    ("Eq(sqrt(x**2), x)", "", "x=1/4; x=3"),
    ("Eq(x*Abs(x), x**2)", "", "x=1/4; x=3"),
    ("Eq(Abs(x) + Abs(x - 1), 1)", "", "x=1/4"),
    ("Eq(Abs(x - 1) - Abs(x + 1), 2)", "", "x=-3"),
    ("Eq(Max(x, y) + Min(x, y), x + y)", "", "x=1/4, y=1"),
    ("Eq(exp(log(x)), x)", "x > 0", ""),
    ("Eq(log(exp(x)), x)", "", ""),
    ("Eq(sin(x)**2 + cos(x)**2, 1)", "", ""),
    ("Eq(atan(x) + atan(1/x), pi/2)", "x != 0", ""),
    ("asin(sin(x)) >= x", "-1 < x < 1", ""),
    ("Eq(asin(sin(x)), x)", "", ""),
    ("Eq(acos(cos(x)), x)", "", ""),
    ("Eq(atan(tan(x)), x)", "", ""),
    ("Eq(Piecewise((0, x < 5), (1, True)), 1)", "", "x=6"),
    ("Eq(Piecewise((x, x < 5), (7, True)), 7)", "", "x=6"),
    ("Eq(floor(y), 2)", "", "x=3, y=5/2"),
    ("Eq(sign(y), 1)", "", "x=3, y=5/2"),
    ("Eq(Max(y, 0), 0)", "", "x=3, y=-1"),
    ("Not(Ne(floor(x), 0))", "", "x=1/4"),
    ("Not(Or(floor(x) > 0, floor(x) < 0))", "", "x=1/4"),
    ("And(floor(x) <= 0, floor(x) >= 0)", "", "x=1/4"),
    ("floor(x)**2 <= 0", "", "x=1/4"),
    ("Eq(x - floor(x), x)", "", "x=1/4"),
    ("Eq(Max(x**2, 1), 1)", "", "x=1/4"),
    ("Eq(heaviside(x), 1)", "x != 0", "x=3"),
    ("Eq(Max(0, x - 3) + Max(0, 3 - x), 3 - x)", "", "x=1/4"),
]
FLOORED = [
    ("Piecewise((x**2, floor(x) > 0), (x, True))", "x", "Piecewise((2*x, floor(x) >= 0), (1, True))", "RU", "",
     "x=1/4; x=3/4"),
    ("x*sign(floor(x))", "x", "Piecewise((1, x > 0), (-1, True))", "RU", "", "x=1/2"),
    ("x*sign(floor(x))", "x", "sign(floor(x))", "PU", "", "x=0; x=1; x=2"),
    ("Piecewise((x**2, asin(sin(x)) > x), (x, True))", "x", "Piecewise((2*x, asin(sin(x)) >= x), (1, True))", "RU"),
    ("x*Abs(floor(x))", "x", "floor(x)", "RU", "", "x=-1/2"),
    ("x*floor(x)**2", "x", "floor(x**2)", "RU", "", "x=3/2"),
    ("x*0**floor(y)", "x", "0", "RU", "y >= 0", "x=1, y=1/2"),
    (total("Piecewise((x[k]**2, Eq(floor(x[k]), 1)), (x[k], True))"), "x[j]", "1", "RU", "", "x=[5/4, 1/2], K=2, j=0"),
    (total("Piecewise((x[k]**2, floor(x[k]) > 0), (x[k], True))"), "x[j]",
     "Piecewise((2*x[j], floor(x[j]) >= 0), (1, True))", "RU", "", "x=[1/4, 2], K=2, j=0"),
    (total("Piecewise((x[k]**2, Eq(Abs(x[k]), x[k])), (x[k], True))"), "x[j]", "1", "RU", "", "x=[3, -1], K=2, j=0"),
    (total("x[k]*sign(floor(x[k]))"), "x[j]", "Piecewise((1, x[j] > 0), (-1, True))", "RU", "",
     "x=[1/4, 2], K=2, j=0"),
    (total("Piecewise((x[k]**2, Eq(Max(x[k], 0), 0)), (x[k], True))"), "x[j]", "1", "RU", "", "x=[-3, 2], K=2, j=0"),
]  # fmt: skip

# Orders that are not strict, one against the other or with several names; the claim is wrong for x >= 50 alone.
WEAK = [
    ("x <= y, y <= x", "x=60, y=60"),
    ("x <= y, y <= z, z <= x", "x=60, y=60, z=60"),
    ("x - y <= 0, y - x <= 0", "x=60, y=60"),
    ("Abs(x - y) <= 0", "x=60, y=60"),
    ("(x - y)**2 <= 0", "x=60, y=60"),
    ("x = y", "x=60, y=60"),
    ("y**2 + z**2 >= 1", "x=60, y=1, z=1"),
    ("y*z >= 1", "x=60, y=2, z=2"),
    ("y**2 >= 4", "x=60, y=2"),
    ("y**2 >= 0", "x=60, y=0"),
    ("y**2 <= 0", "x=60, y=0"),
    ("y*z <= 0, y*z >= 0", "x=60, y=0, z=1"),
    ("exp(y) >= 1", "x=60, y=0; x=60, y=2"),
    ("Max(y, z) >= 1", "x=60, y=0, z=2"),
    ("Or(y >= 1, z >= 1)", "x=60, y=0, z=2"),
    ("Or(y <= 0, z <= 0)", "x=60, y=-1, z=2"),
    ("Abs(y) >= 1", "x=60, y=-1"),
    ("y <= z, z <= w", "x=60, y=1, z=1, w=1"),
    ("y >= z**2", "x=60, y=4, z=2"),
    ("x*y >= x*y", "x=60, y=1"),
    ("floor(y) >= 2", "x=60, y=5/2"),
    ("x >= y, y >= 50", "x=60, y=55"),
    ("y/z >= 1", "x=60, y=2, z=1"),
    ("y**3 <= z", "x=60, y=1, z=2"),
]
# No point satisfies them, so nothing may be proved under them.
CONTRADICTORY = [
    "x < y, y < x", "x <= y, y < x", "x < y, y < z, z < x", "y**2 < 0", "y**2 + z**2 < 0", "y**2 <= -1",
    "y > 0, z > 0, y + z < 0", "y > 0, z > 0, y*z < 0", "Abs(y) < 0", "exp(y) < 0", "exp(y) <= 0", "y = 1, y = 2",
    "y = z, y > z", "y = 2, y**2 = 5", "y in {1, 2}, y > 3", "y integer, 0 < y < 1", "y > 1, y < 1", "y > 1, y <= 1",
    "cosh(y) < 1", "Max(y, z) < y", "y != y", "y positive, y negative", "y**2 = -1", "y*z = 1, y = 0", "sqrt(y) < 0",
]  # fmt: skip

# Added to and taken from a claim: it has no value where this has none.
NO_VALUE_BELOW_ZERO = [
    "log(x)", "sqrt(x)", "x**(1/3)", "x**pi", "x**x", "lambertw(x - 1)", "loggamma(x)", "bessely(0, x)",
    "besselk(1, x)", "besselj(1/2, x)", "besseli(1/3, x)", "expint(1, x)", "expint(2, x)", "uppergamma(1/2, x)",
    "Ci(x)", "Chi(x)", "acosh(x + 1)", "log1p(x - 1)", "log2(x)", "log(x**3)", "sqrt(x**3)", "lowergamma(1/2, x)",
    "log(sinh(x))",
    "asech(x/(1 + x))",
]  # fmt: skip
NO_VALUE_SOMEWHERE = [
    ("asin(x)", "x=2"), ("acos(x)", "x=-2"), ("atanh(x)", "x=2"), ("erfinv(x)", "x=2"), ("elliptic_k(x)", "x=2"),
    ("acoth(x)", "x=1/2"), ("asec(x)", "x=1/2"), ("acsc(x)", "x=1/2"), ("sqrt(-1 - x**2)", "x=2"),
    ("log(-exp(x))", "x=2"), ("log(y)", "x=1, y=-1"), ("(-1)**x", "x=1/2"), ("(-2)**(x/2)", "x=1"),
    ("acosh(cos(x))", "x=1"), ("sqrt(sin(x) - 2)", "x=1"), ("erfcinv(x)", "x=3"),
]  # fmt: skip

# A claim that divides by zero at a point where the function has a derivative: PROVED, with the hole told.
HOLES = [
    ("Si(x)", "sin(x)/x", "x=0"),
    ("Si(2*x)", "sin(2*x)/x", "x=0"),
    ("Shi(x)", "sinh(x)/x", "x=0"),
    ("x/(1 + exp(-x))", "x/(1 + exp(-x))/x*(1 - x/(1 + exp(-x))) + x/(1 + exp(-x))", None),
    ("x**3", "3*x**4/x**2", "x=0"),
    ("exp(x)", "x*exp(x)/x", "x=0"),
    ("x**2*y", "2*x*y**2/y", "x=1, y=0"),
    ("x**2*y", "2*x*y*(x - y)/(x - y)", "x=2, y=2"),
    ("x**2/2", "1/(1/x)", "x=0"),
    ("x**2", "(2*x**3 - 2*x)/(x**2 - 1)", "x=1; x=-1"),
    ("sin(x)**2", "2*sin(x)**2*cos(x)/sin(x)", "x=0"),
    ("atan(x)", "x/(x + x**3)", "x=0"),
    ("log(1 + x**2)", "2*x**2/(x + x**3)", "x=0"),
    ("x**2", "2*x*log(x**2)/log(x**2)", "x=0; x=1; x=-1"),
    ("x**2", "2*x*Abs(x)/Abs(x)", "x=0"),
    ("x*Abs(x)", "2*x**2/Abs(x)", "x=0"),
    ("x*Abs(x)", "2*sqrt(x**4)/Abs(x)", "x=0"),
    ("x**2", "2*x**2*besselj(0, x)/(x*besselj(0, x))", "x=0"),
    ("x**2", "2*x + gamma(x) - gamma(x)", "x=0; x=-1; x=-2"),
    ("x**2", "2*x + tan(1/x) - tan(1/x)", "x=0"),
    ("x**2", "2*x*(exp(x) - 1)/expm1(x)", "x=0"),
    ("x**2", "2*x*floor(x)/floor(x)", None),
    ("x**2", "2*x + 0/x", "x=0"),
    ("x**2", "2*x + x**0 - x**(-1)*x", "x=0"),
    ("x**2", "2*x*(x - 1)**(-1)/(x - 1)**(-1)", "x=1"),
]
SILU = ("y/x*(1 - y) + y", ("y = x/(1 + exp(-x))",))

# The function has a value and no derivative at a point that has to be listed.
KINKS = [
    ("sqrt(x**2 + y**2)", "x/sqrt(x**2 + y**2)", "", "x=0, y=0"),
    ("hypot(x, y)", "x/hypot(x, y)", "", "x=0, y=0"),
    ("(x**2 + y**2)**(1/2)", "x*(x**2 + y**2)**(-1/2)", "", "x=0, y=0"),
    ("sqrt((x - 1)**2 + (y - 2)**2)", "(x - 1)/sqrt((x - 1)**2 + (y - 2)**2)", "", "x=1, y=2"),
    ("sqrt(x**2 + y**4)", "x/sqrt(x**2 + y**4)", "", "x=0, y=0"),
    ("sqrt(x**2 + Abs(y))", "x/sqrt(x**2 + Abs(y))", "", "x=0, y=0"),
    ("sqrt(x**2 + y**2 + z**2)", "x/sqrt(x**2 + y**2 + z**2)", "", "x=0, y=0, z=0"),
    ("cbrt(x**3 + y**3)", "x**2/cbrt(x**3 + y**3)**2", "", "x=1, y=-1; x=-2, y=2"),
    ("Abs(x)", "x/Abs(x)", "", "x=0"),
    ("Abs(x*y)", "y*sign(x*y)", "", "x=0, y=1; x=0, y=-2"),
    ("Max(x, y)", "Piecewise((1, x > y), (0, True))", "", "x=2, y=2"),
    ("Max(Abs(x), Abs(y))", "Piecewise((sign(x), Abs(x) > Abs(y)), (0, True))", "", "x=2, y=2; x=-1, y=1"),
    ("Abs(x**2 - 1)", "2*x*sign(x**2 - 1)", "", "x=1; x=-1"),
    ("Abs(sin(x))", "cos(x)*sign(sin(x))", "", "x=0"),
    ("cbrt(x)", "1/(3*cbrt(x)**2)", "", "x=0"),
    ("sqrt(Abs(x - y))", "sign(x - y)/(2*sqrt(Abs(x - y)))", "", "x=3, y=3"),
    ("Piecewise((x, x < y), (2*x - y, True))", "Piecewise((1, x < y), (2, True))", "", "x=3, y=3"),
    ("Piecewise((1, x < 2), (2, True))", "0", "", "x=2"),
    ("exp(Abs(x))*y", "exp(Abs(x))*y*sign(x)", "", "x=0, y=1"),
    ("log(1 + Abs(x))", "sign(x)/(1 + Abs(x))", "", "x=0"),
    ("(x**4)**(1/4)", "x**3/(x**4)**(3/4)", "", "x=0"),
    ("asin(2*x/(1 + x**2))", "2*(1 - x**2)/((1 + x**2)*Abs(1 - x**2))", "", "x=1; x=-1"),
    ("acos(cos(x))", "sin(x)/Abs(sin(x))", "", "x=0"),
    ("x*sign(y)*Abs(x)/x", "sign(y)*sign(x)", "x != 0", "x=1, y=0"),
    ("floor(x)*(x - 1)", "floor(x)", "", "x=1; x=2; x=0"),
    ("x*Abs(y - x)", "Abs(y - x) + x*sign(x - y)", "", "x=2, y=2"),
]  # fmt: skip
INDEXED_KINKS = [
    (f"sqrt({SQUARES})", "x[j]", f"x[j]/sqrt({SQUARES})", "x=[0, 0], K=2, j=0; x=[0], K=1, j=0"),
    (f"sqrt({total('(x[k] - y[k])**2')})", "x[j]", f"(x[j] - y[j])/sqrt({total('(x[k] - y[k])**2')})",
     "x=[1, 2], y=[1, 2], K=2, j=0"),
    (total("Abs(x[k])"), "x[j]", "sign(x[j])", "x=[0, 1], K=2, j=0"),
    ("Maximum(x[k], (k, 0, K - 1))", "x[j]",
     "Piecewise((1, Eq(x[j], Maximum(x[k], (k, 0, K - 1)))), (0, True))", "x=[2, 2], K=2, j=0"),
]  # fmt: skip

# Powers and recurrences of what may be negative.
NEGATIVE_BASES = [
    ("x**(n/2)", "n/2*Abs(x)**(n/2 - 1)", "RU", "n integer", "x=-1, n=4; x=-2, n=8"),
    ("x**n", "n*Abs(x)**(n - 1)", "RU", "n integer", "x=-1, n=2; x=-2, n=4"),
    ("x**n", "n*x**(n - 1)", "PU", "n in {1, 2, 3}", "x=0, n=1; x=0, n=2; x=0, n=3; x=-1, n=3"),
    ("Abs(x)**n", "n*x**(n - 1)", "RU", "n in {2, 3}", "x=-1, n=3"),
    ("(-x)**n", "-n*x**(n - 1)", "RU", "n integer", "x=1, n=2"),
    ("(-x)**n", "n*x**n*(-1)**n/x", "PU", "n integer, x != 0", "x=1, n=2; x=-1, n=3"),
    ("x*(a**b)**c", "a**(b*c)", "RU", "", "x=1, a=-1, b=2, c=1/2; x=1, a=-2, b=2, c=3/2"),
    ("x*(a**2)**c", "a**(2*c)", "RU", "", "x=1, a=-1, c=1/2"),
    ("x*(a**2)**c", "Abs(a)**(2*c)", "PU", "a != 0", "x=1, a=-1, c=1/2"),
    ("x*(a**b)**c", "a**(b*c)", "PU", "a > 0", "x=1, a=2, b=2, c=1/2"),
    ("x*(a*b)**c", "a**c*b**c", "RU", "", "x=1, a=-1, b=-1, c=1/2"),
    ("x*(a*b)**c", "a**c*b**c", "PU", "c integer, a != 0, b != 0", "x=1, a=-1, b=-1, c=3"),
    ("x*(a/b)**c", "a**c/b**c", "RU", "", "x=1, a=-1, b=-1, c=1/2"),
    ("x*sqrt(a**2)", "a", "RU", "", "x=1, a=-1"),
    ("x*sqrt(a*b)", "sqrt(a)*sqrt(b)", "RU", "", "x=1, a=-1, b=-1"),
    ("x*sqrt(a**4)", "a**2", "P", "", "x=1, a=-1"),
    ("x*sqrt(a**6)", "a**3", "R", "", "x=1, a=-1"),
    ("x*cbrt(a**3)", "a", "PU", "", "x=1, a=-1"),
    ("x*(a**3)**(1/3)", "a", "PU", "", "x=1, a=1"),
    ("x*(a**6)**(1/2)", "a**3", "RU", "", "x=1, a=-1"),
    ("x*(a**6)**(1/6)", "a", "RU", "", "x=1, a=-1"),
    ("(x**2)**(3/2)", "3*x**2", "R", "", "x=-1"),
    ("(x**2)**(3/2)", "3*x*Abs(x)", "P", "", "x=0; x=-1"),
    ("(x**4)**(1/4)", "1", "RU", "", "x=-1/2"),
    ("x*log(a**2)", "2*log(a)", "RU", "", "x=1, a=-1"),
    ("x*log(a**2)", "2*log(Abs(a))", "P", "", "x=1, a=-1"),
    ("x*log(a**3)", "3*log(Abs(a))", "PU", "", "x=1, a=2"),
    ("x*log(a*b)", "log(a) + log(b)", "RU", "", "x=1, a=-1, b=-1"),
    ("x*log(a/b)", "log(a) - log(b)", "RU", "", "x=1, a=-1, b=-1"),
    ("x*log(a**n)", "n*log(a)", "RU", "n integer", "x=1, a=-1, n=2"),
    ("x*(-1)**n", "1", "R", "n integer", "x=1, n=1"),
    ("x*(-1)**(2*n)", "1", "PU", "n integer", "x=1, n=1"),
    ("x*(-1)**(n*(n + 1))", "1", "PU", "n integer", "x=1, n=1; x=1, n=2"),
    ("x*(-1)**(n**2)", "(-1)**n", "PU", "n integer", "x=1, n=1; x=1, n=2"),
    ("x*(-1)**(n + 1)", "(-1)**n", "RU", "n integer", "x=1, n=1"),
    ("x*(-2)**n*(-2)**n", "2**(2*n)", "PU", "n integer", "x=1, n=1"),
    ("x*(-2)**n*(-2)**n", "-(2**(2*n))", "RU", "n integer", "x=1, n=1"),
    ("x*a**(2*n)", "Abs(a)**(2*n)", "PU", "n integer, a != 0", "x=1, a=-1, n=1"),
    ("x*a**(2*n)", "Abs(a)**(2*n)", "RU", "a != 0", "x=1, a=-1, n=1/4"),
    ("x*a**(2*n + 1)", "Abs(a)**(2*n + 1)", "RU", "n integer, a != 0", "x=1, a=-1, n=1"),
    ("x**(2*n)", "2*n*Abs(x)**(2*n - 1)", "RU", "n in {1, 2}", "x=-1, n=1"),
    ("-zeta(2, x)/2", "zeta(3, x + 1) + Abs(x)**(-3)", "RU", "", "x=-1/2; x=-3/2"),
    ("-zeta(2, x)/2", "zeta(3, x + 1) + x**(-3)", "PU", "x > 0", "x=1/2; x=3/2"),
    ("-zeta(3, x)/3", "zeta(4, x + 1) + Abs(x)**(-4)", "PU", "x > 0", "x=1/2; x=3/2"),
    ("uppergamma(1, x + 100)", "-exp(-Abs(x + 100))", "RU", "", "x=-101; x=-200"),
    ("uppergamma(2, x)", "-Abs(x)*exp(-x)", "RU", "", "x=-1/2"),
    ("lowergamma(2, x)", "Abs(x)*exp(-x)", "RU", "", "x=-1/2"),
    ("uppergamma(3, x)", "-Abs(x)**2*exp(-x)", "PU", "", "x=1"),
    ("digamma(x)", "polygamma(1, x + 1) + 1/(x*Abs(x))", "RU", "", "x=-1/2; x=-3/2"),
    ("polygamma(1, x)", "polygamma(2, x + 1) - 2/Abs(x)**3", "RU", "", "x=-1/2; x=-3/2"),
    ("gamma(x + 1)", "gamma(x + 1)*(digamma(x) + 1/Abs(x))", "RU", "", "x=-1/2"),
    ("log(Abs(gamma(x + 1)))", "digamma(x) + 1/Abs(x)", "RU", "", "x=-1/2"),
    ("loggamma(x)", "digamma(x + 1) - 1/Abs(x)", "PU", "x > 0", "x=1/2"),
    ("besselj(0, x)", "-besselj(1, Abs(x))", "RU", "", "x=-1/2"),
    ("besselj(0, x)", "-sign(x)*besselj(1, Abs(x))", "PU", "", "x=0; x=-1"),
    ("besseli(0, x)", "besseli(1, Abs(x))", "RU", "", "x=-1/2"),
    ("besselj(1, x)", "besselj(0, x) - besselj(1, x)/Abs(x)", "RU", "", "x=-1/2"),
    ("x*erf(a)", "erf(Abs(a))", "RU", "", "x=1, a=-1"),
    ("x*atan(1/a)", "pi/2 - atan(a)", "RU", "", "x=1, a=-1"),
    ("x*acot(a)", "atan(1/Abs(a))", "RU", "", "x=1, a=-1"),
    ("asec(x)", "1/(x*sqrt(x**2 - 1))", "RU", "", "x=-2"),
    ("asec(x)", "1/(Abs(x)*sqrt(x**2 - 1))", "P", "Or(x < -1, x > 1)", "x=-2; x=2"),
    ("acsc(x)", "-1/(x**2*sqrt(1 - 1/x**2))", "PU", "Or(x < -1, x > 1)", "x=-2; x=2"),
    ("acsc(x)", "-1/(x*sqrt(x**2 - 1))", "RU", "Or(x < -1, x > 1)", "x=-2"),
    ("acsch(x)", "-1/(x*sqrt(1 + x**2))", "RU", "x != 0", "x=-2"),
    ("acsch(x)", "-1/(Abs(x)*sqrt(1 + x**2))", "PU", "x != 0", "x=-2; x=2"),
    ("x*atan(tan(a))", "a", "RU", "", "x=1, a=3"),
    ("x*asin(sin(a))", "a", "RU", "", "x=1, a=3"),
    ("x*acosh(cosh(a))", "a", "RU", "", "x=1, a=-1"),
    ("x*atan2(a, b)", "atan(a/b)", "RU", "", "x=1, a=1, b=-1"),
    ("x*cosh(a)", "cosh(Abs(a))", "PU", "", "x=1, a=-1"),
    ("x*0**n", "0", "RU", "n in {0, 1, 2}", "x=1, n=0"),
    ("x*a**0", "1", "P", "", "x=1, a=0"),
    ("x*floor(-a)", "-floor(a)", "RU", "", "x=1, a=1/2"),
    ("x*floor(-a)", "-ceiling(a)", "PU", "", "x=1, a=1/2"),
    ("x*floor(2*a)", "2*floor(a)", "RU", "", "x=1, a=1/2"),
    ("x*floor(a + 1)", "floor(a) + 1", "PU", "", "x=1, a=1/2"),
    ("x*Abs(a + b)", "Abs(a) + Abs(b)", "R", "", "x=1, a=-1, b=1"),
    ("x*Max(a, b)*c", "Max(a*c, b*c)", "R", "", "x=1, a=1, b=0, c=-1"),
]  # fmt: skip

# A variable that takes finitely many values, arrays of them, and claims that agree at those values.
LISTED = [
    ("x**2", "x", "2*x", "P", "x in {1, 2, 3}", "x=1; x=2; x=3"),
    ("x**2", "x", "2*x + (x - 1)*(x - 2)*(x - 3)", "PU", "x in {1, 2, 3}", "x=1; x=2; x=3"),
    ("x**2", "x", "x + 1", "RU", "x in {1, 2, 3}", "x=2; x=3"),
    ("x**2", "x", "0", "RU", "x in {1, 2, 3}", "x=1"),
    ("x**3 - x", "x", "3*x**2 - 1", "P", "x in {-1, 0, 1}", "x=0"),
    ("x**3 - x", "x", "3*Abs(x) - 1", "PU", "x in {-1, 0, 1}", "x=0; x=1; x=-1"),
    ("exp(x)", "x", "exp(x)", "P", "x in {0, 1}", "x=0; x=1"),
    ("exp(x)", "x", "1 + x*(E - 1)", "PU", "x in {0, 1}", "x=0; x=1"),
    ("Abs(x)", "x", "sign(x)", "PU", "x in {-1, 0, 1}", "x=0; x=1; x=-1"),
    ("Abs(x)", "x", "x", "PU", "x in {-1, 1}", "x=1; x=-1"),
    ("floor(x)*x", "x", "floor(x)", "PU", "x in {1/2, 3/2}", "x=1/2; x=3/2"),
    ("Piecewise((x**2, Eq(x, 1)), (x, True))", "x", "1", "PU", "x in {0, 2}", "x=0; x=2"),
    ("Piecewise((x**2, x > 1), (2*x - 1, True))", "x", "2", "RU", "x in {0, 1, 2}", "x=2; x=1"),
    ("x*y", "x", "y", "P", "x in {1, 2}, y in {3, 4}", "x=1, y=3"),
    ("x*y**2", "x", "1", "P", "x in {1, 2}, y in {-1, 1}", "x=1, y=-1"),
    ("x*y", "y", "x", "P", "x in {1, 2}", "x=1, y=3"),
    ("x**n", "x", "n*x**(n - 1)", "P", "n in {1, 2, 3}, x > 0", "x=2, n=3"),
    ("x**n", "x", "Piecewise((1, Eq(n, 1)), (2*x, Eq(n, 2)), (3*x**2, True))", "PU", "n in {1, 2, 3}, x > 0",
     "x=2, n=3"),
    ("x**n", "x", "Piecewise((1, Eq(n, 1)), (2*x, True))", "RU", "n in {1, 2, 3}, x > 0", "x=2, n=3"),
    ("x*n*(n - 1)*(n - 2)", "x", "0", "PU", "n in {0, 1, 2}", "x=2, n=1"),
    ("x*n*(n - 1)*(n - 2)", "x", "0", "R", "n in {0, 1, 3}", "x=2, n=3"),
    ("x**2", "x", "2*x", "P", "x integer", "x=2"),
    ("x**2*sin(pi*x)", "x", "pi*x**2*cos(pi*x)", "PU", "x integer", ""),
    ("floor(x)", "x", "0", "PU", "x integer", "x=2"),
    (SQUARES, "x[j]", "2*x[j]", "P", "x in {0, 1}", "x=[0, 1], K=2, j=0"),
    (SQUARES, "x[j]", "2*x[j]**2", "PU", "x in {0, 1}", "x=[0, 1], K=2, j=0"),
    (SQUARES, "x[j]", "3*x[j]", "RU", "x in {0, 1}", "x=[1, 0], K=2, j=0"),
    (SQUARES, "x[j]", "2*x[j] + x[j]*(1 - x[j])", "PU", "x in {0, 1}", "x=[1, 0], K=2, j=0"),
    (total("y[k]**2*x[k]"), "x[j]", "y[j]", "PU", "y in {0, 1}", "x=[1, 3], y=[1, 0], K=2, j=0"),
    (total("y[k]**2*x[k]"), "x[j]", "y[j]", "RU", "y in {0, 2}", "x=[1, 3], y=[2, 0], K=2, j=0"),
    (total("y[k]**2*x[k]"), "x[j]", "1", "PU", "y in {-1, 1}", "x=[1, 3], y=[-1, 1], K=2, j=0"),
]  # fmt: skip

# Jumps and kinks at which the claim is right beside them, or has a value of its own: no witness is there.
BESIDE = [
    ("floor(x)", "0", "P", "", "x=0; x=1/2"),
    ("floor(x)", "Piecewise((7, Eq(floor(x), x)), (0, True))", "PU", "", "x=0; x=1/2"),
    ("ceiling(x)", "0", "P", "", "x=0; x=1/2"),
    ("sign(x)", "0", "P", "", "x=0"),
    ("sign(x)", "Piecewise((5, Eq(x, 0)), (0, True))", "PU", "", "x=0"),
    ("floor(x)*x", "floor(x)", "PU", "", "x=0; x=1; x=2"),
    ("floor(x)*x**2", "2*x*floor(x)", "PU", "", "x=0; x=1"),
    ("floor(2*x)", "0", "P", "", "x=1/2; x=1"),
    ("floor(x**2)", "0", "PU", "", "x=1; x=0; x=2"),
    ("floor(x) + ceiling(-x)", "0", "PU", "", "x=1"),
    ("x - floor(x)", "Piecewise((3, Eq(floor(x), x)), (1, True))", "PU", "", "x=1"),
    ("floor(x)*floor(x - 1)", "0", "PU", "", "x=1; x=0; x=2"),
    ("sin(pi*floor(x))", "0", "PU", "", ""),
    ("heaviside(x)*x**2", "2*x*heaviside(x)", "PU", "", "x=1"),
    ("Piecewise((cos(Abs(x + 1/10)), x < -2), (exp(x/2 - 1), True))*Abs(x + 2)",
     "Piecewise((-sin(Abs(x + 1/10))*sign(x + 1/10)*Abs(x + 2) + cos(Abs(x + 1/10))*sign(x + 2), x < -2), "
     "(exp(x/2 - 1)/2*Abs(x + 2) + exp(x/2 - 1)*sign(x + 2), True))", "PU", "", "x=-2"),
    ("Piecewise((cos(x), x < -2), (exp(x/2 - 1), True))*Abs(x + 2)",
     "Piecewise((-sin(x)*Abs(x + 2) + cos(x)*sign(x + 2), x < -2), "
     "(exp(x/2 - 1)/2*Abs(x + 2) + exp(x/2 - 1)*sign(x + 2), True))", "PU", "", "x=-2"),
    ("Piecewise((sin(x), x < 1), (exp(-x), True))*(x - 1)",
     "Piecewise((cos(x)*(x - 1) + sin(x), x < 1), (-exp(-x)*(x - 1) + exp(-x), True))", "PU", "", "x=1"),
    ("Piecewise((2, x < 1), (3, True))*(x - 1)**2", "Piecewise((4*(x - 1), x < 1), (6*(x - 1), True))", "P", "", "x=1"),
    ("Piecewise((2, x < 1), (3, True))*(x - 1)", "Piecewise((2, x < 1), (3, True))", "P", "", "x=1"),
    ("Piecewise((2, x < 1), (3, True))*(x - 1)", "Piecewise((2, x < 1), (9, Eq(x, 1)), (3, True))", "PU", "", "x=1"),
    ("floor(x - 2)*x**2", "Piecewise((2*x*floor(x - 2), x < -2), (2*x*floor(x - 2), x > -2), (7, True))", "PU", "",
     "x=-2; x=0; x=1"),
    ("(x - floor(x))*exp(x)", "Piecewise(((1 + x - floor(x))*exp(x), (x - 2)**2 > 0), (7, True))", "PU", "",
     "x=2; x=1"),
    ("ceiling(x)*sin(x)", "Piecewise((ceiling(x)*cos(x), Ne(x, 3)), (7, True))", "PU", "", "x=3; x=0"),
    ("Max(0, 1 - Abs(x))*sin(log(1 + exp(x + 1/2)))",
     "Piecewise((0, Abs(x) > 1), (-sign(x), True))*sin(log(1 + exp(x + 1/2))) "
     "+ Max(0, 1 - Abs(x))*cos(log(1 + exp(x + 1/2)))/(1 + exp(-x - 1/2))", "PU", "", "x=0; x=1; x=-1"),
    ("Max(0, 1 - Abs(x))*atan(exp(x))",
     "Piecewise((0, Abs(x) > 1), (-sign(x), True))*atan(exp(x)) + Max(0, 1 - Abs(x))*exp(x)/(1 + exp(2*x))", "PU", "",
     "x=0; x=1; x=-1"),
    ("sign(x - 3)*Abs(x - 3)", "1", "PU", "", "x=3"),
    ("sign(x - 3)*Abs(x - 3)", "Piecewise((5, Eq(x, 3)), (1, True))", "RU", "", "x=3"),
    ("sign(x)*x**2", "2*Abs(x)", "P", "", "x=0"),
    ("sign(x)*x**2", "Piecewise((1, Eq(x, 0)), (2*Abs(x), True))", "R", "", "x=0"),
    ("sign(x)*sin(x)", "sign(x)*cos(x)", "PU", "", "x=0"),
    ("sign(sin(x))*Abs(sin(x))", "cos(x)", "PU", "", "x=0"),
    ("Max(x, 0)*Max(-x, 0)", "0", "PU", "", "x=0"),
    ("Max(x, 0) - Max(-x, 0)", "1", "P", "", "x=0"),
    ("Max(x, 0) - Max(-x, 0)", "Piecewise((2, Eq(x, 0)), (1, True))", "R", "", "x=0"),
    ("Abs(x)**2", "2*Abs(x)*sign(x)", "P", "", "x=0"),
    ("Abs(x - 1)*(x - 1)", "2*Abs(x - 1)", "P", "", "x=1"),
    ("Abs(x)*Abs(y)", "sign(x)*Abs(y)", "PU", "", "x=0, y=0; x=0, y=1"),
    ("Abs(x)*y", "Piecewise((y, x > 0), (-y, x < 0), (3, True))", "RU", "", "x=0, y=0"),
    ("Abs(x)*(y - 1)", "Piecewise((y - 1, x > 0), (1 - y, x < 0), (3, True))", "RU", "", "x=0, y=1"),
    ("Piecewise((a*x, x > 0), (b*x, True))", "Piecewise((a, x > 0), (b, x < 0), (7, True))", "RU", "", "x=0, a=1, b=1"),
    ("Piecewise((a*x, x > 0), (b*x, True))", "Piecewise((a, x > 0), (b, True))", "PU", "", "x=0, a=1, b=1"),
    ("Max(x, a*x)", "Piecewise((1, x > a*x), (a, True))", "PU", "", "x=0, a=2; x=0, a=1; x=1, a=1"),
    ("Piecewise((x**2, x < 1), (2*x - 1, True))", "Piecewise((2*x, x < 1), (0, Eq(x, 1)), (2, True))", "R", "", "x=1"),
    ("Piecewise((sin(x)/x, Ne(x, 0)), (1, True))", "Piecewise(((x*cos(x) - sin(x))/x**2, Ne(x, 0)), (0, True))", "P",
     "", "x=0"),
    ("Piecewise((sin(x)/x, Ne(x, 0)), (1, True))", "Piecewise(((x*cos(x) - sin(x))/x**2, Ne(x, 0)), (1, True))", "RU",
     "", "x=0"),
    ("Piecewise(((exp(x) - 1)/x, Ne(x, 0)), (1, True))",
     "Piecewise(((x*exp(x) - exp(x) + 1)/x**2, Ne(x, 0)), (0, True))", "RU", "", "x=0"),
    ("Piecewise(((exp(x) - 1)/x, Ne(x, 0)), (1, True))",
     "Piecewise(((x*exp(x) - exp(x) + 1)/x**2, Ne(x, 0)), (1/2, True))", "P", "", "x=0"),
]  # fmt: skip

# A claim that is wrong at single points, on tiny intervals, or far out.
NARROW = [
    ("x**2", "Piecewise((5, Eq(x, 1/3)), (2*x, True))", "R", "", "x=1/3"),
    ("x**2", "Piecewise((5, Eq(x**2 - x - 2, 0)), (2*x, True))", "R", "", "x=2; x=-1"),
    ("x**2", "Piecewise((5, And(Eq(x, 1/3), Eq(y, 2/7))), (2*x, True))", "R", "", "x=1/3, y=2/7"),
    ("x**2", "Piecewise((5, Eq(x**2 + y**2, 25)), (2*x, True))", "RU", "", "x=3, y=4"),
    ("x**2", "Piecewise((5, Eq(x**2 + y**2, 0)), (2*x, True))", "RU", "", "x=0, y=0"),
    ("x**2", "Piecewise((5, Eq(floor(x), x)), (2*x, True))", "RU", "", "x=3; x=0"),
    ("x**2", "Piecewise((5, Eq(x, floor(x) + 1/2)), (2*x, True))", "RU", "", "x=7/2"),
    ("x**2", "Piecewise((5, Eq(sin(pi*x), 0)), (2*x, True))", "RU", "", ""),
    ("x**2", "Piecewise((5, Eq(exp(x), 1)), (2*x, True))", "RU", "", "x=0"),
    ("x**2", "Piecewise((5, Eq(Abs(x), 3)), (2*x, True))", "RU", "", "x=3; x=-3"),
    ("x**2", "Piecewise((5, Eq(Max(x, 1), 2)), (2*x, True))", "RU", "", "x=2"),
    ("x**2", "2*x*sign(x)**2 + (1 - sign(x)**2)", "RU", "", "x=0"),
    ("x**2 + x", "(2*x + 1)*sign(x)**2", "RU", "", "x=0"),
    ("x**2", "2*x + 0**Abs(x)", "RU", "", "x=0"),
    ("x**2", "2*x + 0**((x - 2)**2)", "RU", "", "x=2"),
    ("x", "ceiling(x) - floor(x)", "RU", "", "x=1"),
    ("x", "ceiling(x + 1/2) - floor(x + 1/2)", "RU", "", "x=1/2"),
    ("x**2", "2*x + Max(0, 0**((x - 1)**2 + (y - 1)**2))", "RU", "", "x=1, y=1"),
    ("x", "Piecewise((1, (x - 1/7)**2*(x + 1/7)**2 > 0), (0, True))", "R", "", "x=1/7"),
    ("x", "Piecewise((1, Or(x > 1/7, x < 1/7)), (0, True))", "R", "", "x=1/7"),
    ("x", "Piecewise((1, Abs(x - y) > 0), (0, True))", "R", "", "x=1, y=1"),
    ("x", "Piecewise((1, x*y > 0), (1, x*y < 0), (2, True))", "R", "", "x=1, y=0"),
    ("x", "1 + Piecewise((1, And(x > 1/3, x < 1/3 + 10**(-9))), (0, True))", "R", "", "x=3333333334/10000000000"),
    ("x", "1 + Max(0, 10**(-9) - Abs(x - 1/3))", "R", "", "x=1/3"),
    ("x", "1 + Max(0, Min(x - 1/3, 1/3 + 10**(-12) - x))", "RU", "", "x=33333333333339/100000000000000"),
    ("x", "1 + Piecewise((1, x > 10**6), (0, True))", "R", "", "x=2000000"),
    ("x", "1 + Piecewise((1, x < -10**9), (0, True))", "R", "", "x=-2000000000"),
    ("x*y", "y + Piecewise((1, And(x > 10**4, y > 10**4)), (0, True))", "R", "", "x=20000, y=20000"),
    ("x", "1 + Max(0, x - 10**5)*Max(0, 10**5 + 10**(-5) - x)", "RU", "", "x=20000000001/200000"),
    ("x", "1 + 10**(-200)", "R", "", "x=1"),
    ("x", "1 + 10**(-200)*Max(0, x - 1000)", "R", "", "x=2000"),
    ("x", "1 + exp(-exp(x + 3))", "R", "", ""),
    ("x", "1 + exp(-x**2 - 1000)", "R", "", "x=0"),
    ("1/(1 + exp(-x))", "Piecewise((0, x > 800), (exp(-x)/(1 + exp(-x))**2, True))", "R", "", "x=900"),
    ("1/(1 + exp(-x))", "Piecewise((exp(-x), x > 1000), (exp(-x)/(1 + exp(-x))**2, True))", "R", "", "x=1100"),
    ("tanh(x)", "Piecewise((0, Abs(x) > 500), (1 - tanh(x)**2, True))", "R", "", "x=600"),
    ("x**2", "2*x + Piecewise((1, And(Eq(floor(x), 10**6), x - floor(x) < 10**(-6))), (0, True))", "RU", "",
     "x=10000000000001/10000000"),
    ("x**2", "Piecewise((2*x, x**3 - x > y), (2*x, x**3 - x < y), (9, True))", "RU", "", "x=2, y=6"),
    ("x**2", "Piecewise((2*x, exp(x)*y > 1), (2*x, exp(x)*y < 1), (9, True))", "RU", "", "x=0, y=1"),
    (SQUARES, "2*x[j] + KroneckerDelta(j, 3)", "RU", "", "x=[1, 2, 3, 4], K=4, j=3"),
    (SQUARES, "2*x[j] + Piecewise((1, And(K >= 9, j >= 8)), (0, True))", "RU", "", ""),
    (SQUARES, "2*x[j] + 0**(K - 1)", "RU", "", "x=[1], K=1, j=0"),
    (SQUARES, "2*x[j] + Piecewise((1, Eq(K, 5)), (0, True))", "RU", "", "x=[1, 1, 1, 1, 1], K=5, j=0"),
    (SQUARES, "2*x[j]*(K - 1)/(K - 1)", "PRU", "", "x=[1], K=1, j=0"),
    (SQUARES, "2*x[j] + (K - 2)*(K - 3)*(K - 1)", "RU", "", "x=[1, 1, 1, 1], K=4, j=0"),
    (SQUARES, "2*x[j] + Product(x[k] - k, (k, 0, K - 1))**2*10**(-30)", "RU", "", "x=[1, 2], K=2, j=0"),
    (SQUARES, "2*x[j] + Max(0, Sum(x[k], (k, 0, K - 1)) - 10**6)", "RU", "", "x=[1000000, 1], K=2, j=0"),
]  # fmt: skip

# Hypotheses that are equations, or written in words, or for every component.
EQUATIONS = [
    ("y*x**2/2", "x", "x", "P", "y = 1", "x=2, y=1"),
    ("y*x", "x", "1", "P", "y = 1", "x=2, y=1"),
    ("y*x", "x", "y**3", "P", "y = 1", "x=2, y=1"),
    ("y*x", "y", "x", "P", "y = 1", "x=2, y=1"),
    ("y*x**2/2", "x", "2*x", "R", "y = 1", "x=2, y=1"),
    ("x**y", "x", "2*x", "P", "y = 2", "x=3, y=2"),
    ("x**y", "x", "3*x", "R", "y = 2", "x=3, y=2"),
    ("x*y**2", "x", "1", "P", "y**2 = 1", "x=3, y=-1"),
    ("x*y**4", "x", "1", "P", "y**2 = 1", "x=3, y=-1"),
    ("x*y**3", "x", "y", "P", "y**2 = 1", "x=3, y=-1"),
    ("x*y", "x", "1", "R", "y**2 = 1", "x=3, y=-1"),
    ("x*y**2", "x", "-1", "R", "y**2 = 1", "x=3, y=-1"),
    ("x*y", "x", "1", "P", "y**2 = 1, y > 0", "x=3, y=1"),
    ("x*y", "x", "2", "PU", "y**2 = 4, y > 0", "x=3, y=2"),
    ("x*y", "x", "-2", "RU", "y**2 = 4, y > 0", "x=3, y=2"),
    ("x*(a**2 + b**2)", "x", "1", "P", "a**2 + b**2 = 1", "x=1, a=3/5, b=4/5"),
    ("x*a**2", "x", "1 - b**2", "P", "a**2 + b**2 = 1", "x=1, a=3/5, b=4/5"),
    ("x*a**4", "x", "(1 - b**2)**2", "P", "a**2 + b**2 = 1", "x=1, a=3/5, b=4/5"),
    ("x*a**2", "x", "1 + b**2", "R", "a**2 + b**2 = 1", "x=1, a=3/5, b=4/5"),
    ("x*a", "x", "1 - b", "R", "a**2 + b**2 = 1", "x=1, a=3/5, b=4/5"),
    ("x*(a - b)*(a + b)", "x", "2*a**2 - 1", "P", "a**2 + b**2 = 1", "x=1, a=3/5, b=4/5"),
    ("x/(a**2 + b**2)", "x", "1", "P", "a**2 + b**2 = 1", "x=1, a=3/5, b=4/5"),
    ("x*sqrt(1 - a**2)", "x", "Abs(b)", "PU", "a**2 + b**2 = 1", "x=1, a=3/5, b=-4/5"),
    ("x*sqrt(1 - a**2)", "x", "b", "RU", "a**2 + b**2 = 1", "x=1, a=3/5, b=-4/5"),
    ("x*p*q", "x", "0", "P", "p*q = 0", "x=1, p=0, q=2"),
    ("x*(p + q)**2", "x", "p**2 + q**2", "P", "p*q = 0", "x=1, p=0, q=2"),
    ("x*(p + q)**2", "x", "p**2 - q**2", "R", "p*q = 0", "x=1, p=0, q=2"),
    ("x*p", "x", "0", "R", "p*q = 0", "x=1, p=2, q=0"),
    ("x*p**2*q", "x", "0", "P", "p*q = 0", "x=1, p=2, q=0"),
    ("x*exp(p*q)", "x", "1", "P", "p*q = 0", "x=1, p=2, q=0"),
    ("x*(a**3 - b**3)", "x", "0", "PU", "a = b", "x=1, a=2, b=2"),
    ("x*(a**3 + b**3)", "x", "0", "RU", "a = b", "x=1, a=2, b=2"),
    ("x*a*b*c", "x", "1", "PU", "a*b = 1, c = 1", "x=1, a=2, b=1/2, c=1"),
    ("x*(a*d - b*c)", "x", "1", "PU", "a*d - b*c = 1", "x=1, a=1, b=2, c=3, d=7"),
    ("x*sqrt(a)*sqrt(b)", "x", "1", "PU", "a*b = 1, a > 0, b > 0", "x=1, a=2, b=1/2"),
    ("x*log(a) + x*log(b)", "x", "0", "PU", "a*b = 1, a > 0, b > 0", "x=1, a=2, b=1/2"),
    ("x*y", "x", "1 - x", "P", "x + y = 1", "x=1/3, y=2/3"),
    ("x**2", "x", "2", "PU", "x = 1", "x=1"),
    ("x**2", "x", "2*x**5", "PU", "x = 1", "x=1"),
    ("x**2", "x", "1", "RU", "x = 1", "x=1"),
    ("x**3", "x", "3", "PU", "x**2 = 1", "x=1; x=-1"),
    ("Abs(x)", "x", "1", "RU", "x**2 = 4", "x=-2"),
    ("x*(p + q + r)", "x", "1", "P", "p + q + r = 1", "x=1, p=1/2, q=1/3, r=1/6"),
    ("x*sin(y)**2", "x", "1 - cos(y)**2", "P", "y = 1", ""),
    ("x*y**2", "x", "1", "P", "y in {-1, 1}", "x=1, y=-1"),
    ("x*Abs(y)", "x", "1", "P", "y in {-1, 1}", "x=1, y=-1"),
    ("Abs(x)", "x", "-1", "PU", "not (x > 0)", "x=-2; x=0"),
    ("Abs(x)", "x", "1", "RU", "not (x > 0)", "x=-2"),
    ("x**2", "x", "2*x", "P", "not (x > 0)", "x=-2"),
    ("x**2", "x", "3*x", "R", "not (x > 0)", "x=-2"),
    ("x**2", "x", "2*Abs(x)", "PU", "Not(x < 0)", "x=0; x=2"),
    ("x*Abs(y)", "x", "y", "PU", "not (y < 0)", "x=0, y=2; x=1, y=0"),
    ("x*Abs(y)", "x", "y", "RU", "Or(y > 2, y < -2)", "x=0, y=-3"),
    ("x*y**2", "x", "y*Abs(y)", "PU", "Or(y > 2, Eq(y, 0))", "x=0, y=3; x=1, y=0"),
    (total("t[k]*x"), "x", "1", "P", "Sum(t) = 1", "x=1, t=[1/2, 1/2], K=2"),
    (total("t[k]*x"), "x", "1", "P", "Sum(t[k], (k, 0, K - 1)) = 1", "x=1, t=[1/2, 1/2], K=2"),
    (total("t[k]*x"), "x", "1", "P", "Sum(t[m], (m, 0, K - 1)) == 1", "x=1, t=[1/2, 1/2], K=2"),
    (total("t[k]*x"), "x", "2", "R", "Sum(t[k], (k, 0, K - 1)) = 1", "x=1, t=[1/2, 1/2], K=2"),
    (total("t[k]*x"), "x", "1", "PU", "t simplex", "x=1, t=[1/2, 1/2], K=2"),
    (total("Abs(t[k])*x[k]"), "x[j]", "t[j]", "P", "t > 0", "x=[1, 2], t=[1/2, 1], K=2, j=0"),
    (total("Abs(t[k])*x[k]"), "x[j]", "t[j]", "PU", "t[i] > 0", "x=[1, 2], t=[1/2, 1], K=2, j=0"),
    (total("Abs(t[k])*x[k]"), "x[j]", "t[j]", "PU", "t[k] > 0", "x=[1, 2], t=[1/2, 1], K=2, j=0"),
    (total("Abs(t[k])*x[k]"), "x[j]", "-t[j]", "RU", "t[i] > 0", "x=[1, 2], t=[1/2, 1], K=2, j=0"),
    (total("Abs(x[k])"), "x[j]", "1", "PU", "x[i] > 0", "x=[1, 2], K=2, j=0"),
    (total("Abs(x[k])"), "x[j]", "1", "PU", "x[j] > 0", "x=[1, 2], K=2, j=0"),
    (total("log(x[k])"), "x[j]", "1/x[j]", "PU", "x[i] > 0", "x=[1, 2], K=2, j=0"),
    (total("log(x[k])"), "x[j]", "1/Abs(x[j])", "PU", "x[i] > 0", "x=[1, 2], K=2, j=0"),
    (total("sqrt(x[k]**2)"), "x[j]", "1", "RU", "x[i] < 0", "x=[-1, -2], K=2, j=0"),
    (total("Abs(x[k] - y[k])"), "x[j]", "1", "PU", "x[i] > y[i]", "x=[1, 2], y=[0, 1], K=2, j=0"),
]  # fmt: skip

# Vectors that are abbreviated, and used inside sums.
VECTORS = [
    (total("s[k]*v[k]"), "x[j]", f"s[j]*(v[j] - {total('s[k]*v[k]')})", "P", (f"s[i] = {SOFTMAX.format('i')}",)),
    (total("s[k]*v[k]"), "x[j]", f"s[j]*(v[j] + {total('s[k]*v[k]')})", "R", (f"s[i] = {SOFTMAX.format('i')}",)),
    (total("d[k]*c[k]"), "x[j]", "d[j]*(c[j] - Sum(d[m]*c[m], (m, 0, K - 1)))", "P",
     ("d[i] = exp(x[i])/Sum(exp(x[m]), (m, 0, K - 1))",)),
    (total("d[k]*c[k]"), "x[j]", "d[j]*(c[j] - Sum(d[k]*c[k], (k, 0, K - 1)))", "P",
     ("d[k] = exp(x[k])/Sum(exp(x[m]), (m, 0, K - 1))",)),
    (total("d[k]**2"), "x[j]", "2*d[j]", "P", ("d[i] = x[i] - y[i]",)),
    (total("d[k]**2"), "x[j]", "d[j]", "R", ("d[i] = x[i] - y[i]",)),
    (total("d[k]**2"), "x[j]", f"2*d[j] - 2*{total('d[i]', 'i')}/K", "P", (f"d[i] = x[i] - {total('x[k]')}/K",)),
    ("log(Sum(e[k], (k, 0, K - 1)))", "x[j]", "e[j]/Sum(e[k], (k, 0, K - 1))", "P", ("e[i] = exp(x[i])",)),
    ("log(Z)", "x[j]", "e[j]/Z", "P", ("e[i] = exp(x[i])", "Z = Sum(e[k], (k, 0, K - 1))")),
    ("-Sum(y[k]*log(s[k]), (k, 0, K - 1))", "x[j]", f"s[j]*{total('y[m]', 'm')} - y[j]", "P",
     (f"s[i] = {SOFTMAX.format('i')}",)),
    ("-Sum(y[k]*log(s[k]), (k, 0, K - 1))", "x[j]", "s[j] - y[j]", "R", (f"s[i] = {SOFTMAX.format('i')}",)),
    ("s[i]", "x[j]", "s[i]*(KroneckerDelta(i, j) - s[j])", "P", (f"s[i] = {SOFTMAX.format('i')}",)),
    ("s[i]", "x[j]", "s[j]*(KroneckerDelta(i, j) - s[j])", "R", (f"s[k] = {SOFTMAX.format('k')}",)),
]  # fmt: skip


def _cases() -> dict[str, list[Case]]:
    return {
        "on an interval": [Case(gated(it), "x", "1", "RU", assume, at) for it, assume, at in ON_AN_INTERVAL],
        "on an interval, right": [
            Case(gated(condition), "x", f"Piecewise((2*x, {condition}), (1, True))", "PU", assume, at)
            for condition, assume, at in ON_AN_INTERVAL
        ],
        "floored": [Case(*row) for row in FLOORED],
        "weak orders": [
            Case("x**2", "x", "Piecewise((2*x, x < 50), (7, True))", "RU", assume, at) for assume, at in WEAK
        ],
        "weak orders, right": [Case("x**2", "x", "2*x", "PU", assume, at) for assume, at in WEAK],
        "contradictory": [
            Case("x**2", "x", claim, "UE", assume) for assume in CONTRADICTORY for claim in ("2*x", "3*x")
        ],
        "no value": [
            *(Case("x**2", "x", f"2*x + {part} - {part}", "RU", "", "x=-1/2") for part in NO_VALUE_BELOW_ZERO),
            *(Case("x**2", "x", f"2*x + 0*{part}", "RU", "", "x=-1/2") for part in NO_VALUE_BELOW_ZERO[:5]),
            *(Case("x**2", "x", f"2*x + {part} - {part}", "RU", "", at) for part, at in NO_VALUE_SOMEWHERE),
            *(Case("x**2", "x", f"2*x*({part})/({part})", "RU", "", at) for part, at in NO_VALUE_SOMEWHERE[:3]),
            *(Case(SQUARES, "x[j]", f"2*x[j] + {part} - {part}", "RU", "", "x=[-1/2, 2], K=2, j=0")
              for part in (text.replace("x", "x[j]") for text in NO_VALUE_BELOW_ZERO[:14] if "exp" not in text)),
            Case(SQUARES, "x[j]", f"2*x[j] + {total('log(x[k]) - log(x[k])')}", "RU", "", "x=[1, -2], K=2, j=0"),
        ],
        "no value, right": [
            Case("x**2", "x", f"2*x + {part} - {part}", "PU", "x > 1", "x=2") for part in NO_VALUE_BELOW_ZERO
        ],
        "vacuous": [
            Case(total("log(-1 - x[k]**2)"), "x[j]", "2*x[j]/(1 + x[j]**2)", "U"),
            Case(total("sqrt(-1 - x[k]**2)"), "x[j]", "1", "U"),
            Case(total("log(-exp(x[k]))"), "x[j]", "1", "U"),
            Case(f"log(-1 - {SQUARES})", "x[j]", f"2*x[j]/(1 + {SQUARES})", "U"),
            Case("log(-1 - x**2)", "x", "2*x/(1 + x**2)", "U"),
            Case("sqrt(-exp(x))", "x", "sqrt(-exp(x))/2", "U"),
            Case("asin(2 + x**2)", "x", "2*x/sqrt(1 - (2 + x**2)**2)", "U"),
            Case("(-1 - x**2)**(1/2)", "x", "-x/sqrt(-1 - x**2)", "U"),
            Case("log(x)", "x", "1/x", "U", "x < 0"),
            Case("x/(y - y)", "x", "1/(y - y)", "U"),
        ],
        "holes": [
            *(Case(function, "x", claim, "PU", "", at or "x=0") for function, claim, at in HOLES if at is not None),
            Case("x/(1 + exp(-x))", "x", SILU[0], "PU", "", "x=0", SILU[1]),
            Case("x**2", "x", "2*x*floor(x)/floor(x)", "RU", "", "x=1/2"),
        ],
        "kinks": [Case(function, "x", claim, "PU", assume, at) for function, claim, assume, at in KINKS],
        "kinks, indexed": [Case(function, wrt, claim, "PU", "", at) for function, wrt, claim, at in INDEXED_KINKS],
        "negative bases": [Case(row[0], "x", *row[1:]) for row in NEGATIVE_BASES],
        "listed values": [Case(*row) for row in LISTED],
        "beside jumps and kinks": [Case(row[0], "x", *row[1:]) for row in BESIDE],
        "narrow": [Case(row[0], "x[j]" if "[" in row[0] else "x", *row[1:]) for row in NARROW],
        "equations": [Case(*row) for row in EQUATIONS],
        "abbreviated vectors": [
            Case(function, wrt, claim, verdicts, "", "x=[1/2, -1], y=[1/3, 2], v=[1, 3], c=[1, 3], K=2, j=0, i=1", let)
            for function, wrt, claim, verdicts, let in VECTORS
        ],
    }  # fmt: skip


CASES: Final = _cases()
