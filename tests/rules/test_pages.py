"""Every line of every page of rules against Arb: on both sides of 0, inside and outside of where it holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import product
from typing import Any, Final

import numpy as np
import pytest
from balls import BITS, LINE, assert_inside, close, value
from balls import many_digits as many_digits
from flint import arb

from derive.code.library import LOGIC, MEANINGS, arity, meaning
from derive.elementary.table import TABLE
from derive.fuel import Fuel
from derive.notation.text import read_text
from derive.proof.algebra import recurrences
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.normal import normal_form
from derive.rules import accuracy, stability
from derive.rules.engine import Rule, pattern_variables, read_rules
from derive.rules.identities import IDENTITIES
from derive.spec.domain import Domain, Interval, read_domain
from derive.term import BINDERS, RELATIONS, Term, cases, subterms
from derive.values.balls import enclose
from derive.values.intervals import BOUNDED, MONOTONE, OPERATIONS, decide, range_of


def holds(condition: Term, point: Mapping[str, Fraction]) -> bool:
    found = enclose(cases((1, condition), otherwise=0), point, BITS)
    return bool(found == 1)


@pytest.mark.parametrize("head", sorted(recurrences.RULES))
@pytest.mark.parametrize("step", [1, 2, 3, -2])
def test_a_recurrence_holds_on_both_sides_of_0(head: str, step: int) -> None:
    """What reading makes of a shifted order or argument, against the function at that order or argument."""
    compared = 0
    for assume in ("x > 0", "x < 0", "x > -1", "x > -2", "x > 2", ""):
        for text in (f"{head}(x + {step})",) if TABLE[head].arity == 1 else (
            *(f"{head}({order} + {step}, x)" for order in ("0", "1", "1/2", "a")), f"{head}(2, x + {step})",
            f"{head}(3/2, x + {step})", f"{head}(a, x + {step})",
        ):  # fmt: skip
            root, domain = read_text(text), read_domain([assume])
            form = normal_form(root, Facts(domain), Fuel())
            for at in LINE if form is not None and form != root else ():
                point = {"x": at, "a": Fraction(3, 2)}
                mine = value(root, point) if at in domain.range("x") else None
                theirs = value(form, point) if mine is not None and form is not None else None
                assert theirs is None or close(mine, theirs), (text, assume, at, form)
                compared += theirs is not None
    assert compared >= 3


# Intervals


RANGED: Final = (
    *(f"{head}(u)" for head in (*MONOTONE, *BOUNDED, *OPERATIONS) if head in TABLE and TABLE[head].arity == 1), "-u",
    "u**2", "u**3", "u**4", "u**(-1)", "u**(-2)", "u**(1/2)", "u**(-1/2)", "u**2 - u", "u*(1 - u)", "1/(1 + u)",
    "max(u, 1 - u)", "min(u, u**2)", "abs(u) - u", "Piecewise((u**2, u < 0), (u - 3, True))", "pi - u", "E*u",
)  # fmt: skip


@pytest.mark.parametrize("text", RANGED)
def test_a_range_contains_every_value(text: str) -> None:
    root, ends = read_text(text), [None, Fraction(-3), Fraction(-1), Fraction(0), Fraction(1, 2), Fraction(2), None]
    for low, high in product(ends[:-1], ends[1:]):
        for is_open in (True, False):
            interval = Interval(low, high, low is None or is_open, high is None or is_open)
            if interval.empty:
                continue
            found = range_of(root, Domain({"u": interval}))
            assert_inside([value(root, {"u": at}) for at in LINE if at in interval], found)


@pytest.mark.parametrize("text", ["u > 0", "u >= 0", "u**2 > 0", "u**2 >= 0", "Ne(u, 0)", "Eq(u**2, 0)", "u < u**3"])
def test_what_is_decided_of_a_range_holds_at_its_points(text: str) -> None:
    condition = read_text(text)
    for low, high in product((None, Fraction(-2), Fraction(0), Fraction(1)), repeat=2):
        for is_open in (True, False):
            interval = Interval(low, high, low is None or is_open, high is None or is_open)
            found = decide(condition, Domain({"u": interval}))
            inside = [holds(condition, {"u": at}) for at in LINE if at in interval]
            assert found is None or all(one == found for one in inside)


# Identities of rules


RULED: Final = [
    (f"{rule.name}: {rule.left}", rule)
    for page in (IDENTITIES, accuracy.TIDY, accuracy.DEFINITIONS, *accuracy.PAGES, stability.EXPONENTIALS)
    if page is not accuracy.BRANCHES
    for rule in read_rules(page)
    if not any(node.head in BINDERS for side in (rule.left, rule.right) for node in subterms(side))
]  # fmt: skip
PARTIAL: Final = {str(rule.left) for rule in read_rules(accuracy.PARTIAL)}
SIDES: Final = [Fraction(text) for text in "-3 -3/2 -1/3 0 1/4 4/3 2".split()]


@pytest.mark.parametrize("rule", [rule for _, rule in RULED], ids=[name for name, _ in RULED])
def test_a_rule_keeps_the_value_under_its_condition(rule: Rule) -> None:
    names = sorted(pattern_variables(rule))
    compared = 0
    for choice in list(product(SIDES, repeat=len(names)))[:400]:
        point = dict(zip(names, choice, strict=True))
        if all(holds(one.relation, point) for one in rule.conditions if isinstance(one.relation, Term)):
            left, right = value(rule.left, point), value(rule.right, point)
            if left is not None and right is not None:
                assert close(left, right), point
                compared += 1
    assert compared


# Functions of code


SPECIAL_POINTS: Final = [(-2.5, 1.5, 0.5), (2.5, -1.5, 0.5), (-0.5, -2.0, 3.0), (0.5, 2.0, 1.0), (1.75, 0.75, 2.0)]


def library(name: str) -> Callable[..., Any] | None:
    found = getattr(np, name, None) or getattr(math, name, None)
    return found if callable(found) else None


# C's round goes away from 0; Python's and NumPy's, which go to even, are refused.
@pytest.mark.parametrize("name", [n for n in MEANINGS if library(n) and n not in (*LOGIC, "ldexp", "round")])
def test_a_function_of_code_means_what_its_library_says(name: str) -> None:
    formula, theirs = meaning(name), library(name)
    assert formula is not None
    assert theirs is not None
    compared = 0
    for numbers in SPECIAL_POINTS:
        arguments = numbers[: arity(name)]
        point = dict(zip("uvw", map(Fraction, arguments), strict=False))
        is_condition = formula.head in (*RELATIONS, "true", "false")
        mine = arb(int(holds(formula, point))) if is_condition else value(formula, point)
        with np.errstate(all="ignore"):
            try:
                found = float(theirs(*arguments)) if arity(name) else float(theirs(1.0))
            except (ValueError, TypeError):
                continue
        if mine is not None and math.isfinite(found):
            assert close(mine, arb(found), 12), (arguments, mine, found)
            compared += 1
    assert compared >= 2
