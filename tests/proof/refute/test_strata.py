"""Domains divided into strata, on each of which the equations are solved."""

from __future__ import annotations

from itertools import islice

import pytest

from derive.fuel import Fuel
from derive.proof.api import prove
from derive.proof.refute.points import Points
from derive.proof.refute.strata import strata
from derive.proof.refute.stratum import Stratum
from derive.proof.verdict import Verdict
from derive.spec.domain import read_domain
from derive.term import symbol

X = symbol("x")
NAMES = ["x", "y", "z", "w"]


def divided(assume: str) -> list[Stratum]:
    return strata(read_domain([assume]), X, NAMES, Fuel())


@pytest.mark.parametrize(
    ("assume", "solved"),
    [
        ("y = 1", [{"y": "1"}]),
        ("y**2 = 4", [{"y": "2"}, {"y": "-2"}]),
        ("y*z = 0", [{"y": "0"}, {"z": "0"}]),
        ("y**2 = y", [{"y": "0"}, {"y": "1"}]),
        ("y in {1, 2}", [{"y": "1"}, {"y": "2"}]),
        ("Or(y > 2, y = 0)", [{}, {"y": "0"}]),
        ("Abs(y) = 1", [{"y": "1"}, {"y": "-1"}]),
        ("y <= z, z <= y, y = 2", [{"y": "2", "z": "2"}]),
        ("y**2 + z**2 <= 0", [{"y": "0", "z": "0"}]),
        ("y = z, y > z", []),
        ("y**2 = -1", []),
        ("y**2 + z**2 = 1, y = 1", [{"y": "1", "z": "0"}]),
        ("y**2 = 1, y*z = 3, z > 0", [{"y": "1", "z": "3"}]),
    ],
)
def test_equations_are_solved(assume: str, solved: list[dict[str, str]]) -> None:
    found = [{str(name): str(value) for name, value in part.values().items()} for part in divided(assume)]
    assert sorted(map(str, (sorted(one.items()) for one in found))) == sorted(
        map(str, (sorted(o.items()) for o in solved))
    )


@pytest.mark.parametrize(
    "assume",
    ["y = z, z = x", "x = z, z = y", "y = z, z = w, w = x", "y + z = 1, z = x**2", "y*z = 1, z = x", "y = x + z"],
)
def test_what_moves_with_the_variable_is_not_put_in(assume: str) -> None:
    assert all(symbol("y") not in part.put() for part in divided(assume))
    # x*y has the derivative y; with what y equals put in, it would have another.
    assert prove("x*y", "x", "y", assume).verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("assume", "value"),
    [
        ("y**2 + z**2 = 1, (y - 1)*(z - 2) = 0", "1"),
        ("y**2 + z**2 = 1, y = z", "2*y**2"),
        ("y**2 + z**2 = 2, z = 1", "y**2"),
        ("y**2 + z**2 + w**2 = 1, w = 0, y = 3/5, z > 0", "z + 1/5"),
        ("y**2 = z, z**2 = 16", "z/4"),
    ],
)
def test_equations_with_roots_in_common(assume: str, value: str) -> None:
    assert prove(f"x*({value})", "x", "1", assume).verdict is Verdict.PROVED


@pytest.mark.parametrize(
    "assume",
    [
        "y**2 + z**2 = 1", "y**2 + z**2 = 1, x + y = 1", "x**2 + y**2 = 25", "y**2 + z**2 + w**2 = 9",
        "y**2 - z**2 = 1", "x >= y + z, x < y, x*z = y", "y*z = 1, y > 0", "y**2 = x, x < 5", "y*w - z*x = 1",
        "2*y**2 = z**2 + 1",
    ],
)  # fmt: skip
def test_points_lie_on_surfaces(assume: str) -> None:
    domain = read_domain([assume])
    points = Points(NAMES, domain, divided(assume), Fuel())
    found = list(islice(points.everyday(40), 20))
    assert len({tuple(sorted(point.items())) for point in found}) >= 3
    assert all(points.holds_at(point) for point in found)


def test_hypotheses_on_what_is_tied_to_a_claim_are_named() -> None:
    assert prove("x*z**2", "x", "3/4", "y**2 + z**2 = 1, y = 1/2").hypotheses == (
        "real x", "y = 1/2", "real z", "y**2 + z**2 == 1",
    )  # fmt: skip
