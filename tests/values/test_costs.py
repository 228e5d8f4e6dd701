"""What values cost, in fuel."""

from derive.notation.text import read_text
from derive.values.costs import evaluation_cost


def test_more_bits_and_more_terms_cost_more() -> None:
    short, long = read_text("exp(x)"), read_text("exp(x) + log(1 + exp(x**2))*sin(x) + atan(x)**3")
    costs = [evaluation_cost(64, short), evaluation_cost(64, long), evaluation_cost(2**16, long)]
    assert costs == sorted(set(costs))
    assert evaluation_cost(64, short, long) > evaluation_cost(64, long)


def test_a_slow_function_at_many_bits_costs_more_than_a_claim_has() -> None:
    from derive.fuel import CLAIM

    assert evaluation_cost(2**19, read_text("gamma(x)")) > CLAIM > evaluation_cost(2**19, read_text("exp(x)"))
