"""Every stability rule is proved under its condition; rules that look right and are not are refuted."""

from __future__ import annotations

import pytest

from derive.notation.text import read_text
from derive.proof.verdict import Verdict
from derive.rules import accuracy, stability
from derive.rules.engine import Rule, instantiate, read_rule, read_rules
from derive.spec.domain import Domain
from derive.stabilisation.proof import prove_whole
from derive.term import BINDERS, subterms

PAGES = (
    stability.EXPONENTIALS, stability.SCALE, stability.SCALED, stability.SHIFT, stability.GUARD, accuracy.BRANCHES,
)  # fmt: skip
RULES = [rule for page in PAGES for rule in read_rules(page)]
# A row for what a rule on sums calls u: the components of x, from 1 to K.
ROW = {name: read_text(text) for name, text in {"u": "x[k]", "k": "k", "a": "1", "b": "K"}.items()}
# A condition in a rule about branches: any that divides the line.
LETTERS = {"c": read_text("x > 1")}
UNSOUND = """
square root of a square:   sqrt(u**2) -> u
complement of erf:         1 + erf(u) -> erfc(u)
tanh by exponentials:      tanh(u) -> (1 - exp(-u))/(1 + exp(-u))
one root less:             sqrt(a) - sqrt(b) -> (a + b)/(sqrt(a) + sqrt(b)) ; a > 0
quotient of e-powers:      exp(u)/(exp(v)*a) -> expdiff(v, u)/a
log of a sum:              log(exp(u) + a) -> u + log(a)
wrong part:                Piecewise((u, u >= 0), (0, True)) -> min(u, 0)
held where it matters:     exp(-u**2) -> exp(-min(abs(u), 8)**2) ; u variable
held where it matters:     exp(-(a*u**2)) -> exp(-(a*min(abs(u), 64)**2)) ; a constant, u variable
square in unequal parts:   exp(-u**2) -> expdiff(-((u - floor(16*u)/16)*(u + floor(8*u)/16)), (floor(16*u)/16)**2)
limit at the wrong place:  a*log(u) -> a*log(Piecewise((1, a == 1), (u, True)))
"""


def verdict(rule: Rule) -> Verdict:
    domain = Domain()
    for condition in rule.conditions:
        domain = domain.related(condition.relation) if condition.relation is not None else domain
    of_a_row = any(node.head in BINDERS for node in subterms(rule.left))
    bound = ROW if of_a_row else LETTERS if "Piecewise" in str(rule.left) and "c" in str(rule.left) else {}
    if of_a_row:
        domain = domain.with_axes("x", (read_text("1"), read_text("K")))
    return prove_whole(instantiate(rule.right, bound), instantiate(rule.left, bound), domain).verdict


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.name}: {rule.left}")
def test_every_rule_is_proved_under_its_condition(rule: Rule) -> None:
    assert verdict(rule) is Verdict.PROVED


@pytest.mark.parametrize("line", UNSOUND.strip().splitlines())
def test_an_unsound_rule_is_refuted(line: str) -> None:
    assert verdict(read_rule(line)) is Verdict.REFUTED
