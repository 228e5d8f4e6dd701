"""What values cost, in fuel."""

import pytest

from derive.notation.text import read_text
from derive.values.costs import evaluation_cost, evaluation_costs


def test_more_bits_and_more_terms_cost_more() -> None:
    short, long = read_text("exp(x)"), read_text("exp(x) + log(1 + exp(x**2))*sin(x) + atan(x)**3")
    costs = [evaluation_cost(64, short), evaluation_cost(64, long), evaluation_cost(2**16, long)]
    assert costs == sorted(set(costs))
    assert evaluation_cost(64, short, long) > evaluation_cost(64, long)


def test_a_slow_function_at_many_bits_costs_more_than_a_claim_has() -> None:
    from derive.fuel import CLAIM

    assert evaluation_cost(2**19, read_text("gamma(x)")) > CLAIM > evaluation_cost(2**19, read_text("exp(x)"))


def test_each_shared_part_is_paid_once_and_a_cost_is_never_nothing() -> None:
    assert evaluation_cost(64, read_text("x")) == evaluation_cost(1, read_text("x")) == 1
    assert evaluation_cost(1024, read_text("exp(x) + exp(x)**2 + 1")) == evaluation_cost(
        64, read_text("exp(x) + exp(x)**2 + 1")
    )
    twice = evaluation_cost(2**20, *[read_text("exp(x)")] * 2)
    assert twice == pytest.approx(2 * evaluation_cost(2**20, read_text("exp(x)")), abs=1)


@pytest.mark.parametrize(("text", "growth"), [("exp(x)", 2**1.6), ("gamma(x)", 2**4)])
def test_twice_the_bits_cost_more_by_a_power(text: str, growth: float) -> None:
    costs = evaluation_costs((2**20, 2**21), read_text(text))
    assert costs[2**21] / costs[2**20] == pytest.approx(growth, rel=1e-3)
