"""Every identity that a derivation may use is proved under its condition."""

from __future__ import annotations

import pytest

from derive.fuel import Fuel
from derive.proof.scalar import prove_equal
from derive.proof.verdict import Verdict
from derive.rules.engine import Rule, read_rules
from derive.rules.identities import IDENTITIES
from derive.spec.domain import Domain
from derive.term import Term

# Where the left side is real at all; the fractional powers and logarithms of the left say so themselves.
DEFINED = {"sqrt": "u", "log": "u"}


def domain_of(rule: Rule) -> Domain:
    domain = Domain()
    for condition in rule.conditions:
        assert isinstance(condition.relation, Term)
        domain = domain.related(condition.relation)
    return domain


@pytest.mark.parametrize("rule", read_rules(IDENTITIES), ids=lambda rule: str(rule.left))
def test_each_identity_is_proved(rule: Rule) -> None:
    proof = prove_equal(rule.left, rule.right, domain_of(rule), Fuel())
    assert proof.verdict is Verdict.PROVED, proof
