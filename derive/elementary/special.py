"""Special functions: gamma's, Airy's, Bessel's, integrals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from derive.elementary.balls import whole_power
from derive.elementary.record import EVERYWHERE, Ball, Elementary
from derive.errors import Undefined, UnsupportedError

MAX_SHIFTS: Final = 200  # of an argument below 0 by 1, to where it is positive
MAX_BITS_OF_K: Final = 192
SMALL_FOR_K: Final = 8
NO_POLE: Final = "Or({0} > 0, Ne(floor({0}), {0}))"  # not 0, -1, -2, ...
WHOLE: Final = "Eq(floor({0}), {0})"


def _polygamma(order: Ball, x: Ball) -> Ball:
    count = order.unique_fmpz()
    if count is None or count < 0:
        raise UnsupportedError("polygamma has an enclosure for integer orders only")
    if count == 0:
        return x.digamma()
    sign = -1 if int(count) % 2 == 0 else 1
    return sign * (order + 1).gamma() * _zeta(order + 1, x)


def _zeta(s: Ball, a: Ball) -> Ball:
    """Hurwitz's zeta; for whole s also left of 0, by zeta(s, a) = a**(-s) + zeta(s, a + 1)."""
    order = s.unique_fmpz()
    total = type(s)(0)
    for _ in range(MAX_SHIFTS if order is not None and a < 1 else 0):
        if not a <= 0:
            break
        total, a = total + whole_power(a, -int(order)), a + 1
    return total + s.zeta(a)


def _elliptic(kind: str) -> Callable[[Ball], Ball]:
    def value(m: Ball) -> Ball:
        from flint import acb

        found = acb(m).elliptic_k() if kind == "k" else acb(m).elliptic_e()
        if not found.imag.contains(0):
            raise Undefined(f"elliptic_{kind} is not real here")
        return found.real

    return value


def _bessel_k(order: Ball, x: Ball) -> Ball:
    """A ball at fewer bits holds the value as well; at more, Arb takes minutes for arguments of some hundreds."""
    from flint import ctx

    with ctx.workprec(int(ctx.prec) if abs(x) < SMALL_FOR_K else min(int(ctx.prec), MAX_BITS_OF_K)):
        return x.bessel_k(order)


GAMMA: Final = (
    Elementary(
        name="gamma",
        derivative="gamma(u)*digamma(u)",
        ball=lambda u: u.gamma(),
        real=NO_POLE.format("u"),
        positive="u > 0",
        series=lambda u: u.gamma(),
        analytic="finite",
        transcendental=True,
        never_constant=True,
        latex="Gamma",
        scipy=("gamma",),
        slow=True,
    ),
    Elementary(
        name="loggamma",
        derivative="digamma(u)",
        ball=lambda u: u.lgamma(),
        real="u > 0",
        analytic="finite",
        transcendental=True,
        never_constant=True,
        spellings=("lgamma", "gammaln"),
        libm="lgamma",
        helper="loggamma",
        scipy=("gammaln",),
        slow=True,
    ),
    Elementary(
        name="digamma",
        derivative="polygamma(1, u)",
        ball=lambda u: u.digamma(),
        real=NO_POLE.format("u"),
        analytic="finite",
        transcendental=True,
        never_constant=True,
        spellings=("psi",),
        commands=("digamma",),
        latex="psi",
        scipy=("digamma", "psi"),
        slow=True,
    ),
    Elementary(
        name="polygamma",
        arity=2,
        derivative_v="polygamma(u + 1, v)",
        ball=_polygamma,
        real=f"And({WHOLE.format('u')}, u >= 0, {NO_POLE.format('v')})",
        analytic="finite",
        never_constant=True,
        scipy=("polygamma",),
        slow=True,
    ),
    Elementary(
        name="beta",
        arity=2,
        derivative="beta(u, v)*(digamma(u) - digamma(u + v))",
        derivative_v="beta(u, v)*(digamma(v) - digamma(u + v))",
        ball=lambda u, v: u.gamma() * v.gamma() * (u + v).rgamma(),
        real=f"And({NO_POLE.format('u')}, {NO_POLE.format('v')})",
        equals="gamma(u)*gamma(v)/gamma(u + v)",
        scipy=("beta",),
        slow=True,
    ),
    Elementary(
        name="zeta",
        arity=2,
        derivative_v="-u*zeta(u + 1, v)",
        ball=_zeta,
        real=f"Or(And(v > 0, Ne(u, 1)), And({WHOLE.format('u')}, u > 1, {NO_POLE.format('v')}), "
        f"And({WHOLE.format('u')}, u <= 0))",
        analytic="finite",
        never_constant=True,
        latex="zeta",
        slow=True,
    ),
    Elementary(
        name="lowergamma",
        arity=2,
        derivative_v="v**(u - 1)*exp(-v)",
        ball=lambda a, x: x.gamma_lower(a),
        real=f"Or(And({WHOLE.format('u')}, u > 0), And(v > 0, {NO_POLE.format('u')}), And(Eq(v, 0), u > 0))",
        equals="gamma(u) - uppergamma(u, v)",
        slow=True,
    ),
    Elementary(
        name="uppergamma",
        arity=2,
        derivative_v="-v**(u - 1)*exp(-v)",
        ball=lambda a, x: x.gamma_upper(a),
        real=f"Or(v > 0, And(Eq(v, 0), u > 0), And({WHOLE.format('u')}, u > 0))",
        positive="v > 0",
        never_constant=True,
        slow=True,
    ),
)

