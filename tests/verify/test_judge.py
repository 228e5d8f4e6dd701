"""The judge against Arb: what it says encloses the truth, closely; and what it calls the nearest float is."""

from __future__ import annotations

import ctypes
from functools import cache

import numpy as np
import pytest
from flint import arb, ctx

from derive.codegen.target import SourceFile
from derive.compiled.compiler import compile_library
from derive.errors import UnsupportedError
from derive.notation.text import read_text
from derive.spec.function import Order
from derive.spec.pages import catalogue
from derive.stabilisation.forms import equal_form, orders
from derive.targets.c import TOOLCHAIN
from derive.term import Term
from derive.values.ball_columns import Points, evaluate
from derive.values.formats import FLOAT32
from derive.verify.judge import Arithmetic, at_numbers, judge_source
from derive.verify.oracle import expected
from derive.verify.subject import Subject

CATALOGUE = {it.name: it for it in catalogue()}
UNARY = [(name, *kind) for name, it in CATALOGUE.items()
         if it.elementwise and len(it.inputs) + len(it.params) == 1 for kind in orders(it)]  # fmt: skip
LISTING = """
void values(size_t n, const double *x, double *h, double *l, double *r)
{
    for (size_t i = 0; i < n; i++) {
        const value found = exactly(number(x[i], 0.0, 0.0));
        h[i] = found.h;
        l[i] = found.l;
        r[i] = found.r;
    }
}

void nearest(size_t n, const float *x, float *right)
{
    static double error[BLOCK];
    static float got[BLOCK];
    for (size_t i = 0; i + BLOCK <= n; i += BLOCK) {
        judge_block(x + i, got, right + i, error);
    }
}
"""


@cache
def library(text: str) -> ctypes.CDLL:
    return compile_library([SourceFile("judge.c", text + LISTING)], TOOLCHAIN)


KINDS: tuple[Arithmetic, ...] = ("doubles", "pairs")
CLOSE = {"doubles": 2.0**-20, "pairs": 2.0**-60}  # of the value, half of the time, where much cancels


