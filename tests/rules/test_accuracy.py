"""Every identity of the search is proved under its condition, and holds where balls of its two sides are compared."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx

from derive.calculus.derivative import derivative
from derive.fuel import Fuel
from derive.notation.text import read_text
from derive.proof.scalar import prove_equal, prove_gradient
from derive.proof.verdict import Verdict
from derive.rules.accuracy import ABOVE_ONE, ANGLES, BRANCHES, DEFINITIONS, PAGES, PARTIAL, SIGNED, TIDY
from derive.rules.engine import Rule, pattern_variables, read_rule, read_rules
from derive.spec.domain import POSITIVE, Domain, read_domain
from derive.term import Term, relation, substitute, subterms, symbol
from derive.values.ball_columns import Points, evaluate
from derive.values.balls import enclose

OTHERWISE = (PARTIAL, SIGNED, ABOVE_ONE, ANGLES)
TESTED = (
    TIDY,
    DEFINITIONS,
    *(page for page in PAGES if page not in (*OTHERWISE, BRANCHES)),
)  # BRANCHES: test_stability
PROVED = [rule for page in TESTED for rule in read_rules(page)]
CONDITIONAL = read_rules(PARTIAL)
TRIED = 200  # points at which balls are compared


def domain_of(rule: Rule) -> Domain:
    domain = Domain()
    for condition in rule.conditions:
        if isinstance(condition.relation, Term):
            domain = domain.related(condition.relation)
    return domain


def verdict(rule: Rule, domain: Domain) -> Verdict:
    return prove_equal(rule.left, rule.right, domain, Fuel()).verdict


def disagreements(rule: Rule) -> tuple[int, int]:
    """At how many random points balls of the two sides do not meet, and at how many both have a value."""
    random = np.random.default_rng(1)
    names = pattern_variables(rule)
    apart = known = 0
    with ctx.workprec(300):
        columns = {name: [arb(value) for value in random.normal(0, 3, TRIED)] for name in names}
        for left, right in zip(
            *(evaluate(side, Points(TRIED, columns)) for side in (rule.left, rule.right)), strict=True
        ):
            if left.is_finite():
                known += right.is_finite()
                apart += not right.is_finite() or not left.overlaps(right)
    return apart, known


@pytest.mark.parametrize("rule", PROVED, ids=lambda rule: str(rule.left))
def test_each_identity_is_proved(rule: Rule) -> None:
    assert verdict(rule, domain_of(rule)) is Verdict.PROVED


@pytest.mark.parametrize("rule", CONDITIONAL, ids=lambda rule: str(rule.left))
def test_each_identity_with_a_denominator_is_proved_where_it_has_a_value(rule: Rule) -> None:
    letters = pattern_variables(rule)
    divisors = [node.args[1] for node in subterms(rule.right) if node.head == "div"]
    apart = replace(Domain(), relations=tuple(relation("ne", divisor, 0) for divisor in divisors))
    positive = Domain(dict.fromkeys(letters, POSITIVE))
    roots = any(condition.word == "fractional" for condition in rule.conditions)
    assert Verdict.PROVED in ([verdict(rule, positive)] if roots else [verdict(rule, apart), verdict(rule, positive)])


@pytest.mark.parametrize("rule", read_rules(SIGNED), ids=lambda rule: str(rule.left))
@pytest.mark.parametrize("square", ["w**2", "-w**2"])
def test_what_depends_on_a_sign_is_proved_for_either(rule: Rule, square: str) -> None:
    left, right = (substitute(side, {symbol("v"): read_text(square)}) for side in (rule.left, rule.right))
    assert prove_equal(left, right, Domain(), Fuel()).verdict is Verdict.PROVED


@pytest.mark.parametrize("rule", read_rules(ABOVE_ONE), ids=lambda rule: str(rule.left))
def test_what_has_a_value_above_one_alone_is_proved_there(rule: Rule) -> None:
    assert verdict(rule, read_domain(["u >= 1"])) is Verdict.PROVED
    assert not enclose(rule.left, {"u": Fraction(-7, 5)}).is_finite()


@pytest.mark.parametrize("rule", read_rules(ANGLES), ids=lambda rule: str(rule.left))
def test_angles_are_equal_somewhere_and_have_equal_derivatives(rule: Rule) -> None:
    for letter in map(symbol, pattern_variables(rule)):
        slope = derivative(rule.right, letter)
        assert prove_gradient(rule.left, letter, slope, Domain(), Fuel()).verdict is Verdict.PROVED
    place = {name: Fraction(0) for name in pattern_variables(rule)}
    left, right = (enclose(side, place, 1000) for side in (rule.left, rule.right))
    assert left.overlaps(right)
    assert (left - right).rad() < 1e-290


@pytest.mark.parametrize("rule", [rule for page in OTHERWISE for rule in read_rules(page)], ids=lambda r: str(r.left))
def test_balls_of_the_two_sides_meet(rule: Rule) -> None:
    apart, known = disagreements(rule)
    assert apart == 0
    assert known > TRIED / 20


@pytest.mark.parametrize(
    "unsound",
    ["x: log(a*b) -> log(a) + log(b)", "x: sqrt(a**2) -> a", "x: atan(a) - atan(b) -> atan((a - b)/(1 + a*b))"],
)
def test_an_unsound_rule_is_found_out(unsound: str) -> None:
    rule = read_rule(unsound)
    assert verdict(rule, Domain()) is not Verdict.PROVED
    assert disagreements(rule)[0] > 0


def test_names_tell_equalities_from_others() -> None:
    equalities = {rule.name for page in PAGES if page is not PARTIAL for rule in read_rules(page)}
    assert not equalities & {rule.name for rule in CONDITIONAL}
