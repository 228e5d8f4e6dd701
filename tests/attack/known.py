"""Functions with a right gradient, and wrong ones that are right for most values.

Powers of what may be negative, special functions, pieces whose conditions are written otherwise; smooth functions
are added to them, or multiplied.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Final

from .drafts import Draft
from .formula import fill, read
from .functions import Functions, Setting
from .slopes import slope

Row = tuple[str, str, tuple[str, ...], str, dict[str, str]]

# Function, gradient, wrong gradients, what is assumed, a point.
POWERS: Final[tuple[Row, ...]] = (
    ("x**n", "n*x**(n - 1)", ("n*Abs(x)**(n - 1)", "n*x**n"), "n in {1, 2, 3}", {"x": "-2", "n": "2"}),
    ("x**n", "n*x**(n - 1)", ("n*Abs(x)**(n - 1)", "n*x**(n + 1)"), "n integer, n > 0", {"x": "-2", "n": "2"}),
    ("x**(2*n)", "2*n*x**(2*n - 1)", ("2*n*Abs(x)**(2*n - 1)",), "n in {1, 2}", {"x": "-2", "n": "2"}),
    ("Abs(x)**n", "n*Abs(x)**(n - 1)*sign(x)", ("n*x**(n - 1)", "n*Abs(x)**(n - 1)"), "n in {2, 3}",
     {"x": "-2", "n": "3"}),
    ("(-1)**n*x", "(-1)**n", ("1", "(-1)**(n + 1)", "(-1)**(2*n)"), "n integer", {"x": "2", "n": "1"}),
    ("(-1)**(n + 1)*x**2", "-2*x*(-1)**n", ("2*x*(-1)**n", "2*x*(-1)**(n*(n + 1))"), "n integer",
     {"x": "2", "n": "1"}),
    ("x*(a**2)**c", "Abs(a)**(2*c)", ("a**(2*c)",), "a != 0", {"x": "2", "a": "-2", "c": "1/2"}),
    ("x*(a*b)**c", "(a*b)**c", ("a**c*b**c",), "a*b > 0", {"x": "2", "a": "-2", "b": "-1", "c": "1/2"}),
    ("x**2*sqrt(a**2)", "2*x*Abs(a)", ("2*x*a",), "", {"x": "2", "a": "-2"}),
    ("(x**2)**(3/2)", "3*x*Abs(x)", ("3*x**2",), "", {"x": "-2"}),
    ("log(x**2)", "2/x", ("2/Abs(x)", "1/x"), "x != 0", {"x": "-2"}),
    ("log(Abs(x))", "1/x", ("1/Abs(x)",), "x != 0", {"x": "-2"}),
    ("x*log(a**2)", "2*log(Abs(a))", ("2*log(a)",), "a != 0", {"x": "2", "a": "-2"}),
    ("cbrt(x)", "1/(3*cbrt(x)**2)", ("x**(-2/3)/3", "1/(3*cbrt(x**2)*sign(x))"), "", {"x": "-2"}),
    ("x*2**n*3**n", "6**n", ("5**n",), "", {"x": "2", "n": "1"}),
    ("0**n*x", "0**n", ("0",), "n in {0, 1, 2}", {"x": "2", "n": "0"}),
    ("x**3/Abs(x)", "2*x*sign(x)", ("2*x", "3*x"), "x != 0", {"x": "-2"}),
    ("x*atan2(a, b)", "atan2(a, b)", ("atan(a/b)",), "b != 0", {"x": "2", "a": "1", "b": "-1"}),
    ("acos(x)", "-1/sqrt(1 - x**2)", ("-1/sqrt(1 - Abs(x))",), "-1 < x < 1", {"x": "-1/2"}),
    ("x*floor(-a)", "-ceiling(a)", ("-floor(a)", "-1 - floor(a)"), "", {"x": "2", "a": "1/2"}),
)  # fmt: skip
SPECIAL: Final[tuple[Row, ...]] = (
    ("loggamma(x)", "digamma(x)", ("digamma(x + 1) + 1/x", "digamma(Abs(x))"), "x > 0", {"x": "1/2"}),
    ("loggamma(x)", "digamma(x + 1) - 1/x", ("digamma(x + 1) + 1/Abs(x)",), "", {"x": "1/2"}),
    ("gamma(x)", "gamma(x)*digamma(x)", ("gamma(x)*digamma(Abs(x))", "gamma(x + 1)*digamma(x)/Abs(x)"), "",
     {"x": "-1/2"}),
    ("digamma(x)", "polygamma(1, x + 1) + 1/x**2", ("polygamma(1, x + 1) + 1/(x*Abs(x))",), "", {"x": "-1/2"}),
    ("lambertw(x)", "lambertw(x)/(x*(1 + lambertw(x)))", ("lambertw(x)/(Abs(x)*(1 + lambertw(x)))",), "x != 0",
     {"x": "-1/4"}),
    ("lambertw(x)", "exp(-lambertw(x))/(1 + lambertw(x))", ("exp(lambertw(x))/(1 + lambertw(x))",), "", {"x": "1"}),
    ("Si(x)", "sin(x)/x", ("sin(x)/Abs(x)", "sin(Abs(x))/x"), "", {"x": "-1"}),
    ("Shi(x)", "Piecewise((sinh(x)/x, Ne(x, 0)), (1, True))", ("Piecewise((sinh(x)/x, Ne(x, 0)), (0, True))",), "",
     {"x": "-1"}),
    ("Ci(x)", "cos(x)/x", ("cos(x)/Abs(x) + 1/10",), "x > 0", {"x": "1"}),
    ("Ei(x)", "exp(x)/x", ("exp(x)/Abs(x)", "exp(Abs(x))/x"), "x != 0", {"x": "-1"}),
    ("besselj(0, x)", "-besselj(1, x)", ("-besselj(1, Abs(x))",), "", {"x": "-1"}),
    ("besselj(2, x)", "(besselj(1, x) - besselj(3, x))/2", ("(besselj(1, x) + besselj(3, x))/2",), "", {"x": "-1"}),
    ("x*besselj(1, x)", "x*besselj(0, x)", ("Abs(x)*besselj(0, x)",), "", {"x": "-1"}),
    ("besseli(0, x)", "besseli(1, x)", ("besseli(1, Abs(x))", "-besseli(1, -x) + 10**(-9)"), "", {"x": "-1"}),
    ("-zeta(2, x)/2", "zeta(3, x + 1) + x**(-3)", ("zeta(3, x + 1) + Abs(x)**(-3)",), "", {"x": "-1/2"}),
    ("uppergamma(2, x)", "-x*exp(-x)", ("-Abs(x)*exp(-x)",), "", {"x": "-1"}),
    ("uppergamma(3, x)", "-x**2*exp(-x)", ("-x**2*exp(-Abs(x))",), "", {"x": "-1"}),
    ("expint(2, x)", "-expint(1, x)", ("-expint(1, Abs(x))/2",), "x > 0", {"x": "1"}),
    ("erf(x)", "2*exp(-x**2)/sqrt(pi)", ("2*exp(-x*Abs(x))/sqrt(pi)",), "", {"x": "-1"}),
    ("erfinv(x)", "sqrt(pi)*exp(erfinv(x)**2)/2", ("sqrt(pi)*exp(-erfinv(x)**2)/2",), "-1 < x < 1", {"x": "-1/3"}),
    ("beta(x, 2)", "-(2*x + 1)/(x*(x + 1))**2", ("-(2*x + 1)/(x*Abs(x)*(x + 1)**2)",), "", {"x": "-1/2"}),
)  # fmt: skip
# A condition; others that hold at the same points but for single ones; and such that do not.
CONDITIONS: Final[tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]] = (
    ("floor(x) > 0", ("x >= 1", "floor(x) >= 1", "x > 1"), ("x > 0", "floor(x) >= 0", "ceiling(x) > 0")),
    ("floor(x) >= 0", ("x >= 0", "floor(x) > -1", "x > 0"), ("x > 1", "floor(x) > 0", "Ne(floor(x), -1)")),
    ("ceiling(x) > 0", ("x > 0", "ceiling(x) >= 1", "x >= 0"), ("x >= 1", "floor(x) > 0")),
    ("Eq(floor(x), 1)", ("And(x >= 1, x < 2)", "And(x > 1, x <= 2)", "Eq(ceiling(x), 2)"), ("Eq(x, 1)", "False")),
    ("Abs(x) < 1", ("x**2 < 1", "And(x > -1, x < 1)", "Abs(x) <= 1", "Max(x, -x) < 1"), ("x < 1", "Abs(x) <= 11/10")),
    ("x**2 >= 4", ("Or(x >= 2, x <= -2)", "Abs(x) >= 2", "x**2 > 4", "x**4 >= 16"), ("x >= 2", "x**3 >= 8")),
    ("Max(x, 0) > 0", ("x > 0", "x >= 0", "Ne(Max(x, 0), 0)"), ("Max(x, 0) >= 0", "x > 1/10**9")),
    ("sign(x) >= 0", ("x >= 0", "sign(x) > -1", "x > 0"), ("sign(x) >= 1/2 - 2", "Ne(sign(x), 0)")),
    ("Eq(sign(x), 1)", ("x > 0", "x >= 0", "sign(x) > 0"), ("Eq(x, 1)", "Ne(sign(x), 0)")),
    ("x*Abs(x) > 1", ("x > 1", "x >= 1"), ("x**2 > 1", "Abs(x) > 1")),
    ("exp(x) > 1", ("x > 0", "expm1(x) > 0", "exp(x) >= 1"), ("exp(x) > 0", "x > 10**(-6)")),
    ("sqrt(x**2) > x", ("x < 0", "Abs(x) > x", "x <= 0"), ("x > 0", "sqrt(x**2) >= x")),
    ("Eq(Abs(x), x)", ("x >= 0", "x > 0"), ("Eq(x, 0)", "False")),
    ("Min(x, 1) >= 1", ("x >= 1", "x > 1", "Eq(Min(x, 1), 1)"), ("Min(x, 1) > 1", "False")),
    ("Eq(floor(x), x)", ("False", "Eq(x, 1)"), ("True", "x > 100")),
    ("Ne(x, 1)", ("True", "Or(x > 1, x < 1)", "(x - 1)**2 > 0"), ("x > 1", "x**2 > 1")),
    ("x**3 > 8", ("x > 2", "x >= 2"), ("Abs(x)**3 > 8", "x**2 > 4")),
    ("(x - 1)*(x - 2) < 0", ("And(x > 1, x < 2)", "And(x >= 1, x <= 2)", "Abs(x - 3/2) < 1/2"), ("x > 1", "x < 2")),
    ("atan(x) > 0", ("x > 0", "x >= 0"), ("atan(x) > 1/10", "Abs(atan(x)) > 0")),
    ("Not(x > 1)", ("x <= 1", "x < 1"), ("x <= 2", "Not(x > 1 + 10**(-9))")),
    ("Or(x < 0, x > 1)", ("x*(x - 1) > 0", "Not(And(x >= 0, x <= 1))", "Or(x <= 0, x >= 1)"), ("x > 1", "x < 0")),
    ("x - floor(x) < 1/2", ("Eq(floor(2*x), 2*floor(x))", "x - floor(x) <= 1/2"), ("x < 1/2", "x - floor(x) > 1/2")),
)  # fmt: skip
PLAIN: Final = Setting((), {"x": tuple(map(Fraction, "1/2 -1/2 2 -2 3/2 1/3 -5/2 3 -3 1/10".split()))})


def powers(rng: Random) -> Draft:
    return _drawn(rng, POWERS)


def specials(rng: Random) -> Draft:
    return _drawn(rng, SPECIAL)


def _drawn(rng: Random, table: tuple[Row, ...]) -> Draft:
    function, right, wrong, stated, values = rng.choice(table)
    base = {name: Fraction(value) for name, value in values.items()}
    setting = Setting((), {name: (value,) for name, value in base.items()})
    row = Draft(read(function), read(rng.choice((right, right, *wrong))), setting, base, (stated,) if stated else ())
    moved = [{**base, "x": value} for value in (base["x"], -base["x"], Fraction(0), base["x"] / 3)]
    return _joined(Draft(row.function, row.claim, setting, base, row.assume, tuple(moved)), rng)


def _joined(draft: Draft, rng: Random) -> Draft:
    """A smooth function of x added, or multiplied by one."""
    if rng.random() < 0.4:
        return draft
    other = Functions(rng, PLAIN).smooth(1)
    if rng.random() < 0.6:
        function, claim = fill("u + v", draft.function, other), fill("u + v", draft.claim, slope(other, "x"))
    else:
        function = fill("u*v", draft.function, other)
        claim = fill("u*v + w", draft.claim, other, fill("u*v", draft.function, slope(other, "x")))
    return Draft(function, claim, draft.setting, draft.base, draft.assume, draft.special)


def pieces(rng: Random) -> Draft:
    """Two pieces; the claim has their slopes, under conditions that are written otherwise."""
    condition, same, others = rng.choice(CONDITIONS)
    claimed = rng.choice((condition, *same, *same, *others))
    functions = Functions(rng, PLAIN)
    first, second = functions.smooth(1), functions.smooth(1)
    if rng.random() < 0.3:
        second = fill("u + v", first, read("x"))
    function = ("cases", first, read(condition), second, ("true",))
    claim = ("cases", slope(first, "x"), read(claimed), slope(second, "x"), ("true",))
    base = PLAIN.point(rng)
    moved = tuple({"x": Fraction(value)} for value in ("1/7", "-1/7", "8/7", "15/7", "0", "1", "2"))
    return Draft(function, claim, PLAIN, base, (), moved)
