"""Random claims about sums over vectors: each component's gradient, and slips that only some sizes or places show."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any, Final

from .disguise import disguised
from .formula import Node, fill, read, replaced, write
from .functions import EVERYDAY, KINKED, SMALL, Functions, Setting
from .oracle import Question
from .slopes import slope

if TYPE_CHECKING:
    from .claims import Claim

VECTORS: Final = ("x", "y")
OUTER: Final = (
    "u",
    "u",
    "u",
    "log(1 + u**2)",
    "sqrt(1 + u**2)",
    "u**2",
    "tanh(u)",
    "u/K",
    "exp(-u**2)",
    "a*u",
    "sin(u)",
)
# Claims about vectors as the field writes them, right ones; S is the sum of exponentials.
S: Final = "Sum(exp(x[k]), (k, 0, K - 1))"
MEAN: Final = "(Sum(x[q], (q, 0, K - 1))/K)"
KNOWN: Final = (
    (f"log({S})", f"exp(x[j])/{S}"),
    (f"exp(x[i])/{S}", f"exp(x[i])/{S}*(KroneckerDelta(i, j) - exp(x[j])/{S})"),
    (f"Sum(exp(x[m])/{S}*y[m], (m, 0, K - 1))",
     f"exp(x[j])/{S}*(y[j] - Sum(exp(x[m])*y[m], (m, 0, K - 1))/{S})"),
    (f"Sum((x[k] - {MEAN})**2, (k, 0, K - 1))/K", f"2*(x[j] - {MEAN})/K"),
    (f"x[i] - {MEAN}", "KroneckerDelta(i, j) - 1/K"),
    ("x[i]/sqrt(1 + Sum(x[k]**2, (k, 0, K - 1)))",
     "(KroneckerDelta(i, j) - x[i]*x[j]/(1 + Sum(x[k]**2, (k, 0, K - 1))))/sqrt(1 + Sum(x[k]**2, (k, 0, K - 1)))"),
    ("Sum(x[k]*y[k], (k, 0, K - 1))**2", "2*y[j]*Sum(x[k]*y[k], (k, 0, K - 1))"),
    ("Sum(Sum(x[k]*x[m], (k, 0, K - 1)), (m, 0, K - 1))", "2*Sum(x[k], (k, 0, K - 1))"),
    ("Sum(KroneckerDelta(k, i)*x[k]**2, (k, 0, K - 1))", "2*x[i]*KroneckerDelta(i, j)"),
    ("Sum(Max(0, 1 - y[k]*x[k]), (k, 0, K - 1))", "Piecewise((-y[j], y[j]*x[j] < 1), (0, True))"),
    ("Sum(Abs(x[k] - y[k]), (k, 0, K - 1))/K", "sign(x[j] - y[j])/K"),
    ("Product(1 + x[k]**2, (k, 0, K - 1))", "2*x[j]*Product(1 + x[k]**2, (k, 0, K - 1))/(1 + x[j]**2)"),
    ("Sum(x[k]**2, (k, 0, K - 1))*x[i]", "2*x[j]*x[i] + KroneckerDelta(i, j)*Sum(x[k]**2, (k, 0, K - 1))"),
    (f"-Sum(y[k]*(x[k] - log({S})), (k, 0, K - 1))", f"Sum(y[k], (k, 0, K - 1))*exp(x[j])/{S} - y[j]"),
)  # fmt: skip
# Slips; u is the claim.
SLIPS: Final = (
    ("size", "u + (K - 1)*(K - 2)*(K - 3)"), ("size", "Piecewise((u + 1, Eq(K, 3)), (u, True))"),
    ("size", "u + 0**(K - 1)"), ("size", "u*(K - 1)/(K - 1)"), ("size", "u + Max(0, K - 2)"),
    ("place", "Piecewise((u + 1, Eq(j, 0)), (u, True))"), ("place", "u + KroneckerDelta(j, 2)"),
    ("place", "u + j*(j - 1)"), ("place", "Piecewise((u, j < 1), (u, j > 1), (0, True))"),
    ("guard", "Piecewise((u, x[j] > 0), (u, x[j] < 0), (5, True))"), ("guard", "u*sign(x[j] - 1)**2"),
    ("guard", "Piecewise((u, Sum(x[k]**2, (k, 0, K - 1)) > 0), (3, True))"),
    ("cell", "Piecewise((u + 1, Eq(floor(x[j]), 1)), (u, True))"),
    ("cell", "Piecewise((u - x[j], Eq(Abs(x[j]), x[j])), (u, True))"),
    ("not real", "u + log(x[j]) - log(x[j])"), ("not real", "u + 0*sqrt(x[j])"),
    ("not real", "u*asin(x[j])/asin(x[j])"),
    ("hole", "u*x[j]/x[j]"), ("hole", "u + (x[j]**2 - 1)/(x[j] - 1) - x[j] - 1"),
    ("tiny", "u + 10**(-40)*x[j]"), ("tiny", "u + Max(0, 10**(-9) - Abs(x[j] - 1/3))"),
    ("factor", "2*u"), ("factor", "-u"), ("factor", "u/K"), ("factor", "u + y[j]"), ("factor", "u - x[j]*x[0]"),
    ("sum", "u + Sum(x[k], (k, 1, K - 1)) - Sum(x[m], (m, 0, K - 1)) + x[0]"),
    ("sum", "u + Sum(x[k], (k, 1, K - 1)) - Sum(x[m], (m, 0, K - 1)) + x[j]"),
    ("sum", "u + Sum(KroneckerDelta(k, j)*x[k], (k, 0, K - 1)) - x[j]"),
    ("sum", "u + Sum(KroneckerDelta(k, j)*x[k], (k, 0, K - 1)) - x[0]"),
    ("sum", "u + Sum(1, (k, 0, K - 1)) - K"), ("sum", "u + Sum(k, (k, 0, K - 1)) - K*(K + 1)/2"),
)  # fmt: skip
LISTED: Final = (
    ("y in {-1, 1}", "u + y[j]**2 - 1"), ("y in {-1, 1}", "u + y[j] - 1"), ("y in {0, 1}", "u + y[j]**2 - y[j]"),
    ("y in {0, 1}", "u*(1 + y[j]*(1 - y[j]))"), ("y[i] > 0", "u + Abs(y[j]) - y[j]"), ("y > 0", "u + Abs(y[j]) - y[j]"),
    ("y[k] >= 0", "u + sqrt(y[j]**2) - y[j]"), ("Sum(y) = 1", "u + Sum(y[k], (k, 0, K - 1)) - 1"),
    ("Sum(y[k], (k, 0, K - 1)) = 1", "u*Sum(y[m], (m, 0, K - 1))"), ("y simplex", "u + Max(0, y[j] - 1)"),
    ("y simplex", "u + Sum(y[m], (m, 0, K - 1)) - 2"), ("y one-hot", "u + Sum(y[k]**2, (k, 0, K - 1)) - 1"),
)  # fmt: skip


def indexed(rng: Random) -> Claim:
    """A claim about a component of a gradient."""
    from .claims import Claim

    function, claim = rng.choice(KNOWN) if rng.random() < 0.4 else _summed(rng)
    drawn = disguised(read(claim), rng, rng.randrange(3))
    kind, assume = "right", ()
    roll = rng.random()
    if roll < 0.5:
        kind, slip = rng.choice(SLIPS)
        drawn = fill(slip, drawn)
    elif roll < 0.65:
        stated, slip = rng.choice(LISTED)
        kind, assume, drawn = "listed", (stated,), fill(slip, drawn)
    points = [_point(rng, size, assume) for size in (1, 2, 3, 3)]
    special = [_special(rng, point, assume) for point in points[1:]]
    return Claim(f"indexed: {kind}", Question(function, "x[j]", write(drawn), assume), tuple(points), tuple(special))


def _summed(rng: Random) -> tuple[str, str]:
    """A function of a sum of functions of components, and its gradient."""
    functions = Functions(rng, Setting((), {"x": EVERYDAY, "y": EVERYDAY} if rng.random() < 0.5 else {"x": EVERYDAY}))
    inner = functions.of_x(
        lambda: functions.smooth(1) if rng.random() < 0.6 else fill(rng.choice(KINKED), functions.linear())
    )
    outer = read(rng.choice(OUTER))
    total: Node = ("Sum", _of_component(inner, "k"), "k", read("0"), read("K - 1"))
    function = replaced(outer, "u", total)
    steep = replaced(slope(outer, "u"), "u", total)
    claim = ("mul", steep, _of_component(slope(inner, "x"), "j"))
    return write(function), write(claim)


def _of_component(node: Node, index: str) -> Node:
    for name in VECTORS:
        node = replaced(node, name, ("index", name, ("name", index)))
    return node


def _point(rng: Random, size: int, assume: tuple[str, ...]) -> dict[str, Any]:
    stated = assume[0] if assume else ""
    return {
        "K": Fraction(size), "j": Fraction(rng.randrange(size)), "i": Fraction(rng.randrange(size)),
        "a": rng.choice(SMALL), "x": {(at,): rng.choice(EVERYDAY) for at in range(size)},
        "y": {(at,): value for at, value in enumerate(_satisfying(stated, rng, size))},
    }  # fmt: skip


def _satisfying(stated: str, rng: Random, size: int) -> list[Fraction]:
    if stated.startswith("y in"):
        pair = (Fraction(-1), Fraction(1)) if "-1" in stated else (Fraction(0), Fraction(1))
        return [rng.choice(pair) for _ in range(size)]
    if "one-hot" in stated:
        at = rng.randrange(size)
        return [Fraction(place == at) for place in range(size)]
    drawn = [rng.choice(SMALL if stated else EVERYDAY) for _ in range(size)]
    return [value / sum(drawn) for value in drawn] if "Sum" in stated or "simplex" in stated else drawn


def _special(rng: Random, point: dict[str, Any], assume: tuple[str, ...]) -> dict[str, Any]:
    """A point at which something may turn: the component is 0, 1, 4/3, or what it is compared with."""
    place = (int(point["j"]),)
    value = rng.choice(
        (Fraction(0), Fraction(0), Fraction(1), Fraction(4, 3), Fraction(1, 3), Fraction(-1), point["y"][place])
    )
    rest = {at: Fraction(0) for at in point["x"]} if rng.random() < 0.2 else point["x"]
    return {**point, "x": {**rest, place: value}}