AIRY: Final = (
    Elementary(
        name="airyai",
        derivative="airyaiprime(u)",
        ball=lambda u: u.airy_ai(),
        real=EVERYWHERE,
        analytic="finite",
        transcendental=True,
        never_constant=True,
    ),
    Elementary(
        name="airyaiprime",
        derivative="u*airyai(u)",
        ball=lambda u: u.airy()[1],
        real=EVERYWHERE,
        analytic="finite",
        transcendental=True,
        never_constant=True,
    ),
    Elementary(
        name="airybi",
        derivative="airybiprime(u)",
        ball=lambda u: u.airy_bi(),
        real=EVERYWHERE,
        analytic="finite",
        transcendental=True,
        never_constant=True,
    ),
    Elementary(
        name="airybiprime",
        derivative="u*airybi(u)",
        ball=lambda u: u.airy()[3],
        real=EVERYWHERE,
        analytic="finite",
        transcendental=True,
        never_constant=True,
    ),
)

INTEGRALS: Final = (
    Elementary(
        name="Si",
        derivative="sin(u)/u",
        ball=lambda u: u.si(),
        real=EVERYWHERE,
        reflection="-w",
        slope_at_zero="1",
        analytic="everywhere",
        transcendental=True,
        never_constant=True,
    ),
    Elementary(
        name="Ci",
        derivative="cos(u)/u",
        ball=lambda u: u.ci(),
        real="u > 0",
        analytic="finite",
        transcendental=True,
        never_constant=True,
    ),
    Elementary(
        name="Ei",
        derivative="exp(u)/u",
        ball=lambda u: u.ei(),
        real="Ne(u, 0)",
        analytic="finite",
        transcendental=True,
        never_constant=True,
    ),
    Elementary(
        name="Shi",
        derivative="sinh(u)/u",
        ball=lambda u: u.shi(),
        real=EVERYWHERE,
        ends=(("-oo", "-oo"), ("oo", "oo")),
        monotone=1,
        reflection="-w",
        sign_of_argument=True,
        slope_at_zero="1",
        analytic="everywhere",
        transcendental=True,
        never_constant=True,
    ),
    Elementary(
        name="Chi",
        derivative="cosh(u)/u",
        ball=lambda u: u.chi(),
        real="u > 0",
        ends=(("0", "-oo"), ("oo", "oo")),
        monotone=1,
        analytic="finite",
        transcendental=True,
        never_constant=True,
    ),
    Elementary(
        name="expint",
        arity=2,
        derivative_v="-expint(u - 1, v)",
        ball=lambda order, x: x.expint(order),
        real=f"Or(v > 0, And(Eq(v, 0), u > 1), And({WHOLE.format('u')}, u <= 0, Ne(v, 0)))",
        positive="v > 0",
        never_constant=True,
    ),
    Elementary(
        name="elliptic_k",
        derivative="(elliptic_e(u) - (1 - u)*elliptic_k(u))/(2*u*(1 - u))",
        ball=_elliptic("k"),
        real="1 - u > 0",
        ends=(("-oo", "0"), ("1", "oo")),
        monotone=1,
        positive=EVERYWHERE,
        at_zero="pi/2",
        analytic="finite",
        transcendental=True,
        never_constant=True,
    ),
    Elementary(
        name="elliptic_e",
        derivative="(elliptic_e(u) - elliptic_k(u))/(2*u)",
        ball=_elliptic("e"),
        real="1 - u >= 0",
        ends=(("-oo", "oo"), ("1", "1")),
        monotone=-1,
        positive=EVERYWHERE,
        at_zero="pi/2",
        analytic="finite",
        transcendental=True,
        never_constant=True,
    ),
    Elementary(
        name="lambertw",
        derivative="1/(exp(lambertw(u))*(1 + lambertw(u)))",
        ball=lambda u: u.lambertw(),
        real="1 + E*u >= 0",
        ends=(("-1/E", "-1"), ("oo", "oo")),
        monotone=1,
        sign_of_argument=True,
        at_zero="0",
        slope_at_zero="1",
        undoes="u*exp(u)",
        analytic="finite",
        transcendental=True,
        never_constant=True,
        spellings=("LambertW",),
        sympy="LambertW",
    ),
)

BESSEL: Final = (
    Elementary(
        name="besselj",
        arity=2,
        derivative_v="(besselj(u - 1, v) - besselj(u + 1, v))/2",
        ball=lambda order, x: x.bessel_j(order),
        real=f"Or({WHOLE.format('u')}, v > 0, And(Eq(v, 0), u > 0))",
        analytic="finite",
        never_constant=True,
        slow=True,
    ),
    Elementary(
        name="bessely",
        arity=2,
        derivative_v="(bessely(u - 1, v) - bessely(u + 1, v))/2",
        ball=lambda order, x: x.bessel_y(order),
        real="v > 0",
        analytic="finite",
        never_constant=True,
        slow=True,
    ),
    Elementary(
        name="besseli",
        arity=2,
        derivative_v="(besseli(u - 1, v) + besseli(u + 1, v))/2",
        ball=lambda order, x: x.bessel_i(order),
        real=f"Or({WHOLE.format('u')}, v > 0, And(Eq(v, 0), u > 0))",
        analytic="finite",
        never_constant=True,
        slow=True,
    ),
    Elementary(
        name="besselk",
        arity=2,
        derivative_v="-(besselk(u - 1, v) + besselk(u + 1, v))/2",
        ball=_bessel_k,
        real="v > 0",
        positive="v > 0",
        analytic="finite",
        never_constant=True,
        slow=True,
    ),
)

FUNCTIONS: Final = (*GAMMA, *AIRY, *INTEGRALS, *BESSEL)
