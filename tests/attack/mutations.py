"""Ways in which a claim goes wrong: everywhere, in a region, on a tiny interval, at a point, far out, or not at all.

Each takes a claim and gives it back changed, with points at which the change may show; what is right is for the
oracle to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Final

from .assumed import equation, listed, weak
from .disguise import edited, number, ways
from .drafts import Draft
from .formula import Node, fill, read
from .places import special

# What people get wrong.
WRONG_FUNCTION: Final = {
    "sin": "cos", "cos": "sin", "exp": "expm1", "log": "log1p", "sinh": "cosh", "cosh": "sinh", "tanh": "atan",
    "max": "min", "min": "max", "abs": "sign", "sign": "heaviside", "floor": "ceiling", "ceiling": "floor",
    "sqrt": "cbrt", "atan": "tanh", "erf": "erfc",
}  # fmt: skip


def sign_slip(draft: Draft, rng: Random) -> Draft:
    return _somewhere(draft, rng, lambda part: ("neg", part), lambda part: True)


def factor(draft: Draft, rng: Random) -> Draft:
    by = rng.choice(("2*u", "u/2", "-2*u", "u*(1 + 10**(-12))", "u*(1 - 10**(-30))", "3*u/2"))
    return _somewhere(draft, rng, lambda part: fill(by, part), lambda part: part[0] in ("mul", "call", "pow", "div"))


def dropped_term(draft: Draft, rng: Random) -> Draft:
    return _somewhere(
        draft, rng, lambda part: rng.choice(part[1:3]), lambda part: part[0] in ("add", "sub", "mul", "div")
    )


def wrong_function(draft: Draft, rng: Random) -> Draft:
    return _somewhere(
        draft,
        rng,
        lambda part: (part[0], WRONG_FUNCTION[part[1]], *part[2:]),
        lambda part: part[0] == "call" and part[1] in WRONG_FUNCTION,
    )


def wrong_power(draft: Draft, rng: Random) -> Draft:
    def raised(part: Node) -> Node:
        return ("pow", part[1], number(part[2][1] + rng.choice((1, -1))))

    return _somewhere(draft, rng, raised, lambda part: part[0] == "pow" and part[2][0] == "num")


def wrong_number(draft: Draft, rng: Random) -> Draft:
    shift = rng.choice((Fraction(1), Fraction(1, 10**6), Fraction(1, 10**40)))
    return _somewhere(draft, rng, lambda part: number(part[1] + shift), lambda part: part[0] == "num")


def _somewhere(draft: Draft, rng: Random, edit: Callable[[Node], Node], fits: Callable[[Node], bool]) -> Draft:
    places = [way for way, part in ways(draft.claim) if fits(part)]
    if not places:
        return draft.claiming("u + 1")
    return replace(draft, claim=edited(draft.claim, rng.choice(places), edit))


# Parity


def parity(draft: Draft, rng: Random) -> Draft:
    """A part of the claim by its modulus, or a modulus by what is inside."""
    inside = [way for way, part in ways(draft.claim) if part[:2] == ("call", "abs")]
    if inside and rng.random() < 0.5:
        return replace(draft, claim=edited(draft.claim, rng.choice(inside), lambda part: part[2]))
    written = rng.choice(("Abs(u)", "sqrt(u**2)", "cbrt(Abs(u)**3)", "(u**4)**(1/4)"))
    return _somewhere(draft, rng, lambda part: fill(written, part), lambda part: part == ("name", "x"))


# Places


def needle(draft: Draft, rng: Random) -> Draft:
    """Right but on a tiny interval."""
    place, width = _place(draft, rng), Fraction(1, 10 ** rng.choice((2, 5, 9, 12)))
    height = rng.choice(("1", "10**(-30)", "-1", "10**(-6)", "x"))
    low, high = number(place), fill("u + v", number(place), number(width))
    bump = rng.choice((
        f"Piecewise(({height}, And(x > u, x < v)), (0, True))",
        f"Piecewise((0, x <= u), ({height}, x < v), (0, True))",
        f"Piecewise((0, Or(x < u, x > v)), ({height}, True))",
        "Max(0, Min(x - u, v - x))",
        f"Piecewise(({height}, (x - u)*(x - v) < 0), (0, True))",
    ))  # fmt: skip
    return draft.claiming("u + v", fill(bump, low, high)).at(x=place + width / 2)


def spike(draft: Draft, rng: Random) -> Draft:
    """Right but at one point, or where two names meet."""
    place = _place(draft, rng)
    spiked = rng.choice((
        "Piecewise((5, Eq(x, v)), (u, True))", "Piecewise((u, Ne(x, v)), (u + 1, True))",
        "Piecewise((u, x < v), (u, x > v), (7, True))", "u*sign(x - v)**2 + (1 - sign(x - v)**2)*(u + 3)",
        "Piecewise((u, (x - v)**2 > 0), (u - 1, True))", "Piecewise((u - 2, And(x <= v, x >= v)), (u, True))",
        "Piecewise((u + 1, Abs(x - v) <= 0), (u, True))", "Piecewise((u, Or(x > v, x < v)), (0, True))",
    ))  # fmt: skip
    others = [name for name in draft.setting.pools if name != "x"]
    if others and rng.random() < 0.4:
        other = rng.choice(others)
        value = draft.base[other]
        if value in draft.setting.pools["x"]:
            return draft.claiming(spiked, ("name", other)).at(x=value)
    return draft.claiming(spiked, number(place)).at(x=place).at(x=place + Fraction(1, 10**9))


def tail(draft: Draft, rng: Random) -> Draft:
    """Right but far out, or by very little."""
    far = rng.choice((10**3, 10**5, 10**9))
    added = rng.choice((
        f"Piecewise((1, x > {far}), (0, True))", f"Piecewise((1, x < -{far}), (0, True))", f"Max(0, Abs(x) - {far})",
        "10**(-200)", "10**(-60)*x", "10**(-120)*(1 + x**2)", "exp(-x**2 - 500)", "exp(-Abs(x) - 300)",
        f"Piecewise((1, And(x > {far}, x < {far} + 1)), (0, True))", f"10**(-80)*Max(0, x - {far})",
    ))  # fmt: skip
    drawn = draft.claiming("u + v", read(added))
    if draft.setting.form != "real" or (draft.setting.assume and "x" in draft.setting.assume[0]):
        return drawn.at(x=draft.base["x"])
    side = -1 if f"-{far}" in added and "<" in added else 1
    return drawn.at(x=Fraction(side * far) + Fraction(side, 2)).at(x=draft.base["x"])


def cell(draft: Draft, rng: Random) -> Draft:
    """Wrong on a cell of a step: a set that has an interior though it is written as an equation."""
    at = rng.choice((0, 1, -1, 2))
    condition, place = rng.choice((
        (f"Eq(floor(x), {at})", at + Fraction(1, 7)), (f"Eq(ceiling(x), {at})", at - Fraction(1, 7)),
        (f"Eq(sign(floor(x)), {max(-1, min(1, at))})", at + Fraction(1, 7)),
        (f"And(floor(x) >= {at}, floor(x) <= {at})", at + Fraction(1, 7)),
        (f"Eq(floor(x/2), {at})", 2 * at + Fraction(1, 7)), (f"Not(Ne(floor(x), {at}))", at + Fraction(1, 7)),
        ("Eq(sign(x), 1)", Fraction(3, 7)), ("Eq(Abs(x), x)", Fraction(3, 7)), ("Eq(Max(x, 0), x)", Fraction(3, 7)),
        ("Eq(Min(x, 1), x)", Fraction(3, 7)), ("Eq(Abs(x) + Abs(1 - x), 1)", Fraction(3, 7)),
        (f"(floor(x) - {at})**2 <= 0", at + Fraction(1, 7)), ("floor(x)*ceiling(x) <= 0", Fraction(3, 7)),
    ))  # fmt: skip
    holds = read(condition)
    if rng.random() < 0.5:
        other = ("cases", fill("u + v", draft.claim, read(rng.choice(("1", "x**2 + 1", "10**(-20)")))), holds)
        return replace(draft, claim=(*other, draft.claim, ("true",))).at(x=place).at(x=place - 1)
    added = read(rng.choice(("x", "x**2/2 + 3*x", "exp(x)")))
    changed = ("cases", ("add", draft.function, added), holds, draft.function, ("true",))
    return replace(draft, function=changed).at(x=place).at(x=place - 1)


def hole(draft: Draft, rng: Random) -> Draft:
    """No value at a point, or none where a part is not real."""
    place = _place(draft, rng)
    gapped = rng.choice((
        "u*(x - v)/(x - v)", "u + (x - v)**2/(x - v) - x + v", "u*(x - v)**2/(x - v)**2", "u + 0/(x - v)",
        "u*Abs(x - v)/Abs(x - v)", "u/(1/(x - v))/(x - v)", "u*(x - v)**(-1)*(x - v)",
    ))  # fmt: skip
    return draft.claiming(gapped, number(place)).at(x=place)


def unreal(draft: Draft, rng: Random) -> Draft:
    """A part that is not real everywhere, added and taken away."""
    place = _place(draft, rng)
    part = fill(rng.choice((
        "log(x - u)", "sqrt(x - u)", "(x - u)**(1/3)", "asin(x - u)", "acosh(x - u + 1)", "log(x - u)/2",
        "lambertw(x - u - 1)", "loggamma(x - u)", "(x - u)**pi", "log(1 - exp(u - x))", "sqrt((x - u)**3)",
        "atanh(x - u)",
    )), number(place))  # fmt: skip
    drawn = draft.claiming(rng.choice(("u + v - v", "u*v/v", "u + 0*v", "u + v - 2*v + v")), part)
    return drawn.at(x=place - Fraction(1, 2)).at(x=place - 2).at(x=place + Fraction(1, 2))


def _place(draft: Draft, rng: Random) -> Fraction:
    """A value of x, often one at which something turns."""
    turning = special((draft.function, draft.claim), "x", draft.base) if rng.random() < 0.4 else []
    if turning:
        return Fraction(rng.choice(turning)["x"])
    return rng.choice([*draft.setting.pools["x"][:9], draft.base["x"]])


MUTATIONS: Final[dict[str, Callable[[Draft, Random], Draft]]] = {
    "sign": sign_slip, "factor": factor, "dropped term": dropped_term, "wrong function": wrong_function,
    "wrong power": wrong_power, "wrong number": wrong_number, "parity": parity, "tiny interval": needle,
    "single point": spike, "far tail": tail, "cell of a step": cell, "hole": hole, "not real": unreal,
    "listed values": listed, "weak order": weak, "equation": equation,
}  # fmt: skip