def enclosures(
    formula: Term, x: np.ndarray, arithmetic: Arithmetic = "pairs"
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    found = [np.empty_like(x) for _ in range(3)]
    places = [ctypes.c_void_p(it.ctypes.data) for it in (x, *found)]
    library(judge_source(formula, "x", arithmetic)).values(ctypes.c_size_t(len(x)), *places)
    return found[0], found[1], found[2]


def spread(low: float, high: float, count: int = 1500) -> np.ndarray:
    """Magnitudes from 2^low to 2^high, of both signs."""
    random = np.random.default_rng(5)
    return random.choice([-1.0, 1.0], count) * 2.0 ** random.uniform(low, high, count)


def near(place: float, count: int = 1000) -> np.ndarray:
    return place + spread(-45, -3, count)


@pytest.mark.parametrize(
    ("formula", "x"),
    [
        ("x + 1/3", spread(-200, 200)),
        ("x - 1", near(1)),
        ("(x/3)*(x/7)", spread(-200, 200)),
        ("(x/3)/(1 + x)", spread(-150, 150)),
        ("1/(x*x/3 - x)", near(3)),
        ("sqrt(abs(x)/3)", spread(-200, 200)),
        ("exp(x)", spread(-150, 9.4)),
        ("exp(x/3)", spread(-150, 10)),
        ("exp(x)", near(0.34657359)),
        ("expm1(x)", spread(-150, 9.4)),
        ("expm1(x/3)", near(1.0397)),
        ("expm1(-x/7)", spread(-150, 9)),
        ("log(abs(x))", spread(-149, 128)),
        ("log(abs(x)/3)", near(3)),
        ("log(x)", near(1)),
        ("log1p(abs(x))", spread(-200, 200)),
        ("log1p(x/3)", spread(-150, 0)),
        ("log1p(exp(-abs(x)))", spread(-20, 9)),
        ("tanh(x/3)", spread(-150, 10)),
        ("x**5/(1 + abs(x))**3", spread(-100, 100)),
        ("pi*x + E", spread(-60, 60)),
        ("max(x/3, x*x)", near(1 / 3)),
        ("min(x/3, 1/9)", near(1 / 3)),
        ("sign(x - 1)*abs(x - 1)", near(1)),
    ],
)
@pytest.mark.parametrize("arithmetic", KINDS)
def test_the_truth_lies_within_the_radius(formula: str, x: np.ndarray, arithmetic: Arithmetic) -> None:
    term = read_text(formula)
    high, low, radius = enclosures(term, x, arithmetic)
    with ctx.workprec(700):
        truth = evaluate(term, Points(len(x), {"x": list(map(arb, x.tolist()))}))
        for one, pair_high, pair_low, r, at in zip(truth, high, low, radius, x, strict=True):
            if np.isfinite(r):
                assert abs(one - arb(pair_high) - arb(pair_low)) <= arb(r), at
    assert np.isfinite(radius).mean() > 0.95
    known = np.isfinite(radius) & (np.abs(high) > 1e-200)
    assert np.median(radius[known] / np.abs(high[known])) < CLOSE[arithmetic]


@pytest.mark.parametrize("formula", ["exp(x)", "expm1(x)"])
def test_what_lies_beyond_doubles_is_unknown_or_vanishes(formula: str) -> None:
    high, _, radius = enclosures(read_text(formula), np.array([-1e38, -700.0, 700.0, 1e38, np.nan]))
    assert high[:2].tolist() == [-1.0 if formula == "expm1(x)" else 0.0] * 2
    assert (radius[:2] < 1e-290).all()
    assert not np.isfinite(radius[2:]).any()


@pytest.mark.parametrize("formula", ["log(x)", "sqrt(x)", "1/x", "log1p(x - 1)"])
def test_nothing_is_known_outside_of_a_domain(formula: str) -> None:
    *_, radius = enclosures(read_text(formula), np.array([-1.0, 0.0]))
    assert not np.isfinite(radius[1:]).any()
    assert formula == "1/x" or not np.isfinite(radius[:1]).any()


def test_a_condition_that_is_not_certain_decides_nothing() -> None:
    # (x/3)*3 is known to a radius: whether it is below x is not.
    *_, radius = enclosures(read_text("Piecewise((1, (x/3)*3 < x), (2, True))"), np.array([1.0, 5.0]))
    assert not np.isfinite(radius).any()
    high, _, radius = enclosures(read_text("Piecewise((1, x/3 < 2), (2, True))"), np.array([5.0, 7.0]))
    assert high.tolist() == [1.0, 2.0]
    assert (radius == 0).all()


def test_what_the_judge_cannot_compute_is_said() -> None:
    with pytest.raises(UnsupportedError, match="erf"):
        judge_source(read_text("erf(x)"), "x", "pairs")
    with pytest.raises(UnsupportedError, match="power"):
        judge_source(read_text("x**x"), "x", "doubles")


@pytest.mark.parametrize(
    ("formula", "simpler"),
    [
        ("Piecewise((1, x == oo), (2, x == -oo), (x, True))", "x"),
        ("Piecewise((x, x <= oo), (nan, True))", "x"),
        ("Piecewise((0, exp(-abs(x)) == 0), (x, x > -oo), (1, True))", "x"),
        ("Piecewise((0, And(x == 0, x >= oo)), (g*x, True))", "x"),
        ("Piecewise((1, x == 0), (x, True))", "Piecewise((1, x == 0), (x, True))"),
    ],
)
def test_at_numbers_nothing_is_infinite(formula: str, simpler: str) -> None:
    assert at_numbers(read_text(formula), "g") == read_text(simpler)


def floats() -> np.ndarray:
    """All exponents, subnormals, large ones, kinks and what surrounds them."""
    random = np.random.default_rng(7)
    patterns = [random.integers(0, 2**32, 4096), np.arange(1024), 0x80000000 + np.arange(1024)]
    for place in (1.0, 2.0, 16.635532, 88.72284, 103.97208, 104.0, 2.0**-12, 2.0**-24, 2.0**-126, 2.0**-125):
        bits = int(np.float32(place).view(np.uint32)) + np.arange(-64, 64)
        patterns += [bits, bits + 0x80000000]
    found = np.concatenate(patterns).astype(np.uint32).view(np.float32)
    found = found[np.isfinite(found)]
    return found[: len(found) // 1024 * 1024]


@pytest.mark.parametrize("arithmetic", KINDS)
@pytest.mark.parametrize(("name", "order", "wrt"), UNARY)
def test_the_nearest_float_is_that_of_arb(name: str, order: Order, wrt: str, arithmetic: Arithmetic) -> None:
    x, function = floats(), CATALOGUE[name]
    subject = Subject(function, order, wrt, equal_form(function, order, wrt))
    assert subject.equal is not None
    stated, equal = (at_numbers(form, subject.upstream) for form in (subject.stated, subject.equal))
    text = judge_source(equal, "x", arithmetic, stated)
    right = np.empty_like(x)
    library(text).nearest(ctypes.c_size_t(len(x)), *(ctypes.c_void_p(it.ctypes.data) for it in (x, right)))
    inputs = {"x": x} | ({subject.upstream: np.ones_like(x)} if subject.upstream else {})
    truth = expected(subject, inputs, FLOAT32)
    told = ~np.isnan(right)
    assert told.mean() > 0.999
    np.testing.assert_array_equal(right[told], truth.nearest[told])
