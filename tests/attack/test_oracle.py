"""The oracle is itself right: about gradients from the tables, kinks and jumps, and the generator's own derivatives."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from random import Random

import pytest
from claims import ELEMENTARY, SPECIAL, Row

from attack.disguise import disguised
from attack.formula import read, write
from attack.functions import SETTINGS, Functions
from attack.handmade import CASES
from attack.hypotheses import read_hypotheses
from attack.oracle import Finding, Oracle, Question
from attack.slopes import slope

PLACES = [Fraction(place) for place in ("1/3", "1/2", "2/3", "-1/2", "3/2", "2", "-3", "5")]


def findings(row: Row, claim: str) -> Iterator[Finding]:
    function, variable, _, _, assume = row
    oracle = Oracle(Question(function, variable, claim, (assume,) if assume else ()))
    for at, place in enumerate(PLACES):
        others = ("x", "y", "a", "b", "s", "nu", "m", "k")
        point = {name: PLACES[(at + 3 * shift + 1) % 8] for shift, name in enumerate(others)}
        yield oracle.at({**point, "n": Fraction(6), variable: place})


SLOW = ("bessely", "besselk", "polygamma(2")  # at many digits
TABLE = [row for row in ELEMENTARY + SPECIAL[:24] if not row[0].startswith(SLOW)]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"d/d{row[1]} {row[0]}")
def test_gradients_of_the_tables(row: Row) -> None:
    right, wrong = set(findings(row, row[2])), set(findings(row, row[3]))
    assert Finding.AGREE in right
    assert Finding.DIFFER not in right
    assert {Finding.DIFFER, Finding.NO_CLAIM} & wrong


AT_ZERO = [
    ("Abs(x)", "sign(x)", Finding.BENT),
    ("sign(x)", "0", Finding.BENT),
    ("floor(x)", "0", Finding.BENT),
    ("floor(x + 1/2)", "0", Finding.AGREE),
    ("cbrt(x)", "0", Finding.BENT),
    ("sqrt(Abs(x))", "0", Finding.BENT),
    ("x*Abs(x)", "2*Abs(x)", Finding.AGREE),
    ("x*Abs(x)", "Piecewise((1, Eq(x, 0)), (2*Abs(x), True))", Finding.DIFFER),
    ("Max(x, 0)**2", "2*Max(x, 0)", Finding.AGREE),
    ("Max(x, 0) - Max(-x, 0)", "1", Finding.AGREE),
    ("Piecewise((sin(x)/x, Ne(x, 0)), (1, True))", "0", Finding.AGREE),
    ("Piecewise((sin(x)/x, Ne(x, 0)), (2, True))", "0", Finding.BENT),
    ("Piecewise((x**2, x > 0), (0, True))", "1", Finding.DIFFER),
    ("sqrt(x)", "0", Finding.EDGE),
    ("log(x)", "1/x", Finding.UNDEFINED),
    ("x**2", "x**2/x", Finding.NO_CLAIM),
    ("x**2", "0*log(x)", Finding.NO_CLAIM),
    ("sin(x)", "1 + 10**(-50)", Finding.DIFFER),
    ("sin(x)", "heaviside(x)", Finding.UNKNOWN),
    ("Abs(x)**(3/2)", "0", Finding.AGREE),
    ("x**2", "0**x", Finding.DIFFER),
]


@pytest.mark.parametrize(("function", "claim", "finding"), AT_ZERO)
def test_findings_at_a_point(function: str, claim: str, finding: Finding) -> None:
    oracle = Oracle(Question(function, "x", claim))
    assert oracle.at({"x": Fraction(0)}, (40, 160)) in (finding, Finding.NEAR if finding is Finding.AGREE else finding)


HOLDING = [
    ("0 < x < 1", {"x": "1/2"}, True),
    ("0 < x < 1", {"x": "1"}, False),
    ("x, y > 0", {"x": "1", "y": "-1"}, False),
    ("x in {1, 2}", {"x": "3"}, False),
    ("x in (0, 1]", {"x": "1"}, True),
    ("x in [0, oo)", {"x": "-1"}, False),
    ("x integer", {"x": "1/2"}, False),
    ("x nonzero; y integer", {"x": "1", "y": "3"}, True),
    ("a**2 + b**2 = 1", {"a": "3/5", "b": "-4/5"}, True),
    ("not (x > 0)", {"x": "0"}, True),
    ("Or(x > 2, Eq(x, 0))", {"x": "1"}, False),
    ("exp(x) >= 1", {"x": "-1"}, False),
]


@pytest.mark.parametrize(("assume", "point", "holds"), HOLDING)
def test_hypotheses_at_a_point(assume: str, point: dict[str, str], holds: bool) -> None:
    assert read_hypotheses([assume]).hold({name: Fraction(value) for name, value in point.items()}) is holds


COMPONENTS = [
    ("x > 0", "1 2", True),
    ("x > 0", "1 -2", False),
    ("x[i] > 0", "1 -2", False),
    ("x[0] > 0", "1 -2", True),
    ("x in {0, 1}", "1 2", False),
    ("Sum(x) = 1", "1/3 2/3", True),
    ("Sum(x[k], (k, 0, K - 1)) = 1", "1/3 1/3", False),
    ("x simplex", "-1 2", False),
    ("x one-hot", "0 1", True),
]


@pytest.mark.parametrize(("assume", "values", "holds"), COMPONENTS)
def test_hypotheses_of_arrays(assume: str, values: str, holds: bool) -> None:
    array = {(at,): Fraction(value) for at, value in enumerate(values.split())}
    assert read_hypotheses([assume]).hold({"x": array, "K": Fraction(2)}) is holds


@pytest.mark.parametrize("seed", range(30))
def test_the_derivatives_of_the_generator(seed: int) -> None:
    """The generator differentiates by rules and rewrites by identities; the oracle differs from neither."""
    rng = Random(seed)
    setting = rng.choice(SETTINGS)
    function = Functions(rng, setting).smooth()
    claim = disguised(slope(function, "x"), rng, 3)
    oracle = Oracle(Question(write(function), "x", write(claim), setting.assume))
    assert not {Finding.DIFFER, Finding.NO_CLAIM, Finding.BENT} & {oracle.at(setting.point(rng)) for _ in range(4)}


def test_formulas_are_read_back_as_written() -> None:
    for cases in CASES.values():
        for case in cases:
            for text in (case.function, case.claim):
                tree = read(text)
                assert read(write(tree)) == tree
