"""Every filled field of every record against Arb: on both sides of 0, at ends, and where it does not hold.

Arb's own balls are held to mpmath first, so that the rest stands on them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

import mpmath
import numpy as np
import pytest
import sympy
from balls import BITS, HALF, LINE, STEP, U, V, assert_inside, close, points, to_arb, value
from balls import many_digits as many_digits
from flint import arb, arb_series, ctx

from derive.calculus.derivative import partials
from derive.elementary.record import EVERYWHERE, Elementary
from derive.elementary.table import KINKED, STEPPED, TABLE, column
from derive.errors import UnsupportedError
from derive.notation.bridge import to_sympy
from derive.notation.text import read_text
from derive.spec.domain import Domain
from derive.term import Term, call, cases, substitute, symbol
from derive.values.balls import BALLS, enclose
from derive.values.intervals import BOUNDED, MONOTONE, bound, range_of
from derive.values.kinks import piece, turning
from derive.values.one_sided import CONSTANT, OneSided, apply

W: Final = symbol("w")
FAR: Final = Fraction(10**5)
ERFCX: Final = "exp(u**2)*erfc(u)"


def function(head: str) -> Term:
    return call(head, *(U, V)[: TABLE[head].arity])


def places(head: str) -> list[dict[str, Fraction]]:
    return list(points(TABLE[head].arity))


def holds(condition: str, point: dict[str, Fraction]) -> bool:
    return bool(enclose(cases((1, read_text(condition)), otherwise=0), point, BITS) == 1)


def by_convention(head: str, point: dict[str, Fraction]) -> bool:
    return head in ("heaviside", "atan2") and not any(point.values())


def near(text: str, side: int) -> Fraction:
    """A number that is near an end, on its inner side."""
    exact = bound(text, -side)
    return -side * FAR if exact is None else exact + side * Fraction(1, 10**30) + side * Fraction(1, 500) * (
        "E" in text
    )  # fmt: skip


SAWTOOTH: Final = {"rounding_error"}  # a line from each float's middle to the next: of constants alone
MPMATH: Final[dict[str, Callable[..., Any]]] = {
    **{name: getattr(mpmath, name) for name in (
        "exp expm1 log log1p sqrt sin cos tan cot sec csc asin acos atan asec acsc sinh cosh tanh coth sech csch asinh "
        "acosh atanh acoth asech acsch erf erfc erfi erfinv gamma loggamma digamma airyai airybi besselj bessely "
        "besseli besselk beta atan2 hypot floor expint sign"
    ).split()},
    "abs": abs, "ceiling": mpmath.ceil, "exp2": lambda x: mpmath.power(2, x), "log2": lambda x: mpmath.log(x, 2),
    "log10": mpmath.log10, "acot": lambda x: mpmath.atan(1/x), "erfcinv": lambda x: mpmath.erfinv(1 - x),
    "cbrt": lambda x: mpmath.sign(x)*mpmath.cbrt(abs(x)), "heaviside": lambda x: mpmath.mpf(x > 0),
    "airyaiprime": lambda x: mpmath.airyai(x, derivative=1), "airybiprime": lambda x: mpmath.airybi(x, derivative=1),
    "Si": mpmath.si, "Ci": mpmath.ci, "Ei": mpmath.ei, "Shi": mpmath.shi, "Chi": mpmath.chi,
    "elliptic_k": mpmath.ellipk, "elliptic_e": mpmath.ellipe, "lambertw": mpmath.lambertw, "max": max, "min": min,
    "expdiff": lambda x, y: mpmath.exp(x - y), "polygamma": lambda n, x: mpmath.polygamma(int(n), x),
    "uppergamma": lambda a, x: mpmath.gammainc(a, x), "lowergamma": lambda a, x: mpmath.gammainc(a, 0, x),
    "zeta": mpmath.zeta,
}  # fmt: skip


def test_what_mpmath_does_not_know_is_defined_by_what_it_knows() -> None:
    assert all(TABLE[head].equals for head in BALLS.keys() - MPMATH.keys() - SAWTOOTH)


@pytest.mark.parametrize("head", [head for head in BALLS if head in MPMATH])
def test_a_ball_contains_the_value_of_mpmath(head: str) -> None:
    compared = 0
    for point in places(head):
        found = value(function(head), point, 128)
        if found is None or by_convention(head, point) or (head == "zeta" and point["v"] <= 0):
            continue  # mpmath has another convention for Hurwitz's zeta left of 0: the recurrence below decides
        with mpmath.workdps(40):
            theirs = mpmath.mpmathify(
                MPMATH[head](*(mpmath.mpf(at.numerator) / at.denominator for at in point.values()))
            )
            assert abs(theirs.imag) < mpmath.mpf(10) ** -30, point
            assert close(found, arb(str(theirs.real)), 18), (point, found, theirs)
        compared += 1
    assert compared >= 6


@pytest.mark.parametrize("order", ["-3", "-1", "0", "2", "3", "5"])
def test_the_zeta_function_left_of_0_obeys_its_recurrence(order: str) -> None:
    for at in ("-7/2", "-5/3", "-1/2", "-1/10"):
        here, above = (value(read_text(f"zeta({order}, {at} + {step})"), {}) for step in (0, 1))
        assert close(here, above + value(read_text(f"({at})**(-({order}))"), {}))


@pytest.mark.parametrize("head", column("ball"))
def test_a_function_is_real_where_its_record_says_and_nowhere_else(head: str) -> None:
    inside = outside = 0
    for point in places(head):
        if not by_convention(head, point):
            is_real = value(function(head), point) is not None
            assert is_real == holds(TABLE[head].need("real"), point), (point, is_real)
            inside, outside = inside + is_real, outside + (not is_real)
    assert inside >= 6
    assert outside or TABLE[head].real in (EVERYWHERE, "u**2 + v**2 >= 0") or head in ("tan", "sec", "atan2")


@pytest.mark.parametrize("head", column("equals"))
def test_what_a_function_equals_it_is_wherever_it_has_a_value(head: str) -> None:
    other, compared = read_text(TABLE[head].equals), 0
    for point in places(head):
        mine, theirs = value(function(head), point), value(other, point)
        if head == "beta" and sum(point.values()) <= 0:
            continue  # a pole of the divisor, at which the quotient is 0
        assert (mine is None) == (theirs is None), point
        if mine is not None:
            assert close(mine, theirs), point
            compared += 1
    assert compared >= 6


@pytest.mark.parametrize(
    ("head", "text"), [(head, text) for head, texts in column("implied").items() for text in texts]
)
def test_what_is_implied_is_positive_where_the_function_has_a_value(head: str, text: str) -> None:
    found = [value(read_text(text), point) for point in places(head) if holds(TABLE[head].real, point)]
    assert len(found) >= 6
    assert all(one is not None and one >= 0 for one in found)
    assert sum(1 for one in found if one > 0) >= len(found) - 3  # zero at ends alone


@pytest.mark.parametrize("head", [head for head in BALLS if not TABLE[head].kink])
def test_a_function_jumps_where_its_record_says_and_nowhere_else(head: str) -> None:
    for point in places(head):
        for name in point:
            if name == "u" and TABLE[head].arity == 2 and not TABLE[head].derivative:
                continue  # an order
            sides = [value(function(head), {**point, name: point[name] + sign * STEP}) for sign in (1, -1)]
            if None in sides or value(function(head), point) is None or by_convention(head, point):
                continue
            on, beside = TABLE[head].cut or ("", "")
            jumps = bool(on) and point[on] == 0 and point[beside] <= 0 and name == on
            assert close(*sides, 6) != jumps, (point, name)


@pytest.mark.parametrize("head", KINKED)
def test_a_kink_or_a_jump_is_where_the_arguments_meet_or_are_0(head: str) -> None:
    is_jump = TABLE[head].kink == "jump"
    for at in (Fraction(0), Fraction(3, 2)) if TABLE[head].arity == 2 else (Fraction(0),):
        others = {"v": at} if TABLE[head].arity == 2 else {}
        left, right = (value(function(head), {"u": at + side * STEP, **others}) for side in (-1, 1))
        assert close(left, right, 6) != is_jump
        slopes = [value(partials(function(head))[0], {"u": at + side * STEP, **others}) for side in (-1, 1)]
        assert is_jump or not close(*slopes, 6)


@pytest.mark.parametrize("head", STEPPED)
def test_steps_are_at_whole_numbers(head: str) -> None:
    for at in LINE:
        left, right = (value(function(head), {"u": at + side * STEP}) for side in (-1, 1))
        assert close(left, right) == (at.denominator != 1)


@pytest.mark.parametrize("head", column("reflection"))
def test_a_reflection(head: str) -> None:
    other, compared = read_text(TABLE[head].reflection), 0
    for at in HALF:
        right, left = (value(call(head, U), {"u": side}) for side in (at, -at))
        assert (right is None) == (left is None)
        if right is not None:
            assert close(value(substitute(other, {W: call(head, U)}), {"u": at}), left)
            compared += 1
    assert compared >= 3


@pytest.mark.parametrize("head", column("sign_of_argument"))
def test_a_function_has_the_sign_of_its_argument(head: str) -> None:
    for at in LINE:
        found = value(call(head, U), {"u": at})
        assert found is None or (found > 0, found < 0) == (at > 0, at < 0)


@pytest.mark.parametrize("head", column("positive"))
def test_a_function_is_positive_where_its_record_says(head: str) -> None:
    found = [value(function(head), point) for point in places(head) if holds(TABLE[head].positive, point)]
    assert all(one > 0 for one in found if one is not None)
    assert sum(one is not None for one in found) >= 4


@pytest.mark.parametrize("head", column("at_zero"))
def test_a_value_at_0(head: str) -> None:
    assert close(value(call(head, 0), {}), value(read_text(TABLE[head].at_zero), {}))


@pytest.mark.parametrize("head", column("slope_at_zero"))
def test_a_slope_at_0(head: str) -> None:
    assert value(call(head, 0), {}).contains(0)
    quotient = value(call(head, U) / U, {"u": STEP})
    assert close(quotient, value(read_text(TABLE[head].slope_at_zero), {}), 20)


@pytest.mark.parametrize("head", column("ends"))
def test_the_limits_at_the_ends(head: str) -> None:
    for (end, limit), side in zip(TABLE[head].need("ends"), (1, -1), strict=True):
        found, exact = value(call(head, U), {"u": near(end, side)}), read_text(limit)
        if bound(limit, 1) is None:
            assert found is None or (found > 2) == (limit == "oo")
        else:
            assert abs(found - value(exact, {})) < 0.15
        beyond = {"u": near(end, -side)} if bound(end, 1) is not None else None
        assert beyond is None or value(call(head, U), beyond) is None


@pytest.mark.parametrize("head", column("monotone"))
def test_a_monotone_function_is_one_where_it_is_real(head: str) -> None:
    values = [found for at in LINE if (found := value(call(head, U), {"u": at})) is not None]
    assert len(values) >= 6
    assert all((one < other) == (TABLE[head].monotone > 0) for one, other in pairwise(values))


@pytest.mark.parametrize("head", MONOTONE)
def test_the_values_of_a_monotone_function_lie_between_its_limits(head: str) -> None:
    _, defined, _, _ = MONOTONE[head]
    values = [value(call(head, U), {"u": at}) for at in LINE if at in defined]
    assert_inside(values, range_of(call(head, U), Domain({"u": defined})))
    assert all(value(call(head, U), {"u": at}) is None for at in LINE if at not in defined)


@pytest.mark.parametrize("head", BOUNDED)
def test_a_bounded_function_stays_in_its_bounds(head: str) -> None:
    assert_inside([value(function(head), point) for point in places(head)], BOUNDED[head])


@pytest.mark.parametrize("head", column("near_end"))
def test_the_form_near_an_end_is_the_function_there(head: str) -> None:
    other = read_text(TABLE[head].near_end.replace("erfcx(u)", ERFCX))
    upper = bound(TABLE[head].need("ends")[1][0], 1)
    for at in (Fraction(2), Fraction(5)) if upper is None else (upper - Fraction(1, 3), upper - Fraction(1, 50)):
        assert close(value(call(head, U), {"u": at}), value(other, {"u": at}))


@pytest.mark.parametrize("head", column("undoes"))
def test_what_a_function_undoes_it_undoes(head: str) -> None:
    undone, compared = TABLE[head].undoes, 0
    for at in HALF:
        inner = value(call(head, U), {"u": at})
        if inner is not None:
            applied = substitute(read_text(undone if "(" in undone else f"{undone}(u)"), {U: call(head, U)})
            assert close(value(applied, {"u": at}), to_arb(at))
            compared += 1
    assert compared >= 3


@pytest.mark.parametrize("head", column("reciprocal"))
def test_a_reciprocal(head: str) -> None:
    other = 1 / call(TABLE[head].reciprocal, U)
    for at in HALF:
        mine, theirs = value(call(head, U), {"u": at}), value(other, {"u": at})
        assert (mine is None) == (theirs is None)
        assert mine is None or close(mine, theirs)


@pytest.mark.parametrize("head", [head for head, record in TABLE.items() if record.definition])
def test_what_a_kernel_evaluates_is_the_function(head: str) -> None:
    other, compared = read_text(TABLE[head].definition), 0
    for at in LINE:
        mine = value(call(head, U), {"u": at})
        if mine is not None:
            assert close(mine, value(other, {"u": at}))
            compared += 1
    assert compared >= 6


@pytest.mark.parametrize("head", column("pieces"))
def test_the_pieces_are_the_function_on_either_side_of_its_kink_and_at_it(head: str) -> None:
    compared = 0
    for point in places(head):
        node = function(head)
        gap = value(turning(node), point)
        mine, told = value(node, point), piece(node, 0 if gap.is_zero() else 1 if gap > 0 else -1)
        assert (told is None) == (mine is None)
        if told is not None:
            assert close(mine, value(told, point))
            compared += 1
    assert compared >= 6


@pytest.mark.parametrize("head", column("series"))
def test_a_series_has_the_value_and_the_derivative(head: str) -> None:
    at, before = Fraction(1, 3), ctx.cap
    ctx.cap = 3
    try:
        found = TABLE[head].series(arb_series([to_arb(at), 1]))
    finally:
        ctx.cap = before
    assert close(found[0], value(call(head, U), {"u": at}))
    assert close(found[1], value(partials(call(head, U))[0], {"u": at}))


@pytest.mark.parametrize("head", column("analytic"))
def test_an_analytic_function_has_slopes_that_are_finite(head: str) -> None:
    slope = partials(function(head))[-1]
    told = [value(slope, point) for point in places(head) if holds(TABLE[head].need("real"), point) and point["u"] != 0]
    assert sum(one is not None for one in told) >= 4
    if TABLE[head].analytic == "everywhere":
        assert None not in told


# Derivatives


def by_a_pole(head: str, point: dict[str, Fraction]) -> bool:
    """Whether a zero meets a pole in the derivative: a removable point."""
    total = point["u"] + point["v"] if head == "beta" else point["u"]
    return total.denominator == 1 and total <= 0


REMOVABLE: Final = {("Si", "u"), ("Shi", "u"), ("elliptic_k", "u"), ("elliptic_e", "u")}  # 0/0 at 0


@pytest.mark.parametrize(
    ("head", "at"), [(head, at) for head in BALLS if head not in SAWTOOTH for at in range(TABLE[head].arity)]
)
def test_a_derivative_is_the_limit_of_difference_quotients(head: str, at: int) -> None:
    root = function(head)
    slope, name = partials(root)[at], (U, V)[at].name
    if slope is None:
        return
    compared = 0
    for point in places(head):
        together = len(set(point.values())) < 2 if len(point) == 2 else point["u"].denominator == 1
        if TABLE[head].kink and together:
            continue
        sides = [value(root, {**point, name: point[name] + sign * STEP}) for sign in (1, -1)]
        here, told = value(root, point), value(slope, point)
        if None in (*sides, here) or by_convention(head, point) or not close(*sides, 6):
            continue  # an end, or a jump
        quotient = (sides[0] - sides[1]) / (2 * to_arb(STEP))
        if not close(quotient, (sides[0] - here) / to_arb(STEP), 6) and abs(quotient) < 10**9:
            continue  # a kink
        if head in ("beta", "zeta") and by_a_pole(head, point):
            continue
        if point[name] == 0 and ((head, name) in REMOVABLE or abs(quotient) > 10**9):
            assert told is None
            continue
        assert told is not None, point
        assert close(quotient, told, 20), (point, quotient, told)
        compared += 1
    assert compared >= 4


def test_every_function_has_a_derivative_but_those_of_matrices() -> None:
    assert [name for name, record in TABLE.items() if not any(record.derivatives)] == ["det", "inv"]


# Notation and machines


@pytest.mark.parametrize(
    ("head", "name"), [(head, one) for head, names in column("spellings").items() for one in names]
)
def test_a_spelling_is_read(head: str, name: str) -> None:
    arguments = ", ".join("uv"[: TABLE[head].arity])
    assert read_text(f"{name}({arguments})") == function(head)


@pytest.mark.parametrize("head", [head for head in TABLE if head not in ("det", "inv", *SAWTOOTH)])
def test_a_function_goes_to_sympy_and_has_its_value_there(head: str) -> None:
    there = to_sympy(function(head))
    for point in places(head)[3::4]:
        mine = value(function(head), point)
        if mine is None or by_convention(head, point) or (head == "zeta" and point["v"] <= 0):
            continue
        numbers = {
            sympy.Symbol(name, real=True): sympy.Rational(at.numerator, at.denominator) for name, at in point.items()
        }
        theirs = sympy.re(sympy.N(there.subs(numbers), 30))
        if theirs.is_Float:  # else SymPy leaves it as it is
            assert close(mine, arb(str(theirs)), 18), (point, mine, theirs)


def machines() -> list[Any]:
    return [
        pytest.param(head, library, name, id=f"{head}-{library.__name__}")
        for library, field in ((math, "libm"), (np, "numpy"))
        for head, name in column(field).items()
        if hasattr(library, name)
    ]


@pytest.mark.parametrize(("head", "library", "name"), machines())
def test_a_library_means_what_the_record_says(head: str, library: Any, name: str) -> None:
    compared = 0
    for point in places(head)[::3]:
        mine = value(function(head), point)
        if mine is not None and not by_convention(head, point):
            assert close(mine, arb(float(getattr(library, name)(*map(float, point.values())))), 13), point
            compared += 1
    assert compared >= 2


def test_a_missing_field_is_an_error_that_names_function_field_and_file() -> None:
    with pytest.raises(UnsupportedError, match=r"^zeta: its record \(derive/elementary/special\.py\) has no series$"):
        TABLE["zeta"].need("series")


def test_every_field_is_used_by_a_record() -> None:
    defaults = {one.name: one.default for one in fields(Elementary)}
    assert all(any(getattr(record, name) != default for record in TABLE.values()) for name, default in defaults.items())


@pytest.mark.parametrize("head", [head for head, ends in column("ends").items() if not TABLE[head].kink])
def test_limits_are_taken_to_the_ends(head: str) -> None:
    """One-sided limits of the function at its ends are those of its record, and a constant at an end has its value."""
    for (end, limit), side in zip(TABLE[head].need("ends"), (1, -1), strict=True):
        at = (
            value(read_text(end), {})
            if bound(end, 1) is not None
            else (arb.pos_inf() if end == "oo" else -arb.pos_inf())
        )
        if end in ("-1/E",):
            continue  # no ball is that number alone
        found = apply(head, [OneSided(at, side)]).value
        if bound(limit, 1) is None:
            assert not found.is_finite()
            assert (found > 0) == (limit == "oo")
        else:
            assert close(found, value(read_text(limit), {}))
            assert at.is_finite() is False or apply(head, [OneSided(at, CONSTANT)]).value.overlaps(found)
